"""What customers do with a quote on their phones, in a real browser."""

from odoo.tests import tagged

from .test_quote_document import QuoteDocumentCase


@tagged("post_install", "-at_install")
class TestQuoteTour(QuoteDocumentCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_read_choose_and_accept(self):
        order = self.document(quote_subject="Grifo nuevo en la cocina")
        self.start_tour(order.get_portal_url(), "customer_quote_tour", login=None)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.signed_by, "Carmen Ortega")
        self.assertTrue(order.signature)
        self.assertEqual(self.line(order, "grifo").product_uom_qty, 2)
        self.assertAlmostEqual(order.amount_untaxed, 64.44)
