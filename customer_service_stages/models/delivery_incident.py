import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: What only the incident's own steps write.
OWN_STEPS = {
    "call_activity_id",
    "call_date",
    "call_result",
    "improvement_id",
    "message_id",
    "state",
    "status_id",
    "told_date",
}

TEMPLATES = {
    "sale.order": "customer_service_stages.mail_template_incident_order",
    "helpdesk.ticket": "customer_service_stages.mail_template_incident_ticket",
}

#: Missed dates that the scheduled action takes at a time.
BATCH = 50


class CustomerIncident(models.Model):
    """Something that went wrong, with what is done about it (D2).

    The customer hears of the problem and of its solution together. What is serious is
    told by telephone first: the mail waits until somebody has called, and says whether
    we have spoken. So is every contractual date that is missed, which the scheduled
    action finds; its solution may come with the call.
    """

    _name = "customer.incident"
    _description = "Incident"
    _inherit = ["customer.about.mixin"]
    _order = "date desc, id desc"
    _rec_name = "kind_id"
    _own_document_fields = ("order_id", "ticket_id")

    order_id = fields.Many2one("sale.order", index="btree_not_null", ondelete="cascade")
    ticket_id = fields.Many2one(
        "helpdesk.ticket", index="btree_not_null", ondelete="cascade"
    )
    document_name = fields.Char("About", compute="_compute_document_values")
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_document_values"
    )
    addressee = fields.Char("To", compute="_compute_document_values")
    journey_id = fields.Many2one(
        "customer.journey",
        compute="_compute_journey_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    date = fields.Datetime(
        "Happened On", required=True, default=fields.Datetime.now, readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Reported By",
        default=lambda self: self.env.user,
        readonly=True,
        ondelete="set null",
    )
    kind_id = fields.Many2one(
        "customer.incident.kind", required=True, index=True, ondelete="restrict"
    )
    severity = fields.Selection(
        [("minor", "Minor"), ("serious", "Serious")],
        default="minor",
        required=True,
        help="Customers hear of serious ones by telephone first.",
    )
    problem = fields.Text(
        required=True, help="What happened, as the customer reads it."
    )
    solution = fields.Text(
        help="What is done about it, and by when, as the customer reads it."
    )
    state = fields.Selection(
        [
            ("draft", "Not told yet"),
            ("call", "Call first"),
            ("told", "Told"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    call_activity_id = fields.Many2one(
        "mail.activity", "Call Task", readonly=True, copy=False, ondelete="set null"
    )
    call_result = fields.Selection(
        [("spoken", "We have spoken"), ("missed", "Nobody answered")],
        "The Call",
        readonly=True,
        copy=False,
    )
    call_date = fields.Datetime("Called On", readonly=True, copy=False)
    told_date = fields.Datetime("Told On", readonly=True, copy=False)
    message_id = fields.Many2one(
        "mail.message",
        "Told By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    status_id = fields.Many2one(
        "customer.sla.status",
        "Missed Promise",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The contractual date that was missed.",
    )
    improvement_id = fields.Many2one(
        "customer.improvement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The suggestion that this and its like have led to.",
    )

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(order_id, ticket_id) = 1)",
        "An incident is about one order or one request.",
    )
    _solved = models.Constraint(
        "CHECK (status_id IS NOT NULL AND state != 'told'"
        " OR COALESCE(trim(solution), '') != '')",
        "Say what is done about the problem: the customer hears of both together.",
    )
    _said = models.Constraint("CHECK (trim(problem) != '')", "Say what the problem is.")
    _status_uniq = models.UniqueIndex("(status_id) WHERE status_id IS NOT NULL")
    _repeat_idx = models.Index("(company_id, kind_id, date)")

    @api.depends("order_id", "ticket_id")
    def _compute_document_values(self):
        for incident in self:
            document_sudo = incident.sudo()._document()
            incident.document_name = document_sudo.display_name
            incident.partner_id = document_sudo.partner_id
            incident.addressee = (
                document_sudo and document_sudo._confirmation_contact()[1]
            )

    @api.depends("order_id.journey_id", "ticket_id.journey_id")
    def _compute_journey_id(self):
        for incident in self:
            incident.journey_id = incident._document().journey_id

    @api.depends("order_id.company_id", "ticket_id.company_id")
    def _compute_company_id(self):
        for incident in self:
            incident.company_id = incident._document().company_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_own_steps(vals)
        incidents = super().create(vals_list)
        for documents in incidents._documents():
            documents.check_access("write")
        incidents_sudo = incidents.sudo()
        incidents_sudo._plan_calls()
        for documents in incidents_sudo._documents():
            documents._journey_event("incident")
        incidents_sudo._suggest_improvements()
        return incidents

    def write(self, vals):
        self._check_own_steps(vals)
        if not self.env.su and self.filtered(lambda i: i.state == "told"):
            raise UserError(
                self.env._(
                    "The customer has been told: this stays as it is. Report what is "
                    "new as another problem."
                )
            )
        result = super().write(vals)
        if vals.get("severity") == "serious":
            self.sudo()._plan_calls()
        return result

    @api.model
    def _check_own_steps(self, vals):
        """No mail about bad news leaves because somebody says that it has (D2)."""
        if not self.env.su and not OWN_STEPS.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "Use the buttons of the incident: they note the call, and tell the "
                    "customer."
                )
            )

    # What people do

    def action_spoken(self):
        """Note that the customers have heard it by telephone, and write to them."""
        self._check_may_tell()
        # A task that is done notes the call by itself
        self.sudo().call_activity_id.action_feedback()
        self.sudo().filtered(lambda i: not i.call_result)._note_call("spoken")

    def action_missed(self):
        """Note that nobody answered, and write to the customers that we tried."""
        self._check_may_tell()
        for incident_sudo in self.sudo():
            incident_sudo._document()._message_log(
                body=self.env._(
                    "Called about “%s”: nobody answered.", incident_sudo.kind_id.name
                )
            )
            if incident_sudo.addressee:
                incident_sudo.call_activity_id.unlink()
                incident_sudo._note_call("missed")

    def action_tell(self):
        """Tell the customers of the problem and its solution.

        :raises UserError: before the customer of a serious one has been called.
        """
        self._check_may_tell()
        for incident in self:
            if incident._must_call():
                raise UserError(
                    self.env._(
                        "Bad news by telephone first: call the customer, then say "
                        "how it went."
                    )
                )
        self.sudo()._tell()

    def _check_may_tell(self):
        """:raises UserError: for what has been told, or has no solution yet."""
        self.check_access("write")
        for documents in self._documents():
            documents.check_access("write")
        for incident in self:
            if incident.state == "told":
                raise UserError(self.env._("The customer has been told already."))
            if not (incident.solution or "").strip():
                raise UserError(
                    self.env._(
                        "Say what is done about the problem first: the customer hears "
                        "of both together."
                    )
                )

    def _must_call(self):
        """Return whether the customer is to be called before a mail leaves."""
        is_by_phone = self.severity == "serious" or not self.addressee
        return is_by_phone and not self.call_result

    # Calling and telling

    def _plan_calls(self):
        """Give somebody the task to call the customers of what is serious (D2)."""
        for incident in self.filtered(lambda i: i.state == "draft" and i._must_call()):
            document = incident._document()
            owner = document._owner()
            in_words = incident.with_context(lang=owner.lang or self.env.lang)
            incident.write(
                {
                    "state": "call",
                    "call_activity_id": document.activity_schedule(
                        "mail.mail_activity_data_call",
                        summary=in_words.env._("Call: %s", in_words.kind_id.name),
                        note=incident.problem,
                        user_id=owner.id,
                    ).id,
                }
            )

    def _note_call(self, result):
        """Note how the calls went; what has its solution is then written, too.

        :param str result: `spoken` or `missed`.
        """
        self.write({"call_result": result, "call_date": fields.Datetime.now()})
        self.filtered("solution")._tell()

    def _tell(self):
        """Write to the customers of both problem and solution, where they have mail."""
        for incident in self:
            document = incident._document()
            vals = {"state": "told", "told_date": fields.Datetime.now()}
            if incident.addressee:
                template = self.env.ref(TEMPLATES[document._name])
                mail = document._queue_mail(template.with_context(incident=incident.id))
                vals["message_id"] = mail.mail_message_id.id
            incident.write(vals)

    # What happens again and again

    def _suggest_improvements(self):
        """Have somebody look into kinds that come up again and again (D2, A4).

        Once for each kind and period of a company.
        """
        now = fields.Datetime.now()
        improvements_sudo = self.env["customer.improvement"].sudo()
        for company, incidents in self.grouped("company_id").items():
            limit = company.incident_repeat_count
            days = company.incident_repeat_days
            if not limit:
                continue
            for kind, recent in self._read_group(
                Domain("company_id", "=", company.id)
                & Domain("kind_id", "in", incidents.kind_id.ids)
                & Domain("date", ">", now - timedelta(days=days)),
                ["kind_id"],
                ["id:recordset"],
            ):
                if len(recent) < limit or recent.improvement_id:
                    continue
                recent.improvement_id = improvements_sudo._suggest(
                    "incident",
                    self.env._(
                        "%(kind)s: %(count)s times in %(days)s days",
                        kind=kind.name,
                        count=len(recent),
                        days=days,
                    ),
                    company_id=company.id,
                    description="\n".join(
                        f"{incident.document_name}: {incident.problem}"
                        for incident in recent
                        if not incident.ticket_id.is_confidential
                    ),
                )

    # Missed contractual dates, by scheduled action

    @api.model
    def _cron_missed(self):
        """Report every contractual date of delivery that was missed (D2)."""
        commit_progress = self.env["ir.cron"]._commit_progress
        Status = self.env["customer.sla.status"]
        last_id, remaining = 0, Status.search_count(self._missed_domain())
        commit_progress(remaining=remaining)
        while statuses := Status.search(
            self._missed_domain() & Domain("id", ">", last_id), order="id", limit=BATCH
        ):
            last_id = statuses[-1].id
            for status in statuses:
                try:
                    with self.env.cr.savepoint():
                        self._report_missed(status)
                except Exception:
                    _logger.exception("The missed promise %s is not told", status.id)
            if not commit_progress(len(statuses)):
                break

    @api.model
    def _missed_domain(self):
        """Return the domain of the missed contractual dates that nobody was told of.

        Only those since the company has the module, or has switched it on.
        """
        domain = Domain.FALSE
        for company in self.env["res.company"].sudo().search(Domain.TRUE):
            if since := company.incident_since_date:
                domain |= Domain("company_id", "=", company.id) & Domain(
                    "deadline", ">", since
                )
        return Domain.AND(
            [
                Domain("metric", "=", "delivery"),
                Domain("commitment", "=", "contractual"),
                Domain("result", "in", ["late", "met_late"]),
                ~Domain("incident_ids", "any", Domain.TRUE),
                domain,
            ]
        )

    @api.model
    def _report_missed(self, status):
        """Open the incident of a date that was missed; its owner is to call."""
        order = status.order_id
        in_words = order.with_context(lang=order.partner_id.lang or self.env.lang)
        return self.create(
            {
                "order_id": order.id,
                "status_id": status.id,
                "kind_id": self.env.ref(
                    "customer_service_stages.incident_kind_delay"
                ).id,
                "severity": "serious",
                "user_id": order._owner().id,
                "date": status.deadline,
                "problem": in_words.env._(
                    "We had promised to deliver by %s, and did not.",
                    in_words._customer_time(status.deadline, with_time=False),
                ),
            }
        )
