"""A dry run tells how the past would have been, and leaves it as it was (S8)."""

import random
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import Cursor
from odoo.tests import tagged

from .test_sla_status import MONDAY, SlaCase

#: What a dry run may write.
OWN_TABLES = ("customer_sla_dry_run", "customer_sla_dry_run_line")


class DryRunCase(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")

    def tried(self, policy, hours=24 * 30, user=None, **vals):
        """Return a dry run of the month, at an hour of it."""
        env = policy.with_user(user or self.env.user).env
        run = env["customer.sla.dry.run"].create(
            {
                "policy_id": policy.id,
                "date_from": MONDAY.date() - timedelta(days=1),
                "date_to": MONDAY.date() + timedelta(days=30),
                **vals,
            }
        )
        with self.at(hours):
            run.action_try()
        return run

    def results(self, run, document):
        lines = run.line_ids.filtered(lambda line: line.res_id == document.id)
        return lines.sorted("cycle").mapped("result")

    def say(self, document, body="Vamos", user=None, author=None):
        """Post what a colleague, else a customer, says."""
        document.with_user(user or self.env.user).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=author.id if author else None,
            partner_ids=self.customer.ids if user else [],
        )


@tagged("post_install", "-at_install")
class TestSlaDryRun(DryRunCase):
    # It agrees with what was recorded

    def play(self, number, numbers):
        """Let something happen to tickets at each of some hours."""
        tickets = self.env["helpdesk.ticket"]
        people = [self.agent.id, self.manager.id, False]
        with self.at(0):
            for _index in range(number):
                tickets += self.ticket(
                    type_id=self.type_information.id,
                    priority=numbers.choice("0123"),
                    user_id=numbers.choice(people),
                )
            self.flush_tracking()
        for hour in sorted(numbers.sample(range(1, 400), 40)):
            with self.at(MONDAY + timedelta(hours=hour, minutes=numbers.randrange(60))):
                for ticket in tickets:
                    if numbers.random() < 0.25:
                        self.happen(ticket, numbers, people)
                self.flush_tracking()
        return tickets

    def happen(self, ticket, numbers, people):
        def move(stage):
            if stage == self.ticket_cancelled:
                ticket.closing_reason = "Ya no hace falta"
            ticket.stage_id = stage

        def hold():
            ticket.invalidate_recordset(["sla_is_paused"])
            if ticket.sla_is_paused:
                ticket.action_sla_resume()
            else:
                ticket._sla_pause("Falta una pieza")

        numbers.choice(
            [
                lambda: move(self.ticket_doing),
                lambda: move(self.awaiting),
                lambda: move(self.awaiting),
                lambda: move(self.ticket_completed),
                lambda: move(self.ticket_done),
                lambda: move(self.ticket_cancelled),
                lambda: ticket.write({"user_id": numbers.choice(people)}),
                lambda: self.say(ticket, user=self.everyone),
                lambda: self.say(ticket, "¿Cuándo?", author=self.customer),
                lambda: self.say(ticket, "¡Gracias!", author=self.customer),
                lambda: ticket.message_post(body="Nota", message_type="comment"),
                hold,
            ]
        )()

    def assertAgrees(self, policy, tickets):
        run = self.tried(policy, 500)
        with self.at(500):
            statuses = tickets.sla_status_ids.filtered(
                lambda status: status.policy_id == policy
            )
            statuses.invalidate_recordset()
            recorded = {
                (status.ticket_id.id, status.cycle): (
                    status.result,
                    status.start_date,
                    status.deadline,
                    status.paused_seconds if status.reached_date else None,
                    status.our_seconds if status.reached_date else None,
                )
                for status in statuses
            }
        # Their deadlines are worked out when they go on, if ever
        resting = {
            (status.ticket_id.id, status.cycle)
            for status in statuses
            if status.state in ("paused", "cancelled")
        }
        tried = {
            (line.res_id, line.cycle): (
                line.result,
                line.start_date,
                line.deadline,
                round(line.waited_hours * 3600)
                if line.result in ("met", "met_late")
                else None,
                round(line.our_hours * 3600)
                if line.result in ("met", "met_late")
                else None,
            )
            for line in run.line_ids
        }
        self.assertEqual(tried.keys(), recorded.keys())
        for key, values in recorded.items():
            with self.subTest(policy=policy.name, ticket=key[0], cycle=key[1]):
                if key in resting:
                    self.assertEqual(tried[key][:2], values[:2])
                else:
                    self.assertEqual(tried[key], values)
        return set(run.line_ids.mapped("result"))

    def test_agrees_with_what_was_recorded(self):
        policies = [
            self.policy("resolution", 12),
            self.policy("first_response", 4),
            self.policy("assignment", 3),
            self.policy("next_update", 4),
        ]
        for seed in range(2):
            with self.subTest(seed=seed):
                tickets = self.play(8, random.Random(seed))
                found = set()
                for policy in policies:
                    found |= self.assertAgrees(policy, tickets)
                self.assertLessEqual({"met", "met_late", "cancelled"}, found)
                # The pauses follow from what was said and done, where none are kept
                self.env["customer.sla.pause"].search(
                    [("kind", "=", "waiting"), ("ticket_id", "in", tickets.ids)]
                ).unlink()
                for policy in policies:
                    self.assertAgrees(policy, tickets)
                tickets.sla_status_ids.unlink()
                tickets.unlink()

    # It writes nothing else

    def test_writes_nothing(self):
        policy = self.policy(amount=4)
        with self.at(0):
            tickets = self.ticket() + self.ticket()
        with self.at(2):
            tickets[0].stage_id = self.awaiting
            self.flush_tracking()
        watched = (*tickets, *tickets.sla_status_ids, policy, *tickets.sla_pause_ids)
        self.env.flush_all()
        self.env.invalidate_all()
        before = [record.write_date for record in watched]
        statements, execute = [], Cursor.execute

        def noted(cursor, query, *args, **kwargs):
            text = query if isinstance(query, str) else getattr(query, "code", query)
            statements.append(str(text))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", noted):
            self.tried(policy)
            self.env.flush_all()
        written = [
            text
            for text in statements
            if text.split()[0] in ("INSERT", "UPDATE", "DELETE")
        ]
        self.assertTrue(written)
        for text in written:
            self.assertTrue(any(f'"{table}"' in text for table in OWN_TABLES), text)
        for record, date in zip(watched, before, strict=True):
            record.invalidate_recordset()
            self.assertEqual(record.write_date, date)

    def test_queries_do_not_grow(self):
        policy = self.policy(
            "first_response",
            4,
            partner_tag_ids=[Command.create({"name": "Mantenimiento"})],
        )
        self.customer.category_id = policy.partner_tag_ids
        counts = []
        for number in (2, 20):
            with self.at(0):
                for _index in range(number):
                    self.say(self.ticket(), user=self.everyone)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.tried(policy)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    # What it finds

    def test_figures(self):
        team = self.env["helpdesk.ticket.team"].create({"name": "Urgencias"})
        policy = self.policy(active=False)
        with self.at(0):
            quick, slow, waiting, forgotten, gone, hidden = (
                self.ticket(
                    type_id=self.type_information.id, team_id=team.id, priority=priority
                )
                for priority in "310020"
            )
            self.flush_tracking()
        with self.at(2):
            quick.stage_id = self.ticket_completed
            waiting.stage_id = self.awaiting
            gone.write({"closing_reason": "No", "stage_id": self.ticket_cancelled.id})
            hidden.active = False
            self.flush_tracking()
        with self.at(25):
            slow.stage_id = self.ticket_completed
            self.flush_tracking()
        run = self.tried(policy, 27)
        self.assertEqual(
            [
                self.results(run, ticket)
                for ticket in (quick, slow, waiting, forgotten, gone, hidden)
            ],
            [["met"], ["met_late"], ["on_time"], ["late"], ["cancelled"], []],
        )
        self.assertRecordValues(
            run,
            [
                {
                    "document_count": 5,
                    "matching_count": 5,
                    "archived_count": 1,
                    "met_count": 1,
                    "met_late_count": 1,
                    "running_count": 1,
                    "late_count": 1,
                    "cancelled_count": 1,
                    "our_median": 2.0,
                    "our_most": 9.0,
                }
            ],
        )
        self.assertAlmostEqual(run.kept_share, 1 / 3)
        self.assertIn("11", run.keepable)
        self.assertEqual(run.worst_line_ids.mapped("res_id"), [forgotten.id, slow.id])
        self.assertIn("Urgencias", run.tables)
        action = run.with_context(dry_run_results=["late"]).action_view_lines()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.mapped("res_id"), forgotten.ids)
        self.assertEqual(found.action_open_document()["res_id"], forgotten.id)

    def test_only_where_no_earlier_policy_counts(self):
        vip = self.env["res.partner.category"].create({"name": "VIP"})
        self.other_customer.category_id = vip
        self.policy(sequence=1, partner_tag_ids=vip.ids)
        policy = self.policy(amount=4, sequence=2, active=False)
        with self.at(0):
            mine = self.ticket()
            theirs = self.ticket(partner_id=self.other_customer.id)
        run = self.tried(policy, 5)
        self.assertEqual(set(run.line_ids.mapped("res_id")), {mine.id, theirs.id})
        run = self.tried(policy, 5, in_order=True)
        self.assertEqual(run.line_ids.mapped("res_id"), [mine.id])

    def test_opportunities_and_orders(self):
        answer, quote, delivery = (
            self.policy(metric, amount, document=document, active=False)
            for metric, amount, document in (
                ("first_response", 4, "opportunity"),
                ("quote_sent", 8, "opportunity"),
                ("delivery", 16, "order"),
            )
        )
        with self.at(0):
            lead, lost = self.lead(), self.lead()
            order = self.order(lead)
            self.flush_tracking()
        with self.at(1):
            lost.action_set_lost()
            self.flush_tracking()
        with self.at(2):
            self.say(order, user=self.everyone)
            order.action_quotation_sent()
            self.flush_tracking()
        with self.at(3):
            order.action_confirm()
        with self.at(28):
            order.action_complete_delivery()
        with self.at(29):
            order.action_reopen_delivery()
        with self.at(48):
            order.action_complete_delivery()
        self.env.flush_all()
        self.assertEqual(self.results(self.tried(answer), lead), ["met"])
        run = self.tried(quote)
        self.assertEqual(self.results(run, lead), ["met"])
        self.assertEqual(self.results(run, lost), ["cancelled"])
        run = self.tried(delivery)
        self.assertEqual(self.results(run, order), ["met", "met"])
        self.assertEqual(
            [
                round(hours, 1)
                for hours in run.line_ids.sorted("cycle").mapped("our_hours")
            ],
            [9.0, 3.0],
        )

    def test_promised_date(self):
        policy = self.policy(
            "delivery", document="order", by_promise=True, active=False
        )
        with self.at(0):
            kept, broken = self.order(), self.order()
            (kept + broken).action_confirm()
            kept.commitment_date = MONDAY + timedelta(days=2)
            broken.commitment_date = MONDAY + timedelta(hours=4)
        with self.at(24):
            (kept + broken).action_complete_delivery()
        run = self.tried(policy)
        self.assertEqual(self.results(run, kept), ["met"])
        self.assertEqual(self.results(run, broken), ["met_late"])
        self.assertIn("promised last", run.remarks)

    def test_what_is_not_known(self):
        """What happened without a trace is told by the documents' dates, and said."""
        policy = self.policy(active=False)
        with self.at(0):
            ticket = self.ticket(type_id=self.type_information.id)
            order = self.order()
            order.action_confirm()
            self.flush_tracking()
        with self.at(3):
            ticket.with_context(mail_notrack=True).stage_id = self.ticket_done
            self.env.flush_all()
        run = self.tried(policy)
        self.assertEqual(self.results(run, ticket), ["met"])
        self.assertEqual(run.line_ids.our_hours, 3.0)
        self.assertIn("without a trace", run.remarks)
        order.with_context(tracking_disable=True).write({"invoice_status": "invoiced"})
        self.env.flush_all()
        delivery = self.policy("delivery", document="order", active=False)
        run = self.tried(delivery)
        self.assertEqual(self.results(run, order), ["late"])

    # Who may, and what is refused

    def test_only_what_the_user_may_see(self):
        policy = self.policy()
        with self.at(0):
            self.ticket()
        run = self.tried(policy, 5, user=self.manager)
        self.assertTrue(run.matching_count)
        boss = self._new_user("boss", "customer_service_stages.group_manager")
        delivery = self.policy("delivery", document="order")
        with self.assertRaises(UserError):
            self.tried(delivery, 5, user=boss)
        with self.assertRaises(AccessError):
            self.tried(policy, 5, user=self.agent)

    def test_period(self):
        policy = self.policy()
        with self.assertRaises(ValidationError):
            self.tried(policy, date_from="2026-06-01", date_to="2026-05-01")
        with self.at(0):
            self.ticket()
        run = self.tried(policy, date_from="2026-05-05")
        self.assertEqual((run.is_done, run.matching_count), (True, 0))
