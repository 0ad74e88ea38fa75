"""The dates that customers read, in mails, in their account and on quotes (S7, T5)."""

import re
from datetime import timedelta

from lxml import html

from odoo import Command
from odoo.tests import tagged

from .confirmation_web import ConfirmationWebCase
from .test_sla_status import MONDAY, SlaCase

#: Where the customer's page of a ticket tells dates.
DATES = '//ul[hasclass("o_ticket_dates")]'


class CustomerCase(SlaCase, ConfirmationWebCase):
    """A customer of the office with an account, who lives in Madrid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.tz = "Europe/Madrid"
        cls.web = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")

    def answer(self, ticket):
        ticket.with_user(self.everyone).message_post(
            body="Vamos mañana.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=ticket.partner_id.ids,
        )

    def ask(self, ticket):
        ticket.message_post(
            body="¿Cuándo?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=ticket.partner_id.id,
        )

    # What the customer reads

    def received_mail(self, **values):
        """Return the words of the acknowledgement, as it leaves."""
        with self.mock_mail_gateway():
            ticket = self.ticket(channel_id=self.web.id, **values)
            self.env["mail.mail"].search(
                [("model", "=", ticket._name), ("res_id", "=", ticket.id)]
            ).send()
        [mail] = self._mails
        return self.text(html.fromstring(mail["body"]))

    def page(self, document, login="carmen_portal", path=None):
        """Return the customer's page of a document."""
        self.authenticate(login, login)
        path = (
            path
            or {
                "helpdesk.ticket": "/my/ticket/%s",
                "sale.order": "/my/orders/%s",
            }[document._name]
        )
        response = self.url_open(path % document.id)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def dates(self, ticket, **options):
        """Return what the page of a ticket says of dates, line by line."""
        page = self.page(ticket, **options)
        return [self.text(line) for line in page.xpath(hasclass(f"{DATES}/li"))]

    def delivery(self, order):
        """Return what the page of an order says of its delivery."""
        page = self.page(order)
        rows = page.xpath(hasclass('//tr[hasclass("o_sla_delivery")]/td'))
        return self.text(rows[0]) if rows else ""

    @staticmethod
    def text(node):
        return re.sub(r"\s+", " ", node.text_content()).strip()


def hasclass(path):
    """Return an XPath in which `hasclass` means what it means in Odoo's views."""
    return re.sub(
        r'hasclass\("(\w+)"\)', r"contains(concat(' ', @class, ' '), ' \1 ')", path
    )


@tagged("post_install", "-at_install")
class TestAcknowledgement(CustomerCase):
    def test_intentions(self):
        self.policy("first_response", 2)
        self.policy("resolution", 5, "day", commitment="aspiration")
        self.policy("assignment", 1)
        with self.at(0):
            mail = self.received_mail()
        self.assertIn("We intend to answer you by Monday, May 4, 2026, 11:00 AM", mail)
        self.assertIn(
            "We intend to have it solved by Friday, May 8, 2026, 5:00 PM", mail
        )
        self.assertNotIn("10:00", mail, "who takes charge is our own affair")

    def test_commitments(self):
        self.policy("first_response", 2, commitment="agreed")
        self.policy("resolution", 5, "day", commitment="contractual")
        with self.at(0):
            mail = self.received_mail()
        self.assertIn("We will answer you by Monday", mail)
        self.assertIn("We will have it solved by Friday", mail)

    def test_language_and_time_zone(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.write({"lang": "es_ES", "tz": "Atlantic/Canary"})
        # Whatever the translation says, dates follow the language
        template = self.env.ref("customer_service_stages.mail_template_ticket_received")
        template.with_context(lang="es_ES").body_html = template.body_html
        self.policy("resolution", 5, "day")
        with self.at(0):
            self.assertIn("viernes, 8 de mayo de 2026, 16:00", self.received_mail())

    def test_time_zone_of_the_office(self):
        self.customer.tz = False
        self.policy("first_response", 2)
        with self.at(0):
            self.assertIn("11:00 AM", self.received_mail())

    def test_one_date_for_the_next_news(self):
        self.team.write(
            {"news_interval_hours": 4, "resource_calendar_id": self.calendar.id}
        )
        values = {"team_id": self.team.id}
        with self.at(0):
            mail = self.received_mail(**values)
            self.assertIn("First news by Monday, May 4, 2026, 1:00 PM", mail)
            self.policy("resolution", 5, "day")
            mail = self.received_mail(**values)
            self.assertIn("First news by", mail)
            self.assertIn("solved by", mail)
            mail = self.received_mail(stage_id=self.awaiting.id, **values)
            self.assertNotIn("First news by", mail)
            self.policy("first_response", 2)
            mail = self.received_mail(**values)
            self.assertNotIn("First news by", mail)
            self.assertIn("answer you by", mail)

    def test_what_customers_are_not_told(self):
        self.policy("first_response", 2, shows_to_customer=False)
        with self.at(0):
            mail = self.received_mail()
        self.assertNotIn("answer you by", mail)
        self.assertNotIn("2026", mail)

    def test_on_hold(self):
        self.policy("resolution", 5, "day")
        with self.at(0):
            mail = self.received_mail(stage_id=self.awaiting.id)
        self.assertIn("We are waiting for you", mail)
        self.assertNotIn("solved by", mail)


@tagged("post_install", "-at_install")
class TestTicketPage(CustomerCase):
    def test_from_the_first_answer_to_the_end(self):
        self.policy("first_response", 2, commitment="agreed")
        self.policy("next_update", 4)
        self.policy("resolution", 5, "day")
        with self.at(0):
            ticket = self.ticket(user_id=self.everyone.id)
            solved = "We intend to have it solved by Friday, May 8, 2026, 5:00 PM"
            answered = "We will answer you by Monday, May 4, 2026, 11:00 AM"
            self.assertEqual(self.dates(ticket), [answered, solved])
        with self.at(1):
            self.answer(ticket)
            self.assertEqual(self.dates(ticket), [solved])
        with self.at(2):
            self.ask(ticket)
            answered = "We intend to answer you by Monday, May 4, 2026, 3:00 PM"
            self.assertEqual(self.dates(ticket), [answered, solved])
        with self.at(3):
            ticket.stage_id = self.ticket_completed
            self.assertEqual(
                self.dates(ticket),
                ["Completed in time, on Monday, May 4, 2026, 12:00 PM"],
            )

    def test_late(self):
        self.policy("first_response", 2)
        self.policy("resolution", 4)
        with self.at(0):
            ticket = self.ticket()
        with self.at(5):
            self.assertEqual(
                self.dates(ticket),
                [
                    "We are sorry: you should have had our answer by Monday, May 4, "
                    "2026, 11:00 AM. You will hear from us.",
                    "We are sorry: it should have been solved by Monday, May 4, 2026, "
                    "1:00 PM. We are working on it.",
                ],
            )
            ticket.sla_status_ids._excuse("Nieve")
            self.assertIn("We are sorry", self.dates(ticket)[0])
        with self.at(6):
            self.answer(ticket)
            ticket.stage_id = self.ticket_completed
            self.assertEqual(
                self.dates(ticket),
                [
                    "Completed on Monday, May 4, 2026, 3:00 PM. We are sorry that it "
                    "took longer than we said."
                ],
            )

    def test_on_hold(self):
        self.policy("resolution", 4)
        with self.at(0):
            ticket = self.ticket(stage_id=self.ticket_doing.id)
        with self.at(1):
            ticket.stage_id = self.awaiting
            waiting = "We are waiting for you: our time counts from your answer."
            self.assertEqual(self.dates(ticket), [waiting])
        with self.at(2):
            self.ask(ticket)
            self.assertEqual(
                self.dates(ticket),
                ["We intend to have it solved by Monday, May 4, 2026, 2:00 PM"],
            )
            ticket._sla_pause("Falta una pieza")
            self.assertEqual(self.dates(ticket), ["It is on hold for now."])

    def test_taken_up_again(self):
        self.policy("resolution", 4)
        with self.at(0):
            ticket = self.ticket(stage_id=self.ticket_completed.id)
        with self.at(1):
            ticket.stage_id = self.ticket_doing
            self.assertEqual(
                self.dates(ticket),
                ["We intend to have it solved by Monday, May 4, 2026, 2:00 PM"],
            )

    def test_called_off(self):
        self.policy("resolution", 4)
        with self.at(0):
            ticket = self.ticket()
            ticket.closing_reason = "Ya no hace falta"
            ticket.stage_id = self.ticket_cancelled
            self.assertEqual(self.dates(ticket), [])

    def test_who_sees_it(self):
        policy = self.policy("resolution", 4)
        with self.at(0):
            ticket = self.ticket()
            self.assertEqual(self.dates(ticket, login="bar_portal"), [])
            url = ticket._portal_ensure_token() and ticket.get_portal_url()
            self.assertEqual(len(self.dates(ticket, login=None, path=f"{url}#%s")), 1)
            policy.shows_to_customer = False
            self.assertEqual(self.dates(ticket), [])

    def test_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        self.policy("resolution", 5, "day")
        with self.at(0):
            [line] = self.dates(self.ticket())
        self.assertIn("viernes, 8 de mayo de 2026, 17:00", line)

    def test_list(self):
        self.policy("first_response", 10)
        self.policy("resolution", 20)
        with self.at(0):
            self.ticket()
            self.ticket(partner_id=self.other_customer.id)
            tickets = self.env["helpdesk.ticket"]
            page = self.text(self.page(tickets, path="/my/tickets?%s"))
        self.assertIn("Expected By", page)
        self.assertEqual(page.count("05/05/2026"), 1)


@tagged("post_install", "-at_install")
class TestDelivery(CustomerCase):
    def quote(self, **values):
        order = self.order(**values)
        order.action_quotation_sent()
        return order

    def test_before_and_after(self):
        self.policy("delivery", 10, "day", document="order", commitment="agreed")
        with self.at(0):
            order = self.quote()
            term = "Within 10 working days of your acceptance"
            self.assertEqual(self.delivery(order), term)
            self.assertIn(term, self.pdf(order))
        with self.at(24):
            order.action_confirm()
            # From now on it is the order's own date, which core shows
            self.assertEqual(self.delivery(order), "")
            self.assertIn("05/18/2026", self.pdf(order))
        with self.at(24 * 15):
            self.assertIn("We are sorry for the delay", self.delivery(order))
            order.action_complete_delivery()
            self.assertEqual(self.delivery(order), "Completed on Tuesday, May 19, 2026")

    def test_intention(self):
        self.policy("delivery", 1, "day", document="order")
        with self.at(0):
            order = self.quote()
            self.assertEqual(
                self.delivery(order),
                "Planned within one working day of your acceptance",
            )
            order.action_confirm()
            self.assertEqual(self.delivery(order), "Planned for Monday, May 4, 2026")

    def test_date_of_the_order(self):
        """Core shows the order's own date; it is not said twice."""
        self.policy("delivery", 10, "day", document="order", by_promise=True)
        with self.at(0):
            order = self.quote(commitment_date=MONDAY + timedelta(days=3))
            self.assertEqual(self.delivery(order), "")
            order.action_confirm()
            self.assertEqual(self.delivery(order), "")

    def test_amounts(self):
        policy = self.policy("delivery", 1, "hour", document="order")
        order = self.order()
        for amount, unit, basis, words in (
            (1, "hour", "working", "one working hour"),
            (1.5, "hour", "working", "1.5 working hours"),
            (90, "minute", "working", "90 working minutes"),
            (48, "hour", "calendar", "48 hours"),
            (1, "day", "calendar", "one day"),
            (30, "day", "calendar", "30 days"),
        ):
            policy.time_basis = basis
            policy.target_ids.write({"amount": amount, "unit": unit})
            expected = f"Planned within {words} of your acceptance"
            self.assertEqual(order._delivery_words(), expected)
        self.calendar.attendance_ids.unlink()
        policy.time_basis = "working"
        self.assertIn("within 30 days", order._delivery_words())

    def test_nothing_promised(self):
        order = self.quote()
        self.assertEqual(self.delivery(order), "")
        policy = self.policy("delivery", 10, "day", document="order")
        self.assertIn("10 working days", self.delivery(order))
        policy.shows_to_customer = False
        self.assertEqual(self.delivery(order), "")
        policy.write(
            {
                "shows_to_customer": True,
                "partner_ids": [Command.set(self.other_customer.ids)],
            }
        )
        self.assertEqual(self.delivery(order), "")
        order.action_confirm()
        self.assertEqual(self.delivery(order), "")
        order._action_cancel()
        self.assertEqual(self.delivery(order), "")

    def test_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        self.policy("delivery", 10, "day", document="order")
        with self.at(0):
            order = self.quote()
            order.action_confirm()
            self.assertIn("viernes, 15 de mayo de 2026", self.delivery(order))
            self.assertIn("viernes, 15 de mayo de 2026", self.pdf(order))

    def pdf(self, order):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", order.ids
        )
        return self.text(html.fromstring(content))
