from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CustomerConfirmationAnswer(models.TransientModel):
    """Record what the customer said, or do without (T4, pitfall 27)."""

    _name = "customer.confirmation.answer"
    _description = "Record a Customer's Answer"

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    way = fields.Selection(
        [
            ("phone", "By phone"),
            ("in_person", "In person"),
            ("email", "By e-mail"),
        ],
        string="How",
        required=True,
        default="phone",
    )
    is_waiver = fields.Boolean(help="A manager does without the customer's answer.")
    commercial_partner_id = fields.Many2one(
        "res.partner", compute="_compute_commercial_partner_id"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Who Answered",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        help="The customer, or a colleague of the customer.",
    )
    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        help="Who answered, where it is none of the customer's contacts.",
    )
    answer_date = fields.Datetime(
        "When", required=True, default=lambda self: fields.Datetime.now()
    )
    answer = fields.Selection(
        [("accepted", "Yes, it is solved"), ("refused", "No")], default="accepted"
    )
    refusal_reason = fields.Selection(
        lambda self: self.env["customer.confirmation"]._refusal_reasons_of("ticket"),
    )
    comment = fields.Text("Remarks")
    signature = fields.Image(max_width=1024, max_height=1024)

    @api.depends("ticket_id", "order_id")
    def _compute_commercial_partner_id(self):
        for wizard in self:
            partner = wizard._document().partner_id
            wizard.commercial_partner_id = partner.commercial_partner_id

    @api.depends("ticket_id", "order_id")
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard._document().partner_id

    @api.depends("partner_id")
    def _compute_name(self):
        for wizard in self:
            ticket_name = wizard.ticket_id.partner_name
            wizard.name = wizard.partner_id.name or ticket_name or wizard.name

    def action_answer(self):
        """Note the answer in the customer's name; the document acts on it.

        A question that was never asked, or that was answered before, is asked now, on
        the record only.

        :raises UserError: without a name, a reason, or with a date to come.
        """
        self.ensure_one()
        document = self._document()
        document._confirmation_host().check_access("write")
        self._check_complete()
        document_sudo = document.sudo()
        waived = self.is_waiver
        confirmation_sudo = document_sudo.confirmation_id
        revokes = self._is_refusal() and confirmation_sudo._is_revocable()
        if confirmation_sudo.state != "pending" and not revokes:
            document._check_askable()
            confirmation_sudo = document_sudo._confirmation_record()
        if not waived and self.way != "email":
            document_sudo._confirmation_talked()
        confirmation_sudo._answer(
            "waived" if waived else self.answer,
            answer_origin="manager" if waived else self.way,
            answer_date=max(self.answer_date, confirmation_sudo.request_date),
            answer_name=self.env.user.name if waived else self.name,
            answer_partner_id=False if waived else self.partner_id.id,
            answer_user_id=self.env.user.id,
            refusal_reason=self._is_refusal() and self.refusal_reason,
            comment=self.comment,
            signature=self.signature,
        )
        return {"type": "ir.actions.act_window_close"}

    def _is_refusal(self):
        return not self.is_waiver and self.answer == "refused"

    def _check_complete(self):
        if self.is_waiver:
            if not self.env.user.has_group("customer_service_stages.group_manager"):
                raise AccessError(
                    self.env._(
                        "Only managers do without the customer's answer. Ask one, or "
                        "record what the customer said."
                    )
                )
            if not (self.comment or "").strip():
                raise UserError(
                    self.env._("Say why the customer's answer is not needed.")
                )
            return
        if not (self.name or "").strip():
            raise UserError(self.env._("Say who answered."))
        if self.answer_date > fields.Datetime.now():
            raise UserError(self.env._("The answer cannot have been given yet."))
        if self._is_refusal():
            self._check_refusal()
        if (
            self.partner_id
            and self.commercial_partner_id
            and self.partner_id.commercial_partner_id != self.commercial_partner_id
        ):
            raise UserError(
                self.env._(
                    "%s does not belong to the customer. Choose one of the customer's "
                    "contacts.",
                    self.partner_id.name,
                )
            )

    def _check_refusal(self):
        if not (self.refusal_reason and (self.comment or "").strip()):
            raise UserError(
                self.env._("Choose why it is not solved, and write what is missing.")
            )

    def _document(self):
        return self.ticket_id or self.order_id
