"""What follow-ups wait for, through the doors that it comes in by (F1, F5-F8)."""

from odoo import http
from odoo.tests import Form, freeze_time, tagged

from .feedback_case import FeedbackCase
from .followup_case import MONDAY, FollowupCase
from .quote_case import SIGNATURE


@tagged("post_install", "-at_install")
class TestFollowupDoors(FollowupCase, FeedbackCase):
    """As who does it: customers on their pages, staff in the office."""

    def assertPlanned(self, document, rule):
        [followup] = self.of(document, rule_id=rule)
        self.assertEqual(followup.state, "planned", followup.reason)
        self.assertGreater(followup.planned_date, followup.anchor_date)
        return followup

    # Opportunities

    def test_lead_unanswered(self):
        rule = self.rule("lead_unanswered", delay=3)
        lead = self.lead(user_id=self.everyone.id)
        self.assertFalse(self.of(lead))
        self.staff_writes(lead)
        self.assertEqual(self.planned(lead), ["lead_unanswered 07 08"])
        # Each word of ours counts anew, and is followed up again
        self.staff_writes(lead, MONDAY.replace(day=5))
        self.assertEqual(self.planned(lead), ["lead_unanswered 08 08"])
        self.run_cron(MONDAY.replace(day=8, hour=10))
        self.assertEqual(self.became(lead), [("done", "")])
        self.staff_writes(lead, MONDAY.replace(day=11))
        self.assertEqual(len(self.of(lead, rule_id=rule)), 2)

    def test_lead_answered_by_mail(self):
        self.rule("lead_unanswered")
        lead = self.lead(user_id=self.everyone.id)
        message = self.staff_writes(lead)
        mail = (
            "To: info@empresa.example\nFrom: carmen@customer.example\n"
            "Subject: Re: Fuga\nMessage-Id: <re-1@customer.example>\n"
            f"In-Reply-To: {message.message_id}\nReferences: {message.message_id}\n"
            "Content-Type: text/plain\n\n{body}"
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "crm.lead", mail.format(body="El martes me viene bien.")
            )
        self.assertEqual(self.became(lead), [("cancelled", "customer_wrote")])

    def test_out_of_office_is_no_answer(self):
        self.rule("lead_unanswered")
        lead = self.lead(user_id=self.everyone.id)
        message = self.staff_writes(lead)
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "crm.lead",
                "To: info@empresa.example\nFrom: carmen@customer.example\n"
                "Subject: Fuera\nMessage-Id: <ooo-1@customer.example>\n"
                "Auto-Submitted: auto-replied\n"
                f"In-Reply-To: {message.message_id}\n"
                "Content-Type: text/plain\n\nVuelvo el lunes.",
            )
        self.assertEqual(self.became(lead), [("planned", "")])

    def test_lost(self):
        rule = self.rule("lost", delay=4)
        lead = self.lead(user_id=self.salesman.id)
        wizard = self.env["crm.lead.lost"].with_user(self.salesman)
        with freeze_time(MONDAY):
            wizard = wizard.with_context(active_ids=lead.ids)
            wizard.create({"lead_ids": lead.ids}).action_lost_reason_apply()
        self.assertPlanned(lead, rule)
        self.run_cron(MONDAY.replace(day=11))
        self.assertEqual(len(self.mails(lead)), 1)

    def test_lost_and_taken_up_again(self):
        self.rule("lost")
        lead = self.lead()
        lead.action_set_lost()
        lead.action_restore()
        self.assertEqual(self.became(lead), [("cancelled", "reopened")])

    def test_recommended(self):
        rule = self.rule("recommended")
        lead = self.lead(user_id=self.salesman.id)
        with Form(lead.with_user(self.salesman)) as form:
            form.referred_by_id = self.other_customer
        followup = self.assertPlanned(lead, rule)
        self.assertEqual(followup.partner_id, self.other_customer)

    def test_idle(self):
        """Whatever stirs on the journey counts, of any document."""
        self.rule("journey_idle", document="opportunity", delay=5)
        with freeze_time(MONDAY):
            lead = self.lead(user_id=self.salesman.id)
        self.assertEqual(self.planned(lead), ["journey_idle 11 08"])
        with freeze_time(MONDAY.replace(day=6)):
            order = self.quote("grifo", lead=lead)
        self.assertEqual(self.planned(lead), ["journey_idle 13 08"])
        self.customer_writes(order, MONDAY.replace(day=7))
        self.assertEqual(self.planned(lead), ["journey_idle 14 08"])
        self.assertEqual(len(self.of(lead)), 1)
        lead.action_set_won()
        self.assertEqual(self.became(lead), [("cancelled", "settled")])

    # Quotes

    def test_quote_sent(self):
        rule = self.rule("quote_sent", delay=2)
        with freeze_time(MONDAY):
            order = self.sent(self.quote("grifo"))
        self.assertPlanned(order, rule)
        self.assertEqual(self.planned(order), ["quote_sent 06 08"])
        order.action_confirm()
        self.assertEqual(self.became(order), [("cancelled", "settled")])

    def test_quote_viewed_on_its_page(self):
        rule = self.rule("quote_viewed")
        order = self.sent(self.quote("grifo"))
        self.assertFalse(self.of(order))
        self.url_open(order.get_portal_url())
        self.assertPlanned(order, rule)

    def test_quote_refused_on_its_page(self):
        self.rule("quote_sent")
        refused = self.rule("refused", document="order", stop_on_reopening=False)
        order = self.sent(self.quote("grifo"))
        order._portal_ensure_token()
        self.url_open(
            f"/my/orders/{order.id}/decline?access_token={order.access_token}",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "decline_message": "Es caro",
            },
        )
        self.env.invalidate_all()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(
            self.became(order), [("cancelled", "refused"), ("planned", "")]
        )
        self.assertEqual(self.of(order, state="planned").rule_id, refused)

    def test_quote_expires(self):
        self.rule("quote_expiring", delay=-3)
        with freeze_time(MONDAY):
            order = self.quote("grifo")
            order.validity_date = "2026-05-14"
            self.assertFalse(self.of(order), "A draft expires for nobody")
            self.sent(order)
        self.assertEqual(self.planned(order), ["quote_expiring 12 00"])
        with freeze_time(MONDAY), Form(order) as form:
            form.validity_date = "2026-05-20"
        self.assertEqual(self.planned(order), ["quote_expiring 18 00"])
        order.action_confirm()
        with freeze_time(MONDAY):
            order.validity_date = "2026-05-25"
        self.assertEqual(self.became(order), [("cancelled", "settled")])

    def test_quote_expires_too_soon(self):
        self.rule("quote_expiring", delay=-3)
        with freeze_time(MONDAY):
            order = self.quote("grifo")
            order.validity_date = "2026-05-05"
            self.sent(order)
        self.assertFalse(self.of(order))

    # Orders

    def test_order_confirmed_on_its_page(self):
        rule = self.rule("order_confirmed")
        order = self.sent(self.quote("grifo"))
        self.portal_accept(order)
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertPlanned(order, rule)
        order._action_cancel()
        self.assertEqual(self.became(order), [("cancelled", "cancelled")])

    def test_delivery_completed(self):
        self.rule("delivery_completed", delay=15)
        with freeze_time(MONDAY):
            order = self.order(user_id=self.salesman.id)
            order.with_user(self.salesman).action_confirm()
            self.assertFalse(self.of(order))
            order.with_user(self.salesman).action_complete_delivery()
        self.assertEqual(self.planned(order), ["delivery_completed 25 08"])
        order.with_user(self.salesman).action_reopen_delivery()
        self.assertEqual(self.became(order), [("cancelled", "reopened")])
        with freeze_time(MONDAY.replace(day=6)):
            order.with_user(self.salesman).action_complete_delivery()
        self.assertEqual(self.planned(order), ["delivery_completed 27 08"])

    def test_last_delivery_of_a_journey(self):
        self.rule("delivery_completed")
        lead = self.lead()
        first, second = self.order(lead=lead), self.order(lead=lead)
        for order, day in ((second, 4), (first, 5)):
            with freeze_time(MONDAY.replace(day=day)):
                order.action_confirm()
                order.action_complete_delivery()
        self.assertEqual(self.became(second), [("cancelled", "later_document")])
        self.assertEqual(self.planned(first), ["delivery_completed 06 08"])

    def test_delivery_accepted_on_its_page(self):
        rule = self.rule("delivery_accepted")
        order = self.asked_order()
        self.accept(order, name="Carmen", signature=SIGNATURE)
        self.assertPlanned(order, rule)

    def test_delivery_refused_on_its_page(self):
        """The reopening is part of the refusal, so does not end it."""
        completed = self.rule("delivery_completed")
        rule = self.rule("refused", document="order")
        order = self.asked_order()
        self.refuse(order, comment="Gotea")
        self.assertPlanned(order, rule)
        self.assertEqual(self.of(order, rule_id=completed).state, "cancelled")

    # Tickets

    def test_ticket_closed(self):
        self.rule("ticket_closed")
        ticket = self.ticket(type_id=self.type_information.id, user_id=self.agent.id)
        with freeze_time(MONDAY):
            ticket.with_user(self.agent).stage_id = self.ticket_done
        self.assertEqual(self.planned(ticket), ["ticket_closed 05 08"])
        ticket.stage_id = self.ticket_doing
        self.assertEqual(self.became(ticket), [("cancelled", "reopened")])

    def test_ticket_refused_on_its_page(self):
        rule = self.rule("refused", document="ticket")
        ticket = self.asked_ticket()
        self.refuse(ticket, comment="Sigue igual")
        self.assertPlanned(ticket, rule)
        ticket.action_request_confirmation()
        self.accept(ticket)
        self.assertEqual(self.of(ticket, rule_id=rule).state, "cancelled")

    # Answers

    def test_feedback(self):
        rules = {
            name: self.rule(f"feedback_{name}", document="order", stop_on_ticket=False)
            for name in ("given", "happy", "unhappy")
        }
        for score, names in (("5", {"given", "happy"}), ("2", {"given", "unhappy"})):
            with self.subTest(score):
                order = self.delivered()
                feedback = self.env["customer.feedback"]._ask(order, self.survey)
                self.answer(feedback, score=score)
                found = self.of(order, state="planned").rule_id
                self.assertEqual(found, self.rules.union(*map(rules.get, names)))

    # Rounds

    def test_anniversary_and_maintenance(self):
        self.rule("anniversary", delay=0, delay_unit="day", stop_on_return=True)
        maintenance = self.rule("maintenance", delay=-10, delay_unit="day")
        self.product.maintenance_months = 6
        order = self.delivered()
        [first, second] = self.of(order).sorted("planned_date")
        self.assertEqual(str(first.planned_date), "2026-10-25 09:00:00")
        self.assertEqual(str(second.planned_date), "2027-05-04 09:00:00")
        self.run_cron("2026-10-26 10:00:00")
        self.assertEqual(first.state, "done")
        again = self.of(order, rule_id=maintenance, state="planned")
        self.assertEqual((again.months, again.number), (6, 2))
        self.assertEqual(str(again.planned_date), "2027-04-24 09:00:00")
        # Left out by hand, it comes round all the same
        again.with_user(self.salesman).action_skip()
        [third] = self.of(order, rule_id=maintenance, state="planned")
        self.assertEqual((third.number, third.anchor_date), (3, first.anchor_date))
        # The customer comes back
        self.lead()
        self.assertEqual((second.state, second.reason), ("cancelled", "returned"))
        self.assertEqual(third.state, "planned")

    def test_rounds_that_are_past(self):
        self.rule("anniversary", delay=0, delay_unit="day")
        order = self.delivered()
        self.run_cron("2029-06-04 10:00:00")
        self.assertEqual(len(self.mails(order)), 1)
        [following] = self.of(order, state="planned")
        self.assertEqual(str(following.planned_date), "2030-05-04 09:00:00")

    def test_no_maintenance_any_more(self):
        self.rule("maintenance", delay=-10)
        self.product.maintenance_months = 6
        order = self.delivered()
        self.product.maintenance_months = 0
        self.run_cron("2026-10-26 10:00:00")
        self.assertIn(("skipped", "condition"), self.became(order))
        self.assertFalse(self.mails(order))

    # When nobody answers

    def test_unanswered(self):
        chain = self.rule("unanswered", document="order", act="call", summary="Llama")
        rule = self.rule("quote_sent", next_rule_id=chain.id)
        with freeze_time(MONDAY):
            order = self.sent(self.quote("grifo", user_id=self.salesman.id))
        self.run_cron(MONDAY.replace(day=5, hour=10))
        first, second = self.of(order)
        self.assertEqual((first.rule_id, first.state), (rule, "done"))
        self.assertEqual((second.rule_id, second.previous_id), (chain, first))
        self.assertEqual(self.planned(order), ["unanswered 06 08"])
        # Whoever decides has answered
        order.action_confirm()
        self.assertEqual((second.state, second.reason), ("cancelled", "settled"))

    def test_unanswered_answered(self):
        chain = self.rule("unanswered", document="order", stop_on_reply=False)
        self.rule("quote_sent", next_rule_id=chain.id, stop_on_reply=False)
        with freeze_time(MONDAY):
            order = self.sent(self.quote("grifo"))
        self.run_cron(MONDAY.replace(day=5, hour=10))
        self.customer_writes(order, words="Gracias")
        self.assertEqual(self.became(order)[1], ("cancelled", "customer_wrote"))

    def test_next_rule_that_is_off(self):
        chain = self.rule("unanswered", document="order")
        chain.action_switch_off()
        never = chain.copy({"name": "Never on"})
        for following in (chain, never):
            rule = self.rule("quote_sent", next_rule_id=following.id)
            with freeze_time(MONDAY):
                order = self.sent(
                    self.quote("grifo", partner_id=self.customer.copy().id)
                )
            self.run_cron(MONDAY.replace(day=5, hour=10))
            self.assertEqual(self.became(order), [("done", "")])
            rule.active = False
