from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import split_every
from odoo.tools.misc import formatLang

from ..tools.sla_history import cycles, percentile, waits
from ..tools.sla_rules import result_of

#: Documents that are looked at together.
CHUNK = 1000

#: At most so many documents are looked at, the newest first.
MOST = 20_000

#: How many of the worst ones stand on the page.
WORST = 10

#: Where documents of a kind begin, and which of them something is promised about.
PAST = {
    "crm.lead": ("create_date", Domain("type", "=", "opportunity")),
    "sale.order": ("date_order", Domain("state", "in", ["sale", "cancel"])),
    "helpdesk.ticket": ("create_date", Domain.TRUE),
}

KEPT = ("met",)
MISSED = ("met_late", "late")
RUNNING = ("on_time", "at_risk")


class CustomerSlaDryRun(models.TransientModel):
    """How past documents would have fared under a policy (S8).

    Documents, clocks and settings stay as they are; all that is written is the result.
    """

    _name = "customer.sla.dry.run"
    _description = "Service-Level Dry Run"
    _rec_name = "policy_id"

    policy_id = fields.Many2one(
        "customer.sla.policy", required=True, ondelete="cascade"
    )
    policy_summary = fields.Char(related="policy_id.summary")
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=90),
    )
    date_to = fields.Date(
        "Until", required=True, default=lambda self: fields.Date.context_today(self)
    )
    in_order = fields.Boolean(
        "Only Where No Earlier Policy Counts",
        help="As it would be in daily work: the first policy in order that matches a "
        "document counts. Otherwise the policy is tried on all that it matches.",
    )
    is_done = fields.Boolean(readonly=True)
    document_count = fields.Integer("Documents of the Period", readonly=True)
    matching_count = fields.Integer("The Policy Matches", readonly=True)
    archived_count = fields.Integer("Archived, Left Out", readonly=True)
    line_ids = fields.One2many(
        "customer.sla.dry.run.line", "run_id", "Results", readonly=True
    )
    worst_line_ids = fields.One2many(
        "customer.sla.dry.run.line",
        string="The Worst",
        compute="_compute_worst_line_ids",
    )
    met_count = fields.Integer("Kept", readonly=True)
    met_late_count = fields.Integer("Done, but Late", readonly=True)
    running_count = fields.Integer("Still on Time", readonly=True)
    late_count = fields.Integer("Late Now", readonly=True)
    cancelled_count = fields.Integer("Called Off", readonly=True)
    kept_share = fields.Float(
        "Share Kept",
        readonly=True,
        help="Of all that was kept or missed so far.",
    )
    our_median = fields.Float(
        "Our Time, Median",
        readonly=True,
        help="Half of what came to its end took at most this long, without the time "
        "that we waited for the customer.",
    )
    our_most = fields.Float(
        "Our Time, 90 %", readonly=True, help="9 of 10 took at most this long."
    )
    waited_median = fields.Float(
        "Customer's Time, Median",
        readonly=True,
        help="Where the customer was waited for.",
    )
    waited_most = fields.Float("Customer's Time, 90 %", readonly=True)
    keepable = fields.Char(
        "Target Kept in 90 %",
        readonly=True,
        help="The target that would have been kept in 90 % of the cases: of those that "
        "came to their end, and of those that are late, with their time so far.",
    )
    tables = fields.Html(readonly=True, sanitize=False)
    remarks = fields.Html("What Is Not Known for Sure", readonly=True, sanitize=False)

    @api.depends("policy_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = (
                self.env._("%s, on past documents", run.policy_id.name)
                if run.policy_id
                else self.env._("Try a Policy on Past Documents")
            )

    @api.depends("line_ids")
    def _compute_worst_line_ids(self):
        Line = self.env["customer.sla.dry.run.line"]
        for run in self:
            run.worst_line_ids = Line.search(
                Domain("run_id", "=", run.id) & Domain("result", "in", MISSED),
                order="over_hours desc, id",
                limit=WORST,
            )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for run in self:
            if run.date_from > run.date_to:
                raise ValidationError(self.env._("The period ends before it begins."))

    def action_try(self):
        """Work out how the documents of the period would have fared.

        :raises UserError: for somebody who may not see such documents at all.
        """
        self.ensure_one()
        self.policy_id._check_domain()
        self.line_ids.unlink()
        found, unknown, archived_count = [], Counter(), 0
        documents = self._documents()
        for ids in split_every(CHUNK, documents.ids):
            some = documents.browse(ids)
            some_sudo = some.sudo()
            kept = some_sudo.filtered(lambda doc: doc._journey_status() != "archived")
            archived_count += len(some) - len(kept)
            found += self._outcomes(kept, unknown)
        lines = self.env["customer.sla.dry.run.line"].create(found)
        self.write(
            {
                "is_done": True,
                "document_count": len(documents) - archived_count,
                "archived_count": archived_count,
                **self._figures(lines),
                "remarks": self._remarks(len(documents), unknown),
            }
        )

    def action_view_lines(self):
        """Open all that was found, to be searched and grouped."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_sla_dry_run_line_action"
        )
        action["domain"] = Domain("run_id", "=", self.id)
        results = self.env.context.get("dry_run_results")
        if results:
            action["domain"] &= Domain("result", "in", results)
        return action

    # What is looked at

    def _documents(self):
        """Return the documents of the period that the user may see, newest first."""
        model = self.env[self.policy_id.model_name].with_context(active_test=False)
        if not model.has_access("read"):
            raise UserError(
                self.env._(
                    "You may not see the documents that this policy is about. Ask "
                    "somebody who does, or for the right to see them."
                )
            )
        name, domain = PAST[model._name]
        begin, end = (
            self._moment(self.date_from),
            self._moment(self.date_to + timedelta(days=1)),
        )
        return model.search(
            domain & Domain(name, ">=", begin) & Domain(name, "<", end),
            order=f"{name} desc, id desc",
            limit=MOST,
        )

    def _moment(self, day):
        """Return the beginning of a day of the user's, UTC and naive."""
        midnight = self.env.tz.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def _rules(self):
        """Return the policy as a rule, after the earlier ones if these count too."""
        policy_sudo = self.policy_id.sudo()
        own = policy_sudo._rule()._replace(alerts=())
        if not self.in_order:
            return own, (own,)
        earlier = policy_sudo._rules(policy_sudo.model_name).get(own.metric, ())
        places = {
            policy.id: (policy.sequence, policy.id)
            for policy in policy_sudo
            | policy_sudo.browse(rule.policy for rule in earlier)
        }
        before = [rule for rule in earlier if places[rule.policy] < places[own.policy]]
        return own, (*before, own)

    # How it would have been

    def _outcomes(self, documents, unknown):
        """Return the values of the lines of documents, one for each clock.

        :param documents: as superuser, as the engine sees them.
        :param Counter unknown: what is not known for sure; it is added to.
        """
        Status = self.env["customer.sla.status"].sudo()
        own, rules = self._rules()
        found = self.env["customer.sla.policy"].sudo()._first_matching(rules, documents)
        matching = documents.browse(
            document.id for document, rule in found.items() if rule is own
        )
        if not matching:
            return []
        past = self.env["customer.sla.history"]._of(matching)
        paused, clocks, outcomes = Status._pauses(matching), {}, []
        for document in matching:
            told, doubts = past[document.id]
            unknown.update(doubts)
            pauses = list(paused.get(document.id, ()))
            if not any(kind == "waiting" for _begin, _end, kind in pauses):
                pauses += waits(told)
            clock = Status._clock(document, own, clocks)
            shared = self._line_values(document)
            for number, cycle in enumerate(cycles(own.metric, told), 1):
                values = self._clock_values(document, own, clock, cycle, number, pauses)
                if values:
                    outcomes.append({**shared, **values, "cycle": number})
                if (
                    values
                    and own.metric == "first_response"
                    and (values["result"] in (*KEPT, "met_late"))
                ):
                    # There is one first answer, given or missed for good
                    break
        return outcomes

    def _clock_values(self, document, rule, clock, cycle, number, pauses):
        """Return how a clock would have come out, as the engine reckons it."""
        now = cycle.end or fields.Datetime.now()
        held = () if cycle.end else {kind for _begin, end, kind in pauses if not end}
        status = (
            self.env["customer.sla.status"]
            .sudo()
            ._clock_values(
                document, rule, clock, cycle.start, pauses, held, number > 1, now=now
            )
        )
        if status is None:
            return None
        state = {"lapsed": "reached", "running": status["state"]}.get(
            cycle.state, cycle.state
        )
        if cycle.state == "lapsed" and now <= status["deadline"]:
            state = "cancelled"
        moment = status["paused_since"] or now
        worked = clock.work.worked(cycle.start, moment) - status["paused_seconds"]
        return {
            "result": result_of(
                now,
                state,
                status["deadline"],
                status["risk_date"],
                status["paused_since"],
                cycle.end,
            ),
            "start_date": cycle.start,
            "deadline": status["deadline"],
            "end_date": cycle.end,
            "our_hours": max(0, worked) / 3600,
            "waited_hours": status["paused_seconds"] / 3600,
            "over_hours": clock.work.worked(status["deadline"], moment) / 3600,
            "day_hours": clock.hours_per_day,
        }

    def _line_values(self, document):
        return {
            "run_id": self.id,
            "res_model": document._name,
            "res_id": document.id,
            "name": document.display_name,
            "partner_id": document.partner_id.id,
            "user_id": document.user_id.id,
            "team": document.team_id.display_name,
            "priority": document._sla_priority(),
        }

    # What it adds up to

    def _figures(self, lines):
        """Return the figures over all lines."""
        counts = Counter(line.result for line in lines)
        tally = self._tally(lines)
        ended = lines.filtered(lambda line: line.result in (*KEPT, *MISSED))
        ours = ended.filtered(lambda line: line.end_date).mapped("our_hours")
        waited = ended.filtered("waited_hours").mapped("waited_hours")
        return {
            "matching_count": len(set(lines.mapped("res_id"))),
            "met_count": counts["met"],
            "met_late_count": counts["met_late"],
            "running_count": counts["on_time"] + counts["at_risk"],
            "late_count": counts["late"],
            "cancelled_count": counts["cancelled"],
            "kept_share": tally["share"],
            "our_median": percentile(ours, 50),
            "our_most": percentile(ours, 90),
            "waited_median": percentile(waited, 50),
            "waited_most": percentile(waited, 90),
            "keepable": self._keepable(ended),
            "tables": self.env["ir.qweb"]._render(
                "customer_service_stages.customer_sla_dry_run_tables",
                {"tables": self._tables(lines)},
            ),
        }

    def _keepable(self, ended):
        """Return the target that would have been kept in 9 of 10 cases, in words."""
        if not ended:
            return False
        hours = percentile(ended.mapped("our_hours"), 90)
        day = ended[0].day_hours
        if hours < 1:
            return self.env._("%d minutes", round(hours * 60))
        if hours < day:
            return self.env._("%s hours", formatLang(self.env, hours, digits=1))
        return self.env._(
            "%(hours)s hours, or %(days)s days of %(day)s hours",
            hours=formatLang(self.env, hours, digits=1),
            days=formatLang(self.env, hours / day, digits=1),
            day=f"{day:g}",
        )

    @api.model
    def _tally(self, lines):
        """Return how some lines came out, for a row of a table."""
        counts = Counter(line.result for line in lines)
        kept, missed = counts["met"], counts["met_late"] + counts["late"]
        return {
            "total": len(lines),
            "kept": kept,
            "missed": missed,
            "share": kept / (kept + missed) if kept + missed else 0,
            "is_decided": bool(kept + missed),
            "median": percentile(
                [line.our_hours for line in lines if line.end_date], 50
            ),
        }

    def _tables(self, lines):
        """Return the results by priority, team and person: title and rows of each."""
        none = self.env._("None")
        priorities = dict(
            self.env["customer.sla.dry.run.line"]
            ._fields["priority"]
            ._description_selection(self.env)
        )
        order = {label: -int(key) for key, label in priorities.items()}
        tables = []
        for title, label in (
            (self.env._("Priority"), lambda line: priorities.get(line.priority)),
            (self.env._("Team"), lambda line: line.team),
            (self.env._("Responsible"), lambda line: line.user_id.name),
        ):
            groups = defaultdict(list)
            for line in lines:
                groups[label(line) or none].append(line)
            if groups and list(groups) != [none]:
                rows = [(name, self._tally(group)) for name, group in groups.items()]
                rows.sort(key=lambda row: (order.get(row[0], 0), -row[1]["total"]))
                tables.append((title, rows))
        return tables

    def _remarks(self, count, unknown):
        """Return what the result leaves open, as a list."""
        remarks = [
            self.env._(
                "Priority, team, type and whatever else the policy asks for are taken "
                "as they are today; so are working hours and the stages that wait for "
                "the customer."
            )
        ]
        if self.policy_id.by_promise:
            remarks.append(
                self.env._("The date promised last counts; earlier ones are not kept.")
            )
        if count == MOST:
            remarks.append(
                self.env._(
                    "There are more documents: only the newest %s were looked at.", MOST
                )
            )
        texts = {
            "stages": self.env._(
                "%s documents have changed their stage without a trace in the chatter. "
                "Their last change is taken for the only one.",
                unknown["stages"],
            ),
            "ends": self.env._(
                "%s documents ended before their history was kept. The end is taken "
                "from the document's own date.",
                unknown["ends"],
            ),
            "quotes": self.env._(
                "%s opportunities have quotations of which it is not known when they "
                "were sent. The first message to the customer, or else the order's "
                "date, is taken for it.",
                unknown["quotes"],
            ),
            "deliveries": self.env._(
                "%s orders are invoiced, and nobody has marked them as delivered. They "
                "count as not delivered yet.",
                unknown["deliveries"],
            ),
        }
        remarks += [text for name, text in texts.items() if unknown[name]]
        return self.env["ir.qweb"]._render(
            "customer_service_stages.customer_sla_dry_run_remarks",
            {"remarks": remarks},
        )
