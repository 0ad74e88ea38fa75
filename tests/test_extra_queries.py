"""Extras cost queries per batch, not per order or line (D3)."""

from odoo.fields import Command
from odoo.tests import tagged

from .extra_case import REASON, ExtraCase

MANY = 50


@tagged("post_install", "-at_install")
class TestExtraQueries(ExtraCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": f"Cliente {number}", "email": f"c{number}@correo.example"}
                for number in range(MANY)
            ]
        )

    def orders(self, count):
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "user_id": self.salesman.id,
                    "order_line": [
                        Command.create(self.line_vals(name))
                        for name in ("hora", "tubo")
                    ],
                }
                for customer in self.customers[:count]
            ]
        )
        orders.action_confirm()
        return orders

    def waiting(self, count):
        orders = self.orders(count)
        orders.order_line.product_uom_qty = 2
        return orders

    def asked(self, count):
        orders = self.waiting(count)
        orders._ask_extras(REASON)
        questions = orders.extra_ids.confirmation_id.sudo()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_confirmation SET last_reminder_date = NULL"
        )
        return questions.browse(questions.ids)

    def assertQueries(self, prepare, work, fixed):
        """Check the queries of working on one and on many, after a first time."""
        work(prepare(MANY))
        for count in (1, MANY):
            records = prepare(count)
            self.flush_tracking()
            self.env.invalidate_all()
            with (
                self.subTest(count=count),
                self.assertQueryCount(fixed, flush=False),
            ):
                work(records)
                self.env.flush_all()

    def test_ask(self):
        self.assertQueries(self.waiting, lambda orders: orders._ask_extras(REASON), 51)

    def test_raise_what_was_agreed(self):
        self.assertQueries(
            self.orders, lambda orders: orders.order_line.write({"price_unit": 12}), 16
        )

    def test_remind(self):
        self.assertQueries(self.asked, lambda questions: questions._remind(), 37)

    def test_sums_of_the_banner(self):
        self.assertQueries(self.waiting, lambda orders: orders.mapped("extra_total"), 8)
