"""The mails that ask, remind, thank and invite: by the house's door (F1, F2, F4)."""

from lxml import html

from odoo.tests import tagged

from .feedback_case import FeedbackCase

ASKING = (
    "feedback_order",
    "feedback_ticket",
    "feedback_reminder_order",
    "feedback_reminder_ticket",
    "feedback_again_ticket",
)


@tagged("post_install", "-at_install")
class TestFeedbackMail(FeedbackCase):
    def template(self, name):
        return self.env.ref(f"customer_service_stages.mail_template_{name}")

    def document(self, name):
        if name.endswith("order"):
            return self.delivered_order(user_id=self.salesman.id)
        return self.closed_ticket(user_id=self.agent.id)

    def test_scores_can_be_pressed(self):
        for name in ASKING:
            document = self.document(name)
            feedback = self.ask(document)
            with self.subTest(name):
                [mail] = document.sudo()._queue_mail(self.template(name))
                self.assertEqual(mail.recipient_ids, self.customer)
                links = html.fromstring(mail.body_html).xpath(
                    "//a[contains(@href, '/my/feedback/')]"
                )
                self.assertEqual([link.text for link in links], list("12345"))
                base = document.get_base_url() + self.url(feedback)
                self.assertEqual(
                    [link.get("href") for link in links],
                    [f"{base}?score={score}" for score in range(1, 6)],
                )
                self.assertNotIn("<img", document.sudo()._feedback_scores())

    def test_link_of_the_mail_opens_the_page(self):
        feedback = self.asked_about()
        order = feedback.order_id
        self.assertEqual(order._feedback_links()[3], (4, order._feedback_link(4)))
        page = self.url_open(order._feedback_link(4).removeprefix(order.get_base_url()))
        self.assertRegex(page.text, r'value="4"[^>]* checked="')

    def test_chatter_keeps_no_link(self):
        """Whoever reads the chatter could answer for the customer."""
        for name in ASKING:
            document = self.document(name)
            feedback = self.ask(document)
            document.sudo()._queue_mail(self.template(name))
            message = document.message_ids[:1]
            with self.subTest(name):
                self.assertIn("/my/confirmations", message.body)
                self.assertNotIn(feedback.user_input_id.access_token, message.body)
                self.assertNotIn("score=", message.body)

    def test_in_the_language_of_the_customer(self):
        self.customer.lang = "es_ES"
        order = self.delivered_order()
        self.ask(order)
        self.env.ref("customer_service_stages.feedback_mail_scores").with_context(
            lang="en_US"
        ).update_field_translations(
            "arch_db", {"es_ES": {"5: very good": "5: muy bien"}}
        )
        [mail] = order.sudo()._queue_mail(self.template("feedback_order"))
        self.assertIn("5: muy bien", mail.body_html)

    def test_every_template_renders(self):
        """Also for who tries it on a document whose customer was not asked."""
        for template in (
            self.env["mail.template"]
            .search([("name", "=like", "After-sales:%")])
            .filtered(lambda t: t.model in ("sale.order", "helpdesk.ticket"))
        ):
            with self.subTest(template.name):
                document = self.document(
                    "order" if template.model == "sale.order" else "ticket"
                )
                values = template._generate_template(
                    document.ids, ("subject", "body_html", "email_to")
                )[document.id]
                self.assertIn("Carmen Ortega", values["body_html"])
                self.assertNotIn("href=", values["body_html"])
                self.assertTrue(values["subject"])

    def test_second_question_may_come_soon(self):
        """Who was not happy is asked again without waiting (F3)."""
        ticket = self.answer(self.asked_about(), score="1").recovery_ticket_id
        self.assertTrue(ticket._followup_asks_again())
        self.assertFalse(self.closed_ticket()._followup_asks_again())
