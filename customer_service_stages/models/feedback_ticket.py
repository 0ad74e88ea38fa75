from odoo import fields, models
from odoo.fields import Command


class HelpdeskTicket(models.Model):
    """Requests whose customers are asked how it went, and those that put it right."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "customer.feedback.mixin"]
    _feedback_field = "ticket_id"

    feedback_ids = fields.One2many(
        "customer.feedback",
        "ticket_id",
        "Customer's Feedback",
        readonly=True,
        groups="base.group_user",
    )
    is_recovery = fields.Boolean(
        "Recovery",
        readonly=True,
        copy=False,
        help="It puts right what a customer was not happy with. When it is closed, the "
        "customer is asked again.",
    )
    recovery_feedback_ids = fields.One2many(
        "customer.feedback",
        "recovery_ticket_id",
        "Recovers",
        readonly=True,
        groups="base.group_user",
    )

    def _feedback_values(self):
        return {**super()._feedback_values(), "team_id": self.team_id.id}

    def _feedback_previous(self):
        first = self.recovery_feedback_ids.filtered(lambda row: row.round == 1)
        return first.sorted("ask_date", reverse=True)[:1]

    def _followup_asks_again(self):
        return self.is_recovery or super()._followup_asks_again()

    def _recovery_values(self):
        return {
            **super()._recovery_values(),
            "origin_ticket_id": self.id,
            "sale_order_ids": [Command.set(self.sale_order_ids.ids)],
            "partner_name": self.partner_name,
            "partner_email": self.partner_email,
            "team_id": self.team_id.id,
        }
