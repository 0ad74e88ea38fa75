from odoo import fields, models


class CustomerSlaStatus(models.Model):
    _name = "customer.sla.status"
    _inherit = ["customer.sla.status"]

    incident_ids = fields.One2many("customer.incident", "status_id", readonly=True)
