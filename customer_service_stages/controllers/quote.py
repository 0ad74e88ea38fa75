from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from .helpdesk import record_id

WORDS_LENGTH = 2000


class QuoteDecision(CustomerPortal):
    """Refusing a quote on its page, for a reason (Q7)."""

    @http.route()
    def portal_quote_decline(
        self,
        order_id,
        access_token=None,
        decline_message=None,
        refusal_reason=None,
        **kwargs,
    ):
        """Take a refusal: a reason that we offer, words, or both.

        Core takes words alone, and only of quotes that are to be signed.

        :param str refusal_reason: id of a reason; one that is not offered is none.
        """
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        reason_sudo = order_sudo._refusal_reasons().filtered(
            lambda reason: reason.id == record_id(refusal_reason)
        )
        words = (decline_message or "").strip()[:WORDS_LENGTH]
        message = ""
        # Pressed twice, the page says thank you all the same
        if not order_sudo.refusal_date:
            if not order_sudo._may_be_refused():
                message = "&message=cant_reject"
            elif not (reason_sudo or words):
                message = "&message=refusal_why"
            else:
                user = request.env.user
                order_sudo._refuse(
                    reason_sudo,
                    words,
                    order_sudo.partner_id if user._is_public() else user.partner_id,
                )
        return request.redirect(order_sudo.get_portal_url(query_string=message))
