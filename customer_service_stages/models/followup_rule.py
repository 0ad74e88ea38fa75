from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools.followup_plan import HAPPENINGS, come_round, due_moment
from ..tools.sla_rules import DOCUMENTS, MODELS

#: What an act needs to know, by the value of `act`.
NEEDS = {
    "mail": ("template_id",),
    "survey": ("template_id", "survey_id"),
    "call": ("summary",),
    "activity": ("task_type_id", "summary"),
    "action": ("action_id",),
}

#: The acts that write to the customer.
WRITING = ("mail", "survey")


class CustomerFollowupRule(models.Model):
    """What is to be done by itself some time after something happened (F1-F8).

    A rule does nothing until somebody has read it and switched it on; from then on it
    looks at what happens, never at what has happened before (pitfall 35).
    """

    _name = "customer.followup.rule"
    _description = "Follow-up Rule"
    _inherit = ["customer.filter.mixin", "customer.compiled.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        "Priority",
        default=10,
        help="Where a customer can be written to once, what stands higher goes first.",
    )
    active = fields.Boolean(default=True, tracking=True)
    is_on = fields.Boolean("Switched On", copy=False, tracking=True)
    live_date = fields.Datetime(
        "Counts From",
        copy=False,
        tracking=True,
        help="What happened before is not followed up. Set when the rule is switched "
        "on, unless you choose a later moment.",
    )
    description = fields.Text(translate=True, help="What people should know of it.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )

    # When
    event = fields.Selection(
        [
            ("lead_unanswered", "The customer does not answer us (opportunity)"),
            ("quote_sent", "A quote was sent"),
            ("quote_viewed", "The customer has looked at the quote"),
            ("quote_expiring", "A quote expires"),
            ("order_confirmed", "An order was confirmed"),
            ("delivery_completed", "The delivery is complete"),
            ("delivery_accepted", "The customer has accepted the delivery"),
            ("ticket_closed", "A ticket was closed"),
            ("feedback_given", "The customer has told how it went"),
            ("feedback_happy", "The customer is happy"),
            ("feedback_unhappy", "The customer is not happy"),
            ("refused", "The customer has refused"),
            ("lost", "An opportunity was lost"),
            ("recommended", "A customer has recommended us"),
            ("journey_idle", "Nothing happens on a journey"),
            ("anniversary", "It is a year, or years, since the delivery"),
            ("maintenance", "A product that was delivered is due for maintenance"),
            ("unanswered", "Another rule has got no answer"),
        ],
        "After",
        required=True,
        default="delivery_completed",
        tracking=True,
    )
    document = fields.Selection(
        [("opportunity", "Opportunity"), ("order", "Order"), ("ticket", "Ticket")],
        compute="_compute_document",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    delay = fields.Integer(
        "Wait",
        default=1,
        tracking=True,
        help="Negative: so much before, in calendar days.",
    )
    delay_unit = fields.Selection(
        [("working_day", "Working Days"), ("day", "Days")],
        required=True,
        default="working_day",
    )
    hour_from = fields.Float("From", default=0.0)
    hour_to = fields.Float("To", default=24.0)

    # What
    act = fields.Selection(
        [
            ("mail", "Write to the customer"),
            ("survey", "Ask the customer how it went"),
            ("call", "Have somebody call the customer"),
            ("activity", "Give somebody something to do"),
            ("action", "Run a server action"),
        ],
        "Do",
        required=True,
        default="mail",
        tracking=True,
    )
    template_id = fields.Many2one(
        "mail.template", "Mail", domain="[('model', '=', model_name)]", tracking=True
    )
    survey_id = fields.Many2one("survey.survey")
    task_type_id = fields.Many2one("mail.activity.type", "Activity")
    summary = fields.Char(translate=True, help="What is to be done, in a few words.")
    script = fields.Html(
        translate=True, help="What to say or to do; it stands in the task."
    )
    action_id = fields.Many2one(
        "ir.actions.server", "Server Action", domain="[('model_name', '=', model_name)]"
    )
    kind = fields.Selection(
        [
            ("service", "About what was ordered"),
            ("quote", "Reminders of quotes"),
            ("feedback", "Questions about our work, and reviews"),
            ("loyalty", "Maintenance and news from time to time"),
        ],
        "Kind of Message",
        required=True,
        default="service",
        help="Customers can do without each kind.",
    )

    # Until
    next_rule_id = fields.Many2one(
        "customer.followup.rule",
        "When Unanswered",
        domain="[('event', '=', 'unanswered'), ('id', '!=', id)]",
        ondelete="restrict",
    )
    stop_on_reply = fields.Boolean("A reply", default=True)
    stop_on_ticket = fields.Boolean("A new ticket", default=True)
    stop_on_return = fields.Boolean(
        "The customer comes back", help="With another need: an enquiry, a quote."
    )
    stop_on_reopening = fields.Boolean("Something taken up again", default=True)
    stop_on_other = fields.Boolean(
        "A mail about something else",
        help="Left out, where the customer has been written to about another need.",
    )

    followup_ids = fields.One2many("customer.followup", "rule_id", "Follow-ups")
    planned_count = fields.Integer("Planned", compute="_compute_counts")
    done_count = fields.Integer("Done", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    error = fields.Text(
        "What Went Wrong",
        readonly=True,
        copy=False,
        help="Why follow-ups of this rule fail. Mend it, then try again.",
    )

    _live_since = models.Constraint(
        "CHECK (NOT is_on OR live_date IS NOT NULL)",
        "A rule that is switched on counts from a moment on: enter it.",
    )
    _hours_of_a_day = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "Hours of the day: from 0 to 24, the earlier one first.",
    )

    @api.depends("event")
    def _compute_document(self):
        for rule in self:
            happening = HAPPENINGS[rule.event or "unanswered"]
            allowed = [DOCUMENTS[model] for model in happening.models]
            if rule.document not in allowed:
                rule.document = allowed[0]

    @api.depends("document")
    def _compute_model_name(self):
        for rule in self:
            rule.model_name = MODELS.get(rule.document)

    def _compute_counts(self):
        groups = self.env["customer.followup"]._read_group(
            Domain("rule_id", "in", self.ids), ["rule_id", "state"], ["__count"]
        )
        counts = {(rule.id, state): count for rule, state, count in groups}
        for rule in self:
            for state in ("planned", "done", "failed"):
                rule[f"{state}_count"] = counts.get((rule.id, state), 0)

    @api.constrains("event", "document", "next_rule_id")
    def _check_document(self):
        for rule in self:
            if MODELS[rule.document] not in HAPPENINGS[rule.event].models:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: “%(event)s” does not happen to this kind of "
                        "document. Choose another one.",
                        rule=rule.name,
                        event=rule._label("event"),
                    )
                )
            following = rule.next_rule_id
            if following and following.document != rule.document:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: the rule that follows, %(next)s, is about another "
                        "kind of document.",
                        rule=rule.name,
                        next=following.name,
                    )
                )
        if self._has_cycle("next_rule_id"):
            raise ValidationError(
                self.env._("These rules follow one another for ever. End the chain.")
            )

    @api.constrains(
        "act",
        "action_id",
        "task_type_id",
        "document",
        "is_on",
        "summary",
        "survey_id",
        "template_id",
    )
    def _check_act(self):
        """A rule that is switched on knows what it does."""
        for rule in self.filtered("is_on"):
            for name in NEEDS[rule.act]:
                if not rule[name]:
                    raise ValidationError(
                        self.env._(
                            "%(rule)s cannot be switched on: fill in “%(field)s” "
                            "first.",
                            rule=rule.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )
            model_name = MODELS[rule.document]
            if rule.act in WRITING and rule.template_id.model != model_name:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: the mail %(mail)s is about another kind of "
                        "document. Choose one for %(document)s.",
                        rule=rule.name,
                        mail=rule.template_id.name,
                        document=rule._label("document"),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        return super().create(
            [
                {"live_date": now, **vals} if vals.get("is_on") else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        """Count from now on when switched on; call off what is not meant any more."""
        now = fields.Datetime.now()
        if vals.get("is_on") and "live_date" not in vals:
            starting = self.filtered(
                lambda rule: (
                    not rule.is_on and (not rule.live_date or rule.live_date < now)
                )
            )
            super(CustomerFollowupRule, starting).write({"live_date": now})
        changed = self.filtered(
            lambda rule: any(
                name in vals and rule[name] != vals[name]
                for name in ("document", "event")
            )
        )
        changed._planned()._call_off("condition")
        result = super().write(vals)
        if not vals.get("is_on", True) or not vals.get("active", True):
            self._planned()._call_off("rule_off")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_done(self):
        if self._followups("done", limit=1):
            raise UserError(
                self.env._("What a rule has done stays on record. Archive it instead.")
            )

    # What administrators do

    def action_switch_on(self):
        """Let the rules do their work, from now on."""
        self.is_on = True

    def action_switch_off(self):
        """Call off what the rules have planned, and plan nothing more."""
        self.is_on = False

    def action_retry(self):
        """Plan anew what has failed, once the reason is mended."""
        self.check_access("write")
        self.error = False
        self._followups("failed")._take_up()

    def action_view_followups(self):
        """Open what the rule has planned and done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_followup_action"
        )
        action["domain"] = Domain("rule_id", "=", self.id)
        action["context"] = {}
        return action

    def action_send_test(self):
        """Send the rule's mail to the user alone, about the newest document it fits.

        :raises UserError: if there is no document yet, or nothing to send.
        """
        self.ensure_one()
        template, user = self.template_id, self.env.user
        if self.act not in WRITING or not template:
            raise UserError(self.env._("This rule sends no mail."))
        if not user.email:
            raise UserError(self.env._("Enter your own e-mail address first."))
        document = self._example()
        if not document:
            raise UserError(
                self.env._("There is no document yet that the mail could be about.")
            )
        document._mail_test(template, user)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The test mail about %(document)s is on its way to %(address)s.",
                    document=document.display_name,
                    address=user.email,
                ),
            },
        }

    def _example(self):
        """Return the newest document that the rule fits, of those the user may see."""
        domain = Domain.TRUE
        if self.domain:
            domain = self._evaluated_domain(self.domain)
        if self.company_id:
            domain &= Domain("company_id", "=", self.company_id.id)
        model = self.env[self.model_name].with_context(active_test=False)
        newest = model.search(domain & Domain("partner_id", "!=", False), limit=1)
        return newest or model.search(Domain("partner_id", "!=", False), limit=1)

    # Which rules count

    @ormcache()
    def _switched_on(self):
        """Return what the rules that are switched on wait for.

        :return: tuples of id, model and event.
        """
        rules = self.sudo().search(Domain("is_on", "=", True))
        return tuple((rule.id, rule.model_name, rule.event) for rule in rules)

    @api.model
    def _beginning(self, model_name, event):
        """Return the rules that an event of such documents sets going."""
        return self.browse(
            rule
            for rule, model, awaited in self._switched_on()
            if model == model_name and event in HAPPENINGS[awaited].begins
        )

    @api.model
    def _waits_for(self, event):
        """Return whether a rule that is switched on waits for something."""
        return any(awaited == event for _rule, _model, awaited in self._switched_on())

    def _planned(self):
        return self._followups("planned")

    def _followups(self, state, limit=None):
        """Return the follow-ups of rules in a state, with superuser rights."""
        domain = Domain("rule_id", "in", self.ids) & Domain("state", "=", state)
        return self.env["customer.followup"].sudo().search(domain, limit=limit)

    # What is to be done when

    def _accepting(self, documents):
        """Return the documents that a rule is for."""
        if self.domain_error:
            return documents.browse()
        if self.company_id:
            documents = documents.filtered(
                lambda document: document.company_id <= self.company_id
            )
        if statuses := HAPPENINGS[self.event].statuses:
            documents = documents.filtered(
                lambda document: document._journey_status() in statuses
            )
        return self._filter(documents) if self.domain else documents

    def _anchor(self, document):
        """Return the moment of a document that is counted from, or None for none.

        :return: UTC, naive.
        """
        name = HAPPENINGS[self.event].anchor
        moment = name and getattr(document, name)
        return (moment() if callable(moment) else moment) or None

    def _rounds(self, document):
        """Return after how many months it comes round; 0: it does not."""
        months = HAPPENINGS[self.event].months
        if months is None:
            return [0]
        return [months] if months else document._followup_intervals()

    def _may_plan(self):
        return self.is_on and self.active

    def _moment(self, document, anchor, months=0, number=1):
        """Return when a document is to be followed up.

        :param datetime anchor: the moment that is counted from (UTC, naive).
        :param int months: after how many it comes round, or 0.
        :param int number: which time it is.
        :return: UTC, naive.
        """
        clock = document._confirmation_calendar()._work_clock()
        start = come_round(anchor, months, number)
        return due_moment(clock, start, self.delay, self.delay_unit)

    def _is_too_late(self, document, anchor):
        """Return whether it would have had to be done before it was known."""
        moment = self._moment(document, anchor)
        return self._comes_before() and moment <= fields.Datetime.now()

    def _comes_before(self):
        """Return whether it is about what is still to come, so can be too late."""
        return self.delay < 0 and HAPPENINGS[self.event].months is None

    # What is done

    def _do_mail(self, documents):
        """Write to the customers; return the messages, in the documents' order."""
        contacts = {doc: doc._followup_contact(self.event) for doc in documents}
        mails = documents._queue_mail(
            self.template_id,
            contacts,
            opt_out=lambda doc: doc._opt_out_link(*contacts[doc], self.kind),
        )
        return mails.mail_message_id

    def _do_survey(self, documents):
        """Ask the customers how it went."""
        self.env["customer.feedback"]._ask(documents, self.survey_id)
        return self._do_mail(documents)

    def _do_call(self, documents):
        """Have somebody call the customers."""
        self._give_task(documents, self.env.ref("mail.mail_activity_data_call"))

    def _do_activity(self, documents):
        """Give somebody something to do about the documents."""
        self._give_task(documents, self.task_type_id)

    def _give_task(self, documents, activity_type):
        for lang, group in documents.grouped(lambda doc: doc._owner().lang).items():
            rule = self.with_context(lang=lang)
            group._task_for_owner(rule.summary, rule.script, activity_type)

    def _do_action(self, documents):
        """Run the server action on the documents."""
        self.action_id.with_context(
            active_model=documents._name,
            active_ids=documents.ids,
            active_id=documents[:1].id,
        ).run()

    def _note_failure(self, error):
        """Tell whoever looks after the rule that it fails: once, until it is mended."""
        if not self.error:
            self.error = error
            self._warn_manager(self.env._("Its follow-ups fail"), error)

    def _label(self, field_name):
        labels = dict(self._fields[field_name]._description_selection(self.env))
        return labels[self[field_name]]

    @api.model
    def _filter_model_fields(self):
        return ["document"]

    def _filter_model_name(self):
        return MODELS[self.document]
