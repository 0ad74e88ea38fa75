from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskTicketType(models.Model):
    """What customers ask for, by the phase of their life-cycle (T1)."""

    _inherit = "helpdesk.ticket.type"
    _order = "sequence, name, id"

    sequence = fields.Integer(default=10)
    phase = fields.Selection(
        [
            ("before", "Before the sale"),
            ("during", "During the service"),
            ("after", "After the sale"),
        ],
        help="Where in the life-cycle of the customer the request comes from.",
    )
    nature = fields.Selection(
        [
            ("information", "Information"),
            ("request", "Request"),
            ("complaint", "Complaint or claim"),
            ("suggestion", "Suggestion"),
            ("report", "Report of wrongdoing"),
        ],
    )
    requires_confirmation = fields.Boolean(
        default=True,
        help="Tickets of this type are closed by their customers only.",
    )
    requires_reply = fields.Boolean(
        string="Owes a Reply",
        help="Tickets of this type are not closed before somebody has answered the "
        "customer, unfounded or not.",
    )
    default_team_id = fields.Many2one(
        "helpdesk.ticket.team", help="Takes the tickets of this type that have no team."
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        help="Only the handlers, the assigned user and whoever reports see the tickets "
        "of this type.",
    )
    handler_ids = fields.Many2many(
        "res.users",
        "helpdesk_ticket_type_res_users_rel",
        "helpdesk_ticket_type_id",
        "res_users_id",
        string="Handlers",
        domain="[('share', '=', False)]",
        help="Who sees the confidential tickets of this type.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        types._forget_handlers()
        return types

    def write(self, vals):
        result = super().write(vals)
        if "handler_ids" in vals:
            self._forget_handlers()
        if vals.get("is_confidential"):
            self._conceal_tickets()
        return result

    def _forget_handlers(self):
        """Let the rule on tickets, which is cached, ask again who handles what."""
        self.env.registry.clear_cache()

    def _conceal_tickets(self):
        """Take the tickets of what has become confidential out of journeys (T10)."""
        tickets_sudo = (
            self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        )
        for ticket in tickets_sudo.search(Domain("type_id", "in", self.ids)):
            if ticket.journey_id:
                ticket.journey_id._conceal(ticket)
