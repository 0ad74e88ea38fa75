"""Confirmations cost queries per batch, not per request (T4, T5)."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .common import JourneyCase

MANY = 50


@tagged("post_install", "-at_install")
class TestConfirmationQueries(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Siempre", "flexible_hours": True, "tz": "UTC"}
        )
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": f"Cliente {number}", "email": f"c{number}@correo.example"}
                for number in range(MANY)
            ]
        )

    def vals_list(self, count, **values):
        return [
            {
                "name": "Gotea",
                "description": "x",
                "partner_id": customer.id,
                "stage_id": self.ticket_doing.id,
                **values,
            }
            for customer in self.customers[:count]
        ]

    def tickets(self, count, **values):
        return self.env["helpdesk.ticket"].create(self.vals_list(count, **values))

    def asked(self, count):
        """Return questions that are due."""
        tickets = self.tickets(count)
        tickets.stage_id = self.ticket_completed
        questions = tickets.sudo().confirmation_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_confirmation SET next_action_date = request_date,"
            " last_reminder_date = NULL"
        )
        return questions.browse(questions.ids)

    def assertQueries(self, prepare, work, fixed, each=0):
        """Check the queries of working on one and on many, after a first time.

        What Odoo tracks at the end of a transaction, and mails for a stage, is its own.

        :param prepare: function of a number, that returns what is worked on.
        :param work: function of what has been prepared.
        :param int fixed: queries of a batch.
        :param float each: queries more of each record.
        """
        work(prepare(MANY))
        for count in (1, MANY):
            records = prepare(count)
            self.flush_tracking()
            self.env.invalidate_all()
            allowed = fixed + each * count
            with (
                self.subTest(count=count),
                self.assertQueryCount(allowed, flush=False),
            ):
                work(records)
                self.env.flush_all()

    def test_ask(self):
        self.assertQueries(
            self.tickets, lambda tickets: tickets.action_request_confirmation(), 54
        )

    def test_move_to_completed(self):
        self.assertQueries(
            self.tickets,
            lambda tickets: tickets.write({"stage_id": self.ticket_completed.id}),
            54,
        )

    def test_remind(self):
        self.assertQueries(self.asked, lambda questions: questions._do_due(), 36)

    def test_close_on_silence(self):
        def prepare(count):
            questions = self.asked(count)
            questions.reminder_count = 2
            questions.reminder_mail_id = self.env["mail.mail"].create({"state": "sent"})
            return questions

        self.assertQueries(prepare, lambda questions: questions._do_due(), 43)

    def test_news(self):
        def prepare(count):
            tickets = self.tickets(count)
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET news_alert_date = NULL,"
                " next_news_date = CASE WHEN id IN %s THEN create_date END",
                [tickets._ids],
            )
            return tickets

        commit = patch.object(IrCron, "_commit_progress", lambda *_args, **_kw: 1)
        with commit:
            self.assertQueries(
                prepare, lambda tickets: tickets._cron_news(), 10, each=6
            )

    def test_create(self):
        self.assertQueries(
            self.vals_list,
            lambda vals_list: self.env["helpdesk.ticket"].create(vals_list),
            20,
            each=10,  # Odoo's own, most of it for chatter and followers
        )

    def test_create_acknowledged(self):
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        self.assertQueries(
            lambda count: self.vals_list(count, channel_id=channel.id),
            lambda vals_list: self.env["helpdesk.ticket"].create(vals_list),
            44,
            each=10,
        )
