"""Who sees and moves journeys: roles, companies, strangers (J1)."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, JsonRpcException, tagged

from .common import JourneyCase

MODELS = (
    "customer.journey",
    "customer.journey.event",
    "customer.journey.stage",
    "customer.journey.move",
    "customer.journey.assign",
)


class TestSecurity(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._create_portal_user()
        cls.public = cls.env.ref("base.public_user")
        cls.internal = cls._new_user("internal")

    def journeys_of(self, user):
        return self.env["customer.journey"].with_user(user).search([])

    def test_own_documents_only(self):
        own = self.lead(user_id=self.salesman.id).journey_id
        unassigned = self.lead(user_id=False).journey_id
        others = self.lead(user_id=self.manager.id).journey_id
        owned = self.ticket(user_id=self.manager.id).journey_id
        owned.user_id = self.salesman
        found = self.journeys_of(self.salesman)
        self.assertEqual(
            found & (own + unassigned + others + owned), own + unassigned + owned
        )
        with self.assertRaises(AccessError):
            others.with_user(self.salesman).read(["name"])
        with self.assertRaises(AccessError):
            others.with_user(self.salesman).action_move("delivery", "no es mío")
        events = self.env["customer.journey.event"].with_user(self.salesman).search([])
        self.assertNotIn(others, events.sudo().journey_id)
        self.assertIn(own, events.sudo().journey_id)

    def test_tickets_of_the_team_and_of_nobody(self):
        mine, theirs = self.env["helpdesk.ticket.team"].create(
            [
                {"name": "Mío", "user_ids": [Command.set(self.agent.ids)]},
                {"name": "Suyo"},
            ]
        )
        waiting = self.ticket(team_id=mine.id, user_id=False).journey_id
        foreign = self.ticket(team_id=theirs.id, user_id=False).journey_id
        found = self.journeys_of(self.agent)
        self.assertIn(waiting, found)
        self.assertNotIn(foreign, found)

    def test_roles_see_no_further_than_the_documents(self):
        """Unassigned opportunities are for sales, unassigned tickets for the team."""
        lead = self.lead(user_id=False).journey_id
        self.assertNotIn(lead, self.journeys_of(self.agent))
        ticket = self.ticket(user_id=self.agent.id).journey_id
        self.assertIn(ticket, self.journeys_of(self.agent))
        self.assertNotIn(ticket, self.journeys_of(self.salesman))

    def test_everyone_opens_a_mixed_journey(self):
        """With the documents that the user may see, without an error."""
        lead, ticket = self.lead(), self.ticket()
        self.order(lead)
        ticket.journey_id = lead.journey_id
        for user in (self.agent, self.salesman, self.everyone, self.manager):
            lead.journey_id.user_id = user
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(user.login):
                journey = lead.journey_id.with_user(user)
                with Form(journey) as form:
                    form.name = f"De {user.login}"
                for view_type in ("kanban", "list"):
                    arch = etree.fromstring(
                        journey.get_view(view_type=view_type)["arch"]
                    )
                    names = set(arch.xpath("//field/@name"))
                    journey.web_read({name: {} for name in names})
                self.assertEqual(
                    (journey.lead_count, journey.order_count, journey.ticket_count),
                    (1, 1, 1),
                )

    def test_all_documents(self):
        journeys = (
            self.lead(user_id=self.manager.id).journey_id
            + self.ticket(user_id=self.agent.id).journey_id
            + self.order(user_id=self.salesman.id).journey_id
        )
        for user in (self.everyone, self.manager):
            self.assertLessEqual(journeys, self.journeys_of(user))

    def test_documents_in_the_journey_keep_their_own_rules(self):
        """An agent who owns the journey does not see the seller's orders by it."""
        journey = self.ticket(user_id=self.agent.id).journey_id
        order = self.order(user_id=self.manager.id)
        order.journey_id = journey
        journey.user_id = self.agent
        with self.assertRaises(AccessError):
            journey.with_user(self.agent).order_ids.read(["amount_total"])

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        foreign = self.ticket(company_id=other.id).journey_id
        own = self.ticket().journey_id
        shared = self.lead(company_id=False, team_id=False, user_id=False).journey_id
        self.assertEqual(foreign.company_id, other)
        for user in (self.everyone, self.manager):
            found = self.journeys_of(user)
            self.assertNotIn(foreign, found)
            self.assertIn(own, found)
            self.assertIn(shared, found)
            with self.assertRaises(AccessError):
                foreign.with_user(user).read(["name"])
            self.assertFalse(
                self.env["customer.journey.event"]
                .with_user(user)
                .search([("journey_id", "=", foreign.id)])
            )
        self.manager.company_ids = [Command.link(other.id)]
        both = self.env["customer.journey"].with_user(self.manager)
        both = both.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertLessEqual(own + foreign + shared, both.search([]))
        only_other = both.with_context(allowed_company_ids=[other.id]).search([])
        self.assertIn(foreign, only_other)
        self.assertNotIn(own, only_other)

    def test_nobody_makes_or_deletes_journeys(self):
        journey = self.lead().journey_id
        for user in (self.salesman, self.agent, self.everyone, self.manager):
            as_user = journey.with_user(user)
            with self.assertRaises(AccessError):
                as_user.create({"name": "x", "stage_id": journey.stage_id.id})
            with self.assertRaises(AccessError):
                as_user.unlink()
            with self.assertRaises(AccessError):
                as_user.copy()

    def test_strangers_see_nothing(self):
        lead = self.lead(partner_id=self.portal.partner_id.id)
        ticket = self.ticket(partner_id=self.portal.partner_id.id)
        order = self.order(partner_id=self.portal.partner_id.id)
        lead.message_subscribe(self.portal.partner_id.ids)
        for user in (self.portal, self.public):
            for model in MODELS:
                Model = self.env[model].with_user(user)
                with self.subTest(model, user=user.login):
                    for probe in (
                        lambda Model=Model: Model.search([]),
                        lambda Model=Model: Model.search_count([]),
                        lambda Model=Model: Model.web_search_read([], {"id": {}}),
                        lambda Model=Model: Model.formatted_read_group(
                            [], ["id"], ["__count"]
                        ),
                        lambda Model=Model: Model.create({}),
                    ):
                        with self.assertRaises(AccessError):
                            probe()
        for document in (ticket, order):
            as_portal = document.with_user(self.portal)
            self.assertTrue(as_portal.read(["name"]), "their own document they see")
            for field_name in ("journey_id", "journey_stage_id"):
                with self.subTest(document._name, field=field_name):
                    self.assertNotIn(field_name, as_portal.fields_get())
                    with self.assertRaises(AccessError):
                        as_portal.read([field_name])
                    with self.assertRaises(AccessError):
                        as_portal.search([(field_name, "!=", False)])
                    with self.assertRaises(AccessError):
                        as_portal.web_search_read([], {field_name: {}})
                    with self.assertRaises(AccessError):
                        as_portal.formatted_read_group([], [field_name], ["__count"])
                    with self.assertRaises(UserError):
                        as_portal.export_data([field_name])
                    with self.assertRaises(AccessError):
                        as_portal.search([], order=field_name)

    def test_internal_user_without_a_role(self):
        """Sees the stages' names on documents that are shared, no journeys."""
        with self.assertRaises(AccessError):
            self.journeys_of(self.internal)
        stages = self.env["customer.journey.stage"].with_user(self.internal)
        self.assertEqual(len(stages.search([])), 4)
        ticket = self.ticket(partner_id=self.internal.partner_id.id)
        as_internal = ticket.with_user(self.internal)
        self.assertEqual(as_internal.journey_stage_id.code, "contact")
        as_internal.invalidate_recordset()
        self.assertTrue(as_internal.web_read({"journey_stage_id": {}}))

    def test_whoever_moves_a_document_moves_its_journey(self):
        """Rights on the document are enough: the journey follows."""
        ticket = self.ticket(user_id=self.agent.id)
        ticket.journey_id.user_id = self.manager
        ticket.with_user(self.agent).stage_id = self.ticket_doing
        self.assertStage(ticket.journey_id, "delivery")
        self.assertEqual(
            ticket.journey_id.event_ids.sorted("id")[-1].user_id, self.agent
        )

    def test_a_document_is_no_way_into_a_journey(self):
        own = self.lead(user_id=self.salesman.id)
        foreign = self.lead(user_id=self.manager.id).journey_id
        with self.assertRaises(AccessError):
            own.with_user(self.salesman).journey_id = foreign
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.salesman).create(
                {"name": "x", "type": "opportunity", "journey_id": foreign.id}
            )
        self.assertNotEqual(own.journey_id, foreign)

    def test_splitting_needs_write_access(self):
        ticket = self.ticket(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).action_journey_split()
        with self.assertRaises(AccessError):
            ticket.with_user(self.portal).action_journey_split()

    def test_every_model_has_access_rights(self):
        for model in self.env["ir.model"].search(
            [("model", "like", "customer.journey")]
        ):
            if self.env[model.model]._abstract:
                continue
            with self.subTest(model.model):
                self.assertTrue(model.access_ids)


@tagged("post_install", "-at_install")
class TestStrangersOverHttp(JourneyCase, HttpCase):
    def test_portal_pages_show_no_journey(self):
        portal = self._create_portal_user()
        ticket = self.ticket(partner_id=portal.partner_id.id)
        order = self.order(partner_id=portal.partner_id.id)
        order.action_quotation_sent()
        ticket.journey_id.name = order.journey_id.name = "Secreto de la casa"
        self.authenticate(portal.login, portal.login)
        for url in (f"/my/ticket/{ticket.id}", "/my/tickets", order.get_portal_url()):
            page = self.url_open(url)
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("Secreto de la casa", page.text)
            self.assertNotIn("journey", page.text.lower())

    def test_rpc_of_strangers(self):
        portal = self._create_portal_user()
        for login in (None, portal.login):
            self.authenticate(login, login)
            for model in MODELS:
                with (
                    self.subTest(model, login=login),
                    self.assertRaises(JsonRpcException),
                ):
                    self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/{model}/search_read",
                        {
                            "model": model,
                            "method": "search_read",
                            "args": [[]],
                            "kwargs": {},
                        },
                    )
