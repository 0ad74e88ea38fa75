"""The page with the questions: looking stores nothing, tricks get nowhere (F1)."""

from datetime import timedelta

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_service_stages.controllers.customer_page import knocks

from .feedback_case import FeedbackCase

SCANNERS = (
    {},
    {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)"},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
)


@tagged("post_install", "-at_install")
class TestFeedbackPage(FeedbackCase):
    def test_looking_stores_nothing(self):
        """Not even that somebody has looked (pitfall 25)."""
        feedback = self.asked_about()
        with self.assertNothingChanges():
            for headers in SCANNERS:
                for query in ("", "?score=5", "?score=1&question_1=x"):
                    page = self.open_page(feedback, query, headers=headers)
                    self.assertEqual(page.status_code, 200)
                    page = self.open_page(feedback, query, method="HEAD")
                    self.assertEqual((page.status_code, page.text), (200, ""))
        self.assertEqual(feedback.user_input_id.state, "new")

    def test_score_of_the_mail_is_chosen(self):
        feedback = self.asked_about()
        self.assertNotIn("checked=", self.open_page(feedback).text)
        page = self.open_page(feedback, "?score=4").text
        self.assertRegex(page, r'value="4"[^>]* checked="')
        for query in ("?score=9", "?score=0", "?score=x", "?score=4&score=5"):
            with self.subTest(query):
                page = self.open_page(feedback, query)
                self.assertEqual(page.status_code, 200)
        self.assertNotIn("checked=", self.open_page(feedback, "?score=9").text)

    def test_what_it_shows(self):
        feedback = self.asked_about()
        page = self.open_page(feedback)
        for words in (
            "How did it go? Was there any problem?",
            "How would you rate us from 1 to 5?",
            "What would you improve?",
            feedback.order_id.name,
            self.company.name,
        ):
            self.assertIn(words, page.text)
        for secret in ("40.00", self.customer.email, self.salesman.name):
            self.assertNotIn(secret, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])

    def test_language_of_the_customer(self):
        self.customer.lang = "es_ES"
        question = self.question("improvement")
        question.with_context(lang="es_ES").title = "¿Qué mejoraría?"
        page = self.open_page(self.asked_about(), headers={"Accept-Language": "fr"})
        self.assertIn('lang="es-ES"', page.text)
        self.assertIn("¿Qué mejoraría?", page.text)

    def test_administrators_reword_and_reorder(self):
        feedback = self.asked_about()
        self.question("score").write({"title": "¿Nota?", "sequence": 1})
        page = self.open_page(feedback).text
        self.assertLess(page.index("¿Nota?"), page.index("How did it go? Was there"))
        self.answer(feedback, score="5")
        self.assertEqual(feedback.score, 5)

    def test_after_answering(self):
        feedback = self.answer(self.asked_about(), score="5", problem="No")
        page = self.open_page(feedback).text
        self.assertIn("Your answer has arrived", page)
        self.assertIn("Correct my answer", page)
        self.assertRegex(page, r'value="5"[^>]* checked="')
        self.answer(feedback, score="2", problem="Gotea")
        page = self.open_page(feedback).text
        self.assertIn("We shall get in touch with you", page)
        self.assertEqual((feedback.score, feedback.problem), (2, "Gotea"))

    def test_not_corrected_for_ever(self):
        feedback = self.answer(self.asked_about(), score="5")
        feedback.answer_date -= timedelta(days=15)
        form = self.form(feedback, score="1")
        self.assertEqual(self.open_page(feedback).status_code, 404)
        with self.assertNothingChanges():
            self.assertEqual(self.post(feedback, form).status_code, 404)

    def test_links_that_lead_nowhere_look_alike(self):
        old = self.asked_about()
        old.ask_date -= timedelta(days=91)
        done = self.answer(self.asked_about(), score="5")
        done.answer_date -= timedelta(days=15)
        foreign = self.env["survey.user_input"].create({"survey_id": self.survey.id})
        paths = (
            "/my/feedback/unknown",
            "/my/feedback/" + "a" * 36,
            "/my/feedback/" + "a" * 3000,
            "/my/feedback/%00",
            "/my/feedback/%F0%9F%92%A9",
            f"/my/feedback/{foreign.access_token}",
            self.url(old),
            self.url(done),
            "/my/review/unknown/1",
        )
        pages = [self.url_open(path) for path in paths]
        self.assertEqual({page.status_code for page in pages}, {404})
        for page in pages:
            self.assertEqual(self.words(page), self.words(pages[0]), page.url)

    @mute_logger("odoo.http")
    def test_tricks(self):
        feedback = self.asked_about()
        score = self.question("score").id
        problem = self.question("problem").id
        good = self.form(feedback, score="5")
        without_csrf = {k: v for k, v in good.items() if k != "csrf_token"}
        with self.assertNothingChanges():
            self.assertEqual(self.post(feedback, without_csrf).status_code, 400)
            for change in (
                {"nonce": ""},
                {"nonce": "0" * 64},
                {"nonce": "ñ"},
                {f"question_{score}": "6"},
                {f"question_{score}": "0"},
                {f"question_{score}": "-1"},
                {f"question_{score}": "5.0"},
                {f"question_{score}": "٥"},
                {f"question_{score}": ""},
                {f"question_{problem}": "x" * 5001},
            ):
                with self.subTest(change):
                    response = self.post(feedback, {**good, **change})
                    self.assertEqual(response.status_code, 200)
                    self.assertIn('id="errors"', response.text)

    def test_words_are_kept_when_something_is_wrong(self):
        feedback = self.asked_about()
        form = self.form(feedback, score="7", problem="Mi <b>texto</b>")
        page = self.post(feedback, form).text
        self.assertIn("Mi &lt;b&gt;texto&lt;/b&gt;", page)
        self.assertIn("Choose one of these.", page)

    def test_choices_of_other_questions(self):
        survey = self.new_survey(
            {
                "question_type": "simple_choice",
                "suggested_answer_ids": [(0, 0, {"value": "Sí"})],
            },
            {
                "question_type": "simple_choice",
                "suggested_answer_ids": [(0, 0, {"value": "Quizá"})],
            },
        )
        first, second = survey.question_ids
        feedback = self.asked_about(survey=survey)
        form = self.form(feedback)
        form[f"question_{first.id}"] = str(second.suggested_answer_ids.id)
        with self.assertNothingChanges():
            self.assertEqual(self.post(feedback, form).status_code, 200)

    def test_mandatory_questions(self):
        self.question("improvement").constr_mandatory = True
        feedback = self.asked_about()
        page = self.post(feedback, self.form(feedback, score="5"))
        self.assertIn("requires an answer", page.text)
        self.assertEqual(feedback.state, "asked")
        self.answer(feedback, score="5", improvement="Nada")

    def test_script_in_the_words(self):
        feedback = self.asked_about()
        self.answer(feedback, score="1", problem="<script>alert(1)</script>")
        ticket = feedback.recovery_ticket_id
        for html in (ticket.description, feedback.order_id.message_ids[:1].body):
            self.assertNotIn("<script", html)
        self.assertNotIn("<script>alert", self.open_page(feedback).text)

    def test_staff_only_look(self):
        feedback = self.asked_about()
        self.authenticate("journey_manager", "journey_manager")
        self.assertIn("so you only look", self.open_page(feedback).text)
        form = {
            "csrf_token": http.Request.csrf_token(self),
            "nonce": feedback._nonce(),
            f"question_{self.question('score').id}": "5",
        }
        with self.assertNothingChanges():
            self.assertEqual(self.post(feedback, form).status_code, 303)

    def test_portal_customers(self):
        feedback = self.asked_about()
        self.authenticate("bar_portal", "bar_portal")
        self.assertEqual(self.open_page(feedback).status_code, 404)
        with self.assertNothingChanges():
            form = self.form(feedback, score="1")
            self.assertEqual(self.post(feedback, form).status_code, 404)
        self.authenticate("carmen_portal", "carmen_portal")
        self.answer(feedback, score="5")
        self.assertEqual(feedback.score, 5)

    def test_too_often(self):
        self._limit("3")
        feedback = self.asked_about()
        for score in "123":
            self.answer(feedback, score=score)
        response = self.post(feedback, self.form(feedback, score="5"))
        self.assertEqual(response.status_code, 429)
        self.assertEqual(feedback.score, 3)
        knocks.clear()

    def test_deleted_document(self):
        ticket = self.closed_ticket()
        url = self.url(self.ask(ticket))
        ticket.unlink()
        self.assertEqual(self.url_open(url).status_code, 404)
