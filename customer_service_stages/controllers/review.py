from odoo import http
from odoo.http import request

from .customer_page import CustomerPage, route

#: Where browsers and mail programs say that nobody is looking yet.
PREFETCH_HEADERS = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


class ReviewLink(CustomerPage, http.Controller):
    """The way from an invitation to a platform, counted; nothing else happens (F2)."""

    @route(
        "/my/review/<string:token>/<int:platform_id>",
        methods=["GET"],
        auth="public",
        multilang=False,
    )
    def review_link(self, token, platform_id, **params):
        invitations = request.env["customer.review.invitation"]
        invitation_sudo = (
            invitations._find(token) if self._is_token(token) else invitations
        )
        platform_sudo = invitation_sudo._platforms().filtered(
            lambda platform: platform.id == platform_id
        )
        if not platform_sudo:
            return self._nowhere()
        if not self._is_prefetch():
            invitation_sudo._note_visit(platform_sudo)
        return self._redirect(platform_sudo.link, local=False)

    @staticmethod
    def _is_prefetch():
        """Return whether a program looks ahead, rather than a person."""
        asked = request.httprequest
        return asked.method == "HEAD" or any(
            word in asked.headers.get(name, "").lower()
            for name in PREFETCH_HEADERS
            for word in ("prefetch", "prerender", "preview")
        )
