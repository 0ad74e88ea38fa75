from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.sla_rules import DOCUMENTS, METRICS, MODELS, OPEN, Alert, Rule, Target

#: The conditions of a policy: its field, by the trait of documents that it asks about.
CONDITIONS = {
    "company": "company_id",
    "team": "team_ids",
    "sales_team": "sales_team_ids",
    "type": "type_ids",
    "category": "category_ids",
    "tag": "tag_ids",
    "sales_tag": "sales_tag_ids",
    "channel": "channel_ids",
    "partner": "partner_ids",
    "partner_tag": "partner_tag_ids",
    "journey_stage": "journey_stage_ids",
}


class CustomerSlaPolicy(models.Model):
    """What is promised in general: within how much time something happens (S1).

    The first policy in order that matches a document counts, one for each metric. None
    is fine: then nothing is promised.
    """

    _name = "customer.sla.policy"
    _description = "Service-Level Policy"
    _inherit = ["customer.filter.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="The first policy that matches a document counts."
    )
    active = fields.Boolean(default=True, tracking=True)
    document = fields.Selection(
        [("opportunity", "Opportunity"), ("order", "Order"), ("ticket", "Ticket")],
        required=True,
        default="ticket",
    )
    metric = fields.Selection(
        [
            ("first_response", "First Response"),
            ("assignment", "Assignment"),
            ("quote_sent", "Quote Sent"),
            ("next_update", "Next Answer"),
            ("delivery", "Delivery"),
            ("resolution", "Resolution"),
        ],
        string="What Is Promised",
        required=True,
        default="resolution",
        help="First Response: a person writes to or calls the customer.\n"
        "Assignment: somebody takes charge.\n"
        "Quote Sent: the opportunity's quotation reaches the customer.\n"
        "Next Answer: a customer who has written again is answered.\n"
        "Delivery: the order is delivered completely.\n"
        "Resolution: the ticket is completed, and the customer asked to confirm.",
    )
    commitment = fields.Selection(
        [
            ("aspiration", "Aspiration"),
            ("objective", "Objective"),
            ("agreed", "Agreed With the Customer"),
            ("contractual", "Contractual"),
        ],
        required=True,
        default="objective",
        tracking=True,
        help="How far the company binds itself. What is missed under a contract "
        "stays on record as it was.",
    )
    description = fields.Text(translate=True, help="What people should know of it.")
    summary = fields.Char("In Words", compute="_compute_summary")

    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._default_company_id(),
        index=True,
        help="Empty: for all companies.",
    )
    team_ids = fields.Many2many("helpdesk.ticket.team", string="Teams")
    sales_team_ids = fields.Many2many("crm.team", string="Sales Teams")
    type_ids = fields.Many2many("helpdesk.ticket.type", string="Request Types")
    category_ids = fields.Many2many("helpdesk.ticket.category", string="Categories")
    tag_ids = fields.Many2many("helpdesk.ticket.tag", string="Ticket Tags")
    sales_tag_ids = fields.Many2many("crm.tag", string="Sales Tags")
    channel_ids = fields.Many2many("helpdesk.ticket.channel", string="Channels")
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", help="A company stands for its contacts too."
    )
    partner_tag_ids = fields.Many2many("res.partner.category", string="Customer Tags")
    journey_stage_ids = fields.Many2many(
        "customer.journey.stage", string="Journey Stages"
    )
    target_ids = fields.One2many(
        "customer.sla.target", "policy_id", "Targets", copy=True
    )
    time_basis = fields.Selection(
        [("working", "Working time"), ("calendar", "Calendar time")],
        string="Counted In",
        required=True,
        default="working",
        help="A day is the average working day of the calendar, or 24 hours of "
        "calendar time.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        help="Empty: those of the team, else of the company; around the clock where "
        "there are none.",
    )
    by_promise = fields.Boolean(
        "By the Promised Date",
        help="The order's delivery date is what counts. Where there is none, the "
        "amount of time below does, if any.",
    )
    risk_share = fields.Float(
        "At Risk From",
        default=75.0,
        help="Share of the time, in percent, after which a target is at risk.",
    )
    pauses_waiting = fields.Boolean(
        "Pauses While the Customer Is to Act",
        default=True,
        help="The clock stands still in stages that wait for the customer, and while "
        "a confirmation is pending. The customer's answer starts it again.",
    )
    pauses_by_hand = fields.Boolean(
        "People May Pause",
        default=True,
        help="A pause that somebody puts in by hand, with its reason, counts.",
    )
    requires_reason = fields.Boolean(
        "Asks Why Before Closing",
        help="Nobody of the company completes or closes a document that has missed "
        "the target without a reason.",
    )
    shows_to_customer = fields.Boolean(
        "The Customer Sees the Date",
        default=True,
        help="The date stands in the acknowledgement, in the portal and on quotations.",
    )
    is_escalating = fields.Boolean(
        "Escalations On",
        tracking=True,
        copy=False,
        help="Off: dates are shown, nobody is told anything. On: warnings and "
        "escalations happen for what begins from now on.",
    )
    escalating_since = fields.Datetime(readonly=True, copy=False)
    escalation_ids = fields.One2many(
        "customer.sla.escalation", "policy_id", "Escalations", copy=True
    )
    status_ids = fields.One2many("customer.sla.status", "policy_id", readonly=True)
    open_count = fields.Integer("Running", compute="_compute_open_count")

    _risk_share_sane = models.Constraint(
        "CHECK (risk_share > 0 AND risk_share <= 100)",
        "A target is at risk after more than 0 and up to 100 percent of its time.",
    )

    @api.model
    def _default_company_id(self):
        """Return the current company where there are several."""
        is_one_of_many = self.env.user.has_group("base.group_multi_company")
        return self.env.company if is_one_of_many else self.env["res.company"]

    @api.depends("document")
    def _compute_model_name(self):
        for policy in self:
            policy.model_name = MODELS.get(policy.document)

    @api.depends(
        "document",
        "metric",
        "target_ids.amount",
        "target_ids.unit",
        "target_ids.priority",
        "time_basis",
        "by_promise",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        """Say a policy in a sentence, for people who read the list."""
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        documents = dict(self._fields["document"]._description_selection(self.env))
        for policy in self:
            policy.summary = self.env._(
                "%(document)s: %(metric)s %(time)s",
                document=documents.get(policy.document),
                metric=(metrics.get(policy.metric) or "").lower(),
                time=policy._time_in_words(),
            )

    def _time_in_words(self):
        """Return within how much time, the most urgent first."""
        targets = self.target_ids.filtered("amount").sorted(
            lambda target: target.priority or "", reverse=True
        )
        amounts = ", ".join(target._in_words() for target in targets)
        if self.by_promise and amounts:
            return self.env._("by the promised date, else within %s", amounts)
        if self.by_promise:
            return self.env._("by the promised date")
        if amounts:
            return self.env._("within %s", amounts)
        return self.env._("without a target")

    def _compute_open_count(self):
        counts = dict(
            self.env["customer.sla.status"]._read_group(
                Domain("policy_id", "in", self.ids) & Domain("state", "in", OPEN),
                ["policy_id"],
                ["__count"],
            )
        )
        for policy in self:
            policy.open_count = counts.get(policy, 0)

    @api.constrains("document", "metric")
    def _check_metric(self):
        for policy in self:
            if policy.metric not in METRICS[policy.model_name]:
                metrics = dict(self._fields["metric"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "%(policy)s: of this kind of document one can promise "
                        "%(metrics)s.",
                        policy=policy.name,
                        metrics=", ".join(
                            metrics[metric] for metric in METRICS[policy.model_name]
                        ),
                    )
                )

    @api.onchange("document")
    def _onchange_document(self):
        metrics = METRICS.get(self.model_name, ())
        if self.metric not in metrics:
            self.metric = metrics[-1] if metrics else False

    @api.model_create_multi
    def create(self, vals_list):
        policies = super(CustomerSlaPolicy, self._saving()).create(vals_list)
        policies = policies.with_env(self.env)
        policies._note_escalating()
        policies._apply()
        return policies

    def write(self, vals):
        documents = set(self.mapped("model_name"))
        switched_on = self.filtered(lambda policy: not policy.is_escalating)
        result = super(CustomerSlaPolicy, self._saving()).write(vals)
        if vals.get("is_escalating"):
            switched_on._note_escalating()
        if not vals.keys().isdisjoint(self._rule_fields()):
            self._apply(documents)
        return result

    def unlink(self):
        documents = set(self.mapped("model_name"))
        self._check_nothing_on_record()
        result = super().unlink()
        self._apply(documents)
        return result

    def _saving(self):
        """Return the policies such that their lines leave it to them to apply."""
        return self.with_context(sla_policy_saving=True)

    def _parts_changed(self):
        """Apply lines that were changed by themselves, not with their policy."""
        if not self.env.context.get("sla_policy_saving"):
            self._apply()

    def _apply(self, documents=()):
        """Let changed settings count: for the open documents of the policies too.

        :param documents: models of documents besides those of the policies.
        """
        self.env.registry.clear_cache()
        if self.env.context.get("sla_policy_saving"):
            return
        for model_name in {*self.exists().mapped("model_name"), *documents}:
            self.env["customer.sla.sweep"].sudo()._start(model_name)

    def _check_nothing_on_record(self):
        if self.env["customer.sla.status"].search_count(
            Domain("policy_id", "in", self.ids) & Domain("state", "not in", OPEN),
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "The policy has results that reports tell of. Archive it instead."
                )
            )

    @api.model
    def _rule_fields(self):
        """Return the fields that decide what is promised to which document."""
        return {
            *CONDITIONS.values(),
            "active",
            "by_promise",
            "calendar_id",
            "commitment",
            "document",
            "domain",
            "domain_error",
            "escalation_ids",
            "is_escalating",
            "metric",
            "pauses_by_hand",
            "pauses_waiting",
            "risk_share",
            "sequence",
            "target_ids",
            "time_basis",
        }

    def _note_escalating(self):
        self.filtered("is_escalating").escalating_since = fields.Datetime.now()

    # What people do

    def action_switch_on(self):
        """Let warnings and escalations happen for what begins from now on."""
        self.write({"is_escalating": True})

    def action_switch_off(self):
        """Keep to showing dates: nobody is told anything any more."""
        self.write({"is_escalating": False})

    def action_view_statuses(self):
        """Open the clocks that run under the policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_sla_status_action"
        )
        action["domain"] = Domain("policy_id", "=", self.id)
        action["context"] = {"search_default_open": True}
        return action

    # Matching documents

    @api.model
    @tools.ormcache("model_name")
    def _rules(self, model_name):
        """Return the policies of a kind of document, compiled and in order.

        :param str model_name: the documents' model.
        :return: the rules by metric.
        """
        rules = {metric: () for metric in METRICS[model_name]}
        policies_sudo = self.sudo().with_context(active_test=True)
        for policy in policies_sudo.search(
            Domain("document", "=", DOCUMENTS[model_name])
            & Domain("domain_error", "=", False)
        ):
            if policy.metric in rules:
                rules[policy.metric] += (policy._rule(),)
        return {metric: found for metric, found in rules.items() if found}

    @tools.ormcache("self.id")
    def _rule(self):
        """Return the policy as documents are matched against it."""
        # What is archived goes on being asked for: else the policy would take it all
        asked = self.with_context(active_test=False)
        return Rule(
            policy=self.id,
            metric=self.metric,
            conditions=tuple(
                (trait, frozenset(asked[name].ids))
                for trait, name in CONDITIONS.items()
                if asked[name]
            ),
            targets={
                target.priority: Target(target.amount, target.unit)
                for target in self.target_ids
            },
            domain=self.domain or None,
            by_promise=self.by_promise,
            calendar=self.calendar_id.id,
            calendar_time=self.time_basis == "calendar",
            risk_share=self.risk_share,
            pauses=self._pause_kinds(),
            alerts=tuple(
                Alert(line.id, line.timing, line.amount, line.unit)
                for line in self.escalation_ids
            )
            if self.is_escalating
            else (),
            alerts_from=self.escalating_since,
            commitment=self.commitment,
        )

    def _pause_kinds(self):
        """Return the kinds of pause that the policy counts."""
        counts = {"waiting": self.pauses_waiting, "manual": self.pauses_by_hand}
        return frozenset(kind for kind, is_counted in counts.items() if is_counted)

    @api.model
    @tools.ormcache("model_name")
    def _condition_fields(self, model_name):
        """Return the fields of documents that decide which policies match them."""
        names, model = {"priority", "company_id"}, self.env[model_name]
        for rules in self._rules(model_name).values():
            for rule in rules:
                for trait, _wanted in rule.conditions:
                    path = model._sla_traits.get(trait)
                    names |= {path.split(".")[0]} if path else set()
                if rule.domain:
                    names |= self._domain_fields(rule.domain)
        return frozenset(names & model._fields.keys())

    @api.model
    def _domain_fields(self, domain):
        """Return the fields that a filter asks for; none of one that fails."""
        try:
            conditions = self._evaluated_domain(domain).iter_conditions()
            return {condition.field_expr.split(".")[0] for condition in conditions}
        except Exception:
            # Applying the filter tells of it
            return set()

    @api.model
    def _asks_for(self, model_name, trait):
        """Return whether any policy of a kind of document has such a condition."""
        return any(
            trait == name
            for rules in self._rules(model_name).values()
            for rule in rules
            for name, _wanted in rule.conditions
        )

    @api.model
    def _first_matching(self, rules, documents):
        """Return the rule that counts for each document that any rule matches.

        :param rules: the rules of one metric, in order.
        :return: the rules by document.
        """
        found, left = {}, documents
        for rule in rules:
            matching = left.filtered(
                lambda doc, rule=rule: (
                    rule.accepts(doc._sla_trait)
                    and (
                        rule.target(doc._sla_priority())
                        or (rule.by_promise and doc._sla_promised_date())
                    )
                )
            )
            if matching and rule.domain:
                matching = self.browse(rule.policy)._filter(matching)
            found.update(dict.fromkeys(matching, rule))
            left -= matching
            if not left:
                break
        return found

    @api.model
    def _filter_model_fields(self):
        return ["document"]

    def _disable(self, error):
        # What is under way goes on without it; the other documents follow later
        result = super(CustomerSlaPolicy, self._saving())._disable(error)
        self.env["customer.sla.sweep"].sudo()._queue(self.model_name)
        return result
