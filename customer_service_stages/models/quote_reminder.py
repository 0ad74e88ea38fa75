from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.quote_follow_up import plan

#: What ends the wait for a customer's decision, by event.
ENDS = {
    "cancelled": "cancelled",
    "confirmed": "accepted",
    "customer_changed": "customer_changed",
    "customer_thanked": "customer_wrote",
    "customer_wrote": "customer_wrote",
    "reopened": "draft",
}

TEMPLATES = {
    "undecided": "customer_service_stages.mail_template_quote_undecided",
    "expiry": "customer_service_stages.mail_template_quote_expiry",
}


class CustomerQuoteReminder(models.Model):
    """One mail that a customer who has not decided on a quote will get (Q7).

    What is planned follows what happens to the quote: it is counted anew from the last
    contact, and called off with the reason. Quotes that were sent before the module
    came have none.
    """

    _name = "customer.quote.reminder"
    _description = "Quote Reminder"
    _inherit = ["customer.planned.mixin"]
    _rec_name = "order_id"
    _own_document_fields = ("order_id",)

    order_id = fields.Many2one(
        "sale.order",
        "Quote",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, precompute=True
    )
    kind = fields.Selection(
        [("undecided", "Reminder"), ("expiry", "Expiry notice")],
        required=True,
        readonly=True,
    )
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    validity_date = fields.Date(
        "Expiration Told", readonly=True, help="The last day that a notice tells."
    )
    reason = fields.Selection(
        selection_add=[
            ("accepted", "The customer accepted"),
            ("draft", "The quote is being changed"),
            ("expired", "The quote has expired"),
            ("off", "The company sends none"),
            ("replanned", "Not needed any more by the new dates"),
            ("signed", "The customer has signed, and is to pay"),
            ("visit", "A visit is planned first"),
        ],
    )

    _planned_uniq = models.UniqueIndex(
        "(order_id, kind, number) WHERE state = 'planned'"
    )
    # The scheduled action reads what is due, whatever the size of the table
    _due_idx = models.Index("(planned_date, id) WHERE state = 'planned'")

    # What staff do

    def action_postpone(self):
        """Send later, by as many working days as lie between two reminders.

        :raises UserError: for a notice that would come too late.
        """
        for reminder_sudo in self._check_planned():
            order_sudo = reminder_sudo.order_id
            days = order_sudo.company_id.quote_reminder_days or 1
            if reminder_sudo.kind == "expiry":
                days = 1
            start = max(reminder_sudo.planned_date, fields.Datetime.now())
            calendar = order_sudo._confirmation_calendar()
            moment = calendar._working_days_after(start, days)
            end = order_sudo._quote_end()
            if end and moment >= end:
                raise UserError(
                    self.env._(
                        "%s will have expired by then. Skip this mail, or give the "
                        "quote more time.",
                        order_sudo.name,
                    )
                )
            reminder_sudo.planned_date = moment

    # Listening to the quotes

    @api.model
    def _on_journey_event(self, documents, event):
        """Keep what is planned in step with what happens to the quotes."""
        if documents._name != "sale.order":
            return
        if event == "sent":
            documents = documents.filtered(lambda order: order._quote_is_followed())
            documents.quote_waits_since = fields.Datetime.now()
            self._replan(documents)
        elif event == "staff_wrote":
            documents = documents.filtered(
                lambda order: order.state == "sent" and order.quote_reminder_ids
            )
            documents.quote_waits_since = fields.Datetime.now()
            self._replan(documents)
        elif event == "changed":
            self._replan(documents.filtered("quote_waits_since"))
        elif event in ENDS:
            documents.filtered("quote_waits_since").quote_waits_since = False
            for order in documents:
                refused = event == "cancelled" and order.refusal_date
                order.quote_reminder_ids._call_off(
                    "refused" if refused else ENDS[event]
                )

    @api.model
    def _replan(self, orders):
        """Plan what the customers of quotes will get, from the last contact on."""
        vals_list = []
        for order in orders:
            planned = {
                (reminder.kind, reminder.number): reminder
                for reminder in order.quote_reminder_ids
                if reminder.state == "planned"
            }
            for vals in self._wanted(order):
                key = vals["kind"], vals["number"]
                if key in planned:
                    planned.pop(key).write(vals)
                else:
                    vals_list.append(vals)
            self.union(*planned.values())._call_off("replanned")
        self.create(vals_list)

    @api.model
    def _wanted(self, order):
        """Yield the values of what is to be planned for a quote."""
        company = order.company_id
        past = order.quote_reminder_ids.filtered(
            lambda reminder: reminder.state in ("done", "skipped", "failed")
        )
        past_notices = past.filtered(lambda reminder: reminder.kind == "expiry")
        is_told = order.validity_date in past_notices.mapped("validity_date")
        last = {
            "undecided": len(past) - len(past_notices),
            "expiry": len(past_notices),
        }
        for kind, moment in plan(
            order._confirmation_calendar()._work_clock(),
            order.quote_waits_since,
            company.quote_reminder_days,
            company.quote_reminder_count - last["undecided"],
            order._quote_end(),
            0 if is_told else company.quote_expiry_notice_days,
        ):
            last[kind] += 1
            yield {
                "order_id": order.id,
                "kind": kind,
                "number": last[kind],
                "planned_date": moment,
                "validity_date": order.validity_date if kind == "expiry" else False,
            }

    def _note_bounce(self, email):
        """Stop writing to an address that takes no mails; somebody calls instead."""
        orders = self._call_off("bounced").order_id
        orders._task_for_owner(
            self.env._("Call: the mail to %s came back", email),
            activity="mail.mail_activity_data_call",
        )

    # Sending, by scheduled action

    @api.model
    def _cron_remind(self):
        """Write to the customers whose decision is awaited (Q7)."""
        # Mails leave with core's queue, which notes each one that it has sent
        self.with_context(
            mail_is_automatic=True, mail_notify_force_send=False
        )._work_off()

    def _do_due(self):
        """Send what is due, in working hours, to those who may still decide."""
        now = fields.Datetime.now()
        for reminder in self:
            calendar = reminder.order_id._confirmation_calendar()
            reminder.planned_date = calendar._opening_after(now)
        at_work = self.filtered(lambda reminder: reminder.planned_date <= now)
        at_work._call_off_pointless()._in_turn()._carry_out()

    def _call_off_pointless(self):
        """Call off what may not go; return the rest."""
        by_reason = self.grouped(lambda reminder: reminder._obstacle())
        allowed = by_reason.pop(None, self.browse())
        for reason, reminders in by_reason.items():
            reminders._call_off(reason)
            if reason in ("address", "bounced"):
                reminders.order_id._task_for_owner(
                    self.env._("Call: our mails about the quote do not arrive"),
                    self._reason_in_words(reason),
                    activity="mail.mail_activity_data_call",
                )
        return allowed

    def _obstacle(self):
        """Return why a customer may not be written to now, or None."""
        order, company = self.order_id, self.company_id
        partner = order.partner_id
        days = {
            "undecided": company.quote_reminder_days and company.quote_reminder_count,
            "expiry": company.quote_expiry_notice_days,
        }
        end = order._quote_end()
        obstacles = {
            "cancelled": order.state != "sent",
            "expired": end and end <= fields.Datetime.now(),
            "signed": order.signature,
            "visit": self.kind == "undecided" and order.quote_visit_state == "planned",
            "off": not days[self.kind],
            "opted_out": partner._does_without("quote") or partner.is_blacklisted,
            "address": not partner.email_normalized,
            "bounced": partner.message_bounce,
        }
        return next((reason for reason, stands in obstacles.items() if stands), None)

    def _by_urgency(self):
        """What expires is told first."""
        return self.sorted(lambda reminder: (reminder.kind != "expiry", reminder.id))

    def _carry_out(self):
        """Queue the mails, note them, and count anew what comes after them."""
        now = fields.Datetime.now()
        for kind, reminders in self.grouped("kind").items():
            template = self.env.ref(TEMPLATES[kind], raise_if_not_found=False)
            if not template:
                raise UserError(
                    self.env._(
                        "The mail template %s has been deleted. Update the module to "
                        "have it again.",
                        TEMPLATES[kind],
                    )
                )
            mails = reminders.order_id._queue_mail(
                template,
                opt_out=lambda order: order._opt_out_link(
                    *order._confirmation_contact(), "quote"
                ),
            )
            for reminder, mail in zip(reminders, mails, strict=True):
                reminder.write(
                    {
                        "state": "done",
                        "reason": False,
                        "done_date": now,
                        "message_id": mail.mail_message_id.id,
                    }
                )
        self.order_id.quote_waits_since = now
        self._replan(self.order_id)
        if self:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
