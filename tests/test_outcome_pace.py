"""Faster than usual, and why (D6)."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form

from .common import JourneyCase

MONDAY = fields.Datetime.to_datetime("2026-05-04 08:00:00")
WHY = "La pieza estaba en la furgoneta."


class TestPace(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "De 8 a 16",
                "tz": "UTC",
                "hours_per_day": 8,
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Día",
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 16,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.team, cls.other_team = cls.env["crm.team"].create(
            [{"name": "Fontanería"}, {"name": "Mostrador"}]
        )
        cls.taps, cls.boilers = cls.env["product.category"].create(
            [{"name": "Grifos"}, {"name": "Calderas"}]
        )
        cls.tap, cls.boiler = cls.env["product.product"].create(
            [
                {"name": "Grifo", "categ_id": cls.taps.id, "list_price": 60},
                {"name": "Caldera", "categ_id": cls.boilers.id, "list_price": 900},
            ]
        )
        for days in (4, 5, 5, 6, 7):
            cls.delivered(cls, days)

    def confirmed(self, start=MONDAY, product=None, **values):
        with freeze_time(start):
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "user_id": False,
                    "team_id": self.team.id,
                    "order_line": [
                        Command.create({"product_id": (product or self.tap).id})
                    ],
                    **values,
                }
            )
            order.action_confirm()
            order.action_start_delivery()
        return order

    def delivered(self, days, start=MONDAY, **values):
        """Return an order that took a number of days at work, confirmed on a Monday."""
        order = TestPace.confirmed(self, start, **values)
        weeks, rest = divmod(days, 5)
        done = start + timedelta(days=weeks * 7 + rest)
        with freeze_time(done):
            order.action_complete_delivery()
        return order

    def hint(self, order, now):
        with freeze_time(now):
            order.invalidate_recordset(["pace_hint"])
            return order.pace_hint

    def test_takes_working_time(self):
        """D6: from the confirmation to the completion, nights and Sundays aside."""
        order = self.delivered(7)
        self.assertEqual(order.delivery_hours, 7 * 8)
        self.assertEqual(order.delivery_kind_id, self.taps)
        order.action_reopen_delivery()
        self.assertEqual(order.delivery_hours, 0)
        self.assertFalse(order.delivery_kind_id)

    def test_proposes_to_say_why(self):
        """D6: “This took 2 days; usually 5. Say why?”"""
        order = self.delivered(2)
        now = MONDAY + timedelta(days=10)
        self.assertEqual(
            self.hint(order, now),
            "This took 2 working days; usually 5 working days. Say why?",
        )
        usual = self.delivered(4)
        self.assertFalse(self.hint(usual, now))

    def test_proposed_before_it_is_complete(self):
        """The mail may leave with the completion: staff write it before."""
        order = self.confirmed(MONDAY + timedelta(days=14))
        self.assertTrue(self.hint(order, MONDAY + timedelta(days=16)))
        self.assertFalse(self.hint(order, MONDAY + timedelta(days=18)))

    def test_of_its_kind_only(self):
        """Another team's, another category's, another year's tell nothing."""
        now = MONDAY + timedelta(days=10)
        for values in ({"product": self.boiler}, {"team_id": self.other_team.id}):
            with self.subTest(values=values):
                self.assertFalse(self.hint(self.delivered(1, **values), now))
        next_year = MONDAY + timedelta(days=371)
        order = self.delivered(1, start=next_year)
        self.assertFalse(self.hint(order, next_year + timedelta(days=3)))

    def test_needs_enough_and_the_setting(self):
        now = MONDAY + timedelta(days=10)
        order = self.delivered(2)
        self.company.quick_share = 70
        self.assertFalse(self.hint(order, now))
        self.company.quick_share = 60
        self.assertTrue(self.hint(order, now))
        self.company.quick_share = 0
        self.assertFalse(self.hint(order, now))
        self.company.quick_share = 30
        past = self.env["sale.order"].search(
            [("delivery_kind_id", "=", self.taps.id), ("id", "!=", order.id)]
        )
        past[:1].action_reopen_delivery()
        self.assertFalse(self.hint(order, now))

    def test_of_the_company_only(self):
        other = self.env["res.company"].create({"name": "Clínica del Sol"})
        other.resource_calendar_id = self.calendar.copy({"company_id": other.id})
        order = self.delivered(1, company_id=other.id, team_id=False)
        self.assertFalse(self.hint(order, MONDAY + timedelta(days=10)))

    def test_dialog_tells_the_customer(self):
        """D6: staff write the why while asking; mail and page say it."""
        order = self.delivered(2)
        self.customer.lang = "es_ES"
        with freeze_time(MONDAY + timedelta(days=2, hours=1)):
            order.invalidate_recordset(["pace_hint"])
            form = Form(
                self.env["customer.confirmation.request"]
                .with_user(self.everyone)
                .with_context(default_order_ids=[Command.set(order.ids)])
            )
            self.assertTrue(form.pace_hint)
            form.summary = "Grifo cambiado."
            form.pace_reason = WHY
            with self.mock_mail_gateway():
                form.save().action_request()
        self.assertEqual(order.delivery_summary, "Grifo cambiado.")
        self.assertIn("Grifo cambiado.", order.confirmation_id.summary)
        self.assertIn(WHY, order.confirmation_id.summary)
        self.assertIn(WHY, self._new_mails.body_html)

    def test_nothing_is_told_when_left_empty(self):
        order = self.delivered(2)
        order.delivery_summary = "Grifo cambiado."
        order.action_request_confirmation()
        self.assertEqual(order.confirmation_id.summary, "Grifo cambiado.")

    def test_not_told_of_what_is_done_again(self):
        order = self.delivered(2)
        order.pace_reason = WHY
        order.action_reopen_delivery()
        self.assertFalse(order.pace_reason)

    def test_queries(self):
        """The usual times of a page of orders take as many queries as that of one."""
        orders = sum(
            (self.confirmed() for _number in range(20)), self.env["sale.order"]
        )
        counts = []
        for ids in (orders[:1].ids, orders.ids):
            self.env.flush_all()
            self.env.invalidate_all()
            batch = self.env["sale.order"].browse(ids)
            batch.mapped("order_line.product_id.categ_id.name")
            before = self.env.cr.sql_log_count
            batch._usual_hours()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
