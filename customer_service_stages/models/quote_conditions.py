from odoo import fields, models


class CustomerQuoteConditions(models.Model):
    """The conditions of sale of a kind of service (Q6)."""

    _name = "customer.quote.conditions"
    _description = "Conditions of Sale"
    _order = "sequence, id"

    name = fields.Char(
        "Kind of Service",
        required=True,
        translate=True,
        help="What staff choose by, such as “Repairs” or “Bathroom works”.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    condition_ids = fields.One2many(
        "customer.quote.condition", "conditions_id", "Conditions", copy=True
    )
