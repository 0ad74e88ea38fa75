from odoo import fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["customer.incident.mixin", "sale.order"]
    _incident_field = "order_id"

    incident_ids = fields.One2many(
        "customer.incident",
        "order_id",
        "Incidents",
        readonly=True,
        groups="base.group_user",
    )
