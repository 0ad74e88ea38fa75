from odoo import fields, models


class SaleOrderTemplateLine(models.Model):
    _inherit = "sale.order.template.line"

    collapse_prices = fields.Boolean(
        "Hide Prices",
        help="The customer does not see the prices of the lines in this section.",
    )
    collapse_composition = fields.Boolean(
        "Hide Lines",
        help="The customer does not see the lines in this section.",
    )

    def _prepare_order_line_values(self):
        """Carry what a section hides to the order; core does not (pitfall 14)."""
        values = super()._prepare_order_line_values()
        values.update(
            {
                name: True
                for name in ("collapse_prices", "collapse_composition")
                if self[name]
            }
        )
        return values
