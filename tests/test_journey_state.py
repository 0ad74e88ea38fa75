"""Journeys end completed, lost or cancelled, and may be taken up again (J4)."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import users
from odoo.tools import mute_logger

from .common import JourneyCase


class TestJourneyState(JourneyCase):
    def test_lost_and_restored(self):
        lead = self.lead()
        reason = self.env["crm.lost.reason"].create({"name": "Precio"})
        lead.action_set_lost(lost_reason_id=reason.id)
        journey = lead.journey_id
        self.assertEqual(journey.state, "lost")
        self.assertTrue(journey.end_date)
        self.assertEqual(
            [event for event, *_ in self.history(journey)], ["opened", "lost"]
        )
        lead.action_restore()
        self.assertEqual(journey.state, "open")
        self.assertFalse(journey.end_date)
        self.assertEqual(self.history(journey)[-1][0], "reopened")

    def test_lost_by_the_wizard(self):
        lead = self.lead()
        wizard = (
            self.env["crm.lead.lost"]
            .with_context(active_ids=lead.ids, active_model="crm.lead")
            .create({"lead_ids": [Command.set(lead.ids)]})
        )
        wizard.action_lost_reason_apply()
        self.assertEqual(lead.journey_id.state, "lost")

    def test_lost_with_something_open_goes_on(self):
        lead = self.lead()
        order = self.order(lead)
        lead.action_set_lost()
        self.assertEqual(lead.journey_id.state, "open")
        order._action_cancel()
        self.assertEqual(lead.journey_id.state, "lost")

    def test_cancelled_order(self):
        order = self.order()
        order._action_cancel()
        self.assertEqual(order.journey_id.state, "cancelled")
        order.action_draft()
        self.assertEqual(order.journey_id.state, "open")

    def test_cancelled_ticket(self):
        ticket = self.ticket(closing_reason="El cliente ya no lo necesita.")
        ticket.stage_id = self.ticket_cancelled
        self.assertEqual(ticket.journey_id.state, "cancelled")

    def test_closed_ticket_rests_in_aftersales(self):
        ticket = self.ticket(type_id=self.type_information.id)
        ticket.stage_id = self.ticket_done
        self.assertEqual(ticket.journey_id.state, "open")
        self.assertStage(ticket.journey_id, "aftersales")

    def test_won_goes_on(self):
        lead = self.lead()
        lead.action_set_won()
        self.assertEqual(lead.journey_id.state, "open")
        self.assertStage(lead.journey_id, "quote")
        events = [event for event, *_ in self.history(lead.journey_id)]
        self.assertEqual(events, ["opened", "staged", "won"])

    def test_delivered_then_lost_upsell_goes_on(self):
        order = self.delivered_order()
        lead = self.lead()
        lead.journey_id = order.journey_id
        lead.action_set_lost()
        self.assertEqual(order.journey_id.state, "open")

    @users("everyone")
    def test_complete_and_take_up_again(self):
        journey = self.delivered_order().journey_id
        journey.action_complete()
        self.assertEqual(journey.state, "completed")
        with self.assertRaisesRegex(UserError, "has ended"):
            journey.action_move("delivery", "espera")
        journey.action_reopen()
        self.assertEqual(journey.state, "open")
        self.assertEqual(
            [event for event, *_ in self.history(journey)][-2:],
            ["completed", "resumed"],
        )

    @users("everyone")
    def test_complete_with_something_open_is_refused(self):
        order = self.order()
        with self.assertRaisesRegex(UserError, order.name):
            order.journey_id.action_complete()

    def test_ticket_takes_up_a_completed_journey(self):
        order = self.delivered_order()
        order.journey_id.action_complete()
        self.ticket(sale_order_ids=[Command.set(order.ids)])
        self.assertEqual(order.journey_id.state, "open")
        self.assertStage(order.journey_id, "aftersales")


class TestJourneyCompleteCron(JourneyCase):
    """What rests in after-sales is completed by itself (J4)."""

    def setUp(self):
        super().setUp()
        self.env["customer.journey"].search([]).state = "completed"
        self.company.journey_complete_days = 30
        self.resting = self.delivered_order().journey_id
        self.fresh = self.delivered_order().journey_id
        self.open = self.delivered_order().journey_id
        self.ticket(sale_order_ids=[Command.set(self.open.order_ids.ids)])
        old = fields.Datetime.now() - timedelta(days=31)
        (self.resting + self.open).date_last_stage_update = old

    def run_cron(self):
        self.env.flush_all()
        cron = self.env.ref("customer_service_stages.ir_cron_journey_complete")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_completes_what_rests(self):
        self.run_cron()
        self.assertEqual(self.resting.state, "completed")
        self.assertEqual(self.fresh.state, "open")
        self.assertEqual(self.open.state, "open", "a ticket is open")
        self.run_cron()
        completed = [event for event, *_ in self.history(self.resting)]
        self.assertEqual(completed.count("completed"), 1)

    def test_each_company_decides(self):
        other = self.env["res.company"].create(
            {"name": "Climatización", "journey_complete_days": 0}
        )
        foreign = self.closed_ticket(company_id=other.id).journey_id
        foreign.date_last_stage_update = fields.Datetime.now() - timedelta(days=999)
        self.run_cron()
        self.assertEqual(foreign.state, "open")
        self.assertEqual(self.resting.state, "completed")

    def test_switched_off(self):
        self.company.journey_complete_days = 0
        self.run_cron()
        self.assertEqual(self.resting.state, "open")

    @mute_logger("odoo.addons.customer_service_stages.models.journey")
    def test_one_failure_does_not_stop_the_others(self):
        second = self.delivered_order().journey_id
        second.date_last_stage_update = fields.Datetime.now() - timedelta(days=40)
        Journey = self.env.registry["customer.journey"]
        complete = Journey._complete

        def fail_first(journey):
            if journey.id == second.id:
                raise ValueError("boom")
            return complete(journey)

        with patch.object(Journey, "_complete", fail_first):
            self.run_cron()
        self.assertEqual(second.state, "open")
        self.assertEqual(self.resting.state, "completed")

    def test_negative_days_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.company.journey_complete_days = -1
            self.env.flush_all()
