from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_sla_events import SlaEventCase
from .test_sla_status import MONDAY

LOGGERS = (
    "odoo.addons.customer_service_stages.models.sla_escalation",
    "odoo.addons.base.models.ir_actions",
    "odoo.tools.safe_eval",
)


@tagged("post_install", "-at_install")
class TestSlaEscalation(SlaEventCase):
    """Warnings before and escalations after, each once, in hours of work (S4)."""

    def escalating(self, *lines, **vals):
        """Return a policy that is switched on, eight hours for a resolution."""
        with self.at(-24):
            policy = self.policy(
                escalation_ids=[Command.create(line) for line in lines], **vals
            )
            policy.action_switch_on()
        return policy

    def alerts(self, document):
        return document.sla_status_ids.alert_ids.sorted("id").mapped("state")

    def test_each_timing(self):
        """In time of the policy's clock: the night between does not count."""
        for timing, amount, unit, hours in (
            ("share", 50, False, 4),
            ("before", 30, "minute", 7.5),
            ("before", 2, "day", 0),
            ("after", 0, "hour", 8),
            ("after", 2, "hour", 26),
            ("after", 1, "day", 32),
        ):
            with self.subTest(timing=timing, amount=amount, unit=unit):
                policy = self.escalating(
                    {"timing": timing, "amount": amount, "unit": unit}
                )
                with self.at(0):
                    status = self.ticket().sla_status_ids
                self.assertEqual(
                    status.next_alert_date, MONDAY + timedelta(hours=hours)
                )
                policy.active = False

    def test_calendar_time_warns_at_work(self):
        """What is due at night is told in the morning (pitfall 22)."""
        self.escalating(
            {"timing": "after", "amount": 0}, amount=12, time_basis="calendar"
        )
        with self.at(0):
            status = self.ticket().sla_status_ids
        self.assertEqual(status.deadline, MONDAY + timedelta(hours=12))
        self.assertEqual(status.next_alert_date, MONDAY + timedelta(hours=24))

    def test_each_act(self):
        template = self.env["mail.template"].create(
            {
                "name": "Perdón",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "Vamos con retraso",
                "email_to": "{{ object.partner_id.email }}",
                "body_html": "<p>Perdón</p>",
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Marca",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": "records.write({'color': 7})",
            }
        )
        after = {"timing": "after", "amount": 0}
        self.escalating(
            {**after, "act": "activity", "note": "Corre"},
            {
                **after,
                "act": "notify",
                "recipient": "users",
                "user_ids": self.manager.ids,
            },
            {**after, "act": "mail", "template_id": template.id},
            {**after, "act": "priority"},
            {**after, "act": "server_action", "server_action_id": action.id},
            {**after, "act": "reassign", "user_id": self.everyone.id},
        )
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id, priority="1")
        with self.at(9), self.mock_mail_gateway():
            self.run_cron()
            self.assertEqual(self.alerts(ticket), ["done"] * 6)
            self.assertEqual(ticket.activity_ids.summary, "Corre")
            self.assertEqual(ticket.activity_ids.user_id, self.agent)
            self.assertEqual(ticket.priority, "2")
            self.assertEqual(ticket.color, 7)
            self.assertEqual(ticket.user_id, self.everyone)
            self.assertIn(
                "Vamos con retraso",
                self.env["mail.mail"].search([]).mapped("subject"),
            )
            told = self.env["mail.notification"].search(
                [("res_partner_id", "=", self.manager.partner_id.id)]
            )
            self.assertIn(ticket.number, told.mail_message_id.body)

    def test_once_in_a_cycle(self):
        self.escalating({"timing": "share", "amount": 50})
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id)
        for hours in (5, 6, 9, 30):
            with self.at(hours):
                self.run_cron()
                # deadlines that move do not warn again
                ticket.sla_status_ids.policy_id.target_ids.amount += 1
                self.run_cron()
        self.assertEqual(self.alerts(ticket), ["done"])
        self.assertEqual(len(ticket.activity_ids), 1)
        with self.at(31):
            ticket.stage_id = self.ticket_completed
            ticket.stage_id = self.ticket_doing
        with self.at(24 * 8):
            self.run_cron()
        self.assertEqual(len(ticket.sla_status_ids[-1].alert_ids), 1)

    def test_nothing_while_paused(self):
        self.escalating({"timing": "share", "amount": 50})
        with self.at(0):
            ticket = self.ticket()
        with self.at(1):
            ticket.stage_id = self.awaiting
            self.assertFalse(ticket.sla_status_ids.next_alert_date)
        with self.at(6):
            self.run_cron()
            self.assertFalse(self.alerts(ticket))
            ticket.stage_id = self.ticket_doing
            # five hours were held: four of work end tomorrow at ten
            self.assertEqual(
                ticket.sla_status_ids.next_alert_date, MONDAY + timedelta(hours=25)
            )

    def test_nothing_of_what_was_there_before(self):
        """Nobody is told of what began before the escalations were on (S8)."""
        policy = self.policy(
            escalation_ids=[Command.create({"timing": "after", "amount": 0})]
        )
        with self.at(0):
            old = self.ticket()
        with self.at(1):
            policy.action_switch_on()
        with self.at(2):
            new = self.ticket()
        self.assertFalse(old.sla_status_ids.next_alert_date)
        self.assertTrue(new.sla_status_ids.next_alert_date)
        with self.at(100):
            self.run_cron()
        self.assertEqual(self.alerts(old | new), ["done"])
        policy.action_switch_off()
        with self.at(101):
            self.assertFalse(self.ticket().sla_status_ids.next_alert_date)

    def test_archiving_ends_the_warnings(self):
        """Archiving a policy ends its warnings (pitfall 20)."""
        policy = self.escalating({"timing": "after", "amount": 0})
        with self.at(0):
            ticket = self.ticket()
        with self.at(1):
            policy.active = False
        with self.at(100):
            self.run_cron()
        self.assertFalse(ticket.activity_ids)

    def test_late_for_a_warning(self):
        """After a downtime nobody is warned of what is late; the rest happens once."""
        self.escalating(
            {"timing": "share", "amount": 50},
            {"timing": "after", "amount": 0, "note": "Ya es tarde"},
            {"timing": "after", "amount": 1, "note": "Aún más tarde"},
        )
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id)
        with self.at(24 * 7):
            self.run_cron()
            self.run_cron()
        self.assertEqual(self.alerts(ticket), ["skipped", "done", "done"])
        self.assertEqual(
            set(ticket.activity_ids.mapped("summary")), {"Ya es tarde", "Aún más tarde"}
        )

    def test_one_word_about_many(self):
        """A hundred late tickets are one notification (pitfall 22)."""
        self.escalating(
            {
                "timing": "after",
                "amount": 0,
                "act": "notify",
                "recipient": "users",
                "user_ids": self.manager.ids,
            }
        )
        with self.at(0):
            tickets = self.env["helpdesk.ticket"]
            for number in range(40):
                tickets += self.ticket(name=f"Avería {number}")
        with self.at(9):
            self.run_cron()
        told = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.manager.partner_id.id)]
        )
        self.assertEqual(len(told), 1)
        self.assertEqual(told.mail_message_id.body.count("<li>"), 40)

    def test_one_that_fails(self):
        """It is shown and tried again, later each time; the others go on (S4)."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Falla",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": "if 'Mala' in records.mapped('name'): raise UserError('Rota')",
            }
        )
        self.escalating(
            {
                "timing": "after",
                "amount": 0,
                "act": "server_action",
                "server_action_id": action.id,
            },
            {"timing": "after", "amount": 0},
        )
        with self.at(0):
            good, bad = self.ticket(name="Buena"), self.ticket(name="Mala")
        moment, waits = MONDAY + timedelta(hours=8, minutes=1), []
        status = bad.sla_status_ids
        with mute_logger(*LOGGERS):
            for _try in range(8):
                with self.at(moment):
                    self.run_cron()
                    if status.next_alert_date:
                        waits.append((status.next_alert_date - moment).seconds / 60)
                        moment = status.next_alert_date
        self.assertEqual(waits, [5, 10, 20, 40, 80, 160, 320])
        self.assertEqual(self.alerts(good), ["done", "done"])
        self.assertEqual(sorted(self.alerts(bad)), ["done", "given_up"])
        self.assertEqual(len(bad.activity_ids), 1)
        failing = status.search([("alert_error", "!=", False)])
        self.assertEqual(failing, status)
        self.assertIn("Rota", status.alert_error)

    def test_form(self):
        policy = self.policy()
        with (
            Form(policy.with_user(self.manager)) as form,
            form.escalation_ids.new() as line,
        ):
            line.timing = "share"
            line.amount = 75
        self.assertEqual(
            policy.escalation_ids.name, "At 75 % of the time: Plan an activity"
        )

    def test_incomplete_ones_are_refused(self):
        lead_template = self.env["mail.template"].create(
            {"name": "-", "model_id": self.env["ir.model"]._get_id("crm.lead")}
        )
        for line in (
            {"timing": "share", "amount": 0},
            {"timing": "share", "amount": 101},
            {"timing": "before", "amount": 1, "unit": False},
            {"timing": "after", "amount": 1, "act": "mail"},
            {"timing": "after", "amount": 1, "act": "reassign"},
            {"timing": "after", "amount": 1, "act": "server_action"},
            {"timing": "after", "amount": 1, "act": "notify", "recipient": "users"},
            {
                "timing": "after",
                "amount": 1,
                "act": "mail",
                "template_id": lead_template.id,
            },
        ):
            with self.subTest(line=line), self.assertRaises(ValidationError):
                self.policy(escalation_ids=[Command.create(line)])
