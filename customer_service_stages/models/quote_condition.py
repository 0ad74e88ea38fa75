from odoo import fields, models


class CustomerQuoteCondition(models.Model):
    _name = "customer.quote.condition"
    _description = "Condition of Sale"
    _order = "sequence, id"

    conditions_id = fields.Many2one(
        "customer.quote.conditions", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("payment", "Payment"),
            ("deadline", "Deadlines"),
            ("guarantee", "Guarantee"),
            ("validity", "Validity"),
            ("other", "Other"),
        ],
        required=True,
        default="payment",
    )
    name = fields.Char(
        "Title",
        translate=True,
        help="Empty: the kind of condition.",
    )
    text = fields.Text("What the Customer Reads", required=True, translate=True)

    def _title(self):
        """Return what a customer reads above the condition."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return self.name or kinds[self.kind]
