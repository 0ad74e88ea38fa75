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
        """Let the order's sections know what this one hides (pitfall 14)."""
        values = super()._prepare_order_line_values()
        if self.collapse_prices or self.collapse_composition:
            values["quote_template_line_id"] = self.id
        return values
