from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.sla_rules import (
    DOCUMENT_FIELDS,
    DOCUMENTS,
    METRICS,
    OPEN,
    RESULTS,
    held_between,
    moved_deadline,
    result_of,
)
from ..tools.sla_steps import step_of
from ..tools.work_clock import AROUND_THE_CLOCK, EPOCH
from .sla_escalation import BACK_OFF
from .sla_reason import CAUSES

#: The events that say nothing to clocks: what they follow from has said it.
OTHER_EVENTS = {"deleted", "incident", "joined", "opened", "promised", "quoted"}

#: The events that may change which policy counts; None stands for changed settings.
MATCHING_EVENTS = {
    "changed",
    "confirmed",
    "created",
    "customer_changed",
    "delivery_reopened",
    "journey_moved",
    "reopened",
    None,
}

#: The events that hand the turn to the customer, where the next step is theirs.
TURN_EVENTS = {"created", "reopened", "staged", "asked", "staff_wrote", None}

#: The states that a clock can be in where its result is this one.
STATES_OF_RESULT = {
    "on_time": OPEN,
    "at_risk": OPEN,
    "late": OPEN,
    "met": ("reached",),
    "met_late": ("reached",),
    "excused": (*OPEN, "reached"),
    "cancelled": ("cancelled",),
}

#: What pauses still change where a miss stays on record.
PAUSE_FIELDS = ("state", "paused_seconds", "paused_since", "next_alert_date")

#: How far ahead the countdown in the browser knows the hours of work.
COUNTDOWN = timedelta(days=8)


def options_of(model_name, field_name):
    """Return the selection of a field of another model, translated."""
    return lambda self: (
        self.env[model_name]._fields[field_name]._description_selection(self.env)
    )


class Clock(NamedTuple):
    """What a status is counted by."""

    calendar: models.BaseModel
    work: object
    hours_per_day: float


class CustomerSlaStatus(models.Model):
    """The clock on one document, for one metric and one cycle (S2, S3, S6).

    Rows change with events only. How a clock stands follows from its row and from the
    time that it is now, and is never stored. What has come to its end is not written
    again.
    """

    _name = "customer.sla.status"
    _description = "Service-Level Status"
    _inherit = ["customer.due.mixin", "customer.about.mixin"]
    _order = "deadline, id"
    _rec_name = "policy_id"
    _due_order = "next_alert_date, id"
    _own_document_fields = tuple(DOCUMENT_FIELDS.values())

    policy_id = fields.Many2one(
        "customer.sla.policy", required=True, readonly=True, index=True
    )
    document = fields.Selection(
        options_of("customer.sla.policy", "document"),
        required=True,
        readonly=True,
    )
    lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="cascade")
    document_name = fields.Char(
        "About", compute="_compute_document_values", search="_search_document_name"
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        compute="_compute_document_values",
        search="_search_user_id",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_document_values"
    )
    metric = fields.Selection(
        options_of("customer.sla.policy", "metric"),
        string="What Is Promised",
        required=True,
        readonly=True,
    )
    commitment = fields.Selection(
        options_of("customer.sla.policy", "commitment"),
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    cycle = fields.Integer(
        default=1,
        readonly=True,
        aggregator="max",
        help="How many times this has been promised about the document: taking it up "
        "again begins a new cycle.",
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("reached", "Reached"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    start_date = fields.Datetime("Since", required=True, readonly=True)
    target_seconds = fields.Integer(
        readonly=True, aggregator="avg", help="The time promised, in seconds."
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        readonly=True,
        help="Empty: counted around the clock.",
    )
    paused_seconds = fields.Integer(
        "Customer's Time",
        readonly=True,
        aggregator="avg",
        help="How long the clock has stood still, in seconds of its own time.",
    )
    our_seconds = fields.Integer(
        "Our Time",
        readonly=True,
        aggregator="avg",
        help="How long it took us, in seconds of the clock's own time; set at the end.",
    )
    paused_since = fields.Datetime(readonly=True)
    deadline = fields.Datetime(required=True, readonly=True)
    risk_date = fields.Datetime("At Risk From", required=True, readonly=True)
    reached_date = fields.Datetime("Reached On", readonly=True)
    result = fields.Selection(
        [
            ("on_time", "On time"),
            ("at_risk", "At risk"),
            ("late", "Late"),
            ("met", "Met"),
            ("met_late", "Met late"),
            ("excused", "Excused"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_result",
        search="_search_result",
    )
    badge = fields.Json("Countdown", compute="_compute_badge")
    next_alert_date = fields.Datetime(readonly=True)
    alert_ids = fields.One2many(
        "customer.sla.alert", "status_id", "Warnings and Escalations", readonly=True
    )
    alert_error = fields.Text(
        "Escalation Fails", compute="_compute_alert_error", search="_search_alert_error"
    )
    reason_id = fields.Many2one("customer.sla.reason", readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    reason_note = fields.Text("What Happened", readonly=True)
    explained_by_id = fields.Many2one("res.users", readonly=True)
    explained_date = fields.Datetime("Explained On", readonly=True)
    is_excused = fields.Boolean("Excused", readonly=True)
    excuse_note = fields.Text("Excused Because", readonly=True)
    excused_by_id = fields.Many2one("res.users", readonly=True)
    excused_date = fields.Datetime("Excused On", readonly=True)

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(lead_id, order_id, ticket_id) = 1)",
        "A service-level status is about one document.",
    )
    _lead_cycle_uniq = models.UniqueIndex(
        "(lead_id, metric, cycle) WHERE lead_id IS NOT NULL"
    )
    _order_cycle_uniq = models.UniqueIndex(
        "(order_id, metric, cycle) WHERE order_id IS NOT NULL"
    )
    _ticket_cycle_uniq = models.UniqueIndex(
        "(ticket_id, metric, cycle) WHERE ticket_id IS NOT NULL"
    )
    _lead_open_uniq = models.UniqueIndex(
        "(lead_id, metric) WHERE lead_id IS NOT NULL AND state IN ('running', 'paused')"
    )
    _order_open_uniq = models.UniqueIndex(
        "(order_id, metric) WHERE order_id IS NOT NULL"
        " AND state IN ('running', 'paused')"
    )
    _ticket_open_uniq = models.UniqueIndex(
        "(ticket_id, metric) WHERE ticket_id IS NOT NULL"
        " AND state IN ('running', 'paused')"
    )
    # What is late, and what is next, whatever the size of the table
    _deadline_idx = models.Index("(deadline, id) WHERE state IN ('running', 'paused')")
    _alert_idx = models.Index("(next_alert_date, id) WHERE next_alert_date IS NOT NULL")

    # How a clock stands

    @api.depends(
        "state", "deadline", "risk_date", "paused_since", "reached_date", "is_excused"
    )
    def _compute_result(self):
        now = fields.Datetime.now()
        for status in self:
            status.result = result_of(
                now,
                status.state,
                status.deadline,
                status.risk_date,
                status.paused_since,
                status.reached_date,
                status.is_excused,
            )

    def _search_result(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = [
            result for result in RESULTS if (result in value) == (operator == "in")
        ]
        if not wanted:
            return Domain.FALSE
        # The first conditions are for the indexes, the last one is what counts
        now = fields.Datetime.now()
        states = {state for result in wanted for state in STATES_OF_RESULT[result]}
        domain = Domain("state", "in", list(states))
        if wanted == ["late"]:
            domain &= Domain("deadline", "<", now)
        elif wanted == ["at_risk"]:
            domain &= Domain("risk_date", "<=", now)
        return domain & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN %s",
                model._field_to_sql(alias, "result", query),
                tuple(wanted),
            ),
            predicate=lambda status: status.result in wanted,
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "result":
            return self._result_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _result_sql(self, alias):
        """Return `result_of` as SQL, for searching, grouping and reports."""
        return SQL(
            """CASE WHEN %(state)s = 'cancelled' THEN 'cancelled'
                    WHEN %(moment)s > %(deadline)s AND %(excused)s THEN 'excused'
                    WHEN %(state)s = 'reached' AND %(moment)s > %(deadline)s
                    THEN 'met_late'
                    WHEN %(state)s = 'reached' THEN 'met'
                    WHEN %(moment)s > %(deadline)s THEN 'late'
                    WHEN %(moment)s >= %(risk)s THEN 'at_risk'
                    ELSE 'on_time' END""",
            state=self._column_sql(alias, "state"),
            moment=self._moment_sql(alias),
            deadline=self._column_sql(alias, "deadline"),
            risk=self._column_sql(alias, "risk_date"),
            excused=self._column_sql(alias, "is_excused"),
        )

    @api.model
    def _moment_sql(self, alias):
        """Return the moment at which a clock that is not cancelled stands, as SQL."""
        return SQL(
            "CASE %(state)s WHEN 'running' THEN %(now)s::timestamp"
            " WHEN 'paused' THEN %(paused)s ELSE %(reached)s END",
            state=self._column_sql(alias, "state"),
            now=fields.Datetime.now(),
            paused=self._column_sql(alias, "paused_since"),
            reached=self._column_sql(alias, "reached_date"),
        )

    @api.model
    def _column_sql(self, alias, name):
        return SQL.identifier(alias, name, to_flush=self._fields[name])

    def _is_missed(self):
        """Return whether the promise was not kept, excused or not."""
        return self.state != "cancelled" and self._moment() > self.deadline

    def _moment(self):
        """Return the moment (UTC) at which the clock stands."""
        if self.state == "running":
            return fields.Datetime.now()
        return self.paused_since or self.reached_date

    def _work(self):
        """Return the clock that the status is counted by."""
        calendar_sudo = self.sudo().calendar_id
        return calendar_sudo.with_company(self.sudo().company_id)._work_clock()

    def _remaining_seconds(self):
        """Return what is left in seconds of the clock's time; negative when late."""
        moment, work = self._moment(), self._work()
        if moment > self.deadline:
            return -work.worked(self.deadline, moment)
        return work.worked(moment, self.deadline)

    @api.depends("lead_id", "order_id", "ticket_id")
    def _compute_document_values(self):
        for status in self:
            document_sudo = status.sudo()._document()
            status.document_name = document_sudo.display_name
            status.user_id = document_sudo.user_id
            status.partner_id = document_sudo.partner_id

    def _search_user_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._any_document(Domain("user_id", operator, value))

    def _search_document_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return self._any_document(Domain("display_name", operator, value))

    @api.model
    def _any_document(self, domain):
        """Return the domain of the statuses of such documents.

        Also of kinds that the user may not see: the rules for statuses leave them out.
        """
        return Domain.OR(
            Domain(name, "any!", domain) for name in DOCUMENT_FIELDS.values()
        )

    @api.depends("alert_ids.state", "alert_ids.error")
    def _compute_alert_error(self):
        for status in self:
            failed = status.alert_ids.filtered("error")
            status.alert_error = "\n".join(failed.mapped("error")) or False

    def _search_alert_error(self, operator, value):
        if operator != "in" or list(value) != [False]:
            return NotImplemented
        return ~Domain("alert_ids", "any", Domain("error", "!=", False))

    # Listening to documents

    @api.model
    def _on_journey_event(self, documents, event):
        """Start, stop, hold and reach the clocks of documents, in batch.

        :param documents: a recordset of one model.
        :param str event: code of the event, as in `customer.journey.event`.
        """
        if event in OTHER_EVENTS:
            return
        self._settle(documents, event)
        documents.filtered(
            lambda document: document._sla_is_finishing(event)
        )._sla_check_explained()
        if documents._name == "sale.order" and documents.opportunity_id:
            self._settle(documents.opportunity_id, f"order_{event}")

    @api.model
    def _settle(self, documents, event=None):
        """Bring the clocks of documents to where the documents stand (S2, S3, S6).

        :param documents: a recordset of one model.
        :param str event: what has happened to them; None for changed settings.
        """
        now = fields.Datetime.now()
        rules = self.env["customer.sla.policy"]._rules(documents._name)
        held = self._settle_pauses(documents, event)
        ids = defaultdict(list)
        for document in documents:
            statuses = {
                status.metric: status
                for status in document.sla_status_ids
                if status.state in OPEN
            }
            stand = document._sla_stand()
            for metric in METRICS[documents._name]:
                status = statuses.get(metric)
                step = stand and step_of(metric, event, stand)
                if status:
                    ids[step if step in ("reach", "stop") else "keep"].append(status.id)
                elif step == "run" or (step == "reach" and event == "created"):
                    ids[metric].append(document.id)
        self._start(
            vals
            for metric in rules
            for vals in self._starting_vals(
                documents.browse(ids[metric]), metric, rules[metric], held, event
            )
        )
        self.browse(ids["reach"])._reach(now)
        self.browse(ids["stop"])._stop(now)
        kept = self.browse(ids["keep"])
        if event in MATCHING_EVENTS:
            kept._match(rules, held)
        else:
            kept.filtered(
                lambda status: (
                    status.state == "paused" or (held and status._is_held(held))
                )
            )._adjust(held)

    @api.model
    def _settle_pauses(self, documents, event):
        """Begin and end the pauses that follow from where documents stand (S3).

        Whose turn it is decides: the customer's message ends the wait, our answer
        begins it again (pitfall 18).

        :return: the kinds of pause that hold each document, by its id.
        """
        Pause = self.env["customer.sla.pause"]
        field_name = DOCUMENT_FIELDS[documents._name]
        pauses = documents.sla_pause_ids.filtered(lambda pause: not pause._over_since())
        waiting = {
            pause[field_name].id: pause for pause in pauses if pause.kind == "waiting"
        }
        held = defaultdict(set)
        beginning_ids, ending = [], Pause
        for document in documents:
            waits = document._sla_waits() and event != "customer_wrote"
            pause = waiting.get(document.id)
            if pause and not waits:
                ending += pause
            elif waits and not pause and event in TURN_EVENTS:
                beginning_ids.append(document.id)
        ending._end()
        beginning = documents.browse(beginning_ids)
        if event is None:
            beginning = self._never_waited_for(beginning)
        for start, group in beginning.grouped(
            lambda document: document._sla_waits_since(event)
        ).items():
            pauses += Pause._begin(group, "waiting", start)
        for pause in pauses - ending:
            held[pause[field_name].id].add(pause.kind)
        return held

    @api.model
    def _never_waited_for(self, documents):
        """Return the documents whose customers were not waited for since they wait."""
        pauses = self._pauses(documents) if documents else {}
        return documents.filtered(
            lambda document: (
                not any(
                    kind == "waiting" and begin >= document._sla_waits_since(None)
                    for begin, _end, kind in pauses.get(document.id, ())
                )
            )
        )

    @api.model
    def _start(self, vals_list):
        """Start clocks, in one statement for all metrics."""
        if vals_list := list(vals_list):
            # The database lets a cycle begin when it knows that the last one is over
            self.flush_model(["state"])
            self.create(vals_list)

    @api.model
    def _starting_vals(self, documents, metric, rules, held, event):
        """Yield the values of the clocks that are missing, where a policy matches."""
        past = self._past_cycles(documents, metric)
        if metric == "first_response" and event != "created":
            documents = documents.filtered(
                lambda document: (
                    not any(status.state == "reached" for status in past[document])
                )
            )
            documents -= documents._sla_answered()
        found = self.env["customer.sla.policy"]._first_matching(rules, documents)
        now = fields.Datetime.now()
        pauses, clocks = self._pauses(documents), {}
        for document, rule in found.items():
            cycle = max(past[document].mapped("cycle"), default=0)
            start = document._sla_start_date(metric, event, cycle) or now
            clock = self._clock(document, rule, clocks)
            vals = self._clock_values(
                document,
                rule,
                clock,
                start,
                pauses[document.id],
                held.get(document.id, ()),
                cycle > 0,
            )
            if not vals:
                continue
            if step_of(metric, event, document._sla_stand()) == "reach":
                vals.update(
                    state="reached",
                    reached_date=now,
                    our_seconds=clock.work.worked(start, now),
                    paused_since=False,
                    next_alert_date=False,
                )
            yield {
                **vals,
                "policy_id": rule.policy,
                "document": DOCUMENTS[documents._name],
                DOCUMENT_FIELDS[documents._name]: document.id,
                "company_id": document.company_id.id,
                "metric": metric,
                "cycle": cycle + 1,
                "start_date": start,
            }

    @api.model
    def _past_cycles(self, documents, metric):
        """Return the clocks that each document has had for a metric."""
        return {
            document: document.sla_status_ids.filtered(
                lambda status: status.metric == metric
            )
            for document in documents
        }

    @api.model
    def _pauses(self, documents):
        """Return all (start, end, kind) of documents' pauses, by document id."""
        return {
            document.id: [
                (pause.start_date, pause._over_since(), pause.kind)
                for pause in document.sla_pause_ids
            ]
            for document in documents
        }

    @api.model
    def _clock(self, document, rule, clocks):
        """Return what a rule counts a document's time by (S3).

        :param dict clocks: those found before, for documents alike.
        """
        company = document.company_id or self.env.company
        own = rule.calendar or document._sla_calendar().id
        key = company, not rule.calendar_time and own
        if key not in clocks:
            calendar = self.env["resource.calendar"].browse(key[1] or ())
            work = calendar.sudo().with_company(company)._work_clock()
            day = 24 if work is AROUND_THE_CLOCK else calendar.sudo().hours_per_day
            clocks[key] = Clock(calendar, work, day or 24)
        return clocks[key]

    @api.model
    def _clock_values(
        self,
        document,
        rule,
        clock,
        start,
        pauses,
        held,
        is_again,
        noted=(),
        now=None,
    ):
        """Return where a clock stands that has run since a moment under a rule.

        Everything follows from the rule, the start and the document's pauses, so that
        it comes out alike whenever it is asked (pitfalls 8 and 19).

        :param datetime start: UTC.
        :param pauses: (start, end, kind) of the document's pauses; the end may be open.
        :param held: the kinds of pause that hold the document now.
        :param bool is_again: whether the document has been promised this before.
        :param noted: when to try escalations again, or False, that have been noted.
        :param datetime now: UTC, when it is asked for another moment than now.
        :return: the values of a status, or None where nothing can be promised.
        """
        now = now or fields.Datetime.now()
        work = clock.work
        counted = [(begin, end) for begin, end, kind in pauses if kind in rule.pauses]
        standing = min((begin for begin, end in counted if not end), default=None)
        is_paused = not rule.pauses.isdisjoint(held)
        paused_since = max(start, standing or now) if is_paused else False
        limit = paused_since or now
        held_times = held_between(
            start, limit, [(begin, end or limit) for begin, end in counted]
        )
        paused = round(sum(work.worked(*times) for times in held_times))
        promised = rule.by_promise and document._sla_promised_date()
        target = rule.target(document._sla_priority())
        if promised and not (is_again and promised <= start):
            seconds, deadline = round(work.worked(start, promised)), promised
        elif target:
            seconds = target.seconds(clock.hours_per_day)
            deadline = self._after(work, start, seconds)
        else:
            return None
        deadline = moved_deadline(
            deadline, held_times, work.worked, partial(self._after, work)
        )
        risk = self._after(work, start, seconds * rule.risk_share / 100 + paused)
        return {
            "state": "paused" if is_paused else "running",
            "commitment": rule.commitment,
            "calendar_id": clock.calendar.id,
            "target_seconds": seconds,
            "paused_seconds": paused,
            "paused_since": paused_since,
            "deadline": deadline,
            "risk_date": min(risk, deadline),
            "next_alert_date": not is_paused
            and min(
                self._alert_dates(
                    document, rule, clock, start, seconds, paused, noted
                ).values(),
                default=False,
            ),
        }

    @api.model
    def _after(self, work, start, seconds):
        """Return when a time has passed on a clock, around it where work has an end."""
        return work.after(start, seconds) or start + timedelta(seconds=seconds)

    @api.model
    def _alert_dates(self, document, rule, clock, start, seconds, paused, noted):
        """Return when (UTC) which escalation is due, in hours of work (S4).

        :param dict noted: when to try again, or False, of those noted already.
        :return: the moments by the escalations' ids.
        """
        if not rule.alerts or start < rule.alerts_from:
            return {}
        dates = {}
        for alert in rule.alerts:
            if alert.escalation in noted:
                moment = noted[alert.escalation]
            else:
                distance = alert.seconds(seconds, clock.hours_per_day)
                moment = self._after(clock.work, start, distance + paused)
                if rule.calendar_time:
                    opening = document._sla_calendar().sudo()._work_clock()
                    moment = opening.opening_after(moment) or moment
            if moment:
                dates[alert.escalation] = moment
        return dates

    # What becomes of a clock

    def _is_held(self, held):
        """Return whether a pause holds the document that this policy counts."""
        pauses = self.policy_id.sudo()._rule().pauses
        return not pauses.isdisjoint(held.get(self._document().id, ()))

    def _match(self, rules, held):
        """Let the policies count that match the documents now, with all that was held.

        What was missed under a contract, or against a promised date, stays as it was.
        """
        movable = self.filtered(lambda status: not status._is_on_record())
        rules_by_status = {}
        for metric, statuses in movable.grouped("metric").items():
            by_document = {status._document(): status for status in statuses}
            documents = next(iter(by_document)).browse(doc.id for doc in by_document)
            found = self.env["customer.sla.policy"]._first_matching(
                rules.get(metric, ()), documents
            )
            rules_by_status.update(
                {by_document[document]: rule for document, rule in found.items()}
            )
        unmatched = movable.filtered(lambda status: status not in rules_by_status)
        missed = unmatched.filtered(lambda status: status._is_missed())
        missed._stop(fields.Datetime.now())
        (unmatched - missed).unlink()
        (self - unmatched)._adjust(held, rules_by_status)

    def _is_on_record(self):
        """Return whether a miss must stay as it was, whatever changes (S5)."""
        return self._is_missed() and (
            self.commitment == "contractual" or self.policy_id.by_promise
        )

    def _adjust(self, held, rules_by_status=None):
        """Work out anew where clocks stand that go on.

        :param held: the kinds of pause that hold each document now, by its id.
        :param rules_by_status: the rules that count; each status's own if not given.
        """
        if not self:
            return
        [documents] = self._documents()
        pauses = self._pauses(documents)
        noted = self._noted_escalations()
        clocks, changes = {}, {}
        for status in self:
            document = status._document()
            rule = (rules_by_status or {}).get(status) or status.policy_id._rule()
            vals = self._clock_values(
                document,
                rule,
                self._clock(document, rule, clocks),
                status.start_date,
                pauses.get(document.id, ()),
                held.get(document.id, ()),
                status.cycle > 1,
                noted.get(status.id, ()),
            )
            if status._is_on_record():
                vals = {name: vals[name] for name in PAUSE_FIELDS} if vals else {}
            elif vals is None:
                status._stop(fields.Datetime.now())
                continue
            else:
                vals.update(policy_id=rule.policy, company_id=document.company_id.id)
            changes[status] = vals
        self._write_changes(changes)

    @api.model
    def _write_changes(self, changes):
        """Write what is different, at once for all that change alike.

        :param dict changes: the values by status.
        """
        alike = defaultdict(list)
        for status, vals in changes.items():
            different = tuple(
                (name, value)
                for name, value in vals.items()
                if self._fields[name].convert_to_write(status[name], status) != value
            )
            alike[different].append(status.id)
        for different, ids in alike.items():
            if different:
                self.browse(ids).write(dict(different))

    def _noted_escalations(self):
        """Return, by status id, when to try each escalation again that was noted."""
        return {
            status.id: {
                alert.escalation_id.id: alert.retry_date for alert in status.alert_ids
            }
            for status in self
        }

    def _reach(self, moment):
        """Note that what was promised has happened.

        :param datetime moment: UTC.
        """
        if not self:
            return
        # A pause that ends with the clock itself still moves the deadline (pitfall 8)
        self.filtered(lambda status: status.state == "paused")._adjust({})
        changes = {}
        for status in self:
            worked = status._work().worked(status.start_date, moment)
            changes[status] = {
                "state": "reached",
                "reached_date": moment,
                "our_seconds": max(0, round(worked) - status.paused_seconds),
                "paused_since": False,
                "next_alert_date": False,
            }
        self._write_changes(changes)

    def _stop(self, moment):
        """End clocks whose promise has nobody to be kept to any more (S6, pitfall 23).

        Where the document was brought to its end, what is missed stays missed.
        """
        missed = self.filtered(
            lambda status: status._is_missed() and status._document()._sla_is_done()
        )
        missed._reach(moment)
        (self - missed).write(
            {"state": "cancelled", "paused_since": False, "next_alert_date": False}
        )

    def _merge_into(self, document):
        """Give the clocks of merged documents to the one that stays (pitfall 23).

        What was running ends; what has ended goes on counting, as further cycles.
        """
        field_name = DOCUMENT_FIELDS[document._name]
        moving = self.filtered(lambda status: status[field_name] != document)
        moving.filtered(lambda status: status.state in OPEN)._stop(
            fields.Datetime.now()
        )
        for metric, statuses in moving.grouped("metric").items():
            past = self._past_cycles(document, metric)[document]
            cycle = max(past.mapped("cycle"), default=0)
            for number, status in enumerate(statuses.sorted("id"), cycle + 1):
                status.write({field_name: document.id, "cycle": number})

    # Escalations

    @api.model
    def _cron_alert(self):
        """Warn and escalate, each once in a cycle (S4)."""
        self._work_off()

    @api.model
    def _due_domain(self):
        return Domain("next_alert_date", "<=", fields.Datetime.now())

    def _do_due(self):
        now = fields.Datetime.now()
        for documents in self._documents():
            field_name = DOCUMENT_FIELDS[documents._name]
            statuses = self.filtered(field_name)
            due = defaultdict(list)
            for status, dates in statuses._all_alert_dates().items():
                for escalation_id, moment in dates.items():
                    if moment <= now:
                        due[escalation_id].append(status.id)
            for escalation_id, ids in sorted(due.items()):
                escalation = self.env["customer.sla.escalation"].browse(escalation_id)
                # The escalation before may have brought what follows to an end
                escalation._escalate(
                    self.browse(ids).filtered(lambda status: status.state == "running")
                )
            running = statuses.filtered(lambda status: status.state == "running")
            for status, dates in running._all_alert_dates().items():
                status.next_alert_date = min(dates.values(), default=False)

    def _all_alert_dates(self):
        """Return the moments of each status's escalations, by their ids."""
        noted, clocks, dates = self._noted_escalations(), {}, {}
        for status in self:
            document, rule = status._document(), status.policy_id._rule()
            dates[status] = self._alert_dates(
                document,
                rule,
                self._clock(document, rule, clocks),
                status.start_date,
                status.target_seconds,
                status.paused_seconds,
                noted[status.id],
            )
        return dates

    def _put_off(self, error):
        self.next_alert_date = fields.Datetime.now() + BACK_OFF

    # Reasons and excuses

    def _explain(self, reason, cause, note):
        """Keep why a target was missed (S5).

        :raises UserError: for one that was kept, or whose reason is on record.
        """
        for status in self:
            if not status._is_missed():
                raise UserError(
                    self.env._(
                        "%s was kept: there is nothing to explain.",
                        status.policy_id.name,
                    )
                )
            if status.commitment == "contractual" and status.reason_id:
                raise UserError(
                    self.env._(
                        "%s is contractual: the reason is on record, and stays.",
                        status.policy_id.name,
                    )
                )
        self.write(
            {
                "reason_id": reason.id,
                "cause": cause,
                "reason_note": note,
                "explained_by_id": self.env.uid,
                "explained_date": fields.Datetime.now(),
            }
        )

    def _excuse(self, note):
        """Report a miss apart, for a reason (S5). It stays a miss."""
        for status in self:
            if not status._is_missed() or status.is_excused:
                raise UserError(
                    self.env._("%s has nothing to be excused.", status.policy_id.name)
                )
        self.write(
            {
                "is_excused": True,
                "excuse_note": note,
                "excused_by_id": self.env.uid,
                "excused_date": fields.Datetime.now(),
            }
        )

    def action_explain(self):
        """Open the dialog that asks why the targets were missed."""
        return self.env["customer.journey.mixin"]._dialog(
            "customer.sla.explain",
            self.env._("Why Was It Missed?"),
            {"active_model": self._name, "active_ids": self.ids},
        )

    # What people see

    @api.depends("result", "reason_id")
    def _compute_badge(self):
        for status in self:
            status.badge = status._badge_values()

    def _badge_values(self):
        """Return what the countdown shows of clocks, and what it counts with.

        Moments are seconds since 1970, amounts are seconds of the clock's own time. Of
        what is promised again and again, the last cycle is shown.

        :return: `now`; the `windows` of work ahead by calendar, where a clock that has
            none runs around the clock; the `statuses`, the most urgent first.
        """
        now = fields.Datetime.now()
        names = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("metric", "commitment")
        }
        last = {status.metric: status for status in self.sorted("cycle")}
        statuses = self.browse(status.id for status in last.values())
        return {
            "now": _seconds_since_1970(now),
            "windows": statuses._countdown_windows(now),
            "statuses": [
                {
                    "metric": names["metric"][status.metric],
                    "policy": status.policy_id.sudo().name,
                    "commitment": status.commitment,
                    "commitment_name": names["commitment"][status.commitment],
                    "state": status.state,
                    "result": status.result,
                    "is_unexplained": status._is_unexplained(),
                    "deadline": _seconds_since_1970(status.deadline),
                    "risk": _seconds_since_1970(status.risk_date),
                    "remaining": status._remaining_seconds(),
                    "day": status._day_seconds(),
                    "calendar": status.calendar_id.id,
                }
                for status in statuses.sorted(lambda status: status._urgency())
            ],
        }

    def _urgency(self):
        """Return what statuses are sorted by, so that the most urgent comes first."""
        ranks = {"late": 0, "at_risk": 0, "on_time": 0, "met_late": 2, "excused": 3}
        rank = 1 if self.state == "paused" else ranks.get(self.result, 4)
        return rank, self.deadline, self.id

    def _is_unexplained(self):
        """Return whether a miss still asks for its reason (S5)."""
        return not self.reason_id and self.result in ("late", "met_late")

    def _day_seconds(self):
        """Return what a day is worth on the clock, in seconds."""
        around = self._work() is AROUND_THE_CLOCK
        hours = 24 if around else self.sudo().calendar_id.hours_per_day or 24
        return round(hours * 3600)

    def _countdown_windows(self, now):
        """Return the hours of work ahead by calendar, in which the browser counts."""
        running = self.filtered(lambda status: status.state == "running")
        ahead = {
            calendar.id: statuses[0]._work().windows(now, now + COUNTDOWN)
            for calendar, statuses in running.grouped("calendar_id").items()
            if calendar
        }
        return {
            calendar_id: [list(map(_seconds_since_1970, window)) for window in windows]
            for calendar_id, windows in ahead.items()
        }


def _seconds_since_1970(moment):
    """Return a moment (UTC, naive) as browsers count.

    >>> _seconds_since_1970(EPOCH + timedelta(hours=1))
    3600
    """
    return (moment - EPOCH) // timedelta(seconds=1)
