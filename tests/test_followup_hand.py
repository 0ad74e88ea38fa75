"""What people do with follow-ups and their rules, and what they may not (F5, F8)."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .followup_case import MONDAY, FollowupCase

TUESDAY = MONDAY.replace(day=5)


@tagged("post_install", "-at_install")
class TestFollowupByHand(FollowupCase):
    def followup(self, user=None):
        order = self.delivered()
        return self.of(order).with_user(user or self.salesman)

    def test_send_now(self):
        self.rule("delivery_completed", delay=5)
        for user in (self.salesman, self.manager):
            with self.subTest(user.login), freeze_time(MONDAY):
                followup = self.followup(user)
                with self.mock_mail_gateway():
                    followup.action_send_now()
                self.assertEqual(followup.state, "done")
                self.assertEqual(len(self.mails(followup.order_id)), 1)
                with self.assertRaises(UserError):
                    followup.action_send_now()
        contact = self.env["customer.contact"].search(
            [("commercial_partner_id", "=", self.customer.id)]
        )
        self.assertEqual(contact.last_date, MONDAY)

    def test_send_now_what_may_not_go(self):
        self.rule("delivery_completed")
        followup = self.followup()
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            followup.action_send_now()
        self.assertEqual(followup.state, "planned")

    def test_skip(self):
        self.rule("delivery_completed")
        followup = self.followup()
        followup.action_skip()
        self.assertEqual((followup.state, followup.reason), ("skipped", "by_hand"))
        self.run_cron(TUESDAY)
        self.assertFalse(self.mails(followup.order_id))

    def test_postpone(self):
        self.rule("delivery_completed", delay=2)
        followup = self.followup()
        with freeze_time(MONDAY):
            followup.action_postpone()
        self.assertEqual(self.planned(followup.order_id), ["delivery_completed 08 08"])

    def test_open_document(self):
        self.rule("delivery_completed")
        followup = self.followup()
        self.assertEqual(
            followup.action_open_document()["res_id"], followup.order_id.id
        )

    def test_of_a_customer(self):
        self.rule("delivery_completed")
        colleague = self.customer.copy({"parent_id": self.customer.id})
        self.delivered(partner_id=colleague.id)
        self.delivered()
        company = self.customer.with_user(self.manager)
        self.assertEqual(company.followup_count, 2)
        action = company.action_view_followups()
        found = self.followups.with_user(self.manager).search(action["domain"])
        self.assertEqual(len(found), 2)
        self.assertEqual(colleague.with_user(self.manager).followup_count, 1)


@tagged("post_install", "-at_install")
class TestFollowupSecurity(FollowupCase):
    def setUp(self):
        super().setUp()
        self.a_rule = self.rule("delivery_completed")
        self.order_of_another = self.delivered()
        self.a_followup = self.of(self.order_of_another)

    def test_who_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        strangers = {
            "customer": new_test_user(
                self.env,
                "carmen_portal",
                groups="base.group_portal",
                partner_id=self.customer.id,
            ),
            "public": self.env.ref("base.public_user"),
            "employee": self._new_user("plumber"),
        }
        for name, user in strangers.items():
            for model in ("customer.followup", "customer.followup.rule"):
                with self.subTest(name, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            for button in ("action_send_now", "action_skip", "action_postpone"):
                with self.subTest(name, button=button), self.assertRaises(AccessError):
                    getattr(self.a_followup.with_user(user), button)()
            with self.assertRaises(AccessError):
                self.env["customer.contact"].with_user(user).search([])
        abroad = self._new_user(
            "abroad",
            "customer_service_stages.group_manager",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[other.id],
        )
        self.assertFalse(self.followups.with_user(abroad).search([]))
        with self.assertRaises(AccessError):
            self.a_followup.with_user(abroad).action_skip()
        self.assertEqual(self.a_followup.state, "planned")

    def test_own_documents(self):
        rival = self._new_user("rival", "sales_team.group_sale_salesman")
        for user in (rival, self.agent):
            self.assertNotIn(self.a_followup, self.followups.with_user(user).search([]))
            with self.assertRaises(AccessError):
                self.a_followup.with_user(user).action_skip()
        mine = self.followups.with_user(self.salesman).search([])
        self.assertIn(self.a_followup, mine)

    def test_who_may_read_only(self):
        reader = self._new_user("reader", "helpdesk_mgmt.group_helpdesk_user_own")
        self.env["ir.model.access"].create(
            {
                "name": "reads orders",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "group_id": self.env.ref("helpdesk_mgmt.group_helpdesk_user_own").id,
                "perm_read": True,
            }
        )
        followup = self.a_followup.with_user(reader)
        self.assertTrue(followup.rule_id)
        for button in ("action_send_now", "action_skip", "action_postpone"):
            with self.subTest(button), self.assertRaises(AccessError):
                getattr(followup, button)()
        self.assertEqual(self.a_followup.state, "planned")

    def test_nobody_writes(self):
        for user in (self.salesman, self.manager):
            followup = self.a_followup.with_user(user)
            with self.assertRaises(AccessError):
                followup.write({"state": "done"})
            with self.assertRaises(AccessError):
                followup.copy()
            with self.assertRaises(AccessError):
                followup.unlink()

    def test_who_makes_rules(self):
        for button in ("action_switch_off", "action_retry"):
            with self.assertRaises(AccessError):
                getattr(self.a_rule.with_user(self.salesman), button)()
        self.a_rule.with_user(self.manager).action_switch_off()
        self.assertEqual(self.a_followup.state, "cancelled")

    def test_customers_cannot_read_of_documents(self):
        customer = new_test_user(
            self.env,
            "carmen_portal",
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        order = self.order_of_another.with_user(customer)
        order.message_subscribe(customer.partner_id.ids)
        with self.assertRaises(AccessError):
            order.read(["followup_ids"])


@tagged("post_install", "-at_install")
class TestFollowupRule(FollowupCase):
    def test_form(self):
        with Form(self.rules.with_user(self.manager)) as form:
            form.name = "Gracias"
            form.event = "ticket_closed"
            self.assertEqual(form.document, "ticket")
            form.template_id = self.templates["helpdesk.ticket"]
        rule = form.save()
        self.assertFalse(rule.is_on)
        rule.action_switch_on()
        self.assertTrue(rule.live_date)

    def test_what_is_refused(self):
        cases = {
            "fill in": {"template_id": False},
            "another kind of document": {"template_id": self.templates["crm.lead"].id},
            "does not happen": {"document": "ticket", "is_on": False},
            "does not work": {"domain": "[('no_such_field', '=', 1)]"},
            "for ever": lambda rule: rule,
        }
        for words, values in cases.items():
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                rule = self.rule("delivery_completed")
                if callable(values):
                    rule = self.rule("unanswered", document="order")
                    values = {"next_rule_id": rule.id}
                rule.write(values)

    def test_chain_of_another_document(self):
        chain = self.rule("unanswered", document="ticket")
        with self.assertRaisesRegex(ValidationError, "another kind"):
            self.rule("quote_sent", next_rule_id=chain.id)

    def test_record_is_kept(self):
        rule = self.rule("delivery_completed")
        self.delivered()
        self.run_cron(TUESDAY)
        with self.assertRaises(UserError):
            rule.unlink()
        other = self.rule("order_confirmed")
        self.order().action_confirm()
        self.assertTrue(other.followup_ids)
        other.unlink()

    def test_send_test(self):
        rule = self.rule("delivery_completed", act="survey")
        order = self.delivered()
        self.env["customer.feedback"]._ask(order, self.survey)
        rule.template_id.sudo().body_html = (
            "<p>Hola</p><t t-out='object._feedback_scores()'/>"
        )
        messages = order.message_ids
        contacts = self.env["customer.contact"].search([])
        with self.mock_mail_gateway():
            rule.with_user(self.manager).action_send_test()
            self.env.cr.postcommit.run()
        [mail] = self._mails
        self.assertEqual(mail["email_to"], [self.manager.email_formatted])
        self.assertIn("[Test]", mail["subject"])
        self.assertIn("Hola", mail["body"])
        # Whoever tries it cannot answer for the customer
        self.assertNotIn(order.feedback_ids.user_input_id.access_token, mail["body"])
        self.assertEqual(order.message_ids, messages)
        self.assertEqual(self.env["customer.contact"].search([]), contacts)
        self.assertEqual(self.of(order).state, "planned")

    def test_send_test_of_nothing(self):
        rule = self.rule("delivery_completed", act="call", summary="Llama")
        with self.assertRaises(UserError):
            rule.action_send_test()

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_send_test_that_fails(self):
        rule = self.rule("delivery_completed")
        self.delivered()
        self.break_template(rule.template_id)
        with self.assertRaisesRegex(UserError, "no_such_field"):
            rule.action_send_test()
