from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools.followup_plan import (
    ANSWERS,
    BEFORE_THE_ORDER,
    DECIDED,
    HAPPENINGS,
    STIRRING,
    STOPS_IN_JOURNEY,
    STOPS_OF_CUSTOMER,
    next_slot,
)
from ..tools.sla_rules import DOCUMENT_FIELDS
from .followup_rule import WRITING

#: Why an event calls off what is planned, where it says more than that it is over.
REASONS = {
    "archived": "cancelled",
    "cancelled": "cancelled",
    "customer_changed": "customer_changed",
    "customer_thanked": "customer_wrote",
    "customer_wrote": "customer_wrote",
    "delivery_reopened": "reopened",
    "feedback_given": "answered",
    "quote_refused": "refused",
    "refused": "refused",
    "reopened": "reopened",
}
#: What ends any follow-up about the document that it happens to.
ENDS_ALL = {"archived", "cancelled", "customer_changed", "quote_refused"}

#: What customers decide on a page. They say so in the chatter, too, and a no takes
#: the document up again: neither is a reply.
DECISIONS = {"delivery_accepted", "order_confirmed", "refused"}
DECISION_TOLD = {"customer_thanked", "customer_wrote", "delivery_reopened", "reopened"}
DECIDING = ("confirmation_answering", "quote_is_accepted", "quote_is_refused")

#: The acts that customers who want no such messages are spared.
REACHING = (*WRITING, "call")

#: What keeps questions about our work waiting, and for how many days at most.
WAITS = ("ticket_open", "refusal_open")
LONGEST_WAIT = 30


class CustomerFollowup(models.Model):
    """One follow-up of one document: what will be done, when and why (F1, F5-F8).

    Planned when something happens that a rule waits for; planned anew when what it is
    counted from moves; called off, with the reason, by what makes it pointless.
    """

    _name = "customer.followup"
    _description = "Follow-up"
    _inherit = ["customer.planned.mixin", "customer.about.any.mixin"]
    _rec_name = "rule_id"
    # Where a customer can be written to once, the rule that stands higher goes first
    _due_order = "rule_id, planned_date, id"

    rule_id = fields.Many2one(
        "customer.followup.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    act = fields.Selection(related="rule_id.act")
    kind = fields.Selection(related="rule_id.kind")
    user_id = fields.Many2one("res.users", "Owner", compute="_compute_user_id")
    anchor_date = fields.Datetime(
        "Counted From",
        compute="_compute_anchor_date",
        store=True,
        precompute=True,
        # Else what is counted from would be lost on creation
        readonly=False,
    )
    months = fields.Integer(
        "Every (Months)",
        readonly=True,
        aggregator=None,
        help="It comes round after so many months. 0: it does not.",
    )
    number = fields.Integer("Time", default=1, readonly=True, aggregator=None)
    planned_date = fields.Datetime(
        compute="_compute_planned_date", store=True, precompute=True
    )
    is_postponed = fields.Boolean(
        "Postponed by Hand", readonly=True, help="It is not done sooner than that."
    )
    previous_id = fields.Many2one(
        "customer.followup",
        "Unanswered Before",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    reason = fields.Selection(
        selection_add=[
            ("answered", "The customer has answered"),
            ("archived", "The contact is archived"),
            ("blacklisted", "The address is on the blacklist"),
            ("condition", "It does not fit the rule any more"),
            ("internal", "It is one of our own people"),
            ("later_document", "Something came after it that counts instead"),
            ("other_message", "The customer was written to about something else"),
            ("refusal_open", "The customer has refused, and waits for a solution"),
            ("reopened", "It was taken up again"),
            ("returned", "The customer came back with another need"),
            ("rule_off", "The rule was switched off"),
            ("settled", "There is nothing to follow up any more"),
            ("surveyed", "The customer was asked a short time ago"),
            ("ticket", "The customer has opened a ticket"),
            ("ticket_open", "A ticket of the customer is open"),
        ],
    )
    note = fields.Text("Details", readonly=True)

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(lead_id, order_id, ticket_id) = 1)",
        "A follow-up is about one document.",
    )
    _planned_uniq = models.UniqueIndex(
        "(rule_id, COALESCE(lead_id, 0), COALESCE(order_id, 0),"
        " COALESCE(ticket_id, 0), months) WHERE state = 'planned'"
    )
    # The scheduled action reads what is due, whatever the size of the table
    _due_idx = models.Index("(planned_date, id) WHERE state = 'planned'")
    _customer_planned_idx = models.Index(
        "(commercial_partner_id) WHERE state = 'planned'"
    )

    @api.depends("partner_id.name", "rule_id.name")
    def _compute_display_name(self):
        for followup in self:
            names = followup.partner_id.name, followup.rule_id.name
            followup.display_name = ": ".join(filter(None, names))

    @api.depends("lead_id.user_id", "order_id.user_id", "ticket_id.user_id")
    def _compute_user_id(self):
        for followup in self:
            followup.user_id = followup._document().user_id

    @api.depends(
        "lead_id.date_closed",
        "order_id.date_order",
        "order_id.delivery_completion_date",
        "order_id.validity_date",
        "ticket_id.closed_date",
    )
    def _compute_anchor_date(self):
        """Follow the moment that is counted from, as long as it is planned."""
        for followup in self:
            anchor = followup.state == "planned" and followup.rule_id._anchor(
                followup._document()
            )
            followup.anchor_date = anchor or followup.anchor_date

    @api.depends("anchor_date", "rule_id.delay", "rule_id.delay_unit")
    def _compute_planned_date(self):
        for followup in self:
            if followup.state != "planned" or not followup.anchor_date:
                followup.planned_date = followup.planned_date
                continue
            moment = followup.rule_id._moment(
                followup._document(),
                followup.anchor_date,
                followup.months,
                followup.number,
            )
            if followup.is_postponed:
                moment = max(moment, followup.planned_date)
            followup.planned_date = moment

    # What staff do

    def action_postpone(self):
        """Do it some days later than planned, by as much as the rule waits.

        One working day at least.

        :raises UserError: for what would come too late.
        """
        for followup_sudo in self._check_planned():
            rule_sudo = followup_sudo.rule_id
            calendar = followup_sudo._document()._confirmation_calendar()
            start = max(followup_sudo.planned_date, fields.Datetime.now())
            moment = calendar._working_days_after(start, max(rule_sudo.delay, 1))
            if rule_sudo._comes_before() and moment >= followup_sudo.anchor_date:
                raise UserError(
                    self.env._(
                        "%s would come too late by then. Skip it, or do it now.",
                        rule_sudo.name,
                    )
                )
            followup_sudo.write({"planned_date": moment, "is_postponed": True})

    def _skip(self, reason):
        result = super()._skip(reason)
        self._come_round()
        return result

    def _take_up(self):
        """Plan again what could not be done, once for each document of a rule."""
        failed = self.filtered(lambda followup: followup.reason == "error")
        planned = self.search(
            Domain("state", "=", "planned")
            & Domain("rule_id", "in", failed.rule_id.ids)
        )
        keys = {followup._key() for followup in planned}
        for followup in failed.sorted("id", reverse=True):
            if followup._key() in keys:
                followup.write({"state": "cancelled", "reason": "later_document"})
                continue
            keys.add(followup._key())
            followup.write(
                {
                    "state": "planned",
                    "reason": False,
                    "note": False,
                    "attempts": 0,
                    "planned_date": fields.Datetime.now(),
                }
            )

    def _key(self):
        """Return what there is one planned follow-up for."""
        return self.rule_id, self._document(), self.months

    def _merge_into(self, document):
        """Go over to the document that others are merged into.

        What is planned for it already is not planned twice.
        """
        self = self.filtered(lambda followup: followup._document() != document)
        keys = {followup._key() for followup in document.followup_ids._planned()}
        for followup in self.sorted("planned_date"):
            key = followup.rule_id, document, followup.months
            if followup.state == "planned" and key in keys:
                followup._call_off("later_document")
            keys.add(key)
            followup[DOCUMENT_FIELDS[document._name]] = document

    # Listening to the documents

    @api.model
    def _on_journey_event(self, documents, event):
        """Call off what has become pointless, and plan what the rules say."""
        rules = self.env["customer.followup.rule"]
        if documents._name not in DOCUMENT_FIELDS or not rules._switched_on():
            return
        if event == "cancelled" and documents._name == "sale.order":
            refused = documents.filtered("refusal_date")
            self._act_on(refused, "quote_refused")
            documents -= refused
        self._act_on(documents, event)

    @api.model
    def _act_on(self, documents, event):
        if not documents:
            return
        if event == "customer_changed":
            self._follow_customers(documents)
        self._stop(documents, event)
        if event in STIRRING:
            self._stir(documents)
        rules = self.env["customer.followup.rule"]
        for rule in rules._beginning(documents._name, event):
            self._plan(rule, documents)

    @api.model
    def _about(self, documents):
        """Return the domain of what is planned for documents."""
        field_name = DOCUMENT_FIELDS[documents._name]
        return Domain("state", "=", "planned") & Domain(field_name, "in", documents.ids)

    @api.model
    def _follow_customers(self, documents):
        """Follow who becomes a contact only now, or is replaced by a colleague."""
        for followup in self.search(self._about(documents)):
            partner, _email = followup._addressee()
            customer = followup.commercial_partner_id
            if not customer or customer == partner.commercial_partner_id:
                followup.partner_id = partner

    @api.model
    def _stir(self, documents):
        """Count anew what waits for nothing to happen on the journeys."""
        rules = self.env["customer.followup.rule"]
        if rules._waits_for("journey_idle"):
            self.search(
                Domain("state", "=", "planned")
                & Domain("journey_id", "in", documents.journey_id.ids)
                & Domain("rule_id.event", "=", "journey_idle")
            ).anchor_date = fields.Datetime.now()

    @api.model
    def _plan(self, rule, documents, previous=None):
        """Plan what a rule says for documents, in batch.

        What is planned already is counted anew; what was done is not done again, unless
        the rule is for what happens time and again.

        :param documents: a recordset of one model.
        :param dict previous: what was not answered, by document.
        """
        happening = HAPPENINGS[rule.event]
        documents = rule._accepting(documents)
        if happening.is_of_journey:
            documents = self._last_of_journeys(rule, documents)
        if not documents:
            return
        field_name = DOCUMENT_FIELDS[documents._name]
        known = self.search(
            Domain("rule_id", "=", rule.id)
            & Domain(field_name, "in", documents.ids)
            & Domain("state", "!=", "cancelled")
        ).sorted(lambda followup: followup.state == "planned")
        known = {
            (followup[field_name].id, followup.months): followup for followup in known
        }
        now, vals_list = fields.Datetime.now(), []
        for document in documents:
            anchor = rule._anchor(document) if happening.anchor else now
            if not anchor or anchor < rule.live_date:
                continue
            for months in rule._rounds(document):
                followup = known.get((document.id, months))
                if followup and followup.state == "planned":
                    partner, _email = document._followup_contact(rule.event)
                    followup.write({"anchor_date": anchor, "partner_id": partner.id})
                elif (not followup or happening.repeats) and not rule._is_too_late(
                    document, anchor
                ):
                    vals_list.append(
                        {
                            **self._vals(rule, document),
                            "anchor_date": anchor,
                            "months": months,
                            "previous_id": previous and previous[document].id,
                        }
                    )
        self.create(vals_list)

    @api.model
    def _vals(self, rule, document):
        company = document.company_id or rule.company_id or self.env.company
        return {
            "rule_id": rule.id,
            DOCUMENT_FIELDS[document._name]: document.id,
            "partner_id": document._followup_contact(rule.event)[0].id,
            "company_id": company.id,
        }

    @api.model
    def _last_of_journeys(self, rule, documents):
        """Return the last document of each journey, which counts for those before."""
        chosen = {doc.journey_id or doc: doc for doc in documents.sorted("id")}
        last = documents.browse(doc.id for doc in chosen.values())
        field_name = DOCUMENT_FIELDS[documents._name]
        self.search(
            Domain("rule_id", "=", rule.id)
            & Domain("state", "=", "planned")
            & Domain("journey_id", "in", last.journey_id.ids)
            & Domain(field_name, "not in", last.ids)
        )._call_off("later_document")
        return last

    @api.model
    def _stop(self, documents, event):
        """Call off what is planned, where an event of documents makes it pointless."""
        planned = self.search(
            Domain("state", "=", "planned") & self._stoppable(documents, event)
        )
        by_reason = planned.grouped(
            lambda followup: followup._stopped_by(documents, event)
        )
        by_reason.pop(None, None)
        for reason, followups in by_reason.items():
            followups._call_off(reason)

    @api.model
    def _stoppable(self, documents, event):
        """Return the domain of the follow-ups that an event may stop."""
        domain = Domain(DOCUMENT_FIELDS[documents._name], "in", documents.ids)
        if event in ANSWERS.union(DECIDED, *STOPS_IN_JOURNEY.values()):
            domain |= Domain("journey_id", "in", documents.journey_id.ids)
        if (documents._name, event) in STOPS_OF_CUSTOMER:
            customers = documents.partner_id.commercial_partner_id
            domain |= Domain("commercial_partner_id", "in", customers.ids)
        return domain

    def _stopped_by(self, documents, event):
        """Return why an event of documents calls one off, or None."""
        rule, first_event = self.rule_id, self._first_event()
        is_own = self[DOCUMENT_FIELDS[documents._name]] in documents
        is_near = is_own or self.journey_id in documents.journey_id
        if is_own and event == "customer_changed":
            partner, _email = self._addressee()
            is_kept = partner.commercial_partner_id == self.commercial_partner_id
            return None if is_kept else event
        if is_near and self._goes_on(event):
            return None
        if is_own and (event in ENDS_ALL or event in HAPPENINGS[first_event].ends):
            return REASONS.get(event, "settled")
        if is_near and event in DECIDED and first_event in BEFORE_THE_ORDER:
            return "settled"
        if is_near and event in ANSWERS and rule.event == "unanswered":
            return REASONS[event]
        for name, stops in STOPS_IN_JOURNEY.items():
            if is_near and rule[name] and event in stops:
                return REASONS[event]
        name = STOPS_OF_CUSTOMER.get((documents._name, event))
        if not name or not rule[name] or is_own:
            return None
        if name == "stop_on_ticket":
            return "ticket"
        others = documents.filtered(
            lambda document: (
                document.partner_id.commercial_partner_id == self.commercial_partner_id
            )
        )
        return "returned" if others.journey_id - self.journey_id else None

    def _goes_on(self, event):
        """Return whether an event is what is waited for, so does not stop it."""
        awaited = self.rule_id.event
        if awaited in DECISIONS and event in DECISION_TOLD:
            return any(self.env.context.get(name) for name in DECIDING)
        return event in HAPPENINGS[awaited].begins

    def _first_event(self):
        """Return what happened first, of a chain of what was not answered."""
        first = self
        while first.previous_id:
            first = first.previous_id
        return first.rule_id.event

    def _addressee(self):
        return self._document()._followup_contact(self.rule_id.event)

    # Doing, by scheduled action

    @api.model
    def _cron_follow_up(self):
        """Do what is due (F1, F5-F8)."""
        # Mails leave with core's queue, which notes each one that it has sent
        self.with_context(
            mail_is_automatic=True, mail_notify_force_send=False
        )._work_off()

    def _put_off(self, error):
        """Try again where the database was busy; what cannot work has failed."""
        if isinstance(error, OperationalError):
            super()._put_off(error)
            return
        # What it comes from says more than what came of it
        while error.__cause__:
            error = error.__cause__
        note = str(error)
        for followup in self:
            followup.write({"state": "failed", "reason": "error", "note": note})
            followup.rule_id._note_failure(note)

    def _do_due(self):
        """Do what is due, in its hours, where nothing speaks against it."""
        at_work = self._at_work()
        allowed = at_work._leave_out()
        writing = allowed.filtered(lambda followup: followup.act in WRITING)
        ((allowed - writing) | writing._in_turn())._carry_out()

    def _at_work(self):
        """Return those whose hours it is; the others wait for them."""
        now, slots, at_work = fields.Datetime.now(), {}, self.browse()
        for followup in self:
            rule = followup.rule_id
            calendar = followup._document()._confirmation_calendar()
            key = calendar, rule.hour_from, rule.hour_to
            if key not in slots:
                slots[key] = next_slot(calendar._work_clock(), now, *key[1:])
            if slots[key] > now:
                followup.planned_date = slots[key]
            else:
                at_work += followup
        return at_work

    def _leave_out(self):
        """Skip what may not be done, with the reason; return the rest."""
        by_reason = {}
        for followup, reason in self._obstacles().items():
            by_reason.setdefault(reason, self.browse())
            by_reason[reason] += followup
        allowed = by_reason.pop(None, self.browse())
        for reason, followups in by_reason.items():
            waiting = self.browse()
            if reason in WAITS:
                waiting = followups.filtered(lambda followup: followup._may_wait())
                for followup in waiting:
                    calendar = followup._document()._confirmation_calendar()
                    followup.planned_date = calendar._working_days_after(
                        fields.Datetime.now(), 1
                    )
            waiting.reason = reason
            (followups - waiting)._skip(reason)
        return allowed

    def _may_wait(self):
        """Return whether it is not too late to ask how it went."""
        meant = self.rule_id._moment(
            self._document(), self.anchor_date, self.months, self.number
        )
        return (fields.Datetime.now() - meant).days < LONGEST_WAIT

    def _obstacle(self):
        return self._obstacles()[self]

    def _obstacles(self):
        """Return why each may not be done now, or None, in batch."""
        now = fields.Datetime.now()
        writing = self.filtered(lambda followup: followup.act in WRITING)
        about_work = writing.filtered(lambda followup: followup.kind == "feedback")
        asking = self.filtered(lambda followup: followup.act == "survey")
        # The first that stands is told
        hindered = {
            "rule_off": self.filtered(lambda f: not f.rule_id._may_plan()),
            "condition": self._unfitting(),
            "too_late": self.filtered(
                lambda f: f.rule_id._comes_before() and f.anchor_date <= now
            ),
            "archived": self.filtered(lambda f: not f.partner_id.active)
            & self.filtered("partner_id"),
            "internal": self.filtered(
                lambda f: f.partner_id._is_own_people(f.company_id)
            ),
            "opted_out": self.filtered(lambda f: f._is_unwelcome()),
            "other_message": writing._overtaken(),
            "address": writing.filtered(
                lambda f: not email_normalize(f._addressee()[1], strict=False)
            ),
            "blacklisted": writing._blacklisted(),
            "bounced": writing.filtered(lambda f: f._has_bounced()),
            "surveyed": asking._asked_lately(),
            "ticket_open": (asking | about_work)._with_open_tickets(),
            "refusal_open": (asking | about_work)._with_refusals(),
        }
        return {
            followup: next(
                (reason for reason, those in hindered.items() if followup in those),
                None,
            )
            for followup in self
        }

    def _unfitting(self):
        """Return those whose documents their rules are not for any more."""
        unfitting = self.browse()
        for rule, followups in self.grouped("rule_id").items():
            fitting = rule._accepting(followups._document_set())
            unfitting += followups.filtered(
                lambda followup, rule=rule, fitting=fitting: (
                    followup._document() not in fitting
                    or followup.months not in rule._rounds(followup._document())
                )
            )
        return unfitting

    def _is_unwelcome(self):
        """Return whether it would reach a customer who does without such messages."""
        return self.act in REACHING and self.partner_id._does_without(self.kind)

    def _overtaken(self):
        """Return those whose customers were written to about another need meanwhile."""
        contacts = self.env["customer.contact"]
        careful = self.filtered("rule_id.stop_on_other")
        customers = {f: contacts._customer(*f._addressee()) for f in careful}
        last = contacts._of_customers(customers.values())
        return careful.filtered(
            lambda followup: (
                (contact := last.get(customers[followup]))
                and contact.journey_id != followup.journey_id
                and contact.last_date > followup.create_date
            )
        )

    def _blacklisted(self):
        addresses = {f: email_normalize(f._addressee()[1], strict=False) for f in self}
        blacklist = self.env["mail.blacklist"].search(
            Domain("email", "in", list(filter(None, addresses.values())))
        )
        emails = set(blacklist.mapped("email"))
        return self.filtered(lambda followup: addresses[followup] in emails)

    def _has_bounced(self):
        """Return whether mails to the customer came back."""
        holder = self.partner_id or self._document()
        return "message_bounce" in holder._fields and holder.message_bounce > 0

    def _document_set(self):
        """Return the documents of follow-ups that are about one kind, in their order.

        They must be different ones.
        """
        return self[DOCUMENT_FIELDS[self.rule_id.model_name]]

    def _carry_out(self):
        """Do what is planned, note it, and plan what comes after it."""
        by_act = self.grouped(lambda followup: (followup.rule_id, followup.months))
        for (rule, months), followups in by_act.items():
            documents = followups._document_set().with_context(followup_months=months)
            messages = getattr(rule, f"_do_{rule.act}")(documents)
            followups.write(
                {
                    "state": "done",
                    "reason": False,
                    "note": False,
                    "done_date": fields.Datetime.now(),
                }
            )
            for followup, message in zip(followups, messages or (), strict=False):
                followup.message_id = message
            followups.flush_recordset(["state"])
            followups._go_on()
        if any(followup.act in WRITING for followup in self):
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _go_on(self):
        """Plan what follows: the next rule if nobody answers, and the next round."""
        following = self.rule_id.next_rule_id
        if following._may_plan():
            previous = dict(zip(self._document_set(), self, strict=True))
            self._plan(following, self._document_set(), previous)
        self._come_round()

    def _come_round(self):
        """Plan the next round of what comes round; those that are past are left out."""
        now, vals_list = fields.Datetime.now(), []
        for followup in self.filtered("months"):
            rule, document = followup.rule_id, followup._document()
            key, number = (document, followup.anchor_date, followup.months), 1
            number += followup.number
            while rule._moment(*key, number) <= now:
                number += 1
            vals_list.append(
                {
                    **self._vals(rule, document),
                    "anchor_date": followup.anchor_date,
                    "months": followup.months,
                    "number": number,
                }
            )
        self.create(vals_list)

    # What must be known of customers, in batch

    def _with_open_tickets(self):
        """Return those whose customers wait for the solution of a request."""
        groups = self.env["helpdesk.ticket"]._read_group(
            Domain("commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("stage_id.closed", "=", False),
            ["commercial_partner_id"],
        )
        return self._of_these([customer for (customer,) in groups])

    def _with_refusals(self):
        """Return those whose customers have refused a delivery, as it stands."""
        customers = self.commercial_partner_id
        orders = self.env["sale.order"].search(
            Domain("partner_id", "child_of", customers.ids)
            & Domain("confirmation_state", "=", "refused")
        )
        return self._of_these(orders.partner_id.commercial_partner_id)

    def _asked_lately(self):
        """Return those whose customers were asked a short time ago how it went."""
        asked = self.browse()
        for company, followups in self.grouped("company_id").items():
            since = fields.Datetime.now() - timedelta(days=company.survey_rest_days)
            groups = self.env["customer.feedback"]._read_group(
                Domain(
                    "commercial_partner_id", "in", followups.commercial_partner_id.ids
                )
                & Domain("ask_date", ">", since),
                ["commercial_partner_id"],
            )
            asked += followups._of_these([customer for (customer,) in groups])
        return asked.filtered(
            lambda followup: not followup._document()._followup_asks_again()
        )

    def _of_these(self, customers):
        return self.filtered(lambda f: f.commercial_partner_id in customers)
