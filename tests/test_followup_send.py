"""What becomes of follow-ups that are due (F5, F8; pitfalls 29, 33, 35)."""

from datetime import datetime
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_service_stages.models.mailing_mixin import (
    CustomerMailingMixin,
)

from .followup_case import MONDAY, FollowupCase

TUESDAY = MONDAY.replace(day=5)

ENGINE = (
    "odoo.addons.customer_service_stages.models.due_mixin",
    "odoo.addons.mail.models.mail_render_mixin",
    "odoo.addons.mail.models.mail_template",
)


@tagged("post_install", "-at_install")
class TestFollowupSending(FollowupCase):
    def test_the_mail(self):
        rule = self.rule("delivery_completed")
        order = self.delivered()
        events = self.history(order.journey_id)
        self.run_cron(TUESDAY.replace(hour=7))
        self.assertFalse(self.mails(order), "It is not due yet")
        self.run_cron(TUESDAY)
        mail = self.mails(order)
        self.assertEqual(len(mail), 1)
        self.assertEqual((mail.state, mail.recipient_ids), ("outgoing", self.customer))
        followup = self.of(order)
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.done_date, TUESDAY)
        self.assertEqual(followup.message_id, mail.mail_message_id)
        # It says where to say that such mails are not welcome
        link = f"{order.get_base_url()}/my/mails/"
        self.assertIn(link, mail.body_html)
        self.assertIn(f"'List-Unsubscribe': '<{link}", mail.headers)
        self.assertIn("'List-Unsubscribe-Post'", mail.headers)
        self.assertIn("'Auto-Submitted': 'auto-generated'", mail.headers)
        # No word of the staff
        self.assertEqual(self.history(order.journey_id), events)
        contact = self.contact()
        self.assertEqual(contact.last_date, TUESDAY)
        self.assertEqual(contact.journey_id, order.journey_id)
        self.assertEqual((rule.planned_count, rule.done_count), (0, 1))

    def contact(self, customer=None):
        customer = customer or self.customer
        contacts = self.env["customer.contact"]
        return contacts.search([("commercial_partner_id", "=", customer.id)])

    def test_what_is_done_is_not_done_again(self):
        self.rule("delivery_completed")
        order = self.delivered()
        self.run_cron(TUESDAY)
        self.run_cron(TUESDAY.replace(hour=15))
        with freeze_time(TUESDAY):
            order.action_reopen_delivery()
            order.action_complete_delivery()
        self.run_cron("2026-05-20 10:00:00")
        self.assertEqual(len(self.mails(order)), 1)

    # When

    def test_delays(self):
        cases = [
            ({"delay": 3}, "07 08"),
            ({"delay": 5}, "11 08"),
            ({"delay": 5, "delay_unit": "day"}, "09 09"),
            ({"delay": 0}, "04 09"),
        ]
        for values, expected in cases:
            with self.subTest(values):
                rule = self.rule("delivery_completed", **values)
                planned = self.planned(self.delivered())
                rule.active = False
                self.assertEqual(planned, [f"{rule.name} {expected}"])

    def test_hours(self):
        """Nights and weekends wait, and hours of the rule."""
        self.rule("delivery_completed", delay=5, delay_unit="day", hour_from=10)
        order = self.delivered()
        for moment in (
            "2026-05-09 12:00:00",
            "2026-05-11 09:30:00",
            "2026-05-11 17:00:00",
        ):
            self.run_cron(moment)
            self.assertFalse(self.mails(order), moment)
        self.assertEqual(self.planned(order), ["delivery_completed 12 10"])
        self.run_cron("2026-05-12 10:00:00")
        self.assertTrue(self.mails(order))

    def test_moved_with_its_anchor(self):
        rule = self.rule("delivery_completed", delay=2)
        order = self.delivered()
        order.delivery_completion_date = MONDAY.replace(day=8)
        self.assertEqual(self.planned(order), ["delivery_completed 12 08"])
        rule.delay = 3
        self.assertEqual(self.planned(order), ["delivery_completed 13 08"])

    def test_what_counts_from_now_does_not_move(self):
        """Nothing but what a rule counts from moves what it has planned."""
        self.rule("quote_sent", delay=2)
        with freeze_time(MONDAY):
            order = self.sent(self.quote("grifo"))
        with freeze_time(TUESDAY):
            order.date_order = TUESDAY
            order.validity_date = "2026-06-30"
        self.assertEqual(self.planned(order), ["quote_sent 06 08"])

    def test_postponed_stays_postponed(self):
        rule = self.rule("delivery_completed", delay=2)
        order = self.delivered()
        with freeze_time(MONDAY):
            self.of(order).with_user(self.salesman).action_postpone()
        self.assertEqual(self.planned(order), ["delivery_completed 08 08"])
        order.date_order = TUESDAY
        order.delivery_completion_date = TUESDAY
        rule.delay = 1
        self.assertEqual(self.planned(order), ["delivery_completed 08 08"])
        order.delivery_completion_date = MONDAY.replace(day=11)
        self.assertEqual(self.planned(order), ["delivery_completed 12 08"])

    def test_notice_that_comes_too_late(self):
        """After a downtime, what was to be told before is told no more."""
        self.rule("quote_expiring", delay=-3)
        with freeze_time(MONDAY):
            order = self.quote("grifo", user_id=self.salesman.id)
            order.validity_date = "2026-05-12"
            self.sent(order)
        with freeze_time(MONDAY), self.assertRaisesRegex(Exception, "too late"):
            for _time in range(9):
                self.of(order).with_user(self.salesman).action_postpone()
        self.run_cron("2026-05-13 10:00:00")
        self.assertEqual(self.became(order), [("skipped", "too_late")])

    # Go-live

    def test_nothing_of_before(self):
        before = self.delivered()
        rule = self.rule("delivery_completed", at=TUESDAY)
        self.assertFalse(self.of(before))
        # Delivered before, but entered only now
        late = self.delivered(TUESDAY)
        with freeze_time(TUESDAY):
            late.action_reopen_delivery()
            late.write(
                {"delivery_start_date": MONDAY, "delivery_completion_date": MONDAY}
            )
        self.assertFalse(self.of(late, state="planned"))
        after = self.delivered(TUESDAY.replace(hour=10))
        self.assertTrue(self.of(after, state="planned"))
        # Switched off, and on again
        rule.action_switch_off()
        self.assertEqual(self.became(after), [("cancelled", "rule_off")])
        self.assertFalse(self.of(self.delivered(TUESDAY.replace(hour=11))))
        with freeze_time(TUESDAY.replace(hour=12)):
            rule.action_switch_on()
        self.assertEqual(rule.live_date, TUESDAY.replace(hour=12))
        self.assertFalse(self.of(after, state="planned"))

    def test_live_date(self):
        rule = self.rule("delivery_completed", at=MONDAY)
        self.assertEqual(rule.live_date, MONDAY)
        with freeze_time(TUESDAY):
            rule.action_switch_on()
        self.assertEqual(rule.live_date, MONDAY, "It was on already")
        later = self.rules.create(
            {
                "name": "Later",
                "event": "lost",
                "live_date": "2026-06-01",
                "act": "call",
                "summary": "Llama",
            }
        )
        with freeze_time(MONDAY):
            later.action_switch_on()
        self.assertEqual(later.live_date, datetime(2026, 6, 1))

    def test_archived_rule(self):
        rule = self.rule("delivery_completed")
        order = self.delivered()
        rule.action_archive()
        self.assertEqual(self.became(order), [("cancelled", "rule_off")])
        self.assertFalse(self.of(self.delivered()))

    def test_rule_for_something_else(self):
        rule = self.rule("delivery_completed")
        order = self.delivered()
        rule.write({"is_on": True, "event": "order_confirmed"})
        self.assertEqual(self.became(order), [("cancelled", "condition")])

    # What may not go

    def test_obstacles(self):
        internal = self.env.user.partner_id.copy({"email": "otro@empresa.example"})
        internal.parent_id = self.company.partner_id
        cases = {
            "address": lambda c: c.write({"email": "carmen, sin correo"}),
            "archived": lambda c: c.write({"active": False}),
            "blacklisted": lambda c: self.env["mail.blacklist"]._add(c.email),
            "bounced": lambda c: c.write({"message_bounce": 1}),
            "internal": lambda c: c.write({"parent_id": self.company.partner_id.id}),
        }
        self.rule("delivery_completed", domain="[('amount_total', '<', 1000)]")
        for reason, hinder in cases.items():
            with self.subTest(reason):
                customer = self.env["res.partner"].create(
                    {"name": reason, "email": f"{reason}@customer.example"}
                )
                order = self.delivered(partner_id=customer.id)
                hinder(customer)
                self.run_cron(TUESDAY)
                self.assertEqual(self.became(order), [("skipped", reason)])
                self.assertFalse(self.mails(order))
        order = self.delivered()
        order.order_line.price_unit = 2000
        self.run_cron(TUESDAY)
        self.assertEqual(self.became(order), [("skipped", "condition")])

    def test_address_on_the_blacklist_without_a_contact(self):
        self.rule("lead_unanswered")
        lead = self.lead(partner_id=False, email_from="nadie@customer.example")
        self.staff_writes(lead)
        self.env["mail.blacklist"]._add("nadie@customer.example")
        self.run_cron(TUESDAY)
        self.assertEqual(self.became(lead), [("skipped", "blacklisted")])

    def test_somebody_without_a_contact(self):
        """Who is an address only is left in peace, too; and may become a contact."""
        self.company.contact_rest_days = 3
        self.rule("lead_unanswered")
        address = {"partner_id": False, "email_from": "Nadie <nadie@customer.example>"}
        leads = self.lead(**address) + self.lead(**address)
        for lead in leads:
            self.staff_writes(lead)
        self.run_cron(TUESDAY)
        mail = self.mails(leads)
        self.assertEqual(len(mail), 1)
        self.assertIn("nadie@customer.example", mail.email_to)
        [waiting] = self.of(*leads, state="planned")
        self.assertEqual(f"{waiting.planned_date:%d %H}", "08 08")
        waiting.lead_id.partner_id = self.env["res.partner"].create(
            {"name": "Nadie", "email": "nadie@customer.example"}
        )
        self.assertEqual(waiting.state, "planned")
        self.assertEqual(waiting.partner_id, waiting.lead_id.partner_id)
        waiting.lead_id.partner_id = self.other_customer
        self.assertEqual(waiting.reason, "customer_changed")

    def test_survey_waits_for_open_tickets(self):
        self.rule("delivery_completed", act="survey", stop_on_ticket=False)
        order = self.delivered()
        ticket = self.ticket(type_id=self.type_information.id)
        self.run_cron(TUESDAY)
        self.assertEqual(self.planned(order), ["delivery_completed 06 08"])
        self.assertEqual(self.of(order).reason, "ticket_open")
        ticket.stage_id = self.ticket_done
        self.run_cron(MONDAY.replace(day=6))
        self.assertEqual(self.became(order), [("done", "")])
        self.assertEqual(len(order.feedback_ids), 1)

    def test_survey_waits_not_for_ever(self):
        self.rule("delivery_completed", act="survey", stop_on_ticket=False)
        order = self.delivered()
        self.ticket()
        self.run_cron("2026-06-08 10:00:00")
        self.assertEqual(self.became(order), [("skipped", "ticket_open")])

    def test_no_survey_after_a_refusal(self):
        self.rule("delivery_completed", act="survey")
        refused = self.delivered()
        refused.action_request_confirmation()
        refused.confirmation_id._answer(
            "refused", refusal_reason="still_fails", comment="Gotea"
        )
        order = self.delivered()
        self.run_cron(TUESDAY)
        self.assertEqual(self.became(order), [("planned", "refusal_open")])
        self.assertFalse(order.feedback_ids)

    def test_asked_once_in_a_while(self):
        self.rule("delivery_completed", act="survey")
        first = self.delivered()
        self.run_cron(TUESDAY)
        self.assertTrue(first.feedback_ids)
        second = self.delivered(MONDAY.replace(day=11))
        self.run_cron("2026-05-13 10:00:00")
        self.assertEqual(self.became(second), [("skipped", "surveyed")])
        third = self.delivered(datetime(2026, 6, 8, 9))
        self.run_cron("2026-06-09 10:00:00")
        self.assertEqual(self.became(third), [("done", "")])

    # Leaving customers in peace

    def test_one_mail_in_some_days(self):
        """Over follow-ups of whatever rule, for the whole company of a contact."""
        self.company.contact_rest_days = 3
        later = self.rule("order_confirmed", sequence=2, name="Later")
        self.rule("delivery_completed", sequence=1, name="Sooner", delay=1)
        colleague = self.customer.copy(
            {"parent_id": self.customer.id, "email": "luis@customer.example"}
        )
        order = self.delivered()
        other = self.delivered(partner_id=colleague.id)
        stranger = self.delivered(partner_id=self.other_customer.id)
        self.run_cron(TUESDAY)
        self.assertEqual(len(self.mails(order, other)), 1)
        self.assertEqual(len(self.mails(stranger)), 1)
        self.assertEqual(self.mails(order).subject, f"Follow-up {order.name}")
        [done] = self.of(order, other, state="done")
        self.assertEqual(done.rule_id.name, "Sooner")
        for day in ("2026-05-07 10:00:00", "2026-05-08 09:00:00"):
            self.run_cron(day)
        self.assertEqual(len(self.mails(order, other)), 2)
        self.run_cron("2026-05-08 15:00:00")
        self.assertEqual(len(self.mails(order, other)), 2)
        later.action_switch_off()

    def test_after_a_downtime(self):
        """A customer's backlog spreads over days; another's does not wait for it."""
        self.company.contact_rest_days = 2
        self.rule("delivery_completed", stop_on_return=False)
        orders = [self.delivered() for _number in range(3)]
        other = self.delivered(partner_id=self.other_customer.id)
        sent = []
        for day in range(18, 30):
            for hour in (9, 15):
                self.run_cron(datetime(2026, 5, day, hour))
                sent.append(len(self.mails(*orders)))
        self.assertEqual(len(self.mails(other)), 1)
        days = [sent.index(number) // 2 + 18 for number in (1, 2, 3)]
        self.assertEqual(days, [18, 20, 22])
        self.assertEqual(sent[-1], 3)

    def test_quote_reminders_count(self):
        self.company.write(
            {
                "contact_rest_days": 3,
                "quote_reminder_days": 1,
                "quote_reminder_count": 1,
            }
        )
        self.rule("delivery_completed", stop_on_return=False)
        crons = {"follow-up": self.run_cron, "reminder": self.run_reminders}
        for first, second in (("follow-up", "reminder"), ("reminder", "follow-up")):
            with self.subTest(first):
                customer = self.customer.copy({"email": f"{first}@x.example"})
                order = self.delivered(partner_id=customer.id)
                with freeze_time(MONDAY):
                    quote = self.sent(self.quote("grifo", partner_id=customer.id))
                planned = {
                    "follow-up": self.of(order),
                    "reminder": quote.quote_reminder_ids,
                }
                crons[first](TUESDAY)
                crons[second](TUESDAY.replace(hour=10))
                self.assertEqual(planned[first].state, "done")
                self.assertEqual(planned[second].state, "planned")
                self.assertEqual(planned[second].planned_date.day, 8)

    def run_reminders(self, at):
        with freeze_time(at), self.enter_registry_test_mode():
            cron = self.env.ref("customer_service_stages.ir_cron_quote_reminder")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_confirmations_go_at_once_and_count(self):
        self.company.contact_rest_days = 3
        self.rule("delivery_completed")
        order = self.delivered()
        with freeze_time(TUESDAY), self.mock_mail_gateway():
            order.action_request_confirmation()
        self.assertEqual(self.contact().last_date, TUESDAY)
        self.run_cron(TUESDAY.replace(hour=10))
        self.assertFalse(self.mails(order))
        self.assertEqual(self.planned(order), ["delivery_completed 08 08"])
        self.assertEqual(self.became(order), [("planned", "resting")])
        self.run_cron("2026-05-08 09:00:00")
        self.assertEqual(len(self.mails(order)), 1)
        with freeze_time("2026-05-08 10:00:00"), self.mock_mail_gateway():
            order.action_request_confirmation()
        self.assertEqual(self.contact().last_date, datetime(2026, 5, 8, 10))

    def test_calls_are_no_mails(self):
        self.company.contact_rest_days = 3
        self.rule("order_confirmed")
        self.rule(
            "delivery_completed", act="call", summary="¿Todo bien?", script="Hola"
        )
        order = self.delivered()
        self.run_cron(TUESDAY)
        self.assertEqual({f.state for f in self.of(order)}, {"done"})
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertEqual(activity.activity_type_id.category, "phonecall")
        self.assertEqual(activity.summary, "¿Todo bien?")
        self.assertIn("Hola", activity.note)

    def test_server_action(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "state": "code",
                "code": "records.write({'client_order_ref': 'hecho'})",
            }
        )
        self.rule("delivery_completed", act="action", action_id=action.id)
        orders = [self.delivered(), self.delivered(partner_id=self.other_customer.id)]
        self.run_cron(TUESDAY)
        self.assertEqual([o.client_order_ref for o in orders], ["hecho"] * 2)

    def test_mail_about_something_else(self):
        self.rule("delivery_completed", stop_on_other=True, delay=2)
        first = self.delivered()
        # What is created in the database has its own clock
        self.of(first)._write({"create_date": MONDAY})
        other = self.delivered(MONDAY.replace(hour=8))
        with freeze_time(TUESDAY), self.mock_mail_gateway():
            other.action_request_confirmation()
        self.run_cron(MONDAY.replace(day=6))
        self.assertIn(("skipped", "other_message"), self.became(first))

    # What customers do

    def test_what_stops(self):
        stops = {
            "stop_on_reply": (
                lambda order: self.customer_writes(order),
                "customer_wrote",
            ),
            "stop_on_ticket": (lambda order: self.ticket(), "ticket"),
            "stop_on_return": (lambda order: self.lead(), "returned"),
            "stop_on_reopening": (
                lambda order: self.refused_ticket(order),
                "reopened",
            ),
        }
        for field_name, (happens, reason) in stops.items():
            for is_on in (True, False):
                with self.subTest(field_name, is_on=is_on):
                    rule = self.rule(
                        "delivery_completed",
                        **{**dict.fromkeys(stops, False), field_name: is_on},
                    )
                    order = self.delivered()
                    happens(order)
                    self.assertEqual(self.of(order).reason, reason if is_on else False)
                    rule.active = False

    def refused_ticket(self, order):
        """Let a ticket of the order's journey be taken up again."""
        ticket = self.closed_ticket()
        ticket.journey_id = order.journey_id
        ticket.stage_id = self.ticket_doing

    def test_document_goes(self):
        self.rule("delivery_completed")
        self.rule("lead_unanswered")
        cancelled, given, gone = (self.delivered() for _number in range(3))
        cancelled._action_cancel()
        self.assertEqual(self.became(cancelled), [("cancelled", "cancelled")])
        given.partner_id = self.other_customer
        self.assertEqual(self.became(given), [("cancelled", "customer_changed")])
        followup = self.of(gone)
        gone._action_cancel()
        gone.unlink()
        self.assertFalse(followup.exists())
        lead = self.lead()
        self.staff_writes(lead)
        lead.active = False
        self.assertEqual(self.of(lead).state, "cancelled")

    def test_merged_leads(self):
        self.rule("lead_unanswered")
        head, tail = self.lead(), self.lead(name="Otra vez")
        self.staff_writes(tail)
        self.run_cron(TUESDAY)
        for lead in (head, tail):
            self.staff_writes(lead, TUESDAY)
        done, planned = self.of(tail)
        kept = self.of(head)
        (head + tail).merge_opportunity(auto_unlink=True)
        kept_lead = kept.lead_id
        self.assertEqual(self.of(kept_lead), done | planned | kept)
        self.assertEqual(done.state, "done")
        self.assertEqual(len(self.of(kept_lead, state="planned")), 1)

    def test_merged_contacts(self):
        self.rule("delivery_completed")
        double = self.customer.copy({"email": self.customer.email})
        orders = [self.delivered(), self.delivered(partner_id=double.id)]
        self.run_cron(TUESDAY)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with mute_logger("odoo.sql_db"):
            wizard._merge((self.customer + double).ids, self.customer)
        self.assertEqual(len(self.contact()), 1)
        for order in orders:
            self.assertEqual(self.of(order).commercial_partner_id, self.customer)

    # Two companies

    def test_two_companies(self):
        other = self.env["res.company"].create(
            {"name": "Climatización", "resource_calendar_id": self.calendar.id}
        )
        self.env.user.company_ids |= other
        rule = self.rule("delivery_completed", company_id=other.id)
        self.assertFalse(self.of(self.delivered()))
        with freeze_time(MONDAY):
            order = (
                self.order(company_id=other.id, warehouse_id=False)
                if ("warehouse_id" in self.env["sale.order"]._fields)
                else self.order(company_id=other.id)
            )
            order.action_confirm()
            order.action_complete_delivery()
        followup = self.of(order)
        self.assertEqual(followup.company_id, other)
        seen = self.followups.with_user(self.everyone).search([])
        self.assertNotIn(followup.id, seen.ids)
        self.assertNotIn(rule.id, self.rules.with_user(self.everyone).search([]).ids)
        self.run_cron(TUESDAY)
        self.assertEqual(followup.state, "done")

    # What fails

    def test_broken_template(self):
        """The rest goes on; the administrator hears of it once, and may mend it."""
        rule = self.rule("delivery_completed", stop_on_return=False)
        good = self.rule(
            "order_confirmed", template_id=self._template("sale.order").id, name="Good"
        )
        self.break_template(rule.template_id)
        partners = [self.customer.copy({"email": f"c{n}@x.example"}) for n in range(3)]
        broken = [self.delivered(partner_id=partner.id) for partner in partners]
        with freeze_time(MONDAY):
            order = self.order(partner_id=self.other_customer.id)
            order.action_confirm()
        with mute_logger(*ENGINE):
            self.run_cron(TUESDAY)
        for document in broken:
            followup = self.of(document, rule_id=rule)
            self.assertEqual((followup.state, followup.reason), ("failed", "error"))
            self.assertEqual(
                followup.note, "'sale.order' object has no attribute 'no_such_field'"
            )
        self.assertEqual(self.of(order, rule_id=good).state, "done")
        self.assertIn("no_such_field", rule.error)
        self.assertEqual(rule.failed_count, 3)
        self.assertEqual(len(rule.activity_ids), 1)
        rule.template_id.sudo().body_html = "<p>Hola</p>"
        with freeze_time(MONDAY.replace(day=7)):
            rule.with_user(self.manager).action_retry()
        self.assertFalse(rule.error)
        self.run_cron(MONDAY.replace(day=7))
        for document in broken:
            self.assertEqual(self.of(document, rule_id=rule).state, "done")

    def test_try_again_plans_nothing_twice(self):
        rule = self.rule("quote_sent")
        order = self.quote("grifo")
        for day in (4, 5, 6):
            with freeze_time(MONDAY.replace(day=day)):
                self.sent(order)
                if day < 6:
                    self.of(order, state="planned")._put_off(ValueError("no"))
                order._action_cancel()
                order.action_draft()
        self.assertEqual(len(self.of(order, state="failed")), 2)
        rule.action_retry()
        self.assertEqual(len(self.of(order, state="planned")), 1)
        self.assertFalse(self.of(order, state="failed"))

    def test_busy_database(self):
        """What meets another worker is tried again later, and nobody is told."""
        rule = self.rule("delivery_completed")
        order = self.delivered()

        def fail(documents, template, *args, **options):
            raise OperationalError("could not serialize access")

        with (
            patch.object(CustomerMailingMixin, "_queue_mail", fail),
            mute_logger(*ENGINE),
        ):
            self.run_cron(TUESDAY)
        self.assertEqual(self.planned(order), ["delivery_completed 05 10"])
        self.assertFalse(rule.error or rule.activity_ids)

    def test_broken_filter(self):
        """A filter that fails later puts its own rule out of use, and nothing else."""
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_floor",
                "ttype": "integer",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
            }
        )
        broken = self.rule("delivery_completed", domain="[('x_floor', '>', 1)]")
        good = self.rule("delivery_completed", name="Good")
        self.env.cr.execute(
            "UPDATE customer_followup_rule SET domain = %s WHERE id = %s",
            ["[('x_flour', '>', 1)]", broken.id],
        )
        broken.invalidate_recordset()
        with mute_logger("odoo.addons.customer_service_stages.models.filter_mixin"):
            order = self.delivered()
        self.assertEqual(self.of(order).rule_id, good)
        self.assertTrue(broken.domain_error and broken.activity_ids)
        self.assertFalse(good.domain_error)
        self.assertTrue(field)

    def test_mail_that_cannot_leave(self):
        self.rule("delivery_completed")
        order = self.delivered()
        self.run_cron(TUESDAY)
        mail, followup = self.mails(order), self.of(order)
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.send_email_mocked.side_effect = OSError("no server")
            mail.send()
        self.assertEqual((followup.state, followup.reason), ("failed", "undelivered"))
        # It waits in the mail queue: no second one is made
        followup.rule_id.action_retry()
        self.assertEqual(followup.state, "failed")
        with self.mock_mail_gateway():
            mail.mark_outgoing()
            mail.send()
        self.assertEqual((followup.state, followup.reason), ("done", False))
