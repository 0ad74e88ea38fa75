"""What orders cost beyond their quotes, and what was given free (D3, A6)."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .extra_case import ExtraCase


@tagged("post_install", "-at_install")
class TestExtraReport(ExtraCase):
    def rows(self, orders, user=None):
        self.env.flush_all()
        report = self.env["customer.overrun.report"].with_user(user or self.manager)
        return report.search([("order_id", "in", orders.ids)])

    def sums(self, orders, groupby=(), measure="overrun:avg"):
        self.env.flush_all()
        return self.env["customer.overrun.report"]._read_group(
            [("order_id", "in", orders.ids)], groupby, [measure]
        )

    def order_with_everything(self):
        """Return an order of 40, with 20 accepted, 20 waiting, 10 refused, a gift."""
        order = self.grouped("hora", "hora", "tubo", "codo", user_id=self.salesman.id)
        order.action_confirm()
        tube = self.line(order, "tubo")
        tube.product_uom_qty = 3
        self.ask(order)
        self.tell(order)
        refused = self.add(order, "junta")
        self.ask(order)
        self.tell(order, "refused", refusal_reason="not_needed")
        self.assertEqual(refused.extra_state, "refused")
        self.add(order, "grifo", product_uom_qty=2)
        self.add(order, "prueba", discount=100, is_goodwill=True)
        return order

    def test_amounts(self):
        order = self.order_with_everything()
        names = (
            "baseline_amount",
            "accepted_amount",
            "waiting_amount",
            "refused_amount",
            "unasked_amount",
            "extra_amount",
            "goodwill_cost",
            "goodwill_value",
        )
        [sums] = self.env["customer.overrun.report"]._read_group(
            [("order_id", "in", order.ids)], [], [f"{name}:sum" for name in names]
        )
        self.assertEqual(
            dict(zip(names, sums, strict=True)),
            {
                "baseline_amount": 40,
                "accepted_amount": 20,
                "waiting_amount": 20,
                "refused_amount": 10,
                "unasked_amount": 0,
                "extra_amount": 40,
                "goodwill_cost": 6,
                "goodwill_value": 10,
            },
        )

    def test_share_by_order_and_by_group(self):
        """Each order and group counts with its weight, and once."""
        big = self.accepted(*["hora"] * 9)
        self.line_of(big).product_uom_qty = 2
        small = self.order_with_everything()
        self.assertEqual(self.sums(big), [(100 / 9,)])
        self.assertEqual(self.sums(small), [(100,)])
        self.assertEqual(self.sums(big + small), [((10 + 40) * 100 / (90 + 40),)])
        self.assertEqual(self.sums(big + small, (), "order_id:count_distinct"), [(2,)])
        by_group = dict(self.sums(small, ["group"]))
        self.assertEqual(by_group["Materials"], 100)
        self.assertEqual(by_group["Work"], 0)

    def line_of(self, order):
        return order.order_line[0]

    def test_an_extra_is_asked_in_a_group(self):
        order = self.grouped("hora", "tubo", user_id=self.salesman.id)
        order.action_confirm()
        line = self.add(order, "grifo", sequence=self.line(order, "tubo").sequence)
        order.invalidate_recordset()
        self.ask(order)
        self.assertEqual(line.baseline_group, line.get_parent_section_line().name)

    def test_currency(self):
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
        amount = order.amount_untaxed
        [row] = self.rows(order)
        self.assertEqual(row.baseline_amount, amount / 2)
        self.assertEqual(row.currency_id, self.company.currency_id)

    def test_unasked(self):
        self.company.extra_approval_required = False
        order = self.accepted("hora")
        self.add(order, "grifo")
        rows = self.rows(order)
        self.assertEqual(sum(rows.mapped("unasked_amount")), 10)
        self.assertFalse(any(rows.mapped("waiting_amount")))

    def test_what_has_no_row(self):
        cancelled = self.accepted("hora")
        cancelled._action_cancel()
        before = self.accepted("hora")
        before.sudo().baseline_date = False
        self.assertFalse(self.rows(cancelled + before + self.quote("hora")))

    def test_open_the_order(self):
        order = self.accepted("hora")
        action = self.rows(order).action_open_order()
        self.assertEqual(action["res_id"], order.id)

    def test_who_reads_it(self):
        order = self.accepted("hora")
        other = self.env["res.company"].create({"name": "Otra"})
        foreign = self._new_user(
            "foreign",
            "customer_service_stages.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.rows(order, foreign))
        self.assertTrue(self.rows(order, self.everyone))
        for user in (
            self.salesman,
            self._create_portal_user(),
            self.env.ref("base.public_user"),
        ):
            with self.assertRaises(AccessError):
                self.rows(order, user)
