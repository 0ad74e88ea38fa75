"""The report's figures: no score is no 0, and who was won back counts (A3)."""

from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .feedback_case import FeedbackCase


@tagged("post_install", "-at_install")
class TestFeedbackReport(FeedbackCase):
    def said(self, score="", problem="", **values):
        """Return feedback on an order, answered without the page."""
        feedback = self.asked_about(
            self.delivered_order(user_id=self.salesman.id, **values)
        )
        if score or problem:
            feedback._answer(
                {
                    self.question("score"): (score, ""),
                    self.question("problem"): (problem, ""),
                }
            )
        return feedback

    def figures(self, feedback, *aggregates, groupby=(), user=None):
        self.env.flush_all()
        report = self.env["customer.feedback.report"].with_user(user or self.everyone)
        return report._read_group(
            [("feedback_id", "in", feedback.ids)], groupby, aggregates
        )

    def test_averages_and_shares(self):
        rows = self.said("5") + self.said("2") + self.said() + self.said(problem="Mal")
        [figures] = self.figures(
            rows,
            "__count",
            "score:avg",
            "response_share:avg",
            "unhappy_share:avg",
            "recovered_share:avg",
        )
        self.assertEqual(figures[:3], (4, 3.5, 0.75))
        self.assertAlmostEqual(figures[3], 2 / 3)
        self.assertEqual(figures[4], 0)

    def test_recovered(self):
        unhappy = self.said("1") + self.said("2")
        second = self.ask(unhappy[0].recovery_ticket_id, self.again)
        second._answer({self.question("score", self.again): ("4", "")})
        [(share, average)] = self.figures(
            unhappy + second, "recovered_share:avg", "score:avg"
        )
        self.assertEqual(share, 0.5)
        self.assertAlmostEqual(average, 7 / 3)
        action = self.env.ref("customer_service_stages.customer_feedback_report_action")
        self.assertIn("search_default_first", safe_eval(action.context))

    def test_by_month_owner_team_and_kind(self):
        order = self.said("5")
        ticket = self.ask(
            self.closed_ticket(user_id=self.agent.id, team_id=self.team.id)
        )
        order.ask_date -= timedelta(days=70)
        rows = self.figures(
            order + ticket, "__count", groupby=("user_id", "kind", "team_id")
        )
        self.assertEqual(
            {(user, kind, team) for user, kind, team, _count in rows},
            {
                (self.salesman, "order", self.team.browse()),
                (self.agent, "ticket", self.team),
            },
        )
        months = self.figures(order + ticket, "__count", groupby=["date:month"])
        self.assertEqual(len(months), 2)

    def test_review_visits(self):
        self.platform()
        feedback = self.said("5")
        feedback.invitation_ids._note_visit(self.platform())
        other = self.said("5", partner_id=self.other_customer.id)
        [figures] = self.figures(
            feedback + other,
            "review_click_count:sum",
            "visit_share:avg",
            "invited_count:sum",
        )
        self.assertEqual(figures, (1, 0.5, 2))

    def test_who_sees_it(self):
        rows = self.said("5")
        self.assertEqual(self.figures(rows, "__count", user=self.manager), [(1,)])
        with self.assertRaises(AccessError):
            self.figures(rows, "__count", user=self.salesman)

    def test_views(self):
        report = self.env["customer.feedback.report"].with_user(self.manager)
        self.said("5")
        self.env.flush_all()
        for view_type in ("pivot", "graph", "list"):
            arch = etree.fromstring(report.get_view(view_type=view_type)["arch"])
            names = arch.xpath("//field/@name")
            report.search([]).read(names)
        search = etree.fromstring(report.get_view(view_type="search")["arch"])
        for node in search.xpath("//filter[@domain]"):
            report.search(safe_eval(node.get("domain"), {"uid": self.env.uid}))
