"""The improvement register and the light bulb (F9)."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .common import JourneyCase

SENTENCE = "Llevar cartuchos de repuesto en la furgoneta"


class TestImprovement(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.improvements = cls.env["customer.improvement"]
        cls.clerk = cls._new_user("clerk")

    def suggest(self, user, document=None, sentence=SENTENCE):
        """Suggest as the light bulb does, and return what was noted."""
        about = (document._name, document.id) if document else ()
        before = self.improvements.search([])
        told = self.improvements.with_user(user).suggest(sentence, *about)
        return told, self.improvements.search([]) - before

    def test_suggested_about_each_document(self):
        """F9: one sentence, about whatever is on the screen, and its customer."""
        lead = self.lead()
        order = self.order(lead)
        ticket = self.ticket()
        for document, field_name in (
            (lead, "lead_id"),
            (order, "order_id"),
            (ticket, "ticket_id"),
            (lead.journey_id, "journey_id"),
            (self.customer, "partner_id"),
        ):
            with self.subTest(document=document._name):
                told, improvement = self.suggest(self.everyone, document)
                self.assertTrue(told)
                self.assertEqual(improvement[field_name], document)
                self.assertEqual(improvement.partner_id, self.customer)
                self.assertEqual(improvement.name, SENTENCE)
                self.assertEqual(improvement.origin, "staff")
                self.assertEqual(improvement.create_uid, self.everyone)
                if document != self.customer:
                    self.assertEqual(
                        improvement.journey_id,
                        document.journey_id if field_name != "journey_id" else document,
                    )

    def test_everybody_of_the_company_suggests(self):
        """F9: staff of every group, also without a document, or with another record."""
        told, improvement = self.suggest(self.clerk)
        self.assertFalse(told)
        self.assertEqual(improvement.with_user(self.clerk).name, SENTENCE)
        told, _improvement = self.suggest(self.clerk, self.company)
        self.assertFalse(told)

    def test_lines_become_one_sentence(self):
        _told, improvement = self.suggest(self.clerk, sentence=" Una \n frase ")
        self.assertEqual(improvement.name, "Una frase")
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.suggest(self.clerk, sentence=" \n ")

    def test_strangers_neither_suggest_nor_read(self):
        self.suggest(self.clerk)
        portal = new_test_user(self.env, "portal_f9", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login):
                improvements = self.improvements.with_user(user)
                with self.assertRaises(AccessError):
                    improvements.suggest(SENTENCE)
                with self.assertRaises(AccessError):
                    improvements.search([])

    def test_own_ones_and_managers_all(self):
        _told, improvement = self.suggest(self.clerk)
        for user, sees in (
            (self.clerk, True),
            (self.manager, True),
            (self.everyone, False),
            (self.agent, False),
        ):
            with self.subTest(user=user.login):
                found = self.improvements.with_user(user).search([])
                self.assertEqual(improvement in found, sees)
        improvement.user_id = self.agent
        improvement.with_user(self.agent).state = "doing"
        self.assertEqual(improvement.state, "doing")

    def test_company_of_the_document(self):
        """A suggestion is seen in the company that it is about, and nowhere else."""
        other = self.env["res.company"].create({"name": "Clínica del Sol"})
        self.manager.company_ids += other
        order = self.order(company_id=other.id)
        user = self.manager.with_context(allowed_company_ids=[other.id])
        improvements = self.improvements.with_user(self.manager)
        improvements.with_context(**user.env.context).suggest(
            SENTENCE, "sale.order", order.id
        )
        improvement = self.improvements.search([("order_id", "=", order.id)])
        self.assertEqual(improvement.company_id, other)
        here = improvements.with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(improvement, here.search([]))
        there = improvements.with_context(allowed_company_ids=other.ids)
        self.assertIn(improvement, there.search([]))

    def test_no_way_to_what_one_may_not_see(self):
        """Neither by the light bulb nor by RPC."""
        order = self.order(user_id=self.everyone.id)
        with self.assertRaises(AccessError):
            self.suggest(self.agent, order)
        with self.assertRaises(AccessError):
            self.improvements.with_user(self.salesman).create(
                {"name": SENTENCE, "order_id": order.id}
            )

    def test_confidential_stays_with_its_handlers(self):
        """T10: what is suggested about a report, before or after it became one."""
        ticket = self.ticket(user_id=self.agent.id)
        _told, improvement = self.suggest(self.agent, ticket)
        managers = self.improvements.with_user(self.manager)
        self.assertIn(improvement, managers.search([]))
        ticket.type_id = self.type_report
        self.assertNotIn(improvement, managers.search([]))
        self.assertFalse(improvement.journey_id)
        self.type_report.handler_ids += self.manager
        self.assertIn(improvement, managers.search([]))

    def test_others_add_to_the_register(self):
        """Feedback and incidents come by `_suggest`, with values of their own."""
        order = self.order()
        improvement = self.improvements.sudo()._suggest(
            "incident", "Tercer retraso", order, user_id=self.manager.id
        )
        self.assertEqual(improvement.origin, "incident")
        self.assertEqual(improvement.order_id, order)
        self.assertEqual(improvement.user_id, self.manager)
        self.assertEqual(improvement._document(), order)
        self.assertEqual(improvement.action_open_document()["res_id"], order.id)

    def test_follows_its_journey(self):
        """What is merged or deleted takes no suggestion with it."""
        ticket, order = self.ticket(), self.order()
        _told, of_ticket = self.suggest(self.everyone, ticket)
        _told, of_journey = self.suggest(self.everyone, ticket.journey_id)
        journeys = ticket.journey_id + order.journey_id
        ticket.journey_id._merge_into(order.journey_id)
        self.env.flush_all()
        target = journeys.exists()
        self.assertEqual((of_ticket + of_journey).journey_id, target)
        ticket.unlink()
        self.assertTrue(of_ticket.exists())

    def test_managers_fill_the_form(self):
        with Form(self.improvements.with_user(self.manager)) as form:
            form.name = SENTENCE
            form.user_id = self.agent
        self.assertEqual(form.record.company_id, self.company)

    def test_button_on_the_forms(self):
        """The buttons open the dialog of the light bulb."""
        action = self.env.ref(
            "customer_service_stages.customer_improvement_action_suggest"
        )
        for model in (
            "crm.lead",
            "sale.order",
            "helpdesk.ticket",
            "res.partner",
            "customer.journey",
        ):
            with self.subTest(model=model):
                arch = (
                    self.env[model]
                    .with_user(self.everyone)
                    .get_view(view_type="form")["arch"]
                )
                self.assertIn(f'name="{action.id}" type="action"', arch)
