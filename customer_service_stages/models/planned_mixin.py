from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.followup_plan import rest_over

#: How long after a failure it is tried again; then it is given up.
BACK_OFF = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


class CustomerPlannedMixin(models.AbstractModel):
    """Something planned for a customer: done, left out or called off, with its reason.

    It is worked off by scheduled action; people may see to it before (F5, Q7).
    """

    _name = "customer.planned.mixin"
    _description = "Planned for a Customer"
    _inherit = ["customer.due.mixin", "customer.about.mixin"]
    _order = "planned_date desc, id desc"
    _due_order = "planned_date, id"

    planned_date = fields.Datetime("Planned For", required=True, readonly=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("cancelled", "Called off"),
            ("failed", "Failed"),
        ],
        default="planned",
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("address", "The customer has no e-mail address"),
            ("bounced", "A mail to the customer came back"),
            ("by_hand", "Left out by hand"),
            ("cancelled", "The document was cancelled"),
            ("customer_changed", "The document went to another customer"),
            ("customer_wrote", "The customer wrote: it is our turn"),
            ("error", "It could not be done"),
            ("opted_out", "The customer wants no such mails"),
            ("refused", "The customer refused"),
            ("resting", "The customer was written to a short time ago"),
            ("too_late", "It would come too late"),
            ("undelivered", "The mail could not be sent"),
        ],
        readonly=True,
    )
    done_date = fields.Datetime("Done On", readonly=True)
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    attempts = fields.Integer(readonly=True, aggregator=None)

    # What staff do

    def action_send_now(self):
        """Do at once what is planned for later.

        :raises UserError: for what is not planned any more, or may not be done.
        """
        planned_sudo = self._check_planned()
        for record_sudo in planned_sudo:
            if reason := record_sudo._obstacle():
                raise UserError(
                    self.env._(
                        "Nothing was sent for %(document)s. %(reason)s.",
                        document=record_sudo._document().display_name,
                        reason=self._reason_in_words(reason),
                    )
                )
        for record_sudo in planned_sudo:
            record_sudo._carry_out()

    def action_skip(self):
        """Leave out what is planned; what comes after it stays."""
        self._check_planned()._skip("by_hand")

    def _check_planned(self):
        """Return the records with superuser rights, if the user may work on them."""
        for documents in self._documents():
            documents.check_access("write")
        records_sudo = self.sudo()
        if any(record.state != "planned" for record in records_sudo):
            raise UserError(
                self.env._("This has been sent or called off. Reload the page.")
            )
        return records_sudo

    @api.model
    def _reason_in_words(self, reason):
        return dict(self._fields["reason"]._description_selection(self.env))[reason]

    # What each kind says of itself

    def _obstacle(self):
        """Return why one may not be carried out now, or None."""
        raise NotImplementedError

    def _carry_out(self):
        """Do what is planned, and note it."""
        raise NotImplementedError

    # What becomes of it

    def _planned(self):
        return self.filtered(lambda record: record.state == "planned")

    def _skip(self, reason):
        self.write({"state": "skipped", "reason": reason})
        # Others may take their places
        self.flush_recordset(["state"])

    def _call_off(self, reason):
        planned = self._planned()
        planned.write({"state": "cancelled", "reason": reason})
        # Others may take their places
        planned.flush_recordset(["state"])
        return planned

    @api.model
    def _note_delivery(self, messages, is_sent):
        """Note what became of mails that have been queued, now or at another try."""
        records = self.search(Domain("message_id", "in", messages.ids))
        if is_sent:
            failed = records.filtered(lambda record: record.reason == "undelivered")
            failed.write({"state": "done", "reason": False})
        else:
            records.write({"state": "failed", "reason": "undelivered"})

    # Leaving customers in peace

    def _in_turn(self):
        """Return those whose customers may be written to now; the others wait (F8).

        A customer is written to once in the company's days of rest, over everything.
        """
        contacts, now = self.env["customer.contact"], fields.Datetime.now()
        customers = {
            record: contacts._customer(*record._addressee()) for record in self
        }
        last_dates = contacts._last_dates(customers.values())
        chosen = self.browse()
        for record in self._by_urgency():
            customer = customers[record]
            rest = rest_over(
                last_dates.get(customer), record.company_id.contact_rest_days
            )
            if rest and rest > now:
                record._wait_until(rest)
            else:
                chosen += record
                if customer:
                    last_dates[customer] = now
        return chosen

    def _by_urgency(self):
        """Return the records, what goes before others first: as they were taken."""
        return self

    def _addressee(self):
        """Return whom one is for: a contact, and the address."""
        return self._document()._confirmation_contact()

    def _wait_until(self, moment):
        """Leave the customer in peace until then, and for working hours.

        :param datetime moment: UTC, naive.
        """
        calendar = self._document()._confirmation_calendar()
        self.write(
            {"planned_date": calendar._opening_after(moment), "reason": "resting"}
        )

    # By scheduled action

    @api.model
    def _due_domain(self):
        return Domain("state", "=", "planned") & Domain(
            "planned_date", "<=", fields.Datetime.now()
        )

    def _put_off(self, error):
        for record in self:
            if record.attempts < len(BACK_OFF):
                record.planned_date = fields.Datetime.now() + BACK_OFF[record.attempts]
            else:
                record.write({"state": "failed", "reason": "error"})
            record.attempts += 1
