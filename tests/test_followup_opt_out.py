"""Customers say which mails are not welcome (F8, pitfall 25)."""

from odoo import http
from odoo.tests import tagged

from .confirmation_web import WATCHED, ConfirmationWebCase
from .followup_case import MONDAY, FollowupCase


@tagged("post_install", "-at_install")
class TestOptOut(FollowupCase, ConfirmationWebCase):
    watched = (*WATCHED, "mail_blacklist", "customer_followup")

    def link(self, partner=None, email="carmen@customer.example", kind="service"):
        partner = self.customer if partner is None else partner
        token = self.env["customer.contact"]._opt_out_token(partner, email, kind)
        return f"/my/mails/{token}"

    def choose(self, link, choice):
        token = http.Request.csrf_token(self)
        page = self.url_open(link, data={"choice": choice, "csrf_token": token})
        self.env.invalidate_all()
        return page

    def off(self, partner=None):
        partner = partner or self.customer
        names = ("service_mails", "quote_reminders", "feedback_mails", "loyalty_mails")
        return [name for name in names if partner[f"{name}_off"]]

    def test_looking_changes_nothing(self):
        with self.assertNothingChanges():
            page = self.url_open(self.link())
            self.assertIn("carmen@customer.example", page.text)
            self.assertIn("news about what you have ordered", page.text)
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
            head = self.opener.head(self.base_url() + self.link())
            self.assertEqual(head.status_code, 200)
            self.url_open(self.link() + "?choice=all&List-Unsubscribe=One-Click")

    def test_choices(self):
        link = self.link(kind="loyalty")
        page = self.choose(link, "kind")
        self.assertIn("Your choice is saved", page.text)
        self.assertEqual(self.off(), ["loyalty_mails"])
        self.choose(self.link(kind="feedback"), "kind")
        self.assertEqual(self.off(), ["feedback_mails", "loyalty_mails"])
        page = self.choose(link, "all")
        self.assertEqual(len(self.off()), 4)
        self.assertNotIn("Only what I ask for", page.text)
        self.choose(link, "none")
        self.assertEqual(self.off(), [])

    def test_anything_else_is_nothing(self):
        with self.assertNothingChanges():
            self.choose(self.link(), "everything")
            self.choose(self.link(), "")

    def test_one_click_of_mail_programs(self):
        """RFC 8058: a post without cookies, session or token of the page."""
        self.opener.cookies.clear()
        page = self.url_open(
            self.link(),
            data={"List-Unsubscribe": "One-Click"},
            allow_redirects=False,
        )
        self.assertEqual(page.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.off(), ["service_mails"])

    def test_wrong_links_look_alike(self):
        token = self.link().rpartition("/")[2]
        other = self.env["customer.contact"]
        wrong = [token[:-4] + "AAAA", "x", token + "A", "ñ", "%00", "a.b"]
        pages = [self.url_open(f"/my/mails/{each}") for each in wrong]
        with self.assertNothingChanges():
            pages += [
                self.url_open(f"/my/mails/{each}", data={"choice": "all"})
                for each in wrong
            ]
        self.assertEqual({page.status_code for page in pages}, {404})
        self.assertEqual(len({self.words(page) for page in pages[:3]}), 1)
        self.assertFalse(other.search([]))

    def test_contact_and_company(self):
        """A contact speaks for itself, a company for all of its contacts."""
        self.rule("delivery_completed")
        child = self.customer.copy(
            {"parent_id": self.customer.id, "email": "luis@customer.example"}
        )
        self.choose(self.link(child), "kind")
        self.assertEqual((self.off(child), self.off()), (["service_mails"], []))
        of_child, of_company = self.delivered(partner_id=child.id), self.delivered()
        self.choose(self.link(), "kind")
        self.assertEqual(self.became(of_company), [("cancelled", "opted_out")])
        self.assertEqual(self.became(of_child), [("cancelled", "opted_out")])

    def test_what_a_contact_said_stays(self):
        """What is changed on its company is no new word of a contact."""
        child = self.customer.copy({"parent_id": self.customer.id})
        self.choose(self.link(child, kind="quote"), "kind")
        self.customer.write({"vat": "ESB12345674", "is_company": True})
        self.assertEqual(self.off(child), ["quote_reminders"])

    def test_only_that_kind(self):
        quote = self.rule("quote_sent", kind="quote", name="quote")
        self.rule("delivery_completed", kind="loyalty", name="loyalty")
        self.rule(
            "order_confirmed",
            kind="quote",
            act="activity",
            task_type_id=self.env.ref("mail.mail_activity_data_todo").id,
            summary="Mira",
            name="inside",
        )
        order = self.delivered()
        sent = self.sent(self.quote("grifo"))
        self.choose(self.link(kind="quote"), "kind")
        self.assertEqual(self.became(sent), [("cancelled", "opted_out")])
        states = {f.rule_id.name: f.state for f in self.of(order)}
        self.assertEqual(states, {"loyalty": "planned", "inside": "planned"})
        again = self.sent(self.quote("grifo"))
        self.of(again).planned_date = MONDAY
        self.run_cron(MONDAY)
        self.assertEqual(self.became(again), [("skipped", "opted_out")])
        self.assertTrue(quote)

    def test_address_without_a_contact(self):
        link = self.link(self.env["res.partner"], "nadie@customer.example")
        page = self.choose(link, "kind")
        self.assertIn("only about what you ask us for", page.text)
        blacklist = self.env["mail.blacklist"]
        found = [("email", "=", "nadie@customer.example")]
        self.assertEqual(blacklist.search_count(found), 1)
        self.choose(link, "none")
        self.assertEqual(blacklist.search_count(found), 0)

    def test_deleted_contact(self):
        link = self.link(self.customer.copy(), "ida@customer.example")
        self.env["res.partner"].search([], order="id desc", limit=1).unlink()
        self.choose(link, "all")
        self.assertEqual(
            self.env["mail.blacklist"].search_count(
                [("email", "=", "ida@customer.example")]
            ),
            1,
        )

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        page = self.url_open(self.link())
        self.assertIn('lang="es-ES"', page.text)

    def test_the_link_of_a_mail(self):
        self.rule("delivery_completed")
        order = self.delivered()
        self.run_cron(MONDAY.replace(day=5))
        body = self.mails(order).body_html
        start = body.index("/my/mails/")
        link = body[start : body.index('"', start)]
        self.choose(link, "kind")
        self.assertEqual(self.off(), ["service_mails"])
        # What staff read has no link to answer for the customer
        self.assertNotIn("/my/mails/", self.mails(order).mail_message_id.body)
