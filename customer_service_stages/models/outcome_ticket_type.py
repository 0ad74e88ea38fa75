from odoo import fields, models


class HelpdeskTicketType(models.Model):
    _name = "helpdesk.ticket.type"
    _inherit = ["helpdesk.ticket.type"]

    service_context_id = fields.Many2one(
        "customer.service.context",
        ondelete="restrict",
        domain="[('company_id', '=', False)]",
        help="What matters most in requests of this type. Empty: as the company has "
        "set.",
    )
