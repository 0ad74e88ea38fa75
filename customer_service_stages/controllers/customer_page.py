"""What the pages share that customers reach by a link alone."""

import functools

from odoo import fields, http
from odoo.http import request
from odoo.tools import format_date, format_time

from ..tools.rate_limit import RateLimit

#: What no browser, proxy or search engine keeps, passes on, or shows in a frame.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Robots-Tag": "noindex, nofollow",
}
RATE_WINDOW = 60
RATE_LIMIT = 30
TOKEN_LENGTH = 100

#: Answers and wrong links, by the address they come from.
knocks = RateLimit(seconds=RATE_WINDOW)

route = functools.partial(
    http.route,
    type="http",
    website=True,
    sitemap=False,
    is_guarded=True,
)


class CustomerPage:
    """A page whose link is all that a customer needs (pitfalls 25, 26).

    It speaks the customer's language; unknown and outdated links look alike, and nobody
    may try many of them.
    """

    @staticmethod
    def _is_token(token):
        """Return whether something may be a token at all."""
        return token.isascii() and len(token) <= TOKEN_LENGTH and token.isprintable()

    @staticmethod
    def _customer():
        """Return the contact who is signed in as a customer, or none."""
        user = request.env.user
        return user.partner_id if user._is_portal() else user.partner_id.browse()

    @staticmethod
    def _speak_to(partner_sudo, company_sudo, calendar_sudo):
        """Go on in the customer's language and time zone."""
        lang = partner_sudo.lang or company_sudo.partner_id.lang
        if lang and request.env["res.lang"]._get_data(code=lang):
            request.update_context(lang=lang)
        request.update_context(tz=partner_sudo.tz or calendar_sudo.tz or "UTC")

    @staticmethod
    def _in_words_of_staff(record_sudo):
        """Return the record for whoever reads the tasks that an answer makes."""
        user_sudo = record_sudo._document().user_id
        company_sudo = record_sudo.company_id
        lang = user_sudo.lang or company_sudo.partner_id.lang or request.env.lang
        return record_sudo.with_context(lang=lang)

    @staticmethod
    def _moment(moment):
        """Return a time as the customer's clock shows it."""
        if not moment:
            return ""
        env = request.env
        day = format_date(env, moment, date_format="long")
        hour = format_time(env, moment, tz=env.context["tz"], time_format="short")
        return f"{day}, {hour}"

    def _nowhere(self, is_counted=False):
        """Return one page for every link that leads nowhere, whatever the reason."""
        if not is_counted and not self._may_knock():
            return self._too_often()
        return self._render("confirmation_page_nowhere", {}, status=404)

    def _too_often(self):
        response = self._render("confirmation_page_too_often", {}, status=429)
        response.headers["Retry-After"] = str(RATE_WINDOW)
        return response

    @staticmethod
    def _render(template, values, status=200):
        response = request.render(
            f"customer_service_stages.{template}",
            {"html_data": {"lang": request.env.lang.replace("_", "-")}, **values},
            status=status,
        )
        response.headers.update(HEADERS)
        return response

    @staticmethod
    def _redirect(url, **options):
        response = request.redirect(url, code=303, **options)
        response.headers.update(HEADERS)
        return response

    @staticmethod
    def _may_knock():
        """Count an answer or a wrong link, and return whether there are too many."""
        parameters_sudo = request.env["ir.config_parameter"].sudo()
        value = parameters_sudo.get_param(
            "customer_service_stages.confirmation_rate_limit", RATE_LIMIT
        )
        try:
            most = int(value)
        except ValueError:
            most = RATE_LIMIT
        now = fields.Datetime.now().timestamp()
        return knocks.allows(request.httprequest.remote_addr, now, most)
