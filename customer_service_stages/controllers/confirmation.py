import functools

from odoo import fields, http
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import format_date, format_time, formatLang, html2plaintext

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.confirmation_steps import REVOCABLE
from ..tools.rate_limit import RateLimit
from .confirmation_form import (
    COMMENT_LENGTH,
    NAME_LENGTH,
    PHOTO_COUNT,
    ConfirmationForm,
)

#: What no browser, proxy or search engine keeps, passes on, or shows in a frame.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Robots-Tag": "noindex, nofollow",
}
MOST_BYTES = 30 * 1024 * 1024
RATE_WINDOW = 60
RATE_LIMIT = 30
LISTED = 50

#: Answers and wrong links, by the address they come from.
knocks = RateLimit(seconds=RATE_WINDOW)

route = functools.partial(
    http.route,
    type="http",
    website=True,
    sitemap=False,
    is_guarded=True,
)


class ConfirmationPage(http.Controller):
    """The page where a customer says whether it is solved, by a link alone (T4, D4).

    Looking changes nothing: mail scanners look at every link (pitfall 25).
    """

    URL = "/my/confirmation/<string:token>"

    @route(URL, methods=["GET"], auth="public", multilang=False, readonly=True)
    def confirmation_page(self, token, **params):
        confirmation_sudo = self._find(token)
        if not confirmation_sudo:
            return self._nowhere()
        form = ConfirmationForm(
            confirmation_sudo, {"answer": str(params.get("answer", ""))}
        )
        form.name = self._asked_name(confirmation_sudo)
        return self._page(confirmation_sudo, form)

    @route(
        URL,
        methods=["POST"],
        auth="public",
        multilang=False,
        max_content_length=MOST_BYTES,
    )
    def confirmation_answer(self, token, **params):
        if not self._may_knock():
            return self._too_often()
        confirmation_sudo = self._find(token)
        if not confirmation_sudo:
            return self._nowhere(is_counted=True)
        if request.env.user._is_internal():
            return self._to_page(confirmation_sudo)
        form = ConfirmationForm(
            confirmation_sudo, request.httprequest.form, request.httprequest.files
        )
        return self._take(confirmation_sudo, form)

    # Finding the question

    def _find(self, token):
        """Return the question that a link leads to, as its customer reads it."""
        if not (token.isascii() and len(token) <= 100 and token.isprintable()):
            return request.env["customer.confirmation"]
        user = request.env.user
        partner = user.partner_id if user._is_portal() else user.partner_id.browse()
        confirmation_sudo = request.env["customer.confirmation"]._find(token, partner)
        if confirmation_sudo:
            self._speak_to(confirmation_sudo)
        return confirmation_sudo.with_context(**request.env.context)

    @staticmethod
    def _speak_to(confirmation_sudo):
        """Go on in the customer's language and time zone."""
        partner_sudo = confirmation_sudo.partner_id
        company_sudo = confirmation_sudo.company_id
        calendar_sudo = confirmation_sudo._document()._confirmation_calendar()
        lang = partner_sudo.lang or company_sudo.partner_id.lang
        if lang and request.env["res.lang"]._get_data(code=lang):
            request.update_context(lang=lang)
        request.update_context(tz=partner_sudo.tz or calendar_sudo.tz or "UTC")

    # Answering

    def _take(self, confirmation_sudo, form):
        """Take an answer, or show the page again with what is in the way.

        Pressing twice, going back, or answering after somebody else is no error: the
        page shows the answer that counts.
        """
        if not self._is_open(confirmation_sudo, form.answer):
            return self._to_page(confirmation_sudo)
        if not confirmation_sudo._check_nonce(form.nonce):
            form.notice = (
                request.env._("Please look at it once more, then press the button.")
                if confirmation_sudo.state == "pending"
                else request.env._(
                    "This has been answered meanwhile. If it is not solved all the "
                    "same, press the button again."
                )
            )
            return self._page(confirmation_sudo, form)
        if not form.check():
            return self._page(confirmation_sudo, form)
        if form.is_doubtful():
            return self._page(confirmation_sudo, form, "confirmation_page_doubt")
        try:
            with request.env.cr.savepoint():
                self._in_words_of_staff(confirmation_sudo)._answer(
                    form.answer,
                    attachments=form.photos,
                    **form.values(),
                    **self._who(confirmation_sudo, form),
                )
        except (RedirectWarning, UserError):
            form.notice = request.env._(
                "We cannot take your answer this way. Please reply to our mail, or "
                "call us."
            )
            return self._page(confirmation_sudo, form)
        return self._to_page(confirmation_sudo)

    @staticmethod
    def _is_open(confirmation_sudo, answer):
        """Return whether the question takes an answer still."""
        if confirmation_sudo.state == "pending":
            return True
        return answer != "accepted" and confirmation_sudo._is_revocable()

    @staticmethod
    def _in_words_of_staff(confirmation_sudo):
        """Return the question for whoever reads the tasks that an answer makes."""
        user_sudo = confirmation_sudo._document().user_id
        company_sudo = confirmation_sudo.company_id
        lang = user_sudo.lang or company_sudo.partner_id.lang or request.env.lang
        return confirmation_sudo.with_context(lang=lang)

    def _who(self, confirmation_sudo, form):
        """Return who answers, by which way."""
        user = request.env.user
        partner_sudo = confirmation_sudo.partner_id
        if user._is_portal():
            partner_sudo = user.sudo().partner_id
        elif form.name and form.name != self._asked_name(confirmation_sudo):
            partner_sudo = partner_sudo.browse()
        return {
            "answer_origin": "portal" if user._is_portal() else "link",
            "answer_name": form.name or partner_sudo.name or False,
            "answer_partner_id": partner_sudo.id,
            "answer_address": request.httprequest.remote_addr,
        }

    @staticmethod
    def _asked_name(confirmation_sudo):
        """Return the name that stands in the form."""
        user = request.env.user
        if user._is_portal():
            return user.name
        return (
            confirmation_sudo.partner_id.name
            or confirmation_sudo.ticket_id.partner_name
            or ""
        )

    # Pages

    def _page(self, confirmation_sudo, form, template="confirmation_page"):
        values = {
            "confirmation": confirmation_sudo,
            "form": form,
            "url": self._path(confirmation_sudo),
            "may_answer": not request.env.user._is_internal(),
            "is_revocable": confirmation_sudo.state in REVOCABLE,
            "comment_length": COMMENT_LENGTH,
            "name_length": NAME_LENGTH,
            "photo_count": PHOTO_COUNT,
            "company": confirmation_sudo.company_id,
            "answered_on": self._moment(confirmation_sudo.answer_date),
            **self._asked(confirmation_sudo),
        }
        return self._render(template, values)

    @staticmethod
    def _moment(moment):
        """Return a time as the customer's clock shows it."""
        if not moment:
            return ""
        env = request.env
        day = format_date(env, moment, date_format="long")
        hour = format_time(env, moment, tz=env.context["tz"], time_format="short")
        return f"{day}, {hour}"

    @staticmethod
    def _asked(confirmation_sudo):
        """Return what the question is about, without prices."""
        ticket_sudo, order_sudo = (
            confirmation_sudo.ticket_id,
            confirmation_sudo.order_id,
        )
        if ticket_sudo:
            return {
                "reference": ticket_sudo.number,
                "subject": ticket_sudo.name,
                "description": html2plaintext(ticket_sudo.description or ""),
                "lines": [],
            }
        lines = []
        for line_sudo in order_sudo.order_line.filtered(
            lambda line: not line.is_downpayment
        ):
            quantity = ""
            if not line_sudo.display_type:
                amount = line_sudo.product_uom_qty
                quantity = formatLang(
                    order_sudo.env, amount, digits=0 if amount.is_integer() else 2
                )
            lines.append(
                {
                    "name": line_sudo.name,
                    "kind": line_sudo.display_type,
                    "quantity": quantity,
                    "unit": quantity and line_sudo.product_uom_id.name,
                }
            )
        return {
            "reference": order_sudo.name,
            "subject": order_sudo.client_order_ref or "",
            "description": "",
            "lines": lines,
        }

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

    def _to_page(self, confirmation_sudo):
        response = request.redirect(self._path(confirmation_sudo), code=303)
        response.headers.update(HEADERS)
        return response

    @staticmethod
    def _path(confirmation_sudo):
        return f"/my/confirmation/{confirmation_sudo.access_token}"

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


class ConfirmationPortal(CustomerPortal):
    """What waits for the customer's answer, in the customer's account (T4)."""

    @route("/my/confirmations", methods=["GET"], auth="user", readonly=True)
    def portal_my_confirmations(self, **params):
        pending_sudo = self._own_confirmations(Domain("state", "=", "pending"))
        answered_sudo = self._own_confirmations(Domain("state", "!=", "pending"))
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "confirmations",
                "default_url": "/my/confirmations",
                "pending": pending_sudo,
                "answered": answered_sudo.filtered(lambda c: c._is_shown()),
            }
        )
        response = request.render(
            "customer_service_stages.portal_my_confirmations", values
        )
        # The links on it are worth an answer
        response.headers.update(HEADERS)
        return response

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "confirmation_count" in counters:
            pending_sudo = self._own_confirmations(Domain("state", "=", "pending"))
            values["confirmation_count"] = len(pending_sudo)
        return values

    def _get_page_view_values(self, document, *args, **kwargs):
        """Add the question that waits, on the pages of tickets and orders alike."""
        values = super()._get_page_view_values(document, *args, **kwargs)
        if "confirmation_ids" in document._fields:
            document_sudo = document.sudo()
            confirmation_sudo = document_sudo.confirmation_id
            if confirmation_sudo.state == "pending":
                values["pending_confirmation"] = confirmation_sudo
                values["may_answer"] = bool(self._answerable(confirmation_sudo))
        return values

    def _own_confirmations(self, domain):
        """Return the current questions that the user may answer, newest first."""
        customer = request.env.user.commercial_partner_id
        confirmations_sudo = (
            request.env["customer.confirmation"]
            .sudo()
            .search(
                domain
                & Domain("is_current", "=", True)
                & Domain("partner_id.commercial_partner_id", "=", customer.id),
                limit=LISTED,
            )
        )
        return self._answerable(confirmations_sudo)

    @staticmethod
    def _answerable(confirmations_sudo):
        """Return the questions to the user's firm about what the user may read.

        People of the company are not given links: they would answer for the customer.
        """
        user = request.env.user
        if not user._is_portal():
            return confirmations_sudo.browse()
        readable = {
            documents_sudo._name: documents_sudo.with_user(user)._filtered_access(
                "read"
            )
            for documents_sudo in confirmations_sudo._documents()
        }
        return confirmations_sudo.filtered(
            lambda confirmation: (
                confirmation.commercial_partner_id == user.commercial_partner_id
                and confirmation._document().id
                in readable[confirmation._document()._name]._ids
            )
        )
