from odoo import http
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import formatLang, html2plaintext

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.confirmation_steps import REVOCABLE
from .confirmation_form import (
    COMMENT_LENGTH,
    NAME_LENGTH,
    PHOTO_COUNT,
    ConfirmationForm,
)
from .customer_page import HEADERS, CustomerPage, route

MOST_BYTES = 30 * 1024 * 1024
LISTED = 50


class ConfirmationPage(CustomerPage, http.Controller):
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
        if not self._is_token(token):
            return request.env["customer.confirmation"]
        confirmation_sudo = request.env["customer.confirmation"]._find(
            token, self._customer()
        )
        if confirmation_sudo:
            self._speak_to(
                confirmation_sudo.partner_id,
                confirmation_sudo.company_id,
                confirmation_sudo._document()._confirmation_calendar(),
            )
        return confirmation_sudo.with_context(**request.env.context)

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

    def _page(self, confirmation_sudo, form, template=None):
        document_sudo = confirmation_sudo._document()
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
        return self._render(template or document_sudo._confirmation_page, values)

    @staticmethod
    def _asked(confirmation_sudo):
        """Return what the question is about, without prices."""
        ticket_sudo, order_sudo = (
            confirmation_sudo.ticket_id,
            confirmation_sudo.order_id,
        )
        if confirmation_sudo.extra_id:
            # Its page asks the extra itself
            return {}
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

    def _to_page(self, confirmation_sudo):
        return self._redirect(self._path(confirmation_sudo))

    @staticmethod
    def _path(confirmation_sudo):
        return f"/my/confirmation/{confirmation_sudo.access_token}"


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
        """Add the questions that wait, on the pages of tickets and orders alike."""
        values = super()._get_page_view_values(document, *args, **kwargs)
        if "confirmation_ids" in document._fields:
            questions_sudo = document.sudo()._pending_questions()
            values["pending_confirmations"] = questions_sudo
            values["answerable"] = self._answerable(questions_sudo)
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
        readable = set()
        for documents_sudo in confirmations_sudo._documents():
            hosts = documents_sudo._confirmation_host().with_user(user)
            readable.update(hosts._filtered_access("read"))
        return confirmations_sudo.filtered(
            lambda confirmation: (
                confirmation.commercial_partner_id == user.commercial_partner_id
                and confirmation._document()._confirmation_host() in readable
            )
        )
