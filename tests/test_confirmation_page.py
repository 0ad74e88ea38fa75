"""The page that a customer reaches by a link (T4, D4; pitfalls 25, 26, 30)."""

import base64
from contextlib import closing
from http.client import HTTPConnection
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .confirmation_web import WEBP, ConfirmationWebCase, picture

SIGNATURE = base64.b64encode(picture(size=(300, 100))).decode()


@tagged("post_install", "-at_install")
class TestLook(ConfirmationWebCase):
    def test_what_it_shows(self):
        ticket = self.asked_ticket(
            description="<p>Desde <b>ayer</b></p><script>alert(1)</script>"
        )
        page = self.look(ticket)
        self.assertEqual(page.status_code, 200)
        for words in (
            ticket.number,
            "No sale agua caliente",
            "Desde *ayer*",
            "Cambiado el cartucho.",
            "Carmen Ortega",
            "Is it solved?",
        ):
            self.assertIn(words, page.text)
        self.assertNotIn("alert(1)", page.text)
        self.assertIn('<html lang="en-US"', page.text)

    def test_order_without_prices(self):
        order = self.asked_order(delivery_summary="Todo montado.")
        order.order_line.price_unit = 4321.75
        page = self.look(order)
        for words in (order.name, "Mano de obra", "Todo montado."):
            self.assertIn(words, page.text)
        self.assertNotIn("4,321", page.text)
        self.assertIn("Is everything as agreed?", page.text)

    def test_language_of_the_customer(self):
        """The customer's, then the company's; whatever the browser asks for."""
        self.customer.lang = "es_ES"
        self._translate("confirmation_page", "Is it solved?", "¿Está resuelto?")
        ticket = self.asked_ticket()
        for header in ("en-US,en", "fr", ""):
            page = self.look(ticket, headers={"Accept-Language": header})
            self.assertIn('lang="es-ES"', page.text)
            self.assertIn("¿Está resuelto?", page.text)
        self.customer.lang = "en_US"
        self.assertIn("Is it solved?", self.look(ticket).text)
        nameless = self.asked_ticket(partner_id=False, partner_email="x@bar.example")
        self.assertIn('lang="en-US"', self.look(nameless).text)
        self.company.partner_id.lang = "es_ES"
        self.assertIn('lang="es-ES"', self.look(nameless).text)

    def test_language_that_the_website_has_not(self):
        if "website" not in self.env:
            self.skipTest("without the website there is one set of languages")
        websites = self.env["website"].search([])
        english = self.env.ref("base.lang_en")
        websites.write({"default_lang_id": english.id, "language_ids": english.ids})
        self.customer.lang = "es_ES"
        page = self.look(self.asked_ticket())
        self.assertEqual(page.status_code, 200)
        self.assertIn('lang="es-ES"', page.text)

    def _translate(self, view, source, value):
        self.env.ref(f"customer_service_stages.{view}").update_field_translations(
            "arch_db", {"es_ES": {source: value}}
        )

    def test_looking_changes_nothing(self):
        """Scanners look at every link, follow the buttons, and fetch in advance."""
        ticket, order = self.asked_ticket(), self.asked_order()
        scanners = (
            {},
            {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)"},
            {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
            {"X-Forwarded-For": "192.0.2.7", "Range": "bytes=0-99"},
        )
        with self.assertNothingChanges():
            for document in (ticket, order):
                for headers in scanners:
                    for query in ("", "?answer=accepted", "?answer=refused&sure=1"):
                        page = self.look(document, query, headers=headers)
                        self.assertEqual(page.status_code, 200)
                        page = self.look(document, query, method="HEAD")
                        self.assertEqual((page.status_code, page.text), (200, ""))

    def test_buttons_of_the_mail_choose(self):
        ticket = self.asked_ticket()
        self.assertNotIn("checked=", self.look(ticket).text)
        for answer in ("accepted", "refused"):
            page = self.look(ticket, f"?answer={answer}").text
            self.assertRegex(page, rf'value="{answer}"[^>]* checked="')
        self.assertNotIn("checked=", self.look(ticket, "?answer=perhaps").text)

    def test_headers(self):
        ticket = self.asked_ticket()
        for page in (
            self.look(ticket),
            self.url_open("/my/confirmation/unknown"),
            self.send(ticket, answer="refused", refusal_reason="still_fails"),
        ):
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(page.headers["Cache-Control"], "no-store")
            self.assertIn("noindex", page.headers["X-Robots-Tag"])

    def test_links_that_lead_nowhere_look_alike(self):
        void = self.asked_ticket()
        void_path = self.path(void)
        void.action_request_confirmation()
        old = self.asked_ticket()
        old.confirmation_id.request_date = "2020-01-01 10:00:00"
        done = self.asked_ticket()
        done.confirmation_id._answer("accepted", answer_origin="link")
        done.confirmation_id.answer_date = "2020-01-01 10:00:00"
        paths = (
            "/my/confirmation/unknown",
            "/my/confirmation/" + "a" * 43,
            "/my/confirmation/" + "a" * 3000,
            "/my/confirmation/%00",
            "/my/confirmation/%F0%9F%92%A9",
            "/my/confirmation/%C3%28",
            void_path,
            self.path(old),
            self.path(done),
        )
        pages = [self.url_open(path) for path in paths]
        self.assertEqual({page.status_code for page in pages}, {404})
        for page in pages:
            self.assertEqual(self.words(page), self.words(pages[0]), page.url)
        self.assertIn("does not lead anywhere", pages[0].text)
        with self.assertNothingChanges():
            for ticket in (old, done):
                response = self.send(ticket, answer="accepted")
                self.assertEqual(response.status_code, 404)

    def test_dots_for_a_token(self):
        """Clients resolve them; whoever writes into a socket does not."""
        for token in (".", "..", "%2e%2e"):
            for method in ("GET", "POST"):
                status = self._raw(method, f"/my/confirmation/{token}")
                self.assertEqual(status, 404)

    def _raw(self, method, path):
        address = urlsplit(self.base_url())
        self.env.flush_all()
        connection = HTTPConnection(address.hostname, address.port, timeout=20)
        with self.allow_requests(), closing(connection):
            cookies = self.opener.cookies.get_dict().items()
            cookie = "; ".join(f"{name}={value}" for name, value in cookies)
            connection.request(method, path, headers={"Cookie": cookie})
            return connection.getresponse().status

    def test_foreign_customer(self):
        """A link that somebody of another firm has got hold of shows nothing."""
        ticket = self.asked_ticket()
        self.authenticate("bar_portal", "bar_portal")
        page, unknown = self.look(ticket), self.url_open("/my/confirmation/unknown")
        self.assertEqual(page.status_code, 404)
        self.assertEqual(self.words(page), self.words(unknown))
        with self.assertNothingChanges():
            self.assertEqual(self.send(ticket, answer="accepted").status_code, 404)
        self._portal_user(self.colleague, "pedro_portal")
        self.authenticate("pedro_portal", "pedro_portal")
        self.assertEqual(self.look(ticket).status_code, 200)

    def test_staff_only_look(self):
        ticket = self.asked_ticket()
        self.authenticate("everyone", "everyone")
        page = self.look(ticket).text
        self.assertIn("Record the Answer", page)
        self.assertNotIn("o_confirmation_form", page)
        with self.assertNothingChanges():
            self.assertSent(self.send(ticket, answer="accepted"), ticket)


@tagged("post_install", "-at_install")
class TestAnswer(ConfirmationWebCase):
    def test_yes(self):
        ticket = self.asked_ticket()
        self.accept(ticket, score="5", comment="Muy\r\nbien")
        self.assertEqual(ticket.stage_id, self.ticket_done)
        self.assertRecordValues(
            ticket.confirmation_id,
            [
                {
                    "answer_origin": "link",
                    "answer_name": "Carmen Ortega",
                    "answer_partner_id": self.customer.id,
                    "answer_address": "127.0.0.1",
                    "score": 5,
                    "comment": "Muy\nbien",
                }
            ],
        )
        rating = self.env["rating.rating"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual((rating.rating, rating.feedback), (5, "Muy\nbien"))
        page = self.look(ticket).text
        self.assertIn("Thank you!", page)
        self.assertIn("It is not solved after all", page)

    def test_no_stars_no_rating(self):
        ticket = self.asked_ticket()
        self.accept(ticket)
        self.assertFalse(
            self.env["rating.rating"].search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
            )
        )

    def test_no(self):
        ticket = self.asked_ticket()
        self.refuse(ticket, refusal_reason="other", comment="Falta el grifo")
        self.assertEqual(ticket.workflow_step, "executing")
        self.assertEqual(ticket.reopen_count, 1)
        self.assertIn("Falta el grifo", ticket.reopen_reason)
        page = self.look(ticket).text
        self.assertIn("We are on it again", page)
        self.assertIn("Falta el grifo", page)
        self.assertNotIn("o_confirmation_form", page)

    def test_who_answers(self):
        for name, partner in (
            ("Carmen Ortega", self.customer),
            ("", self.customer),
            ("Su vecina", self.env["res.partner"]),
        ):
            ticket = self.asked_ticket()
            self.accept(ticket, name=name)
            confirmation = ticket.confirmation_id
            self.assertEqual(confirmation.answer_name, name or "Carmen Ortega")
            self.assertEqual(confirmation.answer_partner_id, partner)
        self._portal_user(self.colleague, "pedro_portal")
        self.authenticate("pedro_portal", "pedro_portal")
        ticket = self.asked_ticket()
        self.accept(ticket, name="Pedro")
        confirmation = ticket.confirmation_id
        self.assertEqual(confirmation.answer_origin, "portal")
        self.assertEqual(confirmation.answer_name, "Pedro")
        self.assertEqual(confirmation.answer_partner_id, self.colleague)

    def test_what_is_missing(self):
        """It says what, keeps what was typed, and takes nothing."""
        ticket = self.asked_ticket()
        for form, field in (
            ({"comment": "Nada aún"}, "answer"),
            ({"answer": "maybe", "comment": "Nada aún"}, "answer"),
            ({"answer": "refused", "comment": "Nada aún"}, "refusal_reason"),
            ({"answer": "refused", "refusal_reason": "x"}, "refusal_reason"),
            ({"answer": "refused", "refusal_reason": "other"}, "comment"),
            ({"answer": "accepted", "comment": "á" * 5001}, "comment"),
        ):
            with self.subTest(field), self.assertNothingChanges():
                response = self.send(ticket, name="Su vecina", **form)
                self.assertEqual(response.status_code, 200)
                self.assertIn(f'href="#{field}"', response.text)
                self.assertIn('role="alert"', response.text)
                self.assertIn("Su vecina", response.text)
                self.assertIn(form.get("comment", ""), response.text)

    def test_csrf(self):
        ticket = self.asked_ticket()
        with self.assertNothingChanges(), self.assertLogs("odoo.http", "WARNING"):
            for token in (None, "", "wrong", "ñ", "o99999999999"):
                response = self.send(ticket, answer="accepted", csrf_token=token)
                self.assertEqual(response.status_code, 400)

    def test_nonce(self):
        """A page that is out of date is shown again, with what was typed."""
        ticket = self.asked_ticket()
        for nonce in (None, "", "0" * 64, "ñ", ticket.confirmation_id._nonce() + "0"):
            with self.assertNothingChanges():
                page = self.send(
                    ticket, answer="accepted", nonce=nonce, comment="Todo perfecto"
                )
            self.assertEqual(page.status_code, 200)
            self.assertIn("press the button", page.text)
            self.assertIn("Todo perfecto", page.text)

    def test_twice(self):
        """Double click, the browser's back button: the first answer counts."""
        ticket = self.asked_ticket()
        nonce = ticket.confirmation_id._nonce()
        self.accept(ticket, comment="Primera")
        with self.assertNothingChanges():
            for stale in (nonce, ticket.confirmation_id._nonce()):
                again = self.send(ticket, answer="accepted", nonce=stale, comment="2")
                self.assertSent(again, ticket)
        self.assertEqual(ticket.confirmation_id.comment, "Primera")

    def test_two_people(self):
        """The other one sees the answer, and may still say no on purpose."""
        ticket = self.asked_ticket()
        nonce = ticket.confirmation_id._nonce()
        self.accept(ticket)
        form = {"refusal_reason": "still_fails", "comment": "Gotea"}
        with self.assertNothingChanges():
            page = self.send(ticket, answer="refused", nonce=nonce, **form)
        self.assertIn("answered meanwhile", page.text)
        self.assertIn("Gotea", page.text)
        self.refuse(ticket, **form)
        with self.assertNothingChanges():
            self.assertSent(self.send(ticket, answer="refused", **form), ticket)

    def test_gate_that_refuses(self):
        """What the documents' own rules do not let through is said, and undone."""
        ticket = self.asked_ticket()
        answer = self.env.registry["customer.confirmation"]._answer

        def refused(confirmations, *args, **kwargs):
            answer(confirmations, *args, **kwargs)
            raise UserError("A rule of the office")

        with self._patched(refused), self.assertNothingChanges():
            page = self.send(ticket, answer="accepted", comment="Muy bien")
        self.assertEqual(page.status_code, 200)
        self.assertIn("cannot take your answer", page.text)
        self.assertIn("Muy bien", page.text)
        self.assertNotIn("A rule of the office", page.text)

    def test_tried_again(self):
        """Two answers at once: Odoo tries the later one again, pictures and all."""
        ticket = self.asked_ticket()
        answer = self.env.registry["customer.confirmation"]._answer
        tries = []

        def overtaken_once(confirmations, *args, **kwargs):
            tries.append(len(kwargs["attachments"]))
            answer(confirmations, *args, **kwargs)
            if len(tries) == 1:
                raise ConcurrencyError("Somebody else was faster")

        files = [("photos", (f"{n}.png", picture())) for n in range(3)]
        with self._patched(overtaken_once), mute_logger("odoo.service.model"):
            self.refuse(ticket, files=files)
        self.assertEqual(tries, [3, 3])
        self.assertEqual(ticket.reopen_count, 1)

    def _patched(self, answer):
        Confirmation = self.env.registry["customer.confirmation"]
        return patch.object(Confirmation, "_answer", answer)

    def test_taken_back(self):
        """A yes, a silence or a waiver becomes a no while the window is open."""
        for state in ("accepted", "timed_out", "waived"):
            ticket = self.asked_ticket()
            ticket.confirmation_id._answer(
                state, answer_origin="link", answer_name="Carmen"
            )
            self.assertTrue(ticket.stage_id.closed)
            self.assertIn("o_confirmation_withdraw", self.look(ticket).text)
            self.refuse(ticket, comment="Vuelve a gotear")
            self.assertEqual(ticket.workflow_step, "executing")
            self.assertFalse(ticket.closed_date)

    def test_taken_back_too_late(self):
        ticket = self.asked_ticket()
        self.accept(ticket)
        nonce = ticket.confirmation_id._nonce()
        with freeze_time("2100-01-01"), self.assertNothingChanges():
            self.assertEqual(self.look(ticket).status_code, 404)
            response = self.send(
                ticket, answer="refused", refusal_reason="still_fails", nonce=nonce
            )
            self.assertEqual(response.status_code, 404)

    def test_doubtful_yes(self):
        """Few stars, or words that say otherwise, are asked about once (pitfall 30)."""
        for form in (
            {"score": "1"},
            {"score": "2"},
            {"comment": "Pero sigue goteando"},
        ):
            ticket = self.asked_ticket()
            with self.assertNothingChanges():
                page = self.send(ticket, answer="accepted", name="Carmen O.", **form)
            self.assertIn("Is it really solved?", page.text)
            for value in (*form.values(), "Carmen O."):
                self.assertIn(value, page.text)
            with self.assertNothingChanges():
                page = self.send(ticket, answer="refused", sure="1", **form)
            self.assertIn('href="#refusal_reason"', page.text)
            self.accept(ticket, sure="1", **form)
        ticket = self.asked_ticket()
        self.accept(ticket, score="3", comment="Muy amables")


@tagged("post_install", "-at_install")
class TestPictures(ConfirmationWebCase):
    def photos(self, *names_and_data):
        return [("photos", (name, data)) for name, data in names_and_data]

    def test_kept_with_the_answer(self):
        ticket = self.asked_ticket()
        files = self.photos(
            ("fuga.png", picture()),
            ("../../etc/fuga.html", picture("JPEG")),
            ("fuga.webp", WEBP),
            ("fuga", picture("GIF")),
            ("x" * 300 + "\x00.jpg", picture("JPEG", (4000, 200))),
        )
        self.refuse(ticket, files=files, comment="Mira las fotos")
        message = ticket.message_ids.filtered("attachment_ids")
        self.assertEqual(
            sorted(message.attachment_ids.mapped("mimetype")),
            ["image/gif", "image/jpeg", "image/jpeg", "image/png", "image/webp"],
        )
        names = message.attachment_ids.mapped("name")
        self.assertIn("fuga.html.jpg", names)
        self.assertTrue(all(len(name) <= 105 and "/" not in name for name in names))
        self.assertEqual(message.author_id, self.customer)

    def test_what_is_no_picture(self):
        ticket = self.asked_ticket()
        whole = picture(size=(64, 64))
        for name, data in (
            ("page.png", b"<html><script>alert(1)</script></html>"),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("report.pdf", b"%PDF-1.4 nothing"),
            ("broken.png", whole[:20] + bytes(100)),
            ("head.jpg", b"\xff\xd8\xff\xe0" + bytes(100)),
            ("empty.png", b""),
            ("large.png", whole + bytes(5 * 1024 * 1024)),
        ):
            with self.subTest(name), self.assertNothingChanges():
                page = self.send(
                    ticket,
                    files=self.photos((name, data)),
                    answer="refused",
                    refusal_reason="still_fails",
                    comment="Gotea por la noche",
                )
                self.assertEqual(page.status_code, 200)
                self.assertIn(name, page.text)
                self.assertIn('href="#photos"', page.text)
                self.assertIn("Gotea por la noche", page.text)

    def test_too_many(self):
        ticket = self.asked_ticket()
        files = self.photos(*[(f"{n}.png", picture()) for n in range(6)])
        page = self.send(ticket, files=files, answer="accepted")
        self.assertIn('href="#photos"', page.text)
        self.assertEqual(ticket.confirmation_state, "pending")

    def test_none_chosen(self):
        """Browsers send an empty file where none is chosen."""
        ticket = self.asked_ticket()
        self.accept(ticket, files=self.photos(("", b"")))

    def test_too_large_altogether(self):
        ticket = self.asked_ticket()
        files = self.photos(("big.png", bytes(31 * 1024 * 1024)))
        response = self.send(ticket, files=files, answer="accepted")
        self.assertEqual(response.status_code, 413)
        self.assertEqual(ticket.confirmation_state, "pending")


@tagged("post_install", "-at_install")
class TestDelivery(ConfirmationWebCase):
    def test_signed(self):
        order = self.asked_order()
        self.accept(
            order, name="Carmen Ortega", signature=SIGNATURE, comment="Falta barrer",
            sure="1",
        )  # fmt: skip
        confirmation = order.confirmation_id
        self.assertTrue(confirmation.signature)
        self.assertTrue(confirmation.signed_attachment_id)
        self.assertEqual(confirmation.comment, "Falta barrer")
        self.assertIn("Thank you!", self.look(order).text)

    def test_as_a_data_address(self):
        order = self.asked_order()
        self.accept(order, name="C", signature=f"data:image/png;base64,{SIGNATURE}")
        self.assertTrue(order.confirmation_id.signature)

    def test_unsigned(self):
        order = self.asked_order()
        page = base64.b64encode(b"<html></html>").decode()
        whole = picture(size=(300, 100))
        broken = base64.b64encode(whole[:20] + bytes(100)).decode()
        for form, field in (
            ({"signature": SIGNATURE, "name": " "}, "name"),
            ({"name": "Carmen"}, "signature"),
            ({"name": "Carmen", "signature": "?"}, "signature"),
            ({"name": "Carmen", "signature": "ñ"}, "signature"),
            ({"name": "Carmen", "signature": page}, "signature"),
            ({"name": "Carmen", "signature": broken}, "signature"),
            ({"name": "Carmen", "signature": "A" * 2_000_000}, "signature"),
        ):
            with self.subTest(field), self.assertNothingChanges():
                response = self.send(order, answer="accepted", **form)
                self.assertEqual(response.status_code, 200)
                self.assertIn(f'href="#{field}"', response.text)

    def test_signature_is_kept(self):
        """An error elsewhere does not make the customer sign again."""
        order = self.asked_order()
        page = self.send(order, answer="accepted", name="", signature=SIGNATURE)
        self.assertRegex(page.text, r'name="signature" value="[A-Za-z0-9+/=]{40,}"')

    def test_refused(self):
        order = self.asked_order()
        self.refuse(order, refusal_reason="not_asked", comment="Otro modelo")
        self.assertFalse(order.delivery_completion_date)
        self.assertFalse(order.confirmation_id.signature)

    def test_signed_and_taken_back(self):
        order = self.asked_order()
        self.accept(order, name="Carmen", signature=SIGNATURE)
        self.refuse(order, comment="No calienta")
        self.assertFalse(order.delivery_completion_date)


@tagged("post_install", "-at_install")
class TestRate(ConfirmationWebCase):
    def test_answers_and_wrong_links(self):
        ticket = self.asked_ticket()
        self._limit("3")
        with freeze_time("2026-05-04 10:00:00"):
            for _i in range(2):
                response = self.url_open("/my/confirmation/unknown")
                self.assertEqual(response.status_code, 404)
            self.assertEqual(self.send(ticket).status_code, 200)
            with self.assertNothingChanges():
                for response in (
                    self.url_open("/my/confirmation/unknown"),
                    self.send(ticket, answer="accepted"),
                ):
                    self.assertEqual(response.status_code, 429)
                    self.assertEqual(response.headers["Retry-After"], "60")
                    self.assertIn("Wait for a minute", response.text)
            # Looking is free: firms share an address
            self.assertEqual(self.look(ticket).status_code, 200)
        with freeze_time("2026-05-04 10:01:01"):
            self.accept(ticket)

    def test_no_limit_and_nonsense(self):
        for value, most in (("0", 40), ("no number", 30)):
            self._limit(value)
            with freeze_time("2026-05-04 10:00:00"):
                found = [
                    self.url_open("/my/confirmation/unknown").status_code
                    for _i in range(40)
                ]
            self.assertEqual(found, [404] * most + [429] * (40 - most))


@tagged("post_install", "-at_install")
class TestPhone(ConfirmationWebCase):
    """A customer with a phone, in Chromium."""

    browser_size = "375x667"
    touch_enabled = True

    def test_refuse_then_accept(self):
        ticket = self.asked_ticket()
        self.start_tour(self.path(ticket), "customer_confirmation_refuse", login=None)
        self.assertEqual(ticket.confirmation_state, "refused")
        ticket.action_request_confirmation()
        self.start_tour(self.path(ticket), "customer_confirmation_accept", login=None)
        self.assertEqual(ticket.confirmation_state, "accepted")
        self.assertEqual(ticket.confirmation_id.score, 2)
        self.assertEqual(ticket.stage_id, self.ticket_done)

    def test_sign(self):
        order = self.asked_order()
        self.start_tour(self.path(order), "customer_confirmation_sign", login=None)
        self.assertEqual(order.confirmation_state, "accepted")
        self.assertTrue(order.confirmation_id.signature)
