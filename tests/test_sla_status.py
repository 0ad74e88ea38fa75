from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from .common import JourneyCase

#: A Monday, at the opening of the office (09:00 in Madrid).
MONDAY = datetime(2026, 5, 4, 7)


class SlaCase(JourneyCase):
    """Documents of an office in Madrid that works from nine to five."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.sla.policy"].search([]).write({"active": False})
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "Europe/Madrid",
                "hours_per_day": 8,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": day,
                            "dayofweek": str(number),
                            "hour_from": 9,
                            "hour_to": 17,
                        }
                    )
                    for number, day in enumerate(("Mo", "Tu", "We", "Th", "Fr"))
                ],
            }
        )
        cls.env.company.resource_calendar_id = cls.calendar

    @classmethod
    def policy(cls, metric="resolution", amount=8, unit="hour", **vals):
        """Return a policy with one target for every priority."""
        return cls.env["customer.sla.policy"].create(
            {
                "name": f"{metric} within {amount} {unit}",
                "metric": metric,
                "target_ids": [Command.create({"amount": amount, "unit": unit})],
                **vals,
            }
        )

    def at(self, moment):
        """Let it be a moment (UTC), or so many hours after the Monday's opening."""
        if not isinstance(moment, datetime):
            moment = MONDAY + timedelta(hours=moment)
        return self.mock_datetime_and_now(moment)

    def run_cron(self, name="ir_cron_sla_alert"):
        """Run a scheduled action as Odoo does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"customer_service_stages.{name}").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSlaStatus(SlaCase):
    def test_resolution(self):
        self.policy()
        with self.at(0):
            ticket = self.ticket()
            status = ticket.sla_status_ids
            self.assertEqual(len(status), 1)
            self.assertEqual(status.deadline, MONDAY + timedelta(hours=8))
            self.assertEqual(status.result, "on_time")
        with self.at(9):
            status.invalidate_recordset(["result"])
            self.assertEqual(status.result, "late")
            self.assertTrue(
                ticket.search_count([("id", "=", ticket.id), ("sla_late", "=", True)])
            )
            self.assertEqual(
                status.search([("result", "=", "late"), ("id", "=", status.id)]), status
            )
            self.assertEqual(
                status._read_group([("id", "=", status.id)], ["result"], ["__count"]),
                [("late", 1)],
            )
            ticket.search([("id", "=", ticket.id)], order="sla_deadline desc")

    def test_pause_and_resume(self):
        """A stage that waits for the customer; the customer's answer starts again."""
        self.policy()
        awaiting = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        with self.at(0):
            ticket = self.ticket()
        status = ticket.sla_status_ids
        with self.at(2):
            ticket.stage_id = awaiting
            self.assertEqual(status.state, "paused")
        with self.at(30):
            status.invalidate_recordset(["result"])
            self.assertEqual(status.result, "on_time")
        # Tuesday 09:00 + 3: three hours of Tuesday and six of Monday were held
        with self.at(27):
            ticket.stage_id = self.ticket_doing
            self.assertEqual(status.state, "running")
            self.assertEqual(status.paused_seconds, (6 + 3) * 3600)
            self.assertEqual(
                status.deadline, MONDAY + timedelta(hours=24 + 3 + 5 + 16 + 1)
            )
        with self.at(28):
            ticket.stage_id = self.ticket_completed
            self.assertEqual(status.state, "reached")
            self.assertEqual(status.result, "met")
            self.assertEqual(status.our_seconds, 3 * 3600)
        with self.at(29):
            ticket.stage_id = self.ticket_doing
            self.assertEqual(ticket.sla_status_ids.mapped("cycle"), [1, 2])

    def test_first_response_and_update(self):
        self.policy("first_response", 2)
        self.policy("next_update", 4)
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id)
        response = ticket.sla_status_ids
        self.assertEqual(response.metric, "first_response")
        with self.at(1):
            ticket.message_post(body="note", message_type="comment")
            self.assertEqual(response.state, "running")
            ticket.with_user(self.agent).message_post(
                body="Vamos",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
            self.assertEqual(response.state, "reached")
        with self.at(2):
            ticket.message_post(
                body="¿Cuándo?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.customer.id,
            )
            update = ticket.sla_status_ids - response
            self.assertEqual((update.metric, update.state), ("next_update", "running"))
        with self.at(3):
            ticket.with_user(self.agent).message_post(
                body="Hoy",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
            self.assertEqual(update.result, "met")

    def test_lead_and_order(self):
        self.policy("quote_sent", 2, "day", document="opportunity")
        self.policy("delivery", 2, "day", document="order", by_promise=True)
        with self.at(0):
            lead = self.lead()
            order = self.order(lead)
            self.assertEqual(lead.sla_status_ids.deadline, MONDAY + timedelta(hours=32))
        with self.at(1):
            order.action_quotation_sent()
            self.assertEqual(lead.sla_status_ids.result, "met")
            order.action_confirm()
            self.assertEqual(
                order.sla_status_ids.deadline, MONDAY + timedelta(hours=49)
            )
            order.commitment_date = MONDAY + timedelta(hours=52)
            self.assertEqual(
                order.sla_status_ids.deadline, MONDAY + timedelta(hours=52)
            )
        with self.at(60):
            order.action_complete_delivery()
            self.assertEqual(order.sla_status_ids.result, "met_late")

    def test_escalation(self):
        policy = self.policy(
            escalation_ids=[
                Command.create({"timing": "share", "amount": 50, "act": "activity"}),
                Command.create(
                    {
                        "timing": "after",
                        "amount": 1,
                        "act": "notify",
                        "recipient": "users",
                        "user_ids": self.manager.ids,
                    }
                ),
            ],
        )
        with self.at(0):
            policy.action_switch_on()
            ticket = self.ticket(user_id=self.agent.id)
            status = ticket.sla_status_ids
            self.assertEqual(status.next_alert_date, MONDAY + timedelta(hours=4))
        with self.at(5):
            self.run_cron()
            self.assertEqual(status.alert_ids.mapped("state"), ["done"])
            self.assertEqual(len(ticket.activity_ids), 1)
            self.assertEqual(status.next_alert_date, MONDAY + timedelta(hours=25))
            self.run_cron()
            self.assertEqual(len(ticket.activity_ids), 1)
        with self.at(26):
            self.run_cron()
            self.assertEqual(status.alert_ids.mapped("state"), ["done", "done"])
            self.assertFalse(status.next_alert_date)

    def test_policy_changes(self):
        policy = self.policy()
        with self.at(0):
            ticket = self.ticket(priority="1")
        with self.at(1):
            policy.target_ids.amount = 4
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=4))
            policy.target_ids = [Command.create({"priority": "3", "amount": 1})]
            ticket.priority = "3"
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=1))
            policy.active = False
            self.assertFalse(ticket.sla_status_ids)
