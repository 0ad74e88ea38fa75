"""Late and at risk: never stored, alike in Python and in SQL (D1)."""

from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tests import Form, freeze_time

from .delivery_case import DeliveryCase

DAY = "2026-05-12 07:00:00"


@freeze_time("2026-05-04 09:00:00")
class TestStanding(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Order = cls.env["sale.order"]

    def orders(self):
        """Return orders that stand in each way on May 12, by how they stand."""
        with freeze_time("2026-05-04 09:00:00"):
            orders = {
                "late": self.sold("2026-05-11 10:00:00"),
                "at_risk": self.sold("2026-05-13 10:00:00"),
                "on_time": self.sold("2026-05-13 10:00:00"),
                "open": self.sold(),
                "done": self.sold("2026-05-13 10:00:00"),
                "missed": self.sold("2026-05-11 10:00:00"),
                False: self.order(commitment_date="2026-05-11 10:00:00"),
            }
            orders["on_time"].action_start_delivery()
        return orders

    def test_python_and_sql_agree(self):
        orders = self.orders()
        every = self.Order.union(*orders.values())
        with freeze_time(DAY):
            (orders["done"] + orders["missed"]).action_complete_delivery()
            self.assertEqual(
                {s: order.delivery_standing for s, order in orders.items()},
                {s: s for s in orders},
            )
            self.env.flush_all()
            mine = Domain("id", "in", every.ids)
            for standing, order in orders.items():
                domain = Domain("delivery_standing", "=", standing)
                self.assertEqual(self.Order.search(mine & domain), order)
                self.assertEqual(self.Order.search(mine & ~domain), every - order)
                self.assertEqual(every.filtered_domain(domain), order)
            groups = self.Order._read_group(mine, ["delivery_standing"], ["__count"])
            self.assertEqual(dict(groups), {s: 1 for s in orders})
            late = ["late", "at_risk", False]
            found = self.Order.search(mine & Domain("delivery_standing", "in", late))
            self.assertEqual(found, self.Order.union(*map(orders.get, late)))
            self.assertEqual(orders["late"].delivery_color, 1)

    def test_the_promised_day_ends_at_the_company(self):
        order = self.sold("2026-05-12 08:00:00")
        with freeze_time("2026-05-12 21:59:00"):
            self.assertEqual(order.delivery_standing, "at_risk")
        order.invalidate_recordset()
        with freeze_time("2026-05-12 22:01:00"):
            self.assertEqual(order.delivery_standing, "late")
            order.action_complete_delivery()
            self.assertEqual(order.promise_kept, "missed")
        other = self.sold("2026-05-12 23:30:00")
        self.assertEqual(
            fields.Datetime.to_string(other.promise_end_date), "2026-05-13 22:00:00"
        )

    def test_planned_after_the_promise(self):
        order = self.sold("2026-05-20 10:00:00")
        self.assertEqual(order.delivery_standing, "on_time")
        with Form(order.with_user(self.salesman)) as form:
            form.delivery_planned_date = "2026-05-22 08:00:00"
        self.assertEqual(order.delivery_standing, "at_risk")
        self.assertEqual(
            fields.Datetime.to_string(order.commitment_date), "2026-05-20 10:00:00"
        )
        self.env.flush_all()
        found = self.Order.search(
            [("id", "=", order.id), ("delivery_standing", "=", "at_risk")]
        )
        self.assertEqual(found, order)

    def test_each_company_has_its_own_risk(self):
        company = self.env["res.company"].create(
            {"name": "Con prisa", "delivery_risk_days": 10}
        )
        date = "2026-05-12 10:00:00"
        here = self.sold(date)
        there = self.order(
            commitment_date=date, company_id=company.id, user_id=False, team_id=False
        )
        there.action_confirm()
        self.assertEqual(here.delivery_standing, "on_time")
        self.assertEqual(there.delivery_standing, "at_risk")
        self.env.flush_all()
        found = self.Order.search(
            [("id", "in", (here + there).ids), ("delivery_standing", "=", "at_risk")]
        )
        self.assertEqual(found, there)

    def test_dates_of_a_journey(self):
        lead = self.lead()
        first, second = (self.order(lead) for _number in range(2))
        (first + second).action_confirm()
        first.commitment_date, second.commitment_date = (
            "2026-05-12 10:00:00",
            "2026-05-18 10:00:00",
        )
        journey = lead.journey_id
        self.assertEqual(journey.delivery_planned_date, first.commitment_date)
        self.assertFalse(journey.delivery_start_date)
        with freeze_time("2026-05-05 09:00:00"):
            second.action_complete_delivery()
            journey.invalidate_recordset()
            self.assertEqual(
                journey.delivery_start_date, second.delivery_completion_date
            )
            self.assertFalse(journey.delivery_completion_date)
            self.assertFalse(journey.delivery_accepted_date)
        with freeze_time("2026-05-19 09:00:00"):
            first.action_complete_delivery()
        journey.invalidate_recordset()
        # The last one completes
        self.assertEqual(
            journey.delivery_completion_date, first.delivery_completion_date
        )
        self.assertEqual(journey.promise_kept, "missed")
        self.assertFalse(journey.delivery_planned_date)

    def test_accepted_when_the_customer_confirms(self):
        order = self.sold("2026-05-12 10:00:00")
        order.action_complete_delivery()
        confirmation = order._confirmation_record()
        self.assertFalse(order.delivery_accepted_date)
        with freeze_time("2026-05-13 11:00:00"):
            confirmation._answer("accepted", answer_name="Carmen")
        self.assertEqual(
            fields.Datetime.to_string(order.delivery_accepted_date),
            "2026-05-13 11:00:00",
        )

    def test_the_board(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.delivery_action"
        )
        views = {mode: view for view, mode in action["views"]}
        Order = self.Order.with_user(self.salesman)
        for mode in ("list", "kanban", "calendar", "form"):
            arch = etree.fromstring(Order.get_view(views[mode], mode)["arch"])
            self.assertTrue(arch.xpath("//field[@name='delivery_standing']"), mode)
        search = Order.get_view(action["search_view_id"][0], "search")["arch"]
        for node in etree.fromstring(search).xpath("//filter[@domain]"):
            domain = eval(  # pylint: disable=eval-used
                node.get("domain"), {"uid": self.salesman.id}
            )
            Order.search(domain, limit=1)
        order = self.sold("2026-05-05 10:00:00")
        groups = Order.with_context(read_group_expand=True).web_read_group(
            [("id", "=", order.id)], ["delivery_standing"], ["__count"]
        )["groups"]
        self.assertEqual(
            [(group["delivery_standing"], group["__count"]) for group in groups],
            [("late", 0), ("at_risk", 1), ("on_time", 0), ("open", 0)],
        )

    def test_queries_do_not_grow(self):
        for count in (1, 50):
            orders = self.Order.union(
                *(self.sold("2026-05-12 10:00:00") for _number in range(count))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(count), self.assertQueryCount(2):
                orders.mapped("delivery_standing")
            journeys = orders.journey_id.browse(orders.journey_id.ids)
            self.env.invalidate_all()
            with self.subTest(count), self.assertQueryCount(5):
                journeys.mapped("delivery_completion_date")
