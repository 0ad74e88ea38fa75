import re

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


def record_id(value):
    """Return the id that a form has sent, or 0."""
    return int(value) if re.fullmatch(r"[0-9]{1,9}", str(value)) else 0


def may_close(ticket_sudo):
    """Return whether the user closes a ticket by a word of their own (T4).

    That is the customer, or somebody of the customer's firm. Whoever works for the
    company closes what they asked themselves; for the rest, they work in Odoo.
    """
    user = request.env.user
    if user._is_portal():
        customer_sudo = ticket_sudo.commercial_partner_id
        return bool(customer_sudo) and customer_sudo == user.commercial_partner_id
    return user._is_internal() and ticket_sudo.partner_id == user.partner_id


class TicketClose(HelpdeskTicketController):
    """Closing from the portal: the customer's own word, through the same gate (T4).

    Upstream closes any ticket for anybody by a link (pitfall 2).
    """

    @http.route(methods=["GET", "POST"], is_guarded=True)
    def support_ticket_close(self, **kw):
        ticket_id = record_id(kw.get("ticket_id"))
        try:
            ticket_sudo = self._close_check_access(ticket_id)
        except (AccessError, MissingError):
            return request.redirect("/my", code=302)
        if request.httprequest.method == "POST" and may_close(ticket_sudo):
            stage_sudo = self._close_stage(ticket_sudo, record_id(kw.get("stage_id")))
            if stage_sudo and not ticket_sudo.stage_id.closed:
                try:
                    with request.env.cr.savepoint():
                        self._close(ticket_sudo, stage_sudo)
                except (RedirectWarning, UserError):
                    url = f"/my/ticket/{ticket_sudo.id}?warning=close"
                    return request.redirect(url, code=302)
        return request.redirect(f"/my/ticket/{ticket_sudo.id}", code=302)

    @staticmethod
    def _close_check_access(ticket_id):
        """Return the ticket, with superuser rights, if the user may read it."""
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        if not ticket:
            raise MissingError(request.env._("This ticket does not exist."))
        ticket.check_access("read")
        return ticket.sudo()

    @staticmethod
    def _close_stage(ticket_sudo, stage_id):
        """Return a stage, if the portal may put the ticket there."""
        team_sudo = ticket_sudo.team_id.with_company(ticket_sudo.company_id)
        return team_sudo._get_applicable_stages().filtered(
            lambda stage: (
                stage.id == stage_id and stage.close_from_portal and stage.closed
            )
        )

    @staticmethod
    def _close(ticket_sudo, stage_sudo):
        user = request.env.user
        values = {}
        if stage_sudo.requires_reason and not ticket_sudo.closing_reason:
            lang = ticket_sudo.partner_id.lang or request.env.lang
            env = ticket_sudo.with_context(lang=lang).env
            values["closing_reason"] = env._("Withdrawn by the customer")
        if stage_sudo.requires_confirmation and user._is_portal():
            ticket_sudo.write(values)
            confirmation_sudo = ticket_sudo.confirmation_id
            if confirmation_sudo.state != "pending":
                confirmation_sudo = ticket_sudo._confirmation_record()
            confirmation_sudo._answer(
                "accepted",
                answer_origin="portal",
                answer_name=user.name,
                answer_partner_id=user.partner_id.id,
                answer_address=request.httprequest.remote_addr,
            )
        if ticket_sudo.stage_id != stage_sudo:
            ticket_sudo.write({**values, "stage_id": stage_sudo.id})


class TicketPage(CustomerPortalHelpdesk):
    """The customer's page of a ticket: who may close it, and how far it is (T3, T5)."""

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        ticket_sudo = ticket.sudo()
        if not may_close(ticket_sudo):
            values["closed_stages"] = values["closed_stages"].browse()
        values["steps"] = ticket_sudo._fields["workflow_step"]._description_selection(
            request.env
        )
        values["promises"] = ticket_sudo._sla_promises()
        news_date = ticket_sudo.next_news_date
        if (
            news_date
            and news_date > fields.Datetime.now()
            and not ticket_sudo._has_told_news()
        ):
            values["news_date"] = news_date
        return values


class ServicePage(http.Controller):
    """What customers can ask for, how, and how soon they hear from us (T2)."""

    @http.route(
        "/service",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        is_guarded=True,
    )
    def service_page(self, **params):
        company = request.env.company
        own = Domain("company_id", "in", [False, company.id])
        types_sudo = (
            request.env["helpdesk.ticket.type"]
            .sudo()
            .search(
                Domain("show_in_portal", "=", True)
                & Domain("is_confidential", "=", False)
            )
        )
        channels_sudo = (
            request.env["helpdesk.ticket.channel"]
            .sudo()
            .search(Domain("is_public", "=", True) & own)
        )
        teams_sudo = (
            request.env["helpdesk.ticket.team"]
            .sudo()
            .search(
                Domain("show_in_portal", "=", True)
                & Domain("news_interval_hours", ">", 0)
                & own
            )
        )
        phases = types_sudo._fields["phase"]._description_selection(request.env)
        values = {
            "html_data": {"lang": request.env.lang.replace("_", "-")},
            "phases": [
                (label, names)
                for phase, label in [*phases, (False, request.env._("Other"))]
                if (names := [kind.name for kind in types_sudo if kind.phase == phase])
            ],
            "channels": [
                {
                    "name": channel.name,
                    "address": channel.address,
                    "link": self._link(channel.address or ""),
                    "use": channel.use,
                    "expected_time": channel.expected_time,
                }
                for channel in channels_sudo
            ],
            "teams": [
                {"name": team.name, "hours": f"{team.news_interval_hours:g}"}
                for team in teams_sudo
            ],
        }
        return request.render("customer_service_stages.service_page", values)

    @staticmethod
    def _link(address):
        """Return what an address opens: a mail, a call, a page, or nothing."""
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            return f"mailto:{address}"
        if re.fullmatch(r"\+?[\d\s().-]{6,}", address):
            return "tel:" + re.sub(r"[^\d+]", "", address)
        if re.fullmatch(r"(https?://)?([\w-]+\.)+[a-z]{2,}(/\S*)?", address):
            return address if "://" in address else f"https://{address}"
        return ""
