"""The ready rules: drafts that can be switched on as they are (F1, F4-F8)."""

from odoo.fields import Command, Domain
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.misc import mute_logger

from odoo.addons.customer_service_stages.models.followup_rule import WRITING

from .common import JourneyCase

MODULE = "customer_service_stages"


@tagged("post_install", "-at_install")
class TestReady(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "customer.followup.rule")]
        )
        cls.rules = cls.env["customer.followup.rule"].browse(data.mapped("res_id"))
        (cls.env["customer.followup.rule"].search([]) - cls.rules).active = False
        cls.rules.is_on = False
        cls.data = data
        cls.salesman.write({"lang": "en_US", "phone": "+34 600 000 000"})
        cls.customer.lang = "en_US"

    def rule(self, name):
        return self.env.ref(f"{MODULE}.followup_rule_{name}")

    def followups(self, document, name=None):
        followups = document.sudo().followup_ids
        if name:
            followups = followups.filtered(lambda f: f.rule_id == self.rule(name))
        return followups

    def planned(self, document):
        """Return the names of the rules that will do something about a document."""
        planned = self.followups(document).filtered(lambda f: f.state == "planned")
        names = {data.res_id: data.name for data in self.data}
        return sorted(
            names[rule.id].removeprefix("followup_rule_") for rule in planned.rule_id
        )

    # As they come

    def test_drafts(self):
        """They do nothing; people can read what they would do, and why."""
        self.assertGreaterEqual(len(self.rules), 20)
        self.assertTrue(all(self.data.mapped("noupdate")))
        for rule in self.rules:
            with self.subTest(rule.name):
                self.assertFalse(rule.is_on)
                self.assertFalse(rule.live_date)
                self.assertGreater(len(rule.description), 20)
                self.assertFalse(rule.company_id)
        self.assertEqual(len(set(self.rules.mapped("sequence"))), len(self.rules))
        order = self.delivered_order()
        self.assertFalse(self.followups(order))

    def test_switched_on_as_they_are(self):
        rules = self.rules.with_user(self.manager)
        for rule in rules:
            with self.subTest(rule.name):
                with Form(rule) as form:
                    self.assertTrue(form.name)
                rule.action_switch_on()
                self.assertTrue(rule.is_on)
                self.assertFalse(rule.domain_error)

    def test_every_happening_has_one(self):
        """But for quotes, which have reminders, and for who refuses or is not happy.

        These two are called, by tasks that make themselves.
        """
        events = dict(self.env["customer.followup.rule"]._fields["event"].selection)
        ready = set(self.rules.mapped("event"))
        self.assertEqual(
            set(events) - ready,
            {
                "feedback_unhappy",
                "quote_expiring",
                "quote_sent",
                "quote_viewed",
                "refused",
            },
        )

    def test_nothing_for_what_happened_before(self):
        with freeze_time("2026-03-02 09:00:00"):
            order = self.delivered_order()
            lead = self.lead()
            lead.action_set_lost()
        with freeze_time("2026-05-04 09:00:00"):
            self.rules.action_switch_on()
            self.assertFalse(self.followups(order) + self.followups(lead))
            # What is touched later is still of before
            order._journey_event("delivery_completed")
            lead._journey_event("lost")
            self.assertFalse(self.followups(order) + self.followups(lead))

    # What they say

    def documents(self, model_name):
        """Return documents with all that a mail may show, and with next to nothing."""
        spare = self.env["res.partner"].create({"name": "X", "email": "x@y.example"})
        if model_name == "sale.order":
            self.product.maintenance_months = 12
            full = self.delivered_order(
                user_id=self.salesman.id, commitment_date="2026-05-04 10:00:00"
            )
            return full, self.order(partner_id=spare.id, user_id=False)
        if model_name == "helpdesk.ticket":
            full = self.ticket(user_id=self.agent.id, company_id=self.company.id)
            return full, self.ticket(partner_id=False, partner_email="x@y.example")
        full = self.lead(
            user_id=self.salesman.id,
            contact_name="Carmen",
            referred_by_id=self.other_customer.id,
        )
        bare = self.lead(
            partner_id=False,
            email_from="x@y.example",
            user_id=False,
            team_id=False,
            company_id=False,
        )
        return full, bare

    def rendered(self, rule, document):
        return rule.template_id._generate_template(
            document.ids, ("subject", "body_html", "email_from", "email_to", "lang")
        )[document.id]

    def test_mails(self):
        """With and without what may be missing; nothing is left to fill in."""
        by_model = {
            name: self.documents(name)
            for name in ("sale.order", "helpdesk.ticket", "crm.lead")
        }
        for rule in self.rules.filtered(lambda rule: rule.act in WRITING):
            for document in by_model[rule.model_name]:
                with self.subTest(rule.name, document=document):
                    values = self.rendered(rule, document)
                    text = f"{values['subject']} {values['body_html']}"
                    for broken in ("False", "None", "{{", "t-out"):
                        self.assertNotIn(broken, text)
                    self.assertTrue(values["email_from"])

    def test_mails_show_what_there_is(self):
        order, bare = self.documents("sale.order")
        lead, bare_lead = self.documents("crm.lead")
        for name, document, shown in (
            ("order_confirmed", order, ("May 4, 2026", "Salesman", "+34 600")),
            ("order_confirmed", bare, ("as soon as it is fixed",)),
            ("maintenance", order, ("Mano de obra", order.name)),
            ("lost", lead, ("The price", "/my/lost/", "Hello Carmen,")),
            ("lead_unanswered", lead, ("Fuga bajo el fregadero",)),
            ("lead_unanswered", bare_lead, ("<p>Hello,</p>",)),
            ("recommended", lead, ("Hello Bar La Plaza,",)),
        ):
            with self.subTest(name):
                body = self.rendered(self.rule(name), document)["body_html"]
                for words in shown:
                    self.assertIn(words, body)

    def test_reasons_that_nobody_offers(self):
        self.env["crm.lost.reason"].search([]).is_quote_refusal = False
        body = self.rendered(self.rule("lost"), self.lead())["body_html"]
        self.assertIn("Tell us why", body)

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("es_ES")
        (self.customer + self.other_customer).lang = "es_ES"
        es = {"lang": "es_ES"}
        documents = {
            name: self.documents(name)[0]
            for name in ("sale.order", "helpdesk.ticket", "crm.lead")
        }
        for rule in self.rules.filtered(lambda rule: rule.act in WRITING):
            rule.template_id.with_context(**es).write(
                {"subject": "Hola", "body_html": "<p>Buenos días</p>"}
            )
            with self.subTest(rule.name):
                values = self.rendered(rule, documents[rule.model_name])
                self.assertEqual(values["subject"], "Hola")
                self.assertIn("Buenos días", values["body_html"])

    def test_send_a_test(self):
        """For each; to oneself alone, and nothing of it stays with the document."""
        self.manager.email = "marta@fontaneria.example"
        documents = [self.documents(name)[0] for name in ("sale.order", "crm.lead")]
        documents.append(self.documents("helpdesk.ticket")[0])
        messages = [len(document.message_ids) for document in documents]
        for rule in self.rules.filtered(lambda rule: rule.act in WRITING):
            with self.subTest(rule.name), self.mock_mail_gateway():
                rule.with_user(self.manager).action_send_test()
                self.env.cr.postcommit.run()
                [mail] = self._mails
                self.assertEqual(len(mail["email_to"]), 1)
                self.assertIn("marta@fontaneria.example", mail["email_to"][0])
                self.assertIn("[Test]", mail["subject"])
        self.assertEqual(
            [len(document.message_ids) for document in documents], messages
        )

    # When they speak up

    def test_after_a_delivery(self):
        self.rules.action_switch_on()
        order = self.delivered_order(user_id=self.salesman.id)
        self.assertEqual(
            self.planned(order),
            ["anniversary", "completed", "feedback_order", "order_confirmed"],
        )
        self.product.maintenance_months = 6
        big = self.delivered_order(partner_id=self.other_customer.id)
        self.assertIn("maintenance", self.planned(big))
        self.assertNotIn("big_customer", self.planned(big))
        big = self.order(partner_id=self.other_customer.id)
        big.order_line.price_unit = 5000
        big.action_confirm()
        big.action_complete_delivery()
        self.assertIn("big_customer", self.planned(big))

    def test_fifteen_working_days(self):
        self.rules.action_switch_on()
        with freeze_time("2026-05-04 09:00:00"):
            self.rules.live_date = "2026-05-04 08:00:00"
            order = self.delivered_order()
            [question] = self.followups(order, "feedback_order")
            self.assertEqual(str(question.planned_date.date()), "2026-05-25")
            self.assertEqual(
                question.rule_id.next_rule_id, self.rule("feedback_reminder_order")
            )

    def test_a_reply_does_not_end_the_relationship(self):
        """It is about something else; the questions and the reminders stay."""
        self.rules.action_switch_on()
        self.product.maintenance_months = 12
        order = self.delivered_order()
        before = self.planned(order)
        order.message_post(
            body="¿Me mandan la factura?",
            message_type="email",
            author_id=self.customer.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(self.planned(order), before)

    def test_signed_deliveries_are_thanked_once(self):
        self.rules.action_switch_on()
        order = self.delivered_order()
        self.assertIn("completed", self.planned(order))
        order.action_request_confirmation()
        order.confirmation_id._answer("accepted", answer_origin="link")
        self.assertIn("accepted", self.planned(order))
        self.assertEqual(self.followups(order, "completed")._obstacle(), "condition")

    def feedback(self, document, score):
        survey = self.env.ref(f"{MODULE}.survey_feedback")
        feedback = self.env["customer.feedback"]._ask(document, survey)
        [question] = survey.question_ids.filtered(lambda q: q.feedback_role == "score")
        feedback._answer({question: (str(score), "")})
        return feedback

    def test_happy(self):
        self.env["customer.review.platform"].search([]).active = False
        self.rules.action_switch_on()
        order = self.delivered_order()
        self.feedback(order, 5)
        self.assertIn("happy_order", self.planned(order))
        self.assertNotIn("review_order", self.planned(order))
        self.env["customer.review.platform"].create(
            {"name": "Google", "link": "https://reviews.example/x"}
        )
        order = self.delivered_order(partner_id=self.other_customer.id)
        self.feedback(order, 5)
        self.assertIn("review_order", self.planned(order))
        self.assertNotIn("happy_order", self.planned(order))

    def test_not_happy(self):
        """Invited like everybody, though the recovery opens a request."""
        self.env["customer.review.platform"].create(
            {"name": "Google", "link": "https://reviews.example/x"}
        )
        self.rules.action_switch_on()
        order = self.delivered_order()
        feedback = self.feedback(order, 1)
        self.assertIn("review_order", self.planned(order))
        self.assertNotIn("happy_order", self.planned(order))
        ticket = feedback.recovery_ticket_id
        self.assertEqual(ticket.activity_ids.activity_type_id.category, "phonecall")
        ticket.closing_reason = "Cambiado"
        ticket.message_post(
            body="Resuelto",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.agent.partner_id.id,
            partner_ids=self.customer.ids,
        )
        ticket.stage_id = self.ticket_done
        self.assertEqual(self.planned(ticket), ["recovered"])

    def test_requests(self):
        self.rules.action_switch_on()
        ticket = self.ticket(type_id=self.type_information.id)
        ticket.stage_id = self.ticket_done
        self.assertEqual(self.planned(ticket), ["feedback_ticket"])
        order = self.order(partner_id=self.other_customer.id)
        about_order = self.ticket(
            partner_id=self.other_customer.id,
            type_id=self.type_information.id,
            sale_order_ids=[Command.set(order.ids)],
        )
        about_order.stage_id = self.ticket_done
        self.assertNotIn("feedback_ticket", self.planned(about_order))

    def test_lost(self):
        """A mail for most, a call for the big ones; not who has said why already."""
        self.rules.action_switch_on()
        price = self.env.ref(f"{MODULE}.lost_reason_price")
        small, big, refused = (
            self.lead(expected_revenue=amount) for amount in (200, 4000, 200)
        )
        order = self.order(refused)
        order._refuse(price, "", self.customer)
        (small + big + refused).action_set_lost()
        self.assertEqual(self.planned(small), ["lost"])
        self.assertEqual(self.planned(big), ["lost_call"])
        self.assertEqual(self.planned(refused), [])
        self.followups(big, "lost_call").action_send_now()
        [task] = big.activity_ids
        self.assertIn("why did we lose", task.summary)
        self.assertIn("listen", task.note)

    @mute_logger("odoo.models.unlink")
    def test_lost_by_mail(self):
        """Without a contact, too; nobody of ours finds the link in the chatter."""
        self.rules.action_switch_on()
        partners = self.env["res.partner"].search_count(Domain.TRUE)
        lead = self.lead(partner_id=False, email_from="Eva <eva@bar.example>")
        lead.action_set_lost()
        with self.mock_mail_gateway():
            self.followups(lead, "lost").action_send_now()
            self.env.cr.postcommit.run()
        [mail] = self._mails
        self.assertIn("eva@bar.example", mail["email_to"][0])
        self.assertIn("/my/lost/", mail["body"])
        self.assertIn("?reason=", mail["body"])
        self.assertNotIn("/my/lost/", self.followups(lead, "lost").message_id.body)
        self.assertEqual(self.env["res.partner"].search_count(Domain.TRUE), partners)

    def test_unanswered(self):
        """First a mail, then a call; not where a quote is out."""
        self.rules.action_switch_on()
        lead, quoted = self.lead(user_id=self.salesman.id), self.lead()
        self.order(quoted).action_quotation_sent()
        for document in (lead, quoted):
            document.message_post(
                body="¿Le viene bien el lunes?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.salesman.partner_id.id,
                partner_ids=self.customer.ids,
            )
        self.assertIn("lead_unanswered", self.planned(lead))
        self.assertNotIn("lead_unanswered", self.planned(quoted))
        self.followups(lead, "lead_unanswered").action_send_now()
        self.assertIn("lead_call", self.planned(lead))
        self.followups(lead, "lead_call").action_send_now()
        [task] = lead.activity_ids
        self.assertEqual(task.user_id, self.salesman)
        self.assertIn("Have our mails arrived?", task.note)

    def test_idle(self):
        self.rules.action_switch_on()
        lead = self.lead(user_id=self.salesman.id)
        self.assertIn("idle_opportunity", self.planned(lead))
        self.followups(lead, "idle_opportunity").action_send_now()
        self.assertIn("what next", lead.activity_ids.summary)

    def test_who_came_back_is_not_told_that_a_year_has_passed(self):
        self.rules.action_switch_on()
        self.product.maintenance_months = 12
        order = self.delivered_order()
        self.lead()
        self.assertNotIn("anniversary", self.planned(order))
        self.assertIn("maintenance", self.planned(order))
