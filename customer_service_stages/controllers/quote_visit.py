import functools

from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal, PaymentPortal

from .helpdesk import record_id

decision = functools.partial(
    http.route,
    type="http",
    auth="public",
    methods=["POST"],
    website=True,
    sitemap=False,
    is_guarded=True,
)


def refusal(order_sudo):
    """Return why an estimate is not accepted yet, or nothing (Q1)."""
    if not order_sudo._quote_visit_is_outstanding():
        return ""
    return request.env._(
        "This is an estimate. Please ask us for a visit, or tell us on this page that "
        "you do without it; then you can accept."
    )


class QuoteVisitPortal(CustomerPortal):
    """An estimate is no offer to accept before the visit, or a word against it (Q1)."""

    @decision("/my/orders/<int:order_id>/visit/ask")
    def portal_quote_visit_ask(self, order_id, access_token=None, **params):
        """Take the customer's wish for a visit."""
        order_sudo = self._quote(order_id, access_token)
        if self._may_decide(order_sudo):
            order_sudo._ask_for_visit(self._who(order_sudo))
        return self._to_quote(order_sudo)

    @decision("/my/orders/<int:order_id>/visit/waive")
    def portal_quote_visit_waive(
        self, order_id, access_token=None, agreed=None, **params
    ):
        """Take the customer's word to do without the visit, if the box is ticked."""
        order_sudo = self._quote(order_id, access_token)
        if self._may_decide(order_sudo) and agreed == "1":
            order_sudo._waive_visit_as_customer(self._who(order_sudo))
        return self._to_quote(order_sudo)

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, **kwargs):
        token = access_token or request.httprequest.args.get("access_token")
        if error := refusal(self._quote(order_id, token)):
            return {"error": error}
        request.update_context(quote_is_accepted=True)
        return super().portal_quote_accept(order_id, access_token, **kwargs)

    @http.route()
    def portal_quote_decline(self, *args, **kwargs):
        request.update_context(quote_is_refused=True)
        return super().portal_quote_decline(*args, **kwargs)

    def _quote(self, order_id, access_token):
        """Return the order, or none to whom it is not for."""
        try:
            return self._document_check_access(
                "sale.order", record_id(order_id), access_token
            )
        except (AccessError, MissingError):
            return request.env["sale.order"]

    def _get_page_view_values(self, document, access_token, values, *args, **kwargs):
        if document._name == "sale.order" and document._quote_visit_is_outstanding():
            # The link of a payment asks for no acceptance, but amounts to one
            values["payment_amount"] = None
        return super()._get_page_view_values(
            document, access_token, values, *args, **kwargs
        )

    @staticmethod
    def _may_decide(order_sudo):
        """People of the company would decide for the customer."""
        return order_sudo and not request.env.user._is_internal()

    @staticmethod
    def _who(order_sudo):
        """Return who decides: whoever has signed in, else whom the quote is for."""
        user = request.env.user
        return order_sudo.partner_id if user._is_public() else user.sudo().partner_id

    @staticmethod
    def _to_quote(order_sudo):
        if not order_sudo:
            return request.redirect("/my")
        return request.redirect(order_sudo.get_portal_url(anchor="visit"), 303)


class QuoteVisitPayment(PaymentPortal):
    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token
            )
        except (AccessError, MissingError):
            return super().portal_order_transaction(order_id, access_token, **kwargs)
        if error := refusal(order_sudo):
            raise ValidationError(error)
        return super().portal_order_transaction(order_id, access_token, **kwargs)
