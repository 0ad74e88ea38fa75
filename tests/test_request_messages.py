"""What customers hear, and what their mails do (T5, T6; pitfalls 17, 28, 29)."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .test_confirmation_cycle import CycleCase

MAIL = """From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{message_id}@customer.example>
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{body}
"""


class MessageCase(CycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.team.write(
            {"alias_name": "averias", "alias_domain_id": cls.mail_alias_domain.id}
        )
        cls.mail_number = 0

    def receive(self, body, subject="Fuga", answering=None, headers=(), sender=None):
        """Let a mail arrive, new or in answer to what a ticket's customer was sent."""
        type(self).mail_number += 1
        headers = list(headers)
        if answering:
            message = answering.message_ids.filtered("message_id").sorted("id")[-1:]
            headers.append(f"In-Reply-To: {message.message_id}")
            headers.append(f"References: {message.message_id}")
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                None,
                MAIL.format(
                    sender=sender or "Carmen Ortega <carmen@customer.example>",
                    to=f"averias@{self.mail_alias_domain.name}",
                    subject=subject,
                    message_id=f"m{self.mail_number}",
                    headers="".join(f"{header}\n" for header in headers),
                    body=body,
                ),
            )
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)


@tagged("post_install", "-at_install")
class TestAcknowledgement(MessageCase):
    def test_mail_is_acknowledged_once(self):
        self.env["customer.sla.policy"].search([]).active = False
        self.team.news_interval_hours = 24
        ticket = self.receive("Sale agua por debajo del fregadero.")
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.team_id, self.team)
        self.assertTrue(ticket.acknowledged_date)
        mail = self.mails(ticket, "received")
        self.assertEqual(len(mail), 1)
        self.assertIn(ticket.number, mail.subject)
        self.assertIn("Carmen Ortega", mail.body_html)
        self.assertIn("First news by", mail.body_html)
        self.assertIn("averias@", mail.reply_to)
        self.receive("¿Siguen ahí?", answering=ticket)
        self.assertEqual(len(self.mails(ticket, "received")), 1)

    def test_programs_and_spam_are_not_answered(self):
        for header in (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated (rejected)",
            "X-Auto-Response-Suppress: All",
            "Precedence: bulk",
            "List-Id: <novedades.example>",
            "X-Spam-Flag: YES",
        ):
            ticket = self.receive("Boletín", subject=header, headers=[header])
            self.assertEqual(ticket.name, header)
            self.assertFalse(ticket.acknowledged_date, header)
            self.assertFalse(self.mails(ticket, "received"), header)

    def test_unknown_sender(self):
        ticket = self.receive("Hola", sender="Nuevo <nuevo@customer.example>")
        self.assertFalse(ticket.partner_id)
        mail = self.mails(ticket, "received")
        self.assertIn("nuevo@customer.example", mail.email_to)

    def test_by_the_channel(self):
        """What was said on the phone is not said again by mail."""
        phone, web = (
            self.ticket(
                channel_id=self.env.ref(
                    f"helpdesk_mgmt.helpdesk_ticket_channel_{name}"
                ).id
            )
            for name in ("phone", "web")
        )
        self.assertFalse(self.mails(phone, "received"))
        self.assertEqual(len(self.mails(web, "received")), 1)
        internal = self.ticket(
            channel_id=web.channel_id.id, partner_id=self.everyone.partner_id.id
        )
        self.assertFalse(self.mails(internal, "received"))

    def test_import_acknowledges_nothing(self):
        web = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        ticket = (
            self.env["helpdesk.ticket"]
            .with_context(tracking_disable=True)
            .create(
                {
                    "name": "Antiguo",
                    "description": "x",
                    "partner_id": self.customer.id,
                    "channel_id": web.id,
                }
            )
        )
        self.assertFalse(ticket.acknowledged_date)


@tagged("post_install", "-at_install")
class TestReplies(MessageCase):
    def test_reply_pauses(self):
        ticket = self.asked_ticket()
        self.receive("No sé si funciona, vengo el lunes", answering=ticket)
        confirmation = ticket.confirmation_id
        self.assertEqual(confirmation.state, "pending")
        self.assertTrue(confirmation.is_paused)
        self.assertFalse(confirmation.next_action_date)
        self.assertEqual(ticket.activity_ids.user_id, self.agent)

    def test_yes_by_mail_is_no_acceptance(self):
        ticket = self.asked_ticket()
        self.receive("Sí, acepto, está resuelto", answering=ticket)
        self.assertEqual(ticket.confirmation_state, "pending")
        self.assertFalse(ticket.stage_id.closed)

    def test_reply_reopens_where_the_team_says_so(self):
        self.team.reopen_on_reply = True
        ticket = self.asked_ticket()
        self.receive("Sigue goteando", answering=ticket)
        self.assertEqual(ticket.stage_id, self.ticket_doing)
        self.assertEqual(ticket.confirmation_ids.state, "void")
        self.assertEqual(ticket.reopen_count, 1)
        self.assertIn("Sigue goteando", ticket.reopen_reason)

    def test_thanks_do_not_reopen(self):
        self.team.reopen_on_reply = True
        waiting, closed = self.asked_ticket(), self.asked_ticket()
        self.accept(closed)
        for ticket in waiting + closed:
            stage = ticket.stage_id
            self.receive("¡Muchas gracias!", answering=ticket)
            self.assertEqual(ticket.stage_id, stage)
        self.assertTrue(waiting.confirmation_id.is_paused)
        # Nothing closes while the last word is the customer's, so somebody has to ask
        self.assertEqual(waiting.activity_ids.user_id, self.agent)
        self.assertFalse(closed.activity_ids)

    def test_out_of_office_does_nothing(self):
        self.team.reopen_on_reply = True
        waiting, closed = self.asked_ticket(), self.asked_ticket()
        self.accept(closed)
        for ticket in waiting + closed:
            stage, contacts = ticket.stage_id, ticket.contact_in_count
            self.receive(
                "Estoy de vacaciones hasta el 15.",
                subject="Fuera de la oficina",
                answering=ticket,
                headers=["Auto-Submitted: auto-replied"],
            )
            self.assertEqual(ticket.stage_id, stage)
            self.assertEqual(ticket.contact_in_count, contacts)
            self.assertFalse(ticket.activity_ids)
        self.assertFalse(waiting.confirmation_id.is_paused)
        self.assertTrue(waiting.confirmation_id.next_action_date)

    def test_closed_within_the_window(self):
        ticket = self.asked_ticket()
        self.accept(ticket)
        self.receive("Ha vuelto a gotear", answering=ticket)
        self.assertTrue(ticket.stage_id.closed)
        self.assertEqual(ticket.activity_ids.user_id, self.agent)
        self.team.reopen_on_reply = True
        self.receive("Ha vuelto a gotear", answering=ticket)
        self.assertFalse(ticket.stage_id.closed)
        self.assertEqual(ticket.confirmation_state, "none")

    def test_closed_long_ago_opens_a_follow_up(self):
        ticket = self.asked_ticket()
        self.accept(ticket)
        ticket.closed_date -= timedelta(days=30)
        follow_up = self.receive("Ha vuelto a gotear", answering=ticket)
        self.assertNotEqual(follow_up, ticket)
        self.assertEqual(follow_up.origin_ticket_id, ticket)
        self.assertEqual(follow_up.partner_id, self.customer)
        self.assertEqual(follow_up.team_id, self.team)
        self.assertIn("Ha vuelto a gotear", follow_up.description)
        self.assertTrue(ticket.stage_id.closed)
        self.assertEqual(len(self.mails(follow_up, "received")), 1)

    def test_bounce_of_the_question(self):
        ticket = self.asked_ticket()
        message = self.mails(ticket).mail_message_id
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                None,
                f"""From: MAILER-DAEMON@customer.example
To: {self.mail_alias_domain.bounce_email}
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce1@customer.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

No such user
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; carmen@customer.example
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-Id: {message.message_id}
From: x@example.com
To: carmen@customer.example
Subject: x

x
--b--
""",
            )
        self.assertTrue(ticket.confirmation_id.has_bounced)
        self.assertEqual(ticket.activity_ids.activity_type_id.category, "phonecall")


@tagged("post_install", "-at_install")
class TestContacts(MessageCase):
    def test_counts(self):
        ticket = self.receive("Sale agua")
        ticket.write({"user_id": self.agent.id, "stage_id": self.ticket_doing.id})
        self.assertEqual(ticket.contact_count, 1, "the request itself")
        agent_ticket = ticket.with_user(self.agent)
        agent_ticket.message_post(body="Nota interna", message_type="comment")
        self.assertEqual(ticket.contact_count, 1)
        agent_ticket.message_post(
            body="Vamos mañana.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(ticket.contact_out_count, 1)
        self.assertTrue(ticket.last_answer_date)
        self.receive("¿A qué hora?", answering=ticket)
        self.assertEqual(ticket.contact_in_count, 2)
        call = ticket.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.agent.id
        )
        call.with_user(self.agent).action_feedback("Hablado")
        self.assertEqual(ticket.call_count, 1)
        self.assertEqual(ticket.contact_count, 4)
        groups = self.env["helpdesk.ticket"]._read_group(
            [("id", "=", ticket.id)], ["contact_count"], ["contact_in_count:sum"]
        )
        self.assertEqual(groups, [(4, 2)])

    def test_to_a_colleague_is_no_contact(self):
        ticket = self.working_ticket()
        ticket.message_unsubscribe(self.customer.ids)
        ticket.with_user(self.agent).message_post(
            body="¿Lo miras tú?",
            partner_ids=self.everyone.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(ticket.contact_out_count, 0)

    def test_first_contact_resolution(self):
        once, twice = (
            self.working_ticket(type_id=self.type_information.id) for _number in "12"
        )
        self.receive("Otra cosa", answering=twice)
        for ticket in once + twice:
            self.assertFalse(ticket.is_first_contact_resolution)
            ticket.stage_id = self.ticket_done
        found = self.env["helpdesk.ticket"].search(
            [
                ("is_first_contact_resolution", "=", True),
                ("id", "in", (once + twice).ids),
            ]
        )
        self.assertEqual(found, once)
        once.stage_id = self.ticket_doing
        once.stage_id = self.ticket_done
        self.assertFalse(once.is_first_contact_resolution)

    def test_who_asks_follows(self):
        ticket = self.ticket()
        self.assertIn(self.customer, ticket.message_partner_ids)
        internal = self.ticket(partner_id=self.everyone.partner_id.id)
        self.assertNotIn(self.everyone.partner_id, internal.message_partner_ids)


@tagged("post_install", "-at_install")
class TestNews(MessageCase):
    def run_news(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("customer_service_stages.ir_cron_ticket_news")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_silence_is_noticed_once(self):
        self.team.news_interval_hours = 4
        opened = self.ticket(team_id=self.team.id)
        ticket = self.working_ticket()
        self.assertFalse(opened.next_news_date)
        self.assertAlmostEqual(
            ticket.next_news_date,
            fields.Datetime.now() + timedelta(hours=4),
            delta=timedelta(minutes=1),
        )
        self.run_news()
        self.assertFalse(ticket.activity_ids)
        ticket.next_news_date -= timedelta(hours=5)
        self.run_news()
        self.run_news()
        self.assertEqual(len(ticket.activity_ids), 1)
        self.assertEqual(ticket.activity_ids.user_id, self.agent)
        ticket.with_user(self.agent).message_post(
            body="Esperamos la pieza.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertGreater(ticket.next_news_date, fields.Datetime.now())
        ticket.next_news_date -= timedelta(hours=5)
        self.run_news()
        self.assertEqual(len(ticket.activity_ids), 2)

    def test_in_working_time(self):
        self.team.write(
            {
                "news_interval_hours": 4,
                "resource_calendar_id": self.env["resource.calendar"]
                .create(
                    {
                        "name": "Tardes",
                        "tz": "Europe/Madrid",
                        "attendance_ids": [
                            Command.create(
                                {
                                    "name": day,
                                    "dayofweek": day,
                                    "hour_from": 15,
                                    "hour_to": 18,
                                }
                            )
                            for day in "01234"
                        ],
                    }
                )
                .id,
            }
        )
        with self.mock_datetime_and_now(datetime(2026, 5, 8, 15)):  # a Friday, 17:00
            news = self.working_ticket().next_news_date
        self.assertEqual(fields.Datetime.to_string(news), "2026-05-11 16:00:00")

    def test_not_while_the_customer_is_asked(self):
        self.team.news_interval_hours = 4
        ticket = self.asked_ticket()
        self.assertFalse(ticket.next_news_date)
