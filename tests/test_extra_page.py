"""The page where customers accept or refuse an extra (D3, pitfalls 25, 26)."""

from odoo.tests import HttpCase, tagged

from .confirmation_web import ConfirmationWebCase
from .extra_case import REASON, ExtraCase


@tagged("post_install", "-at_install")
class TestExtraPage(ExtraCase, ConfirmationWebCase):
    def asked(self, **values):
        order = self.accepted("hora", **values)
        self.add(order, "grifo", product_uom_qty=2, tax_ids=self.tax.ids)
        return order, self.ask(order)

    def accept(self, extra, **form):
        response = self.send(extra, answer="accepted", **form)
        self.assertSent(response, extra)

    def test_looking_changes_nothing(self):
        _order, extra = self.asked()
        with self.assertNothingChanges():
            for query in ("", "?answer=accepted", "?answer=refused"):
                response = self.look(extra, query)
                self.assertEqual(response.status_code, 200)
        for words in (REASON, "grifo", "24.20", "34.20", "Yes, go ahead"):
            self.assertIn(words, response.text)
        for words in ("Pictures", "How did we do", "Your signature"):
            self.assertNotIn(words, response.text)

    def test_accept(self):
        order, extra = self.asked()
        self.accept(extra, name="Carmen Ortega")
        question = extra.confirmation_id
        self.assertRecordValues(
            question,
            [
                {
                    "state": "accepted",
                    "answer_origin": "link",
                    "answer_name": "Carmen Ortega",
                    "answer_partner_id": self.customer.id,
                }
            ],
        )
        self.assertTrue(question.answer_address)
        self.assertEqual(self.line(order, "grifo").extra_state, "accepted")
        page = self.look(extra).text
        self.assertIn("Thank you!", page)
        self.assertIn("24.20", page)
        self.assertNotIn("after all", page)

    def test_a_name_is_wanted(self):
        order, extra = self.asked()
        with self.assertNothingChanges():
            response = self.send(extra, answer="accepted", name=" ")
        self.assertIn("name of whoever accepts", response.text)
        self.assertEqual(self.line(order, "grifo").extra_state, "waiting")

    def test_refuse(self):
        order, extra = self.asked()
        with self.assertNothingChanges():
            for form in (
                {},
                {"refusal_reason": "still_fails"},
                {"refusal_reason": "other"},
            ):
                response = self.send(extra, answer="refused", **form)
                self.assertEqual(response.status_code, 200)
        response = self.send(
            extra, answer="refused", refusal_reason="too_expensive", comment="Uf"
        )
        self.assertSent(response, extra)
        self.assertEqual(extra.confirmation_state, "refused")
        self.assertEqual(self.line(order, "grifo").product_uom_qty, 0)
        page = self.look(extra).text
        self.assertIn("We leave it out", page)
        self.assertNotIn("on it again", page)

    def test_a_yes_stays(self):
        order, extra = self.asked()
        self.accept(extra, name="Carmen")
        self.send(extra, answer="refused", refusal_reason="too_expensive")
        self.assertEqual(extra.confirmation_state, "accepted")
        self.assertEqual(self.line(order, "grifo").product_uom_qty, 2)

    def test_no_csrf_no_nonce(self):
        _order, extra = self.asked()
        with self.assertNothingChanges():
            for form in ({"csrf_token": ""}, {"nonce": "0" * 64}):
                response = self.send(extra, answer="accepted", name="Carmen", **form)
                self.assertNotEqual(response.status_code, 303)

    def test_old_link(self):
        order, extra = self.asked()
        path = self.path(extra)
        self.line(order, "grifo").product_uom_qty = 3
        self.env.flush_all()
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_people_of_the_company_only_look(self):
        order, extra = self.asked()
        self.authenticate("salesman", "salesman")
        page = self.look(extra).text
        self.assertIn("you only look", page)
        self.assertNotIn("answer_accepted", page)
        self.send(extra, answer="accepted", name="Carmen")
        self.assertEqual(extra.confirmation_state, "pending")
        self.assertTrue(order.extra_is_asked)

    def test_hidden_prices(self):
        order = self.accepted("hora", quote_presentation="grouped")
        self.add(order, "grifo", price_unit=13)
        self.add(order, "codo", price_unit=29)
        page = self.look(self.ask(order)).text
        self.assertIn("42.00", page)
        self.assertNotIn("13.00", page)
        self.assertNotIn("29.00", page)

    # In the customer's account

    def test_portal(self):
        order, extra = self.asked()
        order.action_complete_delivery()
        order.action_request_confirmation()
        self.authenticate("carmen_portal", "carmen_portal")
        path = self.path(extra)
        self.assertIn(path, self.url_open("/my/confirmations").text)
        page = self.url_open(f"/my/orders/{order.id}").text
        self.assertIn(path, page)
        self.assertIn(self.path(order), page)
        self.assertIn("Only if you accept it", page)
        self.accept(extra, name="Carmen Ortega")
        self.assertEqual(extra.confirmation_id.answer_origin, "portal")
        page = self.url_open(f"/my/orders/{order.id}").text
        self.assertNotIn(path, page)
        self.assertNotIn("Only if you accept it", page)
        self.assertIn("Accepted", self.url_open("/my/confirmations").text)

    def test_strangers(self):
        order, extra = self.asked()
        path = self.path(extra)
        self.authenticate("bar_portal", "bar_portal")
        self.assertEqual(self.url_open(path).status_code, 404)
        self.assertNotIn(path, self.url_open("/my/confirmations").text)
        self.authenticate(None, None)
        url = order.get_portal_url()
        self.assertNotIn(path, self.url_open(url).text)

    def test_compliments_on_the_order(self):
        for presentation in ("detailed", "grouped"):
            order = self.accepted("hora", quote_presentation=presentation)
            self.add(order, "prueba", discount=100, is_goodwill=True)
            page = self.url_open(order.get_portal_url()).text
            self.assertEqual(page.count("with our compliments"), 1, presentation)
            report = self.env["ir.actions.report"]._render_qweb_html(
                "sale.report_saleorder", order.ids
            )[0]
            self.assertIn(b"with our compliments", report)


@tagged("post_install", "-at_install")
class TestExtraTour(ExtraCase, HttpCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_accept_by_the_link_of_the_mail(self):
        self.customer.lang = "en_US"
        order = self.accepted("hora")
        self.add(order, "grifo", product_uom_qty=2, tax_ids=self.tax.ids)
        with self.mock_mail_gateway():
            extra = self.ask(order)
        link = extra.confirmation_id._link()
        mail = self.mail_about(order)
        self.assertIn(f"{link}?answer=accepted", mail.body_html)
        path = link.removeprefix(order.get_base_url())
        self.start_tour(f"{path}?answer=accepted", "customer_extra_tour", login=None)
        self.assertEqual(extra.confirmation_state, "accepted")
        self.assertEqual(extra.confirmation_id.answer_name, "Pedro Ortega")
        self.assertEqual(self.line(order, "grifo").qty_to_invoice, 2)
