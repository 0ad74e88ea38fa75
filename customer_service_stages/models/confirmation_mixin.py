from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

#: Fields that say what the customer said: nobody writes them by hand.
CUSTOMERS_WORD = ("confirmation_ids", "confirmation_id", "confirmation_state")


class CustomerConfirmationMixin(models.AbstractModel):
    """Documents that their customer confirms (T4, D4).

    The document says whom to ask and acts on the answer; `customer.confirmation` asks,
    reminds and keeps the answers.
    """

    _name = "customer.confirmation.mixin"
    _description = "Document that its Customer Confirms"
    _inherit = ["customer.mailing.mixin"]

    #: The field of `customer.confirmation` that refers to the document.
    _confirmation_field = None
    #: What the question is about, a value of its `kind`.
    _confirmation_kind = None
    #: XML ids of the mail templates that ask and remind.
    _confirmation_templates = {}
    #: The template of the page where the customer answers.
    _confirmation_page = "confirmation_page"
    #: Whether it is about money: silence is no yes, and a yes is not taken back.
    _confirmation_is_binding = False

    confirmation_id = fields.Many2one(
        "customer.confirmation",
        compute="_compute_confirmation",
        store=True,
        precompute=True,
        copy=False,
        string="Current Confirmation",
        groups="base.group_user",
        help="The question that counts now; earlier ones are history.",
    )
    confirmation_state = fields.Selection(
        [
            ("none", "Not asked"),
            ("pending", "Waiting for the customer"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("timed_out", "No answer in time"),
            ("waived", "Waived"),
        ],
        string="Confirmation",
        compute="_compute_confirmation",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
    )

    @api.depends("confirmation_ids.state", "confirmation_ids.is_current")
    def _compute_confirmation(self):
        for document in self:
            current = document.confirmation_ids.filtered("is_current")[:1]
            document.confirmation_id = current
            document.confirmation_state = current.state or "none"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_customers_word(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_customers_word(vals)
        return super().write(vals)

    @api.model
    def _check_customers_word(self, vals):
        """Keep people and their programs from answering for the customer (T4)."""
        written = [name for name in self._customers_word() if name in vals]
        if written and not self.env.su:
            raise AccessError(
                self.env._(
                    "“%s” is the customer's word, nobody else writes it. Ask the "
                    "customer to confirm, or record the answer that was given to you.",
                    self._fields[written[0]].string,
                )
            )

    @api.model
    def _customers_word(self):
        """Return the names of the fields that only the module itself writes."""
        return CUSTOMERS_WORD

    # What people do

    def action_request_confirmation(self):
        """Ask the customers of the documents to confirm them, all at once (T4, D4).

        A question that waits for its answer is asked anew: the old link ends.

        :return: True.
        :raises UserError: for a document that cannot be asked about yet.
        """
        self._confirmation_host().check_access("write")
        self._check_askable()
        self._confirmation_ask()
        return True

    def action_open_request(self):
        """Let somebody write what was done, then ask."""
        return self._open_wizard(
            "customer.confirmation.request", self.env._("Ask the Customer")
        )

    def action_open_answer(self):
        """Record an answer that was given by phone or in person."""
        self.ensure_one()
        return self._open_wizard(
            "customer.confirmation.answer",
            self.env._("Record the Customer's Answer"),
            **{f"default_{self._confirmation_field}": self.id},
        )

    def action_open_waive(self):
        """Do without the answer, for a reason (managers only)."""
        self.ensure_one()
        return self._open_wizard(
            "customer.confirmation.answer",
            self.env._("Close Without an Answer"),
            default_is_waiver=True,
            **{f"default_{self._confirmation_field}": self.id},
        )

    def action_view_confirmations(self):
        """Open the questions asked about the document, and their answers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_confirmation_action"
        )
        action["domain"] = [(self._confirmation_field, "=", self.id)]
        action["context"] = {"create": False}
        return action

    def _open_wizard(self, model, title, **context):
        return self._dialog(model, title, {**self._wizard_context(), **context})

    def _wizard_context(self):
        """Return the context in which a wizard works on the documents."""
        return {f"default_{self._confirmation_field}s": [Command.set(self.ids)]}

    # What each kind of document says of itself

    def _confirmation_host(self):
        """Return the documents that the customers know, whose chatters have it all."""
        return self

    def _pending_questions(self):
        """Return the questions that wait for the customer of the document."""
        return self.confirmation_id.filtered(lambda c: c.state == "pending")

    def _confirmation_summary(self):
        """Return what was done, as the customer reads it."""
        return ""

    def _confirmation_values(self):
        """Return what a question keeps of the document, for reports."""
        return {"user_id": self.user_id.id}

    def _confirmation_label(self):
        """Return what the document is to its customer: the mail says “Your …”."""
        kinds = self.env["customer.confirmation"]._fields["kind"]
        return dict(kinds._description_selection(self.env))[self._confirmation_kind]

    def _confirmation_is_due(self):
        """Return whether the document stands where its customer is to be asked."""
        raise NotImplementedError

    def _confirmation_accept(self):
        """Act on a yes, or on what counts as one."""

    def _confirmation_refuse(self, reason):
        """Act on a no.

        :param str reason: in words, as the customer gave it.
        """
        raise NotImplementedError

    def _check_askable(self):
        """:raises UserError: for a document that cannot be asked about yet."""
        for document in self:
            if not any(document._confirmation_contact()):
                raise UserError(
                    self.env._(
                        "There is nobody to ask about %(document)s: add its customer "
                        "first.",
                        document=document.display_name,
                    )
                )

    # Asking and answering

    def _confirmation_ask(self):
        """Put the question to the customers of the documents."""
        self.env["customer.confirmation"].sudo()._open(self.sudo())
        self._journey_event("asked")

    def _confirmation_record(self):
        """Note the question without writing to the customer, who is there already.

        :return: the confirmations, for the answer.
        """
        return self.env["customer.confirmation"].sudo()._open(self.sudo(), mail=False)

    def _confirmation_talked(self):
        """Note that somebody of the company has talked with the customer."""

    def _confirmation_answered(self, state, reasons):
        """Act on the answers to the documents' questions.

        :param str state: the state that their confirmations have just taken.
        :param dict reasons: the reason of each document that was refused.
        """
        self._journey_event(state)
        if state == "refused":
            for document in self:
                document._confirmation_refuse(reasons[document])
        else:
            self._confirmation_accept()

    def _confirmation_call_task(self, summary):
        """Plan a call to the customers of documents that mail does not reach."""
        self._task_for_owner(summary, activity="mail.mail_activity_data_call")
