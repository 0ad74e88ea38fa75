"""Why customers were lost, asked by mail and answered on a page (F6, pitfall 25)."""

from urllib.parse import urlsplit

from lxml import html

from odoo import http
from odoo.tests import tagged

from .confirmation_web import WATCHED, ConfirmationWebCase


@tagged("post_install", "-at_install")
class TestLostPage(ConfirmationWebCase):
    watched = (*WATCHED, "crm_lead")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is set in the database is no part of the tests
        cls.env["customer.followup.rule"].search([]).active = False
        cls.salesman.lang = "en_US"
        cls.price = cls.env.ref("customer_service_stages.lost_reason_price")
        cls.timing = cls.env.ref("customer_service_stages.lost_reason_timing")
        cls.internal = cls.env["crm.lost.reason"].create({"name": "Mal pagador"})

    def lost_lead(self, reason=None, **values):
        lead = self.lead(user_id=self.salesman.id, **values)
        lead.action_set_lost(lost_reason_id=reason.id if reason else False)
        return lead

    def link(self, lead, reason=None):
        """Return the path of the link as the mail has it."""
        address = urlsplit(lead._lost_link(reason))
        return f"{address.path}?{address.query}" if address.query else address.path

    def open(self, path, **options):
        return self.url_open(path, **options)

    def answer(self, path, **form):
        values = {"csrf_token": http.Request.csrf_token(self), **form}
        response = self.url_open(path, data=values, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def customers_words(self, lead):
        return lead.message_ids.filtered(lambda m: m.message_type == "comment")

    # Looking

    def test_looking_stores_nothing(self):
        lead = self.lost_lead(self.internal)
        path = self.link(lead, self.timing)
        with self.assertNothingChanges():
            for method in ("GET", "HEAD"):
                page = self.open(path, method=method)
                self.assertEqual(page.status_code, 200)
        page = html.fromstring(self.open(path).content)
        [chosen] = page.xpath("//input[@name='reason'][@checked]/@value")
        self.assertEqual(chosen, str(self.timing.id))
        self.assertNotIn("Mal pagador", page.text_content())
        self.assertIn("Fuga bajo el fregadero", page.text_content())

    def test_what_cannot_be_chosen(self):
        lead = self.lost_lead(self.internal)
        for reason in (self.internal.id, "x", "99999999999", ""):
            page = self.open(f"{self.link(lead)}?reason={reason}")
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("checked=", page.text)
        self.answer(self.link(lead), reason=self.internal.id, words="Caro")
        self.assertEqual(lead.lost_reason_id, self.internal, "as staff have it")
        self.assertEqual(lead.lost_words, "Caro")

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.price.with_context(lang="es_ES").customer_label = "Es caro"
        lead = self.lost_lead(partner_id=False, email_from="x@bar.example")
        self.assertIn('lang="en-US"', self.open(self.link(lead)).text)
        lead.lang_id = self.env["res.lang"]._get_data(code="es_ES").id
        page = self.open(self.link(lead)).text
        self.assertIn('lang="es-ES"', page)
        self.assertIn("Es caro", page)

    def test_headers(self):
        page = self.open(self.link(self.lost_lead()))
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])

    # Answering

    def test_answer(self):
        lead = self.lost_lead()
        response = self.answer(
            self.link(lead), reason=self.price.id, words="Otro pide\r\nmenos"
        )
        self.assertEqual(response.status_code, 303)
        self.assertEqual(lead.lost_reason_id, self.price)
        self.assertEqual(lead.lost_words, "Otro pide\nmenos")
        self.assertTrue(lead.lost_answer_date)
        self.assertFalse(lead.lost_wants_call)
        self.assertFalse(lead.activity_ids)
        message = self.customers_words(lead)
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("The price", message.preview)
        self.assertIn("Thank you!", self.open(self.link(lead)).text)
        self.assertEqual(lead.won_status, "lost")

    def test_one_press_is_enough(self):
        lead = self.lost_lead()
        self.answer(self.link(lead), reason=self.timing.id)
        self.assertEqual(lead.lost_reason_id, self.timing)
        self.assertTrue(lead.lost_answer_date)

    def test_nothing_chosen(self):
        lead = self.lost_lead()
        path = self.link(lead)
        with self.assertNothingChanges():
            page = self.answer(path, words=" \n", phone="600")
            self.assertEqual(page.status_code, 200)
        self.assertIn("Please choose a reason", page.text)

    def test_call_me(self):
        lead = self.lost_lead()
        path = self.link(lead)
        self.answer(path, wants_call="1", phone="600 123 456")
        self.assertTrue(lead.lost_wants_call)
        task = lead.activity_ids
        self.assertEqual(task.user_id, self.salesman)
        self.assertEqual(task.activity_type_id.category, "phonecall")
        self.assertIn("600 123 456", task.note)
        self.assertIn("We shall call you", self.open(path).text)
        before = self.customers_words(lead)
        self.answer(path, wants_call="1")
        self.assertEqual(lead.activity_ids, task, "one task, however often it is sent")
        self.assertEqual(self.customers_words(lead), before)

    def test_correction(self):
        lead = self.lost_lead()
        path = self.link(lead, self.price)
        self.answer(path, reason=self.price.id, words="Caro")
        page = html.fromstring(self.open(self.link(lead)).content)
        [chosen] = page.xpath("//input[@name='reason'][@checked]/@value")
        self.assertEqual(chosen, str(self.price.id))
        self.assertEqual(page.xpath("string(//textarea)").strip(), "Caro")
        self.answer(path, reason=self.timing.id)
        self.assertEqual(lead.lost_reason_id, self.timing)
        self.assertFalse(lead.lost_words)
        self.assertEqual(len(self.customers_words(lead)), 2)

    def test_without_a_contact(self):
        lead = self.lost_lead(partner_id=False, email_from="Eva <eva@bar.example>")
        self.answer(self.link(lead), reason=self.price.id, wants_call="1")
        self.assertEqual(lead.lost_reason_id, self.price)
        message = self.customers_words(lead)
        self.assertFalse(message.author_id)
        self.assertIn("eva@bar.example", message.email_from)
        self.assertEqual(lead.activity_ids.user_id, self.salesman)
        # Who is made a contact afterwards may still correct it
        lead.partner_id = self.other_customer
        self.assertEqual(self.open(self.link(lead)).status_code, 200)

    def test_staff_only_look(self):
        lead = self.lost_lead()
        self.authenticate("everyone", "everyone")
        self.assertNotIn("<form", self.open(self.link(lead)).text)
        with self.assertNothingChanges():
            self.answer(self.link(lead), reason=self.price.id)

    # Links that lead nowhere

    def test_wrong_links_look_alike(self):
        taken_up, gone, given_away = (self.lost_lead() for _n in range(3))
        paths = [self.link(lead) for lead in (taken_up, gone, given_away)]
        taken_up.action_unarchive()
        taken_up.probability = 10
        gone.unlink()
        given_away.partner_id = self.other_customer
        token = paths[0].rsplit("/", 1)[1]
        paths += [
            "/my/lost/unknown",
            f"/my/lost/{'a' * 3000}",
            f"/my/lost/{token[:-1]}",
            "/my/lost/%F0%9F%92%A9",
            self.link(self.lead()),
        ]
        pages = [self.open(path) for path in paths]
        for page in pages:
            self.assertEqual(page.status_code, 404)
            self.assertEqual(self.words(page), self.words(pages[0]), page.url)
        with self.assertNothingChanges():
            for path in paths:
                response = self.answer(path, reason=self.price.id)
                self.assertEqual(response.status_code, 404)

    def test_another_customer_who_is_signed_in(self):
        lead = self.lost_lead()
        self.authenticate("bar_portal", "bar_portal")
        self.assertEqual(self.open(self.link(lead)).status_code, 404)
        self.authenticate("carmen_portal", "carmen_portal")
        self.assertEqual(self.open(self.link(lead)).status_code, 200)

    def test_without_the_pages_token(self):
        lead = self.lost_lead()
        path = self.link(lead)
        with self.assertNothingChanges():
            response = self.url_open(path, data={"reason": self.price.id})
            self.assertEqual(response.status_code, 400)

    def test_taken_up_again(self):
        """What was said of a loss is no reason any more."""
        lead = self.lost_lead()
        self.answer(self.link(lead), reason=self.price.id, words="x", wants_call="1")
        lead.action_unarchive()
        self.assertFalse(lead.lost_answer_date)
        self.assertFalse(lead.lost_words)
        self.assertFalse(lead.lost_wants_call)

    def test_merged(self):
        """The customer's answer stays with the reason."""
        leads = self.lost_lead() + self.lost_lead()
        leads[0]._lost_answer(self.price, "Caro", True, "")
        merged = leads.with_user(self.manager).merge_opportunity()
        self.assertRecordValues(
            merged,
            [
                {
                    "lost_reason_id": self.price.id,
                    "lost_words": "Caro",
                    "lost_wants_call": True,
                }
            ],
        )
