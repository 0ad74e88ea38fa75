"""Bad input gets a clear error, or is taken as it is; nothing is lost."""

from psycopg2 import IntegrityError

from odoo.tests import users
from odoo.tools import mute_logger

from .common import JourneyCase

STRANGE_NAMES = (
    "ñ" * 10_000,
    "🚿🔧 ¡Gotea! 👨‍👩‍👧",
    "تسريب في الحمام",
    "נזילה בחדר האמבטיה",
    "<script>alert('x')</script> & <b>negrita</b>",
    "   ",
    "línea uno\nlínea dos\ttabulador",
    "%s %(name)s {name} \\ ' \" ; --",
)

MALFORMED_MAILS = {
    "no subject, no body": "From: a@customer.example\nTo: {to}\nMessage-Id: <1@x>\n\n",
    "no sender": "To: {to}\nSubject: Hola\nMessage-Id: <2@x>\n\nHola\n",
    "broken encoding": (
        "From: =?utf-8?b?!!!?= <b@customer.example>\nTo: {to}\n"
        "Subject: =?utf-8?q?=E1=E9?=\nMessage-Id: <3@x>\n"
        "Content-Type: text/plain; charset=utf-8\n\nca\xf1o roto\n"
    ),
    "broken multipart": (
        "From: c@customer.example\nTo: {to}\nSubject: Partes\nMessage-Id: <4@x>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nHola\n--b\nContent-Type: image/png\n"
        "Content-Transfer-Encoding: base64\n\n%%%%no base64%%%%\n"
    ),
    "huge subject": (
        "From: d@customer.example\nTo: {to}\nMessage-Id: <5@x>\n"
        "Subject: " + "largo " * 2000 + "\n\nHola\n"
    ),
    "right to left": (
        "From: e@customer.example\nTo: {to}\nMessage-Id: <6@x>\n"
        "Subject: =?utf-8?b?2KrYs9ix2YrYqA==?=\n"
        "Content-Type: text/plain; charset=utf-8\n\nتسريب 🚿\n"
    ),
}


class TestBadInput(JourneyCase):
    def test_strange_names(self):
        for name in STRANGE_NAMES:
            with self.subTest(name=name[:30]):
                lead = self.lead(name=name)
                ticket = self.ticket(name=name)
                for document in (lead, ticket):
                    self.assertEqual(document.journey_id.name, document.name)
                order = self.order(lead, client_order_ref=name)
                order.action_confirm()
                self.assertStage(lead.journey_id, "quote")
                body = str(self.last_message(lead.journey_id).body)
                self.assertNotIn("<script>", body)
                found = self.env["customer.journey"].name_search(name)
                self.assertIsInstance(found, list)

    def test_malformed_mails(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "averias",
                "alias_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        address = f"averias@{self.alias_domain}"
        for name, mail in MALFORMED_MAILS.items():
            with (
                self.subTest(name),
                self.mock_mail_gateway(),
                mute_logger("odoo.addons.mail.models.mail_thread"),
            ):
                last = self.env["helpdesk.ticket"].search([], limit=1, order="id desc")
                self.env["mail.thread"].message_process(
                    "helpdesk.ticket",
                    mail.format(to=address).encode("latin-1", "replace"),
                )
                ticket = self.env["helpdesk.ticket"].search([("id", ">", last.id or 0)])
                self.assertEqual(len(ticket), 1)
                self.assertStage(ticket.journey_id, "contact")
                self.assertTrue(ticket.journey_id.name)

    def test_deleted_partner(self):
        partner = self.env["res.partner"].create({"name": "Se va"})
        ticket = self.ticket(partner_id=partner.id, partner_name="Se va")
        lead = self.lead(partner_id=partner.id, contact_name="Se va")
        journeys = ticket.journey_id + lead.journey_id
        self.env.flush_all()
        partner.unlink()
        self.env.invalidate_all()
        self.assertFalse(journeys.partner_id)
        self.assertEqual(journeys.mapped("customer_name"), ["Se va", "Se va"])
        ticket.stage_id = self.ticket_doing
        self.assertStage(ticket.journey_id, "delivery")

    def test_merged_partners(self):
        double = self.env["res.partner"].create(
            {"name": "Carmen O.", "email": self.customer.email}
        )
        lead = self.lead(partner_id=double.id)
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer + double).ids, self.customer
        )
        self.assertEqual(lead.journey_id.partner_id, self.customer)

    def test_deleted_user(self):
        user = self._new_user("temporal", "sales_team.group_sale_salesman")
        lead = self.lead(user_id=user.id)
        lead.with_user(user).stage_id = self.crm_proposition
        self.env.flush_all()
        lead.user_id = False
        user.unlink()
        self.env.invalidate_all()
        self.assertEqual(len(lead.journey_id.event_ids), 2)

    @mute_logger("odoo.sql_db")
    def test_moves_by_hand_are_reasoned_in_the_database_too(self):
        journey = self.lead().journey_id
        for reason in (None, "  "):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                journey._log(
                    [
                        {
                            "journey_id": journey.id,
                            "event": "moved",
                            "stage_id": journey.stage_id.id,
                            "reason": reason,
                        }
                    ]
                )

    @users("everyone")
    def test_journey_that_does_not_exist(self):
        lead = self.lead()
        before = lead.journey_id
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            lead.sudo().journey_id = 999_999_999
            self.env.flush_all()
        self.assertEqual(lead.journey_id, before)

    def test_journey_taken_away_by_hand(self):
        """An open document always has one: without it, it begins anew."""
        lead = self.lead()
        old = lead.journey_id
        lead.journey_id = False
        self.assertTrue(lead.journey_id)
        self.assertFalse(old.exists())
