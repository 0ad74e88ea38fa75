from odoo import fields, models


class HelpdeskTicketReopen(models.TransientModel):
    """Take closed tickets up again, saying why (T8)."""

    _name = "helpdesk.ticket.reopen"
    _description = "Reopen Tickets"

    ticket_ids = fields.Many2many("helpdesk.ticket", readonly=True)
    reason = fields.Text(required=True)

    def action_reopen(self):
        """Reopen, and keep the reason."""
        self.ensure_one()
        self.ticket_ids.action_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
