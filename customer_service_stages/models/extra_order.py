from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.extra_rules import HELD

#: Fields that say what the customer has agreed to: nobody writes them by hand.
AGREED = ("extra_approval", "extra_ids")


class SaleOrder(models.Model):
    """No surprises: what is added after the acceptance waits for a word (D3).

    Whether it does is settled when the order is confirmed; orders from before that
    setting, or from before the module, have nothing to wait for.
    """

    _name = "sale.order"
    _inherit = ["sale.order"]

    extra_approval = fields.Boolean(
        "Extras Wait for the Customer",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What is added to the order is delivered and invoiced once the customer "
        "has accepted it.",
    )
    extra_ids = fields.One2many(
        "customer.extra",
        "order_id",
        "Extras Asked",
        readonly=True,
        groups="base.group_user",
    )
    extra_id = fields.Many2one(
        "customer.extra",
        "Last Extra Asked",
        compute="_compute_extra_id",
        compute_sudo=True,
        groups="base.group_user",
    )
    extra_is_asked = fields.Boolean(
        compute="_compute_extra_id", compute_sudo=True, groups="base.group_user"
    )
    extra_ask_date = fields.Datetime(
        "Extra Asked On",
        compute="_compute_extra_id",
        compute_sudo=True,
        groups="base.group_user",
    )
    extra_count = fields.Integer(
        "Extras Waiting", compute="_compute_extra_waiting", groups="base.group_user"
    )
    extra_total = fields.Monetary(
        "To Pay for Extras",
        compute="_compute_extra_waiting",
        groups="base.group_user",
        help="What the extras that wait add to the order, taxes included.",
    )
    extra_order_total = fields.Monetary(
        "New Total",
        compute="_compute_extra_waiting",
        groups="base.group_user",
        help="What the order costs with the extras that wait, taxes included.",
    )

    @api.depends("extra_ids.confirmation_id", "extra_ids.confirmation_state")
    def _compute_extra_id(self):
        for order in self:
            extra = order.extra_ids.sorted("id")[-1:]
            order.extra_id = extra
            order.extra_is_asked = extra.confirmation_state == "pending"
            order.extra_ask_date = extra.confirmation_id.request_date

    @api.depends("order_line.extra_state", "order_line.extra_waiting_amount")
    def _compute_extra_waiting(self):
        for order in self:
            lines = order._extra_lines()
            order.extra_count = len(lines)
            total = order._total_with(lines._charged_values()) if lines else 0
            order.extra_order_total = total
            order.extra_total = lines and total - order._total_with(
                lines._agreed_values()
            )

    @api.model
    def _customers_word(self):
        return (*super()._customers_word(), *AGREED)

    # What people do

    def action_ask_extras(self):
        """Let somebody say why the extras are needed, and ask the customer (D3)."""
        self.ensure_one()
        return self._open_extra_wizard(
            "customer.extra.request", self.env._("Ask the Customer")
        )

    def action_answer_extras(self):
        """Record an answer about the extras that was given by phone or in person."""
        self.ensure_one()
        return self._open_extra_wizard(
            "customer.extra.answer", self.env._("Record the Customer's Answer")
        )

    def action_waive_extras(self):
        """Do without the customer's word on the extras, for a reason (managers)."""
        self.ensure_one()
        return self._open_extra_wizard(
            "customer.extra.answer",
            self.env._("Go Ahead Without an Answer"),
            default_is_waiver=True,
        )

    def action_view_extras(self):
        """Open what the customer has been asked about extras, and the answers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_extra_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        return action

    def _open_extra_wizard(self, model, title, **context):
        return self._dialog(model, title, {"default_order_id": self.id, **context})

    # Asking

    def _ask_extras(self, reason):
        """Ask the customers of the orders about all that waits there (D3).

        :param str reason: why it is needed, as the customers read it.
        :return: the questions, one `customer.extra` for each order.
        :raises UserError: where nothing waits, or nobody can be asked.
        """
        extras = self._open_extras(reason)
        extras._check_askable()
        extras._confirmation_ask()
        return extras

    def _open_extras(self, reason):
        """Put down what waits on the orders; what was asked before ends.

        :return: one `customer.extra` for each order, with superuser rights.
        """
        self.check_access("write")
        self._check_extras(reason)
        orders_sudo = self.sudo()
        orders_sudo.extra_ids.confirmation_id._retire()
        orders_sudo._extra_lines()._note_group()
        return (
            self.env["customer.extra"]
            .sudo()
            .create(
                [
                    {
                        "order_id": order.id,
                        "reason": reason,
                        "amount_total": order.extra_total,
                        "order_total": order.extra_order_total,
                        "line_ids": order._extra_lines()._extra_commands(),
                    }
                    for order in orders_sudo
                ]
            )
        )

    def _check_extras(self, reason):
        for order in self:
            if not order._extra_lines():
                raise UserError(
                    self.env._(
                        "Nothing waits for the customer on %s.", order.display_name
                    )
                )
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why it is needed: the customer reads it first.")
            )

    def _extra_lines(self):
        """Return the lines that wait for the customer's word."""
        return self.order_line.filtered(lambda line: line.extra_state == "waiting")

    def _void_outdated_extras(self):
        """End the questions about something that is not what waits any more (D3).

        The link in the customer's mail leads nowhere then, and staff ask again.
        """
        asked_sudo = (
            self.sudo()
            .filtered("extra_approval")
            .extra_ids.filtered(lambda extra: extra.confirmation_state == "pending")
        )
        asked_sudo.filtered(
            lambda extra: extra._is_outdated()
        ).confirmation_id._retire()

    def _total_with(self, values):
        """Return what the order would cost, taxes included.

        :param dict values: quantity, price and discount of lines, where they differ.
        """
        taxes = self.env["account.tax"]
        base_lines = [
            line._prepare_base_line_for_taxes_computation(**values.get(line, {}))
            for line in self.order_line
            if not line.display_type
        ]
        taxes._add_tax_details_in_base_lines(base_lines, self.company_id)
        taxes._round_base_lines_tax_details(base_lines, self.company_id)
        totals = taxes._get_tax_totals_summary(
            base_lines, self.currency_id, self.company_id
        )
        return totals["total_amount_currency"]

    # What the customer reads

    def _goodwill_lines(self):
        """Return what the customer is given free."""
        return self.order_line.filtered(lambda line: line.extra_state == "goodwill")

    def _goodwill_names(self):
        """Return what the customer is given free, as the customer reads it (A6)."""
        return [
            line.name for line in self._goodwill_lines() if not line._hidden_parts()[1]
        ]

    def _pending_questions(self):
        extra = self.extra_id.confirmation_id
        return super()._pending_questions() | extra.filtered(
            lambda question: question.state == "pending"
        )

    def _confirmation_label(self):
        if self.env.context.get("mail_about_extra"):
            return self.env._("Order")
        return super()._confirmation_label()

    def _journey_reason(self, event):
        if event == "extra_asked":
            return self.extra_id.reason
        if event == "extra_refused":
            return self.extra_id.confirmation_id._reason()
        return super()._journey_reason(event)

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        self.sudo().extra_id.confirmation_id._note_bounce(email)
        return result

    # What waits is not invoiced

    def _action_confirm(self):
        """Settle whether what comes later waits for the customer."""
        result = super()._action_confirm()
        for company, orders in self.sudo().grouped("company_id").items():
            orders.extra_approval = company.extra_approval_required
        return result

    def action_draft(self):
        result = super().action_draft()
        drafts_sudo = self.sudo().filtered(lambda order: order.state == "draft")
        drafts_sudo.extra_approval = False
        return result

    def _nothing_to_invoice_error_message(self):
        held = self.order_line.filtered(lambda line: line.extra_state in HELD)
        if not held:
            return super()._nothing_to_invoice_error_message()
        return self.env._(
            "Nothing can be invoiced: the customer has not accepted %s. Ask the "
            "customer on the order, or record the answer that was given to you.",
            ", ".join(held.product_id.mapped("display_name")),
        )

    @contextmanager
    def _unlocked(self):
        """Let the customer's answer change orders that are locked for people."""
        locked = self.filtered("locked")
        locked.locked = False
        yield
        locked.locked = True
