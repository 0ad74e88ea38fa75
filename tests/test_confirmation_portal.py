"""What customers find in their account, and the public page of services (T2, T4)."""

from unittest.mock import patch

from odoo import http
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_service_stages.controllers.helpdesk import ServicePage

from .confirmation_web import ConfirmationWebCase


class PortalCase(ConfirmationWebCase):
    def setUp(self):
        super().setUp()
        self.sign_in("carmen_portal")

    def sign_in(self, login):
        self.authenticate(login, login)


@tagged("post_install", "-at_install")
class TestAccount(PortalCase):
    def test_list(self):
        ticket, order = self.asked_ticket(), self.asked_order()
        answered = self.asked_ticket(name="Ya resuelto")
        self.accept(answered)
        page = self.url_open("/my/confirmations")
        self.assertEqual(page.status_code, 200)
        for document in (ticket, order, answered):
            self.assertIn(self.path(document), page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        with self.assertNothingChanges():
            self.url_open("/my/confirmations")

    def test_colleague(self):
        ticket = self.asked_ticket()
        self._portal_user(self.colleague, "pedro_portal")
        self.sign_in("pedro_portal")
        self.assertIn(self.path(ticket), self.url_open("/my/confirmations").text)

    def test_stranger(self):
        ticket, order = self.asked_ticket(), self.asked_order()
        self.sign_in("bar_portal")
        self.assertEqual(self.count(), 0)
        page = self.url_open("/my/confirmations").text
        self.assertIn("Nothing waits for your answer", page)
        for document in (ticket, order):
            self.assertNotIn(self.path(document), page)
            self.assertNotIn(document.name, page)
            page = self.url_open(f"/my/confirmations?partner_id={self.customer.id}")
            self.assertNotIn(self.path(document), page.text)

    def test_confidential(self):
        """A colleague knows nothing of what was reported in confidence."""
        ticket = self.asked_ticket(type_id=self.type_report.id)
        self.assertIn(self.path(ticket), self.url_open("/my/confirmations").text)
        self._portal_user(self.colleague, "pedro_portal")
        self.sign_in("pedro_portal")
        self.assertNotIn(self.path(ticket), self.url_open("/my/confirmations").text)
        self.assertEqual(self.count(), 0)

    def test_staff_get_no_links(self):
        ticket, order = self.asked_ticket(), self.asked_order()
        self.sign_in("everyone")
        for path in (
            "/my/confirmations",
            f"/my/ticket/{ticket.id}",
            f"/my/orders/{order.id}",
        ):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("/my/confirmation/", page.text)

    def test_signed_out(self):
        page = self.url_open("/my/confirmations", allow_redirects=False, cookies={})
        self.assertEqual(page.status_code, 200)
        self.authenticate(None, None)
        page = self.url_open("/my/confirmations", allow_redirects=False)
        self.assertEqual(page.status_code, 303)
        self.assertIn("/web/login", page.headers["Location"])

    def count(self):
        result = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["confirmation_count"]}
        )
        return result["confirmation_count"]

    def test_counter(self):
        self.assertIn("confirmation_count", self.url_open("/my/home").text)
        self.assertEqual(self.count(), 0)
        ticket = self.asked_ticket()
        self.asked_order()
        self.assertEqual(self.count(), 2)
        self.accept(ticket)
        self.assertEqual(self.count(), 1)


@tagged("post_install", "-at_install")
class TestDocuments(PortalCase):
    def test_banner(self):
        for document, path in (
            (self.asked_ticket(), "/my/ticket/%s"),
            (self.asked_order(), "/my/orders/%s"),
        ):
            page = self.url_open(path % document.id)
            self.assertEqual(page.status_code, 200)
            self.assertIn("o_confirmation_banner", page.text)
            self.assertIn(self.path(document), page.text)
            document.confirmation_id._answer(
                "refused", answer_origin="phone", refusal_reason="other"
            )
            page = self.url_open(path % document.id)
            self.assertNotIn("o_confirmation_banner", page.text)

    def test_shared_link(self):
        """Whoever opens a document by its own link is not given the other one."""
        for document in (self.asked_ticket(), self.asked_order()):
            url = document._portal_ensure_token() and document.get_portal_url()
            for login in (None, "bar_portal", "everyone"):
                self.authenticate(login, login)
                page = self.url_open(url)
                self.assertEqual(page.status_code, 200)
                self.assertIn("o_confirmation_banner", page.text)
                self.assertNotIn("/my/confirmation/", page.text)
                self.assertNotIn('action="/ticket/close"', page.text)

    def test_steps(self):
        ticket = self.ticket(team_id=self.team.id)
        for stage, step in (
            (self.ticket_new, "Opened"),
            (self.ticket_doing, "In Execution"),
            (self.ticket_completed, "Completed"),
        ):
            ticket.stage_id = stage
            page = self.url_open(f"/my/ticket/{ticket.id}").text
            self.assertRegex(page, rf'aria-current="step">\s*{step}\s')
            self.assertIn('aria-label="Progress"', page)

    def test_next_news(self):
        self.env["customer.sla.policy"].search([]).active = False
        ticket = self.ticket(team_id=self.team.id, stage_id=self.ticket_doing.id)
        self.assertNotIn("Next news", self.url_open(f"/my/ticket/{ticket.id}").text)
        self.team.news_interval_hours = 8
        ticket.stage_id = self.ticket_new
        ticket.stage_id = self.ticket_doing
        self.assertIn("Next news by", self.url_open(f"/my/ticket/{ticket.id}").text)
        ticket.next_news_date = "2020-01-01 10:00:00"
        self.assertNotIn("Next news", self.url_open(f"/my/ticket/{ticket.id}").text)

    def test_side_of_the_page(self):
        """The number and the buttons of upstream's page are there."""
        self.ticket_done.close_from_portal = True
        ticket = self.ticket(team_id=self.team.id)
        page = self.url_open(f"/my/ticket/{ticket.id}").text
        self.assertRegex(page, rf"<h2[^>]*>{ticket.number}</h2>")
        self.assertRegex(page, r'<form method="POST" [^>]*action="/ticket/close"')
        self.assertRegex(page, r"<button[^>]*>\s*<span>It is solved</span>\s*</button>")


@tagged("post_install", "-at_install")
class TestClose(PortalCase):
    def setUp(self):
        super().setUp()
        (self.ticket_done + self.ticket_cancelled).close_from_portal = True

    def close(self, ticket, stage=None, **form):
        values = {
            "csrf_token": http.Request.csrf_token(self),
            "ticket_id": ticket.id,
            "stage_id": (stage or self.ticket_done).id,
            **form,
        }
        response = self.url_open("/ticket/close", data=values, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def assertLeadsTo(self, response, path):
        self.assertEqual(response.status_code, 302)
        self.assertTrue(response.headers["Location"].endswith(path))

    def test_by_link(self):
        ticket = self.asked_ticket()
        with self.assertNothingChanges():
            response = self.url_open(
                f"/ticket/close?ticket_id={ticket.id}&stage_id={self.ticket_done.id}",
                allow_redirects=False,
            )
        self.assertLeadsTo(response, f"/my/ticket/{ticket.id}")

    def test_without_token(self):
        ticket = self.asked_ticket()
        with self.assertNothingChanges(), self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self.close(ticket, csrf_token="").status_code, 400)

    def test_customers_word(self):
        """Asked or not, the customer closes; it is kept as the customer's answer."""
        for ticket in (self.asked_ticket(), self.ticket(team_id=self.team.id)):
            self.assertLeadsTo(self.close(ticket), f"/my/ticket/{ticket.id}")
            self.assertEqual(ticket.stage_id, self.ticket_done)
            self.assertRecordValues(
                ticket.confirmation_id,
                [
                    {
                        "state": "accepted",
                        "answer_origin": "portal",
                        "answer_name": "Carmen Ortega",
                        "answer_partner_id": self.customer.id,
                    }
                ],
            )
            with self.assertNothingChanges():
                self.assertLeadsTo(self.close(ticket), f"/my/ticket/{ticket.id}")

    def test_withdrawn(self):
        self.customer.lang = "en_US"
        for ticket in (self.asked_ticket(), self.ticket(team_id=self.team.id)):
            self.close(ticket, self.ticket_cancelled)
            self.assertEqual(ticket.stage_id, self.ticket_cancelled)
            self.assertEqual(ticket.closing_reason, "Withdrawn by the customer")
            self.assertNotEqual(ticket.confirmation_state, "pending")

    def test_stage_that_is_not_for_it(self):
        other_team = self.team.copy({"name": "Otros"})
        ticket = self.asked_ticket()
        with self.assertNothingChanges():
            self.assertLeadsTo(self.close(ticket, self.ticket_doing), str(ticket.id))
        self.ticket_done.team_ids = [Command.set(other_team.ids)]
        with self.assertNothingChanges():
            self.assertLeadsTo(self.close(ticket), str(ticket.id))
        self.ticket_done.write({"team_ids": False, "close_from_portal": False})
        with self.assertNothingChanges():
            self.assertLeadsTo(self.close(ticket), str(ticket.id))

    def test_somebody_elses(self):
        ticket = self.asked_ticket()
        self.sign_in("bar_portal")
        with self.assertNothingChanges():
            self.assertLeadsTo(self.close(ticket), "/my")
        # One who follows reads it, and closes it no more than before
        ticket.message_subscribe(self.other_customer.ids)
        with self.assertNothingChanges():
            self.assertLeadsTo(self.close(ticket), f"/my/ticket/{ticket.id}")

    def test_staff(self):
        """People of the company do not speak for the customer (T4)."""
        ticket = self.asked_ticket()
        for login in ("everyone", "journey_manager"):
            self.sign_in(login)
            for stage in (self.ticket_done, self.ticket_cancelled):
                with self.assertNothingChanges():
                    self.close(ticket, stage)

    def test_staff_close_their_own(self):
        ticket = self.ticket(partner_id=self.agent.partner_id.id, user_id=self.agent.id)
        self.sign_in("agent")
        self.close(ticket)
        self.assertEqual(ticket.stage_id, self.ticket_done)

    def test_gate_that_refuses(self):
        """What the rules of tickets do not let through is said, and undone."""
        for error in (UserError("No"), RedirectWarning("No", 1, "Go")):
            ticket = self.ticket(team_id=self.team.id)
            Ticket = self.env.registry["helpdesk.ticket"]
            with (
                patch.object(Ticket, "_confirmation_accept", side_effect=error),
                self.assertNothingChanges(),
            ):
                response = self.close(ticket)
            self.assertLeadsTo(response, "?warning=close")
            page = self.url_open(response.headers["Location"])
            self.assertIn("cannot close this", page.text)

    def test_nonsense(self):
        ticket = self.asked_ticket()
        with self.assertNothingChanges():
            for value in ("", "x", "0", "-1", "9" * 9, "9" * 99, "1.5", "\x00", "٣"):
                response = self.close(ticket, ticket_id=value)
                self.assertLeadsTo(response, "/my")
                response = self.close(ticket, stage_id=value)
                self.assertLeadsTo(response, f"/my/ticket/{ticket.id}")
            self.assertLeadsTo(
                self.url_open("/ticket/close", allow_redirects=False), "/my"
            )


@tagged("post_install", "-at_install")
class TestServices(ConfirmationWebCase):
    def test_what_it_lists(self):
        phone = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        phone.write(
            {
                "is_public": True,
                "address": "+34 600 000 000",
                "use": "Lo urgente",
                "expected_time": "Al momento",
                "cost": 123.45,
            }
        )
        hidden = self.env["helpdesk.ticket.channel"].create(
            {"name": "Ventanilla interna", "address": "Sótano"}
        )
        self.team.news_interval_hours = 6.5
        secret_team = self.team.copy(
            {"name": "Equipo secreto", "show_in_portal": False}
        )
        self.env["helpdesk.ticket.type"].create(
            {"name": "Sin publicar", "show_in_portal": False}
        )
        page = self.url_open("/service")
        self.assertEqual(page.status_code, 200)
        for words in (
            "Lo urgente",
            "Al momento",
            "tel:+34600000000",
            "Averías",
            "6.5",
            self.type_complaint.name,
            "Before the sale",
        ):
            self.assertIn(words, page.text)
        for words in (
            "123.45",
            hidden.name,
            "Sótano",
            secret_team.name,
            "Sin publicar",
            self.type_report.name,
        ):
            self.assertNotIn(words, page.text)

    def test_nothing_to_list(self):
        for model in ("type", "channel", "team"):
            self.env[f"helpdesk.ticket.{model}"].search([]).active = False
        self.assertEqual(self.url_open("/service").status_code, 200)

    def test_links(self):
        for address, link in (
            ("hola@example.com", "mailto:hola@example.com"),
            ("+34 600 00 00 00", "tel:+34600000000"),
            ("https://example.com/x", "https://example.com/x"),
            ("example.com", "https://example.com"),
            ("Calle Mayor 1", ""),
            ("javascript:alert(1)", ""),
            ("", ""),
        ):
            self.assertEqual(ServicePage._link(address), link)
