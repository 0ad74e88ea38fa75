from typing import NamedTuple

from odoo import models


class QuoteMargin(NamedTuple):
    """What a group of a quote brings the company, in the order's currency (Q2).

    :param name: the group's title.
    :param amount: what the customer pays for it, untaxed.
    :param cost: what it costs the company.
    :param lines: its priced lines, each with its cost.
    """

    name: str
    amount: float
    cost: float
    lines: tuple

    @property
    def margin(self):
        return self.amount - self.cost

    @property
    def share(self):
        """Return the margin as a share of the price, None where there is no price."""
        return self.margin / self.amount if self.amount else None


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order"]

    def action_compare_views(self):
        """Show what the customer sees beside what the company sees (Q2)."""
        self.ensure_one()
        self.env["customer.quote.preview"].check_access("create")
        self._prepare_for_customer()
        return self._dialog(
            "customer.quote.preview",
            self.env._("%s: the Customer's View and Ours", self.name),
            {"default_order_id": self.id, "dialog_size": "extra-large"},
        )

    def _quote_margins(self):
        """Return what each group of the quote brings, and then the whole.

        :return: a list of `QuoteMargin`.
        """
        margins = [
            self._quote_margin(group.name, group.amount, group.lines)
            for group in self._quote_groups()
        ]
        total = self._quote_margin(
            self.env._("Total"), self.amount_untaxed, self.order_line
        )
        return [*margins, total._replace(lines=())]

    def _quote_margin(self, name, amount, lines):
        costs = tuple(
            (line, line._quote_cost()) for line in lines if not line.display_type
        )
        return QuoteMargin(name, amount, sum(cost for _line, cost in costs), costs)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line"]

    def _quote_cost(self):
        """Return what the line costs the company, in the order's currency.

        That is the cost noted on the line where margins are kept there, else the
        product's cost as it is now.
        """
        if "purchase_price" in self._fields:
            return self.purchase_price * self.product_uom_qty
        product = self.product_id.with_company(self.company_id)
        cost = self.product_uom_id._compute_quantity(
            self.product_uom_qty * product.standard_price, product.uom_id, round=False
        )
        return product.cost_currency_id._convert(
            cost, self.currency_id, self.company_id, self.order_id.date_order
        )
