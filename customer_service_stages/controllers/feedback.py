from odoo import http
from odoo.http import request

from .confirmation_form import COMMENT_LENGTH
from .customer_page import CustomerPage, route
from .feedback_form import FeedbackForm

MOST_BYTES = 1024 * 1024


class FeedbackPage(CustomerPage, http.Controller):
    """The page where a customer says how it went, by a link alone (F1).

    Looking stores nothing, also with the score that a mail's button chooses: mail
    scanners look at every link (pitfall 25).
    """

    URL = "/my/feedback/<string:token>"

    @route(URL, methods=["GET"], auth="public", multilang=False, readonly=True)
    def feedback_page(self, token, **params):
        feedback_sudo = self._find(token)
        if not feedback_sudo:
            return self._nowhere()
        score = str(params.get("score", ""))
        return self._page(feedback_sudo, FeedbackForm(feedback_sudo, score=score))

    @route(
        URL,
        methods=["POST"],
        auth="public",
        multilang=False,
        max_content_length=MOST_BYTES,
    )
    def feedback_answer(self, token, **params):
        if not self._may_knock():
            return self._too_often()
        feedback_sudo = self._find(token)
        if not feedback_sudo:
            return self._nowhere(is_counted=True)
        if request.env.user._is_internal():
            return self._redirect(self._path(feedback_sudo))
        form = FeedbackForm(feedback_sudo, request.httprequest.form)
        if not feedback_sudo._check_nonce(form.nonce):
            form.notice = request.env._(
                "Please look at it once more, then press the button."
            )
        if form.notice or not form.check():
            return self._page(feedback_sudo, form)
        feedback_sudo._answer(form.answers())
        return self._redirect(self._path(feedback_sudo))

    def _find(self, token):
        """Return what a link asks about, as its customer reads it."""
        if not self._is_token(token):
            return request.env["customer.feedback"]
        feedback_sudo = request.env["customer.feedback"]._find(token, self._customer())
        if feedback_sudo:
            self._speak_to(
                feedback_sudo.partner_id,
                feedback_sudo.company_id,
                feedback_sudo._document()._confirmation_calendar(),
            )
        return feedback_sudo.with_context(**request.env.context)

    def _page(self, feedback_sudo, form):
        invitation_sudo = feedback_sudo.invitation_ids
        return self._render(
            "feedback_page",
            {
                "feedback": feedback_sudo,
                "form": form,
                "url": self._path(feedback_sudo),
                "may_answer": not request.env.user._is_internal(),
                "text_length": COMMENT_LENGTH,
                "company": feedback_sudo.company_id,
                "invitation": invitation_sudo,
                "platforms": invitation_sudo._platforms(),
            },
        )

    @staticmethod
    def _path(feedback_sudo):
        return f"/my/feedback/{feedback_sudo.user_input_id.access_token}"
