import logging
from collections import Counter
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools.misc import clean_context

from ..tools.journey_moves import (
    STAGES,
    STATUS_OUTCOME,
    UNNOTED_EVENTS,
    journey_state,
    stage_after,
)

_logger = logging.getLogger(__name__)

#: Nothing is posted or mailed when a journey begins: its document has done so.
SILENT = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}

FIRST_DATES = ("begin_date", *(f"{code}_date" for code in STAGES))


class CustomerJourney(models.Model):
    """One need of one customer, from first contact to after-sales (J1).

    Journeys begin and end with their documents; see `customer.journey.mixin`.
    """

    _name = "customer.journey"
    _description = "Customer Journey"
    _inherit = [
        "customer.own.mixin",
        "mail.tracking.duration.mixin",
        "mail.activity.mixin",
    ]
    _order = "date_last_stage_update desc, id desc"
    _track_duration_field = "stage_id"
    _own_document_fields = ("lead_ids", "order_ids", "ticket_ids")
    _mail_post_access = "read"

    name = fields.Char(required=True, tracking=True)
    stage_id = fields.Many2one(
        "customer.journey.stage",
        required=True,
        index=True,
        copy=False,
        tracking=True,
        ondelete="restrict",
        group_expand="_read_group_stage_id",
    )
    stage_code = fields.Selection(related="stage_id.code")
    state = fields.Selection(
        string="Status",
        selection=[
            ("open", "Ongoing"),
            ("completed", "Completed"),
            ("lost", "Lost"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_header",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Commercial Entity",
        store=True,
        index="btree_not_null",
    )
    customer_name = fields.Char(compute="_compute_customer_name", compute_sudo=True)
    company_id = fields.Many2one(
        "res.company", compute="_compute_header", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who looks after this journey: at first whoever has its leading document.",
    )
    lead_ids = fields.One2many(
        "crm.lead", "journey_id", "Opportunities", context={"active_test": False}
    )
    order_ids = fields.One2many("sale.order", "journey_id", "Quotations & Orders")
    ticket_ids = fields.One2many(
        "helpdesk.ticket", "journey_id", "Tickets", context={"active_test": False}
    )
    lead_count = fields.Integer(compute="_compute_document_counts", compute_sudo=True)
    order_count = fields.Integer(compute="_compute_document_counts", compute_sudo=True)
    ticket_count = fields.Integer(compute="_compute_document_counts", compute_sudo=True)
    event_ids = fields.One2many("customer.journey.event", "journey_id", "Timeline")
    origin_model = fields.Selection(
        [
            ("crm.lead", "Opportunity"),
            ("sale.order", "Quotation"),
            ("helpdesk.ticket", "Ticket"),
        ],
        string="Began With",
        readonly=True,
        copy=False,
    )
    origin_id = fields.Many2oneReference(
        "Began With ID", model_field="origin_model", readonly=True, copy=False
    )
    contact_date = fields.Datetime("First Contact On", readonly=True, copy=False)
    quote_date = fields.Datetime("Quote & Management On", readonly=True, copy=False)
    delivery_date = fields.Datetime("Delivery On", readonly=True, copy=False)
    aftersales_date = fields.Datetime("After-sales On", readonly=True, copy=False)
    begin_date = fields.Datetime("Begun On", readonly=True, copy=False, required=True)
    end_date = fields.Datetime("Ended On", readonly=True, copy=False)
    date_last_stage_update = fields.Datetime(
        "In This Stage Since", readonly=True, copy=False
    )
    promised_date = fields.Datetime(
        compute="_compute_promised_date",
        store=True,
        help="The earliest date promised for what is still to be delivered, else the "
        "date of the last delivery.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True
    )
    amount_ordered = fields.Monetary(
        compute="_compute_amount_ordered",
        store=True,
        string="Ordered",
        help="Untaxed amount of the confirmed orders, in the company's currency.",
    )

    # The board reads the ongoing journeys by stage
    _open_stage_idx = models.Index(
        "(stage_id, date_last_stage_update) WHERE state = 'open'"
    )

    @api.depends(
        "lead_ids.partner_id",
        "lead_ids.company_id",
        "order_ids.partner_id",
        "order_ids.company_id",
        "ticket_ids.partner_id",
        "ticket_ids.company_id",
    )
    def _compute_header(self):
        """Take customer and company from the leading document."""
        for journey in self:
            leading = journey._leading_document()
            journey.partner_id = leading.partner_id if leading else journey.partner_id
            journey.company_id = leading.company_id if leading else journey.company_id

    @api.depends("lead_ids.user_id", "order_ids.user_id", "ticket_ids.user_id")
    def _compute_user_id(self):
        for journey in self:
            leading = journey._leading_document()
            journey.user_id = (leading and leading.user_id) or journey.user_id

    @api.model
    def _own_domain(self):
        """Return the domain of the journeys of the user, or of documents in sight."""
        return super()._own_domain() | Domain("user_id", "=", self.env.uid)

    # What follows looks at documents that people may not see. It searches, because
    # lists read as superuser would stay in the cache for people to stumble on.

    @api.depends("partner_id", "lead_ids", "ticket_ids")
    def _compute_customer_name(self):
        """Name the customer, also one who is no contact yet (a web enquiry, say)."""
        for journey in self:
            journey.customer_name = journey.partner_id.display_name
        unknown = self.filtered(lambda journey: not journey.customer_name)
        for model, names in (
            ("helpdesk.ticket", ("partner_name", "partner_email")),
            ("crm.lead", ("partner_name", "contact_name", "email_from")),
        ):
            for document in self._search_documents(model, unknown):
                name = next(filter(None, map(document.__getitem__, names)), None)
                if name:
                    document.journey_id.customer_name = name

    @api.depends("lead_ids", "order_ids", "ticket_ids")
    def _compute_document_counts(self):
        for field_name, model in (
            ("lead_count", "crm.lead"),
            ("order_count", "sale.order"),
            ("ticket_count", "helpdesk.ticket"),
        ):
            documents = self._search_documents(model, self)
            counts = Counter(document.journey_id.id for document in documents)
            for journey in self:
                journey[field_name] = counts[journey.id]

    @api.model
    def _search_documents(self, model, journeys):
        return (
            self.env[model]
            .with_context(active_test=False)
            .search(Domain("journey_id", "in", journeys.ids))
        )

    @api.depends(
        "order_ids.commitment_date",
        "order_ids.delivery_completion_date",
        "order_ids.state",
    )
    def _compute_promised_date(self):
        for journey in self:
            orders = journey.order_ids.filtered(
                lambda order: order.commitment_date and order.state != "cancel"
            )
            pending = orders.filtered(lambda order: not order.delivery_completion_date)
            journey.promised_date = min(
                pending.mapped("commitment_date"),
                default=max(orders.mapped("commitment_date"), default=False),
            )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for journey in self:
            journey.currency_id = (journey.company_id or self.env.company).currency_id

    @api.depends(
        "order_ids.amount_untaxed", "order_ids.currency_rate", "order_ids.state"
    )
    def _compute_amount_ordered(self):
        for journey in self:
            journey.amount_ordered = sum(
                order.amount_untaxed / (order.currency_rate or 1)
                for order in journey.order_ids
                if order.state == "sale"
            )

    @api.model
    def _read_group_stage_id(self, stages, domain):
        """Show the four stages on the board, the empty ones too."""
        return stages.search(Domain.TRUE)

    def write(self, vals):
        if "stage_id" in vals:
            raise UserError(
                self.env._(
                    "A journey moves with its documents, or by hand with a reason: "
                    "click the stage on the journey, or use the action Move to Stage."
                )
            )
        if not self.env.su:
            self._check_writable(vals)
        return super().write(vals)

    def action_move(self, stage_code, reason):
        """Move the journeys to a stage by hand (J4).

        :param str stage_code: `contact`, `quote`, `delivery` or `aftersales`.
        :param str reason: why; it is kept in the history.
        :raises UserError: without a reason, for an unknown stage, or for a journey
            that has ended.
        """
        self.check_access("write")
        stage = self.env["customer.journey.stage"]._by_code().get(stage_code)
        if not stage:
            raise UserError(
                self.env._(
                    "There is no stage “%s”. Use contact, quote, delivery or "
                    "aftersales.",
                    stage_code,
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the journey is moved by hand."))
        self._check_ongoing()
        moving_sudo = self.sudo().filtered(lambda journey: journey.stage_id != stage)
        moving_sudo._track_set_log_message(Markup("<p>%s</p>") % reason)
        moving_sudo._move(stage, "moved", reason=reason)

    def action_open_move(self, stage_id=False):
        """Ask for the reason, and the stage if it is not given, to move by hand.

        :param int stage_id: id of the stage, as the status bar and the board know it.
        """
        return self._ask(
            "customer.journey.move", self.env._("Move to Stage"), stage_id=stage_id
        )

    def action_open_assign(self):
        """Ask for the owner to give the journeys to."""
        return self._ask("customer.journey.assign", self.env._("Set Owner"))

    def _ask(self, wizard, title, **defaults):
        return self.env["customer.journey.mixin"]._dialog(
            wizard,
            title,
            {
                "default_journey_ids": [Command.set(self.ids)],
                **{f"default_{name}": value for name, value in defaults.items()},
            },
        )

    def action_start_delivery(self):
        """Start the delivery of the journeys' confirmed orders.

        A journey without orders (a ticket that is solved without one) goes to the
        stage *Delivery* itself.

        :raises UserError: where quotations wait to be confirmed.
        """
        self._deliver(
            "action_start_delivery",
            "delivery_start_date",
            "delivery_started",
            "delivery",
        )

    def action_complete_delivery(self):
        """Complete the delivery of the journeys' confirmed orders, or as above."""
        self._deliver(
            "action_complete_delivery",
            "delivery_completion_date",
            "delivery_completed",
            "aftersales",
        )

    def action_complete(self):
        """End the journeys: the need is met.

        :raises UserError: for a journey with something open.
        """
        self.check_access("write")
        self._check_ongoing()
        for journey in self.sudo():
            if pending := journey._open_documents():
                raise UserError(
                    self.env._(
                        "%(journey)s has something open: %(documents)s. Finish, close "
                        "or cancel it first.",
                        journey=journey.display_name,
                        documents=", ".join(doc.display_name for doc in pending),
                    )
                )
        self.sudo()._complete()

    def action_reopen(self):
        """Take ended journeys up again."""
        self.check_access("write")
        ended = self.sudo().filtered(lambda journey: journey.state != "open")
        ended._set_state("open", "resumed")

    def action_merge(self):
        """Merge journeys that turned out to be one need; the oldest one stays.

        :return: an action that opens the journey that stays.
        :raises UserError: for fewer than two, or for different customers or companies.
        """
        self.check_access("write")
        if len(self) < 2:
            raise UserError(self.env._("Select at least two journeys to merge."))
        if len(self.commercial_partner_id) > 1 or len(self.company_id) > 1:
            raise UserError(
                self.env._(
                    "Only journeys of one customer and one company can be merged."
                )
            )
        target = self.sorted("id")[0]
        self.sudo()._merge_into(target.sudo())
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": target.id,
            "views": [(False, "form")],
        }

    def action_view_leads(self):
        """Open the journey's opportunities."""
        return self._view_documents("crm.crm_lead_opportunities", "lead_ids")

    def action_view_orders(self):
        """Open the journey's quotations and orders."""
        return self._view_documents("sale.action_quotations", "order_ids")

    def action_view_tickets(self):
        """Open the journey's tickets."""
        return self._view_documents(
            "helpdesk_mgmt.helpdesk_ticket_action", "ticket_ids"
        )

    def _view_documents(self, action_xmlid, field_name):
        self.ensure_one()
        documents = self[field_name]
        action = self.env["ir.actions.act_window"]._for_xml_id(action_xmlid)
        action["domain"] = Domain("journey_id", "=", self.id)
        action["context"] = {"active_test": False}
        if len(documents) == 1:
            action.update(
                res_id=documents.id, view_mode="form", views=[(False, "form")]
            )
        return action

    # Beginning, listening, moving

    @api.model
    def _begin(self, documents):
        """Begin a journey with each document, in batch.

        :return: the journeys, in the order of the documents.
        """
        if not documents:
            return self
        stages = self.env["customer.journey.stage"]._by_code()
        event = documents._journey_opening_event
        now = fields.Datetime.now()
        vals_list = []
        for document in documents:
            code = stage_after(None, event, document._journey_position())
            partner = document.partner_id
            company = document.company_id or self.env.company
            vals_list.append(
                {
                    "name": document._journey_name(),
                    "stage_id": stages[code].id,
                    # Computed fields too, which spares a second statement per batch
                    "partner_id": partner.id,
                    "commercial_partner_id": partner.commercial_partner_id.id,
                    "company_id": document.company_id.id,
                    "currency_id": company.currency_id.id,
                    "user_id": document.user_id.id,
                    "promised_date": False,
                    "amount_ordered": 0.0,
                    "origin_model": document._name,
                    "origin_id": document.id,
                    "begin_date": now,
                    "date_last_stage_update": now,
                    f"{code}_date": now,
                }
            )
        env = self.env(context={**clean_context(self.env.context), **SILENT})
        journeys = self.with_env(env).create(vals_list)
        journeys._log(
            {
                "journey_id": journey.id,
                "event": event,
                "stage_id": journey.stage_id.id,
                **self._document_vals(document),
            }
            for journey, document in zip(journeys, documents, strict=True)
        )
        return journeys.with_env(self.env)

    def _header_fields(self):
        """Return the fields that are those of the leading document."""
        return [self._fields[name] for name in ("partner_id", "company_id", "user_id")]

    @api.model
    def _on_journey_event(self, documents, event):
        """Note an event of documents, and move their journeys where it leads.

        :param documents: a recordset of one model, whose journeys may differ.
        :param str event: code of the event.
        """
        if event in UNNOTED_EVENTS:
            return
        documents = documents.filtered(
            lambda doc: doc.journey_id and not doc.journey_id._began_with(doc, event)
        )
        if not documents:
            return
        stages = self.env["customer.journey.stage"]._by_code()
        brought_here = self._brought_here(documents) if event == "staged" else ()
        reached, vals_list = {}, []
        for document in documents:
            journey = document.journey_id
            previous = reached.get(journey, journey.stage_id)
            code = stage_after(
                previous.code,
                event,
                document._journey_position(),
                document in brought_here,
            )
            vals_list.append(
                {
                    "journey_id": journey.id,
                    "event": event,
                    "previous_stage_id": previous.id,
                    "stage_id": stages[code].id,
                    "reason": document._journey_reason(event),
                    **self._document_vals(document),
                }
            )
            if stages[code] != previous:
                reached[journey] = stages[code]
                journey._track_set_log_message(document._get_html_link())
        for stage, journeys in self.union(*reached).grouped(reached.get).items():
            journeys._enter(stage)
        self._log(vals_list)
        documents.journey_id._update_state()

    def _began_with(self, document, event):
        """Return whether the event was noted when the journey began."""
        return (
            event in (document._journey_opening_event, "joined")
            and self.origin_model == document._name
            and self.origin_id == document.id
        )

    @api.model
    def _brought_here(self, documents):
        """Return the documents whose event was the last move of their journey."""
        moves = self.env["customer.journey.event"].search(
            Domain("journey_id", "in", documents.journey_id.ids)
            & Domain("is_move", "=", True)
        )
        last_moves = {}
        for move in moves.sorted("id"):
            last_moves[move.journey_id] = move
        return documents.filtered(
            lambda doc: (
                (move := last_moves.get(doc.journey_id))
                and (move.res_model, move.res_id) == (doc._name, doc.id)
            )
        )

    def _move(self, stage, event, **values):
        """Take the journeys to a stage, or leave them there, and note why."""
        vals_list = [
            {
                "journey_id": journey.id,
                "event": event,
                "previous_stage_id": journey.stage_id.id,
                "stage_id": stage.id,
                **values,
            }
            for journey in self
        ]
        self.filtered(lambda journey: journey.stage_id != stage)._enter(stage)
        self._log(vals_list)

    def _enter(self, stage):  # pylint: disable=missing-return
        """Put the journeys into a stage; the first time is kept for reports."""
        now = fields.Datetime.now()
        date_field = f"{stage.code}_date"
        vals = {"stage_id": stage.id, "date_last_stage_update": now}
        first = self.filtered(lambda journey: not journey[date_field])
        # Around our own write(), which keeps people from moving without a reason
        # pylint: disable=super-method-mismatch
        super(CustomerJourney, first).write({**vals, date_field: now})
        super(CustomerJourney, self - first).write(vals)

    def _deliver(self, order_method, date_field, event, stage_code):
        """Call a delivery method of the orders that wait for it, else just move."""
        self.check_access("write")
        self._check_ongoing()
        stage = self.env["customer.journey.stage"]._by_code()[stage_code]
        for journey in self:
            orders = journey.order_ids.filtered(lambda order: order.state == "sale")
            quotations = journey.order_ids.filtered(
                lambda order: order.state in ("draft", "sent")
            )
            pending = orders.filtered(lambda order: not order[date_field])
            if pending:
                getattr(pending, order_method)()
            elif quotations and not orders:
                raise UserError(
                    self.env._(
                        "%s is not confirmed yet. Confirm or cancel it first.",
                        quotations[:1].display_name,
                    )
                )
            elif journey.stage_id != stage:
                journey.sudo()._move(stage, event)

    def _check_writable(self, vals):
        """Keep people from writing what the documents tell (J4)."""
        for name in vals.keys() & self._fields.keys():
            field = self._fields[name]
            if field.store and field.readonly:
                raise UserError(
                    self.env._(
                        "“%s” comes from the documents of the journey. Change it "
                        "there.",
                        field.string,
                    )
                )

    def _check_ongoing(self):
        for journey in self:
            if journey.state != "open":
                raise UserError(
                    self.env._(
                        "%s has ended. Take it up again first.", journey.display_name
                    )
                )

    # Documents

    def _documents(self):
        """Return the recordsets of the journeys' documents, the leading kind first."""
        return (self.lead_ids, self.order_ids, self.ticket_ids)

    def _leading_document(self):
        """Return the opportunity, else the first order, else the first ticket."""
        self.ensure_one()
        for documents in self._documents():
            if documents:
                return documents.sorted("id")[0]
        return None

    def _open_documents(self):
        """Return a list of the documents that still want something done."""
        return [
            document
            for documents in self._documents()
            for document in documents
            if STATUS_OUTCOME[document._journey_status()] == "open"
        ]

    def _documents_left(self):
        """Tidy up after documents have left: an empty journey goes with the last."""
        journeys = self.exists()
        empty = journeys.filtered(lambda journey: not any(journey._documents()))
        empty.unlink()
        (journeys - empty)._update_state()

    def _hand_over(self, document, target):
        """Let a document that has left for another journey take its history along."""
        if target:
            self.event_ids.filtered(
                lambda event: (
                    (event.res_model, event.res_id) == (document._name, document.id)
                )
            ).journey_id = target
            empty = self.filtered(lambda journey: not any(journey._documents()))
            empty._give_all_to(target)
        self._documents_left()

    def _conceal(self, document):
        """Leave no trace of a document that has become confidential (T10)."""
        self.event_ids.filtered(
            lambda event: (
                (event.res_model, event.res_id) == (document._name, document.id)
            )
        ).unlink()
        began = self.filtered(
            lambda j: (j.origin_model, j.origin_id) == (document._name, document.id)
        )
        document.journey_id = False
        self._documents_left()
        for journey in began.exists():
            journey.name = journey._leading_document()._journey_name()

    def _merge_into(self, target):
        """Merge the journeys into another one, which goes as far as the furthest."""
        merged = (self - target).exists()
        if not merged:
            return
        names = ", ".join(merged.mapped("name"))
        furthest = (merged + target).stage_id.sorted("sequence")[-1]
        target.write(
            {
                name: min(filter(None, (merged + target).mapped(name)), default=False)
                for name in FIRST_DATES
            }
        )
        merged._give_all_to(target)
        target._move(furthest, "merged", reason=names)
        merged._documents_left()
        target._update_state()

    def _give_all_to(self, target):
        """Move documents, history, messages, files and activities elsewhere."""
        for documents in self._documents():
            documents.with_context(
                journey_watched=(documents._name, frozenset(documents._ids))
            ).journey_id = target
        self.event_ids.journey_id = target
        self.activity_ids.write({"res_id": target.id})
        for journey in self:
            journey.message_change_thread(target)
        self.env["ir.attachment"].search(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        ).res_id = target.id

    # State

    def _update_state(self):
        """End or take up journeys according to their documents."""
        states = {journey: journey._state_by_documents() for journey in self}
        changed = self.filtered(lambda journey: states[journey] != journey.state)
        for state, journeys in changed.grouped(states.get).items():
            journeys._set_state(state)

    def _state_by_documents(self):
        self.ensure_one()
        statuses = [
            document._journey_status()
            for documents in self._documents()
            for document in documents
        ]
        return journey_state(self.state, statuses)

    def _set_state(self, state, event=None):
        """End or take up journeys, and note an event that no document tells of."""
        ended = state != "open"
        self.write(
            {"state": state, "end_date": fields.Datetime.now() if ended else False}
        )
        if event:
            for stage, journeys in self.grouped("stage_id").items():
                journeys._move(stage, event)

    def _complete(self):
        self._set_state("completed", "completed")

    # History

    @api.model
    def _document_vals(self, document):
        return {
            "res_model": document._name,
            "res_id": document.id,
            "document_name": document.display_name,
        }

    @api.model
    def _log(self, vals_list):
        """Write lines of history, in batch; an anonymous visitor stays unnamed."""
        user = self.env.user
        user_id = False if user._is_public() else user.id
        env = self.env(context=clean_context(self.env.context), su=True)
        env["customer.journey.event"].create(
            [{"user_id": user_id, **vals} for vals in vals_list]
        )

    # Staleness

    def _get_rotting_depends_fields(self):
        return super()._get_rotting_depends_fields() + ["state"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("state", "=", "open")

    # Cron

    @api.model
    def _cron_complete(self):
        """Complete journeys that have had nothing open in after-sales for long enough.

        How long is each company's setting, in days; 0 never completes. Journeys without
        a company go by the company of whoever runs the cron.
        """
        now = fields.Datetime.now()
        domain = Domain.FALSE
        for company in self.env["res.company"].sudo().search(Domain.TRUE):
            if days := company.journey_complete_days:
                companies = [company.id]
                if company == self.env.company:
                    companies.append(False)
                domain |= Domain("company_id", "in", companies) & Domain(
                    "date_last_stage_update", "<=", now - timedelta(days=days)
                )
        domain &= Domain("state", "=", "open")
        domain &= Domain("stage_id.code", "=", "aftersales")
        journeys = self.search(domain, order="date_last_stage_update, id")
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(journeys))
        for journey in journeys:
            try:
                # Another worker may have it, or somebody may have moved it meanwhile
                resting = journey.try_lock_for_update().filtered_domain(domain)
                if resting and not resting._open_documents():
                    resting._complete()
                    self.env.flush_all()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Journey %s could not be completed", journey.id)
            if not commit_progress(1):
                break
