"""Refusing a quote on its page, and what becomes of the reason (Q7)."""

from lxml import html

from odoo import http
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .quote_case import SIGNATURE, QuoteCase

WATCHED = (
    "sale_order",
    "crm_lead",
    "mail_message",
    "mail_activity",
    "customer_journey",
)


@tagged("post_install", "-at_install")
class TestQuoteRefusal(QuoteCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        cls.salesman.lang = "en_US"
        cls.portal_user = cls._portal_user(cls.customer, "carmen_portal")
        cls.stranger = cls._portal_user(cls.other_customer, "bar_portal")
        cls.price = cls.env.ref("customer_service_stages.lost_reason_price")
        cls.timing = cls.env.ref("customer_service_stages.lost_reason_timing")
        cls.internal = cls.env["crm.lost.reason"].create({"name": "Mal pagador"})

    @classmethod
    def _portal_user(cls, partner, login):
        return new_test_user(
            cls.env, login, groups="base.group_portal", partner_id=partner.id
        )

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def sent_quote(self, lead=None, **values):
        order = self.quote("grifo", lead=lead, user_id=self.salesman.id, **values)
        order.require_signature = True
        order._portal_ensure_token()
        return self.sent(order)

    def refuse(self, order, token=None, csrf=True, **form):
        if csrf:
            form["csrf_token"] = http.Request.csrf_token(self)
        token = order.access_token if token is None else token
        response = self.url_open(
            f"/my/orders/{order.id}/decline?access_token={token}",
            data=form,
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return response

    def page(self, order, query=""):
        response = self.url_open(
            f"/my/orders/{order.id}?access_token={order.access_token}{query}"
        )
        return html.fromstring(response.content)

    def text(self, page):
        return " ".join(page.text_content().split())

    def database(self):
        """Return how much there is in the watched tables, and how new it is."""
        self.env.flush_all()
        found = []
        for table in WATCHED:
            self.env.cr.execute(
                f"SELECT COUNT(*), MAX(write_date) FROM {table}"  # noqa: S608
            )
            found.append(self.env.cr.fetchone())
        return found

    def assertRefused(self, order, reason, words):
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.refusal_reason_id, reason)
        self.assertEqual(order.refusal_words or "", words)
        self.assertTrue(order.refusal_date)

    def assertNothing(self, order, response, before):
        self.assertEqual(order.state, "sent")
        self.assertFalse(order.refusal_date)
        self.assertEqual(self.database(), before)
        self.assertNotEqual(response.status_code, 200)

    # The customer

    def test_the_dialog(self):
        order = self.sent_quote()
        page = self.page(order)
        [dialog] = page.xpath("//form[@id='decline']")
        labels = [
            " ".join(label.text_content().split())
            for label in dialog.xpath(".//fieldset//label")
        ]
        self.assertEqual(
            labels,
            [
                "The price",
                "The timing",
                "We chose another company",
                "We no longer need it",
                "Something else",
            ],
        )
        values = dialog.xpath(".//input[@name='refusal_reason']/@value")
        self.assertEqual(values[0], str(self.price.id))
        for label in dialog.xpath(".//label/@for"):
            self.assertEqual(len(page.xpath(f"//*[@id='{label}']")), 1)
        self.assertFalse(dialog.xpath(".//textarea/@required"))
        self.assertNotIn("Mal pagador", self.text(page))

    def test_without_reasons_words_are_needed(self):
        self.env["crm.lost.reason"].search([]).is_quote_refusal = False
        [dialog] = self.page(self.sent_quote()).xpath("//form[@id='decline']")
        self.assertFalse(dialog.xpath(".//input[@type='radio']"))
        self.assertTrue(dialog.xpath(".//textarea/@required"))

    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.price.with_context(lang="es_ES").customer_label = "Es caro"
        self.portal_user.lang = "es_ES"
        self.authenticate("carmen_portal", "carmen_portal")
        order = self.sent_quote()
        page = self.page(order)
        self.assertIn("Es caro", self.text(page.xpath("//form[@id='decline']")[0]))
        self.refuse(order, refusal_reason=self.price.id)
        self.assertIn("Es caro", order.message_ids.mapped("preview"))
        self.assertIn("Price", order.activity_ids.note)

    def test_reason_alone(self):
        order = self.sent_quote()
        response = self.refuse(order, refusal_reason=self.timing.id)
        self.assertEqual(response.status_code, 303)
        self.assertRefused(order, self.timing, "")
        page = self.text(self.page(order))
        self.assertIn("Thank you for telling us", page)
        self.assertNotIn("This quotation has been cancelled", page)
        message = order.message_ids.filtered(lambda m: m.message_type == "comment")[:1]
        self.assertEqual(message.author_id, self.customer)
        self.assertEqual(message.preview, "The timing")

    def test_reason_and_words(self):
        order = self.sent_quote()
        self.authenticate("carmen_portal", "carmen_portal")
        words = "Es <b>mucho</b> más que la otra vez"
        self.refuse(order, refusal_reason=self.price.id, decline_message=f" {words} ")
        self.assertRefused(order, self.price, words)
        message = order.message_ids.filtered(lambda m: m.message_type == "comment")[:1]
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("The price: Es &lt;b&gt;mucho", message.body)

    def test_words_alone(self):
        order = self.sent_quote()
        self.refuse(order, decline_message="No, gracias")
        self.assertRefused(order, self.internal.browse(), "No, gracias")

    def test_neither(self):
        order = self.sent_quote()
        before = self.database()
        for form in (
            {},
            {"decline_message": " \n "},
            {"refusal_reason": self.internal.id},
            {"refusal_reason": "0"},
            {"refusal_reason": "-1"},
            {"refusal_reason": "1 OR 1=1"},
            {"refusal_reason": str(10**30)},
            {"refusal_reason": "x", "decline_message": ""},
        ):
            with self.subTest(form):
                response = self.refuse(order, **form)
                self.assertNothing(order, response, before)
                self.assertIn("message=refusal_why", response.headers["Location"])
        page = self.text(self.page(order, "&message=refusal_why"))
        self.assertIn("Please choose why you refuse", page)

    def test_too_many_words(self):
        order = self.sent_quote()
        self.refuse(order, refusal_reason=self.price.id, decline_message="a" * 9999)
        self.assertRefused(order, self.price, "a" * 2000)

    def test_twice(self):
        order = self.sent_quote()
        self.refuse(order, refusal_reason=self.price.id)
        before = self.database()
        response = self.refuse(order, refusal_reason=self.timing.id)
        self.assertRefused(order, self.price, "")
        self.assertEqual(self.database(), before)
        self.assertNotIn("cant_reject", response.headers["Location"])
        self.assertEqual(len(order.activity_ids), 1)

    def test_what_is_decided_already(self):
        signed, expired, confirmed = (self.sent_quote() for _number in range(3))
        signed.signature = SIGNATURE
        expired.validity_date = "2020-01-01"
        confirmed.action_confirm()
        for order, state in ((signed, "sent"), (expired, "sent"), (confirmed, "sale")):
            response = self.refuse(order, refusal_reason=self.price.id)
            self.assertIn("cant_reject", response.headers["Location"])
            self.assertEqual(order.state, state)
            self.assertFalse(order.refusal_date)

    def test_what_is_not_to_be_signed(self):
        order = self.sent_quote()
        order.write({"require_signature": False, "require_payment": False})
        self.assertTrue(self.page(order).xpath("//a[@data-bs-target='#modaldecline']"))
        self.refuse(order, refusal_reason=self.price.id)
        self.assertRefused(order, self.price, "")

    def test_one_way_to_refuse(self):
        page = self.page(self.sent_quote())
        self.assertEqual(len(page.xpath("//a[@data-bs-target='#modaldecline']")), 1)

    # Others

    def test_strangers(self):
        order, other = self.sent_quote(), self.sent_quote()
        before = self.database()
        for login in (None, "bar_portal"):
            self.authenticate(login, login)
            for token in ("", "x", other.access_token):
                with self.subTest(login=login, token=token):
                    response = self.refuse(
                        order, token=token, refusal_reason=self.price.id
                    )
                    self.assertTrue(response.headers["Location"].endswith("/my"))
                    self.assertNothing(order, response, before)

    def test_without_csrf_token(self):
        order = self.sent_quote()
        before = self.database()
        response = self.refuse(order, csrf=False, refusal_reason=self.price.id)
        self.assertEqual(response.status_code, 400)
        self.assertNothing(order, response, before)

    def test_looking_changes_nothing(self):
        order = self.sent_quote()
        before = self.database()
        response = self.url_open(
            f"/my/orders/{order.id}/decline?access_token={order.access_token}"
            f"&refusal_reason={self.price.id}&decline_message=no",
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 405)
        self.assertNothing(order, response, before)

    def test_nobody_else_reads_why(self):
        """Why and when is the company's, and so is what the reasons are called."""
        order = self.sent_quote()
        self.refuse(order, refusal_reason=self.price.id, decline_message="Caro")
        order_portal = order.with_user(self.portal_user)
        for name in ("refusal_reason_id", "refusal_words", "quote_viewed_date"):
            with self.subTest(name), self.assertRaises(AccessError):
                order_portal.read([name])

    # What becomes of it

    def test_whoever_looks_after_it_is_told(self):
        order = self.sent_quote()
        self.refuse(order, refusal_reason=self.price.id, decline_message="Caro")
        [activity] = order.activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertEqual(activity.summary, "The customer refused the quote")
        self.assertIn("Price: Caro", activity.note)

    def test_the_history_says_why(self):
        order = self.sent_quote()
        self.refuse(order, refusal_reason=self.price.id, decline_message="Caro")
        event = order.journey_id.event_ids.filtered(lambda e: e.event == "cancelled")
        self.assertEqual(event.reason, "The customer refused. Price: Caro")

    def test_the_reminders_end(self):
        order = self.sent_quote(validity_date="2099-01-01")
        self.assertIn("planned", order.quote_reminder_ids.mapped("state"))
        self.refuse(order, refusal_reason=self.price.id)
        self.assertEqual(set(order.quote_reminder_ids.mapped("reason")), {"refused"})

    def test_the_opportunity_learns_why(self):
        lead = self.lead(user_id=self.salesman.id)
        first, second = self.sent_quote(lead), self.sent_quote(lead)
        self.refuse(first, refusal_reason=self.price.id)
        self.assertFalse(lead.lost_reason_id)
        self.refuse(second, refusal_reason=self.timing.id)
        self.assertEqual(lead.lost_reason_id, self.timing)
        self.assertEqual(lead.won_status, "pending")

    def test_another_quote_takes_the_reason_back(self):
        lead = self.lead(user_id=self.salesman.id)
        self.refuse(self.sent_quote(lead), refusal_reason=self.price.id)
        self.assertEqual(lead.lost_reason_id, self.price)
        self.sent_quote(lead)
        self.assertFalse(lead.lost_reason_id)

    def test_a_reason_of_ones_own_stays(self):
        lead = self.lead(user_id=self.salesman.id)
        lead.lost_reason_id = self.internal
        self.sent_quote(lead)
        self.assertEqual(lead.lost_reason_id, self.internal)

    def test_the_wizard_proposes_it(self):
        lead = self.lead(user_id=self.salesman.id)
        open_quote = self.sent_quote(lead)
        self.refuse(self.sent_quote(lead), refusal_reason=self.price.id)
        self.assertEqual(open_quote.state, "sent")
        wizard = (
            self.env["crm.lead.lost"]
            .with_user(self.salesman)
            .with_context(default_lead_ids=lead.ids)
        )
        with Form(wizard) as form:
            self.assertEqual(form.lost_reason_id, self.price)
            form.lost_reason_id = self.timing
        form.record.action_lost_reason_apply()
        self.assertEqual(lead.lost_reason_id, self.timing)

    def test_the_wizard_proposes_nothing(self):
        leads = self.lead() + self.lead()
        leads[0].lost_reason_id = self.price
        leads[1].lost_reason_id = self.timing
        wizard = self.env["crm.lead.lost"]
        for chosen in (leads, self.lead()):
            made = wizard.create({"lead_ids": [Command.set(chosen.ids)]})
            self.assertFalse(made.lost_reason_id)

    def test_taken_up_again(self):
        order = self.sent_quote()
        self.refuse(order, refusal_reason=self.price.id, decline_message="Caro")
        order.action_draft()
        self.assertFalse(
            order.refusal_date or order.refusal_reason_id or order.refusal_words
        )

    def test_seen(self):
        order = self.sent_quote()
        self.assertFalse(order.quote_viewed_date)
        self.page(order)
        order.invalidate_recordset()
        self.assertTrue(order.quote_viewed_date)
        self.assertEqual(order.state, "sent")
