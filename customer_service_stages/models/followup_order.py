from odoo import fields, models


class SaleOrder(models.Model):
    """What happens by itself after an order and its delivery (F4, F7)."""

    _name = "sale.order"
    _inherit = ["sale.order"]

    followup_ids = fields.One2many(
        "customer.followup",
        "order_id",
        "Follow-ups",
        readonly=True,
        groups="base.group_user",
    )

    def _maintained_lines(self):
        """Return the lines whose products need maintenance from time to time (F7)."""
        return self.order_line.filtered(
            lambda line: line.product_id.maintenance_months and not line.is_downpayment
        )

    def _followup_intervals(self):
        """Return after how many months maintenance is due: each interval once."""
        return sorted(
            set(self._maintained_lines().product_id.mapped("maintenance_months"))
        )

    def _followup_products(self):
        """Return the products that the maintenance mail being made is about."""
        months = self.env.context.get("followup_months")
        products = self._maintained_lines().product_id
        return products.filtered(
            lambda product: not months or product.maintenance_months == months
        )
