import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: How long a failing escalation is left alone, at first; twice as long each time.
BACK_OFF = timedelta(minutes=5)

#: How often a failing escalation is tried before it is given up.
TRIES = 8

#: The highest priority that an escalation raises a document to.
HIGHEST_PRIORITY = 3


class CustomerSlaEscalation(models.Model):
    """What is done before or after a deadline, once in a cycle (S4)."""

    _name = "customer.sla.escalation"
    _description = "Service-Level Escalation"
    _inherit = ["customer.sla.part.mixin"]
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "customer.sla.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(compute="_compute_name")
    timing = fields.Selection(
        [
            ("share", "When this share of the time has passed (%)"),
            ("before", "Before the deadline"),
            ("after", "After the deadline"),
        ],
        string="When",
        required=True,
        default="after",
    )
    amount = fields.Float(required=True, digits=(16, 2))
    unit = fields.Selection(
        [("minute", "Minutes"), ("hour", "Hours"), ("day", "Days")],
        default="hour",
        help="Counted as the policy's targets are.",
    )
    act = fields.Selection(
        [
            ("activity", "Plan an activity"),
            ("notify", "Notify people"),
            ("mail", "Write a mail"),
            ("reassign", "Reassign"),
            ("priority", "Raise the priority"),
            ("server_action", "Run a server action"),
        ],
        string="What",
        required=True,
        default="activity",
    )
    recipient = fields.Selection(
        [
            ("owner", "The responsible person"),
            ("leader", "The team's leader"),
            ("users", "These people"),
        ],
        string="Who",
        default="owner",
    )
    user_ids = fields.Many2many("res.users", string="People")
    activity_type_id = fields.Many2one("mail.activity.type", "Activity")
    note = fields.Char("Message", translate=True)
    template_id = fields.Many2one("mail.template", "Mail")
    user_id = fields.Many2one("res.users", "Reassign To")
    server_action_id = fields.Many2one("ir.actions.server")
    alert_ids = fields.One2many(
        "customer.sla.alert", "escalation_id", "Alerts", readonly=True
    )

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "Use Before the deadline instead of a negative amount."
    )

    @api.depends("timing", "amount", "unit", "act")
    @api.depends_context("lang")
    def _compute_name(self):
        acts = dict(self._fields["act"]._description_selection(self.env))
        in_words = self.env["customer.sla.target"]._amount_in_words
        for escalation in self:
            if escalation.timing == "share":
                when = self.env._("At %s %% of the time", f"{escalation.amount:g}")
            elif not escalation.amount:
                when = self.env._("At the deadline")
            else:
                amount = in_words(escalation.amount, escalation.unit or "hour")
                when = (
                    self.env._("%s before", amount)
                    if escalation.timing == "before"
                    else self.env._("%s after", amount)
                )
            escalation.name = f"{when}: {acts.get(escalation.act)}"

    @api.constrains("timing", "amount", "unit")
    def _check_timing(self):
        for escalation in self:
            if escalation.timing == "share" and not 0 < escalation.amount <= 100:
                raise ValidationError(
                    self.env._(
                        "A share of the time is more than 0 and up to 100 percent. Use "
                        "After the deadline for what comes later."
                    )
                )
            if escalation.timing != "share" and not escalation.unit:
                raise ValidationError(
                    self.env._("Say in minutes, hours or days when it happens.")
                )

    @api.constrains("act", "template_id", "user_id", "server_action_id", "user_ids")
    def _check_complete(self):
        for escalation in self:
            if missing := escalation._missing_field():
                raise ValidationError(
                    self.env._(
                        "%(escalation)s: fill in “%(field)s” too.",
                        escalation=escalation.name,
                        field=self._fields[missing]._description_string(self.env),
                    )
                )
            model = escalation._model_of_act()
            if model and model.model != escalation.policy_id.model_name:
                raise ValidationError(
                    self.env._(
                        "%(escalation)s is for another kind of document: %(model)s.",
                        escalation=escalation.name,
                        model=model.name,
                    )
                )

    def _missing_field(self):
        """Return the name of the field that the act needs and that is empty."""
        needed = {
            "mail": "template_id",
            "reassign": "user_id",
            "server_action": "server_action_id",
        }.get(self.act)
        if self.act in ("activity", "notify") and self.recipient == "users":
            needed = "user_ids"
        return needed if needed and not self[needed] else None

    def _model_of_act(self):
        """Return the model that the mail or server action is made for, if any."""
        if self.act == "mail":
            return self.template_id.model_id
        if self.act == "server_action":
            return self.server_action_id.model_id
        return self.env["ir.model"]

    # Acting

    def _escalate(self, statuses):
        """Do it for the documents of statuses, and note that it is done.

        What fails is isolated: tried one by one, shown, and tried again later.
        """
        now = fields.Datetime.now()
        timely = statuses
        if self.timing != "after":
            # After a downtime, nobody needs a warning of what is late already
            timely = statuses.filtered(lambda status: now <= status.deadline)
            self._note(statuses - timely, "skipped")
        if not timely:
            return
        try:
            with self.env.cr.savepoint():
                [documents] = timely._documents()
                self._act(documents)
                self.env.flush_all()
        except Exception as error:
            if len(timely) > 1:
                for status in timely:
                    self._escalate(status)
                return
            _logger.warning("%s fails for %s", self, timely, exc_info=True)
            self._note_failure(timely, error)
        else:
            self._note(timely, "done")

    def _note(self, statuses, state, **values):
        """Note what became of the escalation, in place of what was noted before."""
        Alert = self.env["customer.sla.alert"]
        Alert.search(
            Domain("status_id", "in", statuses.ids)
            & Domain("escalation_id", "=", self.id)
        ).unlink()
        Alert.create(
            [
                {
                    "status_id": status.id,
                    "escalation_id": self.id,
                    "date": fields.Datetime.now(),
                    "state": state,
                    **values,
                }
                for status in statuses
            ]
        )

    def _note_failure(self, status, error):
        """Show what failed, and try again: later each time, and not for ever."""
        before = status.alert_ids.filtered(lambda alert: alert.escalation_id == self)
        tries = sum(before.mapped("tries")) + 1
        is_given_up = tries >= TRIES
        self._note(
            status,
            "given_up" if is_given_up else "failed",
            tries=tries,
            retry_date=not is_given_up
            and fields.Datetime.now() + BACK_OFF * 2 ** (tries - 1),
            error=f"{self.name}: {error}",
        )

    def _act(self, documents):
        getattr(self, f"_act_{self.act}")(documents)

    def _act_activity(self, documents):
        xmlid = "mail.mail_activity_data_todo"
        activity_type = self.activity_type_id or self.env.ref(xmlid)
        for users, group in documents.grouped(self._recipients).items():
            for user in users:
                self._visible(group, user).activity_schedule(
                    activity_type_id=activity_type.id,
                    summary=self._words(),
                    user_id=user.id,
                )

    def _act_notify(self, documents):
        """Tell each person of all the documents at once (pitfall 22)."""
        told = {}
        for document in documents:
            for user in self._recipients(document):
                told.setdefault(user, documents.browse())
                told[user] += document
        for user, group in told.items():
            seen = self._visible(group, user)
            if not seen:
                continue
            lines = Markup("").join(
                Markup("<li>%s</li>") % document._get_html_link() for document in seen
            )
            self.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=self.with_context(lang=user.lang)._words(),
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (self.with_context(lang=user.lang)._words(), lines),
                model=False,
            )

    @api.model
    def _visible(self, documents, user):
        """Return the documents that a person may see, and be told of (T10)."""
        return documents.with_user(user)._filtered_access("read").with_env(self.env)

    def _act_mail(self, documents):
        self.template_id.send_mail_batch(documents.ids)

    def _act_reassign(self, documents):
        documents.filtered(lambda doc: doc.user_id != self.user_id).write(
            {"user_id": self.user_id.id}
        )

    def _act_priority(self, documents):
        for priority, group in documents.grouped("priority").items():
            raised = min(int(priority or 0) + 1, HIGHEST_PRIORITY)
            if str(raised) != priority:
                group.write({"priority": str(raised)})

    def _act_server_action(self, documents):
        self.server_action_id.with_context(
            active_model=documents._name,
            active_ids=documents.ids,
            active_id=documents[:1].id,
        ).run()

    def _recipients(self, document):
        """Return whom the escalation turns to about a document."""
        if self.recipient == "users":
            return self.user_ids
        leader = document.team_id.user_id
        return leader if self.recipient == "leader" and leader else document._owner()

    def _words(self):
        """Return what the escalation tells people."""
        return self.note or self.env._(
            "%(policy)s: %(when)s",
            policy=self.policy_id.name,
            when=self.name.split(":")[0],
        )
