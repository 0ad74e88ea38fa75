"""The page of an estimate: its customer asks for a visit, or does without (Q1)."""

from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase, new_test_user, tagged

from .common import JourneyCase
from .quote_case import SIGNATURE

WORDS = "Estimate, to be confirmed by a visit"
ASK, WAIVE = "Ask for a Visit", "I Do Without the Visit"
ACCEPT = "Accept & Sign"


@tagged("post_install", "-at_install")
class TestQuoteVisitPage(JourneyCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.customer + cls.other_customer).lang = "en_US"
        for partner, login in (
            (cls.customer, "carmen_portal"),
            (cls.other_customer, "bar_portal"),
        ):
            new_test_user(
                cls.env,
                login,
                groups="base.group_portal",
                partner_id=partner.id,
                name=partner.name,
            )

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.estimate = self.order(
            quote_info_source="word", user_id=self.everyone.id, require_signature=True
        )
        self.estimate.action_quotation_sent()
        self.estimate._portal_ensure_token()

    # What a browser does

    def page(self, token=True):
        path = self.estimate.get_portal_url() if token else self.estimate.access_url
        return self.url_open(path)

    def press(self, button, token=None, **form):
        """Press a button of the page; return the answer."""
        token = self.estimate.access_token if token is None else token
        form.setdefault("csrf_token", http.Request.csrf_token(self))
        answer = self.url_open(
            f"/my/orders/{self.estimate.id}/visit/{button}?access_token={token}",
            data=form,
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer

    def accept(self):
        answer = self.make_jsonrpc_request(
            f"/my/orders/{self.estimate.id}/accept",
            {
                "access_token": self.estimate.access_token,
                "name": "Carmen",
                "signature": SIGNATURE,
            },
        )
        self.env.invalidate_all()
        return answer

    def pay(self, token):
        """Begin to pay; return the error."""
        answer = self.url_open(
            f"/my/orders/{self.estimate.id}/transaction",
            json={"params": {"access_token": token}},
        )
        return answer.json()["error"]["data"]["message"]

    def said(self):
        """Return what the customer is on record with."""
        return self.estimate.message_ids.filtered(
            lambda message: (
                message.author_id == self.customer and message.message_type == "comment"
            )
        )

    def assertReads(self, page, *words):
        for text in words:
            self.assertTrue(text in page, text)

    def assertHides(self, page, *words):
        for text in words:
            self.assertFalse(text in page, text)

    # The page

    def test_buttons(self):
        page = self.page().text
        self.assertReads(page, WORDS, ASK, WAIVE, "Reject")
        self.assertHides(page, ACCEPT)
        self.estimate.quote_info_source = "video"
        page = self.page().text
        self.assertHides(page, WORDS, ASK, WAIVE)
        self.assertReads(page, ACCEPT)

    def test_after_the_visit(self):
        self.estimate.action_quote_visit_done()
        page = self.page().text
        self.assertReads(page, "We visited you on")
        self.assertReads(page, ACCEPT)
        self.assertHides(page, WORDS)

    def test_planned(self):
        action = self.estimate.action_plan_quote_visit()
        start = fields.Datetime.now() + timedelta(days=3)
        events = self.env["calendar.event"].with_context(**action["context"])
        events.create({"start": start, "stop": start + timedelta(hours=1)})
        page = self.page().text
        self.assertReads(page, "Our visit is planned for")
        self.assertReads(page, self.estimate._customer_time(start))
        self.assertHides(page, ASK)
        self.assertReads(page, WAIVE)

    def test_pdf(self):
        report = self.env["ir.actions.report"]
        for state, expected in (("needed", True), ("done", False)):
            html = report._render_qweb_html("sale.report_saleorder", self.estimate.ids)[
                0
            ].decode()
            with self.subTest(state):
                self.assertEqual(WORDS in html, expected)
            self.estimate.action_quote_visit_done()

    # Asking for the visit

    def test_ask(self):
        self.assertEqual(self.press("ask").status_code, 303)
        self.assertTrue(self.estimate.quote_visit_asked_date)
        activity = self.estimate.activity_ids
        self.assertEqual(activity.user_id, self.everyone)
        self.assertIn("Carmen", activity.summary)
        self.assertIn("I ask for a visit", self.said().body)
        page = self.page().text
        self.assertReads(page, "You asked for a visit on")
        self.assertHides(page, ASK)
        # Pressed again, or from a page that is out of date
        self.assertEqual(self.press("ask").status_code, 303)
        self.assertEqual(self.estimate.activity_ids, activity)
        self.assertEqual(len(self.said()), 1)
        # Planning it does the task
        action = self.estimate.action_plan_quote_visit()
        events = self.env["calendar.event"].with_context(**action["context"])
        event = events.create({})
        self.assertFalse(activity.exists().active)
        self.assertEqual(self.estimate.activity_ids, event.activity_ids)

    # Doing without

    def test_waive_then_accept(self):
        self.assertEqual(self.press("waive", agreed="1").status_code, 303)
        self.assertEqual(self.estimate.quote_visit_state, "waived")
        self.assertEqual(self.estimate.quote_visit_waived_by, self.customer.name)
        self.assertIn("the price may change", self.estimate.quote_visit_waiver)
        self.assertIn("the price may change", self.said().body)
        page = self.page().text
        self.assertReads(page, "Estimate without a visit")
        self.assertReads(page, ACCEPT)
        self.assertHides(page, WAIVE)
        self.assertNotIn("error", self.accept())
        self.assertEqual(self.estimate.state, "sale")

    def test_waive_twice(self):
        self.press("waive", agreed="1")
        date = self.estimate.quote_visit_waived_date
        self.press("waive", agreed="1")
        self.assertEqual(self.estimate.quote_visit_waived_date, date)
        self.assertEqual(len(self.said()), 1)

    def test_box_must_be_ticked(self):
        for form in ({}, {"agreed": ""}, {"agreed": "0"}):
            self.press("waive", **form)
            self.assertEqual(self.estimate.quote_visit_state, "needed")

    # Doors

    def test_accepting_is_refused(self):
        self.assertIn("This is an estimate", self.accept()["error"])
        self.assertEqual(self.estimate.state, "sent")
        self.assertFalse(self.estimate.signature)

    def test_paying_is_refused(self):
        self.estimate.require_payment = True
        self.assertIn("This is an estimate", self.pay(self.estimate.access_token))
        self.assertFalse(self.estimate.transaction_ids)
        page = self.url_open(
            self.estimate.get_portal_url(query_string="&payment_amount=1000")
        )
        self.assertEqual(page.status_code, 200)
        self.assertHides(page.text, "o_sale_portal_paynow")

    def test_stranger_learns_nothing(self):
        """A wrong token is told the same as ever, not that this is an estimate."""
        self.estimate.access_token = "another"
        answer = self.make_jsonrpc_request(
            f"/my/orders/{self.estimate.id}/accept", {"access_token": "guess"}
        )
        self.assertEqual(answer, {"error": "Invalid order."})
        self.assertEqual(self.pay("guess"), "The access token is invalid.")

    def test_looking_changes_nothing(self):
        for button in ("ask", "waive"):
            answer = self.url_open(
                f"/my/orders/{self.estimate.id}/visit/{button}?agreed=1"
                f"&access_token={self.estimate.access_token}"
            )
            self.assertEqual(answer.status_code, 405)
        self.page()
        self.env.invalidate_all()
        self.assertEqual(self.estimate.quote_visit_state, "needed")
        self.assertFalse(self.estimate.quote_visit_asked_date)

    def test_needs_csrf(self):
        for button in ("ask", "waive"):
            answer = self.press(button, agreed="1", csrf_token="")
            self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.estimate.quote_visit_state, "needed")
        self.assertFalse(self.estimate.quote_visit_asked_date)

    def test_needs_the_token(self):
        for token in ("", "guess"):
            for button in ("ask", "waive"):
                answer = self.press(button, token=token, agreed="1")
                self.assertTrue(answer.headers["Location"].endswith("/my"))
        self.assertEqual(self.estimate.quote_visit_state, "needed")
        self.assertFalse(self.estimate.quote_visit_asked_date)

    def test_no_such_order(self):
        for number in ("0", "999999999", "9" * 30):
            answer = self.url_open(
                f"/my/orders/{number}/visit/ask",
                data={"csrf_token": http.Request.csrf_token(self)},
                allow_redirects=False,
            )
            self.assertEqual(answer.status_code, 303, number)
            self.assertTrue(answer.headers["Location"].endswith("/my"))

    # Who

    def test_customer_in_the_account(self):
        self.authenticate("carmen_portal", "carmen_portal")
        self.assertReads(self.page(token=False).text, WAIVE)
        self.press("waive", token="", agreed="1")
        self.assertEqual(self.estimate.quote_visit_state, "waived")
        self.assertEqual(self.said().author_id, self.customer)

    def test_another_customer(self):
        self.authenticate("bar_portal", "bar_portal")
        for button in ("ask", "waive"):
            self.press(button, token="", agreed="1")
        self.assertEqual(self.estimate.quote_visit_state, "needed")
        self.assertFalse(self.estimate.quote_visit_asked_date)

    def test_staff_decide_nothing(self):
        self.authenticate("everyone", "everyone")
        page = self.page().text
        self.assertReads(page, WORDS)
        self.assertHides(page, WAIVE)
        for button in ("ask", "waive"):
            self.press(button, agreed="1")
        self.assertEqual(self.estimate.quote_visit_state, "needed")
        self.assertFalse(self.estimate.quote_visit_asked_date)

    def test_refusing_needs_no_visit(self):
        answer = self.url_open(
            f"/my/orders/{self.estimate.id}/decline"
            f"?access_token={self.estimate.access_token}",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "decline_message": "Demasiado caro",
            },
        )
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.estimate.state, "cancel")

    def test_what_is_over(self):
        """A quote that is expired, cancelled or confirmed asks nothing."""
        self.estimate.validity_date = fields.Date.today() - timedelta(days=1)
        self.assertHides(self.page().text, ASK)
        self.estimate.action_cancel()
        self.assertHides(self.page().text, WORDS)
        self.press("waive", agreed="1")
        self.press("ask")
        self.assertFalse(self.estimate.quote_visit_waived_date)
        self.assertFalse(self.estimate.quote_visit_asked_date)
