from datetime import timedelta
from itertools import combinations

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain

from ..models.sla_mixin import FIRM
from ..models.sla_policy import CONDITIONS
from ..tools.sla_rules import Alert, Target
from ..tools.work_clock import AROUND_THE_CLOCK

#: A target that takes longer than this to come is hardly meant.
LONG = timedelta(days=366)

#: What is done in the background for service levels.
CRONS = ("ir_cron_sla_alert", "ir_cron_sla_pause", "ir_cron_sla_sweep")

#: From the least binding to the most.
COMMITMENTS = ("aspiration", "objective", "agreed", "contractual")


class CustomerSlaDoctor(models.TransientModel):
    """Find settings that cannot work, or not as one would think (S8).

    A check is a method that yields findings (`_finding`); `_checks` lists them. A
    finding may name a method that puts it right; it is given the finding's line.
    """

    _name = "customer.sla.doctor"
    _description = "Check of Service Levels"

    policy_ids = fields.Many2many(
        "customer.sla.policy", string="Policies", help="Empty: all that are in use."
    )
    line_ids = fields.One2many("customer.sla.doctor.line", "doctor_id", readonly=True)
    policy_count = fields.Integer(readonly=True)

    def _compute_display_name(self):
        for doctor in self:
            doctor.display_name = self.env._("Check Service Levels")

    @api.model
    def action_check_all(self, policies=None):
        """Check policies, all of them by default, and show what was found."""
        doctor = self.create({"policy_ids": [Command.set((policies or self).ids)]})
        doctor.action_check()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": doctor.id,
            "views": [(False, "form")],
        }

    def action_check(self):
        """Look at the settings as they are now."""
        self.ensure_one()
        self._check_manager()
        policies = self._policies()
        self.line_ids.unlink()
        self.policy_count = len(policies)
        self.env["customer.sla.doctor.line"].create(
            [
                {**finding, "doctor_id": self.id, "code": check.__name__[7:]}
                for check in self._checks()
                for finding in check(policies)
            ]
        )

    def _check_manager(self):
        if not self.env.user.has_group("customer_service_stages.group_manager"):
            raise AccessError(
                self.env._("Only managers check and correct service levels.")
            )

    def _policies(self):
        """Return the policies in order; those of companies that the user may see."""
        Policy = self.env["customer.sla.policy"]
        return (self.policy_ids or Policy.search(Domain.TRUE)).sorted().sudo()

    def _fix(self, line):
        """Put right what a line is about."""
        self._check_manager()
        getattr(self.sudo(), line.fix)(line.sudo())

    def _checks(self):
        """Return the checks; each takes the policies and yields findings."""
        return [
            self._check_filters,
            self._check_targets,
            self._check_priorities,
            self._check_promise,
            self._check_conditions,
            self._check_hours,
            self._check_companies,
            self._check_reach,
            self._check_shadowed,
            self._check_binding,
            self._check_answer_before_solution,
            self._check_early_alerts,
            self._check_escalation_parts,
            self._check_people,
            self._check_addresses,
            self._check_leaders,
            self._check_crons,
            self._check_failed_alerts,
            self._check_waiting_stages,
            self._check_completing_stages,
            self._check_firm_pauses,
            self._check_firm_by_hand,
        ]

    @api.model
    def _finding(self, severity, text, record, policy=None, fix=None, fix_label=None):
        """Return the values of a line.

        :param record: the record to look at, and to change where there is no fix.
        """
        return {
            "severity": severity,
            "text": text,
            "policy_id": policy and policy.id,
            "res_model": record._name,
            "res_id": record.id,
            "fix": fix,
            "fix_label": fix_label,
        }

    # What is promised

    def _check_filters(self, policies):
        for policy in policies.filtered("domain_error"):
            yield self._finding(
                "1_error",
                self.env._("The filter fails, so the policy is out of use."),
                policy,
                policy,
                "_fix_filter",
                self.env._("Take it into use again, if it works now"),
            )

    def _fix_filter(self, line):
        line.policy_id._check_domain()
        line.policy_id.domain_error = False

    def _check_targets(self, policies):
        for policy in policies:
            if not policy.target_ids and not policy.by_promise:
                yield self._finding(
                    "1_error",
                    self.env._("It has no target, so it promises nothing."),
                    policy,
                    policy,
                )

    def _check_priorities(self, policies):
        priorities = dict(
            self.env["customer.sla.target"]
            ._fields["priority"]
            ._description_selection(self.env)
        )
        for policy in policies:
            targets = policy.target_ids
            given = targets.mapped("priority")
            if not targets or False in given or policy.by_promise:
                continue
            left = [label for key, label in priorities.items() if key not in given]
            if policy.document == "order":
                severity, text = (
                    "1_error",
                    self.env._(
                        "Orders have no priority, and it has targets for priorities "
                        "only: it never counts."
                    ),
                )
            elif left:
                severity, text = (
                    "2_warning",
                    self.env._(
                        "Nothing is promised for these priorities: %s.", ", ".join(left)
                    ),
                )
            else:
                continue
            yield self._finding(
                severity,
                text,
                policy,
                policy,
                "_fix_priorities",
                self.env._("Give all others the longest of its targets"),
            )

    def _fix_priorities(self, line):
        policy = line.policy_id
        longest = max(
            policy.target_ids,
            key=lambda target: Target(target.amount, target.unit).seconds(8),
        )
        policy.target_ids = [
            Command.create({"amount": longest.amount, "unit": longest.unit})
        ]

    def _check_promise(self, policies):
        for policy in policies.filtered("by_promise"):
            if False not in policy.target_ids.mapped("priority"):
                yield self._finding(
                    "3_info",
                    self.env._(
                        "Orders without a promised date have no service level. Add a "
                        "target if they should."
                    ),
                    policy,
                    policy,
                )

    def _check_conditions(self, policies):
        for policy in policies.with_context(active_test=False):
            for name in CONDITIONS.values():
                records = policy[name]
                if not records or "active" not in records._fields:
                    continue
                if not any(records.mapped("active")):
                    yield self._finding(
                        "2_warning",
                        self.env._(
                            "It is only for what is archived: %s.",
                            ", ".join(records.mapped("display_name")),
                        ),
                        policy,
                        policy,
                        "_fix_archive",
                        self.env._("Archive the policy too"),
                    )

    def _fix_archive(self, line):
        line.policy_id.active = False

    # Working hours

    def _teams(self, policy):
        """Return the teams whose documents a policy is about."""
        if policy.document != "ticket":
            teams = policy.sales_team_ids
        else:
            teams = policy.team_ids
        return teams or teams.search(
            Domain("company_id", "in", [False, policy.company_id.id])
            if policy.company_id
            else Domain.TRUE
        )

    def _companies(self, policy):
        return policy.company_id or self.env["res.company"].sudo().search(Domain.TRUE)

    def _calendars(self, policy):
        """Return the working hours that a policy may count by; none: all time."""
        calendars = policy.calendar_id
        if policy.time_basis == "calendar":
            return calendars.browse()
        if calendars:
            return calendars
        calendars = self._companies(policy).resource_calendar_id
        if policy.document == "ticket":
            calendars |= self._teams(policy).resource_calendar_id
        return calendars

    def _check_hours(self, policies):
        now = fields.Datetime.now()
        calendars = self.env["resource.calendar"].sudo()
        for policy in policies:
            calendars |= self._calendars(policy)
        for calendar in calendars:
            work = calendar._work_clock()
            if work is AROUND_THE_CLOCK:
                yield self._finding(
                    "2_warning",
                    self.env._(
                        "%s: these working hours are empty or flexible, so time is "
                        "counted around the clock.",
                        calendar.name,
                    ),
                    calendar,
                )
            elif not work.opening_after(now):
                yield self._finding(
                    "1_error",
                    self.env._(
                        "%s: nobody works by these hours any more, so nothing can fall "
                        "due.",
                        calendar.name,
                    ),
                    calendar,
                )

    def _check_companies(self, policies):
        depending = policies.filtered(
            lambda policy: policy.time_basis == "working" and not policy.calendar_id
        )
        companies = self.env["res.company"].sudo()
        for policy in depending:
            companies |= self._companies(policy)
        for company in companies.filtered(lambda c: not c.resource_calendar_id):
            yield self._finding(
                "2_warning",
                self.env._(
                    "%s has no working hours, so time is counted around the clock.",
                    company.name,
                ),
                company,
            )

    def _check_reach(self, policies):
        now = fields.Datetime.now()
        for policy in policies:
            calendars = self._calendars(policy)
            for calendar in calendars or [calendars]:
                work = calendar._work_clock()
                if not work.opening_after(now):
                    continue
                for target in policy.target_ids:
                    seconds = self._seconds(target, calendar)
                    deadline = work.after(now, seconds)
                    if deadline and deadline < now + LONG:
                        continue
                    words = target._in_words()
                    yield self._finding(
                        "2_warning" if deadline else "1_error",
                        self.env._(
                            "A target of %(target)s takes until %(date)s.",
                            target=words,
                            date=fields.Date.to_string(deadline),
                        )
                        if deadline
                        else self.env._(
                            "A target of %s is more work than there is within 20 "
                            "years.",
                            words,
                        ),
                        policy,
                        policy,
                    )

    @api.model
    def _seconds(self, target, calendar):
        """Return the time of a target in seconds of a calendar's clock."""
        is_open = calendar._work_clock() is AROUND_THE_CLOCK
        day = 24 if is_open else calendar.hours_per_day or 24
        return Target(target.amount, target.unit).seconds(day)

    # Policies beside each other

    def _rivals(self, policies):
        """Yield the pairs of policies about the same, the earlier one first."""
        for group in (
            policies.filtered(lambda policy: not policy.domain_error)
            .grouped(lambda policy: (policy.document, policy.metric))
            .values()
        ):
            yield from combinations(group, 2)

    def _among(self, policies):
        """Return all policies in use, in order, if only some are looked at."""
        return self.env["customer.sla.policy"].search(Domain.TRUE).sudo() | policies

    def _check_shadowed(self, policies):
        seen = set()
        for first, second in self._rivals(self._among(policies).sorted()):
            if (
                second in policies
                and second not in seen
                and self._takes_all(first, second)
            ):
                seen.add(second)
                yield self._finding(
                    "1_error",
                    self.env._(
                        "It never counts: “%s” comes first and takes all its "
                        "documents.",
                        first.name,
                    ),
                    first,
                    second,
                    "_fix_move_before",
                    self.env._("Put it before the other one"),
                )

    def _check_binding(self, policies):
        for first, second in self._rivals(self._among(policies).sorted()):
            if second not in policies or self._takes_all(first, second):
                continue
            if (
                second.commitment in FIRM
                and COMMITMENTS.index(first.commitment)
                < COMMITMENTS.index(second.commitment)
                and self._meet(first._rule(), second._rule())
            ):
                yield self._finding(
                    "2_warning",
                    self.env._(
                        "“%s” binds the company less, comes first, and may take "
                        "documents of this one. Their customers read its date.",
                        first.name,
                    )
                    if first.shows_to_customer
                    else self.env._(
                        "“%s” binds the company less, comes first, and may take "
                        "documents of this one.",
                        first.name,
                    ),
                    first,
                    second,
                    "_fix_move_before",
                    self.env._("Put it before the other one"),
                )

    def _fix_move_before(self, line):
        """Put the policy of a line just before the one that it links to."""
        Policy = line.policy_id.with_context(active_test=False)
        other = Policy.browse(line.res_id)
        ordered = [policy for policy in Policy.search(Domain.TRUE) if policy != Policy]
        ordered.insert(ordered.index(other), line.policy_id)
        for place, policy in enumerate(ordered, 1):
            if policy.sequence != place * 10:
                policy._saving().sequence = place * 10
        line.policy_id._apply()

    def _takes_all(self, first, second):
        """Return whether an earlier policy leaves nothing to a later one."""
        wide, narrow = first._rule(), second._rule()
        asked = dict(narrow.conditions)
        return (
            (not wide.domain or wide.domain == narrow.domain)
            and all(
                trait in asked and self._all_within(trait, asked[trait], wanted)
                for trait, wanted in wide.conditions
            )
            and (
                False in wide.targets
                or (wide.by_promise and narrow.by_promise and not narrow.targets)
                or (
                    not narrow.by_promise
                    and False not in narrow.targets
                    and narrow.targets.keys() <= wide.targets.keys()
                )
            )
        )

    def _all_within(self, trait, ids, wanted):
        """Return whether whatever has one of the ids has a wanted one too."""
        return all(not wanted.isdisjoint(self._stands_for(trait, id_)) for id_ in ids)

    def _meet(self, one, other):
        """Return whether a document may match two rules."""
        others = dict(other.conditions)
        return all(
            any(
                not self._stands_for(trait, id_).isdisjoint(others[trait])
                or any(id_ in self._stands_for(trait, there) for there in others[trait])
                for id_ in wanted
            )
            for trait, wanted in one.conditions
            if trait in others
        )

    def _stands_for(self, trait, id_):
        """Return the ids that a document with this one has too."""
        if trait == "company":
            return set(self.env["res.company"].sudo().browse(id_).parent_ids.ids)
        if trait == "partner":
            partner = self.env["res.partner"].sudo().browse(id_)
            return {id_, partner.commercial_partner_id.id}
        return {id_}

    def _check_answer_before_solution(self, policies):
        """A first answer that takes longer than the solution is none."""
        every = self._among(policies)
        answers = every.filtered(
            lambda p: p.document == "ticket" and p.metric == "first_response"
        )
        solutions = every.filtered(lambda p: p.metric == "resolution")
        for answer in answers & policies:
            for solution in solutions:
                if (
                    answer.time_basis == solution.time_basis
                    and self._meet(answer._rule(), solution._rule())
                    and self._is_slower(answer._rule(), solution._rule())
                ):
                    yield self._finding(
                        "2_warning",
                        self.env._(
                            "It allows more time for the first answer than “%s” allows "
                            "for the solution.",
                            solution.name,
                        ),
                        solution,
                        answer,
                    )

    @api.model
    def _is_slower(self, one, other):
        pairs = (
            (one.target(priority), other.target(priority))
            for priority in (*one.targets, *other.targets)
        )
        return any(
            mine and theirs and mine.seconds(8) > theirs.seconds(8)
            for mine, theirs in pairs
        )

    # Escalations

    def _check_early_alerts(self, policies):
        for policy in policies:
            calendar = self._calendars(policy)[:1]
            for line in policy.escalation_ids.filtered(lambda e: e.timing == "before"):
                alert = Alert(line.id, line.timing, line.amount, line.unit)
                day = self._seconds(Target(1, "day"), calendar) / 3600
                short = policy.target_ids.filtered(
                    lambda target, alert=alert, day=day, calendar=calendar: (
                        not alert.seconds(self._seconds(target, calendar), day)
                    )
                )
                if short:
                    yield self._finding(
                        "2_warning",
                        self.env._(
                            "“%(escalation)s” is due as soon as the clock starts: a "
                            "target takes %(target)s only.",
                            escalation=line.name,
                            target=short[0]._in_words(),
                        ),
                        policy,
                        policy,
                    )

    def _check_escalation_parts(self, policies):
        for policy in policies:
            for line in policy.with_context(active_test=False).escalation_ids:
                part = {
                    "mail": line.template_id,
                    "server_action": line.server_action_id,
                    "reassign": line.user_id,
                    "activity": line.activity_type_id,
                }.get(line.act)
                if line.with_context(active_test=True)._missing_field():
                    text = self.env._(
                        "“%s” lacks what it needs, and cannot happen.", line.name
                    )
                elif part and "active" in part._fields and not part.active:
                    text = self.env._(
                        "“%(escalation)s” uses what is archived: %(part)s.",
                        escalation=line.name,
                        part=part.display_name,
                    )
                else:
                    continue
                yield self._finding("1_error", text, policy, policy)

    def _check_people(self, policies):
        for policy in policies:
            model = self.env[policy.model_name]
            for line in policy.escalation_ids:
                for user in self._people(line):
                    if not model.with_user(user).has_access("read"):
                        yield self._finding(
                            "1_error",
                            self.env._(
                                "“%(escalation)s” turns to %(person)s, who may not see "
                                "such documents.",
                                escalation=line.name,
                                person=user.name,
                            ),
                            user,
                            policy,
                        )

    def _check_addresses(self, policies):
        people = self.env["res.users"].sudo()
        for line in policies.escalation_ids.filtered(lambda e: e.act == "notify"):
            people |= self._people(line)
        for user in people:
            if user.notification_type == "email" and not user.email:
                yield self._finding(
                    "2_warning",
                    self.env._(
                        "%s is to be notified, and has no e-mail address.", user.name
                    ),
                    user,
                )

    def _people(self, line):
        """Return the users whom an escalation turns to, as far as that is settled."""
        if line.act == "reassign":
            return line.user_id
        if line.act not in ("activity", "notify"):
            return line.user_id.browse()
        if line.recipient == "users":
            return line.user_ids
        if line.recipient == "leader":
            return self._teams(line.policy_id).user_id
        return line.user_id.browse()

    def _check_leaders(self, policies):
        teams = {}
        for policy in policies:
            if any(
                line.recipient == "leader" and line.act in ("activity", "notify")
                for line in policy.escalation_ids
            ):
                for team in self._teams(policy).filtered(lambda team: not team.user_id):
                    teams.setdefault(team, policy)
        for team, policy in teams.items():
            yield self._finding(
                "2_warning",
                self.env._(
                    "The team %s has no leader: what is escalated to the leader goes "
                    "to the administrator.",
                    team.display_name,
                ),
                team,
                policy,
            )

    def _check_crons(self, policies):
        if not any(policies.mapped("is_escalating")):
            return
        for xmlid in CRONS:
            cron = self._cron(xmlid)
            if cron and not cron.active:
                yield self._finding(
                    "1_error",
                    self.env._("The scheduled action “%s” is switched off.", cron.name),
                    cron,
                    fix="_fix_cron",
                    fix_label=self.env._("Switch it on"),
                )

    @api.model
    def _cron(self, xmlid):
        cron = self.env.ref(
            f"customer_service_stages.{xmlid}", raise_if_not_found=False
        )
        return (cron or self.env["ir.cron"]).sudo()

    def _fix_cron(self, line):
        self.env["ir.cron"].browse(line.res_id).active = True

    def _check_failed_alerts(self, policies):
        for policy in policies:
            if (
                count := self.env["customer.sla.alert"]
                .sudo()
                .search_count(self._failed_domain(policy))
            ):
                yield self._finding(
                    "1_error",
                    self.env._("%s warnings or escalations have failed.", count),
                    policy,
                    policy,
                    "_fix_failed_alerts",
                    self.env._("Try them again now"),
                )

    @api.model
    def _failed_domain(self, policy):
        return (
            Domain("state", "in", ["failed", "given_up"])
            & Domain("status_id.policy_id", "=", policy.id)
            & Domain("status_id.state", "=", "running")
        )

    def _fix_failed_alerts(self, line):
        now = fields.Datetime.now()
        alerts = self.env["customer.sla.alert"].search(
            self._failed_domain(line.policy_id)
        )
        alerts.write({"state": "failed", "tries": 0, "retry_date": now})
        alerts.status_id.next_alert_date = now
        self._cron("ir_cron_sla_alert")._trigger()

    # Stages

    def _check_waiting_stages(self, policies):
        for document, group in (
            policies.filtered("pauses_waiting").grouped("document").items()
        ):
            model = self.env[group[0].model_name]
            if "stage_id" not in model._fields:
                continue
            stages = self.env[model._fields["stage_id"].comodel_name].sudo()
            if not stages.search_count(Domain("sla_paused", "=", True), limit=1):
                kinds = dict(group._fields["document"]._description_selection(self.env))
                yield self._finding(
                    "3_info",
                    self.env._(
                        "%s: no stage is marked as “Waits for the Customer”, so no "
                        "stage pauses the clocks.",
                        kinds[document],
                    ),
                    stages.search(Domain.TRUE, limit=1),
                )

    def _check_completing_stages(self, policies):
        teams = {}
        for policy in policies.filtered(lambda policy: policy.metric == "resolution"):
            for team in self._teams(policy):
                teams.setdefault(team, policy)
        for team, policy in teams.items():
            stages = team._get_applicable_stages()
            if any(stage.workflow_step == "completed" for stage in stages):
                continue
            is_ended = any(stage.closed and stage.journey_stage_id for stage in stages)
            yield self._finding(
                "2_warning" if is_ended else "1_error",
                self.env._(
                    "The team %s has no stage for the step “Completed”: its clocks run "
                    "until tickets are closed, so until the customer confirms.",
                    team.display_name,
                )
                if is_ended
                else self.env._(
                    "The team %s has no stage in which a ticket is solved: its clocks "
                    "never end well.",
                    team.display_name,
                ),
                team,
                policy,
            )

    # Promises that bind

    def _check_firm_pauses(self, policies):
        for policy in policies:
            if policy.commitment not in FIRM or policy.pauses_waiting:
                continue
            if self._stages_waiting(policy):
                yield self._finding(
                    "2_warning",
                    self.env._(
                        "The clock goes on while the customer is to act, though there "
                        "are stages that wait for the customer."
                    ),
                    policy,
                    policy,
                    "_fix_firm_pauses",
                    self.env._("Let it pause then"),
                )

    def _fix_firm_pauses(self, line):
        line.policy_id.pauses_waiting = True

    def _stages_waiting(self, policy):
        """Return the stages of the policy's documents that wait for the customer."""
        if policy.document == "order":
            return self.env["crm.stage"]
        if policy.document == "opportunity":
            stages = self.env["crm.stage"].sudo().search(Domain.TRUE)
        else:
            stages = self.env["helpdesk.ticket.stage"].sudo()
            for team in self._teams(policy):
                stages |= team._get_applicable_stages()
        return stages.filtered("sla_paused")

    def _check_firm_by_hand(self, policies):
        for policy in policies:
            if (
                policy.commitment in FIRM
                and policy.shows_to_customer
                and policy.pauses_by_hand
            ):
                yield self._finding(
                    "3_info",
                    self.env._(
                        "People may pause it by hand, and so put off a date that is "
                        "agreed and that the customer reads."
                    ),
                    policy,
                    policy,
                    "_fix_firm_by_hand",
                    self.env._("Allow no pauses by hand"),
                )

    def _fix_firm_by_hand(self, line):
        line.policy_id.pauses_by_hand = False
