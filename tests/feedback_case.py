"""What the tests of feedback share: customers who were asked how it went."""

from odoo import http
from odoo.fields import Command

from .confirmation_web import WATCHED, ConfirmationWebCase


class FeedbackCase(ConfirmationWebCase):
    watched = (
        *WATCHED,
        "survey_user_input",
        "survey_user_input_line",
        "customer_feedback",
        "customer_review_invitation",
        "customer_improvement",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is set in the database is no part of the tests
        cls.env["customer.followup.rule"].search([]).active = False
        cls.env["customer.review.platform"].search([]).active = False
        cls.company.write(
            {
                "recovery_team_id": False,
                "recovery_user_id": False,
                "review_only_happy": False,
                "review_rest_days": 365,
            }
        )
        cls.survey = cls.env.ref("customer_service_stages.survey_feedback")
        cls.again = cls.env.ref("customer_service_stages.survey_feedback_again")

    def ask(self, documents, survey=None):
        return (
            self.env["customer.feedback"].sudo()._ask(documents, survey or self.survey)
        )

    def asked_about(self, document=None, survey=None):
        """Return the feedback on a document: by default an order of the salesman."""
        document = document or self.delivered_order(user_id=self.salesman.id)
        return self.ask(document, survey)

    def question(self, role, survey=None):
        return (survey or self.survey).question_ids.filtered(
            lambda question: question.feedback_role == role
        )

    def platform(self, **values):
        return self.env["customer.review.platform"].create(
            {
                "name": "Google",
                "link": "https://reviews.example/fontaneria",
                "company_id": self.company.id,
                **values,
            }
        )

    def new_survey(self, *questions):
        """Return a survey with the questions, given as their values."""
        return self.env["survey.survey"].create(
            {
                "title": "¿Qué tal?",
                "access_mode": "token",
                "question_and_page_ids": [
                    Command.create({"title": "?", **values}) for values in questions
                ],
            }
        )

    # The customer's page

    def url(self, feedback):
        return f"/my/feedback/{feedback.user_input_id.access_token}"

    def open_page(self, feedback, query="", **options):
        return self.url_open(self.url(feedback) + query, **options)

    def form(self, feedback, **said):
        """Return what the page sends; `said` by the parts of the questions."""
        survey = feedback.user_input_id.survey_id
        values = {
            f"question_{self.question(role, survey).id}": value
            for role, value in said.items()
        }
        return {
            "csrf_token": http.Request.csrf_token(self),
            "nonce": feedback._nonce(),
            **values,
        }

    def post(self, feedback, form):
        response = self.url_open(
            self.url(feedback), data=form, allow_redirects=False, timeout=60
        )
        self.env.invalidate_all()
        return response

    def answer(self, feedback, **said):
        """Send the page as the customer does."""
        response = self.post(feedback, self.form(feedback, **said))
        self.assertEqual(response.status_code, 303, response.text)
        return feedback

    def events(self, document):
        """Return the noted events of feedback on a document, oldest first."""
        self.env.flush_all()
        events = document.journey_id.sudo().event_ids.sorted("id")
        return [
            event.event
            for event in events
            if event.res_model == document._name
            and event.res_id == document.id
            and event.event.startswith("feedback")
        ]
