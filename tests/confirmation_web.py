"""What the tests of the customer's pages share."""

import io
import re
from contextlib import contextmanager

from PIL import Image

from odoo import http
from odoo.tests import HttpCase, new_test_user

from odoo.addons.customer_service_stages.controllers.customer_page import knocks

from .common import JourneyCase

#: What an answer, a look or an attack could change.
WATCHED = (
    "customer_confirmation",
    "helpdesk_ticket",
    "sale_order",
    "customer_journey",
    "mail_message",
    "mail_mail",
    "mail_activity",
    "rating_rating",
    "res_partner",
)


#: A picture of one point, for installations that cannot make one.
WEBP = bytes.fromhex(
    "524946461a000000574542505650384c0d0000002f00000010071011118888fe0700"
)


def picture(kind="PNG", size=(8, 8)):
    """Return the bytes of a small picture."""
    data = io.BytesIO()
    Image.new("RGB", size, "navy").save(data, kind)
    return data.getvalue()


class ConfirmationWebCase(JourneyCase, HttpCase):
    """Customers with a browser."""

    watched = WATCHED

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        cls.colleague = cls.env["res.partner"].create(
            {"name": "Pedro Ortega", "parent_id": cls.customer.id}
        )
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Averías"})
        cls.portal_user = cls._portal_user(cls.customer, "carmen_portal")
        cls.stranger = cls._portal_user(cls.other_customer, "bar_portal")
        cls._limit("0")

    @classmethod
    def _portal_user(cls, partner, login):
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            name=partner.name,
        )

    @classmethod
    def _limit(cls, value):
        cls.env["ir.config_parameter"].set_param(
            "customer_service_stages.confirmation_rate_limit", value
        )
        knocks.clear()

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    # Questions

    def asked_ticket(self, **values):
        ticket = self.ticket(
            **{
                "team_id": self.team.id,
                "user_id": self.everyone.id,
                "resolution_summary": "Cambiado el cartucho.",
                **values,
            }
        )
        ticket.action_request_confirmation()
        self.assertEqual(ticket.confirmation_state, "pending")
        return ticket

    def asked_order(self, **values):
        order = self.delivered_order(**values)
        order.action_request_confirmation()
        self.assertEqual(order.confirmation_state, "pending")
        return order

    # Pages

    def path(self, document):
        return f"/my/confirmation/{document.confirmation_id.access_token}"

    def look(self, document, query="", **options):
        return self.url_open(self.path(document) + query, **options)

    def send(self, document, files=None, **form):
        """Press the button of the page, as it is now."""
        values = {
            "csrf_token": http.Request.csrf_token(self),
            "nonce": document.confirmation_id._nonce(),
            **form,
        }
        response = self.url_open(
            self.path(document),
            data=values,
            files=files,
            allow_redirects=False,
            timeout=60,
        )
        self.env.invalidate_all()
        return response

    def assertSent(self, response, document):
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(self.path(document)))

    def accept(self, document, **form):
        response = self.send(document, answer="accepted", **form)
        self.assertSent(response, document)
        self.assertEqual(document.confirmation_state, "accepted")

    def refuse(self, document, **form):
        form = {"refusal_reason": "still_fails", **form}
        response = self.send(document, answer="refused", **form)
        self.assertSent(response, document)
        self.assertEqual(document.confirmation_state, "refused")

    # What is in the database

    def rows(self):
        self.env.flush_all()
        found = {}
        for table in self.watched:
            self.env.cr.execute(f"SELECT * FROM {table} ORDER BY id")
            found[table] = self.env.cr.dictfetchall()
        return found

    @contextmanager
    def assertNothingChanges(self):
        before = self.rows()
        yield
        self.env.invalidate_all()
        for table, rows in self.rows().items():
            self.assertEqual([r for r in rows if r not in before[table]], [], table)
            self.assertEqual(len(rows), len(before[table]), table)

    @staticmethod
    def words(response):
        """Return a page without what differs from one request to the next."""
        words = re.sub(r'csrf_token[^<>,]*"[^"]+"', "", response.text)
        return re.sub(r"<(link|meta) [^>]*(canonical|og:url)[^>]*>", "", words)
