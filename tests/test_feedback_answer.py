"""What an answer is worth, and what follows from it (F1, F3; pitfalls 33, 34)."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.customer_service_stages.models.journey import CustomerJourney

from .feedback_case import FeedbackCase


@tagged("post_install", "-at_install")
class TestFeedbackAnswer(FeedbackCase):
    def calls(self, document):
        """Return what there is to call about a document."""
        call = self.env.ref("mail.mail_activity_data_call")
        return document.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == call
        )

    def heard(self):
        """Note the events that listeners hear, as (document, event)."""
        heard = []

        def listen(this, documents, event):
            heard.extend((document, event) for document in documents)

        self.patch(CustomerJourney, "_on_journey_event", listen)
        return heard

    # Asking

    def test_ask_about_orders_tickets_and_opportunities(self):
        order = self.delivered_order(user_id=self.salesman.id)
        ticket = self.closed_ticket(user_id=self.agent.id, team_id=self.team.id)
        lead = self.lead(user_id=self.salesman.id)
        for document, kind in ((order, "order"), (ticket, "ticket"), (lead, "lead")):
            feedback = self.ask(document)
            with self.subTest(kind):
                self.assertRecordValues(
                    feedback,
                    [
                        {
                            "kind": kind,
                            f"{kind}_id": document.id,
                            "journey_id": document.journey_id.id,
                            "partner_id": self.customer.id,
                            "commercial_partner_id": self.customer.id,
                            "company_id": document.company_id.id,
                            "user_id": document.user_id.id,
                            "state": "asked",
                            "score": 0,
                            "round": 1,
                        }
                    ],
                )
                self.assertEqual(document.feedback_ids, feedback)
        self.assertEqual(self.ask(ticket).team_id, self.team)

    def test_ask_keeps_the_order_of_the_documents(self):
        orders = (
            self.delivered_order() + self.delivered_order() + self.delivered_order()
        )
        waiting = self.ask(orders[1])
        feedback = self.ask(orders)
        self.assertEqual(feedback.order_id, orders)
        self.assertEqual([row.order_id for row in feedback], list(orders))
        self.assertEqual(feedback[1], waiting, "what waits is asked once")

    def test_asked_anew_when_the_link_has_expired(self):
        feedback = self.asked_about()
        feedback.ask_date -= timedelta(days=91)
        self.assertNotEqual(self.ask(feedback.order_id), feedback)

    def test_asking_tells_nobody(self):
        order = self.delivered_order()
        messages = order.message_ids
        with self.mock_mail_gateway():
            self.ask(order)
        self.assertFalse(self._new_mails)
        self.assertEqual(order.message_ids, messages)

    # Answering

    def test_happy(self):
        feedback = self.asked_about()
        order = feedback.order_id
        tickets = self.env["helpdesk.ticket"].search_count([])
        heard = self.heard()
        self.answer(feedback, score="5", problem="No, todo bien", improvement="Nada")
        self.assertEqual((feedback.state, feedback.score), ("answered", 5))
        self.assertEqual((feedback.is_happy, feedback.is_unhappy), (True, False))
        self.assertEqual(
            [event for document, event in heard if document == order],
            ["feedback_given", "feedback_happy"],
        )
        self.assertFalse(feedback.recovery_ticket_id)
        self.assertFalse(feedback.suggestion_id)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), tickets)
        self.assertEqual(order.feedback_score, 5)

    def test_lands_on_journey_chatter_and_survey(self):
        feedback = self.asked_about()
        order = feedback.order_id
        self.answer(feedback, score="4", problem="No", improvement="Avisar antes")
        note = order.message_ids[:1]
        self.assertIn("★★★★☆", note.body)
        self.assertIn("Avisar antes", note.body)
        self.assertEqual(note.author_id, self.customer)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(self.events(order), ["feedback_given"])
        event = order.journey_id.event_ids.filtered(
            lambda event: event.event == "feedback_given"
        )
        self.assertIn("Avisar antes", event.reason)
        user_input = feedback.user_input_id
        self.assertEqual(user_input.state, "done")
        line = user_input.user_input_line_ids.filtered(
            lambda line: line.question_id == self.question("score")
        )
        self.assertEqual(line.value_scale, 4)
        suggestion = feedback.suggestion_id
        self.assertEqual(
            (suggestion.origin, suggestion.name, suggestion.order_id),
            ("feedback", "Avisar antes", order),
        )

    def test_an_answer_is_no_message_to_answer(self):
        """It reopens nothing, and nobody's clock runs for it."""
        ticket = self.closed_ticket(user_id=self.agent.id)
        heard = self.heard()
        self.answer(self.ask(ticket), score="5", problem="Muy bien")
        self.assertTrue(ticket.stage_id.closed)
        self.assertEqual(ticket.contact_in_count, 1)
        self.assertNotIn("customer_wrote", [event for _document, event in heard])

    def test_rating(self):
        """Core's rating takes 1 to 5, once; none is no 0 (pitfall 34)."""
        feedback = self.asked_about()
        self.answer(feedback, problem="Llegaron tarde")
        ratings = self.env["rating.rating"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", feedback.order_id.id)]
        )
        self.assertFalse(ratings)
        self.answer(feedback, score="2", problem="Llegaron tarde")
        self.answer(feedback, score="4", problem="Llegaron tarde")
        rating = feedback.rating_id
        self.assertEqual((rating.rating, rating.consumed), (4, True))
        self.assertEqual(rating.rated_partner_id, self.salesman.partner_id)
        self.assertEqual(
            self.env["rating.rating"].search(
                [
                    ("res_model", "=", "sale.order"),
                    ("res_id", "=", feedback.order_id.id),
                ]
            ),
            rating,
        )

    def test_score_alone_counts(self):
        feedback = self.answer(self.asked_about(), score="4")
        self.assertEqual(feedback.state, "answered")
        self.assertTrue(feedback.is_happy)

    def test_half_answered_is_kept_and_completed(self):
        feedback = self.asked_about()
        heard = self.heard()
        self.answer(feedback, improvement="Más horario")
        self.assertEqual((feedback.state, feedback.score), ("partial", 0))
        self.assertEqual(feedback.user_input_id.state, "in_progress")
        self.assertEqual(feedback.improvement, "Más horario")
        self.assertFalse(feedback.is_happy or feedback.is_unhappy)
        self.assertFalse([event for _d, event in heard if event.startswith("feedback")])
        page = self.open_page(feedback)
        self.assertIn("Más horario", page.text)
        self.answer(feedback, improvement="Más horario", score="4")
        self.assertEqual((feedback.state, feedback.score), ("answered", 4))
        suggestions = self.env["customer.improvement"].search(
            [("order_id", "=", feedback.order_id.id)]
        )
        self.assertEqual(suggestions, feedback.suggestion_id, "one suggestion")

    def test_problem_without_score_is_unhappy(self):
        feedback = self.asked_about()
        self.answer(feedback, problem="El grifo gotea otra vez")
        self.assertEqual(feedback.state, "partial")
        self.assertTrue(feedback.is_unhappy)
        self.assertTrue(feedback.recovery_ticket_id)
        self.assertEqual(self.events(feedback.order_id), ["feedback_unhappy"])
        ticket = feedback.recovery_ticket_id
        self.answer(feedback, problem="El grifo gotea otra vez", score="2")
        self.assertEqual(feedback.recovery_ticket_id, ticket)

    def test_good_score_with_a_problem_is_unhappy(self):
        feedback = self.answer(self.asked_about(), score="5", problem="Dejaron manchas")
        self.assertTrue(feedback.is_unhappy)
        self.assertTrue(feedback.recovery_ticket_id)

    # Recovery

    def test_recovery(self):
        feedback = self.asked_about()
        order = feedback.order_id
        order.team_id.user_id = self.manager
        self.answer(feedback, score="2", problem="Gotea")
        ticket = feedback.recovery_ticket_id
        self.assertRecordValues(
            ticket,
            [
                {
                    "is_recovery": True,
                    "partner_id": self.customer.id,
                    "company_id": order.company_id.id,
                    "journey_id": order.journey_id.id,
                    "sale_order_ids": order.ids,
                    "user_id": self.manager.id,
                    "type_id": self.env.ref(
                        "customer_service_stages.ticket_type_recovery"
                    ).id,
                }
            ],
        )
        self.assertIn("Gotea", ticket.description)
        call = self.calls(ticket)
        self.assertEqual(call.user_id, self.manager)
        self.assertIn("Gotea", call.note)
        self.assertEqual(self.events(order), ["feedback_given", "feedback_unhappy"])
        metrics = ticket.sla_status_ids.mapped("policy_id")
        self.assertEqual(
            metrics
            & self.env.ref("customer_service_stages.sla_policy_recovery_response")
            + self.env.ref("customer_service_stages.sla_policy_recovery_resolution"),
            self.env.ref("customer_service_stages.sla_policy_recovery_response")
            + self.env.ref("customer_service_stages.sla_policy_recovery_resolution"),
        )
        # Whoever looks after it opens it, and sees whose words they are
        self.assertEqual(
            feedback.with_user(self.manager).action_open_recovery()["res_id"], ticket.id
        )

    def test_recovery_owner(self):
        """The company's word, its team's leader, then the document's team and owner."""
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Calidad", "user_id": self.everyone.id}
        )
        order = self.delivered_order(user_id=self.salesman.id)
        order.team_id = False
        order.journey_id.user_id = False
        feedback = self.ask(order)
        for owner, prepare in (
            (self.salesman, lambda: None),
            (self.agent, lambda: order.journey_id.write({"user_id": self.agent.id})),
            (self.everyone, lambda: self.company.write({"recovery_team_id": team.id})),
            (
                self.manager,
                lambda: self.company.write({"recovery_user_id": self.manager.id}),
            ),
        ):
            prepare()
            with self.subTest(owner.login):
                self.assertEqual(feedback._recovery_owner(), owner)
        self.answer(feedback, score="1")
        ticket = feedback.recovery_ticket_id
        self.assertEqual((ticket.team_id, ticket.user_id), (team, self.manager))
        self.manager.active = False
        self.assertEqual(feedback._recovery_owner(), self.everyone)

    def test_recovery_once(self):
        feedback = self.answer(self.asked_about(), score="1")
        ticket = feedback.recovery_ticket_id
        count = self.env["helpdesk.ticket"].search_count([])
        self.answer(feedback, score="2", problem="Sigue mal")
        self.answer(feedback, score="5")
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), count)
        self.assertEqual(feedback.recovery_ticket_id, ticket)
        self.assertIn("★★★★★", ticket.message_ids[:1].body, "the correction is told")
        self.assertEqual(len(self.calls(ticket)), 1)

    def test_recovery_tells_the_customer_nothing_by_itself(self):
        feedback = self.asked_about()
        with self.mock_mail_gateway():
            self.answer(feedback, score="1", problem="Mal")
            self.env.cr.precommit.run()
        mails = self._new_mails.filtered(
            lambda mail: self.customer.email in (mail.email_to or "")
        )
        self.assertFalse(
            mails
            + self._new_mails.filtered(lambda mail: self.customer in mail.recipient_ids)
        )

    def test_asked_again_when_it_is_put_right(self):
        first = self.answer(self.asked_about(), score="1", problem="Gotea")
        ticket = first.recovery_ticket_id
        second = self.ask(ticket, self.again)
        self.assertRecordValues(
            second, [{"round": 2, "previous_id": first.id, "ticket_id": ticket.id}]
        )
        self.assertFalse(first.is_recovered)
        self.answer(second, score="5", problem="No")
        self.assertTrue(first.is_recovered)
        self.assertFalse(second.is_recovered)
        self.assertFalse(second.recovery_ticket_id)

    def test_not_happy_again(self):
        """What was not put right is taken up again, instead of piling up requests."""
        first = self.answer(self.asked_about(), score="1", problem="Gotea")
        ticket = first.recovery_ticket_id
        ticket.with_user(self.manager).message_post(
            body="Vamos mañana", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.call_count = 1
        ticket.stage_id = self.ticket_done
        self.assertTrue(ticket.stage_id.closed, "its customer is asked again instead")
        second = self.ask(ticket, self.again)
        count = self.env["helpdesk.ticket"].search_count([])
        self.answer(second, score="2", problem="Sigue goteando")
        self.assertEqual(second.recovery_ticket_id, ticket)
        self.assertFalse(ticket.stage_id.closed)
        self.assertEqual(ticket.reopen_count, 1)
        self.assertEqual(len(self.calls(ticket)), 2)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), count)
        self.assertFalse(first.is_recovered)

    def test_ticket_without_contact(self):
        ticket = self.closed_ticket(
            partner_id=False,
            partner_name="Luis",
            partner_email="luis@nobody.example",
            team_id=self.team.id,
        )
        feedback = self.ask(ticket)
        self.assertIn("luis@nobody.example", feedback.email)
        self.answer(feedback, score="1")
        self.assertRecordValues(
            feedback.recovery_ticket_id,
            [
                {
                    "partner_id": False,
                    "partner_email": "luis@nobody.example",
                    "origin_ticket_id": ticket.id,
                    "team_id": self.team.id,
                }
            ],
        )

    def test_confidential_stays_so(self):
        ticket = self.ticket(type_id=self.type_report.id, user_id=self.agent.id)
        feedback = self.ask(ticket)
        count = self.env["helpdesk.ticket"].search_count([])
        self.answer(feedback, score="1", problem="Nadie me llamó")
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), count)
        self.assertEqual(self.calls(ticket).user_id, self.agent)
        report = self.env["customer.feedback.report"]
        self.assertFalse(report.search([("feedback_id", "=", feedback.id)]))

    # Core's own page, and surveys of one's own

    def test_core_page_lands_too(self):
        feedback = self.asked_about()
        user_input = feedback.user_input_id
        self.make_jsonrpc_request(
            f"/survey/begin/{self.survey.access_token}/{user_input.access_token}"
        )
        self.make_jsonrpc_request(
            f"/survey/submit/{self.survey.access_token}/{user_input.access_token}",
            {
                str(self.question("score").id): "2",
                str(self.question("problem").id): "Gotea",
                str(self.question("improvement").id): "",
            },
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            feedback, [{"state": "answered", "score": 2, "problem": "Gotea"}]
        )
        self.assertTrue(feedback.recovery_ticket_id)

    def test_core_page_takes_no_score_that_does_not_exist(self):
        feedback = self.asked_about()
        user_input = feedback.user_input_id
        self.make_jsonrpc_request(
            f"/survey/submit/{self.survey.access_token}/{user_input.access_token}",
            {str(self.question("score").id): "99"},
        )
        self.env.invalidate_all()
        self.assertEqual(feedback.score, 0)
        self.assertFalse(feedback.rating_id)

    def test_core_link_expires_with_ours(self):
        feedback = self.asked_about()
        self.assertEqual(
            feedback.user_input_id.deadline, feedback.ask_date + timedelta(days=90)
        )

    def test_survey_of_ones_own(self):
        survey = self.new_survey(
            {
                "title": "¿Algún problema?",
                "question_type": "simple_choice",
                "feedback_role": "problem",
                "comments_allowed": True,
                "suggested_answer_ids": [
                    (0, 0, {"value": "No"}),
                    (0, 0, {"value": "Sí"}),
                ],
            },
            {"title": "¿Trato?", "question_type": "char_box"},
        )
        problem, manners = survey.question_ids
        no, yes = problem.suggested_answer_ids
        feedback = self.asked_about(survey=survey)
        page = self.open_page(feedback).text
        for words in ("¿Algún problema?", "¿Trato?", "Sí"):
            self.assertIn(words, page)
        form = self.form(feedback)
        form[f"question_{problem.id}"] = str(no.id)
        form[f"question_{manners.id}"] = "Encantador"
        self.post(feedback, form)
        self.assertRecordValues(
            feedback,
            [{"state": "answered", "is_happy": True, "problem": "No"}],
        )
        self.assertEqual(feedback.other_answers, "¿Trato? Encantador")
        form = self.form(feedback)
        form[f"question_{problem.id}"] = str(yes.id)
        form[f"question_{problem.id}_comment"] = "Llegó tarde"
        self.post(feedback, form)
        self.assertTrue(feedback.is_unhappy)
        self.assertIn("Llegó tarde", feedback.problem)

    def test_parts_of_questions(self):
        for values in (
            {"question_type": "text_box", "feedback_role": "score"},
            {"question_type": "scale", "feedback_role": "problem"},
            {
                "question_type": "scale",
                "scale_min": 0,
                "scale_max": 10,
                "feedback_role": "score",
            },
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.new_survey(values)
        copy = self.survey.copy()
        self.assertEqual(
            copy.question_ids.mapped("feedback_role"),
            ["problem", "score", "improvement"],
        )

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        order = self.delivered_order()
        ticket = self.ticket(company_id=other.id, team_id=False)
        feedback = self.ask(ticket)
        other.recovery_user_id = self.manager
        self.answer(feedback, score="1", improvement="Contestar antes")
        self.assertEqual(feedback.company_id, other)
        self.assertEqual(feedback.recovery_ticket_id.company_id, other)
        self.assertEqual(feedback.recovery_ticket_id.user_id, self.manager)
        self.assertEqual(feedback.suggestion_id.company_id, other)
        self.assertNotEqual(order.company_id, other)

    def test_merged_opportunities_keep_what_was_said(self):
        kept, merged = self.lead(), self.lead()
        feedback = self.answer(self.ask(merged), score="5")
        (kept + merged).merge_opportunity()
        self.assertEqual(feedback.exists().lead_id, kept.exists() or merged.exists())

    def test_queries_do_not_grow(self):
        """Asking about many costs as many queries as about one."""
        customers = self.env["res.partner"].create(
            [{"name": f"C{n}", "email": f"c{n}@x.example"} for n in range(50)]
        )
        orders = self.env["sale.order"].create(
            [{"partner_id": customer.id} for customer in customers]
        )
        self.ask(orders[:1])
        for documents in (orders[1:2], orders[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(len(documents)), self.assertQueryCount(24, flush=False):
                self.ask(documents)
                self.env.flush_all()

    def test_two_answers_at_once(self):
        """The second of two, tried again, changes what the first has left."""
        feedback = self.asked_about()
        form = self.form(feedback, score="1")
        self.post(feedback, form)
        count = self.env["helpdesk.ticket"].search_count([])
        response = self.post(feedback, form)
        self.assertEqual(response.status_code, 200, "the page is from before")
        self.assertIn("once more", response.text)
        with patch.object(type(feedback), "_check_nonce", lambda this, nonce: True):
            self.assertEqual(self.post(feedback, form).status_code, 303)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), count)
        notes = feedback.order_id.message_ids.filtered(
            lambda message: "★☆☆☆☆" in (message.body or "")
        )
        self.assertEqual(len(notes), 1)

    def test_dates(self):
        feedback = self.asked_about()
        self.assertFalse(feedback.answer_date)
        self.answer(feedback, score="4")
        moment = feedback.answer_date
        self.assertLessEqual(moment, fields.Datetime.now())
        feedback.answer_date = moment - timedelta(days=3)
        self.answer(feedback, score="5")
        self.assertEqual(feedback.answer_date, moment - timedelta(days=3))
