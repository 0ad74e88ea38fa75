"""The doctor finds settings that cannot work, and is silent on sound ones (S8)."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_sla_status import SlaCase


@tagged("post_install", "-at_install")
class TestSlaDoctor(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Urgencias", "user_id": cls.manager.id}
        )
        cls.sound = {"team_ids": cls.team.ids}

    def found(self, policies=None):
        """Return the findings of the manager's check, by check."""
        Doctor = self.env["customer.sla.doctor"].with_user(self.manager)
        action = Doctor.action_check_all(policies)
        return Doctor.browse(action["res_id"]).line_ids

    def finding(self, code, policy=None):
        """Return the one finding of a check."""
        lines = self.found().filtered(
            lambda line: line.code == code and (not policy or line.policy_id == policy)
        )
        self.assertEqual(len(lines), 1, code)
        return lines

    def fix(self, code, policy=None):
        self.finding(code, policy).action_fix()
        self.assertNotIn(code, self.found().mapped("code"))

    def test_sound(self):
        policy = self.policy(
            **self.sound,
            commitment="contractual",
            pauses_by_hand=False,
            is_escalating=True,
            escalation_ids=[
                Command.create(
                    {
                        "timing": "before",
                        "amount": 1,
                        "act": "notify",
                        "recipient": "leader",
                    }
                ),
                Command.create(
                    {
                        "timing": "after",
                        "amount": 1,
                        "act": "reassign",
                        "user_id": self.manager.id,
                    }
                ),
            ],
        )
        self.policy("first_response", 2, **self.sound)
        self.assertFalse(self.found().mapped("text"))
        self.assertFalse(self.found(policy))

    def test_policies_of_the_module(self):
        """What is installed has nothing that cannot work."""
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "customer_service_stages"),
                ("model", "=", "customer.sla.policy"),
            ]
        )
        policies = self.env["customer.sla.policy"].browse(data.mapped("res_id"))
        policies.active = True
        lines = self.found()
        self.assertEqual(lines.doctor_id.policy_count, len(policies))
        self.assertNotIn("1_error", lines.mapped("severity"))

    # What is promised

    def test_filter(self):
        policy = self.policy(domain="[('priority', '=', '3')]")
        policy.domain_error = "no"
        self.fix("filters")
        self.assertFalse(policy.domain_error)

    def test_targets(self):
        policy = self.policy()
        policy.target_ids.unlink()
        self.finding("targets", policy)

    def test_priorities(self):
        policy = self.policy()
        policy.target_ids.priority = "3"
        line = self.finding("priorities", policy)
        self.assertNotIn("Very High", line.text)
        self.env.flush_all()
        self.fix("priorities", policy)
        self.assertEqual(policy.target_ids.mapped("amount"), [8, 8])
        order = self.policy("delivery", document="order")
        order.target_ids.priority = "1"
        self.assertEqual(self.finding("priorities", order).severity, "1_error")

    def test_promise(self):
        policy = self.policy("delivery", document="order", by_promise=True)
        self.assertNotIn("promise", self.found().mapped("code"))
        policy.target_ids.unlink()
        self.finding("promise", policy)

    def test_conditions(self):
        policy = self.policy(**self.sound)
        self.team.active = False
        with self.at(0):
            self.assertFalse(self.ticket().sla_status_ids)
        self.fix("conditions", policy)
        self.assertFalse(policy.active)

    # Working hours

    def test_hours(self):
        empty = self.env["resource.calendar"].create(
            {"name": "Nada", "attendance_ids": [Command.clear()]}
        )
        over = self.calendar.copy({"name": "Hasta ayer"})
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": over.id,
                "date_from": "2020-01-01 00:00:00",
                "date_to": "2060-01-01 00:00:00",
            }
        )
        self.policy("first_response", calendar_id=empty.id)
        self.assertIn("around the clock", self.finding("hours").text)
        self.policy(calendar_id=over.id)
        lines = self.found().filtered(lambda line: line.code == "hours")
        self.assertEqual(set(lines.mapped("severity")), {"1_error", "2_warning"})

    def test_companies(self):
        self.policy(company_id=self.env.company.id)
        self.env.company.resource_calendar_id = False
        self.finding("companies")

    def test_reach(self):
        policy = self.policy(amount=300, unit="day")
        self.assertEqual(self.finding("reach", policy).severity, "2_warning")
        policy.target_ids.amount = 9000
        self.assertEqual(self.finding("reach", policy).severity, "1_error")
        policy.target_ids.amount = 5
        self.assertFalse(self.found())

    # Policies beside each other

    def test_shadowed(self):
        wide = self.policy(sequence=1)
        narrow = self.policy(amount=4, sequence=2, **self.sound)
        self.assertEqual(self.finding("shadowed").policy_id, narrow)
        self.fix("shadowed")
        self.assertEqual((wide + narrow).sorted(), narrow + wide)
        with self.at(0):
            ticket = self.ticket(team_id=self.team.id)
        self.assertEqual(ticket.sla_status_ids.policy_id, narrow)

    def test_not_shadowed(self):
        self.policy(sequence=1, domain="[('priority', '=', '3')]")
        priority = self.policy(sequence=2)
        priority.target_ids.priority = "3"
        self.policy(sequence=3, **self.sound)
        self.policy(sequence=4)
        self.assertNotIn("shadowed", self.found().mapped("code"))
        contact = self.env["res.partner"].create(
            {"name": "Ana", "parent_id": self.other_customer.id}
        )
        self.other_customer.is_company = True
        self.policy("assignment", sequence=5, partner_ids=self.other_customer.ids)
        second = self.policy("assignment", sequence=6, partner_ids=contact.ids)
        self.assertEqual(self.finding("shadowed").policy_id, second)

    def test_binding(self):
        self.policy(sequence=1, commitment="objective", **self.sound)
        contract = self.policy(
            sequence=2,
            commitment="contractual",
            pauses_by_hand=False,
            partner_ids=self.customer.ids,
        )
        self.assertIn("Their customers", self.finding("binding", contract).text)
        self.fix("binding", contract)

    def test_answer_before_solution(self):
        self.policy(amount=2, **self.sound)
        answer = self.policy("first_response", 4)
        self.finding("answer_before_solution", answer)
        answer.target_ids.amount = 2
        self.assertFalse(self.found())

    # Escalations

    def escalating(self, **line):
        return self.policy(
            **self.sound,
            is_escalating=True,
            escalation_ids=[Command.create({"timing": "after", "amount": 1, **line})],
        )

    def test_early_alerts(self):
        self.escalating(timing="before", amount=2, unit="day")
        self.finding("early_alerts")

    def test_escalation_parts(self):
        template = self.env["mail.template"].create(
            {
                "name": "Aviso",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        policy = self.escalating(act="mail", template_id=template.id)
        self.assertFalse(self.found())
        template.active = False
        self.assertIn("archived", self.finding("escalation_parts", policy).text)
        policy.escalation_ids.with_context(sla_policy_saving=True)._write(
            {"template_id": None}
        )
        policy.escalation_ids.invalidate_recordset()
        self.assertIn("lacks", self.finding("escalation_parts", policy).text)

    def test_archived_people(self):
        person = self._new_user("person", "helpdesk_mgmt.group_helpdesk_user")
        self.escalating(act="notify", recipient="users", user_ids=person.ids)
        self.assertFalse(self.found())
        person.active = False
        self.finding("escalation_parts")

    def test_people(self):
        policy = self.policy(
            "delivery",
            document="order",
            is_escalating=True,
            escalation_ids=[
                Command.create(
                    {"amount": 1, "act": "reassign", "user_id": self.agent.id}
                )
            ],
        )
        self.assertIn("may not see", self.finding("people", policy).text)
        policy.escalation_ids.write(
            {"act": "notify", "recipient": "users", "user_ids": self.salesman.ids}
        )
        self.assertNotIn("people", self.found().mapped("code"))
        self.salesman.write({"email": False, "notification_type": "email"})
        self.finding("addresses")

    def test_leaders(self):
        self.escalating(act="activity", recipient="leader")
        self.assertFalse(self.found())
        self.team.user_id = False
        self.assertEqual(self.finding("leaders").res_id, self.team.id)

    def test_crons(self):
        policy = self.escalating(act="activity")
        cron = self.env.ref("customer_service_stages.ir_cron_sla_alert")
        cron.active = False
        self.fix("crons")
        self.assertTrue(cron.active)
        cron.active = False
        policy.is_escalating = False
        self.assertFalse(self.found())

    def test_failed_alerts(self):
        with self.at(0):
            policy = self.escalating(act="activity")
            status = self.ticket(team_id=self.team.id).sla_status_ids
            self.env["customer.sla.alert"].create(
                {
                    "status_id": status.id,
                    "escalation_id": policy.escalation_ids.id,
                    "date": status.start_date,
                    "state": "given_up",
                    "tries": 8,
                }
            )
            status.next_alert_date = False
        with self.at(20):
            self.finding("failed_alerts", policy).action_fix()
            self.assertIn(status, status.search(status._due_domain()))
            status._do_due()
            self.assertEqual(status.alert_ids.state, "done")
            self.assertFalse(self.found())

    # Stages

    def test_waiting_stages(self):
        self.policy(**self.sound)
        self.env["helpdesk.ticket.stage"].search([]).sla_paused = False
        self.finding("waiting_stages")

    def test_completing_stages(self):
        self.policy(**self.sound)
        self.assertFalse(self.found())
        self.ticket_completed.workflow_step = "executing"
        self.assertEqual(self.finding("completing_stages").severity, "2_warning")
        self.ticket_done.journey_stage_id = False
        self.assertEqual(self.finding("completing_stages").severity, "1_error")

    # Promises that bind

    def test_firm_pauses(self):
        policy = self.policy(
            commitment="contractual",
            pauses_waiting=False,
            pauses_by_hand=False,
            **self.sound,
        )
        self.fix("firm_pauses", policy)
        self.assertTrue(policy.pauses_waiting)

    def test_firm_by_hand(self):
        policy = self.policy(commitment="agreed", **self.sound)
        self.fix("firm_by_hand", policy)
        self.assertFalse(policy.pauses_by_hand)

    # Who may

    def test_every_finding_leads_somewhere(self):
        policy = self.policy(commitment="agreed", **self.sound)
        line = self.finding("firm_by_hand", policy)
        action = line.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (policy._name, policy.id)
        )
        for agent in (self.agent, self.everyone):
            with self.assertRaises(AccessError):
                self.env["customer.sla.doctor"].with_user(agent).action_check_all()
