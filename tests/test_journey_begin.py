"""Every need begins a journey, through whichever door it comes (J1)."""

import json

from odoo.fields import Command
from odoo.http import Request
from odoo.tests import Form, HttpCase, tagged, users
from odoo.tools import SQL

from .common import JourneyCase

MAIL = """\
From: "Amparo Lledó" <amparo@customer.example>
To: {to}
Subject: =?utf-8?q?=C2=BFPueden_venir_ma=C3=B1ana=3F?=
Message-Id: <journey-{number}@customer.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

La cisterna del baño pequeño no para de cargar.
--
Amparo
"""


class TestJourneyBegin(JourneyCase):
    @users("salesman")
    def test_opportunity_by_form(self):
        with Form(
            self.env["crm.lead"].with_context(default_type="opportunity")
        ) as form:
            form.name = "Reforma del baño"
            form.partner_id = self.customer
            self.assertFalse(self.env["customer.journey"].search([]))
        journey = form.save().journey_id
        self.assertRecordValues(
            journey,
            [
                {
                    "name": "Reforma del baño",
                    "state": "open",
                    "partner_id": self.customer.id,
                    "user_id": self.env.uid,
                    "origin_model": "crm.lead",
                }
            ],
        )
        self.assertStage(journey, "contact")
        self.assertEqual(self.history(journey), [("opened", None, "contact")])
        self.assertTrue(journey.contact_date)
        self.assertFalse(journey.quote_date)

    @users("everyone")
    def test_ticket_by_form(self):
        with Form(self.env["helpdesk.ticket"]) as form:
            form.name = "Gotea un grifo"
            form.description = "<p>En la cocina</p>"
            form.partner_id = self.customer
        ticket = form.save()
        self.assertStage(ticket.journey_id, "contact")
        self.assertEqual(ticket.journey_stage_id, ticket.journey_id.stage_id)

    @users("salesman")
    def test_quotation_by_form(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
        journey = form.save().journey_id
        self.assertStage(journey, "quote")
        self.assertEqual(self.history(journey), [("quoted", None, "quote")])
        self.assertFalse(journey.contact_date)
        self.assertTrue(journey.quote_date)

    def test_begins_where_the_pipeline_stands(self):
        self.assertStage(
            self.lead(stage_id=self.crm_proposition.id).journey_id, "quote"
        )
        self.assertStage(self.closed_ticket().journey_id, "aftersales")
        unmapped = self.env["crm.stage"].create({"name": "Espera"})
        self.assertStage(self.lead(stage_id=unmapped.id).journey_id, "contact")

    @users("everyone")
    def test_import(self):
        leads = self.env["crm.lead"].load(
            ["name", "type", "email_from"],
            [["Uno", "opportunity", "a@b.example"], ["Dos", "opportunity", ""]],
        )
        tickets = self.env["helpdesk.ticket"].load(
            ["name", "description"], [["Tres", "x"], ["Cuatro", "y"]]
        )
        self.assertFalse(leads["messages"] + tickets["messages"])
        for model, result in (("crm.lead", leads), ("helpdesk.ticket", tickets)):
            documents = self.env[model].browse(result["ids"])
            self.assertEqual(len(documents.journey_id), 2)
            self.assertEqual(
                documents.journey_id.mapped("name"), documents.mapped("name")
            )

    def test_mail_gateway(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "averias",
                "alias_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        address = f"averias@{self.alias_domain}"
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "helpdesk.ticket", MAIL.format(to=address, number=1)
            )
        ticket = self.env["helpdesk.ticket"].search([], limit=1, order="id desc")
        self.assertEqual(ticket.name, "¿Pueden venir mañana?")
        self.assertStage(ticket.journey_id, "contact")
        self.assertEqual(ticket.journey_id.name, ticket.name)
        self.assertIn("amparo@customer.example", ticket.journey_id.customer_name)

    def test_mail_gateway_makes_opportunities_too(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "presupuestos",
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "alias_defaults": {"type": "opportunity"},
            }
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "crm.lead",
                MAIL.format(to=f"presupuestos@{self.alias_domain}", number=2),
            )
        lead = self.env["crm.lead"].search([], limit=1, order="id desc")
        self.assertEqual(lead.type, "opportunity")
        self.assertStage(lead.journey_id, "contact")

    def test_raw_lead_begins_on_conversion(self):
        lead = self.lead(type="lead")
        self.assertFalse(lead.journey_id)
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_context(
                active_model="crm.lead", active_id=lead.id, active_ids=lead.ids
            )
            .create({"name": "convert"})
        )
        wizard.action_apply()
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(self.history(lead.journey_id), [("opened", None, "contact")])

    def test_nobody_is_told(self):
        with self.mock_mail_gateway():
            lead = self.lead(user_id=self.salesman.id)
            self.flush_tracking()
        self.assertFalse(lead.journey_id.message_ids)
        self.assertFalse(lead.journey_id.message_partner_ids)

    def test_the_form_of_the_document_does_not_leak_into_the_journey(self):
        lead = self.env["crm.lead"].with_context(
            default_name="Por defecto",
            default_stage_id=self.crm_proposition.id,
            default_user_id=self.salesman.id,
            default_state="lost",
        )
        lead = lead.create({"name": "Otra", "type": "opportunity"})
        self.assertStage(lead.journey_id, "quote")
        self.assertEqual(
            (lead.journey_id.name, lead.journey_id.state), ("Otra", "open")
        )

    def test_anonymous_cart_is_no_need_yet(self):
        cart = self.order(partner_id=self.env.ref("base.public_partner").id)
        self.assertFalse(cart.journey_id)
        cart.partner_id = self.customer
        self.assertStage(cart.journey_id, "quote")

    def _forget_journeys(self, documents):
        """Put documents back as they were before they had journeys."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET journey_id = NULL WHERE id IN %s",
                SQL.identifier(documents._table),
                documents._ids,
            )
        )
        self.env.invalidate_all()
        documents.mapped("display_name")
        documents.mapped("stage_id.journey_stage_id.code")

    def test_queries_do_not_grow_with_the_batch(self):
        """Journeys cost queries per batch, not per document."""
        for model, values, expected in (
            ("crm.lead", {"type": "opportunity", "name": "Lote"}, 10),
            ("helpdesk.ticket", {"name": "Lote", "description": "x"}, 9),
        ):
            documents = self.env[model].create([values] * 50)
            for batch in (documents, documents[:1], documents):
                self._forget_journeys(batch)
                with (
                    self.subTest(model, size=len(batch)),
                    self.assertQueryCount(expected),
                ):
                    batch._journey_begin()
                    batch._journey_event("opened")
                    self.env.flush_all()


@tagged("post_install", "-at_install")
class TestJourneyBeginOverHttp(JourneyCase, HttpCase):
    def test_rpc(self):
        """As another program does it, over Odoo's own external API."""
        self.authenticate("everyone", "everyone")
        for model, values in (
            ("crm.lead", {"name": "Por RPC", "type": "opportunity"}),
            ("helpdesk.ticket", {"name": "Por RPC", "description": "x"}),
            ("sale.order", {"partner_id": self.customer.id}),
        ):
            with self.subTest(model):
                response = self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/create",
                    {
                        "model": model,
                        "method": "create",
                        "args": [values],
                        "kwargs": {},
                    },
                )
                document = self.env[model].browse(response)
                self.assertTrue(document.journey_id)
                self.assertEqual(
                    document.journey_id.event_ids.user_id.login, "everyone"
                )

    def test_website_form(self):
        """A visitor's enquiry; the event is nobody's."""
        self.authenticate(None, None)
        response = self.url_open(
            "/website/form/crm.lead",
            data={
                "contact_name": "Amparo Lledó",
                "email_from": "amparo@customer.example",
                "name": "Cambiar la bañera por una ducha",
                "csrf_token": Request.csrf_token(self),
            },
        )
        lead = self.env["crm.lead"].browse(json.loads(response.text)["id"])
        lead.type = "opportunity"
        self.assertStage(lead.journey_id, "contact")
        self.assertEqual(lead.journey_id.customer_name, "Amparo Lledó")

    def test_portal_form(self):
        """A portal user's ticket; the customer sees the ticket, not the journey."""
        portal = self._create_portal_user()
        self.authenticate(portal.login, portal.login)
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Averías", "company_id": self.company.id}
        )
        response = self.url_open(
            "/submitted/ticket",
            data={
                "category": category.id,
                "subject": "La caldera no arranca",
                "description": "Parpadea en rojo",
                "csrf_token": Request.csrf_token(self),
            },
        )
        self.assertEqual(response.status_code, 200)
        ticket = self.env["helpdesk.ticket"].search(
            [("name", "=", "La caldera no arranca")]
        )
        self.assertStage(ticket.journey_id, "contact")
        self.assertEqual(ticket.journey_id.partner_id, portal.partner_id)

    def test_linked_at_creation(self):
        """Links that come with the new document count, however many values it has."""
        order = self.delivered_order()
        ticket = self.ticket(
            sale_order_ids=[Command.set(order.ids)], user_id=self.agent.id
        )
        self.assertEqual(ticket.journey_id, order.journey_id)
        self.assertFalse(
            self.env["customer.journey"].search(
                [("lead_ids", "=", False), ("order_ids", "=", False)]
            )
            - self.env["helpdesk.ticket"].search([]).journey_id
        )
