"""Putting quotes in order costs queries per batch, not per line or order (Q2, Q4)."""

from odoo.fields import Command
from odoo.tests import tagged

from .quote_case import GOODS, SERVICES, QuoteCase

#: Odoo writes so many rows at once.
CHUNK = 100

#: Grouping any quotation, by rules that ask for the type of products only: the order
#: and whether the user may write on it, its lines, company, products (two tables) and
#: customer, its currency, and the new sections.
GROUPING = 9


@tagged("post_install", "-at_install")
class TestQuoteQueries(QuoteCase):
    def quotes(self, orders, lines):
        names = (GOODS + SERVICES) * (lines // 7 + 1)
        return self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "user_id": self.salesman.id,
                    "order_line": [
                        Command.create(self.line_vals(name)) for name in names[:lines]
                    ],
                }
                for _order in range(orders)
            ]
        )

    def queries(self, orders, work):
        """Return how many queries work takes, with nothing in memory but settings."""
        orders = orders.with_user(self.salesman)
        self.flush_tracking()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(orders)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def group(self, orders):
        return self.queries(orders, lambda orders: orders.action_group_lines())

    def chunks(self, rows):
        return -(-rows // CHUNK)

    def test_grouping(self):
        self.group(self.quotes(1, 7))  # what is kept compiled
        for orders, lines in ((1, 10), (1, 200), (50, 10)):
            with self.subTest(orders=orders, lines=lines):
                found = self.group(self.quotes(orders, lines))
                # The lines, and two sections for each order in place of the first two
                rows = self.chunks(orders * lines) + self.chunks(orders * 2) - 1
                self.assertLessEqual(found, GROUPING + rows)

    def test_ten_queries(self):
        self.group(self.quotes(1, 7))
        self.assertLessEqual(self.group(self.quotes(1, 10)), 10)
        self.assertLessEqual(self.group(self.quotes(1, CHUNK)), 10)

    def test_rules_ask_for_what_they_name(self):
        """Categories cost a query more, tags two, included work three and two rows."""
        category = self.env["product.category"].create({"name": "Calefacción"})
        tag = self.env["product.tag"].create({"name": "Baño"})
        self.rule("goods", category_ids=category)
        self.rule("goods", product_tag_ids=tag)
        self.env["customer.quote.inclusion"].create(
            {"name": "Subido a casa", "group_ids": self.groups["goods"].ids}
        )
        self.group(self.quotes(1, 7))
        few, many = self.group(self.quotes(1, 10)), self.group(self.quotes(1, CHUNK))
        self.assertLessEqual(few, GROUPING + 1 + 8)
        self.assertEqual(many, few)

    def test_again(self):
        self.group(self.quotes(1, 7))
        for orders, lines in ((1, 10), (1, 200), (50, 10)):
            quotes = self.quotes(orders, lines)
            quotes.action_group_lines()
            with self.subTest(orders=orders, lines=lines):
                self.assertLessEqual(self.group(quotes), 3)

    def test_undo(self):
        undo = []
        for orders, lines in ((1, 10), (1, 200), (50, 10)):
            quotes = self.quotes(orders, lines)
            quotes.action_group_lines()
            found = self.queries(quotes, lambda orders: orders.action_ungroup_lines())
            undo.append(found - self.chunks(orders * lines))
        self.assertLessEqual(max(undo), undo[0] + 2, undo)

    def test_what_the_customer_reads(self):
        """Groups, terms and conditions are read for many lines as for few."""
        self.env["customer.quote.inclusion"].create(
            {"name": "Subido a casa", "group_ids": self.groups["goods"].ids}
        )

        def read(orders):
            for order in orders.sudo():
                order._quote_included_elsewhere(order._quote_groups())
                order._quote_terms()
                order._quote_conditions()

        quotes = [self.quotes(*size) for size in ((1, 10), (1, 10), (1, 200), (50, 10))]
        for orders in quotes:
            orders.action_group_lines()
        _warm_up, one, long, many = (self.queries(orders, read) for orders in quotes)
        self.assertEqual(long, one)
        self.assertLessEqual(many, one + 2)
        self.assertLessEqual(one, 15)
