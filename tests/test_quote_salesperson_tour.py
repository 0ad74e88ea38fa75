"""A quote as a salesperson makes it, in a real browser."""

from odoo.tests import HttpCase, tagged

from .quote_case import QuoteCase


@tagged("post_install", "-at_install")
class TestQuoteSalespersonTour(QuoteCase, HttpCase):
    def test_quote(self):
        """Lines are grouped, put back, grouped again, and shown as a summary."""
        self.start_tour("/odoo/sales/new", "quote_salesperson_tour", login="salesman")
        order = self.env["sale.order"].search([], order="id desc", limit=1)
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora", "montaje")
        self.assertEqual(order.user_id, self.salesman)
        self.assertEqual(order.quote_presentation, "summary")
