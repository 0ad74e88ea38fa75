"""The prices of the groups add up to the untaxed amount, to the cent (Q2)."""

import random

from odoo.fields import Command
from odoo.tests import tagged

from .quote_case import QuoteCase

ROUNDINGS = ("round_per_line", "round_globally")


@tagged("post_install", "-at_install")
class TestQuoteSums(QuoteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        vat = {"amount_type": "percent", "type_tax_use": "sale"}
        cls.vat, cls.reduced, cls.included, cls.fixed = cls.env["account.tax"].create(
            [
                {**vat, "name": "IVA 21 %", "amount": 21},
                {**vat, "name": "IVA 10 %", "amount": 10},
                {
                    **vat,
                    "name": "IVA 21 % incluido",
                    "amount": 21,
                    "price_include_override": "tax_included",
                },
                {**vat, "name": "Tasa", "amount": 0.35, "amount_type": "fixed"},
            ]
        )
        cls.choices = (
            cls.vat.browse(),
            cls.vat,
            cls.reduced,
            cls.included,
            cls.vat + cls.fixed,
        )

    def priced(self, *lines, **values):
        """Return a grouped order.

        :param lines: name, price and taxes of each line, and further values.
        """
        order = self.order(
            order_line=[
                Command.create(
                    self.line_vals(
                        name,
                        price_unit=price,
                        tax_ids=[Command.set(taxes.ids)],
                        **dict(*more),
                    )
                )
                for name, price, taxes, *more in lines
            ],
            **values,
        )
        order.action_group_lines()
        return order

    def assertAddUp(self, order, *amounts):
        """Check the sum of the groups, and their amounts if any are given."""
        groups = order._quote_groups()
        found = [group.amount for group in groups]
        currency = order.currency_id
        for amount in found:
            self.assertEqual(amount, currency.round(amount))
        self.assertEqual(
            f"{sum(found):.6f}",
            f"{order.amount_untaxed:.6f}",
            f"{found} {currency.name}",
        )
        if amounts:
            self.assertEqual(found, list(amounts))

    def in_currency(self, name, **values):
        """Return the values of an order in another currency."""
        currency = self.env.ref(f"base.{name}")
        currency.write({"active": True, **values})
        pricelist = self.env["product.pricelist"].create(
            {"name": name, "currency_id": currency.id}
        )
        return {"pricelist_id": pricelist.id}

    def test_mixed_taxes(self):
        for rounding in ROUNDINGS:
            self.company.tax_calculation_rounding_method = rounding
            with self.subTest(rounding):
                order = self.priced(
                    ("tubo", 10.01, self.vat),
                    ("hora", 20.02, self.reduced),
                    ("codo", 30.03, self.vat.browse()),
                )
                self.assertAddUp(order, 40.04, 20.02)

    def test_rounded_for_the_whole_order(self):
        """Prices that include their tax miss the total by cents, line by line."""
        self.company.tax_calculation_rounding_method = "round_globally"
        names = ("tubo", "codo", "grifo", "hora", "montaje", "prueba")
        order = self.priced(*((name, 0.99, self.included) for name in names))
        by_lines = sum(order.order_line.mapped("price_subtotal"))
        self.assertNotAlmostEqual(by_lines, order.amount_untaxed, 3)
        self.assertAddUp(order)

    def test_discounts(self):
        for rounding in ROUNDINGS:
            self.company.tax_calculation_rounding_method = rounding
            with self.subTest(rounding):
                self.assertAddUp(
                    self.priced(
                        ("tubo", 33.33, self.included, {"discount": 12.5}),
                        ("codo", 0.07, self.included, {"discount": 33}),
                        ("hora", 47.11, self.vat, {"discount": 5}),
                    )
                )

    def test_discount_dialog(self):
        for kind, values in (
            ("sol_discount", {"discount_percentage": 0.15}),
            ("so_discount", {"discount_percentage": 0.15}),
            ("amount", {"discount_amount": 7.77}),
        ):
            with self.subTest(kind):
                order = self.priced(
                    ("tubo", 33.33, self.vat), ("hora", 47.11, self.reduced)
                )
                self.env["sale.order.discount"].create(
                    {"sale_order_id": order.id, "discount_type": kind, **values}
                ).action_apply_discount()
                order.action_group_lines()
                self.assertAddUp(order)
                has_group = "Discounts" in order.order_line.mapped("name")
                self.assertEqual(has_group, kind != "sol_discount")

    def test_currencies(self):
        for name, values in (
            ("JPY", {"rounding": 1}),
            ("KWD", {"rounding": 0.001}),
            ("CHF", {"rounding": 0.05}),
        ):
            for rounding in ROUNDINGS:
                self.company.tax_calculation_rounding_method = rounding
                with self.subTest(currency=name, rounding=rounding):
                    order = self.priced(
                        ("tubo", 33.333, self.included),
                        ("codo", 12.345, self.included),
                        ("hora", 47.117, self.included),
                        ("prueba", 5.055, self.vat + self.fixed),
                        **self.in_currency(name, **values),
                    )
                    self.assertEqual(order.currency_id.name, name)
                    self.assertAddUp(order)

    def test_coins_of_five(self):
        """What is missing is shared out in coins that there are."""
        order = self.priced(
            ("tubo", 10, self.vat.browse()),
            ("hora", 10, self.vat.browse()),
            **self.in_currency("CHF", rounding=0.05),
        )
        self.assertEqual(order._settled([9.95, 10]), [9.95, 10.05])
        self.assertEqual(order._settled([10.05, 10.05]), [10, 10])
        self.assertEqual(order._settled([0, 19.9]), [0, 20])

    def test_options(self):
        order = self.quote("tubo", "= Opciones", "grifo", "hora")
        self.line(order, "Opciones").is_optional = True
        self.line(order, "grifo").product_uom_qty = 0
        order.action_group_lines()
        self.assertAddUp(order, 10, 10)
        # The customer chooses
        self.line(order, "grifo").product_uom_qty = 2
        self.assertAddUp(order, 10, 30)

    def test_zero_and_negative_groups(self):
        order = self.priced(
            ("tubo", 0, self.vat),
            ("hora", 100, self.vat),
            ("= Abono", 0, self.vat.browse()),
            ("grifo", -30.03, self.vat),
        )
        self.assertAddUp(order, 0, 100, -30.03)

    def test_less_than_nothing(self):
        order = self.priced(("tubo", -10.01, self.included), ("hora", 5, self.included))
        self.assertAddUp(order)

    def test_nothing_but_zeros(self):
        self.assertAddUp(
            self.priced(("tubo", 0, self.vat), ("hora", 0, self.vat)), 0, 0
        )

    def test_no_lines(self):
        self.assertEqual(self.order(order_line=[])._quote_groups(), [])

    def test_lines_outside_of_sections_come_last(self):
        order = self.quote("tubo", "= Mi baño", "grifo", "grifo")
        first, last = order._quote_groups()
        self.assertEqual((first.name, first.amount), ("Mi baño", 20))
        self.assertEqual((last.name, last.amount), ("Other", 10))
        self.assertFalse(last.section)

    def test_subsections_count_with_their_section(self):
        order = self.quote("= Mi baño", "grifo", "- Ducha", "tubo", "hora")
        self.assertAddUp(order, 30)

    def test_down_payment_of_a_confirmed_order(self):
        order = self.priced(("tubo", 33.33, self.vat), ("hora", 47.11, self.reduced))
        order.action_confirm()
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        self.assertAddUp(order)
        self.assertEqual(
            [group.amount for group in order._quote_groups()][:2], [33.33, 47.11]
        )

    def test_early_payment_discount(self):
        for mode in ("included", "excluded", "mixed"):
            term = self.env["account.payment.term"].create(
                {
                    "name": mode,
                    "early_discount": True,
                    "early_pay_discount_computation": mode,
                    "discount_percentage": 2,
                    "discount_days": 7,
                    "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
                }
            )
            with self.subTest(mode):
                self.assertAddUp(
                    self.priced(
                        ("tubo", 33.33, self.vat),
                        ("hora", 47.11, self.reduced),
                        payment_term_id=term.id,
                    )
                )

    def test_random(self):
        rng = random.Random(7)
        names = ("tubo", "codo", "grifo", "hora", "montaje", "= Mi baño")
        currencies = [{}, self.in_currency("JPY", rounding=1), self.in_currency("KWD")]
        for number in range(30):
            self.company.tax_calculation_rounding_method = rng.choice(ROUNDINGS)
            lines = [
                (
                    rng.choice(names),
                    round(rng.uniform(-20, 200), 3),
                    rng.choice(self.choices),
                    {
                        "discount": rng.choice((0, 0, 5, 33.33)),
                        "product_uom_qty": rng.choice((1, 2, 0.5, 0.333, 12)),
                    },
                )
                for _line in range(rng.randrange(1, 15))
            ]
            lines = [
                line if line[0] in self.products else (line[0], 0, self.vat.browse())
                for line in lines
            ]
            with self.subTest(number=number, lines=lines):
                self.assertAddUp(self.priced(*lines, **rng.choice(currencies)))
