from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_time

from ..tools.sla_rules import DOCUMENT_FIELDS, OPEN

#: With which the customer hears from us. Who takes charge is the company's own affair.
ANSWERS = ("first_response", "next_update")

#: With which the customer has what was asked for.
ENDINGS = ("delivery", "resolution")

#: The degrees of commitment that bind the company; the others are intentions.
FIRM = ("agreed", "contractual")

#: How a promise stands, by the state of its clock: kept so far, or missed.
PROMISE_STATES = {
    "running": ("open", "late"),
    "paused": ("paused", "paused"),
    "reached": ("met", "met_late"),
}


class Promise(NamedTuple):
    """What a customer reads of a clock; the date (UTC) is the deadline, or the end."""

    metric: str
    state: str
    date: object
    is_firm: bool


class CustomerSlaMixin(models.AbstractModel):
    """Documents about which something is promised (S1, S2).

    A document says where it stands; `customer.sla.status` keeps its clocks.
    """

    _name = "customer.sla.mixin"
    _inherit = ["customer.journey.mixin"]
    _description = "Document With Service Levels"

    #: Where the document has what policies ask for: a field path, by trait.
    _sla_traits = {}
    #: Fields besides those that policies ask for on which deadlines depend.
    _sla_own_fields = ()

    sla_deadline = fields.Datetime(
        "Next Deadline",
        compute="_compute_sla_deadline",
        search="_search_sla_deadline",
        groups="base.group_user",
        help="The first of the deadlines that the clocks run towards.",
    )
    sla_late = fields.Boolean(
        "Late",
        compute="_compute_sla_late",
        search="_search_sla_late",
        groups="base.group_user",
    )
    sla_badge = fields.Json(
        "Service Level", compute="_compute_sla_badge", groups="base.group_user"
    )
    sla_status_count = fields.Integer(
        "Service Levels Count", compute="_compute_sla_badge", groups="base.group_user"
    )
    sla_is_unexplained = fields.Boolean(
        "Missed Without a Reason",
        compute="_compute_sla_badge",
        groups="base.group_user",
    )
    sla_is_paused = fields.Boolean(
        "Paused by Hand", compute="_compute_sla_is_paused", groups="base.group_user"
    )

    @api.depends("sla_status_ids.state", "sla_status_ids.deadline")
    def _compute_sla_deadline(self):
        for document in self:
            running = document.sudo().sla_status_ids.filtered(
                lambda status: status.state == "running"
            )
            document.sla_deadline = min(running.mapped("deadline"), default=False)

    def _search_sla_deadline(self, operator, value):
        if operator == "in":
            running = self._sla_any(Domain("state", "=", "running"))
            return Domain.OR(
                self._search_sla_deadline(">=", moment)
                & self._search_sla_deadline("<=", moment)
                if moment
                else ~running
                for moment in value
            )
        if operator in ("<", "<="):
            return self._sla_any(
                Domain("state", "=", "running") & Domain("deadline", operator, value)
            )
        if operator in (">", ">="):
            earlier = "<=" if operator == ">" else "<"
            return self._sla_any(Domain("state", "=", "running")) & ~self._sla_any(
                Domain("state", "=", "running") & Domain("deadline", earlier, value)
            )
        return NotImplemented

    @api.depends("sla_status_ids.result")
    def _compute_sla_late(self):
        for document in self:
            statuses = document.sudo().sla_status_ids
            document.sla_late = "late" in statuses.mapped("result")

    def _search_sla_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self._sla_any(Domain("result", "=", "late"))
        if True in value and False in value:
            return Domain.TRUE
        return late if True in value else ~late

    @api.model
    def _sla_any(self, domain):
        """Return the documents with a status, whoever may read that."""
        return Domain("sla_status_ids", "any!", domain)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists be sorted and grouped by the next deadline."""
        if field_expr != "sla_deadline":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        status_fields = self.env["customer.sla.status"]._fields
        return SQL(
            "(SELECT MIN(s.deadline) FROM customer_sla_status s"
            " WHERE s.%(document)s = %(id)s AND s.state = 'running')",
            document=SQL.identifier(
                DOCUMENT_FIELDS[self._name], to_flush=status_fields["deadline"]
            ),
            id=SQL.identifier(alias, "id"),
        )

    @api.depends("sla_pause_ids.end_date")
    def _compute_sla_is_paused(self):
        for document in self:
            document.sla_is_paused = bool(document._sla_open_pauses("manual"))

    def _sla_open_pauses(self, kind):
        """Return the pauses of a kind that have not ended, with superuser rights."""
        return self.sudo().sla_pause_ids.filtered(
            lambda pause: pause.kind == kind and not pause.end_date
        )

    @api.depends("sla_status_ids.result", "sla_status_ids.reason_id")
    def _compute_sla_badge(self):
        """Say how the clocks stand, for a countdown that goes on in the browser."""
        for document in self:
            statuses = document.sudo().sla_status_ids.filtered(
                lambda status: status.state != "cancelled"
            )
            document.sla_badge = statuses._badge_values() if statuses else False
            document.sla_is_unexplained = any(
                status._is_unexplained() for status in statuses
            )
            document.sla_status_count = len(statuses)

    # What people do

    def action_sla_pause(self):
        """Open the dialog that lets the clocks stand still for a reason (S3)."""
        return self._sla_wizard(
            "customer.sla.hold", self.env._("Pause the Service Levels")
        )

    def action_sla_resume(self):
        """Let the clocks go on that were paused by hand (S3)."""
        self.check_access("write")
        self._sla_open_pauses("manual")._end()
        self._journey_event("released")

    def action_sla_explain(self):
        """Open the dialog that asks why a target was missed (S5)."""
        return self._sla_wizard(
            "customer.sla.explain", self.env._("Why Was It Missed?")
        )

    def action_view_sla_statuses(self):
        """Open all clocks on the document, those of earlier cycles too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_sla_status_action"
        )
        action["domain"] = [(DOCUMENT_FIELDS[self._name], "=", self.id)]
        action["context"] = {"search_default_all": True}
        return action

    def _sla_wizard(self, model, title):
        self.check_access("write")
        return self._dialog(model, title, self._sla_wizard_context())

    def _sla_wizard_context(self):
        return {"active_model": self._name, "active_ids": self.ids}

    def _sla_pause(self, reason, until=False):
        """Let the clocks of documents stand still (S3).

        :param str reason: why.
        :param datetime until: UTC, when they go on by themselves, if so.
        :raises UserError: for a document that is paused by hand already.
        """
        if paused := self.filtered("sla_is_paused"):
            raise UserError(
                self.env._(
                    "%s is paused already. Resume it before you pause it anew.",
                    paused[0].display_name,
                )
            )
        self.env["customer.sla.pause"].sudo()._begin(
            self.sudo(),
            "manual",
            reason=reason,
            planned_end_date=until,
            user_id=self.env.uid,
        )
        if until:
            cron = self.env.ref("customer_service_stages.ir_cron_sla_pause")
            cron.sudo()._trigger(until)
        self._journey_event("held")

    # What the document listens for

    def _journey_watched_fields(self):
        return super()._journey_watched_fields() | self._sla_condition_fields()

    def _journey_conditions(self):
        names = sorted(self._sla_condition_fields())
        return super()._journey_conditions() + tuple(self[name] for name in names)

    @api.model
    def _sla_condition_fields(self):
        """Return the fields that decide what is promised about the document."""
        policies = self.env["customer.sla.policy"]
        return policies._condition_fields(self._name) | set(self._sla_own_fields)

    # What each kind of document says of itself

    def _sla_stand(self):
        """Return where the document stands; None where nothing is promised."""
        raise NotImplementedError

    @api.model
    def _sla_open_domain(self):
        """Return the domain of the documents about which something can be promised."""
        raise NotImplementedError

    def _sla_is_done(self):
        """Return whether the document was brought to its end, not called off."""
        raise NotImplementedError

    def _sla_waits(self):
        """Return whether the next step is the customer's."""
        return False

    def _sla_is_finishing(self, event):
        """Return whether an event means that the company is done with the document."""
        return event in ("closed", "won", "lost", "delivery_completed")

    def _sla_waits_since(self, event):
        """Return since when (UTC) the customer is to act."""
        return fields.Datetime.now()

    def _sla_start_date(self, metric, event, cycle):
        """Return when (UTC) a clock starts that is missing; None for now.

        :param int cycle: how many cycles there were before.
        """
        if event in ("created", "reopened") or cycle:
            return None
        return self.create_date

    def _sla_answered(self):
        """Return the documents whose customer a person of the company has answered."""
        if not self:
            return self
        self.env["mail.message"].flush_model()
        answered = self.env.execute_query(
            SQL(
                """SELECT DISTINCT m.res_id
                     FROM mail_message m
                     JOIN res_partner p ON p.id = m.author_id
                    WHERE m.model = %(model)s AND m.res_id IN %(ids)s
                      AND NOT COALESCE(p.partner_share, TRUE) AND p.id != %(robot)s
                      AND (m.mail_activity_type_id IN (
                              SELECT id FROM mail_activity_type
                               WHERE category = 'phonecall')
                           OR (m.message_type IN ('comment', 'email')
                               AND m.subtype_id = %(comment)s))""",
                model=self._name,
                ids=self._ids,
                robot=self.env.ref("base.partner_root").id,
                comment=self.env.ref("mail.mt_comment").id,
            )
        )
        return self.browse(res_id for (res_id,) in answered)

    def _sla_calendar(self):
        """Return the working hours that count where a policy has none of its own."""
        return (self.company_id or self.env.company).resource_calendar_id

    def _sla_priority(self):
        """Return the document's priority, if it has one."""
        return self.priority

    def _sla_promised_date(self):
        """Return by when (UTC) this very document was promised, if it was."""
        return False

    def _sla_trait(self, name):
        """Return the ids that a policy's condition asks about."""
        if name == "company":
            return self.company_id.parent_ids.ids
        if name == "partner":
            return (self.partner_id | self.partner_id.commercial_partner_id).ids
        if name == "partner_tag":
            partners = self.partner_id | self.partner_id.commercial_partner_id
            return partners.category_id.ids
        path = self._sla_traits.get(name)
        return self.mapped(path).ids if path else ()

    # Reasons

    def _sla_check_explained(self):
        """Nobody of the company closes what was missed without saying why (S5).

        Customers who confirm, and time that runs out, are not asked.

        :raises RedirectWarning: it offers to say why.
        """
        is_asked = self.env.user._is_internal() and self.env.uid != SUPERUSER_ID
        if not is_asked or self.env.context.get("confirmation_answering"):
            return
        missed = self.sudo().sla_status_ids.filtered(
            lambda status: (
                status.policy_id.requires_reason
                and not status.reason_id
                and status._is_missed()
            )
        )
        if missed:
            raise RedirectWarning(
                self.env._(
                    "%(document)s has missed a target: %(policy)s. Say why, then close "
                    "it.",
                    document=missed[0]._document().display_name,
                    policy=missed[0].policy_id.name,
                ),
                self.env.ref("customer_service_stages.customer_sla_explain_action").id,
                self.env._("Say Why"),
                self._sla_wizard_context(),
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """What was missed under a contract stays on record (S5)."""
        kept = self.sudo().sla_status_ids.filtered(
            lambda status: status.commitment == "contractual" and status._is_missed()
        )
        if kept:
            raise UserError(
                self.env._(
                    "%s has missed a contractual target, which stays on record. "
                    "Archive or cancel it instead.",
                    kept[0]._document().display_name,
                )
            )

    # Dates that the customer sees

    def _sla_promises(self):
        """Return what the customer reads of the clocks, the first date first (S7).

        Of each metric the latest cycle counts. Answers that were given speak for
        themselves.

        :return: list of `Promise`.
        """
        latest = {}
        for status in self.sudo().sla_status_ids.sorted("cycle"):
            latest[status.metric] = status
        promises = [
            Promise(
                metric,
                PROMISE_STATES[status.state][status._is_missed()],
                status.reached_date or status.deadline,
                status.commitment in FIRM,
            )
            for metric, status in latest.items()
            if status.policy_id.shows_to_customer
            and (
                (metric in ENDINGS and status.state != "cancelled")
                or (metric in ANSWERS and status.state in OPEN)
            )
        ]
        return sorted(promises, key=lambda promise: promise.date)

    def _sla_waits_for_customer(self):
        """Return whether a clock stands still because the customer is to act."""
        return bool(self._sla_open_pauses("waiting"))

    def _customer_timezone(self):
        """Return the time zone in which to tell the customer a time."""
        calendar_zone = self._sla_calendar().tz
        return self.partner_id.tz or calendar_zone or self.env.user.tz or "UTC"

    def _customer_time(self, moment, with_time=True):
        """Return a moment as the customer says it: the day in words, and the time.

        :param datetime moment: UTC.
        """
        zone = self.sudo()._customer_timezone()
        zoned = self.with_context(tz=zone)
        day = format_date(zoned.env, moment, date_format="full")
        if not with_time:
            return day
        time = format_time(self.env, moment, tz=zone, time_format="short")
        return f"{day}, {time}"
