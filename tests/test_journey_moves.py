"""Journeys move with their documents, and by hand with a reason (J2, J4)."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, users

from .common import JourneyCase


class TestJourneyMoves(JourneyCase):
    def test_the_whole_way(self):
        lead = self.lead()
        journey = lead.journey_id
        order = self.order(lead)
        self.assertStage(journey, "quote")
        order.action_quotation_sent()
        order.action_confirm()
        self.assertStage(journey, "quote")
        order.action_start_delivery()
        self.assertStage(journey, "delivery")
        order.action_complete_delivery()
        self.assertStage(journey, "aftersales")
        self.assertEqual(
            self.history(journey),
            [
                ("opened", None, "contact"),
                ("quoted", "contact", "quote"),
                ("sent", "quote", "quote"),
                ("confirmed", "quote", "quote"),
                ("delivery_started", "quote", "delivery"),
                ("delivery_completed", "delivery", "aftersales"),
            ],
        )
        self.assertEqual(
            journey.event_ids.sorted("id").mapped("document_name"),
            [lead.name] + [order.name] * 5,
        )
        self.assertEqual(lead.journey_stage_id.code, "aftersales")
        self.assertEqual(order.journey_stage_id.code, "aftersales")
        for code in ("contact", "quote", "delivery", "aftersales"):
            self.assertTrue(journey[f"{code}_date"])

    @users("salesman")
    def test_chatter_tells_who_and_from_which_document(self):
        lead = self.lead(user_id=self.env.uid)
        self.flush_tracking()
        order = self.order(lead)
        message = self.last_message(lead.journey_id)
        self.assertEqual(message.author_id, self.env.user.partner_id)
        self.assertIn(order.name, message.body)
        tracking = message.sudo().tracking_value_ids
        self.assertEqual(tracking.field_id.name, "stage_id")
        self.assertEqual(tracking.new_value_char, "Quote & management")
        event = lead.journey_id.event_ids.sorted("id")[-1]
        self.assertEqual(
            (event.user_id, event.document_name), (self.env.user, order.name)
        )
        self.assertEqual(event.action_open_document()["res_id"], order.id)

    def test_pipeline_stage_moves_forward(self):
        lead = self.lead()
        lead.stage_id = self.crm_proposition
        self.assertStage(lead.journey_id, "quote")

    def test_pipeline_stage_back_where_it_had_brought_the_journey(self):
        lead = self.lead()
        lead.stage_id = self.crm_proposition
        lead.stage_id = self.crm_new
        self.assertStage(lead.journey_id, "contact")

    def test_pipeline_stage_back_does_not_undo_others(self):
        lead = self.lead(stage_id=self.crm_proposition.id)
        order = self.order(lead)
        order.action_confirm()
        order.action_start_delivery()
        lead.stage_id = self.crm_new
        self.assertStage(lead.journey_id, "delivery")

    def test_mapped_stage_delivers(self):
        installing = self.env["crm.stage"].create(
            {"name": "Instalando", "journey_stage_id": self.stages["delivery"].id}
        )
        lead = self.lead()
        lead.stage_id = installing
        self.assertStage(lead.journey_id, "delivery")
        ticket = self.ticket(type_id=self.type_information.id)
        ticket.stage_id = self.ticket_doing
        self.assertStage(ticket.journey_id, "delivery")
        ticket.stage_id = self.ticket_done
        self.assertStage(ticket.journey_id, "aftersales")

    def test_unmapped_stage_moves_nothing(self):
        ticket = self.ticket(stage_id=self.ticket_doing.id)
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        self.assertStage(ticket.journey_id, "delivery")

    def test_stage_moved_by_a_change_of_team(self):
        """The stage of a ticket is computed: nobody writes it (pitfall 5)."""
        teams = self.env["helpdesk.ticket.team"].create(
            [{"name": "Uno"}, {"name": "Dos"}]
        )
        self.env["helpdesk.ticket.stage"].search([]).team_ids = teams[0]
        stage = self.env["helpdesk.ticket.stage"].create(
            {
                "name": "En taller",
                "team_ids": [Command.set(teams[1].ids)],
                "journey_stage_id": self.stages["delivery"].id,
            }
        )
        ticket = self.ticket(team_id=teams[0].id)
        self.assertStage(ticket.journey_id, "contact")
        ticket.team_id = teams[1]
        self.assertEqual(ticket.stage_id, stage)
        self.assertStage(ticket.journey_id, "delivery")

    def test_a_late_quotation_does_not_undo_a_delivery(self):
        lead = self.lead()
        order = self.order(lead)
        order.action_confirm()
        order.action_start_delivery()
        self.order(lead)
        self.assertStage(lead.journey_id, "delivery")

    def test_the_last_delivery_counts(self):
        lead = self.lead()
        orders = self.order(lead) + self.order(lead)
        orders.action_confirm()
        orders[0].action_complete_delivery()
        self.assertStage(lead.journey_id, "delivery")
        orders[1].action_complete_delivery()
        self.assertStage(lead.journey_id, "aftersales")

    def test_both_deliveries_at_once(self):
        lead = self.lead()
        orders = self.order(lead) + self.order(lead)
        orders.action_confirm()
        orders.action_complete_delivery()
        self.assertStage(lead.journey_id, "aftersales")

    def test_reopened_delivery_goes_back(self):
        order = self.delivered_order()
        order.action_reopen_delivery()
        self.assertStage(order.journey_id, "delivery")
        self.assertEqual(
            self.history(order.journey_id)[-1],
            ("delivery_reopened", "aftersales", "delivery"),
        )
        self.assertTrue(order.delivery_start_date)

    def test_first_entry_is_kept(self):
        order = self.delivered_order()
        first = order.journey_id.delivery_date
        with self.mock_datetime_and_now(datetime.now() + timedelta(days=3)):
            order.action_reopen_delivery()
            self.assertEqual(order.journey_id.delivery_date, first)
            self.assertGreater(order.journey_id.date_last_stage_update, first)

    # The delivery of an order

    def test_only_confirmed_orders_are_delivered(self):
        order = self.order()
        for method in (
            order.action_start_delivery,
            order.action_complete_delivery,
            order.action_reopen_delivery,
        ):
            with self.assertRaisesRegex(UserError, "not confirmed"):
                method()

    def test_delivery_dates_are_in_order(self):
        order = self.delivered_order()
        with self.assertRaisesRegex(ValidationError, "before it has started"):
            order.delivery_completion_date = order.delivery_start_date - timedelta(1)

    def test_pressing_twice_changes_nothing(self):
        order = self.delivered_order()
        dates = (order.delivery_start_date, order.delivery_completion_date)
        with self.mock_datetime_and_now(datetime.now() + timedelta(days=1)):
            order.action_complete_delivery()
        self.assertEqual(
            dates, (order.delivery_start_date, order.delivery_completion_date)
        )

    @users("everyone")
    def test_delivery_from_the_journey(self):
        order = self.order()
        journey = order.journey_id
        with self.assertRaisesRegex(UserError, "not confirmed yet"):
            journey.action_start_delivery()
        order.action_confirm()
        journey.action_start_delivery()
        self.assertTrue(order.delivery_start_date)
        journey.action_complete_delivery()
        self.assertStage(journey, "aftersales")

    @users("everyone")
    def test_delivery_that_the_orders_have_behind_them(self):
        """Moved back by hand, the journey still goes on by its buttons."""
        journey = self.delivered_order().journey_id
        journey.action_move("quote", "queda un remate")
        journey.action_start_delivery()
        self.assertStage(journey, "delivery")
        journey.action_complete_delivery()
        self.assertStage(journey, "aftersales")

    @users("everyone")
    def test_delivery_without_an_order(self):
        journey = self.ticket().journey_id
        journey.action_start_delivery()
        self.assertStage(journey, "delivery")
        journey.action_complete_delivery()
        self.assertStage(journey, "aftersales")
        self.assertEqual(
            self.history(journey)[1:],
            [
                ("delivery_started", "contact", "delivery"),
                ("delivery_completed", "delivery", "aftersales"),
            ],
        )

    # By hand

    @users("everyone")
    def test_by_hand_forward_and_back(self):
        journey = self.lead().journey_id
        self.flush_tracking()
        self._move_by_hand(journey, "delivery", "El cliente ya tiene la pieza")
        self.assertStage(journey, "delivery")
        message = self.last_message(journey)
        self.assertIn("El cliente ya tiene la pieza", message.body)
        self.assertTrue(message.sudo().tracking_value_ids)
        self._move_by_hand(journey, "contact", "Me <b>equivoqué</b>")
        self.assertStage(journey, "contact")
        self.assertIn("&lt;b&gt;", self.last_message(journey).body)
        event = journey.event_ids.sorted("id")[-1]
        self.assertEqual(
            (event.event, event.reason, event.user_id),
            ("moved", "Me <b>equivoqué</b>", self.env.user),
        )

    def _move_by_hand(self, journeys, code, reason):
        """Use the dialog as the status bar and the board open it."""
        action = journeys.action_open_move(stage_id=self.stages[code].id)
        wizard = self.env[action["res_model"]].with_context(action["context"])
        with Form(wizard) as form:
            form.reason = reason
        form.save().action_move()

    @users("everyone")
    def test_several_by_hand(self):
        journeys = self.lead().journey_id + self.ticket().journey_id
        action = (
            self.env.ref("customer_service_stages.customer_journey_action_move")
            .with_context(active_model="customer.journey", active_ids=journeys.ids)
            .run()
        )
        with Form(
            self.env[action["res_model"]].with_context(action["context"])
        ) as form:
            form.stage_id = self.stages["aftersales"]
            form.reason = "Puesta al día"
        form.save().action_move()
        self.assertEqual(journeys.stage_id, self.stages["aftersales"])
        self.assertEqual(journeys.event_ids.filtered("reason").journey_id, journeys)

    @users("everyone")
    def test_several_get_an_owner(self):
        journeys = self.lead().journey_id + self.ticket().journey_id
        action = (
            self.env.ref("customer_service_stages.customer_journey_action_assign")
            .with_context(active_model="customer.journey", active_ids=journeys.ids)
            .run()
        )
        with Form(
            self.env[action["res_model"]].with_context(action["context"])
        ) as form:
            form.user_id = self.salesman
        form.save().action_assign()
        self.assertEqual(journeys.user_id, self.salesman)

    @users("everyone")
    def test_by_hand_needs_a_reason(self):
        journey = self.lead().journey_id
        for reason in (False, "", "   \n"):
            with self.assertRaisesRegex(UserError, "why"):
                journey.action_move("delivery", reason)
        self.assertStage(journey, "contact")

    @users("everyone")
    def test_writing_the_stage_is_no_way_around(self):
        journey = self.lead().journey_id
        for values in (
            {"stage_id": self.stages["delivery"].id},
            {"stage_id": False, "name": "x"},
        ):
            with self.assertRaisesRegex(UserError, "Move to Stage"):
                journey.write(values)
        result = self.env["customer.journey"].load(
            [".id", "stage_id"], [[str(journey.id), "Delivery"]]
        )
        self.assertFalse(result["ids"])
        self.assertStage(journey, "contact")

    @users("everyone")
    def test_what_documents_tell_is_not_written_by_people(self):
        journey = self.lead().journey_id
        for values in (
            {"state": "lost"},
            {"partner_id": self.other_customer.id},
            {"company_id": False},
            {"begin_date": "2020-01-01"},
            {"contact_date": False},
            {"origin_id": 1},
        ):
            with self.assertRaisesRegex(UserError, "comes from the documents"):
                journey.write(values)
        with self.assertRaisesRegex(ValueError, "Invalid field"):
            journey.write({"no_such_field": 1})
        journey.write({"name": "Otro nombre", "user_id": self.salesman.id})
        self.assertEqual(journey.name, "Otro nombre")
        journey.activity_schedule("mail.mail_activity_data_call")
        journey.message_post(body="Nota")

    @users("everyone")
    def test_unknown_stage(self):
        journey = self.lead().journey_id
        with self.assertRaisesRegex(UserError, "There is no stage “done”"):
            journey.action_move("done", "porque sí")

    def test_history_cannot_be_written(self):
        event = self.lead().journey_id.event_ids.with_user(self.manager)
        for operation in (
            lambda: event.write({"reason": "otra"}),
            lambda: event.unlink(),
            lambda: event.copy(),
        ):
            with self.assertRaises(AccessError):
                operation()

    # The four stages

    def test_four_stages_for_good(self):
        manager = self.env["customer.journey.stage"].with_user(self.manager)
        self.assertEqual(
            manager.search([]).mapped("code"),
            ["contact", "quote", "delivery", "aftersales"],
        )
        stage = manager.search([], limit=1)
        stage.name = "Primer contacto telefónico"
        with self.assertRaises(AccessError):
            manager.create({"name": "Quinta", "code": "contact", "sequence": 50})
        with self.assertRaises(AccessError):
            stage.unlink()
        with self.assertRaisesRegex(UserError, "four stages"):
            stage.code = "delivery"
        with self.assertRaisesRegex(UserError, "always has its four stages"):
            stage.sudo().unlink()

    def test_move_in_batch(self):
        """Moving fifty documents costs the queries of one, but for core's tracking."""
        tickets = self.env["helpdesk.ticket"].create(
            [{"name": "Lote", "description": "x", "stage_id": self.ticket_new.id}] * 60
        )
        counts = []
        for batch in (tickets[:1], tickets[1:2], tickets[2:52]):
            self.env.flush_all()
            self.env.invalidate_all()
            batch.mapped("display_name")
            batch.journey_id.mapped("stage_id.code")
            before = self.env.cr.sql_log_count
            self.env["customer.journey"]._on_journey_event(batch, "staged")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 2, counts)


class TestJourneyTime(JourneyCase):
    """Time in stage and staleness by core's mixin (J4, pitfall 45)."""

    def test_time_in_stage(self):
        start = fields.Datetime.to_datetime("2026-03-02 08:00:00")
        with self.mock_datetime_and_now(start):
            lead = self.lead()
            journey = lead.journey_id
            self.env.cr.execute(
                "UPDATE customer_journey SET create_date = %s WHERE id = %s",
                (start, journey.id),
            )
            self.flush_tracking()
        with self.mock_datetime_and_now(start + timedelta(hours=5)):
            journey.action_move("delivery", "listo")
            self.flush_tracking()
            self.env.cr.execute(
                "UPDATE mail_tracking_value SET create_date = %s"
                " WHERE mail_message_id IN %s",
                (start + timedelta(hours=5), tuple(journey.message_ids.ids)),
            )
        with self.mock_datetime_and_now(start + timedelta(hours=7)):
            journey.invalidate_recordset()
            durations = {
                int(stage_id): seconds
                for stage_id, seconds in journey.duration_tracking.items()
            }
        self.assertEqual(durations[self.stages["contact"].id], 5 * 3600)
        self.assertEqual(durations[self.stages["delivery"].id], 2 * 3600)

    def test_journeys_rot(self):
        self.stages["contact"].rotting_threshold_days = 3
        journey = self.lead().journey_id
        self.assertFalse(journey.is_rotting)
        journey.date_last_stage_update -= timedelta(days=5, hours=1)
        journey.invalidate_recordset()
        self.assertTrue(journey.is_rotting)
        self.assertEqual(journey.rotting_days, 5)
        Journey = self.env["customer.journey"]
        self.assertIn(journey, Journey.search([("is_rotting", "=", True)]))
        journey.lead_ids.action_set_lost()
        self.assertFalse(journey.is_rotting, "what has ended does not rot")
        self.assertNotIn(journey, Journey.search([("is_rotting", "=", True)]))

    def test_tickets_rot(self):
        self.ticket_new.rotting_threshold_days = 2
        ticket = self.ticket()
        ticket.date_last_stage_update -= timedelta(days=4)
        ticket.invalidate_recordset()
        self.assertTrue(ticket.is_rotting)
        found = self.env["helpdesk.ticket"].search([("is_rotting", "=", True)])
        self.assertIn(ticket, found)
        ticket.stage_id = self.ticket_doing
        self.assertFalse(ticket.is_rotting)

    def test_closed_tickets_do_not_rot(self):
        self.ticket_done.rotting_threshold_days = 2
        ticket = self.closed_ticket()
        ticket.date_last_stage_update -= timedelta(days=4)
        ticket.invalidate_recordset()
        self.assertFalse(ticket.is_rotting)
        found = self.env["helpdesk.ticket"].search([("is_rotting", "=", True)])
        self.assertNotIn(ticket, found)
