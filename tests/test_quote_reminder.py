"""Mails to customers who have not decided on a quote (Q7)."""

from datetime import datetime
from unittest.mock import patch

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_service_stages.models.mailing_mixin import (
    CustomerMailingMixin,
)
from odoo.addons.customer_service_stages.models.planned_mixin import BACK_OFF

from .quote_case import SIGNATURE, QuoteCase

#: Monday at nine, when the quotes of the tests are sent.
MONDAY = datetime(2026, 5, 4, 9)


class ReminderCase(QuoteCase):
    """Monday to Friday, from 8 to 16 o'clock; quotes that expire on Sunday the 17th."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "De 8 a 16",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 16,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.company.write(
            {
                "resource_calendar_id": cls.calendar.id,
                "quote_reminder_days": 3,
                "quote_reminder_count": 2,
                "quote_expiry_notice_days": 3,
                "contact_rest_days": 1,
            }
        )
        cls.customer.lang = "en_US"

    def sent_quote(self, validity="2026-05-17", at=MONDAY, **values):
        with freeze_time(at):
            order = self.quote("grifo", user_id=self.salesman.id, **values)
            order.validity_date = validity
            return self.sent(order)

    def run_cron(self, at):
        with freeze_time(at), self.enter_registry_test_mode():
            cron = self.env.ref("customer_service_stages.ir_cron_quote_reminder")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def plan_visit(self, order):
        order.quote_info_source = "word"
        self.env["calendar.event"].create(
            {
                "name": "Visita",
                "quote_order_id": order.id,
                "start": "2026-05-11 09:00:00",
                "stop": "2026-05-11 10:00:00",
            }
        )

    def customer_writes(self, order, at, words="¿Incluye el desagüe?"):
        with freeze_time(at):
            return order.message_post(
                body=words,
                author_id=self.customer.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def staff_writes(self, order, at):
        with freeze_time(at):
            order.with_user(self.salesman).message_post(
                body="Sí, incluido.",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def planned(self, order):
        """Return what is planned, as `kind day hour`, in its order."""
        order.invalidate_recordset()
        planned = order.quote_reminder_ids.filtered(lambda r: r.state == "planned")
        return [
            f"{reminder.kind} {reminder.planned_date:%d %H}"
            for reminder in planned.sorted("planned_date")
        ]

    def reasons(self, order):
        order.invalidate_recordset()
        return order.quote_reminder_ids.filtered(
            lambda reminder: reminder.state == "cancelled"
        ).mapped("reason")

    def mails(self, order):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "in", order.ids),
                "|",
                ("subject", "like", "About your quote"),
                ("subject", "like", "is valid until"),
            ],
            order="id",
        )

    def assertEnded(self, order, reason):
        self.assertEqual(self.planned(order), [])
        self.assertEqual(set(self.reasons(order)), {reason})
        self.assertFalse(order.quote_waits_since)


@tagged("post_install", "-at_install")
class TestQuoteReminderPlan(ReminderCase):
    ALL = ["undecided 07 08", "undecided 12 08", "expiry 14 08"]

    def test_planned_when_sent(self):
        order = self.sent_quote()
        self.assertEqual(order.quote_waits_since, MONDAY)
        self.assertEqual(self.planned(order), self.ALL)

    def test_marked_as_sent(self):
        with freeze_time(MONDAY):
            orders = self.quote("grifo") + self.quote("codo")
            orders.validity_date = "2026-05-17"
            orders.action_quotation_sent()
        for order in orders:
            self.assertEqual(self.planned(order), self.ALL)

    def test_sent_before_the_module_came(self):
        """Nothing goes out for what was sent before, whatever is written later."""
        order = self.quote("grifo", user_id=self.salesman.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET state = 'sent' WHERE id = %s", [order.id]
        )
        order.invalidate_recordset()
        self.staff_writes(order, MONDAY)
        order.validity_date = "2026-05-17"
        self.assertFalse(order.quote_reminder_ids)

    def test_drafts_have_none(self):
        order = self.quote("grifo", user_id=self.salesman.id)
        self.staff_writes(order, MONDAY)
        self.assertFalse(order.quote_reminder_ids)

    def test_settings(self):
        cases = [
            ({"quote_reminder_days": 0}, ["expiry 14 08"]),
            ({"quote_reminder_count": 0}, ["expiry 14 08"]),
            ({"quote_expiry_notice_days": 0}, ["undecided 07 08", "undecided 12 08"]),
            (
                {"quote_reminder_days": 1, "quote_reminder_count": 3},
                [
                    *(f"undecided {day} 08" for day in ("05", "06", "07")),
                    "expiry 14 08",
                ],
            ),
        ]
        for settings, expected in cases:
            with self.subTest(settings):
                self.company.write(
                    {
                        "quote_reminder_days": 3,
                        "quote_reminder_count": 2,
                        "quote_expiry_notice_days": 3,
                        **settings,
                    }
                )
                self.assertEqual(self.planned(self.sent_quote()), expected)

    @mute_logger("odoo.sql_db")
    def test_settings_that_cannot_be(self):
        with self.assertRaises(CheckViolation):
            self.company.quote_reminder_days = -1
            self.env.flush_all()

    def test_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Fiesta",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 5, 14),
                "date_to": datetime(2026, 5, 14, 23, 59, 59),
            }
        )
        self.assertEqual(
            self.planned(self.sent_quote()),
            ["undecided 07 08", "undecided 12 08", "expiry 13 08"],
        )

    def test_without_validity(self):
        order = self.sent_quote(validity=False)
        self.assertEqual(self.planned(order), self.ALL[:2])

    def test_other_validity(self):
        order = self.sent_quote()
        with freeze_time("2026-05-06 10:00:00"):
            order.validity_date = "2026-05-12"
        self.assertEqual(self.planned(order), ["undecided 07 08", "expiry 08 08"])
        with freeze_time("2026-05-06 11:00:00"):
            order.validity_date = "2026-06-30"
        self.assertEqual(
            self.planned(order), ["undecided 07 08", "undecided 12 08", "expiry 26 08"]
        )
        self.assertEqual(self.reasons(order), ["replanned"])

    def test_the_customer_answers(self):
        for words in ("¿Incluye el desagüe?", "Gracias"):
            order = self.sent_quote()
            self.customer_writes(order, "2026-05-05 22:00:00", words)
            self.assertEnded(order, "customer_wrote")

    def test_an_automatic_reply_changes_nothing(self):
        order = self.sent_quote()
        self.customer_writes(
            order.with_context(mail_is_automatic=True), "2026-05-05 22:00:00"
        )
        self.assertEqual(self.planned(order), self.ALL)

    def test_counted_anew_once_we_answer(self):
        order = self.sent_quote()
        self.customer_writes(order, "2026-05-05 10:00:00")
        self.staff_writes(order, "2026-05-06 10:00:00")
        self.assertEqual(self.planned(order), ["undecided 11 08", "expiry 14 08"])
        self.assertEqual(order.quote_waits_since, datetime(2026, 5, 6, 10))

    def test_counted_anew_after_a_call(self):
        order = self.sent_quote()
        with freeze_time("2026-05-06 10:00:00"):
            order.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.salesman.id
            ).action_feedback(feedback="Lo está pensando")
        self.assertEqual(self.planned(order), ["undecided 11 08", "expiry 14 08"])

    def test_a_note_changes_nothing(self):
        order = self.sent_quote()
        with freeze_time("2026-05-06 10:00:00"):
            order.with_user(self.salesman).message_post(
                body="Ojo", message_type="comment", subtype_xmlid="mail.mt_note"
            )
        self.assertEqual(self.planned(order), self.ALL)

    def test_confirmed(self):
        order = self.sent_quote()
        order.action_confirm()
        self.assertEnded(order, "accepted")

    def test_cancelled_and_sent_again(self):
        order = self.sent_quote()
        order._action_cancel()
        self.assertEnded(order, "cancelled")
        order.action_draft()
        with freeze_time("2026-05-06 10:00:00"):
            order.action_quotation_sent()
        self.assertEqual(self.planned(order), ["undecided 11 08", "expiry 14 08"])

    def test_back_to_draft(self):
        order = self.sent_quote()
        order.action_draft()
        self.assertEnded(order, "draft")

    def test_another_customer(self):
        order = self.sent_quote()
        order.partner_id = self.other_customer
        self.assertEnded(order, "customer_changed")

    def test_bounced(self):
        order = self.sent_quote()
        order._message_receive_bounce("carmen@customer.example", self.customer)
        self.assertEqual(self.planned(order), [])
        self.assertEqual(set(self.reasons(order)), {"bounced"})
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        self.assertEqual(order.activity_ids.activity_type_id.category, "phonecall")

    @mute_logger("odoo.sql_db")
    def test_planned_once(self):
        order = self.sent_quote()
        with self.assertRaises(UniqueViolation):
            order.quote_reminder_ids[0].sudo().copy()
            self.env.flush_all()

    def test_duplicate_has_none(self):
        order = self.sent_quote()
        copy = order.copy()
        self.assertFalse(copy.quote_reminder_ids)
        self.assertFalse(copy.quote_waits_since)


@tagged("post_install", "-at_install")
class TestQuoteReminderSending(ReminderCase):
    def test_one_after_another(self):
        """Two reminders, then the notice, then silence."""
        order = self.sent_quote()
        seen = []
        for day in range(5, 32):
            for hour in (3, 9, 15, 20):
                before = len(self.mails(order))
                self.run_cron(datetime(2026, 5, day, hour))
                for mail in self.mails(order)[before:]:
                    seen.append((day, hour, mail.subject))
        self.assertEqual(
            seen,
            [
                (7, 9, f"About your quote {order.name}"),
                (12, 9, f"About your quote {order.name}"),
                (14, 9, f"Your quote {order.name} is valid until 05/17/2026"),
            ],
        )
        self.assertEqual(set(order.quote_reminder_ids.mapped("state")), {"done"})
        self.assertEqual(
            order.quote_reminder_ids.message_id, self.mails(order).mail_message_id
        )

    def test_the_mail(self):
        order = self.sent_quote()
        self.run_cron("2026-05-07 08:00:00")
        mail = self.mails(order)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("auto-generated", mail.headers)
        self.assertIn(order.access_token, mail.body_html)
        self.assertIn("In case our mail has not reached you", mail.body_html)
        self.assertIn("Your Quotation", mail.body_html)
        self.assertIn("05/17/2026", mail.body_html)

    def test_a_mail_is_no_contact(self):
        """What is sent by itself is no word of the staff."""
        order = self.sent_quote()
        events = self.history(order.journey_id)
        self.run_cron("2026-05-07 08:00:00")
        self.assertEqual(self.history(order.journey_id), events)
        self.assertEqual(self.planned(order), ["undecided 12 08", "expiry 14 08"])

    def test_words_after_a_look(self):
        order = self.sent_quote()
        with freeze_time("2026-05-05 20:00:00"):
            order.message_post(
                body="Quotation viewed by customer",
                message_type="notification",
                subtype_xmlid="sale.mt_order_viewed",
            )
        self.assertEqual(order.quote_viewed_date, datetime(2026, 5, 5, 20))
        self.run_cron("2026-05-07 08:00:00")
        body = self.mails(order).body_html
        self.assertIn("Is anything unclear", body)
        self.assertNotIn("In case our mail", body)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        template = self.env.ref("customer_service_stages.mail_template_quote_undecided")
        template.with_context(lang="es_ES").subject = "Su presupuesto {{ object.name }}"
        order = self.sent_quote()
        self.run_cron("2026-05-07 08:00:00")
        mails = self.env["mail.mail"].search(
            [("subject", "=", f"Su presupuesto {order.name}")]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn("17/05/2026", mails.body_html)

    def test_nights_and_weekends(self):
        order = self.sent_quote()
        for moment in ("2026-05-09 12:00:00", "2026-05-08 22:00:00"):
            self.run_cron(moment)
            self.assertFalse(self.mails(order))
        self.assertEqual(
            self.planned(order), ["undecided 11 08", "undecided 12 08", "expiry 14 08"]
        )

    def test_after_a_downtime(self):
        """What has piled up does not come all at once."""
        order = self.sent_quote(validity="2026-06-30")
        for at in ("2026-05-20 09:00:00", "2026-05-20 10:00:00", "2026-05-21 10:00:00"):
            self.run_cron(at)
            self.assertEqual(len(self.mails(order)), 1)
        self.assertEqual(self.planned(order), ["undecided 25 08", "expiry 26 08"])

    def test_expired_meanwhile(self):
        order = self.sent_quote()
        self.run_cron("2026-05-19 09:00:00")
        self.assertFalse(self.mails(order))
        self.assertEqual(set(self.reasons(order)), {"expired"})

    def test_one_mail_a_day_for_a_customer(self):
        orders = self.sent_quote() + self.sent_quote() + self.sent_quote()
        other = self.sent_quote(partner_id=self.other_customer.id)
        self.run_cron("2026-05-07 09:00:00")
        self.assertEqual(len(self.mails(orders)), 1)
        self.assertEqual(len(self.mails(other)), 1)
        self.run_cron("2026-05-08 09:30:00")
        self.assertEqual(len(self.mails(orders)), 2)

    def test_what_may_not_go(self):
        blacklist = self.env["mail.blacklist"]
        cases = {
            "address": lambda order: order.partner_id.write({"email": False}),
            "opted_out": lambda order: order.partner_id.write(
                {"quote_reminders_off": True}
            ),
            "bounced": lambda order: order.partner_id.write({"message_bounce": 1}),
            "signed": lambda order: order.write({"signature": SIGNATURE}),
            "visit": self.plan_visit,
            "off": lambda order: self.company.write({"quote_reminder_days": 0}),
        }
        for number, (reason, hinder) in enumerate(cases.items()):
            with self.subTest(reason):
                customer = self.env["res.partner"].create(
                    {"name": reason, "email": f"{reason}{number}@customer.example"}
                )
                order = self.sent_quote(partner_id=customer.id)
                hinder(order)
                self.run_cron("2026-05-07 09:00:00")
                self.assertFalse(self.mails(order))
                self.assertEqual(self.reasons(order), [reason])
                self.assertEqual(
                    bool(order.activity_ids), reason in ("address", "bounced")
                )
        self.company.quote_reminder_days = 3
        order = self.sent_quote()
        blacklist._add(self.customer.email)
        self.run_cron("2026-05-07 09:00:00")
        self.assertEqual(self.reasons(order), ["opted_out"])

    def test_a_mail_that_cannot_leave(self):
        order = self.sent_quote()
        self.run_cron("2026-05-07 08:00:00")
        mail, [reminder] = (
            self.mails(order),
            order.quote_reminder_ids.filtered("message_id"),
        )
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.send_email_mocked.side_effect = OSError("no server")
            mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertEqual((reminder.state, reminder.reason), ("failed", "undelivered"))
        with self.mock_mail_gateway():
            mail.mark_outgoing()
            mail.send()
        self.assertEqual((reminder.state, reminder.reason), ("done", False))
        self.assertEqual(self.planned(order), ["undecided 12 08", "expiry 14 08"])

    def test_a_failing_one_stops_no_other(self):
        bad = self.sent_quote()
        good = self.sent_quote(partner_id=self.other_customer.id)
        queue_mail = CustomerMailingMixin._queue_mail

        def fail(orders, template, **options):
            if bad in orders:
                raise ValueError("no mail")
            return queue_mail(orders, template, **options)

        moment = datetime(2026, 5, 7, 8)
        # One by one after a failure, each is committed: rolled back here by hand
        with (
            patch.object(CustomerMailingMixin, "_queue_mail", fail),
            mute_logger("odoo.addons.customer_service_stages.models.due_mixin"),
        ):
            self.run_cron(moment)
            self.assertEqual(len(self.mails(good)), 1)
            [first] = bad.quote_reminder_ids.filtered("attempts")
            self.assertEqual(first.planned_date, moment + BACK_OFF[0])
            for wait in BACK_OFF:
                moment += wait
                self.run_cron(moment)
        self.assertEqual(first.state, "failed")
        self.assertEqual(first.reason, "error")
        self.assertFalse(self.mails(bad))


@tagged("post_install", "-at_install")
class TestQuoteReminderByHand(ReminderCase):
    def reminder(self, order, kind="undecided", user=None):
        reminders = order.quote_reminder_ids.filtered(
            lambda r: r.kind == kind and r.state == "planned"
        )
        return reminders.sorted("planned_date")[:1].with_user(user or self.salesman)

    def test_send_now(self):
        order = self.sent_quote()
        reminder = self.reminder(order)
        with freeze_time("2026-05-05 20:00:00"):
            reminder.action_send_now()
        self.assertEqual(len(self.mails(order)), 1)
        self.assertEqual(reminder.state, "done")
        self.assertEqual(self.planned(order), ["undecided 08 08", "expiry 14 08"])
        with self.assertRaises(UserError):
            reminder.action_send_now()
        self.assertEqual(len(self.mails(order)), 1)

    def test_send_now_to_nobody(self):
        order = self.sent_quote()
        self.customer.email = False
        with freeze_time(MONDAY), self.assertRaises(UserError) as caught:
            self.reminder(order).action_send_now()
        self.assertIn("no e-mail address", str(caught.exception))

    def test_skip(self):
        order = self.sent_quote()
        reminder = self.reminder(order)
        reminder.action_skip()
        self.assertEqual(reminder.state, "skipped")
        self.assertEqual(self.planned(order), ["undecided 12 08", "expiry 14 08"])
        with freeze_time(MONDAY):
            order.validity_date = "2026-05-24"
        self.assertEqual(self.planned(order), ["undecided 07 08", "expiry 21 08"])

    def test_postpone(self):
        order = self.sent_quote()
        with freeze_time(MONDAY):
            self.reminder(order).action_postpone()
            self.reminder(order, "expiry").action_postpone()
        self.assertEqual(
            self.planned(order), ["undecided 12 08", "undecided 12 08", "expiry 15 08"]
        )
        with freeze_time(MONDAY), self.assertRaises(UserError):
            self.reminder(order, "expiry").action_postpone()

    def test_who_may(self):
        order = self.sent_quote()
        rival = self._new_user("rival", "sales_team.group_sale_salesman")
        for user in (rival, self.agent):
            with self.assertRaises(AccessError):
                self.reminder(order, user=user).action_skip()
            found = self.env["customer.quote.reminder"].with_user(user).search([])
            self.assertNotIn(order.quote_reminder_ids[0].id, found.ids)
        with self.assertRaises(AccessError):
            self.reminder(order).write({"state": "done"})
        self.assertEqual(len(self.planned(order)), 3)


@tagged("post_install", "-at_install")
class TestQuotationSubject(QuoteCase):
    def test_the_misprint_is_mended(self):
        """Loading Odoo's own Spanish leaves a subject that can be rendered."""
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.env.ref("sale.email_template_edi_sale")
        modules = self.env["ir.module.module"]
        modules._load_module_terms(["sale"], ["es_ES"], overwrite=True)
        order = self.quote("grifo")
        self.customer.lang = "es_ES"
        subject = template._render_field("subject", order.ids, compute_lang=True)
        self.assertIn(f"Presupuesto (Ref {order.name})", subject[order.id])

    def test_nothing_else_changes(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.env.ref("sale.email_template_edi_sale")
        spanish = template.with_context(lang="es_ES")
        spanish.subject = "Nuestro presupuesto {{ object.name }}"
        self.env["ir.module.module"]._mend_quotation_subject(["es_ES", "en_US"])
        self.assertEqual(spanish.subject, "Nuestro presupuesto {{ object.name }}")
        spanish.subject = "{{ object.state in ('draft, 'sent') and 'A' or 'B' }}"
        self.env["ir.module.module"]._mend_quotation_subject(["es_ES"])
        self.assertEqual(
            spanish.subject, "{{ object.state in ('draft', 'sent') and 'A' or 'B' }}"
        )
