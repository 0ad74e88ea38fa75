"""Documents that are linked share a journey (J1)."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, users

from .common import JourneyCase


class TestJourneyJoin(JourneyCase):
    @users("salesman")
    def test_quotation_of_an_opportunity(self):
        lead = self.lead(user_id=self.env.uid)
        action = lead.action_new_quotation()
        with Form(self.env["sale.order"].with_context(action["context"])) as form:
            form.client_order_ref = "Fregadero"
        order = form.save()
        self.assertEqual(order.journey_id, lead.journey_id)
        self.assertEqual(
            self.history(lead.journey_id),
            [("opened", None, "contact"), ("quoted", "contact", "quote")],
        )

    def test_ticket_about_an_order(self):
        order = self.delivered_order()
        ticket = self.ticket(sale_order_ids=[Command.set(order.ids)])
        self.assertEqual(ticket.journey_id, order.journey_id)
        self.assertStage(order.journey_id, "aftersales")
        self.assertFalse(
            self.env["customer.journey"].search([("origin_model", "=", ticket._name)])
        )

    def test_linking_a_ticket_later_brings_its_history(self):
        order = self.delivered_order()
        ticket = self.ticket()
        own = ticket.journey_id
        own.message_post(body="Llamé a la clienta", message_type="comment")
        own.activity_schedule("mail.mail_activity_data_call", user_id=self.agent.id)
        ticket.sale_order_ids = order
        self.assertEqual(ticket.journey_id, order.journey_id)
        self.assertFalse(own.exists())
        journey = order.journey_id
        self.assertIn("Llamé a la clienta", str(journey.message_ids.mapped("body")))
        self.assertEqual(journey.activity_ids.user_id, self.agent)
        events = self.history(journey)
        self.assertIn(("opened", None, "contact"), events)
        self.assertEqual(events[-1], ("joined", "aftersales", "aftersales"))

    def test_order_made_from_a_ticket_joins_the_ticket(self):
        ticket = self.ticket()
        order = self.order(ticket_ids=[Command.set(ticket.ids)])
        self.assertEqual(order.journey_id, ticket.journey_id)
        self.assertStage(ticket.journey_id, "quote")

    def test_order_changes_opportunity(self):
        first, second = self.lead(), self.lead(name="Otra fuga")
        order = self.order(first)
        ticket = self.ticket(sale_order_ids=[Command.set(order.ids)])
        order.opportunity_id = second
        self.assertEqual(order.journey_id, second.journey_id)
        self.assertEqual(ticket.journey_id, second.journey_id)
        self.assertTrue(first.journey_id.exists())
        self.assertStage(second.journey_id, "quote")

    def test_order_gets_an_opportunity(self):
        order = self.order()
        own = order.journey_id
        lead = self.lead()
        order.opportunity_id = lead
        self.assertEqual(order.journey_id, lead.journey_id)
        self.assertFalse(own.exists())

    def test_order_loses_its_opportunity(self):
        lead = self.lead()
        order = self.order(lead)
        order.opportunity_id = False
        self.assertEqual(order.journey_id, lead.journey_id)

    def test_ticket_about_an_order_of_another_company_stays_apart(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        order = self.delivered_order()
        ticket = self.ticket(
            company_id=other.id, sale_order_ids=[Command.set(order.ids)]
        )
        self.assertTrue(ticket.journey_id)
        self.assertNotEqual(ticket.journey_id, order.journey_id)

    def test_journey_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        foreign = self.ticket(company_id=other.id).journey_id
        lead = self.lead(company_id=self.company.id)
        before = lead.journey_id
        with self.assertRaises(ValidationError):
            lead.journey_id = foreign
        self.env.invalidate_all()
        self.assertEqual(lead.journey_id, before)

    # Taking apart

    def test_split(self):
        lead, ticket = self.lead(), self.ticket()
        order = self.order(lead)
        ticket.journey_id = lead.journey_id
        shared = lead.journey_id
        ticket.action_journey_split()
        self.assertEqual(lead.journey_id, shared)
        self.assertEqual(order.journey_id, shared)
        self.assertNotEqual(ticket.journey_id, shared)
        self.assertEqual(self.history(ticket.journey_id)[-1][0], "opened")
        self.assertNotIn(
            ticket._name, shared.event_ids.mapped("res_model"), "its history went along"
        )

    def test_split_of_an_opportunity_takes_its_quotations(self):
        lead, ticket = self.lead(), self.ticket()
        order = self.order(lead)
        ticket.journey_id = lead.journey_id
        lead.action_journey_split()
        self.assertEqual(order.journey_id, lead.journey_id)
        self.assertNotEqual(ticket.journey_id, lead.journey_id)

    def test_split_of_a_linked_document_is_refused(self):
        lead = self.lead()
        order = self.order(lead)
        with self.assertRaisesRegex(UserError, "Remove that link first"):
            order.action_journey_split()

    # Merging

    def test_merging_opportunities_merges_journeys(self):
        first, second = self.lead(), self.lead(name="La misma fuga")
        order = self.order(second)
        journeys = first.journey_id + second.journey_id
        merged = (first + second).merge_opportunity()
        self.assertEqual(order.journey_id, merged.journey_id)
        self.assertEqual(journeys.exists(), merged.journey_id)
        self.assertStage(merged.journey_id, "quote")
        self.assertIn(
            "merged", [event for event, *_ in self.history(merged.journey_id)]
        )

    def test_merging_a_raw_lead_with_an_opportunity(self):
        raw, lead = self.lead(type="lead"), self.lead()
        journey = lead.journey_id
        merged = (raw + lead).merge_opportunity()
        self.assertEqual(merged.type, "opportunity")
        self.assertEqual(merged.journey_id, journey)
        self.assertEqual(self.env["customer.journey"].search([]), journey)

    @users("everyone")
    def test_merging_journeys_by_hand(self):
        first, second = self.lead(), self.ticket()
        journeys = first.journey_id + second.journey_id
        action = (
            self.env.ref("customer_service_stages.customer_journey_action_merge")
            .with_context(active_model="customer.journey", active_ids=journeys.ids)
            .run()
        )
        self.assertEqual(action["res_id"], first.journey_id.id)
        self.assertEqual(second.journey_id, first.journey_id)
        self.assertEqual(journeys.exists(), first.journey_id)

    @users("everyone")
    def test_merging_journeys_of_two_customers_is_refused(self):
        journeys = (
            self.lead().journey_id
            + self.lead(partner_id=self.other_customer.id).journey_id
        )
        with self.assertRaisesRegex(UserError, "one customer"):
            journeys.action_merge()
        with self.assertRaisesRegex(UserError, "at least two"):
            journeys[0].action_merge()
        self.assertEqual(journeys.exists(), journeys)

    # Duplicating, archiving, deleting

    def test_duplicates(self):
        lead, ticket = self.lead(), self.ticket()
        order = self.order(lead)
        self.assertNotEqual(lead.copy().journey_id, lead.journey_id)
        self.assertNotEqual(ticket.copy().journey_id, ticket.journey_id)
        self.assertEqual(order.copy().journey_id, lead.journey_id, "still its quote")
        alone = self.order()
        self.assertNotEqual(alone.copy().journey_id, alone.journey_id)

    def test_duplicate_of_a_delivered_order_is_not_delivered(self):
        order = self.delivered_order()
        copy = order.copy()
        self.assertFalse(copy.delivery_start_date or copy.delivery_completion_date)
        self.assertStage(copy.journey_id, "quote")

    def test_archiving_and_restoring(self):
        for document in (self.lead(probability=30), self.ticket()):
            with self.subTest(document._name):
                journey = document.journey_id
                document.action_archive()
                self.assertEqual(journey.state, "cancelled")
                self.assertTrue(journey.end_date)
                document.action_unarchive()
                self.assertEqual(journey.state, "open")
                self.assertFalse(journey.end_date)

    def test_deleting(self):
        lead = self.lead()
        order = self.order(lead)
        journey = lead.journey_id
        lead.unlink()
        self.assertEqual(order.journey_id, journey)
        self.assertEqual(self.history(journey)[-1][0], "deleted")
        self.assertEqual(journey.event_ids[0].document_name, "Fuga bajo el fregadero")
        action = journey.event_ids[0].action_open_document()
        self.assertEqual(action["tag"], "display_notification")
        order.unlink()
        self.assertFalse(journey.exists())

    # The customer

    def test_journey_follows_its_leading_document(self):
        lead = self.lead()
        order = self.order(lead)
        journey = lead.journey_id
        lead.partner_id = self.other_customer
        self.assertEqual(journey.partner_id, self.other_customer)
        self.assertEqual(order.journey_id, journey, "linked documents stay together")
        lead.user_id = self.salesman
        self.assertEqual(journey.user_id, self.salesman)

    def test_owner_set_by_hand_stays(self):
        lead = self.lead(user_id=self.salesman.id)
        lead.journey_id.user_id = self.manager
        lead.name = "Otro nombre"
        self.assertEqual(lead.journey_id.user_id, self.manager)

    def test_document_given_to_another_customer_leaves(self):
        lead, ticket = self.lead(), self.ticket()
        ticket.journey_id = lead.journey_id
        ticket.partner_id = self.other_customer
        self.assertNotEqual(ticket.journey_id, lead.journey_id)
        self.assertEqual(ticket.journey_id.partner_id, self.other_customer)
        self.assertEqual(lead.journey_id.partner_id, self.customer)

    def test_colleague_of_the_customer_stays(self):
        self.customer.is_company = True
        colleague = self.env["res.partner"].create(
            {"name": "Pepa", "parent_id": self.customer.id}
        )
        lead, ticket = self.lead(), self.ticket()
        ticket.journey_id = lead.journey_id
        ticket.partner_id = colleague
        self.assertEqual(ticket.journey_id, lead.journey_id)

    def test_count_on_the_customer(self):
        self.customer.is_company = True
        colleague = self.env["res.partner"].create(
            {"name": "Pepa", "parent_id": self.customer.id}
        )
        self.lead()
        self.ticket(partner_id=colleague.id)
        customer = self.customer.with_user(self.everyone)
        self.assertEqual(customer.journey_count, 2)
        self.assertEqual(colleague.with_user(self.everyone).journey_count, 1)
        action = customer.action_view_journeys()
        self.assertEqual(self.env["customer.journey"].search_count(action["domain"]), 2)
