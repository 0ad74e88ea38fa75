from odoo import fields, models


class CustomerIncidentKind(models.Model):
    """What goes wrong, as a list that people choose from (D2)."""

    _name = "customer.incident.kind"
    _description = "Kind of Incident"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
