"""What the customer accepted is kept, and what comes later is an extra (D3)."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from .quote_case import QuoteCase

ACCEPTED = "2026-05-04 09:00:00"


@tagged("post_install", "-at_install")
class TestQuoteBaseline(QuoteCase):
    def accepted(self, *texts, **values):
        order = self.grouped(*texts, **values)
        with freeze_time(ACCEPTED):
            order.action_confirm()
        self.assertFalse(order.extra_amount)
        return order

    def add(self, order, text, **values):
        order.order_line = [Command.create(self.line_vals(text, **values))]
        return order.order_line.sorted("id")[-1]

    def test_frozen(self):
        order = self.accepted("hora", "tubo")
        self.assertEqual(str(order.baseline_date), ACCEPTED)
        self.assertEqual(order.baseline_amount, 20)
        self.assertRecordValues(
            self.line(order, "hora"),
            [
                {
                    "is_in_baseline": True,
                    "baseline_quantity": 1,
                    "baseline_amount": 10,
                    "baseline_group": "Work",
                    "is_extra": False,
                    "extra_amount": 0,
                }
            ],
        )
        self.assertFalse(self.line(order, "Work").is_in_baseline)

    def test_group_of_a_line_in_a_subsection(self):
        order = self.accepted("= Mi baño", "- Ducha", "grifo")
        self.assertEqual(self.line(order, "grifo").baseline_group, "Mi baño")

    def test_before_acceptance_nothing_is_extra(self):
        order = self.grouped("hora")
        self.add(order, "tubo")
        self.assertFalse(any(order.order_line.mapped("is_extra")))
        self.assertFalse(order.extra_amount or order.baseline_date)

    def test_new_line(self):
        order = self.accepted("hora")
        line = self.add(order, "grifo")
        self.assertTrue(line.is_extra)
        self.assertEqual((line.extra_amount, order.extra_amount), (10, 10))
        self.assertEqual(order.baseline_amount, 10)

    def test_new_section_is_no_extra(self):
        order = self.accepted("hora")
        self.assertFalse(self.add(order, "= Más").is_extra)

    def test_raised_quantity(self):
        order = self.accepted("hora", "tubo")
        line = self.line(order, "hora")
        line.product_uom_qty = 3
        self.assertFalse(line.is_extra)
        self.assertEqual((line.extra_amount, order.extra_amount), (20, 20))
        self.assertEqual(line.baseline_quantity, 1)

    def test_raised_price_and_discount(self):
        order = self.accepted("hora", "tubo")
        self.line(order, "hora").price_unit = 12.5
        self.assertEqual(order.extra_amount, 2.5)
        self.line(order, "tubo").discount = 10
        self.assertEqual(order.extra_amount, 1.5)

    def test_extras_add_up(self):
        order = self.accepted("hora", "tubo", "codo")
        self.line(order, "hora").product_uom_qty = 2
        self.line(order, "codo").product_uom_qty = 0
        self.add(order, "grifo", product_uom_qty=4)
        self.assertEqual(order.extra_amount, 40)
        self.assertEqual(order.amount_untaxed, order.baseline_amount + 40)

    def test_down_payment_is_no_extra(self):
        order = self.accepted("hora", "tubo")
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": 50}
        ).create_invoices()
        self.assertTrue(order.order_line.filtered("is_downpayment"))
        self.assertFalse(order.extra_amount)
        self.assertFalse(any(order.order_line.mapped("is_extra")))

    def test_cancelled_and_confirmed_again(self):
        order = self.accepted("hora")
        self.add(order, "grifo")
        order.action_cancel()
        self.assertEqual(order.baseline_amount, 10)
        order.action_draft()
        self.assertFalse(order.baseline_date or order.baseline_amount)
        self.assertFalse(order.extra_amount)
        self.assertFalse(any(order.order_line.mapped("baseline_group")))
        order.action_confirm()
        self.assertEqual(order.baseline_amount, 20)
        self.assertFalse(any(order.order_line.mapped("is_extra")))

    def test_set_to_draft_among_others(self):
        """A confirmed order that is chosen along with others stays as it is."""
        confirmed, cancelled = self.accepted("hora"), self.accepted("tubo")
        cancelled.action_cancel()
        (confirmed + cancelled).action_draft()
        self.assertEqual(confirmed.baseline_amount, 10)
        self.assertTrue(self.line(confirmed, "hora").is_in_baseline)

    def test_copy_has_accepted_nothing(self):
        copy = self.accepted("hora").copy()
        self.assertFalse(copy.baseline_date or copy.baseline_amount)
        self.assertFalse(any(copy.order_line.mapped("is_in_baseline")))

    def test_many(self):
        orders = self.grouped("hora") + self.grouped("tubo", "codo")
        orders.action_confirm()
        self.assertEqual(orders.mapped("baseline_amount"), [10, 20])


@tagged("post_install", "-at_install")
class TestQuoteBaselinePortal(QuoteCase, HttpCase):
    def test_signature_on_the_page(self):
        order = self.grouped("hora", "tubo", require_signature=True)
        order.action_quotation_sent()
        self.authenticate(None, None)
        self.assertIn("redirect_url", self.portal_accept(order))
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.signed_by, "Carmen Ortega")
        self.assertEqual(order.baseline_amount, 20)
        self.assertEqual(self.line(order, "tubo").baseline_group, "Materials")

    def test_grouped_as_it_is_accepted(self):
        """What was changed since it was sent is in order, too."""
        order = self.grouped(
            "hora", require_signature=True, quote_presentation="summary"
        )
        order.action_quotation_sent()
        order.order_line = [Command.create(self.line_vals("tubo"))]
        self.authenticate(None, None)
        self.portal_accept(order)
        self.assertLines(order, "= Materials", "tubo", "= Work", "hora")
        self.assertEqual(order.state, "sale")

    def test_portal_user_reads_no_baseline(self):
        portal = self._create_portal_user()
        order = self.grouped("hora", partner_id=portal.partner_id.id)
        order.action_confirm()
        order = order.with_user(portal)
        order.read(["name"])
        order.order_line.read(["name"])
        for records, names in (
            (order, ("baseline_date", "baseline_amount", "extra_amount")),
            (
                order.order_line,
                (
                    "baseline_amount",
                    "baseline_group",
                    "baseline_quantity",
                    "extra_amount",
                    "is_extra",
                    "is_in_baseline",
                ),
            ),
        ):
            for name in names:
                with self.subTest(name):
                    with self.assertRaises(AccessError):
                        records.read([name])
                    with self.assertRaises(AccessError):
                        records.search([(name, "!=", False)])
