from odoo import fields, models
from odoo.fields import Domain

from ..tools.outcome_score import SIDES, grades, scores


class CustomerJourney(models.Model):
    """How well a need was served, as far as is known (D5)."""

    _name = "customer.journey"
    _inherit = ["customer.journey"]

    service_context_id = fields.Many2one(
        "customer.service.context", compute="_compute_scores", compute_sudo=True
    )
    service_score = fields.Float(
        "Score",
        digits=(16, 0),
        compute="_compute_scores",
        compute_sudo=True,
        aggregator=None,
        help="0 to 100: outcome and process by the weights of the context.",
    )
    outcome_score = fields.Float(
        "Outcome",
        digits=(16, 0),
        compute="_compute_scores",
        compute_sudo=True,
        aggregator=None,
        help="0 to 100: what came of it for the customer.",
    )
    process_score = fields.Float(
        "Process",
        digits=(16, 0),
        compute="_compute_scores",
        compute_sudo=True,
        aggregator=None,
        help="0 to 100: how the customer got there.",
    )
    score_card = fields.Json(
        "How Well It Went", compute="_compute_scores", compute_sudo=True
    )

    def _compute_scores(self):
        reports = self.env["customer.outcome.report"].search(
            Domain("id", "in", self.ids)
        )
        report_of = reports.grouped("id")
        for journey in self:
            report = report_of.get(journey.id, reports.browse())
            context = report.context_id
            facts = report._facts()
            grade_of = grades(facts)
            score_of = scores(grade_of, context._weights_by_name())
            journey.service_context_id = context
            journey.service_score = score_of["score"] or 0
            journey.outcome_score = score_of["outcome"] or 0
            journey.process_score = score_of["process"] or 0
            journey.score_card = report and journey._score_card(
                context, facts, grade_of, score_of
            )

    def _score_card(self, context, facts, grade_of, score_of):
        """Return the scores with what they come from, for the tooltip.

        :param customer.service.context context: whose weights they follow.
        :param Facts facts: what was counted.
        :param dict grade_of: the grade of each part, or None.
        :param dict score_of: the score of each side and of both, or None.
        """
        names = {"outcome": self.env._("Outcome"), "process": self.env._("Process")}
        words_of = self._part_words(facts)
        return {
            "score": round(score_of["score"]),
            "context": context.name,
            "sides": [
                {
                    "code": side,
                    "name": names[side],
                    "score": round(score_of[side]),
                    "weight": context._weight_of(side),
                    "parts": [
                        {
                            "code": part,
                            "name": context._label_of(part),
                            "grade": round(grade_of[part]),
                            "words": words_of[part],
                        }
                        for part in parts
                        if grade_of[part] is not None
                    ],
                }
                for side, parts in SIDES.items()
                if score_of[side] is not None
            ],
        }

    def _part_words(self, facts):
        """Return in words what each part of the scores comes from.

        :param Facts facts: what was counted.
        """
        f = facts
        if f.answer:
            solved = self.env._(
                "the customer answered %(answer)g of 5", answer=f.answer
            )
        elif f.refused:
            solved = self.env._("the customer says no")
        else:
            solved = self.env._("the customer says yes")
        return {
            "date": self.env._(
                "%(kept)s of %(all)s delivered by the day promised first",
                kept=f.on_day,
                all=f.due,
            ),
            "price": self.env._(
                "%(kept)s of %(all)s cost no more than was accepted",
                kept=f.in_price,
                all=f.priced,
            ),
            "right": (
                self.env._("taken up again %s times", f.failures)
                if f.failures > 1
                else self.env._("taken up again once")
                if f.failures
                else self.env._("nothing was taken up again")
            ),
            "solved": solved,
            "response": self.env._(
                "%(kept)s of %(all)s answers in time", kept=f.in_time, all=f.clocks
            ),
            "contacts": (
                self.env._("customers came back to us %s times", f.comebacks)
                if f.comebacks > 1
                else self.env._("the customer came back to us once")
                if f.comebacks
                else self.env._("the customer had to contact us once only")
            ),
            "courtesy": self.env._("%(stars).3g of 5 stars", stars=f.stars),
        }
