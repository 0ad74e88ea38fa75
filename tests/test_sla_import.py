"""The policies of helpdesk_mgmt_sla become ours, once, and stay as they are (S1)."""

from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .test_sla_status import MONDAY, SlaCase


@tagged("post_install", "-at_install")
class TestSlaImport(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.team, cls.other_team = cls.env["helpdesk.ticket.team"].create(
            [
                {
                    "name": "Urgencias",
                    "use_sla": True,
                    "resource_calendar_id": cls.calendar.id,
                },
                {"name": "Obras", "resource_calendar_id": cls.calendar.id},
            ]
        )
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Fugas"})

    def old(self, **vals):
        return self.env["helpdesk.sla"].create(
            {
                "name": "Cuatro horas",
                "team_ids": self.team.ids,
                "hours": 4,
                "stage_id": self.ticket_done.id,
                **vals,
            }
        )

    def imported(self, stages=None):
        Policy = self.env["customer.sla.policy"].with_user(self.manager)
        return Policy._import_helpdesk_slas(stages).sudo()

    def test_what_is_carried_over(self):
        sla = self.old(
            category_ids=self.category.ids,
            domain="[('priority', '=', '3')]",
            ignore_stage_ids=self.awaiting.ids,
            note="<p>Según contrato</p>",
        )
        before = sla.read()
        policy = self.imported()
        self.assertRecordValues(
            policy,
            [
                {
                    "name": "Cuatro horas",
                    "active": True,
                    "document": "ticket",
                    "metric": "resolution",
                    "team_ids": self.team.ids,
                    "category_ids": self.category.ids,
                    "domain": "[('priority', '=', '3')]",
                    "pauses_waiting": True,
                    "is_escalating": False,
                    "helpdesk_sla_id": sla.id,
                }
            ],
        )
        self.assertEqual(
            (policy.target_ids.amount, policy.target_ids.unit), (4, "hour")
        )
        self.assertIn("Según contrato", policy.description)
        sla.invalidate_recordset()
        self.assertEqual(sla.read(), before)
        with self.at(0):
            ticket = self.ticket(
                team_id=self.team.id, category_id=self.category.id, priority="3"
            )
        self.assertEqual(ticket.sla_status_ids.policy_id, policy)

    def test_once(self):
        self.old()
        policy = self.imported()
        policy.active = False
        self.assertFalse(self.imported())
        self.old(name="Otra")
        self.assertEqual(self.imported().name, "Otra")

    def test_days_and_hours(self):
        self.old(name="a", days=2, hours=0)
        self.old(name="b", days=2, hours=3)
        self.old(name="c", hours=0)
        policies = self.imported().grouped("name")
        target = policies["a"].target_ids
        self.assertEqual((target.amount, target.unit), (2, "day"))
        target = policies["b"].target_ids
        self.assertEqual((target.amount, target.unit), (19, "hour"))
        self.assertIn("8 hours", policies["b"].description)
        self.assertFalse(policies["c"].target_ids)
        self.assertFalse(policies["c"].active)

    def test_what_has_no_counterpart_is_out_of_use(self):
        self.old(name="a", stage_id=self.ticket_doing.id)
        self.old(name="b", stage_id=self.ticket_cancelled.id)
        self.old(name="c", stage_id=False)
        self.old(name="d", domain="[('no_such_field', '=', 1)]")
        self.old(name="e", team_ids=self.other_team.ids)
        self.old(name="f", active=False)
        policies = self.imported().grouped("name")
        self.assertFalse(any(policy.active for policy in policies.values()))
        self.assertEqual(policies["a"].metric, "assignment")
        self.assertIn(self.ticket_doing.name, policies["a"].description)
        self.assertIn("called off", policies["b"].description)
        self.assertIn("no stage", policies["c"].description)
        self.assertFalse(policies["d"].domain)
        self.assertIn("no_such_field", policies["d"].description)
        self.assertIn("None of its teams", policies["e"].description)
        self.assertTrue(policies["f"].target_ids)

    def test_only_teams_that_use_them(self):
        self.old(team_ids=False)
        self.assertEqual(self.imported().team_ids, self.team)
        self.old(name="b", team_ids=[Command.set((self.team + self.other_team).ids)])
        policy = self.imported()
        self.assertEqual(policy.team_ids, self.team)
        self.assertIn("Obras", policy.description)
        self.assertTrue(policy.active)

    def test_order(self):
        """They come before ours; those that ask for more, and the tighter, first."""
        ours = self.policy()
        self.old(name="wide", hours=2)
        self.old(name="slow", hours=9, category_ids=self.category.ids)
        self.old(name="quick", hours=1, category_ids=self.category.ids)
        found = self.imported() + ours
        self.assertEqual(
            found.sorted().mapped("name"), ["quick", "slow", "wide", ours.name]
        )

    def test_wizard(self):
        self.awaiting.sla_paused = False
        self.old(ignore_stage_ids=self.awaiting.ids)
        with Form(self.env["customer.sla.import"].with_user(self.manager)) as form:
            self.assertIn("Cuatro horas", form.names)
            self.assertEqual(form.stage_ids[:], self.awaiting)
        wizard = form.save()
        wizard.stage_ids = False
        action = wizard.action_import()
        policy = self.env["customer.sla.policy"].search(action["domain"])
        self.assertFalse(self.awaiting.sla_paused)
        self.assertIn(self.awaiting.name, policy.description)
        self.old(name="Otra", ignore_stage_ids=self.awaiting.ids)
        wizard = self.env["customer.sla.import"].with_user(self.manager).create({})
        wizard.action_import()
        self.assertTrue(self.awaiting.sla_paused)
        with self.assertRaises(AccessError):
            self.env["customer.sla.policy"].with_user(
                self.agent
            )._import_helpdesk_slas()

    def test_button_only_where_there_is_something_to_import(self):
        Policy = self.env["customer.sla.policy"].with_user(self.manager)

        def has_button():
            arch, _view = Policy._get_view(view_type="list")
            arch = arch if etree.iselement(arch) else etree.fromstring(arch)
            return bool(arch.xpath("//button[hasclass('o_sla_import')]"))

        self.assertTrue(has_button())
        with patch.object(type(Policy), "_has_helpdesk_slas", lambda self: False):
            self.assertFalse(has_button())
            self.assertFalse(Policy._helpdesk_slas_to_import())
            with Form(self.env["customer.sla.import"].with_user(self.manager)) as form:
                self.assertFalse(form.names)

    def test_our_deadline_wins(self):
        """Both addons have a field `sla_deadline` on tickets: it is ours."""
        self.old(hours=1)
        self.policy(amount=8)
        with self.at(0):
            ticket = self.ticket(team_id=self.team.id)
            self.assertTrue(ticket.ticket_sla_ids)
        self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=8))
        ticket.invalidate_recordset()
        # Reading theirs computes a deadline too
        self.assertIn(ticket.sla_expired, (True, False))
        self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=8))
        self.assertIn(
            ticket,
            ticket.search([("sla_deadline", "=", MONDAY + timedelta(hours=8))]),
        )
