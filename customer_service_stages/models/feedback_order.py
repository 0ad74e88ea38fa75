from odoo import fields, models
from odoo.fields import Command


class SaleOrder(models.Model):
    """Orders whose customers are asked how it went (F1)."""

    _name = "sale.order"
    _inherit = ["sale.order", "customer.feedback.mixin"]
    _feedback_field = "order_id"

    feedback_ids = fields.One2many(
        "customer.feedback",
        "order_id",
        "Customer's Feedback",
        readonly=True,
        groups="base.group_user",
    )

    def _feedback_values(self):
        return {**super()._feedback_values(), "sales_team_id": self.team_id.id}

    def _recovery_values(self):
        return {
            **super()._recovery_values(),
            "sale_order_ids": [Command.set(self.ids)],
        }
