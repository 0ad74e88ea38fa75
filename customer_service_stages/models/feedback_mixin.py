from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.feedback_words import MOST_STARS


class CustomerFeedbackMixin(models.AbstractModel):
    """Documents whose customers are asked afterwards how it went (F1, F2).

    `customer.feedback` asks and keeps the answers. A document tells who is asked, and
    gives the mails what they show: the scores to press, the platforms for a review.
    """

    _name = "customer.feedback.mixin"
    _description = "Document That Customers Give Feedback On"
    _inherit = ["customer.journey.mixin", "customer.mailing.mixin"]

    #: The field of `customer.feedback` that refers to the document.
    _feedback_field = None

    feedback_count = fields.Integer(
        "Feedback", compute="_compute_feedback", groups="base.group_user"
    )
    feedback_score = fields.Integer(
        "Last Score",
        compute="_compute_feedback",
        groups="base.group_user",
        help="1 to 5, as the customer said last; 0 is none.",
    )
    review_may_invite = fields.Boolean(
        "May Be Invited to Review",
        compute="_compute_review_may_invite",
        search="_search_review_may_invite",
        groups="base.group_user",
        help="Whether the customer has answered, and may be asked for a public review: "
        "once in the company's period, on the platforms that it has.",
    )

    @api.depends("feedback_ids.score")
    def _compute_feedback(self):
        for document in self:
            scores = document.feedback_ids.mapped("score")
            document.feedback_count = len(scores)
            document.feedback_score = next(filter(None, scores), 0)

    @api.depends("feedback_ids.state", "feedback_ids.is_happy", "partner_id")
    def _compute_review_may_invite(self):
        invitations_sudo = self.env["customer.review.invitation"].sudo()
        allowed_sudo = self.sudo().search(
            Domain("id", "in", self.ids) & invitations_sudo._allowed_domain()
        )
        for document in self:
            document.review_may_invite = document.id in allowed_sudo._ids

    def _search_review_may_invite(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["customer.review.invitation"].sudo()._allowed_domain()

    def action_view_feedback(self):
        """Open what the customers were asked about the documents, and said."""
        return self.env["customer.feedback"]._view(
            Domain(self._feedback_field, "in", self.ids)
        )

    def _journey_reason(self, event):
        if event in ("feedback_given", "feedback_unhappy"):
            return self.sudo()._last_feedback()._in_words()
        return super()._journey_reason(event)

    # What each kind of document says of itself

    def _feedback_values(self):
        """Return what an answer keeps of the document, for reports."""
        return {"user_id": self.user_id.id}

    def _feedback_previous(self):
        """Return the answer that asking about the document asks again about."""
        return self.env["customer.feedback"]

    def _recovery_values(self):
        """Return the values of a request that puts right what went wrong (F3)."""
        return {"journey_id": self.journey_id.id}

    # For mails

    def _last_feedback(self):
        """Return the last answer that the customer has given, if any."""
        answered = self.feedback_ids.filtered("answer_date")
        return answered.sorted("answer_date", reverse=True)[:1]

    def _feedback_link(self, score=None):
        """Return the address of the page with the questions, or nothing before asking.

        :param int score: what is chosen on the page when it opens.
        """
        feedback_sudo = self.sudo().feedback_ids[:1]
        return feedback_sudo._link(score) if feedback_sudo else ""

    def _feedback_links(self):
        """Return the scores that can be given, each with its address."""
        return [
            (score, self._feedback_link(score)) for score in range(1, MOST_STARS + 1)
        ]

    def _feedback_scores(self):
        """Return the scores to press in a mail, as HTML."""
        return self.env["ir.qweb"]._render(
            "customer_service_stages.feedback_mail_scores",
            {"links": self._feedback_links()},
        )

    def _review_buttons(self):
        """Return the platforms to press in a mail, as HTML.

        A mail with them is an invitation, so its customer is not invited again soon.
        """
        invitation_sudo = self.sudo()._last_feedback().invitation_ids[:1]
        return self.env["ir.qweb"]._render(
            "customer_service_stages.feedback_mail_platforms",
            {
                "links": [
                    (platform.name, invitation_sudo._link(platform))
                    for platform in invitation_sudo._platforms()
                ]
            },
        )

    def _queue_mail(self, template, *args, **kwargs):
        if "_review_buttons" in (template.sudo().body_html or ""):
            self.env["customer.review.invitation"].sudo()._invite(self.sudo())
        return super()._queue_mail(template, *args, **kwargs)

    def _rating_values(self, score, words, author):
        """Return the values of a rating of the document (core's `rating`).

        :param int score: 1 to 5.
        :param str words: what the customer says, or nothing.
        :param author: the `res.partner` who rates.
        """
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "rating": score,
            "feedback": words,
            "partner_id": author.id,
            "rated_partner_id": self.user_id.partner_id.id,
            "consumed": True,
            "is_internal": False,
        }
