"""Customers are asked about extras, and their word counts (D3)."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .extra_case import REASON, ExtraCase


@tagged("post_install", "-at_install")
class TestExtraQuestions(ExtraCase):
    def asked(self, *texts, **values):
        """Return an order with an extra tap, about which its customer is asked."""
        order = self.accepted(*(texts or ["hora"]), **values)
        self.add(order, "grifo", product_uom_qty=2)
        self.ask(order)
        return order

    def events(self, order):
        return [event for event, _from, _to in self.history(order.journey_id)]

    def answer(self, order, state, **values):
        """Answer as the customer's page does."""
        question = order.sudo().extra_id.confirmation_id
        question._answer(state, **{"answer_origin": "link", **values})
        self.env.flush_all()

    def refuse(self, order, **values):
        self.answer(order, "refused", refusal_reason="too_expensive", **values)

    # Asking

    def test_ask(self):
        order = self.accepted("hora")
        line = self.add(order, "grifo", product_uom_qty=2, tax_ids=self.tax.ids)
        with self.mock_mail_gateway():
            extra = self.ask(order)
        self.assertRecordValues(
            extra,
            [
                {
                    "reason": REASON,
                    "amount_total": 24.2,
                    "order_total": 34.2,
                    "confirmation_state": "pending",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(
            extra.line_ids,
            [
                {
                    "order_line_id": line.id,
                    "name": "grifo",
                    "agreed_quantity": 0,
                    "quantity": 2,
                    "amount_untaxed": 20,
                    "amount_total": 24.2,
                    "is_line_shown": True,
                    "is_price_shown": True,
                }
            ],
        )
        question = extra.confirmation_id
        self.assertEqual(question.kind, "extra")
        self.assertEqual(question.user_id, self.salesman)
        self.assertTrue(question.next_action_date)
        self.assertTrue(order.extra_is_asked)
        self.assertIn("extra_asked", self.events(order))
        self.assertEqual(order.confirmation_state, "none")

    def test_mail(self):
        order = self.accepted("hora")
        self.add(order, "grifo", product_uom_qty=2, tax_ids=self.tax.ids)
        self.add(order, "prueba", price_unit=0, is_goodwill=True)
        with self.mock_mail_gateway():
            self.ask(order)
        mail = self.mail_about(order)
        self.assertEqual(mail.recipient_ids, self.customer)
        for words in (REASON, "grifo", "24.20", "34.20", "compliments", "prueba"):
            self.assertIn(words, mail.body_html)
        link = order.extra_id.confirmation_id._link()
        self.assertIn(link, mail.body_html)
        self.assertIn("Your Order", mail.body_html)
        message = order.message_ids.filtered(lambda m: REASON in (m.body or ""))
        self.assertTrue(message)
        self.assertNotIn(link, message.body)

    def test_several_at_once_are_one_question(self):
        order = self.accepted("hora", "tubo")
        self.add(order, "grifo")
        self.line(order, "hora").product_uom_qty = 3
        extra = self.ask(order)
        self.assertEqual(len(extra.line_ids), 2)
        self.assertEqual(extra.amount_total, 30)

    def test_why_is_required(self):
        order = self.accepted("hora")
        self.add(order, "grifo")
        with Form(
            self.env["customer.extra.request"]
            .with_user(self.salesman)
            .with_context(default_order_id=order.id)
        ) as form:
            self.assertEqual(form.email, self.customer.email_formatted)
            self.assertEqual(form.extra_total, 10)
            form.reason = REASON
        for reason in (False, " \n"):
            with self.assertRaises(UserError):
                order._ask_extras(reason)

    def test_nothing_to_ask(self):
        with self.assertRaises(UserError):
            self.accepted("hora")._ask_extras(REASON)

    def test_no_address(self):
        """Somebody calls, and records what was said."""
        self.customer.email = False
        order = self.asked()
        self.assertEqual(order.extra_id.confirmation_state, "pending")
        [task] = order.activity_ids
        self.assertEqual(task.activity_type_id.category, "phonecall")
        self.assertEqual(task.user_id, self.salesman)
        self.tell(order)
        self.assertEqual(order.extra_id.confirmation_state, "accepted")

    def test_a_change_ends_the_question(self):
        order = self.asked()
        first = order.extra_id
        question = first.confirmation_id
        link = question.sudo().access_token, self.env["res.partner"]
        self.assertEqual(question._find(*link), question)
        self.line(order, "grifo").with_user(self.salesman).product_uom_qty = 3
        self.assertEqual(question.state, "void")
        self.assertFalse(question._find(*link))
        self.assertFalse(order.extra_is_asked)
        self.assertEqual(order.extra_count, 1)
        wizard = self.wizard(order, "request")
        self.assertEqual(wizard.reason, REASON)
        wizard.action_ask()
        self.assertNotEqual(order.extra_id, first)
        self.assertEqual(order.extra_id.amount_total, 30)
        self.assertEqual(first.confirmation_state, "none")

    def test_what_ends_it(self):
        for change in (
            lambda order: self.add(order, "codo"),
            lambda order: self.line(order, "grifo").write({"price_unit": 12}),
            lambda order: self.line(order, "grifo").write({"product_uom_qty": 0}),
            lambda order: self.line(order, "grifo").write(
                {"discount": 100, "is_goodwill": True}
            ),
            lambda order: order._action_cancel(),
            lambda order: order.write({"partner_id": self.other_customer.id}),
        ):
            order = self.asked()
            question = order.extra_id.confirmation_id
            change(order)
            self.assertEqual(question.state, "void")

    def test_what_does_not_end_it(self):
        for change in (
            lambda order: self.add(order, "# Ojo"),
            lambda order: self.line(order, "hora").write({"qty_delivered": 1}),
            lambda order: self.line(order, "grifo").write({"name": "Grifo nuevo"}),
            lambda order: order.action_complete_delivery(),
            lambda order: order.with_user(self.salesman)._create_invoices(),
        ):
            order = self.asked()
            change(order)
            self.assertEqual(order.extra_id.confirmation_state, "pending")

    def test_delivery_and_extra_side_by_side(self):
        order = self.asked()
        order.action_complete_delivery()
        order.action_request_confirmation()
        self.assertEqual(order.confirmation_state, "pending")
        self.assertEqual(order.extra_id.confirmation_state, "pending")
        self.answer(order, "accepted", answer_name="Carmen")
        self.assertEqual(order.confirmation_state, "pending")
        order.action_reopen_delivery()
        self.assertEqual(order.confirmation_state, "none")
        self.assertEqual(order.extra_id.confirmation_state, "accepted")

    # Answers

    def test_accepted(self):
        order = self.asked()
        line = self.line(order, "grifo")
        self.answer(order, "accepted", answer_name="Carmen Ortega", comment="Adelante")
        self.assertRecordValues(
            line,
            [
                {
                    "extra_state": "accepted",
                    "agreed_quantity": 2,
                    "agreed_price_unit": 10,
                    "extra_accepted_amount": 20,
                    "extra_waiting_amount": 0,
                    "baseline_amount": 0,
                    "is_extra": True,
                }
            ],
        )
        line.qty_delivered = 2
        self.assertEqual(self.invoiced(order), {"hora": 1, "grifo": 2})
        self.assertIn("extra_accepted", self.events(order))
        message = order.message_ids.filtered(lambda m: "Adelante" in (m.body or ""))
        self.assertIn("Extra on", message.body)
        self.assertEqual(message.author_id, self.customer)
        self.assertFalse(order.extra_count)

    def test_more_after_a_yes_waits_again(self):
        order = self.asked()
        self.answer(order, "accepted")
        line = self.line(order, "grifo")
        line.product_uom_qty = 5
        self.env.flush_all()
        self.assertEqual((line.extra_state, line.extra_waiting_amount), ("waiting", 30))
        self.assertEqual(line.qty_to_invoice, 2)
        extra = self.ask(order)
        self.assertEqual(extra.line_ids.agreed_quantity, 2)
        self.assertEqual(
            extra.line_ids._for_customer()[0]["quantity"], "5 Units instead of 2 Units"
        )
        self.refuse(order)
        self.assertEqual((line.product_uom_qty, line.extra_state), (2, "refused"))
        self.assertEqual(line.extra_accepted_amount, 20)

    def test_refused(self):
        order = self.asked("hora", "tubo")
        self.line(order, "hora").write({"product_uom_qty": 3, "price_unit": 15})
        self.ask(order)
        self.refuse(order, comment="Lo hago yo.")
        self.assertRecordValues(
            order.order_line.sorted("id"),
            [
                {
                    "name": "hora",
                    "product_uom_qty": 1,
                    "price_unit": 10,
                    "extra_state": "refused",
                    "extra_refused_amount": 35,
                },
                {
                    "name": "tubo",
                    "product_uom_qty": 1,
                    "price_unit": 10,
                    "extra_state": False,
                    "extra_refused_amount": 0,
                },
                {
                    "name": "grifo",
                    "product_uom_qty": 0,
                    "price_unit": 10,
                    "extra_state": "refused",
                    "extra_refused_amount": 20,
                },
            ],
        )
        self.assertEqual(self.invoiced(order), {"hora": 1, "tubo": 1})
        self.assertEqual(order.amount_total, 20)
        self.assertIn("extra_refused", self.events(order))
        event = order.journey_id.event_ids.filtered(
            lambda e: e.event == "extra_refused"
        )
        self.assertEqual(event.reason, "It costs too much: Lo hago yo.")
        [task] = order.activity_ids
        self.assertEqual(task.user_id, self.salesman)
        self.assertIn("Lo hago yo.", task.note)
        self.assertTrue(
            order.message_ids.filtered(lambda m: "left out" in (m.body or ""))
        )
        self.assertFalse(order.extra_count)

    def test_refused_and_put_on_again(self):
        order = self.asked()
        self.refuse(order)
        line = self.line(order, "grifo")
        line.with_user(self.salesman).product_uom_qty = 1
        self.env.flush_all()
        self.assertEqual((line.extra_state, line.extra_refused_amount), ("waiting", 0))
        self.assertFalse(self.wizard(order, "request").reason)
        self.ask(order)
        self.answer(order, "accepted")
        self.assertEqual(line.extra_state, "accepted")

    def test_refused_though_delivered(self):
        """What is delivered all the same stays, and is never invoiced."""
        self.products["hora"].invoice_policy = "delivery"
        order = self.accepted("hora")
        line = order.order_line
        self.env.cr.execute(
            "UPDATE sale_order_line SET qty_delivered = 3 WHERE id = %s", line.ids
        )
        line.invalidate_recordset()
        line.modified(["qty_delivered"])
        self.ask(order)
        self.refuse(order)
        self.assertEqual((line.extra_state, line.qty_to_invoice), ("refused", 1))
        self.assertEqual(self.invoiced(order), {"hora": 1})
        self.assertFalse(order.extra_count)

    def test_refused_on_a_locked_order(self):
        order = self.asked()
        order.action_lock()
        self.refuse(order)
        self.assertEqual(self.line(order, "grifo").product_uom_qty, 0)
        self.assertTrue(order.locked)

    def test_an_answer_is_about_what_was_asked(self):
        order = self.asked()
        line = self.line(order, "grifo")
        # As if changed in the very moment of the answer
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_uom_qty = 9 WHERE id = %s", line.ids
        )
        line.invalidate_recordset()
        line.modified(["product_uom_qty"])
        self.answer(order, "accepted")
        self.assertEqual((line.agreed_quantity, line.extra_state), (2, "waiting"))
        self.assertEqual(line.qty_to_invoice, 2)

    def test_a_yes_is_not_taken_back(self):
        order = self.asked()
        self.answer(order, "accepted")
        question = order.extra_id.confirmation_id
        self.assertFalse(question._is_revocable())
        self.assertTrue(question._is_shown())
        with self.assertRaises(UserError):
            self.refuse(order)

    # By phone, and without

    def test_told_by_phone_without_asking_first(self):
        order = self.accepted("hora")
        line = self.add(order, "grifo")
        with Form(
            self.env["customer.extra.answer"]
            .with_user(self.salesman)
            .with_context(default_order_id=order.id)
        ) as form:
            self.assertEqual(form.partner_id, self.customer)
            form.reason = REASON
            form.way = "in_person"
        form.record.action_answer()
        self.assertEqual(line.extra_state, "accepted")
        question = order.extra_id.confirmation_id
        self.assertRecordValues(
            question,
            [
                {
                    "state": "accepted",
                    "answer_origin": "in_person",
                    "answer_user_id": self.salesman.id,
                    "answer_partner_id": self.customer.id,
                }
            ],
        )
        self.assertFalse(self.mail_about(order))

    def test_told_by_phone_after_asking(self):
        order = self.asked()
        extra = order.extra_id
        self.tell(order, "refused", refusal_reason="not_needed")
        self.assertEqual(order.extra_id, extra)
        self.assertEqual(extra.confirmation_state, "refused")
        self.assertEqual(self.line(order, "grifo").product_uom_qty, 0)

    def test_told_no_for_a_reason(self):
        order = self.asked()
        for values in ({}, {"refusal_reason": "other"}):
            with self.assertRaises(UserError):
                self.tell(order, "refused", **values)

    def test_why_is_told_by_phone_too(self):
        order = self.accepted("hora")
        self.add(order, "grifo")
        with self.assertRaises(UserError):
            self.wizard(order, "answer", answer="accepted").action_answer()
        self.assertFalse(order.extra_ids)

    def test_waived_by_a_manager(self):
        order = self.asked()
        values = {"is_waiver": True, "comment": "Lo pagamos nosotros."}
        with self.assertRaises(AccessError):
            self.wizard(order, "answer", **values).action_answer()
        self.wizard(order, "answer", user=self.manager, **values).action_answer()
        self.assertEqual(order.extra_id.confirmation_state, "waived")
        self.assertEqual(self.line(order, "grifo").extra_state, "accepted")
        self.assertIn("extra_waived", self.events(order))

    def test_waived_without_a_reason(self):
        order = self.asked()
        with self.assertRaises(UserError):
            self.wizard(
                order, "answer", user=self.manager, is_waiver=True
            ).action_answer()

    # Silence

    def test_silence_is_no_yes(self):
        """Reminders, then a call: never an acceptance."""
        self.company.write(
            {
                "confirmation_reminder_count": 1,
                "confirmation_reminder_days": 1,
                "confirmation_timeout_days": 2,
            }
        )
        order = self.asked()
        question = order.extra_id.confirmation_id
        noon = fields.Datetime.now().replace(hour=10)
        for day in range(1, 40):
            with freeze_time(noon + timedelta(days=day)), self.mock_mail_gateway():
                question.sudo().reminder_mail_id.state = "sent"
                if question.next_action_date and (
                    question.next_action_date <= fields.Datetime.now()
                ):
                    question.sudo()._do_due()
                    self.env.flush_all()
        self.assertEqual(question.state, "pending")
        self.assertEqual(question.reminder_count, 1)
        self.assertFalse(question.next_action_date)
        self.assertEqual(order.activity_ids.activity_type_id.category, "phonecall")
        self.assertEqual(self.line(order, "grifo").qty_to_invoice, 0)

    def test_a_mail_from_the_customer_stops_the_reminders(self):
        order = self.asked()
        question = order.extra_id.confirmation_id
        order.message_post(
            body="¿Cuánto dura?",
            author_id=self.customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertTrue(question.is_paused)
        self.assertFalse(question.next_action_date)
        order.with_user(self.salesman).message_post(
            body="Una hora.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        self.assertFalse(question.is_paused)
        self.assertTrue(question.next_action_date)

    def test_bounce(self):
        order = self.asked()
        order._message_receive_bounce("carmen@customer.example", self.customer)
        self.assertTrue(order.extra_id.confirmation_id.has_bounced)
        self.assertEqual(order.activity_ids.activity_type_id.category, "phonecall")

    # Hidden prices (Q3)

    def test_hidden_prices_stay_hidden(self):
        order = self.accepted("hora", quote_presentation="grouped")
        self.add(order, "grifo", price_unit=13)
        self.add(order, "codo", price_unit=29)
        with self.mock_mail_gateway():
            extra = self.ask(order)
        self.assertEqual(
            extra.line_ids._for_customer(),
            [
                {"name": "grifo", "quantity": "1 Units", "price": ""},
                {"name": "codo", "quantity": "1 Units", "price": ""},
            ],
        )
        body = self.mail_about(order).body_html
        self.assertIn("42.00", body)
        self.assertNotIn("13.00", body)
        self.assertNotIn("29.00", body)

    def test_hidden_lines_are_told_by_their_group(self):
        order = self.accepted("hora", "tubo", quote_presentation="summary")
        line = self.line(order, "hora")
        line.product_uom_qty = 2
        self.line(order, "tubo").product_uom_qty = 2
        self.add(order, "codo")
        self.add(order, "junta")
        extra = self.ask(order)
        names = [item["name"] for item in extra.line_ids._for_customer()]
        self.assertCountEqual(set(names), names)
        self.assertIn("Work", names)
        self.assertFalse({"hora", "tubo", "codo", "junta"} & set(names))

    # Who may

    def test_who_sees_it(self):
        order = self.asked()
        extra = order.extra_id
        portal = self._create_portal_user()
        portal.partner_id.parent_id = self.customer
        stranger = self._new_user("stranger_x")
        other = self.env["res.company"].create({"name": "Otra"})
        foreign = self._new_user(
            "foreign",
            "customer_service_stages.group_manager",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for user in (portal, self.env.ref("base.public_user"), stranger, foreign):
            for record in (extra, extra.line_ids, extra.confirmation_id):
                with (
                    self.subTest(user=user.login, model=record._name),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).read(["display_name"])
        own_only = self._new_user("own_only", "sales_team.group_sale_salesman")
        self.assertFalse(self.env["customer.extra"].with_user(own_only).search([]))
        self.assertFalse(self.env["customer.extra.line"].with_user(own_only).search([]))
        self.assertIn(
            extra, self.env["customer.extra"].with_user(self.salesman).search([])
        )

    def test_customers_read_no_state(self):
        portal = self._create_portal_user()
        order = self.accepted("hora", partner_id=portal.partner_id.id)
        self.add(order, "grifo")
        lines = order.order_line.with_user(portal)
        lines.read(["name", "is_goodwill"])
        for name in (
            "agreed_quantity",
            "agreed_price_unit",
            "extra_state",
            "extra_waiting_amount",
            "goodwill_cost",
            "goodwill_value",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                lines.read([name])
        for name in ("extra_approval", "extra_ids", "extra_id", "extra_total"):
            with self.subTest(name), self.assertRaises(AccessError):
                order.with_user(portal).read([name])

    def test_accountants_read_the_order(self):
        """The question itself is for those who work with customers."""
        accountant = self._new_user("accountant", "account.group_account_invoice")
        order = self.asked()
        self.env.invalidate_all()
        [values] = order.with_user(accountant).read(["extra_count", "extra_is_asked"])
        self.assertEqual((values["extra_count"], values["extra_is_asked"]), (1, True))
        with self.assertRaises(AccessError):
            order.extra_id.with_user(accountant).read(["reason"])

    def test_nobody_writes_a_question(self):
        extra = self.asked().extra_id
        for user in (self.salesman, self.manager):
            for record in (extra, extra.line_ids):
                with self.assertRaises(AccessError):
                    record.with_user(user).write({"amount_total": 1})
                with self.assertRaises(AccessError):
                    record.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["customer.extra"].with_user(user).create(
                    {"order_id": extra.order_id.id, "reason": "x"}
                )

    def test_ask_again_by_rpc(self):
        """The same question with a new link, by whoever may write on the order."""
        order = self.asked()
        first = order.extra_id.confirmation_id
        order.extra_id.with_user(self.salesman).action_request_confirmation()
        self.assertEqual(first.state, "void")
        self.assertEqual(order.extra_id.confirmation_state, "pending")
        self.answer(order, "accepted")
        with self.assertRaises(UserError):
            order.extra_id.with_user(self.salesman).action_request_confirmation()
        stranger = self._new_user("seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.wizard(order, "request", user=stranger, reason="x").action_ask()
