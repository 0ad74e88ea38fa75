from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_child_lines(self):
        """Tell one price of a section that hides its prices or lines (Q3).

        Core tells one for each tax, and those of its subsections. What the law asks of
        an invoice, the amount of each tax and what it is on, stands below the total.
        """
        if not (self.collapse_prices or self.collapse_composition):
            return super()._get_child_lines()
        lines = self._get_section_lines().sorted("sequence")
        products = lines.filtered(lambda line: line.display_type == "product")
        labels = filter(None, products.tax_ids.mapped("tax_label"))
        header = {
            **self._child_row(),
            "taxes": list(dict.fromkeys(labels)),
            "price_subtotal": sum(products.mapped("price_subtotal")),
            "price_total": sum(products.mapped("price_total")),
        }
        if self.collapse_composition:
            return [{**header, "display_type": "product", "quantity": 1}]
        shown = lines.filtered(
            lambda line: (
                line.display_type in ("product", "line_subsection")
                and not line.parent_id.collapse_composition
            )
        )
        return [header, *(line._child_row() for line in shown)]

    def _child_row(self):
        """Return the line as the invoice lists it in its section, without a price."""
        return {
            "name": self.name,
            "taxes": [],
            "price_subtotal": None,
            "price_total": None,
            "display_type": self.display_type,
            "quantity": self.quantity,
            "line_uom": self.product_uom_id,
            "product_uom": self.product_id.uom_id,
            "discount": 0.0,
        }
