from typing import NamedTuple

from .confirmation_form import COMMENT_LENGTH, plain

#: The types of questions that the page can show; other questions are left to core's.
TYPES = ("scale", "text_box", "char_box", "simple_choice")


class FeedbackQuestion(NamedTuple):
    """A question as the page shows it, with what the customer says."""

    record: object
    value: str
    comment: str

    @property
    def field(self):
        return f"question_{self.record.id}"

    @property
    def title(self):
        return self.record.title

    @property
    def type(self):
        return self.record.question_type

    @property
    def placeholder(self):
        return self.record.question_placeholder

    @property
    def is_required(self):
        return self.record.constr_mandatory

    @property
    def scale(self):
        return range(self.record.scale_min, self.record.scale_max + 1)

    @property
    def scale_labels(self):
        return self.record.scale_min_label or "", self.record.scale_max_label or ""

    @property
    def choices(self):
        return [(str(c.id), c.value) for c in self.record.suggested_answer_ids]

    @property
    def has_comment(self):
        return self.type == "simple_choice" and self.record.comments_allowed

    @property
    def comment_label(self):
        return self.record.comments_message or ""

    def is_possible(self):
        """Return whether the value is one of those that can be chosen."""
        if self.type == "scale":
            return self.value in map(str, self.scale)
        if self.type == "simple_choice":
            return self.value in dict(self.choices)
        return True


class FeedbackForm:
    """What a customer fills in on the page with the questions: nothing is believed.

    :param feedback_sudo: what is asked, in the language of its customer.
    :param form: the fields that were sent; None: what was answered before.
    :param str score: the score that the link has chosen, if any.
    """

    def __init__(self, feedback_sudo, form=None, score=""):
        self.env = feedback_sudo.env
        nonce = (form or {}).get("nonce", "")
        self.nonce = nonce if nonce.isascii() else ""
        self.errors = {}
        self.notice = ""
        self.questions = []
        lines = feedback_sudo._lines().grouped("question_id")
        for question in feedback_sudo._questions():
            if question.question_type not in TYPES:
                continue
            said = self._said(lines.get(question, ()))
            if form is not None:
                said = self._sent(form, question)
            elif question.feedback_role == "score" and score:
                said = (score, "")
            self.questions.append(FeedbackQuestion(question, *said))

    @staticmethod
    def _said(lines):
        """Return the value and the comment that were answered before."""
        value = comment = ""
        for line in lines:
            kind = line.question_id.question_type
            if kind == "simple_choice" and line.answer_type == "char_box":
                comment = line.value_char_box
            elif kind == "simple_choice":
                value = str(line.suggested_answer_id.id)
            else:
                value = str(line[f"value_{kind}"])
        return value, comment

    @staticmethod
    def _sent(form, question):
        """Return the value and the comment that the form has sent."""
        name = f"question_{question.id}"
        return plain(form.get(name, "")), plain(form.get(f"{name}_comment", ""))

    def check(self):
        """Look for what is wrong or missing, in `errors` by the name of the field.

        :return: whether nothing is.
        """
        for question in self.questions:
            if question.value and not question.is_possible():
                error = self.env._("Choose one of these.")
            elif max(len(question.value), len(question.comment)) > COMMENT_LENGTH:
                error = self.env._("Please keep to %s characters.", COMMENT_LENGTH)
            else:
                error = next(
                    iter(
                        question.record.validate_question(
                            question.value, question.comment
                        ).values()
                    ),
                    None,
                )
            if error:
                self.errors[question.field] = error
        if not any(question.value or question.comment for question in self.questions):
            self.notice = self.env._("Please choose a number, or write a few words.")
        return not (self.errors or self.notice)

    def answers(self):
        """Return the answers by question, for `customer.feedback`."""
        return {
            question.record: (question.value, question.comment)
            for question in self.questions
        }
