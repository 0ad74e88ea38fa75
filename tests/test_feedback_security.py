"""Who reads what customers said: those who see the document, and nobody else."""

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .feedback_case import FeedbackCase

MODELS = (
    "customer.feedback",
    "customer.feedback.report",
    "customer.review.invitation",
    "customer.review.platform",
)


@tagged("post_install", "-at_install")
class TestFeedbackSecurity(FeedbackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.platform(cls)
        cls.internal = cls._new_user("internal")

    def seen(self, user, model="customer.feedback"):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].with_user(user).search([])

    def test_own_documents(self):
        own = self.asked_about()
        others = self.asked_about(self.delivered_order(user_id=self.manager.id))
        ticket = self.asked_about(self.closed_ticket(user_id=self.agent.id))
        self.assertEqual(self.seen(self.salesman) & (own + others + ticket), own)
        self.assertEqual(self.seen(self.agent) & (own + others + ticket), ticket)
        for user in (self.everyone, self.manager):
            self.assertLessEqual(own + others + ticket, self.seen(user))

    def test_confidential(self):
        ticket = self.ticket(type_id=self.type_report.id, user_id=self.agent.id)
        feedback = self.answer(self.ask(ticket), score="1", problem="Acoso")
        self.assertNotIn(feedback, self.seen(self.everyone))
        self.assertIn(feedback, self.seen(self.agent))
        self.assertFalse(feedback.journey_id)

    def test_strangers(self):
        self.answer(self.asked_about(), score="5")
        for user in (self.portal_user, self.env.ref("base.public_user")):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search_read([])
        self.assertFalse(self.internal.has_group("sales_team.group_sale_salesman"))
        for model in MODELS:
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.internal).search([])

    def test_portal_reads_nothing_on_its_own_documents(self):
        feedback = self.answer(self.asked_about(), score="1", problem="Gotea")
        order = feedback.order_id.with_user(self.portal_user)
        self.assertTrue(order.has_access("read"))
        for name in ("feedback_ids", "feedback_score", "review_may_invite"):
            with self.subTest(name), self.assertRaises(AccessError):
                order.read([name])

    def test_nobody_writes_for_the_customer(self):
        feedback = self.asked_about()
        for user in (self.salesman, self.manager):
            own = feedback.with_user(user)
            for values in ({"score": 5}, {"state": "answered"}, {"problem": "No"}):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    own.write(values)
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.copy()

    def test_link_is_for_the_customer(self):
        """Neither the token nor the link is there for people of the company."""
        feedback = self.answer(self.asked_about(), score="5")
        own = feedback.with_user(self.everyone)
        with self.assertRaises(AccessError):
            own.read(["user_input_id"])
        with self.assertRaises(AccessError):
            own.invitation_ids.read(["access_token"])

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        foreign = self.ticket(company_id=other.id, team_id=False)
        feedback = self.answer(self.ask(foreign), score="1", improvement="Horario")
        platform = self.platform(company_id=other.id)
        for user in (self.everyone, self.manager):
            self.assertNotIn(feedback, self.seen(user))
            report = self.seen(user, "customer.feedback.report")
            self.assertNotIn(feedback.id, report.ids)
            self.assertNotIn(platform, self.seen(user, "customer.review.platform"))
            self.assertNotIn(
                feedback.invitation_ids, self.seen(user, "customer.review.invitation")
            )
        officer = self._new_user("officer", "survey.group_survey_user")
        inputs = self.seen(officer, "survey.user_input")
        lines = self.seen(officer, "survey.user_input.line")
        self.assertNotIn(feedback.user_input_id, inputs)
        self.assertFalse(lines & feedback.user_input_id.user_input_line_ids)
        officer.company_ids += other
        officer.company_id = other
        self.assertIn(feedback.user_input_id, self.seen(officer, "survey.user_input"))

    def test_views_for_each_role(self):
        feedback = self.answer(
            self.asked_about(), score="2", problem="Gotea", improvement="Probar antes"
        )
        order, ticket = feedback.order_id, feedback.recovery_ticket_id
        for user in (self.salesman, self.everyone, self.manager):
            with self.subTest(user.login):
                Form(feedback.with_user(user))
                action = order.with_user(user).action_view_feedback()
                self.assertEqual(
                    self.env["customer.feedback"].search(action["domain"]), feedback
                )
                for view_type in ("kanban", "list"):
                    feedback.with_user(user).get_view(view_type=view_type)
        for record, user in (
            (order, self.salesman),
            (ticket, self.manager),
            (order.journey_id, self.everyone),
            (self.customer, self.everyone),
        ):
            with self.subTest(record._name):
                arch = record.with_user(user).get_view(view_type="form")["arch"]
                self.assertIn("action_view_feedback", arch)
                self.assertEqual(
                    record.with_user(user).feedback_count, 1 - (record == ticket)
                )
        customer = self.customer.with_user(self.everyone)
        self.assertIn(
            feedback,
            self.env["customer.feedback"].search(
                customer.action_view_feedback()["domain"]
            ),
        )
