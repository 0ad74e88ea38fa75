from contextlib import contextmanager
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.journey_moves import STATUS_OUTCOME, event_of
from ..tools.mail_manners import is_courtesy


class JourneySnapshot(NamedTuple):
    """What a journey needs to know of a document, before and after a change."""

    journey: models.BaseModel
    partner: models.BaseModel
    pipeline_stage: models.BaseModel
    status: str
    owner: models.BaseModel
    conditions: tuple


class CustomerJourneyMixin(models.AbstractModel):
    """Documents that belong to a customer's journey (J1, J4).

    A document begins a journey or joins that of a document it is linked to. It *emits
    events*, whichever way it is created or changed; whoever listens
    (`_journey_listeners`) acts on them. What becomes of journeys when documents change:

    * merging opportunities merges their journeys; history and messages move along;
    * a duplicate is a new need and begins its own, unless it stays linked;
    * an archived document counts as cancelled until it is restored;
    * a deleted document leaves a line in the history; with the last one, the journey
      goes too;
    * the journey's customer, company and owner are those of its leading document (the
      opportunity, else the first order, else the first ticket). A document that is
      given to another customer leaves for a journey of its own, unless it leads or is
      linked to a document that stays;
    * `action_journey_split` takes documents out by hand.
    """

    _name = "customer.journey.mixin"
    _description = "Customer Journey Document"
    _inherit = ["customer.mailing.mixin"]

    #: Fields whose writing may emit an event.
    _journey_fields = ()
    #: The event that a new document amounts to.
    _journey_opening_event = "opened"

    journey_id = fields.Many2one(
        "customer.journey",
        compute="_compute_journey_id",
        store=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    journey_stage_id = fields.Many2one(
        "customer.journey.stage",
        related="journey_id.stage_id",
        string="Journey Stage",
        store=True,
        index="btree_not_null",
        group_expand="_read_group_journey_stage_id",
        groups="base.group_user",
    )

    @api.depends(lambda self: self._journey_link_fields())
    def _compute_journey_id(self):
        """Join the journey of a linked document, else stay."""
        for document in self:
            linked = document._journey_linked() if document.id else None
            document.journey_id = linked or document._origin.journey_id

    @api.model
    def _read_group_journey_stage_id(self, stages, domain):
        """Show the four stages, the empty ones too."""
        return stages.search(Domain.TRUE)

    @api.constrains("journey_id", "company_id")
    def _check_journey_company(self):
        for journey in self.sudo().journey_id:
            companies = self.env["res.company"].sudo()
            for documents in journey._documents():
                companies |= documents.company_id
            if len(companies) > 1:
                raise ValidationError(
                    self.env._(
                        "The documents of the journey %(journey)s are of several "
                        "companies: %(companies)s. A journey is of one company.",
                        journey=journey.display_name,
                        companies=", ".join(companies.mapped("name")),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_journey_access(vals)
        documents = super().create(vals_list)
        documents_sudo = documents.sudo()
        documents_sudo._journey_begin()
        documents_sudo._journey_event("created")
        documents_sudo.filtered("journey_id")._journey_event(
            self._journey_opening_event
        )
        return documents

    def write(self, vals):
        self._check_journey_access(vals)
        if self._journey_is_watched() or vals.keys().isdisjoint(
            self._journey_watched_fields()
        ):
            return super().write(vals)
        with self._journey_watch():
            return super().write(vals)

    @api.model
    def _check_journey_access(self, vals):
        """A document is no way into a journey that its user may not change."""
        journey = self.env["customer.journey"].browse(vals.get("journey_id"))
        if journey and not self.env.su:
            journey.check_access("write")

    def unlink(self):
        journeys = self.sudo().journey_id
        self._journey_event("deleted")
        result = super().unlink()
        journeys._documents_left()
        return result

    def action_view_journey(self):
        """Open the document's journey."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.journey",
            "res_id": self.journey_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _dialog(self, model, title, context):
        """Return an action that opens a dialog."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def action_journey_split(self):
        """Take the documents out of their journeys; each begins its own.

        Documents that are linked to others in Odoo (a quotation to its opportunity, a
        ticket to its order) stay together: the linked ones follow.

        :raises UserError: for a document that is linked to one that would stay.
        """
        self.check_access("write")
        documents = self.sudo()
        for document in documents:
            if document._journey_linked():
                raise UserError(
                    self.env._(
                        "%(document)s goes with the document that it is linked to. "
                        "Remove that link first, or separate the other document.",
                        document=document.display_name,
                    )
                )
        journeys = self.env["customer.journey"].sudo()._begin(documents)
        for document, journey in zip(documents, journeys, strict=True):
            document.journey_id = journey

    # What each kind of document says of itself

    def _journey_name(self):
        """Return the name of a journey that begins with the document."""
        return self.name

    def _journey_link_fields(self):
        """Return the field paths that decide which journey a document joins."""
        return []

    def _journey_linked(self):
        """Return the journey of the document that this one is linked to, if any."""
        return self.env["customer.journey"]

    def _journey_is_need(self):
        """Return whether the document is a customer's need, so begins a journey."""
        return True

    def _journey_watched_fields(self):
        """Return the names of the fields whose writing may emit an event."""
        return {"journey_id", *self._journey_fields}

    def _journey_conditions(self):
        """Return the values of the document on which settings depend."""
        return ()

    def _journey_status(self):
        """Return the document's status, a key of `STATUS_OUTCOME`."""
        raise NotImplementedError

    def _journey_pipeline_stage(self):
        """Return the pipeline stage the document stands in, if it has a pipeline."""
        return self.stage_id

    def _journey_position(self):
        """Return the code of the stage that the document stands in, if any."""
        return self._journey_pipeline_stage().journey_stage_id.code or None

    def _journey_reason(self, event):
        """Return why an event happened to the document, as the history tells it."""
        return False

    def _task_for_owner(
        self, summary, note="", activity="mail.mail_activity_data_todo"
    ):
        """Give whoever looks after each document something to do.

        :param activity: an activity type, or its XML id.
        """
        if isinstance(activity, str):
            activity = self.env.ref(activity)
        for owner, documents in self.grouped(lambda doc: doc._owner()).items():
            documents.activity_schedule(
                activity_type_id=activity.id,
                summary=summary,
                note=note or "",
                user_id=owner.id,
            )

    def _owner(self):
        """Return who looks after the document."""
        return self.user_id or self.env.ref("base.user_admin")

    # Messages

    def _contact_direction(self, message):
        """Return `in`, `out`, `call`, or None for what is no human contact (T6).

        Mails that programs send, notes of the company, trackings and the module's own
        mails are none. What the customer says counts however it is written down.
        """
        if message.mail_activity_type_id.category == "phonecall":
            return "call"
        is_human = message.message_type in ("email", "comment")
        if not is_human or self.env.context.get("mail_is_automatic"):
            return None
        author = message.author_id
        is_public = message.subtype_id == self.env.ref("mail.mt_comment")
        if not author or author.partner_share:
            is_written_down = message.message_type == "comment"
            return "in" if is_public or is_written_down else None
        if not is_public:
            return None
        if author == self.env.ref("base.partner_root"):
            return None
        told = (message.partner_ids | self.message_partner_ids).filtered(
            "partner_share"
        )
        return "out" if told or message.outgoing_email_to else None

    def _journey_hear(self, message):
        """Emit the event that a message amounts to, if it is a contact."""
        direction = self._contact_direction(message)
        if direction in ("call", "out"):
            self._journey_event("staff_wrote")
        elif direction == "in":
            is_thanks = is_courtesy(html2plaintext(message.body or ""))
            self._journey_event("customer_thanked" if is_thanks else "customer_wrote")
        return direction

    # Events

    @api.model
    def _journey_listeners(self):
        """Return the names of the models that act on documents' events.

        Each has a method `_on_journey_event(documents, event)`.
        """
        return [
            "customer.journey",
            "customer.confirmation",
            "customer.extra",
            "customer.followup",
            "customer.quote.reminder",
            "customer.sla.status",
            "customer.promise",
        ]

    def _journey_event(self, event):
        """Tell the listeners that an event has happened to the documents.

        :param event: code of the event, as in `customer.journey.event`.
        """
        if not self:
            return
        for listener in self._journey_listeners():
            self.env[listener].sudo()._on_journey_event(self.sudo(), event)

    def _journey_is_watched(self):
        """Return whether a change under way will emit the documents' events."""
        model, ids = self.env.context.get("journey_watched", (None, ()))
        return model == self._name and ids.issuperset(self._ids)

    @contextmanager
    def _journey_watch(self):
        """Emit the events of whatever happens to the documents inside.

        Several writes inside count as one change. Gives the documents to work on.
        """
        before = {doc.id: doc._journey_snapshot() for doc in self.sudo()}
        yield self.with_context(journey_watched=(self._name, frozenset(self._ids)))
        documents_sudo = self.sudo().exists()
        for document in documents_sudo:
            document._journey_settle(before[document.id])
        documents_sudo.filtered(
            lambda document: STATUS_OUTCOME[document._journey_status()] == "open"
        )._journey_begin()
        documents_sudo._journey_emit_changes(before)

    def _journey_begin(self):
        """Begin a journey with each document that is a need and has none, in batch."""
        needs = self.filtered(
            lambda document: not document.journey_id and document._journey_is_need()
        )
        journeys = self.env["customer.journey"].sudo()._begin(needs)
        # Assigned as a computed value is: no write() of each document one by one, and
        # what the journeys have just taken from their documents is not computed again
        with (
            self.env.protecting([self._fields["journey_id"]], needs),
            self.env.protecting(journeys._header_fields(), journeys),
        ):
            for document, journey in zip(needs, journeys, strict=True):
                document.journey_id = journey
            needs.modified(["journey_id"])

    def _journey_snapshot(self):
        return JourneySnapshot(
            self.journey_id,
            self.partner_id,
            self._journey_pipeline_stage(),
            self._journey_status(),
            self.user_id,
            self._journey_conditions(),
        )

    def _journey_emit_changes(self, before):
        """Emit the events that lead from the snapshots before to what is now."""
        documents_by_event = {}
        for document in self:
            for event in document._journey_changes(before[document.id]):
                documents_by_event.setdefault(event, self.browse())
                documents_by_event[event] += document
        for event, documents in documents_by_event.items():
            documents._journey_event(event)

    def _journey_changes(self, before):
        """Yield the events that lead from the snapshot before to what is now."""
        now = self._journey_snapshot()
        if now.journey and now.journey != before.journey:
            yield "joined" if before.journey else self._journey_opening_event
        event = now.status != before.status and event_of(before.status, now.status)
        # What is taken up again is so before it stands anywhere
        if event == "reopened":
            yield event
        if now.pipeline_stage != before.pipeline_stage:
            yield "staged"
        if event and event != "reopened":
            yield event
        if now.partner != before.partner:
            yield "customer_changed"
        if now.owner != before.owner:
            yield "assigned"
        if now.conditions != before.conditions:
            yield "changed"

    def _journey_settle(self, before):
        """Put right the journeys of a document after a change.

        A document that has gone to another journey takes its history along; one that
        was given to another customer leaves for its own.
        """
        if self.partner_id != before.partner and self._journey_is_of_another_customer():
            self.action_journey_split()
        elif self.journey_id != before.journey:
            before.journey.exists()._hand_over(self, self.journey_id)

    def _journey_is_of_another_customer(self):
        journey = self.journey_id
        return (
            journey
            and self != journey._leading_document()
            and not self._journey_linked()
            and self.partner_id.commercial_partner_id != journey.commercial_partner_id
        )
