from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.feedback_words import MOST_STARS

#: The types of questions that can have each part.
TYPES = {
    "problem": ("text_box", "char_box", "simple_choice"),
    "score": ("scale",),
    "improvement": ("text_box", "char_box", "simple_choice"),
}


class SurveyQuestion(models.Model):
    """Questions may be reworded and moved: by its part we know what one is for (F1)."""

    _inherit = "survey.question"

    feedback_role = fields.Selection(
        [
            ("problem", "Was there a problem?"),
            ("score", "Score from 1 to 5"),
            ("improvement", "What to improve"),
        ],
        "Part in Feedback",
        help="What the answer is for when customers are asked how it went. A problem, "
        "or a score of 3 or less, opens a request that puts it right.",
    )

    _feedback_role_uniq = models.UniqueIndex(
        "(survey_id, feedback_role) WHERE feedback_role IS NOT NULL",
        "Another question of this survey has this part in the feedback already.",
    )

    @api.constrains("feedback_role", "question_type", "scale_min", "scale_max")
    def _check_feedback_role(self):
        for question in self.filtered("feedback_role"):
            role = question.feedback_role
            is_fit = question.question_type in TYPES[role]
            scale = (question.scale_min, question.scale_max)
            if not is_fit or (role == "score" and scale != (1, MOST_STARS)):
                raise ValidationError(
                    self.env._(
                        "“%(question)s”: the score is a scale from 1 to 5; the problem "
                        "and what to improve are texts, or one choice of several.",
                        question=question.title,
                    )
                )
