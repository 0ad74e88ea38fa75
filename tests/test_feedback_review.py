"""Invitations to a public review: everybody by default, once, counted (F2)."""

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .feedback_case import FeedbackCase


@tagged("post_install", "-at_install")
class TestReview(FeedbackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.google = cls.platform(cls)
        cls.template = cls.env.ref("customer_service_stages.mail_template_review_order")

    def answered(self, score="5", **values):
        order = self.delivered_order(user_id=self.salesman.id, **values)
        return self.answer(self.ask(order), score=score)

    def invite(self, feedback):
        """Send the mail, as a rule does; return its body."""
        [mail] = feedback.order_id.sudo()._queue_mail(self.template)
        return mail.body_html

    def review_url(self, feedback, platform=None):
        token = feedback.invitation_ids.access_token
        return f"/my/review/{token}/{(platform or self.google).id}"

    def visit(self, url, **options):
        response = self.url_open(url, allow_redirects=False, **options)
        self.env.invalidate_all()
        return response

    def found(self, order):
        """Return whether a rule that asks for it finds the order."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.env["sale.order"].search([("review_may_invite", "=", True)])
        self.assertEqual(order in found, order.review_may_invite)
        return order in found

    # Who is invited

    def test_everybody_who_answered(self):
        """Also who is not happy: the platforms want no choice (pitfall 32)."""
        for score in "15":
            self.env["customer.review.invitation"].search([]).unlink()
            feedback = self.answered(score)
            self.assertTrue(self.found(feedback.order_id), score)
            page = self.open_page(feedback).text
            self.assertIn("Would you tell others too?", page)
            self.assertIn(self.review_url(feedback), page)

    def test_nobody_before_answering(self):
        feedback = self.asked_about()
        self.assertFalse(self.found(feedback.order_id))
        self.assertNotIn("/my/review/", self.open_page(feedback).text)

    def test_nobody_without_platforms(self):
        self.google.active = False
        feedback = self.answered()
        self.assertFalse(self.found(feedback.order_id))
        self.assertNotIn("Would you tell others", self.open_page(feedback).text)

    def test_only_satisfied_is_a_setting_with_a_warning(self):
        arch = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        self.assertIn("Google and Trustpilot forbid", arch)
        settings = Form(self.env["res.config.settings"])
        settings.review_only_happy = True
        settings.save().execute()
        self.assertTrue(self.company.review_only_happy)
        unhappy = self.answered("3")
        self.assertFalse(self.found(unhappy.order_id))
        self.assertNotIn("/my/review/", self.open_page(unhappy).text)
        self.assertTrue(self.found(self.answered("4").order_id))

    def test_once_in_the_period(self):
        first = self.answered()
        self.invite(first)
        again = self.answered()
        self.assertFalse(self.found(again.order_id))
        self.assertFalse(self.found(first.order_id))
        self.assertNotIn("/my/review/", self.open_page(again).text)
        first.invitation_ids.date -= timedelta(days=366)
        self.assertTrue(self.found(again.order_id))
        self.company.review_rest_days = 400
        self.assertFalse(self.found(again.order_id))

    def test_colleagues_are_one_customer(self):
        self.invite(self.answered())
        colleague = self.answered(partner_id=self.colleague.id)
        self.assertFalse(self.found(colleague.order_id))
        stranger = self.answered(partner_id=self.other_customer.id)
        self.assertTrue(self.found(stranger.order_id))

    def test_who_went_there_is_not_asked_by_mail(self):
        feedback = self.answered()
        self.assertTrue(self.found(feedback.order_id))
        self.visit(self.review_url(feedback))
        self.assertFalse(self.found(feedback.order_id))

    def test_companies_apart(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        platform = self.platform(name="Otra", company_id=other.id)
        self.invite(self.answered())
        ticket = self.ticket(company_id=other.id, team_id=False)
        feedback = self.answer(self.ask(ticket), score="5")
        self.assertTrue(ticket.review_may_invite, "each company for itself")
        page = self.open_page(feedback).text
        self.assertIn(">Otra<", page)
        self.assertNotIn(">Google<", page)
        url = self.review_url(feedback)
        self.assertEqual(self.visit(url).status_code, 404, "not this company's")
        self.assertEqual(
            self.visit(self.review_url(feedback, platform)).status_code, 303
        )
        self.google.company_id = False
        self.assertEqual(self.visit(url).status_code, 303, "for all companies")

    # The mail

    def test_mail(self):
        feedback = self.answered()
        body = self.invite(feedback)
        self.assertIn(self.review_url(feedback), body)
        self.assertTrue(feedback.invitation_ids.date)
        message = feedback.order_id.message_ids[:1]
        self.assertNotIn(feedback.invitation_ids.access_token, message.body)

    def test_mail_of_ones_own_counts_as_invitation(self):
        self.template = self.template.copy({"name": "La mía"})
        feedback = self.answered()
        self.invite(feedback)
        self.assertTrue(feedback.invitation_ids.date)

    # The way there

    def test_visits_are_counted(self):
        feedback = self.answered()
        response = self.visit(self.review_url(feedback))
        self.assertEqual(response.status_code, 303)
        self.assertEqual(response.headers["Location"], self.google.link)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.visit(self.review_url(feedback))
        self.assertRecordValues(
            feedback.invitation_ids,
            [{"click_count": 2, "platform_id": self.google.id}],
        )
        self.assertEqual(feedback.review_click_count, 2)

    def test_programs_are_not_counted(self):
        feedback = self.answered()
        url = self.review_url(feedback)
        with self.assertNothingChanges():
            self.visit(url, method="HEAD")
            for headers in (
                {"Purpose": "prefetch"},
                {"Sec-Purpose": "prefetch;prerender"},
                {"X-Moz": "prefetch"},
                {"X-Purpose": "preview"},
            ):
                self.assertEqual(self.visit(url, headers=headers).status_code, 303)

    def test_nowhere_else(self):
        """A link leads to the platforms of the company, and to nothing else."""
        feedback = self.answered()
        archived = self.platform(active=False)
        for url in (
            self.review_url(feedback, archived),
            self.review_url(feedback) + "999999999999",
            self.review_url(feedback) + "?next=https://evil.example",
        ):
            response = self.visit(url)
            self.assertNotIn("evil", response.headers.get("Location", ""))
            if response.status_code != 303:
                self.assertEqual(response.status_code, 404)
        for link in (
            "javascript:alert(1)",
            "//evil.example",
            "evil",
            "ftp://x.example",
        ):
            with self.subTest(link), self.assertRaises(ValidationError):
                self.google.link = link
        # Whatever gets past
        self.env.cr.execute(
            "UPDATE customer_review_platform SET link = 'javascript:alert(1)'"
            " WHERE id = %s",
            [self.google.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.visit(self.review_url(feedback)).status_code, 404)

    def test_managers_keep_the_platforms(self):
        platforms = self.env["customer.review.platform"]
        platform = platforms.with_user(self.manager).create(
            {"name": "Facebook", "link": "https://facebook.example/nosotros"}
        )
        self.assertEqual(platform.company_id, self.company)
        self.assertFalse(platforms.with_user(self.salesman).has_access("write"))

    def test_invite_in_batch(self):
        orders = self.env["sale.order"]
        for partner in self.env["res.partner"].create(
            [{"name": f"C{n}", "email": f"c{n}@x.example"} for n in range(3)]
        ):
            orders += self.delivered_order(
                partner_id=partner.id,
                order_line=[Command.create({"product_id": self.product.id})],
            )
        for feedback in self.ask(orders):
            feedback._answer({self.question("score"): ("5", "")})
        mails = orders.sudo()._queue_mail(self.template)
        self.assertEqual(len(mails), 3)
        for feedback, mail in zip(orders.feedback_ids, mails, strict=True):
            self.assertIn(self.review_url(feedback), mail.body_html)
