from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_sla_status import MONDAY, SlaCase

POLICY_LOGGER = "odoo.addons.customer_service_stages.models.sla_policy"


@tagged("post_install", "-at_install")
class TestSlaPolicy(SlaCase):
    """Which policy counts for which document (S1, S6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Averías"})
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Agua"})
        cls.tag = cls.env["helpdesk.ticket.tag"].create({"name": "Garantía"})
        cls.channel = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        cls.gold = cls.env["res.partner.category"].create({"name": "Oro"})

    def hours(self, document):
        """Return the hours of work promised for a document, None for no promise."""
        statuses = document.sla_status_ids
        return statuses and statuses.target_seconds / 3600 or None

    def test_each_condition(self):
        """A policy counts where all that it asks for holds, and nowhere else."""
        company = self.env["res.partner"].create(
            {"name": "Fincas Ruiz", "is_company": True, "category_id": self.gold.ids}
        )
        contact = company.create({"name": "Ana", "parent_id": company.id})
        for condition, vals in (
            ({"team_ids": self.team.ids}, {"team_id": self.team.id}),
            (
                {"type_ids": self.type_complaint.ids},
                {"type_id": self.type_complaint.id},
            ),
            ({"category_ids": self.category.ids}, {"category_id": self.category.id}),
            ({"tag_ids": self.tag.ids}, {"tag_ids": self.tag.ids}),
            ({"channel_ids": self.channel.ids}, {"channel_id": self.channel.id}),
            ({"partner_ids": company.ids}, {"partner_id": contact.id}),
            ({"partner_tag_ids": self.gold.ids}, {"partner_id": contact.id}),
            ({"domain": "[('name', 'ilike', 'urgente')]"}, {"name": "Urgente: fuga"}),
            (
                {"journey_stage_ids": self.stages["delivery"].ids},
                {"stage_id": self.ticket_doing.id},
            ),
        ):
            with self.subTest(condition=condition):
                policy = self.policy(**condition)
                self.assertFalse(self.ticket().sla_status_ids)
                matching = self.ticket(**vals)
                self.assertEqual(matching.sla_status_ids.policy_id, policy)
                policy.active = False

    def test_each_condition_when_it_comes_later(self):
        """What begins or ceases to hold starts the clock, or takes it away (S6)."""
        for condition, vals in (
            ({"team_ids": self.team.ids}, {"team_id": self.team.id}),
            (
                {"type_ids": self.type_complaint.ids},
                {"type_id": self.type_complaint.id},
            ),
            ({"category_ids": self.category.ids}, {"category_id": self.category.id}),
            ({"tag_ids": self.tag.ids}, {"tag_ids": [Command.set(self.tag.ids)]}),
            ({"channel_ids": self.channel.ids}, {"channel_id": self.channel.id}),
            (
                {"partner_ids": self.other_customer.ids},
                {"partner_id": self.other_customer.id},
            ),
            ({"domain": "[('name', 'ilike', 'urgente')]"}, {"name": "Urgente: fuga"}),
        ):
            with self.subTest(condition=condition):
                with self.at(0):
                    policy = self.policy(**condition)
                    ticket = self.ticket(team_id=False, channel_id=False)
                    before = {name: ticket[name] for name in vals}
                with self.at(2):
                    ticket.write(vals)
                    status = ticket.sla_status_ids
                    self.assertEqual(status.policy_id, policy)
                    # it counts from the beginning, not from when the policy came
                    self.assertEqual(status.start_date, ticket.create_date)
                    ticket.write(
                        {
                            name: ticket._fields[name].convert_to_write(value, ticket)
                            for name, value in before.items()
                        }
                    )
                    self.assertFalse(ticket.sla_status_ids)
                policy.active = False

    def test_customer_tag_and_journey_stage_that_come_later(self):
        self.policy(partner_tag_ids=self.gold.ids)
        self.policy("assignment", journey_stage_ids=self.stages["delivery"].ids)
        ticket = self.ticket(user_id=False)
        self.assertFalse(ticket.sla_status_ids)
        self.customer.category_id = self.gold
        self.assertEqual(ticket.sla_status_ids.metric, "resolution")
        ticket.journey_id._move(self.stages["delivery"], "moved", reason="Ya vamos")
        self.assertEqual(
            set(ticket.sla_status_ids.mapped("metric")), {"resolution", "assignment"}
        )

    def test_sales_conditions(self):
        team = self.env["crm.team"].create({"name": "Reformas"})
        tag = self.env["crm.tag"].create({"name": "Comunidad"})
        self.policy(
            "quote_sent",
            document="opportunity",
            sales_team_ids=team.ids,
            sales_tag_ids=tag.ids,
        )
        self.assertFalse(self.lead(team_id=team.id).sla_status_ids)
        lead = self.lead(team_id=team.id, tag_ids=tag.ids)
        self.assertTrue(lead.sla_status_ids)

    def test_first_match_counts(self):
        """One policy for each metric: the first in order that has a target."""
        first = self.policy(
            amount=2,
            sequence=1,
            target_ids=[Command.create({"priority": "3", "amount": 2})],
        )
        second = self.policy(amount=6, sequence=2)
        ticket = self.ticket(priority="1")
        self.assertEqual(ticket.sla_status_ids.policy_id, second)
        ticket.priority = "3"
        self.assertEqual(ticket.sla_status_ids.policy_id, first)
        self.assertEqual(self.hours(ticket), 2)
        second.sequence = 0
        self.assertEqual(ticket.sla_status_ids.policy_id, second)

    def test_none_is_fine(self):
        """No policy, or one for the response only: nothing else is promised."""
        self.assertFalse(self.ticket().sla_status_ids)
        self.policy("first_response", 2)
        ticket = self.ticket()
        self.assertEqual(ticket.sla_status_ids.mapped("metric"), ["first_response"])
        self.assertFalse(
            self.ticket(
                stage_id=self.ticket_cancelled.id, closing_reason="-"
            ).sla_status_ids
        )

    def test_units(self):
        for amount, unit, basis, hours in (
            (90, "minute", "working", 1.5),
            (3, "hour", "working", 3),
            (2, "day", "working", 16),
            (2, "day", "calendar", 48),
            (0.5, "day", "working", 4),
        ):
            with self.subTest(amount=amount, unit=unit, basis=basis):
                policy = self.policy(amount=amount, unit=unit, time_basis=basis)
                self.assertEqual(self.hours(self.ticket()), hours)
                policy.active = False

    def test_calendars(self):
        """The policy's own, else the team's, the company's, or around the clock."""
        evening = self.calendar.copy({"name": "Tarde"})
        evening.attendance_ids.write({"hour_from": 15, "hour_to": 21})
        night = self.calendar.copy({"name": "Noche"})
        night.attendance_ids.write({"hour_from": 0, "hour_to": 6})
        policy = self.policy(amount=1)
        with self.at(0):
            ticket = self.ticket(team_id=self.team.id)
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=1))
            self.team.resource_calendar_id = evening
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=7))
            policy.calendar_id = night
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=16))
            policy.calendar_id = self.team.resource_calendar_id = False
            self.env.company.resource_calendar_id = False
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=1))
            self.assertFalse(ticket.sla_status_ids.calendar_id)

    def test_calendar_that_changes(self):
        """Open clocks follow their calendar; what has ended stays (pitfall 20)."""
        self.policy()
        with self.at(0):
            done, ticket = self.ticket(), self.ticket()
        with self.at(2):
            done.stage_id = self.ticket_completed
            ended = done.sla_status_ids.read()
        with self.at(3):
            self.calendar.attendance_ids.write({"hour_to": 13})
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=24 + 4))
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Puente",
                    "calendar_id": self.calendar.id,
                    "date_from": MONDAY + timedelta(hours=17),
                    "date_to": MONDAY + timedelta(hours=41),
                }
            )
            self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=48 + 4))
            self.assertEqual(done.sla_status_ids.read(), ended)

    def test_faults_that_crash_others(self):
        """An empty or flexible calendar stops nobody (pitfall 8)."""
        empty = self.calendar.copy({"name": "Vacío"})
        empty.attendance_ids.unlink()
        flexible = self.calendar.copy({"name": "Flexible", "flexible_hours": True})
        for calendar in empty, flexible:
            policy = self.policy(calendar_id=calendar.id)
            with self.at(0):
                self.assertEqual(
                    self.ticket().sla_deadline, MONDAY + timedelta(hours=8)
                )
            policy.active = False

    def test_filter_is_checked_when_saved(self):
        for domain in (
            "[('no_such_field', '=', 1)]",
            "[('name', 'no such operator', 1)]",
            "[('name', '=', ",
            "__import__('os')",
            "42",
        ):
            with (
                self.subTest(domain=domain),
                self.assertRaises(ValidationError),
                mute_logger("odoo.tools.safe_eval"),
            ):
                self.policy(domain=domain)

    def test_filter_that_fails_later(self):
        """It takes its policy out of use, loudly, and stops no ticket (pitfall 9)."""
        policy = self.policy(domain="[('name', '!=', False)]", sequence=1)
        other = self.policy(sequence=2)
        with (
            patch.object(
                type(policy), "_evaluated_domain", side_effect=ValueError("Boom")
            ),
            mute_logger(POLICY_LOGGER),
        ):
            ticket = self.ticket()
        self.assertEqual(ticket.sla_status_ids.policy_id, other)
        self.assertIn("Boom", policy.domain_error)
        self.assertEqual(len(policy.activity_ids), 1)
        self.assertEqual(self.ticket().sla_status_ids.policy_id, other)
        policy.domain = "[('name', '!=', 'x')]"
        self.assertFalse(policy.domain_error)
        self.assertEqual(self.ticket().sla_status_ids.policy_id, policy)

    def test_filter_that_speaks_of_time_and_user(self):
        domain = (
            "[('create_date', '>', (context_today() - relativedelta(days=30)).strftime"
            "('%Y-%m-%d')), ('create_uid', '!=', uid + 1000)]"
        )
        policy = self.policy(domain=domain)
        self.assertEqual(self.ticket().sla_status_ids.policy_id, policy)

    def test_company(self):
        """Policies of other companies do not count, whoever works (pitfall 8)."""
        other = self.env["res.company"].create({"name": "Sucursal"})
        branch = self.env["res.company"].create(
            {"name": "Taller", "parent_id": self.company.id}
        )
        policy = self.policy(company_id=self.company.id)
        self.assertFalse(self.ticket(company_id=other.id).sla_status_ids)
        self.assertEqual(self.ticket().sla_status_ids.policy_id, policy)
        self.assertEqual(
            self.ticket(company_id=branch.id).sla_status_ids.policy_id, policy
        )

    def test_metric_of_its_document(self):
        with self.assertRaises(ValidationError):
            self.policy("resolution", document="opportunity")

    def test_form(self):
        """A manager makes a policy; an agent may only read it."""
        Policy = self.env["customer.sla.policy"].with_user(self.manager)
        with Form(Policy) as form:
            form.name = "Presupuesto en tres días"
            form.document = "opportunity"
            form.metric = "quote_sent"
            with form.target_ids.new() as line:
                line.amount = 3
                line.unit = "day"
        policy = form.record
        self.assertEqual(
            policy.summary, "Opportunity: quote sent within 3 working days"
        )
        self.assertEqual(self.lead().sla_status_ids.policy_id, policy)
        with self.assertRaises(UserError):
            policy.with_user(self.agent).write({"name": "-"})

    def test_on_record(self):
        """What reports tell of is archived, not deleted."""
        policy = self.policy()
        self.ticket().stage_id = self.ticket_completed
        with self.assertRaises(UserError):
            policy.unlink()
        unused = self.policy(sequence=99)
        unused.unlink()

    def test_installed_policies(self):
        """They show dates, and tell nobody until they are switched on."""
        installed = (
            self.env["customer.sla.policy"]
            .search([("active", "=", False), ("create_uid", "=", 1)])
            .filtered(lambda policy: policy.get_external_id()[policy.id])
        )
        self.assertGreaterEqual(len(installed), 7)
        self.assertFalse(any(installed.mapped("is_escalating")))
        installed.active = True
        ticket, lead = self.ticket(user_id=False), self.lead()
        order = self.order()
        order.action_confirm()
        self.assertEqual(
            sorted(ticket.sla_status_ids.mapped("metric")),
            ["assignment", "first_response", "resolution"],
        )
        self.assertEqual(
            sorted(lead.sla_status_ids.mapped("metric")),
            ["first_response", "quote_sent"],
        )
        self.assertEqual(order.sla_status_ids.metric, "delivery")
        statuses = ticket.sla_status_ids | lead.sla_status_ids | order.sla_status_ids
        self.assertFalse(any(statuses.mapped("next_alert_date")))

    def test_one_that_fails_does_not_keep_the_others(self):
        """A change of settings reaches the documents around one that fails."""
        before, bad, after = self.ticket(), self.ticket(), self.ticket()
        self.env["customer.sla.sweep"].search([]).unlink()
        settle = type(self.env["customer.sla.status"])._settle

        def fail_for_one(status, documents, event=None):
            if bad in documents:
                raise ValueError("Boom")
            return settle(status, documents, event)

        with patch.object(self.env.registry, "ready", False):
            self.policy()
        with (
            patch.object(
                type(self.env["customer.sla.status"]), "_settle", fail_for_one
            ),
            mute_logger(
                "odoo.addons.customer_service_stages.models.sla_sweep",
                "odoo.addons.customer_service_stages.models.due_mixin",
            ),
        ):
            self.run_cron("ir_cron_sla_sweep")
        self.assertTrue(before.sla_status_ids and after.sla_status_ids)
        self.assertFalse(bad.sla_status_ids)
        self.assertFalse(self.env["customer.sla.sweep"].search([]))
