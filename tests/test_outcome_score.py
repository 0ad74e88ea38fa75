"""Scores of outcome and process, weighted by context (D5, A3)."""

import random
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user
from odoo.tools import SQL

from odoo.addons.customer_service_stages.report.outcome_report import (
    CustomerOutcomeReport,
)
from odoo.addons.customer_service_stages.tools.outcome_score import (
    PARTS,
    Facts,
    grades,
    scores,
)

from .common import JourneyCase

MONDAY = fields.Datetime.to_datetime("2026-05-04 08:00:00")


class OutcomeCase(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reports = cls.env["customer.outcome.report"]
        cls.pending, cls.assured = (
            cls.env.ref(f"customer_service_stages.service_context_{code}")
            for code in ("pending", "assured")
        )

    def row(self, journey):
        """Return the report's row of a journey as it is now."""
        self.env.flush_all()
        self.reports.invalidate_model()
        return self.reports.search([("journey_id", "=", journey.id)])

    def facts(self, journey):
        """Return what was counted of a journey and is not nothing."""
        known = self.row(journey)._facts()._asdict()
        return {name: value for name, value in known.items() if value}

    def answered(self, order, **values):
        """Record what the customer said about a delivery, as staff do."""
        self.env["customer.confirmation.answer"].create(
            {"order_id": order.id, "name": "Carmen", **values}
        ).action_answer()

    def delivered(self, promised, done, **values):
        """Return an order that was promised and delivered at moments (UTC)."""
        with freeze_time(MONDAY):
            order = self.order(commitment_date=promised, **values)
            order.action_confirm()
        with freeze_time(done):
            order.action_complete_delivery()
        return order


class TestOutcome(OutcomeCase):
    def test_kept_by_the_first_promise(self):
        """D5: on the promised day is kept; moved since, it is not."""
        friday = MONDAY + timedelta(days=4)
        kept = self.delivered(friday, friday + timedelta(hours=2))
        self.assertEqual(
            self.facts(kept.journey_id),
            {"due": 1, "on_day": 1, "priced": 1, "in_price": 1, "finished": 1},
        )
        late = self.delivered(friday, friday + timedelta(days=3))
        facts = self.facts(late.journey_id)
        self.assertEqual((facts["due"], facts.get("on_day")), (1, None))
        with freeze_time(MONDAY):
            moved = self.order(commitment_date=friday)
            moved.action_confirm()
            moved.with_context(promise_reason="Falta una pieza").commitment_date = (
                friday + timedelta(days=7)
            )
        with freeze_time(friday + timedelta(days=5)):
            moved.action_complete_delivery()
        facts = self.facts(moved.journey_id)
        self.assertEqual((facts["due"], facts.get("on_day")), (1, None))

    def test_overdue_counts_before_it_is_done(self):
        with freeze_time(MONDAY):
            order = self.order(commitment_date=MONDAY + timedelta(days=1))
            order.action_confirm()
            self.assertFalse(self.row(order.journey_id).due)
        with freeze_time(MONDAY + timedelta(days=3)):
            self.assertEqual(self.facts(order.journey_id), {"due": 1})

    def test_kept_price(self):
        """D5: what was added without asking counts against us; a gift does not."""
        order = self.order()
        order.action_confirm()
        self.company.extra_approval_required = False
        order.extra_approval = False
        order.order_line.price_unit += 10
        order.action_complete_delivery()
        facts = self.facts(order.journey_id)
        self.assertEqual((facts["priced"], facts.get("in_price")), (1, None))

    def test_accepted_extra_is_no_overrun(self):
        order = self.order()
        order.action_confirm()
        order.order_line.price_unit += 10
        line = order.order_line
        line.sudo().extra_accepted_amount = line.extra_amount
        order.action_complete_delivery()
        self.assertEqual(self.facts(order.journey_id)["in_price"], 1)

    def test_right_first_time(self):
        """D5: a refusal, which reopens, counts once; so does a request taken up."""
        order = self.delivered_order()
        self.assertNotIn("failures", self.facts(order.journey_id))
        self.answered(order, answer="refused", refusal_reason="other", comment="Gotea")
        order.action_complete_delivery()
        facts = self.facts(order.journey_id)
        self.assertEqual((facts["finished"], facts["failures"]), (1, 1))
        self.answered(order, answer="accepted")
        facts = self.facts(order.journey_id)
        self.assertEqual((facts["accepted"], facts.get("refused")), (1, None))
        ticket = self.closed_ticket()
        ticket.sudo().reopen_count = 2
        self.assertEqual(self.facts(ticket.journey_id)["failures"], 2)

    def test_recovery_is_not_right_first_time(self):
        """D5: what had to be put right was not right at first, whatever comes of it."""
        order = self.delivered_order()
        survey = self.env.ref("customer_service_stages.survey_feedback")
        [feedback] = self.env["customer.feedback"].sudo()._ask(order, survey)
        questions = survey.question_ids.grouped("feedback_role")
        feedback._answer({questions["score"]: ("2", None)})
        self.assertTrue(feedback.recovery_ticket_id)
        self.assertEqual(self.facts(order.journey_id)["failures"], 1)

    def test_silence_and_waivers_are_no_word(self):
        """What nobody said is left out of what customers say."""
        order = self.delivered_order()
        self.answered(order, is_waiver=True, comment="Está de viaje", answer=False)
        facts = self.facts(order.journey_id)
        self.assertNotIn("accepted", facts)
        self.assertNotIn("refused", facts)
        self.assertIsNone(grades(self.row(order.journey_id)._facts())["solved"])

    def test_stars_and_feedback(self):
        """Stars tell the courtesy, the last survey the result; 0 is none."""
        order = self.delivered_order()
        order.action_request_confirmation()
        confirmation = order.confirmation_id
        confirmation._answer("accepted", answer_origin="link", score=4)
        facts = self.facts(order.journey_id)
        self.assertEqual((facts["stars"], facts["accepted"]), (4, 1))
        survey = self.env.ref("customer_service_stages.survey_feedback")
        for score, days in ((2, 1), (5, 9), (0, 12)):
            [feedback] = self.env["customer.feedback"].sudo()._ask(order, survey)
            feedback.write(
                {
                    "score": score,
                    "state": "answered",
                    "answer_date": MONDAY + timedelta(days=days),
                }
            )
        self.assertEqual(self.facts(order.journey_id)["answer"], 5)

    def test_answers_in_time(self):
        """D5: first response, assignment and news count; resolution does not."""
        ticket = self.closed_ticket()
        policies = self.env["customer.sla.policy"].create(
            [
                {
                    "name": metric,
                    "document": "ticket",
                    "metric": metric,
                    "target_ids": [Command.create({"amount": 1, "unit": "hour"})],
                }
                for metric in ("first_response", "assignment", "resolution")
            ]
        )
        start = MONDAY - timedelta(days=30)
        self.env["customer.sla.status"].sudo().search(
            [("ticket_id", "=", ticket.id)]
        ).unlink()
        self.env["customer.sla.status"].sudo().create(
            [
                {
                    "document": "ticket",
                    "metric": policy.metric,
                    "commitment": "objective",
                    "risk_date": start,
                    "ticket_id": ticket.id,
                    "policy_id": policy.id,
                    "start_date": start,
                    "deadline": start + timedelta(hours=1),
                    "reached_date": start + timedelta(hours=hours),
                    "state": "reached",
                }
                for policy, hours in zip(policies, (0.5, 3, 3), strict=True)
            ]
        )
        facts = self.facts(ticket.journey_id)
        self.assertEqual((facts["clocks"], facts["in_time"]), (2, 1))

    def test_contacts(self):
        """D5: a wonderful call is worth nothing if the customer has to call again."""
        ticket = self.closed_ticket()
        facts = self.facts(ticket.journey_id)
        self.assertEqual((facts["closed"], facts.get("comebacks")), (1, None))
        ticket.contact_in_count = 3
        self.assertEqual(self.facts(ticket.journey_id)["comebacks"], 2)

    def test_context_of_team_type_and_company(self):
        """D5: the order's team decides, else the request type, else the company."""
        order = self.delivered_order()
        self.assertEqual(self.row(order.journey_id).context_id, self.pending)
        self.company.service_context_id = self.assured
        self.assertEqual(self.row(order.journey_id).context_id, self.assured)
        order.team_id.service_context_id = self.pending
        self.assertEqual(self.row(order.journey_id).context_id, self.pending)
        self.type_information.service_context_id = self.pending
        ticket = self.closed_ticket()
        self.assertEqual(self.row(ticket.journey_id).context_id, self.pending)

    def test_archived_context_is_no_default(self):
        order = self.delivered_order()
        self.pending.active = False
        self.assertEqual(self.row(order.journey_id).context_id, self.assured)


class TestScores(OutcomeCase):
    def test_sql_agrees_with_python(self):
        """The report and the journey count alike, whatever happened (A3)."""
        chance = random.Random(5)
        context = self.assured
        journey = self.lead().journey_id
        for _turn in range(60):
            total = [chance.randint(0, 3) for _name in range(5)]
            facts = Facts(
                due=total[0],
                on_day=chance.randint(0, total[0]),
                priced=total[1],
                in_price=chance.randint(0, total[1]),
                finished=total[2],
                failures=chance.randint(0, 3),
                answer=chance.choice((0, 0, 1, 2, 3, 4, 5)),
                accepted=chance.randint(0, 2),
                refused=chance.randint(0, 1),
                clocks=total[3],
                in_time=chance.randint(0, total[3]),
                closed=total[4],
                comebacks=chance.randint(0, 9) if total[4] else 0,
                stars=chance.choice((0, 0, 1, 3.5, 5)),
            )
            for part in PARTS:
                context[f"{part}_weight"] = chance.choice((0, 10, 30))
            context.outcome_weight = chance.choice((0, 30, 100))
            self.company.service_context_id = context
            with self.subTest(facts=facts):
                self.assertAlike(journey, facts, context)

    def assertAlike(self, journey, facts, context):
        counted = SQL(
            "SELECT %s",
            SQL(", ").join(
                SQL("%s::numeric AS %s", value, SQL.identifier(name))
                for name, value in facts._asdict().items()
            ),
        )
        grade_of = grades(facts)
        score_of = scores(grade_of, context._weights_by_name())
        with patch.object(CustomerOutcomeReport, "_counts", lambda report: counted):
            row = self.row(journey)
            if score_of["score"] is None:
                self.assertFalse(row)
                return
            [values] = self.env.execute_query_dict(
                SQL("SELECT * FROM (%s) r WHERE id = %s", row._table_query, journey.id)
            )
        for part, grade in grade_of.items():
            self.assertClose(values[f"{part}_grade"], grade)
        for name, score in score_of.items():
            self.assertClose(values[name], score)

    def assertClose(self, found, expected):
        if expected is None:
            self.assertIsNone(found)
        else:
            self.assertAlmostEqual(float(found), expected, places=6)

    def test_shown_on_the_journey(self):
        """D5: the card says in words what the scores come from."""
        friday = MONDAY + timedelta(days=4)
        order = self.delivered(friday, friday)
        journey = order.journey_id.with_user(self.everyone)
        self.assertEqual(journey.outcome_score, 100)
        self.assertEqual(journey.service_context_id, self.pending)
        card = journey.score_card
        [side] = card["sides"]
        self.assertEqual(side["code"], "outcome")
        self.assertEqual(
            [part["code"] for part in side["parts"]], ["date", "price", "right"]
        )
        self.assertIn("1 of 1", side["parts"][0]["words"])

    def test_nothing_known_is_no_score(self):
        """A part that does not apply counts neither as 0 nor as 100."""
        journey = self.lead().journey_id
        self.assertFalse(self.row(journey))
        self.assertFalse(journey.score_card)
        self.assertEqual(journey.service_score, 0)

    def test_reports_by_role_and_company(self):
        other = self.env["res.company"].create({"name": "Clínica del Sol"})
        order = self.delivered_order()
        portal = new_test_user(self.env, "portal_d5", groups="base.group_portal")
        for user in (self.salesman, self.agent, portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.reports.with_user(user).search([])
        reports = self.reports.with_user(self.everyone)
        [values] = reports.formatted_read_group(
            [("journey_id", "=", order.journey_id.id)],
            ["context_id", "date:month", "user_id"],
            ["outcome:avg", "process:avg", "score:avg"],
        )
        self.assertEqual(values["outcome:avg"], 100)
        self.manager.company_ids += other
        elsewhere = self.reports.with_user(self.manager).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(elsewhere.search([("journey_id", "=", order.journey_id.id)]))

    def test_confidential_counts_nowhere(self):
        ticket = self.ticket(type_id=self.type_report.id, stage_id=self.ticket_new.id)
        self.assertFalse(ticket.journey_id)
        self.assertFalse(self.reports.search([("type_id", "=", self.type_report.id)]))

    def test_queries_of_cards(self):
        """One query tells the scores of a page of journeys."""
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
                for _number in range(50)
            ]
        )
        orders.action_confirm()
        orders.action_complete_delivery()
        self.env.flush_all()
        counts = []
        for ids in (orders[:1].journey_id.ids, orders.journey_id.ids):
            journeys = self.env["customer.journey"].browse(ids)
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            journeys.mapped("name")
            before = self.env.cr.sql_log_count
            journeys.mapped("score_card")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 4)

    def test_managers_set_the_weights(self):
        with Form(self.env["customer.service.context"].with_user(self.manager)) as form:
            form.name = "Mostrador"
            form.code = "assured"
            self.assertEqual((form.outcome_weight, form.process_weight), (30, 70))
            form.outcome_weight = 40
        self.assertEqual(form.record.process_weight, 60)
        with self.assertRaises(AccessError):
            form.record.with_user(self.everyone).name = "Otra cosa"

    def test_contexts_are_for_the_company(self):
        """Neither strangers nor other companies see by what services are judged."""
        other = self.env["res.company"].create({"name": "Clínica del Sol"})
        theirs = self.pending.copy({"name": "Consulta", "company_id": other.id})
        portal = new_test_user(self.env, "portal_ctx", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.pending.with_user(user).read(["name"])
        contexts = self.pending.with_user(self.manager).search([])
        self.assertIn(self.pending, contexts)
        self.assertNotIn(theirs, contexts)
