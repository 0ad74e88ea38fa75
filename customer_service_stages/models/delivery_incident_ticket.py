from odoo import fields, models


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["customer.incident.mixin", "helpdesk.ticket"]
    _incident_field = "ticket_id"

    incident_ids = fields.One2many(
        "customer.incident",
        "ticket_id",
        "Incidents",
        readonly=True,
        groups="base.group_user",
    )
