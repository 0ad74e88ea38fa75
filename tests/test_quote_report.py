"""What became of quotes: the reports' figures, and who sees them (Q7)."""

from datetime import datetime, timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .quote_case import QuoteCase

MONDAY = datetime(2026, 5, 4, 9)


@tagged("post_install", "-at_install")
class TestQuoteReport(QuoteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.quote_reminder_days = cls.company.quote_expiry_notice_days = 0
        cls.price = cls.env.ref("customer_service_stages.lost_reason_price")
        cls.timing = cls.env.ref("customer_service_stages.lost_reason_timing")

    def sent_quote(self, *texts, **values):
        with freeze_time(MONDAY):
            order = self.quote(*(texts or ["grifo"]), user_id=self.salesman.id)
            order.action_group_lines()
            order.write(values)
            return self.sent(order)

    def refuse(self, order, reason, days=0):
        with freeze_time(MONDAY + timedelta(days=days)):
            order._refuse(reason, "", self.customer)

    def confirm(self, order, days=0):
        with freeze_time(MONDAY + timedelta(days=days)):
            order.action_confirm()

    def several(self):
        """Return quotes that ended in every way, in the order of the outcomes."""
        accepted = self.sent_quote("grifo", "hora", quote_info_source="visit")
        refused = self.sent_quote("grifo", quote_info_source="word")
        lost = self.sent_quote("hora")
        expired = self.sent_quote("grifo", "hora", validity_date="2026-05-10")
        withdrawn = self.sent_quote("grifo")
        waiting = self.sent_quote("grifo", validity_date="2099-01-01")
        self.confirm(accepted, 4)
        self.refuse(refused, self.price, 2)
        lost.opportunity_id = self.lead()
        with freeze_time(MONDAY + timedelta(days=6)):
            lost.opportunity_id.action_set_lost(lost_reason_id=self.timing.id)
        withdrawn._action_cancel()
        return accepted + refused + lost + expired + withdrawn + waiting

    def report(self, by_group=False, user=None):
        name = "customer.quote.report" + (".group" if by_group else "")
        report = self.env[name].with_user(user or self.env.user)
        self.env.flush_all()
        report.invalidate_model()
        return report

    def rows(self, orders, by_group=False, user=None):
        report = self.report(by_group, user)
        return report.search([("order_id", "in", orders.ids)], order="id")

    def figures(self, orders, groupby, *aggregates, by_group=False):
        """Return the aggregates by what they are grouped by."""
        groups = self.report(by_group)._read_group(
            [("order_id", "in", orders.ids)], groupby, aggregates
        )
        found = {}
        for row in groups:
            key, values = row[: len(groupby)], row[len(groupby) :]
            found[key[0] if key else None] = tuple(
                round(value, 4) if isinstance(value, float) else value
                for value in values
            )
        return found

    def test_outcomes(self):
        rows = self.rows(self.several())
        self.assertEqual(
            rows.mapped("outcome"),
            ["accepted", "refused", "refused", "expired", "withdrawn", "waiting"],
        )
        self.assertEqual(rows.mapped("days_to_decision"), [4, 2, 6, 0, 0, 0])
        self.assertEqual(rows.mapped("amount"), [20, 10, 10, 20, 10, 10])
        self.assertEqual(rows.mapped("amount_accepted"), [20, 0, 0, 0, 0, 0])
        self.assertEqual(
            [row.refusal_reason_id for row in rows[:3]],
            [self.price.browse(), self.price, self.timing],
        )

    def test_hit_rate(self):
        """One of four: what waits and what we withdrew count neither way."""
        orders = self.several()
        self.assertEqual(
            self.figures(orders, [], "hit:avg", "days_to_decision:avg", "__count"),
            {None: (25, 4, 6)},
        )
        self.assertEqual(
            self.figures(orders, ["info_source"], "hit:avg", "days_to_decision:avg"),
            {"visit": (100, 4), "word": (0, 2), False: (0, 6)},
        )

    def test_only_undecided(self):
        orders = self.sent_quote() + self.sent_quote()
        orders.validity_date = "2099-01-01"
        [(hit,)] = self.figures(orders, [], "hit:avg").values()
        self.assertIs(hit, False)

    def test_what_is_no_quote(self):
        draft = self.quote("grifo")
        at_the_counter = self.quote("grifo")
        at_the_counter.action_confirm()
        cancelled = self.quote("grifo")
        cancelled._action_cancel()
        self.assertFalse(self.rows(draft + at_the_counter + cancelled))

    def test_refused_as_a_draft(self):
        """A quote may be shown by its link alone."""
        order = self.quote("grifo")
        self.refuse(order, self.price)
        self.assertEqual(self.rows(order).outcome, "refused")

    def test_time_to_quote(self):
        """Only the first quote about a need took the time that is measured."""
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Siempre", "attendance_ids": [], "tz": "UTC"}
        )
        lead = self.lead()
        with freeze_time(MONDAY - timedelta(hours=30)):
            lead.quote_info_source = "visit"
        first = self.sent_quote(opportunity_id=lead.id)
        with freeze_time(MONDAY + timedelta(days=3)):
            second = self.sent(self.quote("grifo", lead=lead))
        unknown = self.sent_quote()
        self.assertEqual(
            self.figures(first + second + unknown, [], "hours_to_quote:avg", "__count"),
            {None: (30, 3)},
        )
        self.assertEqual(self.rows(first).hours_to_quote, 30)

    def test_by_group(self):
        orders = self.several()
        goods, work = self.groups["goods"], self.groups["work"]
        self.assertEqual(
            self.figures(
                orders,
                ["group_id"],
                "hit:avg",
                "days_to_decision:avg",
                "amount:sum",
                "amount_accepted:sum",
                "order_id:count_distinct",
                by_group=True,
            ),
            {
                # accepted, refused and expired; withdrawn and waiting
                goods: (33.3333, 3, 50, 10, 5),
                # accepted, lost and expired
                work: (33.3333, 5, 30, 10, 3),
            },
        )

    def test_by_group_and_not(self):
        """Whatever they are grouped by, both reports agree."""
        orders = self.several()
        aggregates = (
            "hit:avg",
            "hours_to_quote:avg",
            "days_to_decision:avg",
            "amount:sum",
            "amount_accepted:sum",
            "order_id:count_distinct",
        )
        for groupby in (
            [],
            ["outcome"],
            ["info_source"],
            ["presentation"],
            ["user_id"],
            ["team_id"],
            ["refusal_reason_id"],
            ["date:month"],
        ):
            with self.subTest(groupby):
                self.assertEqual(
                    self.figures(orders, groupby, *aggregates, by_group=True),
                    self.figures(orders, groupby, *aggregates),
                )

    def test_several_lines_of_a_group(self):
        order = self.sent_quote("grifo", "codo", "hora", "junta")
        rows = self.rows(order, by_group=True)
        self.assertEqual(
            {row.group_id: row.amount for row in rows},
            {self.groups["goods"]: 30, self.groups["work"]: 10},
        )

    def test_ungrouped(self):
        with freeze_time(MONDAY):
            order = self.sent(self.quote("grifo", "hora"))
        [row] = self.rows(order, by_group=True)
        self.assertFalse(row.group_id)
        self.assertEqual(row.amount, 20)

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        with freeze_time(MONDAY):
            order = self.quote("grifo", pricelist_id=pricelist.id)
            order.order_line.price_unit = 40
            self.sent(order)
        for by_group in (False, True):
            row = self.rows(order, by_group)
            self.assertEqual(row.amount, 10)
            self.assertEqual(row.currency_id, self.company.currency_id)

    def test_who_sees_it(self):
        order = self.sent_quote()
        foreign = self.env["res.company"].create({"name": "Otra"})
        outsider = self._new_user(
            "outsider",
            "sales_team.group_sale_manager",
            company_id=foreign.id,
            company_ids=[Command.set(foreign.ids)],
        )
        for by_group in (False, True):
            with self.subTest(by_group=by_group):
                self.assertTrue(self.rows(order, by_group, self.everyone))
                self.assertFalse(self.rows(order, by_group, outsider))
                with self.assertRaises(AccessError):
                    self.rows(order, by_group, self.salesman)

    def test_views(self):
        """Every measure and grouping that the views offer can be read."""
        orders = self.several()
        for by_group in (False, True):
            report = self.report(by_group, self.everyone)
            for kind in ("pivot", "graph", "list", "search"):
                tree = etree.fromstring(report.get_view(view_type=kind)["arch"])
                for field in tree.xpath("//field[@type='measure']/@name"):
                    spec = f"{field}:{report._fields[field].aggregator}"
                    self.assertTrue(self.figures(orders, [], spec, by_group=by_group))
                for node in tree.xpath("//filter[@context]"):
                    groupby = safe_eval(node.get("context"))["group_by"]
                    self.assertTrue(
                        self.figures(orders, [groupby], "__count", by_group=by_group)
                    )

    def test_open_the_quote(self):
        order = self.sent_quote()
        for by_group in (False, True):
            action = self.rows(order, by_group, self.everyone).action_open_order()
            self.assertEqual(
                (action["res_model"], action["res_id"]), ("sale.order", order.id)
            )
