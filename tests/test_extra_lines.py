"""What is added to an order waits, and so is neither delivered nor invoiced (D3)."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.sale.models.sale_order_line import SaleOrderLine as CoreLine

from .extra_case import ExtraCase


@tagged("post_install", "-at_install")
class TestExtraLines(ExtraCase):
    def assertWaits(self, line, amount):
        self.env.flush_all()
        self.assertEqual(line.extra_state, "waiting" if amount else False)
        self.assertAlmostEqual(line.extra_waiting_amount, amount)

    # What waits

    def test_accepted_with_the_quote(self):
        order = self.accepted("hora", "tubo")
        self.assertTrue(order.extra_approval)
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "agreed_quantity": 1,
                    "agreed_price_unit": 10,
                    "agreed_discount": 0,
                    "extra_state": False,
                    "extra_waiting_amount": 0,
                    "qty_to_invoice": 1,
                }
            ]
            * 2,
        )
        self.assertFalse(order.extra_count)

    def test_new_line(self):
        order = self.accepted("hora")
        line = self.add(order, "grifo", product_uom_qty=2, tax_ids=self.tax.ids)
        self.assertWaits(line, 20)
        self.assertEqual(line.qty_to_invoice, 0)
        self.assertEqual((order.extra_count, order.extra_total), (1, 24.2))
        self.assertEqual(order.extra_order_total, 34.2)

    def test_raised_quantity_holds_the_part_above(self):
        order = self.accepted("hora", "tubo")
        line = self.line(order, "hora")
        line.product_uom_qty = 3
        self.assertWaits(line, 20)
        self.assertEqual(line.qty_to_invoice, 1)
        self.assertEqual(self.invoiced(order), {"hora": 1, "tubo": 1})
        self.assertEqual(line.qty_to_invoice, 0)

    def test_raised_price_is_invoiced_as_it_was_agreed(self):
        order = self.quote("hora")
        order.order_line.write({"price_unit": 20, "discount": 50})
        order.action_confirm()
        order.order_line.discount = 0
        self.assertWaits(order.order_line, 10)
        line = order._create_invoices().invoice_line_ids.filtered("product_id")
        self.assertEqual((line.price_unit, line.discount), (20, 50))
        self.assertEqual(line.price_subtotal, 10)

    def test_less_needs_no_word(self):
        order = self.accepted("hora", "tubo")
        self.line(order, "hora").product_uom_qty = 0
        self.line(order, "tubo").price_unit = 8
        for line in order.order_line:
            self.assertWaits(line, 0)
        self.assertFalse(order.extra_count)

    def test_more_for_the_same_money_needs_no_word(self):
        order = self.accepted("hora")
        order.order_line.write({"product_uom_qty": 2, "price_unit": 5})
        self.assertWaits(order.order_line, 0)
        self.assertEqual(order.order_line.qty_to_invoice, 2)

    def test_discount_line_needs_no_word(self):
        order = self.accepted("hora")
        self.assertWaits(self.add(order, "prueba", price_unit=-3), 0)

    def test_sections_and_notes_never_wait(self):
        order = self.accepted("hora")
        for text in ("= Más", "# Ojo"):
            self.assertWaits(self.add(order, text), 0)

    def test_down_payments_never_wait(self):
        order = self.accepted("hora", "tubo")
        payment = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        payment.create(
            {"advance_payment_method": "percentage", "amount": 50}
        ).create_invoices()
        self.assertFalse(order.extra_count)
        self.add(order, "grifo")
        with self.assertRaises(UserError) as error:
            payment.create(
                {"advance_payment_method": "percentage", "amount": 50}
            ).create_invoices()
        self.assertIn("wait for the customer", str(error.exception))
        payment.create(
            {"advance_payment_method": "fixed", "fixed_amount": 2}
        ).create_invoices()

    def test_company_that_does_not_wait(self):
        """It counts for what is confirmed from then on."""
        before = self.accepted("hora")
        self.company.extra_approval_required = False
        after = self.accepted("hora")
        self.assertEqual(self.add(before, "grifo").extra_state, "waiting")
        line = self.add(after, "grifo")
        self.assertEqual(line.extra_state, "unasked")
        self.assertEqual(line.qty_to_invoice, 1)

    def test_confirmed_before_the_module(self):
        order = self.accepted("hora")
        order.sudo().write({"baseline_date": False, "extra_approval": False})
        line = self.add(order, "grifo")
        self.assertFalse(line.extra_state)
        self.assertEqual(line.qty_to_invoice, 1)

    def test_two_companies(self):
        other = self.env["res.company"].create(
            {"name": "Climatización", "extra_approval_required": False}
        )
        self.assertTrue(self.accepted("hora").extra_approval)
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create({"partner_id": self.customer.id, "company_id": other.id})
        )
        order.action_confirm()
        self.assertFalse(order.extra_approval)

    def test_cancelled_and_confirmed_again(self):
        order = self.accepted("hora")
        line = self.add(order, "grifo")
        order.action_cancel()
        order.action_draft()
        self.assertFalse(
            order.extra_approval or any(order.order_line.mapped("agreed_quantity"))
        )
        self.assertFalse(line.extra_state)
        order.action_confirm()
        self.assertFalse(line.extra_state)
        self.assertEqual(line.agreed_quantity, 1)

    def test_copy_has_agreed_to_nothing(self):
        order = self.accepted("hora")
        self.add(order, "grifo")
        copy = order.copy()
        self.assertFalse(
            copy.extra_approval or any(copy.order_line.mapped("extra_state"))
        )

    # What was delivered counts where that is invoiced

    def test_hours_beyond_what_is_ordered(self):
        self.products["hora"].invoice_policy = "delivery"
        order = self.accepted("hora")
        line = order.order_line
        line.qty_delivered = 1
        self.assertWaits(line, 0)
        self.assertEqual(line.qty_to_invoice, 1)
        # As timesheets do, who ask nobody
        self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = 3")
        line.invalidate_recordset()
        line.modified(["qty_delivered"])
        self.assertWaits(line, 20)
        self.assertEqual(line.qty_to_invoice, 1)
        self.assertEqual(order.extra_order_total, 30)
        self.tell(order)
        self.assertEqual(line.extra_state, "accepted")
        self.assertEqual((line.product_uom_qty, line.qty_to_invoice), (3, 3))

    # Every path

    def test_nothing_but_what_waits(self):
        order = self.accepted("hora")
        self.invoiced(order)
        self.add(order, "grifo")
        with self.assertRaises(UserError) as error:
            self.invoiced(order)
        self.assertIn("has not accepted", str(error.exception))
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        with self.assertRaises(UserError):
            wizard.create({"advance_payment_method": "delivered"}).create_invoices()

    def test_more_on_the_invoice_by_hand(self):
        order = self.accepted("hora")
        order.order_line.product_uom_qty = 3
        invoice = order._create_invoices()
        line = invoice.invoice_line_ids.filtered("product_id")
        line.quantity = 3
        with self.assertRaises(UserError) as error:
            invoice.action_post()
        self.assertIn("agreed", str(error.exception))
        line.quantity = 1
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_delivered_by_hand(self):
        order = self.accepted("hora", "tubo")
        line = self.add(order, "grifo")
        self.line(order, "hora").product_uom_qty = 4
        with self.assertRaises(ValidationError) as error:
            line.with_user(self.salesman).qty_delivered = 1
        self.assertIn("agreed to 0", str(error.exception))
        with self.assertRaises(ValidationError):
            order.with_user(self.salesman).write(
                {"order_line": [Command.update(line.id, {"qty_delivered": 1})]}
            )
        self.line(order, "hora").qty_delivered = 1
        with self.assertRaises(ValidationError):
            self.line(order, "hora").qty_delivered = 2
        self.line(order, "tubo").qty_delivered = 1

    def test_goods_leave_once_they_are_accepted(self):
        """As where stock is installed, whose method stands in core's place here."""
        launched = []
        stock = patch.object(
            CoreLine,
            "_action_launch_stock_rule",
            lambda lines, **_options: launched.extend(lines.mapped("name")),
            create=True,
        )
        order = self.accepted("tubo", "codo")
        self.add(order, "grifo")
        self.line(order, "codo").product_uom_qty = 3
        with stock:
            order.order_line._action_launch_stock_rule()
            self.assertEqual(launched, ["tubo"])
            launched.clear()
            self.tell(order)
        self.assertCountEqual(launched, ["codo", "grifo"])

    def test_a_combo_waits_with_its_items(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Baño",
                "combo_item_ids": [
                    Command.create({"product_id": self.products["grifo"].id})
                ],
            }
        )
        product = self.env["product.product"].create(
            {
                "name": "Baño completo",
                "type": "combo",
                "list_price": 30,
                "combo_ids": combo.ids,
                "taxes_id": False,
            }
        )
        order = self.accepted("hora")
        order.order_line = [Command.create({"product_id": product.id})]
        parent = order.order_line.filtered(lambda x: x.product_id == product)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.products["grifo"].id,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": parent.id,
                }
            )
        ]
        item = order.order_line.filtered("combo_item_id")
        self.assertEqual(item.extra_state, "waiting")
        self.assertEqual((item.qty_to_invoice, parent.qty_to_invoice), (0, 0))
        self.tell(order)
        self.assertEqual((item.qty_to_invoice, parent.qty_to_invoice), (1, 1))

    def test_nobody_agrees_for_the_customer(self):
        order = self.accepted("hora")
        line = self.add(order, "grifo")
        for user in (self.salesman, self.manager):
            for name, value in (
                ("agreed_quantity", 5),
                ("agreed_price_unit", 99),
                ("agreed_discount", -9),
                ("extra_accepted_amount", 10),
                ("extra_refused_amount", 10),
            ):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    line.with_user(user).write({name: value})
            with self.assertRaises(AccessError):
                self.env["sale.order.line"].with_user(user).create(
                    {"order_id": order.id, "agreed_quantity": 1, "name": "x"}
                )
            for name, value in (("extra_approval", False), ("extra_ids", [])):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    order.with_user(user).write({name: value})

    # Goodwill (A6)

    def test_gift(self):
        order = self.accepted("hora")
        line = self.add(
            order, "grifo", product_uom_qty=2, discount=100, is_goodwill=True
        )
        self.assertRecordValues(
            line,
            [
                {
                    "extra_state": "goodwill",
                    "goodwill_cost": 12,
                    "goodwill_value": 20,
                    "qty_to_invoice": 2,
                }
            ],
        )
        self.assertFalse(order.extra_count)
        line.qty_delivered = 2

    def test_gift_with_a_price_of_zero(self):
        line = self.add(self.accepted("hora"), "grifo", price_unit=0, is_goodwill=True)
        self.assertEqual((line.goodwill_cost, line.goodwill_value), (6, 10))

    def test_cost_is_as_it_was_then(self):
        line = self.add(self.accepted("hora"), "grifo", price_unit=0, is_goodwill=True)
        self.products["grifo"].standard_price = 9
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(line.goodwill_cost, 6)

    def test_cost_in_the_company_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"rate": 2, "name": "2020-01-01"})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        order = self.accepted("hora", pricelist_id=pricelist.id)
        line = self.add(order, "grifo", discount=100, is_goodwill=True)
        self.assertEqual(line.goodwill_cost, 6)
        self.assertEqual(line.goodwill_value, 20)

    def test_a_gift_costs_nothing(self):
        order = self.accepted("hora")
        with self.assertRaises(ValidationError):
            self.add(order, "grifo", is_goodwill=True)
        line = self.add(order, "grifo", discount=100, is_goodwill=True)
        with self.assertRaises(ValidationError):
            line.discount = 50
        line.write({"discount": 0, "is_goodwill": False})
        self.assertWaits(line, 10)
        self.assertFalse(line.goodwill_cost or line.goodwill_value)

    def test_marked_on_the_form(self):
        order = self.accepted("hora")
        with (
            Form(order.with_user(self.salesman)) as form,
            form.order_line.new() as line,
        ):
            line.product_id = self.products["grifo"]
            line.is_goodwill = True
        line = order.order_line[-1]
        self.assertEqual((line.discount, line.extra_state), (100, "goodwill"))
        with (
            Form(order.with_user(self.salesman)) as form,
            form.order_line.edit(1) as line,
        ):
            line.is_goodwill = False
        self.assertEqual(order.order_line[-1].extra_state, "waiting")

    def test_banner(self):
        order = self.accepted("hora")
        self.add(order, "grifo")
        found = self.env["sale.order"].search(
            [("order_line.extra_state", "=", "waiting"), ("id", "=", order.id)]
        )
        self.assertEqual(found, order)
        form = Form(order.with_user(self.salesman))
        self.assertEqual((form.extra_count, form.extra_total), (1, 10))
        self.assertFalse(form.extra_is_asked)
