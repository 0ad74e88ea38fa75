from odoo import http
from odoo.http import request

from .confirmation_form import COMMENT_LENGTH, plain
from .customer_page import CustomerPage, route
from .helpdesk import record_id

MOST_BYTES = 1024 * 1024
PHONE_LENGTH = 40


class LostPage(CustomerPage, http.Controller):
    """The page where a lost customer says why, by a link alone (F6).

    Looking stores nothing, also with the reason that a mail's link chooses: mail
    scanners look at every link (pitfall 25).
    """

    URL = "/my/lost/<string:token>"

    @route(URL, methods=["GET"], auth="public", multilang=False, readonly=True)
    def lost_page(self, token, **params):
        lead_sudo = self._find(token)
        if not lead_sudo:
            return self._nowhere()
        chosen = self._reason(lead_sudo, params.get("reason"))
        return self._page(
            lead_sudo,
            token,
            reason=chosen or lead_sudo.lost_answer_date and lead_sudo.lost_reason_id,
            words=lead_sudo.lost_words or "",
            wants_call=lead_sudo.lost_wants_call,
        )

    @route(
        URL,
        methods=["POST"],
        auth="public",
        multilang=False,
        max_content_length=MOST_BYTES,
    )
    def lost_answer(self, token, **params):
        if not self._may_knock():
            return self._too_often()
        lead_sudo = self._find(token)
        if not lead_sudo:
            return self._nowhere(is_counted=True)
        if not request.env.user._is_internal():
            form = request.httprequest.form
            answer = {
                "reason": self._reason(lead_sudo, form.get("reason")),
                "words": plain(form.get("words", ""), COMMENT_LENGTH),
                "wants_call": form.get("wants_call") == "1",
            }
            if not any(answer.values()):
                notice = request.env._("Please choose a reason, or write a few words.")
                return self._page(lead_sudo, token, notice=notice, **answer)
            phone = plain(form.get("phone", ""), PHONE_LENGTH)
            lead_sudo._lost_answer(phone=phone, **answer)
        return self._redirect(f"/my/lost/{token}")

    def _find(self, token):
        """Return the opportunity that a link is about, as its customer reads it."""
        if not self._is_token(token):
            return request.env["crm.lead"]
        lead_sudo = request.env["crm.lead"]._lost_find(token, self._customer())
        if lead_sudo:
            company_sudo = lead_sudo.company_id or request.env.company.sudo()
            calendar_sudo = lead_sudo._confirmation_calendar()
            self._speak_to(lead_sudo.partner_id, company_sudo, calendar_sudo)
            if lead_sudo.lang_id.active:
                request.update_context(lang=lead_sudo.lang_id.code)
        return lead_sudo.with_context(**request.env.context)

    @staticmethod
    def _reason(lead_sudo, value):
        """Return the reason that somebody has chosen, if it is one of those offered."""
        reasons_sudo = lead_sudo._lost_reasons()
        return reasons_sudo.filtered(lambda reason: reason.id == record_id(value))

    def _page(self, lead_sudo, token, notice="", **answer):
        return self._render(
            "lost_page",
            {
                "lead": lead_sudo,
                "reasons": lead_sudo._lost_reasons(),
                "notice": notice,
                "url": f"/my/lost/{token}",
                "may_answer": not request.env.user._is_internal(),
                "text_length": COMMENT_LENGTH,
                "phone_length": PHONE_LENGTH,
                "company": lead_sudo.company_id,
                **answer,
            },
        )
