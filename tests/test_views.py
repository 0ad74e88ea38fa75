"""What people see: views, actions and a tour in a real browser."""

from lxml import etree

from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common import JourneyCase


class TestViews(JourneyCase):
    def test_every_action_opens(self):
        actions = self.env["ir.model.data"].search(
            [
                ("module", "=", "customer_service_stages"),
                ("model", "=", "ir.actions.act_window"),
            ]
        )
        self.assertGreaterEqual(len(actions), 5)
        for data in actions:
            action = self.env["ir.actions.act_window"].browse(data.res_id)
            with self.subTest(data.name):
                Model = self.env[action.res_model]
                if not Model._transient:
                    Model = Model.with_user(self.manager)
                for mode in action.view_mode.split(","):
                    view = Model.get_view(
                        action.view_id.id if action.view_id.type == mode else None, mode
                    )
                    self.assertTrue(etree.fromstring(view["arch"]) is not None)
                if action.search_view_id or action.res_model.startswith("customer."):
                    Model.get_view(action.search_view_id.id, "search")

    def test_stepper_and_button_on_documents(self):
        for document, user in (
            (self.lead(), self.salesman),
            (self.order(), self.salesman),
            (self.ticket(), self.agent),
        ):
            with self.subTest(document._name):
                arch = etree.fromstring(
                    document.with_user(user).get_view(view_type="form")["arch"]
                )
                self.assertTrue(arch.xpath("//field[@widget='journey_stepper']"))
                self.assertTrue(arch.xpath("//button[@name='action_view_journey']"))
                action = document.action_view_journey()
                self.assertEqual(action["res_id"], document.journey_id.id)

    def test_back_to_the_documents(self):
        lead, ticket = self.lead(), self.ticket()
        orders = self.order(lead) + self.order(lead)
        ticket.journey_id = lead.journey_id
        journey = lead.journey_id.with_user(self.everyone)
        self.assertEqual(journey.action_view_leads()["res_id"], lead.id)
        self.assertEqual(journey.action_view_tickets()["res_id"], ticket.id)
        action = journey.action_view_orders()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), orders)

    def test_group_and_filter_documents_by_stage(self):
        lead = self.lead()
        for model, name in (
            ("crm.lead", "crm.view_crm_case_opportunities_filter"),
            ("sale.order", "sale.view_sales_order_filter"),
            ("helpdesk.ticket", "helpdesk_mgmt.helpdesk_ticket_view_search"),
        ):
            with self.subTest(model):
                view = self.env[model].get_view(self.env.ref(name).id, "search")
                arch = etree.fromstring(view["arch"])
                self.assertTrue(arch.xpath("//filter[@name='group_journey_stage']"))
                for node in arch.xpath("//filter[starts-with(@name, 'journey_')]"):
                    self.env[model].search(
                        [("journey_stage_id.code", "=", node.get("name")[8:])]
                    )
                Model = self.env[model].with_context(read_group_expand=True)
                groups = Model.web_read_group([], ["journey_stage_id"], ["__count"])[
                    "groups"
                ]
                labels = [group["journey_stage_id"] for group in groups]
                self.assertEqual(len([label for label in labels if label]), 4)
        found = self.env["crm.lead"].search([("journey_stage_id.code", "=", "contact")])
        self.assertIn(lead, found)

    def test_search_by_what_people_know(self):
        lead, ticket = self.lead(email_from="x@unusual.example"), self.ticket()
        order = self.order(lead)
        arch = etree.fromstring(
            self.env["customer.journey"].get_view(view_type="search")["arch"]
        )
        domain = arch.xpath("//field[@name='name']/@filter_domain")[0]
        for text, journey in (
            (order.name, lead.journey_id),
            (ticket.number, ticket.journey_id),
            ("unusual.example", lead.journey_id),
        ):
            found = self.env["customer.journey"].search(
                eval(domain, {"self": text})  # pylint: disable=eval-used
            )
            self.assertEqual(found, journey)

    def test_settings(self):
        settings = self.env["res.config.settings"]
        with Form(settings) as form:
            form.journey_complete_days = 15
        form.save().execute()
        self.assertEqual(self.company.journey_complete_days, 15)

    def test_promised_date_and_amount(self):
        lead = self.lead()
        first, second = self.order(lead), self.order(lead)
        journey = lead.journey_id
        self.assertFalse(journey.promised_date)
        self.assertFalse(journey.amount_ordered)
        first.commitment_date = "2026-05-04 10:00:00"
        second.commitment_date = "2026-06-01 10:00:00"
        self.assertEqual(journey.promised_date, first.commitment_date)
        (first + second).action_confirm()
        self.assertEqual(journey.amount_ordered, 80.0)
        first.action_complete_delivery()
        self.assertEqual(journey.promised_date, second.commitment_date)
        second.action_complete_delivery()
        self.assertEqual(journey.promised_date, second.commitment_date)
        groups = self.env["customer.journey"].formatted_read_group(
            [("id", "=", journey.id)], ["stage_id"], ["amount_ordered:sum"]
        )
        self.assertEqual(groups[0]["amount_ordered:sum"], 80.0)

    def test_amount_in_a_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Extranjera", "currency_id": currency.id}
        )
        order = self.order(pricelist_id=pricelist.id)
        order.order_line.price_unit = 100.0
        order.action_confirm()
        self.assertEqual(order.currency_id, currency)
        self.assertAlmostEqual(order.journey_id.amount_ordered, 50.0)


@tagged("post_install", "-at_install")
class TestTour(JourneyCase, HttpCase):
    def test_from_opportunity_to_delivery(self):
        """As a seller does it, in Chromium."""
        self.start_tour("/odoo/crm/new", "customer_journey_tour", login="everyone")
        lead = self.env["crm.lead"].search([("name", "=", "Cambiar la bañera")])
        self.assertEqual(len(lead.order_ids), 1)
        self.assertStage(lead.journey_id, "delivery")
        moved = lead.journey_id.event_ids.filtered(lambda event: event.event == "moved")
        self.assertEqual(moved.reason, "Empezamos hoy")

    def test_board(self):
        """Dropping a card on another stage asks for the reason."""
        journey = self.lead(user_id=self.everyone.id).journey_id
        self.start_tour(
            "/odoo/customer-journeys",
            "customer_journey_board_tour",
            login="everyone",
        )
        self.assertStage(journey, "delivery")
        moves = journey.event_ids.filtered(lambda event: event.event == "moved")
        self.assertEqual(moves.mapped("reason"), ["La pieza ha llegado"])
