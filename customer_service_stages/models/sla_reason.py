from odoo import fields, models

#: Where the cause of a miss lies (S5).
CAUSES = [
    ("people", "People: absence, knowledge, mistake"),
    ("process", "Process: planning, hand-over"),
    ("tools", "Tools: systems, equipment"),
    ("supply", "Supply: parts, subcontractor"),
    ("customer", "Customer: information, access"),
    ("outside", "Outside: weather, authorities"),
]


class CustomerSlaReason(models.Model):
    """Why targets are missed, as a list that people choose from (S5)."""

    _name = "customer.sla.reason"
    _description = "Service-Level Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    cause = fields.Selection(CAUSES, required=True, default="process")
