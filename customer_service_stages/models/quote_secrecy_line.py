from odoo import models


class SaleOrderLine(models.Model):
    """What of a line is hidden, on the quote and on its invoice (Q3)."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line"]

    def _hidden_parts(self):
        """Return what the customer may not see of the line, or of what stands in it.

        :return: whether the prices are hidden, and whether the lines are.
        """
        parts = self | self.parent_id | self.parent_id.parent_id
        section = self.get_parent_section_line() or self
        presentation = self.order_id.quote_presentation
        if section.is_optional or section.is_downpayment:
            presentation = "detailed"
        hides_lines = presentation == "summary" or any(
            parts.mapped("collapse_composition")
        )
        hides_prices = presentation == "grouped" or any(parts.mapped("collapse_prices"))
        return hides_lines or hides_prices, hides_lines

    def _put_last(self):
        """Let the lines stand below all others of their orders, as they are."""
        for sequence, line in enumerate(self, start=self._quote_end() + 1):
            line._quote_write({"sequence": sequence})

    def _prepare_invoice_line(self, **optional_values):
        """Hide on the invoice what the quote hid, unless the company shows all (Q3).

        A combo becomes a section of the invoice, with all that follows in it: it hides
        what the section that it stands in hides.
        """
        values = super()._prepare_invoice_line(**optional_values)
        if not self.company_id.quote_invoice_follows:
            values.update(collapse_prices=False, collapse_composition=False)
        elif values["display_type"] in ("line_section", "line_subsection"):
            hides_prices, hides_lines = self._hidden_parts()
            values.update(
                collapse_prices=hides_prices and not hides_lines,
                collapse_composition=hides_lines,
            )
        return values
