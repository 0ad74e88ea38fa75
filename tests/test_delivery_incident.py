"""Problems are told with their solution, bad news by telephone first (D2)."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger

from .delivery_case import DeliveryCase


@freeze_time("2026-05-04 09:00:00")
class TestIncident(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.incident_since_date = "2026-01-01 00:00:00"
        cls.company.write({"incident_repeat_count": 3, "incident_repeat_days": 90})
        cls.kinds = {
            name: cls.env.ref(f"customer_service_stages.incident_kind_{name}")
            for name in ("damage", "delay", "material")
        }
        cls.Incident = cls.env["customer.incident"]

    def report(self, document, severity="minor", user=None, **values):
        """Report a problem by the dialog."""
        user = user or self.salesman
        action = document.with_user(user).action_report_incident()
        form = Form(self.Incident.with_user(user).with_context(action["context"]))
        form.kind_id = self.kinds["damage"]
        form.severity = severity
        form.problem = "El grifo ha llegado rayado."
        form.solution = "Montamos otro el jueves."
        for name, value in values.items():
            form[name] = value
        return form.save()

    def mail(self, incident):
        """Return the mail that told of an incident, as HTML."""
        return incident.sudo().message_id.mail_ids.body_html

    def test_a_minor_one_is_told_at_once(self):
        order = self.sold()
        incident = self.report(order)
        self.assertEqual(incident.state, "draft")
        self.assertFalse(order.activity_ids)
        with self.mock_mail_gateway():
            incident.action_tell()
        self.assertEqual(incident.state, "told")
        body = self.mail(incident)
        self.assertIn("El grifo ha llegado rayado.", body)
        self.assertIn("Montamos otro el jueves.", body)
        self.assertIn("would like you to hear it from us", body)
        self.assertNotIn("call you", body)
        self.assertEqual(incident.sudo().message_id.model, "sale.order")
        self.assertEqual(self.events(order).count("incident"), 1)
        event = order.journey_id.event_ids.filtered(lambda e: e.event == "incident")
        self.assertEqual(event.reason, "El grifo ha llegado rayado.")
        self.assertEqual(order.incident_count, 1)
        self.assertEqual(order.journey_id.with_user(self.salesman).incident_count, 1)

    def test_both_are_required(self):
        order = self.sold()
        for name in ("problem", "solution"):
            with self.subTest(name):
                with self.assertRaises(AssertionError):
                    self.report(order, **{name: False})
                values = {
                    "order_id": order.id,
                    "kind_id": self.kinds["damage"].id,
                    "problem": "a",
                    "solution": "b",
                    name: "  ",
                }
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaisesRegex(Exception, "violates check constraint"),
                    self.env.cr.savepoint(),
                ):
                    self.Incident.with_user(self.salesman).create(values)

    def test_bad_news_by_telephone_first(self):
        order = self.sold()
        with self.mock_mail_gateway():
            incident = self.report(order, "serious")
            self.assertEqual(incident.state, "call")
            task = order.activity_ids
            self.assertEqual(task.activity_type_id.category, "phonecall")
            self.assertEqual(task.user_id, self.salesman)
            self.assertIn("El grifo ha llegado rayado.", task.note)
            with self.assertRaisesRegex(UserError, "by telephone first"):
                incident.action_tell()
            self.assertFalse(incident.message_id)
            incident.action_spoken()
        self.assertEqual(incident.state, "told")
        self.assertEqual(incident.call_result, "spoken")
        self.assertIn("thank you for your time on the telephone", self.mail(incident))
        self.assertFalse(order.activity_ids)
        # The call is a contact with the customer (T6)
        calls = order.message_ids.filtered("mail_activity_type_id")
        self.assertEqual(len(calls), 1)

    def test_a_task_that_is_done_is_a_call(self):
        order = self.sold()
        incident = self.report(order, "serious")
        with self.mock_mail_gateway():
            order.activity_ids.with_user(self.salesman).action_feedback("Lo entiende")
        self.assertEqual((incident.state, incident.call_result), ("told", "spoken"))
        self.assertEqual(len(order.message_ids.filtered("mail_activity_type_id")), 1)

    def test_nobody_answered(self):
        order = self.sold()
        incident = self.report(order, "serious")
        with self.mock_mail_gateway():
            incident.action_missed()
        self.assertEqual((incident.state, incident.call_result), ("told", "missed"))
        self.assertIn("we tried to call you", self.mail(incident))
        self.assertFalse(order.activity_ids)
        self.assertFalse(order.message_ids.filtered("mail_activity_type_id"))

    def test_without_an_address_somebody_goes_on_calling(self):
        self.customer.email = False
        order = self.sold()
        incident = self.report(order)
        self.assertEqual(incident.state, "call")
        incident.action_missed()
        self.assertEqual(incident.state, "call")
        self.assertTrue(order.activity_ids)
        incident.action_spoken()
        self.assertEqual(incident.state, "told")
        self.assertFalse(incident.message_id)

    def test_from_minor_to_serious(self):
        order = self.sold()
        incident = self.report(order)
        with Form(incident) as form:
            form.severity = "serious"
        self.assertEqual(incident.state, "call")
        self.assertEqual(len(order.activity_ids), 1)

    def test_no_way_round_the_call(self):
        incident = self.report(self.sold(), "serious")
        for values in (
            {"state": "told"},
            {"call_result": "spoken"},
            {"told_date": fields.Datetime.now()},
        ):
            with self.assertRaises(AccessError):
                incident.with_user(self.manager).write(values)
            with self.assertRaises(AccessError):
                self.Incident.with_user(self.manager).create(
                    {
                        "order_id": incident.order_id.id,
                        "kind_id": self.kinds["damage"].id,
                        "problem": "a",
                        "solution": "b",
                        **values,
                    }
                )
        with self.mock_mail_gateway():
            incident.action_missed()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            incident.with_user(self.manager).solution = "Otra cosa"
        with self.assertRaises(UserError):
            incident.action_tell()

    def test_on_a_request(self):
        ticket = self.ticket(user_id=self.agent.id)
        incident = self.report(ticket, user=self.agent)
        with self.mock_mail_gateway():
            incident.with_user(self.agent).action_tell()
        self.assertIn(ticket.number, self.mail(incident))
        self.assertEqual(ticket.incident_count, 1)
        self.assertEqual(incident.journey_id, ticket.journey_id)

    def contract(self, **values):
        return self.env["customer.sla.policy"].create(
            {
                "name": "Por contrato",
                "document": "order",
                "metric": "delivery",
                "commitment": "contractual",
                "by_promise": True,
                **values,
            }
        )

    def missed(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_service_stages.ir_cron_incident"
            ).method_direct_trigger()

    def test_every_missed_contractual_date(self):
        self.contract()
        late, delivered_late, in_time, before = (
            self.sold("2026-05-05 10:00:00") for _number in range(4)
        )
        in_time.action_complete_delivery()
        status = before.sudo().sla_status_ids
        status.write({"deadline": "2025-12-31 10:00:00"})
        with freeze_time("2026-05-05 18:00:00"):
            delivered_late.action_complete_delivery()
            self.env.flush_all()
            for _time in range(2):
                self.missed()
        incidents = self.Incident.search([])
        self.assertEqual(incidents.order_id, late + delivered_late)
        self.assertEqual(len(incidents), 2)
        for incident in incidents:
            self.assertEqual((incident.state, incident.severity), ("call", "serious"))
            self.assertEqual(incident.kind_id, self.kinds["delay"])
            self.assertIn("May 5, 2026", incident.problem)
            self.assertEqual(incident.order_id.activity_ids.user_id, self.salesman)
        incident = late.incident_ids.with_user(self.salesman)
        # Its solution may come with the call
        with self.assertRaisesRegex(UserError, "Say what is done"):
            incident.action_spoken()
        with self.mock_mail_gateway():
            late.activity_ids.with_user(self.salesman).action_feedback()
            self.assertEqual(incident.state, "call")
            self.assertFalse(incident.message_id)
            incident.solution = "Terminamos mañana."
            incident.action_tell()
        self.assertEqual(incident.state, "told")
        self.assertIn("time on the telephone", self.mail(incident))

    def test_missed_dates_can_be_left_to_people(self):
        self.contract()
        order = self.sold("2026-05-05 10:00:00")
        with freeze_time("2026-05-05 18:00:00"):
            self.company.incident_since_date = False
            self.missed()
        self.assertFalse(order.incident_ids)

    def test_one_that_cannot_be_reported_keeps_no_other(self):
        self.contract()
        first, second = (self.sold("2026-05-05 10:00:00") for _number in range(2))
        original = type(self.Incident)._report_missed

        def fail(incidents, status):
            if status.order_id == first:
                raise ValueError("no")
            return original(incidents, status)

        self.patch(type(self.Incident), "_report_missed", fail)
        name = "odoo.addons.customer_service_stages.models.delivery_incident"
        with freeze_time("2026-05-05 18:00:00"), mute_logger(name):
            self.missed()
        self.assertFalse(first.incident_ids)
        self.assertTrue(second.incident_ids)

    def suggestions(self):
        return self.env["customer.improvement"].search([("origin", "=", "incident")])

    def test_again_and_again(self):
        before = self.suggestions()
        order = self.sold()
        for number in range(3):
            self.assertEqual(self.suggestions(), before)
            with freeze_time(f"2026-05-0{number + 4} 09:00:00"):
                self.report(order)
        suggestion = self.suggestions() - before
        self.assertIn("Damage: 3 times in 90 days", suggestion.name)
        self.assertIn("rayado", suggestion.description)
        self.assertEqual(suggestion.company_id, self.company)
        # Once for each period, and for each kind
        self.report(order)
        self.report(order, kind_id=self.kinds["material"])
        self.assertEqual(self.suggestions() - before, suggestion)
        with freeze_time("2026-09-04 09:00:00"):
            for _number in range(3):
                self.report(order)
        self.assertEqual(len(self.suggestions() - before), 2)

    def test_each_company_counts_for_itself(self):
        before = self.suggestions()
        company = self.env["res.company"].create({"name": "Otra"})
        orders = [self.sold(), self.sold()]
        there = self.order(company_id=company.id, user_id=False, team_id=False)
        there.action_confirm()
        for order in (*orders, there):
            self.report(order, user=self.env.user)
        self.assertEqual(self.suggestions(), before)
        self.company.incident_repeat_count = 0
        for order in orders:
            self.report(order)
        self.assertEqual(self.suggestions(), before)

    def test_who_sees_what(self):
        order, others = self.sold(), self.sold()
        others.user_id = self.manager
        mine = self.report(order)
        theirs = self.report(others, user=self.manager)
        company = self.env["res.company"].create({"name": "Otra"})
        stranger = self._new_user(
            "elsewhere",
            "customer_service_stages.group_manager",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        every = mine + theirs
        for user, seen in (
            (self.salesman, mine),
            (self.manager, every),
            (self.agent, self.Incident),
            (stranger, self.Incident),
        ):
            found = self.Incident.with_user(user).search([("id", "in", every.ids)])
            self.assertEqual(found, seen, user.login)
        with self.assertRaises(AccessError):
            self.report(others)
        for user in (self._create_portal_user(), self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.Incident.with_user(user).search([])
            with self.assertRaises(AccessError):
                order.with_user(user).read(["incident_ids"])

    def test_one_or_fifty_take_as_many_queries(self):
        self.company.incident_repeat_count = 0
        values = {
            "kind_id": self.kinds["damage"].id,
            "problem": "a",
            "solution": "b",
        }
        self.Incident.create({**values, "order_id": self.sold().id})
        for count in (1, 50):
            orders = self.env["sale.order"].union(
                *(self.sold() for _number in range(count))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(count), self.assertQueryCount(30):
                self.Incident.create(
                    [{**values, "order_id": order.id} for order in orders]
                )
