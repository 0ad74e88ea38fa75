from datetime import timedelta

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged

from .test_sla_status import MONDAY, SlaCase

REPLY = """From: {sender}
To: {to}
Subject: Re: [{number}]
Message-Id: <{id}@customer.example>
In-Reply-To: {reference}
{headers}
{body}
"""


class SlaEventCase(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")

    def say(self, document, body="Ya vamos", user=None, **values):
        """Write to the customer, as a person of the company."""
        return document.with_user(user or self.agent).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
            **values,
        )

    def hear(self, document, body="¿Cómo va?", **values):
        """Let the customer write."""
        return document.message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
            **values,
        )

    def status(self, document, metric="resolution"):
        """Return the last clock of a metric on a document."""
        return document.sla_status_ids.filtered(
            lambda status: status.metric == metric
        ).sorted("id")[-1:]

    def result(self, status):
        status.invalidate_recordset(["result"])
        return status.result


@tagged("post_install", "-at_install")
class TestFirstResponse(SlaEventCase):
    """First response: a person, to the customer (pitfall 17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy("first_response", 2)
        cls.policy("first_response", 2, document="opportunity")

    def test_what_is_none(self):
        ticket = self.ticket(user_id=self.agent.id)
        status = ticket.sla_status_ids
        ticket.with_user(self.agent).message_post(
            body="Nota", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        ticket.message_post(
            body="Recibido",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        self.say(ticket.with_context(mail_is_automatic=True))
        ticket.message_post(
            body="Soy un robot",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=self.customer.ids,
        )
        ticket.with_user(self.agent).message_post(
            body="A un compañero",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.manager.partner_id.ids,
        ) if not ticket.message_partner_ids & self.customer else None
        ticket.stage_id = self.ticket_doing
        self.flush_tracking()
        self.hear(ticket)
        self.assertEqual(status.state, "running")

    def test_what_is_one(self):
        ticket = self.ticket(user_id=self.agent.id)
        self.say(ticket)
        self.assertEqual(ticket.sla_status_ids.result, "met")
        by_phone = self.ticket(user_id=self.agent.id)
        by_phone.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.agent.id
        ).action_feedback("Hablado")
        self.assertEqual(by_phone.sla_status_ids.result, "met")

    def test_opportunity(self):
        lead = self.lead(user_id=self.salesman.id)
        self.hear(lead)
        self.assertEqual(lead.sla_status_ids.state, "running")
        self.say(lead, user=self.salesman)
        self.assertEqual(lead.sla_status_ids.result, "met")
        # what is said about its quotation is said to the same customer
        other = self.lead(user_id=self.salesman.id)
        self.say(self.order(other, user_id=self.salesman.id), user=self.salesman)
        self.assertEqual(other.sla_status_ids.result, "met")

    def test_raw_lead(self):
        """A raw lead promises nothing until it is converted."""
        lead = self.lead(type="lead")
        self.assertFalse(lead.sla_status_ids)
        lead.convert_opportunity(self.customer)
        self.assertEqual(lead.sla_status_ids.start_date, lead.date_conversion)

    def test_of_what_was_answered_before(self):
        """A policy that comes later does not ask again."""
        policies = self.env["customer.sla.policy"].search([])
        policies.active = False
        answered, silent = self.ticket(user_id=self.agent.id), self.ticket()
        lead = self.lead(user_id=self.salesman.id)
        self.say(answered)
        self.say(lead, user=self.salesman)
        policies.active = True
        self.assertFalse(answered.sla_status_ids)
        self.assertFalse(lead.sla_status_ids)
        self.assertEqual(silent.sla_status_ids.state, "running")


@tagged("post_install", "-at_install")
class TestNextUpdate(SlaEventCase):
    """A customer who has written again is answered (pitfall 18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy("next_update", 4)

    def test_the_first_response_comes_first(self):
        ticket = self.ticket(user_id=self.agent.id)
        self.hear(ticket)
        self.assertFalse(ticket.sla_status_ids)

    def test_cycles(self):
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id)
            self.say(ticket)
            # the last word is ours: nothing runs
            self.assertFalse(ticket.sla_status_ids)
        with self.at(1):
            self.hear(ticket)
        with self.at(2):
            self.hear(ticket, "¿Hay alguien?")
            self.assertEqual(
                ticket.sla_status_ids.mapped("start_date"),
                [MONDAY + timedelta(hours=1)],
            )
        with self.at(3):
            self.say(ticket)
            self.assertEqual(ticket.sla_status_ids.our_seconds, 2 * 3600)
        with self.at(4):
            self.hear(ticket)
        self.assertEqual(ticket.sla_status_ids.mapped("cycle"), [1, 2])

    def test_whichever_way_it_arrives(self):
        """By mail, in the portal, or written down by us on the customer's behalf."""
        for way in "mail", "portal", "note":
            with self.subTest(way=way):
                ticket = self.ticket(user_id=self.agent.id)
                message = self.say(ticket)
                if way == "mail":
                    self.env["mail.thread"].message_process(
                        "helpdesk.ticket",
                        REPLY.format(
                            sender="carmen@customer.example",
                            to="soporte@office.example",
                            number=ticket.number,
                            id=ticket.id,
                            reference=message.message_id,
                            headers="",
                            body="¿Cuándo venís?",
                        ),
                    )
                elif way == "portal":
                    self.hear(ticket)
                else:
                    ticket.with_user(self.agent).message_post(
                        body="Dice que sigue igual",
                        message_type="comment",
                        subtype_xmlid="mail.mt_note",
                        author_id=self.customer.id,
                    )
                self.assertEqual(self.status(ticket, "next_update").state, "running")

    def test_thanks_and_machines(self):
        ticket = self.ticket(user_id=self.agent.id)
        message = self.say(ticket)
        self.hear(ticket, "¡Muchas gracias!")
        self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            REPLY.format(
                sender="carmen@customer.example",
                to="soporte@office.example",
                number=ticket.number,
                id=f"away-{ticket.id}",
                reference=message.message_id,
                headers="Auto-Submitted: auto-replied\n",
                body="Estoy de vacaciones hasta el lunes.",
            ),
        )
        self.assertFalse(ticket.sla_status_ids)


@tagged("post_install", "-at_install")
class TestPauses(SlaEventCase):
    """The clock stands still while the customer is to act (S3, pitfall 19)."""

    def test_the_customers_answer_starts_it_again(self):
        self.policy()
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id)
            self.say(ticket)
            ticket.stage_id = self.awaiting
        with self.at(2):
            self.hear(ticket)
            self.assertEqual(self.status(ticket).state, "running")
            self.assertEqual(self.status(ticket).paused_seconds, 2 * 3600)
        with self.at(3):
            self.say(ticket)
            self.assertEqual(self.status(ticket).state, "paused")
        with self.at(5):
            self.hear(ticket, "Gracias")
            self.assertEqual(self.status(ticket).state, "paused")
            ticket.stage_id = self.ticket_doing
            status = self.status(ticket)
            self.assertEqual(status.paused_seconds, 4 * 3600)
            self.assertEqual(status.deadline, MONDAY + timedelta(hours=28))

    def test_never_turns_late(self):
        self.policy(amount=4)
        with self.at(0):
            early, late = self.ticket(), self.ticket()
        with self.at(3):
            early.stage_id = self.awaiting
        with self.at(5):
            late.stage_id = self.awaiting
        with self.at(200):
            self.assertEqual(self.result(self.status(early)), "at_risk")
            self.assertEqual(self.result(self.status(late)), "late")
            self.assertEqual(
                (early | late).search(
                    [("id", "in", (early | late).ids), ("sla_late", "=", False)]
                ),
                early,
            )

    def test_a_hold_longer_than_what_was_left(self):
        """What is finished from a long hold is not late for it (pitfall 8)."""
        self.policy(amount=4)
        with self.at(0):
            ticket = self.ticket()
        with self.at(3):
            ticket.stage_id = self.awaiting
        with self.at(24 * 7 + 2):
            ticket.stage_id = self.ticket_completed
            self.assertEqual(self.status(ticket).result, "met")
            self.assertEqual(self.status(ticket).our_seconds, 3 * 3600)

    def test_held_time_is_kept_when_the_policy_changes(self):
        policy = self.policy(amount=4)
        other = self.policy(amount=6, sequence=20)
        with self.at(0):
            ticket = self.ticket()
        with self.at(1):
            ticket.stage_id = self.awaiting
        with self.at(3):
            ticket.stage_id = self.ticket_doing
            policy.active = False
            status = self.status(ticket)
            self.assertEqual(status.policy_id, other)
            self.assertEqual(status.paused_seconds, 2 * 3600)
            self.assertEqual(status.deadline, MONDAY + timedelta(hours=8))

    def test_a_policy_that_comes_later_knows_of_it(self):
        with self.at(0):
            ticket = self.ticket()
        with self.at(1):
            ticket.stage_id = self.awaiting
        with self.at(3):
            ticket.stage_id = self.ticket_doing
        with self.at(4):
            self.policy(amount=4)
            status = self.status(ticket)
            self.assertEqual(status.paused_seconds, 2 * 3600)
            self.assertEqual(
                status.deadline, status.start_date + timedelta(hours=6)
            ) if status.start_date == MONDAY else None

    def test_a_contract_without_pauses(self):
        self.policy(pauses_waiting=False, pauses_by_hand=False)
        with self.at(0):
            ticket = self.ticket(stage_id=self.awaiting.id)
            ticket._sla_pause("Vacaciones")
            self.assertEqual(self.status(ticket).state, "running")

    def test_by_hand(self):
        """With its reason, and an end that comes by itself, to the second."""
        self.policy()
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id)
        with self.at(1):
            Hold = self.env["customer.sla.hold"].with_user(self.agent)
            action = ticket.with_user(self.agent).action_sla_pause()
            with Form(Hold.with_context(**action["context"])) as form:
                form.reason = "El cliente está de viaje"
                form.until = MONDAY + timedelta(hours=3)
            form.save().action_pause()
            self.assertEqual(self.status(ticket).state, "paused")
            self.assertTrue(ticket.sla_is_paused)
            with self.assertRaises(UserError):
                ticket._sla_pause("Otra vez")
        with self.at(5):
            self.run_cron("ir_cron_sla_pause")
            status = self.status(ticket)
            self.assertEqual(status.state, "running")
            self.assertEqual(status.paused_seconds, 2 * 3600)
            self.assertEqual(ticket.activity_ids.user_id, self.agent)
        with self.at(6):
            ticket._sla_pause("Sin fin")
        with self.at(7):
            ticket.with_user(self.agent).action_sla_resume()
            self.assertEqual(status.paused_seconds, 3 * 3600)
            self.assertFalse(ticket.sla_is_paused)

    def test_a_pending_confirmation(self):
        """Of a delivery: the clock stands while the customer is asked."""
        self.env.company.confirmation_ask_on_delivery = True
        self.policy("delivery", 2, "day", document="order")
        with self.at(0):
            order = self.order()
            order.action_confirm()
        with self.at(2):
            order.action_complete_delivery()
            self.assertEqual(self.status(order, "delivery").result, "met")
        with self.at(3):
            order.confirmation_id._answer(
                "refused",
                answer_origin="phone",
                refusal_reason="still_fails",
                comment="Falta el grifo",
            )
            self.assertEqual(order.sla_status_ids.mapped("cycle"), [1, 2])
            self.assertEqual(
                order.sla_status_ids.mapped("state"), ["reached", "running"]
            )


@tagged("post_install", "-at_install")
class TestEnds(SlaEventCase):
    """Reached, cancelled, merged, taken up again (S6, pitfalls 23 and 24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy()

    def test_cancelled_is_not_achieved(self):
        ticket = self.ticket()
        ticket.write({"closing_reason": "-", "stage_id": self.ticket_cancelled.id})
        self.assertEqual(self.status(ticket).result, "cancelled")

    def test_archived(self):
        with self.at(0):
            ticket = self.ticket()
        with self.at(1):
            ticket.active = False
            self.assertEqual(self.status(ticket).result, "cancelled")
        with self.at(2):
            ticket.active = True
            self.assertEqual(self.status(ticket).cycle, 2)
            self.assertEqual(
                self.status(ticket).start_date, MONDAY + timedelta(hours=2)
            )

    def test_duplicate(self):
        ticket = self.ticket()
        ticket.duplicate_id = self.ticket()
        self.assertEqual(self.status(ticket).result, "cancelled")

    def test_merged_tickets(self):
        """What is merged stops; what stays goes on (pitfall 23)."""
        kept, merged = self.ticket(), self.ticket()
        self.env["helpdesk.ticket.merge"].with_context(
            active_ids=(kept + merged).ids
        ).create({"dst_ticket_id": kept.id}).merge_tickets()
        self.assertEqual(self.status(merged).result, "cancelled")
        self.assertEqual(self.status(kept).state, "running")

    def test_refusal_begins_a_new_cycle(self):
        with self.at(0):
            ticket = self.ticket(user_id=self.agent.id, stage_id=self.ticket_doing.id)
        with self.at(2):
            ticket.action_request_confirmation()
            first = self.status(ticket)
            self.assertEqual(first.result, "met")
            before = first.read()
        with self.at(9 + 15):
            ticket.confirmation_id._answer(
                "refused",
                answer_origin="phone",
                refusal_reason="still_fails",
                comment="Sigue goteando",
            )
            again = self.status(ticket)
            self.assertEqual((again.cycle, again.state), (2, "running"))
            self.assertEqual(again.start_date, MONDAY + timedelta(hours=24))
            self.assertEqual(again.deadline, MONDAY + timedelta(hours=32))
            self.assertEqual(first.read(), before)

    def test_merged_opportunities(self):
        self.policy("quote_sent", 3, "day", document="opportunity")
        lead, other = self.lead(), self.lead(partner_id=self.customer.id)
        (lead | other).merge_opportunity()
        left = (lead | other).exists()
        self.assertEqual(
            sorted(left.sla_status_ids.mapped("state")), ["cancelled", "running"]
        )
        self.assertEqual(sorted(left.sla_status_ids.mapped("cycle")), [1, 2])

    def test_lost_and_won(self):
        self.policy("quote_sent", 3, "day", document="opportunity")
        lost, won = self.lead(), self.lead()
        lost.action_set_lost()
        won.action_set_won()
        self.assertEqual(lost.sla_status_ids.result, "cancelled")
        self.assertEqual(won.sla_status_ids.result, "cancelled")

    def test_a_miss_stays_a_miss(self):
        """Closing without ever having answered does not make the miss go away."""
        self.policy("first_response", 2)
        with self.at(0):
            late = self.ticket(type_id=self.type_information.id)
        with self.at(3):
            early = self.ticket(type_id=self.type_information.id)
            (late | early).stage_id = self.ticket_done
            self.assertEqual(self.status(late, "first_response").result, "met_late")
            self.assertEqual(self.status(early, "first_response").result, "cancelled")

    def test_deadline_exactly(self):
        """At the very second of the deadline it is kept."""
        with self.at(0):
            ticket, other = self.ticket(), self.ticket()
        with self.at(8):
            self.assertEqual(self.result(self.status(ticket)), "at_risk")
            ticket.stage_id = self.ticket_completed
            self.assertEqual(self.status(ticket).result, "met")
        with self.at(MONDAY + timedelta(hours=8, seconds=1)):
            self.assertEqual(self.result(self.status(other)), "late")

    def test_ticket_is_not_touched(self):
        """A clock that changes is no change of its ticket."""
        with self.at(0):
            ticket = self.ticket()
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET write_date = %s WHERE id = %s",
                (MONDAY, ticket.id),
            )
            ticket.invalidate_recordset()
        with self.at(1):
            self.status(ticket).policy_id.target_ids.amount = 4
            ticket._sla_pause("Espera")
            ticket.action_sla_resume()
            self.env.flush_all()
            ticket.invalidate_recordset()
            self.assertEqual(self.status(ticket).deadline, MONDAY + timedelta(hours=4))
            self.assertEqual(ticket.write_date, MONDAY)


@tagged("post_install", "-at_install")
class TestMisses(SlaEventCase):
    """A missed target asks for its reason and cause (S5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("customer_service_stages.sla_reason_part")

    def missed(self, **vals):
        self.policy(amount=2, **vals)
        with self.at(0):
            ticket = self.ticket(
                user_id=self.agent.id,
                stage_id=self.ticket_doing.id,
                type_id=self.type_information.id,
            )
        return ticket

    def explain(self, documents, user, **vals):
        action = documents.with_user(user).action_sla_explain()
        Wizard = self.env["customer.sla.explain"].with_user(user)
        form = Form(Wizard.with_context(**action["context"]))
        form.reason_id = self.reason
        for name, value in vals.items():
            form[name] = value
        return form.save()

    def test_asked_before_closing(self):
        ticket = self.missed(requires_reason=True)
        with self.at(3):
            with self.assertRaises(RedirectWarning):
                ticket.with_user(self.agent).stage_id = self.ticket_done
            self.assertEqual(ticket.stage_id, self.ticket_doing)
            self.explain(ticket, self.agent, note="El grifo no llegó").action_explain()
            status = self.status(ticket)
            self.assertEqual(status.cause, "supply")
            self.assertEqual(status.explained_by_id, self.agent)
            ticket.with_user(self.agent).stage_id = self.ticket_done
            self.assertEqual(status.result, "met_late")

    def test_not_asked_where_the_policy_does_not(self):
        ticket = self.missed()
        with self.at(3):
            ticket.with_user(self.agent).stage_id = self.ticket_done
            self.assertEqual(
                self.status(ticket).search_count(
                    [
                        ("result", "in", ["late", "met_late"]),
                        ("reason_id", "=", False),
                        ("ticket_id", "=", ticket.id),
                    ]
                ),
                1,
            )

    def test_customers_are_not_asked(self):
        """Who confirms closes the request, whatever the company has missed."""
        ticket = self.missed(requires_reason=True)
        ticket.type_id = False
        with self.at(1):
            ticket.action_request_confirmation()
        self.assertEqual(self.status(ticket).result, "met")
        self.policy("first_response", 1, requires_reason=True)
        with self.at(30):
            ticket.confirmation_id._answer("accepted", answer_origin="link")
            self.assertTrue(ticket.stage_id.closed)

    def test_excused(self):
        ticket = self.missed()
        with self.at(3):
            self.explain(ticket, self.manager, is_excused=True).action_explain()
            status = self.status(ticket)
            self.assertEqual(self.result(status), "excused")
            self.assertEqual(status.excused_by_id, self.manager)
            self.assertFalse(ticket.sla_late)
            ticket.stage_id = self.ticket_done
            self.assertEqual(self.result(status), "excused")

    def test_agents_do_not_excuse(self):
        ticket = self.missed()
        with self.at(3):
            wizard = self.explain(ticket, self.agent)
            with self.assertRaises(AccessError):
                wizard.is_excused = True
                wizard.action_explain()

    def test_nothing_to_explain(self):
        ticket = self.missed()
        with self.at(1), self.assertRaises(UserError):
            self.explain(ticket, self.agent).action_explain()

    def test_contractual_ones_stay_on_record(self):
        ticket = self.missed(commitment="contractual")
        with self.at(3):
            self.explain(ticket, self.agent).action_explain()
            status = self.status(ticket)
            with self.assertRaises(UserError):
                status._explain(self.reason, "people", "Otra cosa")
            deadline = status.deadline
            ticket.priority = "0"
            status.policy_id.target_ids.amount = 100
            self.assertEqual(status.deadline, deadline)
            self.assertEqual(self.result(status), "late")
            with self.assertRaises(UserError):
                ticket.unlink()

    def test_others_are_deleted_with_their_ticket(self):
        ticket = self.missed()
        with self.at(3):
            status = self.status(ticket)
            ticket.unlink()
            self.assertFalse(status.exists())
