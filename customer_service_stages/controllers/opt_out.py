import functools

from odoo import http
from odoo.http import request

from ..models.contact import OPT_OUTS
from .customer_page import CustomerPage
from .customer_page import route as customer_route

route = functools.partial(customer_route, auth="public", multilang=False)


class OptOutPage(CustomerPage, http.Controller):
    """The page where a customer says which mails are not welcome (F8).

    Looking changes nothing. The link is signed, so it is the link that a post is
    trusted for: mail programs that offer to end such mails bring no token against
    cross-site requests (RFC 8058).
    """

    URL = "/my/mails/<string:token>"

    @route(URL, methods=["GET"], readonly=True)
    def opt_out_page(self, token, **params):
        return self._page(token)

    @route(URL, methods=["POST"], csrf=False)
    def opt_out(self, token, **params):
        found = self._contacts()._opt_out_read(token)
        choice = params.get("choice")
        if params.get("List-Unsubscribe") == "One-Click":
            choice = "kind"
        is_choice = choice in ("kind", "all", "none")
        if found and is_choice:
            partner_sudo, email, kind = found
            kinds = {
                "kind": self._off(partner_sudo) | {kind},
                "all": set(OPT_OUTS),
                "none": set(),
            }
            self._contacts()._opt_out(partner_sudo, email, kinds[choice])
        return self._page(token, is_saved=is_choice)

    @staticmethod
    def _contacts():
        return request.env["customer.contact"].sudo()

    @staticmethod
    def _off(partner_sudo):
        """Return the kinds of mail that a contact does without."""
        return {kind for kind, name in OPT_OUTS.items() if partner_sudo[name]}

    def _page(self, token, is_saved=False):
        found = self._contacts()._opt_out_read(token)
        if not found:
            return self._nowhere()
        partner_sudo, email, kind = found
        company_sudo = partner_sudo.company_id or request.env.company.sudo()
        self._speak_to(partner_sudo, company_sudo, company_sudo.resource_calendar_id)
        off = self._off(partner_sudo)
        if not partner_sudo and self._is_blacklisted(email):
            off = set(OPT_OUTS)
        return self._render(
            "opt_out_page",
            {
                "email": email,
                "is_all_off": len(off) == len(OPT_OUTS),
                "is_off": kind in off,
                "is_saved": is_saved,
                "kind": kind,
            },
        )

    @staticmethod
    def _is_blacklisted(email):
        blacklist_sudo = request.env["mail.blacklist"].sudo()
        return bool(blacklist_sudo.search_count([("email", "=", email)], limit=1))
