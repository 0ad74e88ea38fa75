from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestQuoteMargin(JourneyCase):
    """What the customer sees beside what the company sees (Q2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.material = cls.env["product.product"].create(
            {"name": "Tubo", "type": "consu", "list_price": 7.77, "standard_price": 2}
        )
        cls.product.standard_price = 25
        cls.quote = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.salesman.id,
                "quote_presentation": "grouped",
                "order_line": [
                    Command.create({"product_id": cls.product.id}),
                    Command.create(
                        {"product_id": cls.material.id, "product_uom_qty": 3}
                    ),
                ],
            }
        )

    def margins(self, order):
        return {
            margin.name: (
                order.currency_id.round(margin.amount),
                order.currency_id.round(margin.cost),
            )
            for margin in order._quote_margins()
        }

    def test_margin_of_each_group_and_of_the_whole(self):
        self.quote.action_group_lines()
        self.assertEqual(
            self.margins(self.quote),
            {"Materials": (23.31, 6), "Work": (40, 25), "Total": (63.31, 31)},
        )
        whole = self.quote._quote_margins()[-1]
        self.assertAlmostEqual(whole.margin, 32.31)
        self.assertAlmostEqual(whole.share, 32.31 / 63.31)

    def test_costs_in_the_unit_and_currency_of_the_line(self):
        """A dozen in a currency twice as dear costs as much as six single ones."""
        currency = self.env["res.currency"].create(
            {
                "name": "QTZ",
                "symbol": "Q",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.5})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Q", "currency_id": currency.id}
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.quote.copy({"pricelist_id": pricelist.id})
        line = order.order_line.filtered(lambda ol: ol.product_id == self.material)
        line.write({"product_uom_id": dozen.id, "product_uom_qty": 1})
        rate = order.company_id.currency_id._get_conversion_rate(
            order.company_id.currency_id, currency, order.company_id
        )
        self.assertAlmostEqual(line._quote_cost(), 12 * 2 * rate)

    def test_what_is_given_away_has_no_share(self):
        self.quote.order_line.price_unit = 0
        self.assertIsNone(self.quote._quote_margins()[-1].share)

    def test_both_views_side_by_side(self):
        """The salesperson sees all; in the customer's view no line has its price."""
        order = self.quote.with_user(self.salesman)
        action = order.action_compare_views()
        self.assertTrue(order.quote_is_grouped)
        dialog = self.env[action["res_model"]].with_user(self.salesman)
        with Form(dialog.with_context(**action["context"])) as form:
            theirs, ours = form.customer_view, form.our_view
        for amount in ("23.31", "6.00", "17.31"):
            self.assertIn(amount, ours)
        self.assertIn("23.31", theirs)
        for amount in ("7.77", "6.00", "17.31"):
            self.assertNotIn(amount, theirs)

    def test_customers_do_not_see_our_view(self):
        portal = new_test_user(
            self.env, "carmen_margin", "base.group_portal", partner_id=self.customer.id
        )
        with self.assertRaises(AccessError):
            self.env["customer.quote.preview"].with_user(portal).create(
                {"order_id": self.quote.id}
            )
        with self.assertRaises(AccessError):
            self.quote.with_user(portal).action_compare_views()
