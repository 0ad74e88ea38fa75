"""Asking, answering, reminding, closing on silence (T4, T8; pitfalls 25 to 30)."""

from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_confirmation_gate import GateCase


class CycleCase(GateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Around the clock, so that no test depends on the hour it runs at
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Siempre", "attendance_ids": [], "tz": "UTC"}
        )

    def asked_ticket(self, **values):
        ticket = self.working_ticket(resolution_summary="Cambiada la junta.", **values)
        ticket.with_user(self.agent).action_request_confirmation()
        return ticket

    def mails(self, ticket, template="completed"):
        subject = {
            "completed": "Is it solved?",
            "reminder": "Still waiting",
            "closed": "Closed:",
            "received": "We have received",
        }[template]
        return self.env["mail.mail"].search(
            [
                ("model", "=", ticket._name),
                ("res_id", "in", ticket.ids),
                ("subject", "like", subject),
            ]
        )

    def run_cron(self, days=0):
        """Let days pass for all questions, then follow them up."""
        self.env.flush_all()
        if days:
            self.env.cr.execute(
                """
                UPDATE customer_confirmation
                   SET request_date = request_date - %(age)s,
                       next_action_date = next_action_date - %(age)s,
                       last_reminder_date = last_reminder_date - %(age)s
                """,
                {"age": timedelta(days=days)},
            )
            self.env.invalidate_all()
        with self.enter_registry_test_mode():
            cron = self.env.ref("customer_service_stages.ir_cron_confirmation")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def deliver_mails(self, state="sent"):
        self.env["mail.mail"].search([("state", "=", "outgoing")]).state = state


@tagged("post_install", "-at_install")
class TestAsking(CycleCase):
    def test_asks_and_moves_to_completed(self):
        with self.mock_mail_gateway():
            ticket = self.asked_ticket()
        self.assertEqual(ticket.stage_id, self.ticket_completed)
        self.assertEqual(ticket.workflow_step, "completed")
        confirmation = ticket.confirmation_id
        self.assertEqual(confirmation.state, "pending")
        self.assertEqual(confirmation.user_id, self.agent)
        self.assertEqual(confirmation.team_id, self.team)
        self.assertIn("carmen@customer.example", confirmation.email)
        self.assertGreater(confirmation.next_action_date, fields.Datetime.now())
        mail = self.mails(ticket)
        link = f"/my/confirmation/{confirmation.access_token}"
        self.assertEqual(mail.body_html.count(link), 2)
        self.assertIn("Cambiada la junta.", mail.body_html)
        self.assertIn(ticket.number, mail.subject)
        self.assertIn("auto-generated", mail.headers)
        events = [event for event, *_ in self.history(ticket.journey_id)]
        self.assertEqual(events.count("asked"), 1)

    def test_the_company_never_sees_the_link(self):
        ticket = self.asked_ticket()
        token = ticket.confirmation_id.access_token
        for message in ticket.message_ids:
            self.assertNotIn(token, message.body or "")
        with self.assertRaises(AccessError):
            ticket.confirmation_id.with_user(self.agent).read(["access_token"])
        with self.assertRaises(AccessError):
            self.env["customer.confirmation"].with_user(self.agent).search(
                [("access_token", "=", token)]
            )
        with self.assertRaises(AccessError):
            self.env["mail.mail"].with_user(self.agent).search([])

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        ticket = self.asked_ticket()
        mail = self.env["mail.mail"].search(
            [("res_id", "=", ticket.id), ("body_html", "like", "/my/confirmation/")]
        )
        self.assertIn("¿Está resuelto", mail.subject)
        self.assertIn("Sí, está resuelto", mail.body_html)

    def test_moving_into_completed_asks(self):
        """Whoever drags the card there has done the same."""
        tickets = self.working_ticket() + self.working_ticket()
        tickets.with_user(self.agent).write({"stage_id": self.ticket_completed.id})
        self.assertEqual(set(tickets.mapped("confirmation_state")), {"pending"})
        self.assertEqual(len(self.mails(tickets)), 2)
        tickets.write({"stage_id": self.ticket_completed.id})
        self.assertEqual(len(self.mails(tickets)), 2)

    def test_completed_without_need_asks_nobody(self):
        ticket = self.working_ticket(type_id=self.type_information.id)
        ticket.stage_id = self.ticket_completed
        self.assertEqual(ticket.confirmation_state, "none")
        self.assertFalse(self.mails(ticket))

    def test_several_at_once_with_the_wizard(self):
        own = self.working_ticket(resolution_summary="Lo suyo")
        tickets = own + self.working_ticket() + self.working_ticket()
        action = (
            self.env.ref("customer_service_stages.helpdesk_ticket_action_request")
            .with_user(self.agent)
            .with_context(active_model="helpdesk.ticket", active_ids=tickets.ids)
            .run()
        )
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        wizard.summary = "Revisado"
        wizard.save().action_request()
        self.assertEqual(
            tickets.confirmation_id.mapped("summary"),
            ["Lo suyo", "Revisado", "Revisado"],
        )

    def test_server_action_of_an_administrator(self):
        ticket = self.working_ticket()
        self.env["ir.actions.server"].create(
            {
                "name": "Preguntar",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": "records.action_request_confirmation()",
            }
        ).with_context(
            active_model="helpdesk.ticket", active_ids=ticket.ids, active_id=ticket.id
        ).run()
        self.assertEqual(ticket.confirmation_state, "pending")

    def test_a_stranger_cannot_ask(self):
        ticket = self.working_ticket()
        stranger = self._new_user("stranger")
        with self.assertRaises(AccessError):
            ticket.with_user(stranger).action_request_confirmation()

    def test_nobody_to_ask(self):
        ticket = self.working_ticket(partner_id=False)
        with self.assertRaises(UserError):
            ticket.action_request_confirmation()

    def test_no_address_is_a_call(self):
        self.customer.email = False
        ticket = self.working_ticket()
        ticket.action_request_confirmation()
        self.assertEqual(ticket.confirmation_state, "pending")
        self.assertFalse(self.mails(ticket))
        self.assertEqual(ticket.activity_ids.activity_type_id.category, "phonecall")
        self.team.user_id = self.manager
        unassigned = self.working_ticket(user_id=False)
        unassigned.action_request_confirmation()
        self.assertEqual(unassigned.activity_ids.user_id, self.manager)

    def test_asking_again_voids_the_link(self):
        ticket = self.asked_ticket()
        first = ticket.confirmation_id
        ticket.action_request_confirmation()
        second = ticket.confirmation_id
        self.assertNotEqual(first, second)
        self.assertEqual(first.state, "void")
        Confirmation = self.env["customer.confirmation"]
        nobody = self.env["res.partner"]
        self.assertFalse(Confirmation._find(first.access_token, nobody))
        self.assertEqual(Confirmation._find(second.access_token, nobody), second)
        with self.assertRaises(UserError):
            first._answer("accepted")

    def test_closed_is_not_asked(self):
        ticket = self.asked_ticket()
        self.accept(ticket)
        with self.assertRaises(UserError):
            ticket.action_request_confirmation()

    def test_back_to_work_withdraws_the_question(self):
        ticket = self.asked_ticket()
        ticket.with_user(self.agent).stage_id = self.ticket_doing
        self.assertEqual(ticket.confirmation_ids.state, "void")
        self.assertEqual(ticket.confirmation_state, "none")

    def test_another_customer_withdraws_the_question(self):
        """The link of one customer shows nothing of another's request."""
        ticket, moved = self.asked_ticket(), self.asked_ticket()
        ticket.partner_id = self.other_customer
        self.assertEqual(ticket.confirmation_ids.state, "void")
        colleague = self.env["res.partner"].create(
            {"name": "Luis", "parent_id": self.customer.id}
        )
        moved.partner_id = colleague
        self.assertEqual(moved.confirmation_state, "pending")

    def test_archiving_and_cancelling_withdraw_the_question(self):
        archived, cancelled = self.asked_ticket(), self.asked_ticket()
        archived.action_archive()
        cancelled.write(
            {"closing_reason": "Ya no hace falta", "stage_id": self.ticket_cancelled.id}
        )
        for ticket in archived + cancelled:
            self.assertEqual(ticket.confirmation_ids.state, "void")

    def test_team_without_the_stage(self):
        """Where a team has no stage for it, the question is asked all the same."""
        self.ticket_completed.active = False
        ticket = self.asked_ticket()
        self.assertEqual(ticket.stage_id, self.ticket_doing)
        self.assertEqual(ticket.confirmation_state, "pending")
        self.accept(ticket)
        self.assertEqual(ticket.stage_id, self.ticket_done)


@tagged("post_install", "-at_install")
class TestAnswering(CycleCase):
    def test_accepting_closes(self):
        ticket = self.asked_ticket()
        with self.mock_mail_gateway():
            self.accept(ticket, score=4, comment="Muy rápidos")
            self.flush_tracking()
        self.assertEqual(ticket.stage_id, self.ticket_done)
        self.assertEqual(ticket.confirmation_state, "accepted")
        self.assertFalse(ticket.confirmation_exemption)
        self.assertTrue(ticket.closed_date)
        self.assertEqual(ticket.rating_ids.rating, 4)
        self.assertEqual(ticket.rating_ids.rated_partner_id, self.agent.partner_id)
        self.assertIn("Closed:", self._new_mails.mapped("subject")[-1])
        answer = ticket.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(answer.author_id, self.customer)
        self.assertIn("Muy rápidos", answer.body)

    def test_refusing_reopens(self):
        ticket = self.asked_ticket()
        contacts = ticket.contact_in_count
        self.refuse(ticket)
        self.assertEqual(ticket.stage_id, self.ticket_doing)
        self.assertEqual(ticket.confirmation_state, "refused")
        self.assertEqual(ticket.reopen_count, 1)
        self.assertIn("Vuelve a gotear", ticket.reopen_reason)
        self.assertEqual(ticket.contact_in_count, contacts + 1)
        self.assertEqual(ticket.activity_ids.user_id, self.agent)
        with self.assertGate(ticket):
            ticket.stage_id = self.ticket_done
        ticket.action_request_confirmation()
        self.accept(ticket)
        self.assertEqual(ticket.reopen_count, 1)
        self.assertFalse(ticket.is_first_contact_resolution)
        self.assertEqual(
            ticket.confirmation_ids.sorted("id").mapped("state"),
            ["refused", "accepted"],
        )

    def test_refusing_needs_a_reason(self):
        ticket = self.asked_ticket()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.refuse(ticket, refusal_reason=False)
        self.assertEqual(ticket.confirmation_state, "pending")

    def test_first_answer_wins(self):
        ticket = self.asked_ticket()
        self.refuse(ticket)
        with self.assertRaises(UserError):
            self.accept(ticket)
        self.assertEqual(ticket.confirmation_state, "refused")

    def test_taking_it_back(self):
        ticket = self.asked_ticket()
        self.accept(ticket)
        self.refuse(ticket)
        self.assertEqual(ticket.stage_id, self.ticket_doing)
        self.assertEqual(ticket.reopen_count, 1)
        self.assertFalse(ticket.closed_date)
        with self.assertRaises(UserError):
            self.refuse(ticket)

    def test_taking_back_what_an_agent_recorded(self):
        """The second answer is the customer's; nothing of the first stays with it."""
        ticket = self.asked_ticket()
        form = self.wizard(ticket, self.agent)
        form.comment = "Dice que va bien"
        form.save().action_answer()
        self.refuse(ticket)
        confirmation = ticket.confirmation_id
        self.assertFalse(confirmation.answer_user_id)
        self.assertEqual(confirmation.comment, "Vuelve a gotear")
        answer = ticket.message_ids.filtered(
            lambda message: "Vuelve a gotear" in (message.body or "")
        )
        self.assertEqual(answer.author_id, self.customer)

    def test_too_late_to_take_back(self):
        ticket = self.asked_ticket()
        self.accept(ticket)
        confirmation = ticket.confirmation_id
        confirmation.answer_date -= timedelta(days=15)
        with self.assertRaises(UserError):
            self.refuse(ticket)
        found = confirmation._find(confirmation.access_token, self.env["res.partner"])
        self.assertFalse(found)

    def test_links_that_lead_nowhere(self):
        ticket = self.asked_ticket()
        confirmation = ticket.confirmation_id
        find = self.env["customer.confirmation"]._find
        nobody = self.env["res.partner"]
        self.assertFalse(find("", nobody))
        self.assertFalse(find("x" * 43, nobody))
        self.assertFalse(find(confirmation.access_token, self.other_customer))
        colleague = self.env["res.partner"].create(
            {"name": "Luis", "parent_id": self.customer.id}
        )
        self.assertTrue(find(confirmation.access_token, colleague))
        confirmation.request_date -= timedelta(days=91)
        self.assertFalse(find(confirmation.access_token, nobody))

    def test_nonce_is_worth_one_answer(self):
        ticket = self.asked_ticket()
        confirmation = ticket.confirmation_id
        nonce = confirmation._nonce()
        self.assertTrue(confirmation._check_nonce(nonce))
        self.assertFalse(confirmation._check_nonce(""))
        self.accept(ticket)
        self.assertFalse(confirmation._check_nonce(nonce))

    def wizard(self, ticket, user, action="action_open_answer"):
        context = getattr(ticket.with_user(user), action)()["context"]
        return Form(
            self.env["customer.confirmation.answer"]
            .with_user(user)
            .with_context(**context)
        )

    def test_answer_by_phone(self):
        ticket = self.asked_ticket()
        form = self.wizard(ticket, self.agent)
        self.assertEqual(form.partner_id, self.customer)
        form.answer = "accepted"
        form.comment = "Dice que va bien"
        form.save().action_answer()
        confirmation = ticket.confirmation_id
        self.assertEqual(ticket.stage_id, self.ticket_done)
        self.assertEqual(confirmation.answer_origin, "phone")
        self.assertEqual(confirmation.answer_user_id, self.agent)
        self.assertEqual(confirmation.answer_name, "Carmen Ortega")
        message = ticket.message_ids.filtered(lambda m: "Dice que" in (m.body or ""))
        self.assertEqual(message.author_id, self.agent.partner_id)

    def test_refusal_by_phone_needs_words(self):
        ticket = self.asked_ticket()
        form = self.wizard(ticket, self.agent)
        form.answer = "refused"
        with self.assertRaises(AssertionError):
            form.save()
        form.refusal_reason = "not_asked"
        form.comment = "Pidió el otro grifo"
        form.save().action_answer()
        self.assertEqual(ticket.confirmation_state, "refused")
        self.assertIn("Pidió el otro grifo", ticket.reopen_reason)

    def test_who_may_answer(self):
        """A colleague of the customer may; somebody else's contact may not."""
        ticket = self.asked_ticket()
        colleague = self.env["res.partner"].create(
            {"name": "Luis", "parent_id": self.customer.id}
        )
        form = self.wizard(ticket, self.agent)
        form.partner_id = self.other_customer
        with self.assertRaises(UserError):
            form.save().action_answer()
        form = self.wizard(ticket, self.agent)
        form.partner_id = colleague
        form.save().action_answer()
        self.assertEqual(ticket.confirmation_id.answer_partner_id, colleague)

    def test_answer_that_was_not_asked_for(self):
        """The customer says on the phone that it works, before anybody asked."""
        ticket = self.working_ticket()
        form = self.wizard(ticket, self.agent)
        form.save().action_answer()
        self.assertEqual(ticket.stage_id, self.ticket_done)
        self.assertFalse(self.mails(ticket))

    def test_in_the_future(self):
        form = self.wizard(self.asked_ticket(), self.agent)
        form.answer_date = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaises(UserError):
            form.save().action_answer()

    def test_only_managers_waive(self):
        ticket = self.asked_ticket()
        form = self.wizard(ticket, self.agent, "action_open_waive")
        form.comment = "Porque sí"
        with self.assertRaises(AccessError):
            form.save().action_answer()
        form = self.wizard(ticket, self.manager, "action_open_waive")
        with self.assertRaises(AssertionError):
            form.save()
        form.comment = "La empresa ya no existe"
        form.save().action_answer()
        self.assertEqual(ticket.confirmation_state, "waived")
        self.assertEqual(ticket.stage_id, self.ticket_done)
        self.assertEqual(ticket.confirmation_id.answer_user_id, self.manager)

    def test_time_to_answer(self):
        ticket = self.asked_ticket()
        confirmation = ticket.confirmation_id
        confirmation.request_date -= timedelta(hours=5)
        self.accept(ticket)
        self.assertAlmostEqual(confirmation.response_hours, 5, delta=0.1)


@tagged("post_install", "-at_install")
class TestSilence(CycleCase):
    def test_reminders_then_closed(self):
        ticket = self.asked_ticket()
        confirmation = ticket.confirmation_id
        self.run_cron()
        self.assertEqual(confirmation.reminder_count, 0)
        self.run_cron(days=2)
        self.assertEqual(confirmation.reminder_count, 1)
        self.assertEqual(len(self.mails(ticket, "reminder")), 1)
        self.deliver_mails()
        self.run_cron()
        self.assertEqual(confirmation.reminder_count, 1)
        self.run_cron(days=2)
        self.assertEqual(confirmation.reminder_count, 2)
        self.deliver_mails()
        self.run_cron(days=2)
        self.assertEqual(confirmation.state, "pending")
        self.run_cron(days=1)
        self.assertEqual(confirmation.state, "timed_out")
        self.assertEqual(ticket.confirmation_state, "timed_out")
        self.assertEqual(ticket.stage_id, self.ticket_done)
        self.assertEqual(len(self.mails(ticket, "reminder")), 2)
        message = ticket.message_ids.filtered(
            lambda m: "No answer in time" in (m.body or "")
        )
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))
        self.run_cron(days=30)
        self.assertEqual(len(self.mails(ticket, "reminder")), 2)

    def test_downtime(self):
        """A week without scheduled actions: one reminder, and nothing is closed."""
        tickets = [self.asked_ticket() for _number in range(3)]
        self.run_cron(days=9)
        confirmations = self.env["customer.confirmation"].union(
            *(ticket.confirmation_id for ticket in tickets)
        )
        self.assertEqual(set(confirmations.mapped("state")), {"pending"})
        self.assertEqual(
            sum(confirmations.mapped("reminder_count")), 1, "one customer, one mail"
        )
        self.deliver_mails()
        self.run_cron()
        self.assertEqual(sum(confirmations.mapped("reminder_count")), 1)
        self.run_cron(days=1)
        self.assertEqual(sum(confirmations.mapped("reminder_count")), 2)
        self.assertEqual(set(confirmations.mapped("state")), {"pending"})

    def test_reminder_that_did_not_arrive(self):
        ticket = self.asked_ticket()
        self.run_cron(days=2)
        self.run_cron(days=2)
        self.assertEqual(
            ticket.confirmation_id.reminder_count, 1, "still in the outbox"
        )
        self.deliver_mails("exception")
        self.run_cron(days=30)
        self.assertEqual(ticket.confirmation_state, "pending")
        self.assertEqual(ticket.activity_ids.activity_type_id.category, "phonecall")

    def test_bounce(self):
        ticket = self.asked_ticket()
        mail = self.mails(ticket)
        ticket._message_receive_bounce("carmen@customer.example", self.customer)
        self.assertTrue(ticket.confirmation_id.has_bounced)
        self.assertTrue(mail)
        self.run_cron(days=30)
        self.assertEqual(ticket.confirmation_id.reminder_count, 0)
        self.assertEqual(ticket.confirmation_state, "pending")
        self.assertEqual(len(ticket.activity_ids), 1)

    def test_the_last_word_is_the_customers(self):
        ticket = self.asked_ticket()
        self.run_cron(days=2)
        self.deliver_mails()
        ticket.message_post(
            body="¿Pueden llamarme?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
        )
        self.assertTrue(ticket.confirmation_id.is_paused)
        self.run_cron(days=60)
        self.assertEqual(ticket.confirmation_state, "pending")
        ticket.with_user(self.agent).message_post(
            body="Le hemos llamado.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertFalse(ticket.confirmation_id.is_paused)
        self.run_cron(days=2)
        self.assertEqual(ticket.confirmation_id.reminder_count, 2)

    def test_an_answer_in_between_does_not_shorten_the_wait(self):
        self.company.confirmation_timeout_days = 20
        ticket = self.asked_ticket()
        for _reminder in range(2):
            self.run_cron(days=2)
            self.deliver_mails()
        confirmation = ticket.confirmation_id
        self.assertEqual(confirmation.reminder_count, 2)
        confirmation._pause()
        confirmation._resume()
        self.run_cron(days=10)
        self.assertEqual(ticket.confirmation_state, "pending")
        self.run_cron(days=7)
        self.assertEqual(ticket.confirmation_state, "timed_out")

    def test_never_by_itself(self):
        self.company.confirmation_timeout_days = 0
        ticket = self.asked_ticket()
        for _reminder in range(2):
            self.run_cron(days=2)
            self.deliver_mails()
        self.run_cron(days=60)
        self.assertEqual(ticket.confirmation_state, "pending")
        self.assertEqual(ticket.activity_ids.activity_type_id.category, "phonecall")
        self.run_cron(days=60)
        self.assertEqual(len(ticket.activity_ids), 1)

    def test_working_days_of_the_team(self):
        """Asked on a Friday, reminded on Tuesday morning."""
        self.team.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Oficina",
                "tz": "Europe/Madrid",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": day,
                            "dayofweek": day,
                            "hour_from": 9,
                            "hour_to": 17,
                        }
                    )
                    for day in "01234"
                ],
            }
        )
        with self.mock_datetime_and_now(datetime(2026, 5, 8, 10)):
            ticket = self.asked_ticket()
        confirmation = ticket.confirmation_id
        self.assertEqual(
            fields.Datetime.to_string(confirmation.next_action_date),
            "2026-05-12 07:00:00",
        )
        with self.mock_datetime_and_now(datetime(2026, 5, 16, 10)):
            self.run_cron()
        self.assertEqual(confirmation.reminder_count, 0, "a Saturday")
        self.assertEqual(
            fields.Datetime.to_string(confirmation.next_action_date),
            "2026-05-18 07:00:00",
        )
        with self.mock_datetime_and_now(datetime(2026, 5, 18, 7, 30)):
            self.run_cron()
        self.assertEqual(confirmation.reminder_count, 1)

    def test_without_working_hours(self):
        """A company that has no calendar counts around the clock."""
        self.company.resource_calendar_id = False
        ticket = self.asked_ticket()
        self.run_cron(days=2)
        self.assertEqual(ticket.confirmation_id.reminder_count, 1)

    def test_settings_that_cannot_be(self):
        with self.assertRaises(UserError):
            self.company.confirmation_reminder_count = 0
        self.company.write(
            {"confirmation_timeout_days": 0, "confirmation_reminder_count": 0}
        )
        settings = Form(self.env["res.config.settings"])
        settings.confirmation_reminder_count = 3
        settings.save().execute()
        self.assertEqual(self.company.confirmation_reminder_count, 3)


@tagged("post_install", "-at_install")
class TestDelivery(CycleCase):
    """The same question about a delivered order (D4)."""

    def test_only_when_delivered(self):
        order = self.order()
        order.action_confirm()
        with self.assertRaises(UserError):
            order.with_user(self.salesman).action_request_confirmation()

    def test_signed(self):
        order = self.delivered_order(user_id=self.salesman.id)
        order.delivery_summary = "Montada y probada"
        with self.mock_mail_gateway():
            order.with_user(self.salesman).action_request_confirmation()
        self.assertIn("Montada y probada", self._new_mails.body_html)
        confirmation = order.confirmation_id
        pixel = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6k"
            b"gAAAABJRU5ErkJggg=="
        )
        confirmation._answer(
            "accepted",
            answer_origin="link",
            answer_name="Carmen Ortega",
            comment="Todo bien",
            signature=pixel,
        )
        self.assertEqual(order.confirmation_state, "accepted")
        self.assertStage(order.journey_id, "aftersales")
        copy = confirmation.signed_attachment_id
        self.assertEqual((copy.res_model, copy.res_id), ("sale.order", order.id))
        self.assertIn(b"Carmen Ortega", copy.raw)
        on_journey = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "customer.journey"),
                ("res_id", "=", order.journey_id.id),
            ]
        )
        self.assertEqual(on_journey.raw, copy.raw)

    def test_refused(self):
        order = self.delivered_order(user_id=self.salesman.id)
        order.action_request_confirmation()
        self.refuse(order, refusal_reason="not_asked", comment="Falta el mando")
        self.assertFalse(order.delivery_completion_date)
        self.assertStage(order.journey_id, "delivery")
        self.assertEqual(order.confirmation_state, "refused")
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        order.action_complete_delivery()
        order.action_request_confirmation()
        self.accept(order)
        self.assertEqual(order.confirmation_state, "accepted")

    def test_asked_by_itself(self):
        self.company.confirmation_ask_on_delivery = True
        order = self.delivered_order()
        self.assertEqual(order.confirmation_state, "pending")
        order.action_reopen_delivery()
        self.assertEqual(order.confirmation_ids.state, "void")

    def test_printer_out_of_order(self):
        """An answer is never lost to a printer."""
        order = self.delivered_order()
        order.action_request_confirmation()
        self.patch(
            self.env.registry["ir.actions.report"],
            "_render_qweb_pdf",
            lambda *args, **kwargs: 1 / 0,
        )
        with self.assertLogs("odoo.addons.customer_service_stages", "ERROR"):
            self.accept(order)
        self.assertEqual(order.confirmation_state, "accepted")
        self.assertFalse(order.confirmation_id.signed_attachment_id)


@tagged("post_install", "-at_install")
class TestReport(CycleCase):
    def test_outcomes(self):
        accepted, refused, waiting = (self.asked_ticket() for _number in range(3))
        self.accept(accepted, score=5)
        self.refuse(refused)
        exempt = self.working_ticket(type_id=self.type_information.id)
        exempt.stage_id = self.ticket_done
        again = self.asked_ticket()
        again.action_request_confirmation()
        self.env.flush_all()
        Report = self.env["customer.confirmation.report"].with_user(self.everyone)
        tickets = accepted + refused + waiting + exempt + again
        groups = Report._read_group(
            [("ticket_id", "in", tickets.ids)], ["state"], ["__count", "score:avg"]
        )
        self.assertEqual(
            {state: count for state, count, _score in groups},
            {"accepted": 1, "refused": 1, "pending": 2, "exempt": 1},
        )
        self.assertEqual({score for *_rest, score in groups}, {5.0, False})
        rows = Report.search([("ticket_id", "=", exempt.id)])
        self.assertEqual(rows.exemption, "not_required")
        self.assertEqual(len(Report.search([("id", "=", rows.id)])), 1)

    def test_other_company_and_stranger(self):
        ticket = self.asked_ticket()
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Otra"})
        outsider = self._new_user(
            "outsider",
            "customer_service_stages.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        stranger = self._new_user("stranger")
        for model in ("customer.confirmation", "customer.confirmation.report"):
            Model = self.env[model]
            self.assertTrue(Model.search([("ticket_id", "=", ticket.id)]))
            self.assertFalse(
                Model.with_user(outsider).search([("ticket_id", "=", ticket.id)])
            )
            with self.assertRaises(AccessError):
                Model.with_user(stranger).search([])
        own = self._new_user("otheragent", "helpdesk_mgmt.group_helpdesk_user_own")
        self.assertFalse(self.env["customer.confirmation"].with_user(own).search([]))
        with self.assertRaises(AccessError):
            ticket.confirmation_id.with_user(own).read(["summary"])
