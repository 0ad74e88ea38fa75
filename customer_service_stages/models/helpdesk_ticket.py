from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize, formataddr, html2plaintext, plaintext2html

from ..tools.confirmation_steps import SETTLED
from ..tools.mail_manners import is_courtesy
from ..tools.sla_steps import Stand
from .sla_mixin import ANSWERS

#: The steps of a request, as people read them (T3).
WORKFLOW_STEPS = [
    ("opened", "Opened"),
    ("classified", "Classified"),
    ("executing", "In Execution"),
    ("completed", "Completed"),
    ("closed", "Closed"),
]


class HelpdeskTicket(models.Model):
    """A request: five steps, closed by the customer (T3, T4)."""

    _name = "helpdesk.ticket"
    _inherit = [
        "helpdesk.ticket",
        "customer.sla.mixin",
        "customer.confirmation.mixin",
        "customer.due.mixin",
    ]
    _sla_traits = {
        "team": "team_id",
        "type": "type_id",
        "category": "category_id",
        "tag": "tag_ids",
        "channel": "channel_id",
        "journey_stage": "journey_stage_id",
    }
    _sla_own_fields = ("duplicate_id",)
    _due_order = "next_news_date, id"

    _journey_fields = (
        "active",
        "company_id",
        "duplicate_id",
        "partner_id",
        "sale_order_ids",
        "stage_id",
        "team_id",
        "type_id",
        "user_id",
    )
    _confirmation_field = "ticket_id"
    _confirmation_kind = "ticket"
    _confirmation_templates = {
        "request": "customer_service_stages.mail_template_ticket_completed",
        "reminder": "customer_service_stages.mail_template_ticket_reminder",
    }

    date_last_stage_update = fields.Datetime(
        string="In This Stage Since",
        default=fields.Datetime.now,
        readonly=True,
        copy=False,
    )
    workflow_step = fields.Selection(
        WORKFLOW_STEPS,
        string="Step",
        compute="_compute_workflow_step",
        store=True,
        index=True,
    )
    is_confidential = fields.Boolean(
        related="type_id.is_confidential", store=True, string="Confidential"
    )
    partner_id = fields.Many2one(tracking=True)
    type_id = fields.Many2one(tracking=True)
    # Leaving a closed stage clears it, whichever way (pitfall 3)
    closed_date = fields.Datetime(
        compute="_compute_closed_date", store=True, readonly=False
    )
    confirmation_ids = fields.One2many(
        "customer.confirmation",
        "ticket_id",
        "Confirmations",
        readonly=True,
        groups="base.group_user",
    )
    confirmation_exemption = fields.Selection(
        [
            ("duplicate", "Duplicate of another ticket"),
            ("not_required", "No confirmation required"),
            ("internal", "Internal request"),
            ("no_contact", "Nobody to ask"),
            ("before", "Closed before confirmations were asked for"),
        ],
        string="Closed Without Asking",
        compute="_compute_confirmation_exemption",
        store=True,
        copy=False,
        groups="base.group_user",
        help="Why the customer's confirmation was not needed to close the ticket.",
    )
    resolution_summary = fields.Text(
        string="What Was Done",
        copy=False,
        help="What the customer reads when asked to confirm.",
    )
    closing_reason = fields.Text(
        copy=False,
        help="Why the ticket is cancelled or rejected. The customer reads it.",
    )
    recommendation = fields.Text(
        copy=False,
        help="Who can help instead, where we cannot. The customer reads it.",
    )
    reopen_count = fields.Integer("Reopenings", readonly=True, copy=False)
    reopen_reason = fields.Text("Last Reopened Because", readonly=True, copy=False)
    origin_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        "Follow-up Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    acknowledged_date = fields.Datetime("Acknowledged On", readonly=True, copy=False)
    contact_in_count = fields.Integer(
        "Contacts From the Customer", readonly=True, copy=False, default=1
    )
    contact_out_count = fields.Integer("Answers Given", readonly=True, copy=False)
    call_count = fields.Integer("Calls", readonly=True, copy=False)
    contact_count = fields.Integer(
        "Contacts",
        compute="_compute_contact_count",
        store=True,
        precompute=True,
        help="Contacts with the customer that the request has taken so far: messages "
        "both ways and calls.",
    )
    is_first_contact_resolution = fields.Boolean(
        "First-Contact Resolution",
        compute="_compute_is_first_contact_resolution",
        store=True,
        help="Closed for good without the customer having to come back to us.",
    )
    last_answer_date = fields.Datetime("Last Told On", readonly=True, copy=False)
    next_news_date = fields.Datetime(
        "Next News By", compute="_compute_next_news_date", store=True
    )
    news_alert_date = fields.Datetime(
        compute="_compute_next_news_date",
        store=True,
        help="When the owner was told that the customer waits for news.",
    )

    sla_status_ids = fields.One2many(
        "customer.sla.status",
        "ticket_id",
        "Service Levels",
        readonly=True,
        groups="base.group_user",
    )
    sla_pause_ids = fields.One2many(
        "customer.sla.pause",
        "ticket_id",
        "Service-Level Pauses",
        readonly=True,
        groups="base.group_user",
    )
    # Here too, because helpdesk_mgmt_sla has a field of this name
    sla_deadline = fields.Datetime(
        compute="_compute_sla_deadline", search="_search_sla_deadline"
    )

    # The board reads a page of each stage, whatever the size of the table
    _board_idx = models.Index(
        "(stage_id, priority DESC, sequence, number DESC, id DESC) WHERE active IS TRUE"
    )
    _next_news_idx = models.Index(
        "(next_news_date) WHERE next_news_date IS NOT NULL AND news_alert_date IS NULL"
    )

    @api.depends("stage_id.workflow_step", "stage_id.closed", "user_id", "type_id")
    def _compute_workflow_step(self):
        """The stage's step; what has its type and its owner is classified (T3)."""
        for ticket in self:
            stage = ticket.stage_id
            step = "closed" if stage.closed else stage.workflow_step or "opened"
            if step == "opened" and ticket.type_id and ticket.user_id:
                step = "classified"
            ticket.workflow_step = step

    @api.depends("stage_id.closed")
    def _compute_closed_date(self):
        for ticket in self:
            closed = ticket.stage_id.closed
            ticket.closed_date = closed and (
                ticket.closed_date or fields.Datetime.now()
            )

    @api.depends("stage_id")
    def _compute_confirmation_exemption(self):
        """Keep why a ticket that is closed now is closed without its customer."""
        for ticket in self:
            ticket.confirmation_exemption = ticket._is_gated() and (
                ticket.confirmation_exemption or ticket._confirmation_exemption()
            )

    @api.depends("contact_in_count", "contact_out_count", "call_count")
    def _compute_contact_count(self):
        for ticket in self:
            ticket.contact_count = (
                ticket.contact_in_count + ticket.contact_out_count + ticket.call_count
            )

    @api.depends("stage_id.closed", "contact_in_count", "reopen_count", "call_count")
    def _compute_is_first_contact_resolution(self):
        for ticket in self:
            ticket.is_first_contact_resolution = (
                ticket.stage_id.closed
                and bool(ticket.stage_id.journey_stage_id)
                and ticket.contact_in_count <= 1
                and not ticket.reopen_count
            )

    @api.depends("workflow_step", "last_answer_date", "acknowledged_date", "team_id")
    def _compute_next_news_date(self):
        """Promise the next news to whoever waits while the work goes on (T5)."""
        for ticket in self:
            waits = ticket.workflow_step == "executing"
            due = waits and ticket._news_due_date()
            if due != ticket.next_news_date:
                ticket.news_alert_date = False
            ticket.next_news_date = due

    def _compute_sla_data(self):
        """Let helpdesk_mgmt_sla compute its fields; our deadline is not one of them."""
        with self.env.protecting([self._fields["sla_deadline"]], self):
            result = super()._compute_sla_data()
        self.invalidate_recordset(["sla_deadline"], flush=False)
        return result

    @api.depends("user_id", "type_id")
    def _compute_team_id(self):
        result = super()._compute_team_id()
        for ticket in self:
            if not ticket.team_id:
                ticket.team_id = ticket.type_id.default_team_id
        return result

    @api.constrains("active", "stage_id")
    def _check_confirmed(self):
        """Let nothing be closed without its customer: the gate (T4).

        It stands here because every way of changing a ticket passes: form, board,
        import, RPC, automation, scheduled actions, and the stage that follows the team.
        """
        self.filtered(
            lambda ticket: ticket._is_gated() and not ticket.confirmation_exemption
        )._refuse_closing()

    @api.constrains("company_id", "duplicate_id", "partner_id", "team_id", "type_id")
    def _check_still_exempt(self):
        """What was closed as one thing without asking does not become another (T4)."""
        self.filtered(
            lambda ticket: (
                ticket._is_gated()
                and ticket.confirmation_exemption
                in ("duplicate", "internal", "not_required")
                and not ticket._confirmation_exemption()
            )
        )._refuse_closing()

    def _is_gated(self):
        """Return whether only the customer's answer lets the ticket be closed."""
        return (
            self.stage_id.requires_confirmation
            and self.confirmation_state not in SETTLED
        )

    def _refuse_closing(self):
        """:raises RedirectWarning: if there is any ticket; it offers to ask."""
        if not self:
            return
        names = ", ".join(self[:3].mapped("display_name"))
        if len(self) > 3:
            names += "…"
        self._offer_to_ask(
            self.env._(
                "%(tickets)s: only the customer closes this. Ask for the confirmation; "
                "the ticket closes when the customer accepts.",
                tickets=names,
            )
        )

    def _offer_to_ask(self, message):
        """:raises RedirectWarning: with a button that asks the customers."""
        raise RedirectWarning(
            message,
            self.env.ref("customer_service_stages.confirmation_request_action").id,
            self.env._("Ask the Customer"),
            self._wizard_context(),
        )

    @api.constrains("stage_id")
    def _check_told(self):
        """Leave no bad news and no complaint without words to the customer (T5, T7)."""
        for ticket in self.filtered("stage_id.closed"):
            if ticket.duplicate_id or ticket.confirmation_exemption == "before":
                continue
            told = ticket.stage_id.requires_reason
            if told and not (ticket.closing_reason or "").strip():
                raise RedirectWarning(
                    self.env._(
                        "%(ticket)s: say why it is closed as %(stage)s. The customer "
                        "reads it.",
                        ticket=ticket.display_name,
                        stage=ticket.stage_id.name,
                    ),
                    self.env.ref("customer_service_stages.ticket_close_action").id,
                    self.env._("Write the Reason"),
                    {
                        **ticket._wizard_context(),
                        "default_stage_id": ticket.stage_id.id,
                    },
                )
            if not told and ticket._owes_reply():
                raise ValidationError(
                    self.env._(
                        "%(ticket)s is a %(type)s, and nobody has answered the "
                        "customer yet. Send a message or log a call first, unfounded "
                        "or not.",
                        ticket=ticket.display_name,
                        type=ticket.type_id.name,
                    )
                )

    def _owes_reply(self):
        """Return whether a customer complains whom nobody has answered yet (T7)."""
        return (
            self.type_id.requires_reply
            and self._has_contact()
            and not (self.contact_out_count or self.call_count)
        )

    @api.onchange("type_id")
    def _onchange_type_id(self):
        """A team without a list of types takes them all."""
        if self.team_id.type_ids:
            return super()._onchange_type_id()

    @api.model_create_multi
    def create(self, vals_list):
        # Copies, here and below: helpdesk_mgmt writes into what it is given (pitfall 5)
        try:
            tickets = super().create([dict(vals) for vals in vals_list])
        except RedirectWarning as warning:
            # What is not created cannot be asked about
            raise UserError(warning.args[0]) from warning
        tickets._subscribe_customers()
        tickets._acknowledge()
        return tickets

    def write(self, vals):
        self._check_contact_kept(vals)
        result = super().write(dict(vals))
        if vals.get("partner_id"):
            self._subscribe_customers()
        return result

    def _check_contact_kept(self, vals):
        """Nobody gets rid of the customer who has the last word (T4)."""
        if vals.get("partner_id", True) and vals.get("partner_email", True):
            return
        if self.env.su or self.env.user.has_group(
            "customer_service_stages.group_manager"
        ):
            return
        for ticket in self:
            if ticket._has_contact() and not (
                vals.get("partner_id", ticket.partner_id)
                or vals.get("partner_email", ticket.partner_email)
            ):
                raise AccessError(
                    self.env._(
                        "%s has a customer. Put the right one instead of removing it, "
                        "or ask a manager.",
                        ticket.display_name,
                    )
                )

    @api.model
    def _customers_word(self):
        return super()._customers_word() + ("confirmation_exemption", "reopen_count")

    def _get_rotting_depends_fields(self):
        return super()._get_rotting_depends_fields() + ["stage_id.closed"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("stage_id.closed", "=", False)

    # The journey

    def _journey_link_fields(self):
        return ["sale_order_ids.journey_id"]

    def _journey_linked(self):
        """Return the journey of an order that the ticket is about."""
        if self.is_confidential:
            return self.env["customer.journey"]
        orders = self.sale_order_ids.filtered(
            lambda order: order.company_id == self.company_id
        )
        journeys = orders.journey_id
        return self.journey_id if self.journey_id in journeys else journeys[:1]

    def _journey_is_need(self):
        """A confidential report is no step of a customer's journey (T10)."""
        return not self.is_confidential

    def _journey_settle(self, before):
        if before.pipeline_stage != self.stage_id:
            self.date_last_stage_update = fields.Datetime.now()
        if (
            before.status in ("closed", "cancelled")
            and self._journey_status() == "open"
        ):
            self._note_reopening()
        if self.is_confidential and self.journey_id:
            return self.journey_id._conceal(self)
        return super()._journey_settle(before)

    def _journey_status(self):
        if not self.active:
            return "archived"
        if not self.stage_id.closed:
            return "open"
        return "closed" if self.stage_id.journey_stage_id else "cancelled"

    def _note_reopening(self):
        """Count a reopening, keep its reason and tell the owner (T8)."""
        reason = self.env.context.get("reopen_reason")
        for ticket in self:
            ticket.write(
                {
                    "reopen_count": ticket.reopen_count + 1,
                    "reopen_reason": reason or self.env._("Taken up again."),
                    "closing_reason": False,
                    "recommendation": False,
                }
            )
            ticket._task_for_owner(self.env._("Taken up again"), reason)

    def _owner(self):
        """Return who looks after the ticket: its agent, else the team's leader."""
        return self.user_id or self.team_id.user_id or super()._owner()

    # Steps

    def action_open_close(self):
        """Close without a solution: with a reason, and with whom we recommend (T8)."""
        return self._open_wizard(
            "helpdesk.ticket.close", self.env._("Close Without a Solution")
        )

    def action_open_reopen(self):
        """Take the ticket up again, saying why."""
        return self._open_wizard("helpdesk.ticket.reopen", self.env._("Reopen"))

    def action_reopen(self, reason):
        """Take closed tickets up again (T8).

        :param str reason: why; it is kept on the ticket.
        :raises UserError: without a reason.
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the ticket is taken up again."))
        self.filtered("stage_id.closed")._rework(reason)

    def _rework(self, reason):
        """Take tickets up again that their customers do not find solved (T8).

        Leaving a closed stage counts by itself, whoever does it.
        """
        completed = self.filtered(lambda ticket: not ticket.stage_id.closed)
        tickets = self.with_context(reopen_reason=reason)
        tickets._move_to_step("executing")
        (tickets & completed)._note_reopening()

    def _move_to_step(self, step):
        """Put tickets into the stage of their team that stands for a step, if any."""
        for tickets in self.grouped(
            lambda ticket: (ticket.team_id, ticket.company_id)
        ).values():
            stage = tickets[:1]._stage_of_step(step)
            if stage:
                tickets.filtered(
                    lambda ticket, stage=stage: ticket.stage_id != stage
                ).write({"stage_id": stage.id})

    def _stage_of_step(self, step):
        """Return the first stage that stands for a step, of those the team uses."""
        stages = self.team_id.with_company(self.company_id)._get_applicable_stages()
        found = stages.filtered(lambda stage: stage.workflow_step == step)
        if step == "closed":
            found = found.filtered("requires_confirmation") or stages.filtered(
                lambda stage: stage.closed and stage.journey_stage_id
            )
        return found[:1]

    # The customer's confirmation

    def _confirmation_exemption(self):
        """Return why the ticket may be closed without asking, or False (T4)."""
        if self._is_duplicate():
            return "duplicate"
        if not self._is_confirmation_required():
            return "not_required"
        if self._is_internal():
            return "internal"
        if not self._has_contact():
            return "no_contact"
        return False

    def _is_confirmation_required(self):
        """Return what type, team and company say; each may do without."""
        if self.type_id and not self.type_id.requires_confirmation:
            return False
        rule = self.team_id.confirmation_rule
        return rule == "always" or (
            rule != "never" and self.company_id.confirmation_required
        )

    def _is_duplicate(self):
        """Return whether the ticket leaves the queue with another one."""
        seen, original = self, self.duplicate_id
        while original and original not in seen:
            seen, original = seen | original, original.duplicate_id
        return bool(self.duplicate_id) and not original

    def _is_internal(self):
        """Return whether somebody of the company asks."""
        return self.partner_id._is_own_people(self.company_id)

    def _has_contact(self):
        """Return whether there is a customer, or has been one who was asked."""
        return bool(self.partner_id or self.partner_email or self.confirmation_ids)

    def _confirmation_contact(self):
        if self.partner_id.email:
            return self.partner_id, self.partner_id.email_formatted
        email = email_normalize(self.partner_email) or ""
        return self.partner_id, email and formataddr((self.partner_name or "", email))

    def _confirmation_calendar(self):
        return self.team_id.resource_calendar_id or super()._confirmation_calendar()

    def _confirmation_summary(self):
        return self.resolution_summary

    def _confirmation_values(self):
        return {
            **super()._confirmation_values(),
            "team_id": self.team_id.id,
            "type_id": self.type_id.id,
        }

    def _confirmation_stands(self):
        """Return whether a question about the ticket may wait for its answer."""
        return (
            self.active
            and not self.stage_id.closed
            and (
                self.workflow_step == "completed"
                or not self._stage_of_step("completed")
            )
        )

    def _confirmation_is_due(self):
        """Return whether the ticket has just been completed for somebody to confirm."""
        return self.workflow_step == "completed" and not self._confirmation_exemption()

    def _confirmation_ask(self):
        for ticket in self:
            if ticket._owes_reply() and not ticket.resolution_summary:
                ticket._offer_to_ask(
                    self.env._(
                        "%(ticket)s is a %(type)s, and nobody has answered the "
                        "customer yet. Write what was done: the customer reads it.",
                        ticket=ticket.display_name,
                        type=ticket.type_id.name,
                    )
                )
        result = super()._confirmation_ask()
        told = self.filtered("resolution_summary")
        told._note_contacts("contact_out_count")
        told._journey_event("staff_wrote")
        self._move_to_step("completed")
        return result

    def _check_askable(self):
        result = super()._check_askable()
        for ticket in self:
            if ticket.stage_id.closed:
                raise UserError(
                    self.env._(
                        "%s is closed already. Reopen it before you ask again.",
                        ticket.display_name,
                    )
                )
        return result

    def _confirmation_talked(self):
        self._note_contacts("call_count")
        self._journey_event("staff_wrote")

    def _confirmation_accept(self):
        self._move_to_step("closed")

    def _confirmation_refuse(self, reason):
        self._note_contacts("contact_in_count")
        self._rework(reason)

    # Service levels

    def _sla_stand(self):
        return Stand(
            self._journey_status(),
            is_answered=self._has_answered(),
            is_assigned=bool(self.user_id),
            is_completed=self.workflow_step == "completed",
            is_duplicate=self._is_duplicate(),
        )

    def _has_answered(self):
        """Return whether a person has answered the customer by now."""
        return bool(self.contact_out_count or self.call_count)

    @api.model
    def _sla_open_domain(self):
        return Domain("stage_id.closed", "=", False) & Domain(
            "duplicate_id", "=", False
        )

    def _sla_is_done(self):
        return self._journey_status() == "closed" and not self._is_duplicate()

    def _sla_is_finishing(self, event):
        is_completed = event == "staged" and self.workflow_step == "completed"
        return is_completed or super()._sla_is_finishing(event)

    def _sla_waits(self):
        return self._journey_status() == "open" and (
            self.stage_id.sla_paused or self.confirmation_state == "pending"
        )

    def _sla_waits_since(self, event):
        if event is not None:
            return super()._sla_waits_since(event)
        return self.date_last_stage_update or self.create_date

    def _sla_start_date(self, metric, event, cycle):
        if metric == "next_update":
            return None
        start = super()._sla_start_date(metric, event, cycle)
        if start and self.reopen_count:
            reopened = self.env["customer.journey.event"].search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "=", self.id)
                & Domain("event", "in", ("refused", "reopened")),
                order="id desc",
                limit=1,
            )
            return reopened.date or start
        return start

    def _sla_calendar(self):
        return self.team_id.resource_calendar_id or super()._sla_calendar()

    # Messages to and from the customer

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if not self.env.context.get("confirmation_answering"):
            self.sudo()._note_message(message.sudo())
        return result

    def _note_message(self, message):
        """Count a contact with the customer, and act on the customer's word (T6)."""
        counts = {
            "call": "call_count",
            "in": "contact_in_count",
            "out": "contact_out_count",
        }
        direction = self._journey_hear(message)
        if direction:
            self._note_contacts(counts[direction])
        if direction == "in":
            self._act_on_reply(html2plaintext(message.body or ""))

    def _note_contacts(self, field_name):
        """Count one contact more on each ticket, in batch."""
        for ticket in self:
            ticket[field_name] += 1
        if field_name != "contact_in_count":
            self.last_answer_date = fields.Datetime.now()

    def _act_on_reply(self, text):
        """Let a reply of the customer do what the team has agreed (T4, pitfall 28)."""
        if is_courtesy(text):
            if self.confirmation_state == "pending":
                self._task_for_owner(
                    self.env._("The customer says thanks: ask whether it is solved")
                )
        elif self.stage_id.closed and self._is_reopen_window_over():
            self._open_follow_up(text)
        elif self.stage_id.closed or self.workflow_step == "completed":
            if self.team_id.reopen_on_reply:
                self._rework(text[:500])
            else:
                self._task_for_owner(self.env._("The customer has answered"))

    def _is_reopen_window_over(self):
        window = timedelta(days=self.company_id.confirmation_reopen_days)
        closed = self.closed_date or self.last_stage_update
        return bool(closed) and closed + window < fields.Datetime.now()

    def _open_follow_up(self, text):
        """Open a ticket that follows one which was closed long ago."""
        copied = ("partner_id", "team_id", "company_id", "type_id")
        follow_up = self.create(
            {
                "name": self.env._("Follow-up: %s", self.name),
                "description": plaintext2html(text),
                "origin_ticket_id": self.id,
                "channel_id": self._email_channel().id,
                "partner_name": self.partner_name,
                "partner_email": self.partner_email,
                "sale_order_ids": [Command.set(self.sale_order_ids.ids)],
                **{name: self[name].id for name in copied},
            }
        )
        self._message_log(
            body=Markup("%s %s")
            % (
                self.env._("The customer's message has opened a new ticket:"),
                follow_up._get_html_link(),
            )
        )
        return follow_up

    @api.model
    def message_new(self, msg, custom_values=None):
        values = {"channel_id": self._email_channel().id, **(custom_values or {})}
        return super().message_new(msg, custom_values=values)

    @api.model
    def _email_channel(self):
        xmlid = "helpdesk_mgmt.helpdesk_ticket_channel_email"
        channel = self.env.ref(xmlid, raise_if_not_found=False)
        return channel or self.env["helpdesk.ticket.channel"]

    def _subscribe_customers(self):
        """Let whoever asks follow the request, so that every answer arrives (T5)."""
        if self.env.context.get("tracking_disable"):
            return
        _all, _internal, external = self.env["mail.message.subtype"].default_subtypes(
            self._name
        )
        Followers_sudo = self.env["mail.followers"].sudo()
        following = Followers_sudo.search_fetch(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids),
            ["res_id", "partner_id"],
        )
        known = {(row.res_id, row.partner_id) for row in following}
        Followers_sudo.create(
            [
                {
                    "res_model": self._name,
                    "res_id": ticket.id,
                    "partner_id": ticket.partner_id.id,
                    "subtype_ids": [Command.set(external.ids)],
                }
                for ticket in self.sudo()
                if ticket.partner_id.active
                and ticket.partner_id.partner_share
                and (ticket.id, ticket.partner_id) not in known
            ]
        )

    def _news_due_date(self):
        """Return by when (UTC) the customer hears from us again, if the team says."""
        hours = self.team_id.news_interval_hours
        if not hours:
            return False
        told = self.last_answer_date or self.acknowledged_date or self.create_date
        calendar = self._confirmation_calendar()
        return calendar._working_hours_after(told or fields.Datetime.now(), hours)

    def _has_told_news(self):
        """Return whether the customer reads by when we answer, or to act."""
        return any(
            promise.metric in ANSWERS or promise.state == "paused"
            for promise in self._sla_promises()
        )

    def _acknowledge(self):
        """Tell customers that their requests have arrived, once (T5)."""
        context = self.env.context
        if context.get("mail_is_automatic") or context.get("tracking_disable"):
            return
        arrived = self.sudo().filtered(
            lambda ticket: (
                ticket.channel_id.acknowledge
                and not ticket.stage_id.closed
                and not ticket._is_internal()
                and ticket._confirmation_contact()[1]
            )
        )
        template = self.env.ref(
            "customer_service_stages.mail_template_ticket_received",
            raise_if_not_found=False,
        )
        if arrived and template:
            arrived.acknowledged_date = fields.Datetime.now()
            arrived._queue_mail(template)

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        self.sudo().confirmation_id._note_bounce(email)
        return result

    # Confidential requests

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Tell nobody of a confidential ticket who may not see it (T10)."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self.sudo().is_confidential:
            return recipients
        return [
            recipient
            for recipient in recipients
            if self._may_be_told(self.env["res.partner"].sudo().browse(recipient["id"]))
        ]

    def _may_be_told(self, partner):
        ticket_sudo = self.sudo()
        if partner == ticket_sudo.partner_id:
            return True
        return any(
            ticket_sudo.with_user(user).has_access("read") for user in partner.user_ids
        )

    # News

    @api.model
    def _cron_news(self):
        """Remind owners of customers who wait for news, once each (T5)."""
        self._work_off()

    @api.model
    def _due_domain(self):
        return (
            Domain("next_news_date", "<=", fields.Datetime.now())
            & Domain("news_alert_date", "=", False)
            & Domain("workflow_step", "=", "executing")
        )

    def _do_due(self):
        self._task_for_owner(self.env._("Tell the customer how it goes"))
        self.news_alert_date = fields.Datetime.now()

    def _put_off(self, error):
        self.news_alert_date = fields.Datetime.now()
