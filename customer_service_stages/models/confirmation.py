import logging
import secrets
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq, hmac, plaintext2html

from ..tools.confirmation_steps import REFUSAL_REASONS, REVOCABLE, due_step
from ..tools.feedback_words import stars
from ..tools.followup_plan import REST

_logger = logging.getLogger(__name__)

#: How long the link to a question that nobody answers leads somewhere.
LINK_LIFE = timedelta(days=90)


class CustomerConfirmation(models.Model):
    """One question put to a customer, with one answer (T4, D4).

    A question is asked about one document. Its link is worth an answer: people of the
    company never see it. The first answer counts; a yes (or what counts as one) can be
    turned into a no until the reopen window closes.
    """

    _name = "customer.confirmation"
    _description = "Customer Confirmation"
    _inherit = ["customer.due.mixin", "customer.about.mixin"]
    _order = "request_date desc, id desc"
    _rec_name = "document_name"
    _rec_names_search = ["ticket_id", "order_id", "extra_id"]
    _due_order = "next_action_date, id"
    _own_document_fields = ("ticket_id", "order_id", "extra_id")

    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    extra_id = fields.Many2one(
        "customer.extra", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    kind = fields.Selection(
        [("ticket", "Request"), ("delivery", "Delivery"), ("extra", "Extra")],
        readonly=True,
        required=True,
    )
    document_name = fields.Char("About", compute="_compute_document_name")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Commercial Entity"
    )
    email = fields.Char("Asked At", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True, index=True)
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    type_id = fields.Many2one("helpdesk.ticket.type", "Request Type", readonly=True)
    summary = fields.Text("What Was Done", readonly=True)
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("timed_out", "No answer in time"),
            ("waived", "Waived"),
            ("void", "Withdrawn"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )
    is_current = fields.Boolean(default=True, readonly=True)
    access_token = fields.Char(
        default=lambda self: secrets.token_urlsafe(32),
        required=True,
        readonly=True,
        groups="base.group_system",
    )
    request_date = fields.Datetime("Asked On", readonly=True, required=True)
    answer_date = fields.Datetime("Answered On", readonly=True)
    response_hours = fields.Float(
        "Hours to Answer",
        compute="_compute_response_hours",
        store=True,
        aggregator="avg",
    )
    answer_origin = fields.Selection(
        [
            ("link", "Link in the mail"),
            ("portal", "Customer portal"),
            ("phone", "Phone"),
            ("in_person", "In person"),
            ("email", "E-mail"),
            ("manager", "Manager"),
            ("silence", "Silence"),
        ],
        "Answered By Way Of",
        readonly=True,
    )
    answer_name = fields.Char("Answered By", readonly=True)
    answer_partner_id = fields.Many2one(
        "res.partner", "Answered By Contact", readonly=True
    )
    answer_user_id = fields.Many2one("res.users", "Recorded By", readonly=True)
    answer_address = fields.Char("Answered From", readonly=True)
    refusal_reason = fields.Selection(
        [
            ("still_fails", "It still fails"),
            ("not_asked", "It is not what was asked"),
            ("not_needed", "It is not needed"),
            ("too_expensive", "It costs too much"),
            ("other", "Something else"),
        ],
        readonly=True,
    )
    comment = fields.Text("Remarks", readonly=True)
    score = fields.Integer(readonly=True, aggregator="avg", help="1 to 5; 0 is none.")
    signature = fields.Image(readonly=True, max_width=1024, max_height=1024)
    signed_attachment_id = fields.Many2one("ir.attachment", "Signed PDF", readonly=True)
    reminder_count = fields.Integer("Reminders", readonly=True)
    last_reminder_date = fields.Datetime("Last Reminder On", readonly=True)
    reminder_mail_id = fields.Many2one(
        "mail.mail", readonly=True, ondelete="set null", groups="base.group_system"
    )
    is_paused = fields.Boolean(
        "Customer Wrote",
        readonly=True,
        help="The last word is the customer's: nothing is reminded or closed until "
        "somebody answers.",
    )
    has_bounced = fields.Boolean("Bounced", readonly=True)
    next_action_date = fields.Datetime("Next Step On", readonly=True)

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(ticket_id, order_id, extra_id) = 1)",
        "A confirmation is about one document.",
    )
    _reasoned = models.Constraint(
        "CHECK (state != 'refused' OR refusal_reason IS NOT NULL)",
        "A refusal needs its reason.",
    )
    _current_ticket_uniq = models.UniqueIndex("(ticket_id) WHERE is_current")
    _current_order_uniq = models.UniqueIndex("(order_id) WHERE is_current")
    _current_extra_uniq = models.UniqueIndex("(extra_id) WHERE is_current")
    _token_uniq = models.UniqueIndex("(access_token)")
    # The scheduled action reads what is due, whatever the size of the table
    _due_idx = models.Index("(next_action_date, id) WHERE state = 'pending'")

    @api.depends(
        "ticket_id.display_name", "order_id.display_name", "extra_id.display_name"
    )
    def _compute_document_name(self):
        for confirmation in self:
            confirmation.document_name = confirmation._document().display_name

    @api.depends("request_date", "answer_date")
    def _compute_response_hours(self):
        for confirmation in self:
            if confirmation.answer_date:
                waited = confirmation.answer_date - confirmation.request_date
                confirmation.response_hours = waited.total_seconds() / 3600
            else:
                confirmation.response_hours = False

    # Asking

    @api.model
    def _open(self, documents, mail=True):
        """Ask about each document, in batch: a new question ends the one before.

        :param documents: a recordset of one model.
        :param bool mail: whether to write to the customers.
        :return: the new confirmations, in the order of the documents.
        """
        documents.confirmation_ids._retire()
        now = fields.Datetime.now()
        vals_list = []
        for document in documents:
            partner, email = document._confirmation_contact()
            vals_list.append(
                {
                    documents._confirmation_field: document.id,
                    "kind": documents._confirmation_kind,
                    "company_id": document.company_id.id,
                    "partner_id": partner.id,
                    "email": email,
                    "summary": document._confirmation_summary(),
                    "request_date": now,
                    **document._confirmation_values(),
                }
            )
        confirmations = self.create(vals_list)
        if not mail:
            return confirmations
        reachable = confirmations.filtered("email")
        reachable._plan_next_step()
        reachable._mail("request")
        for documents in (confirmations - reachable)._documents():
            documents._confirmation_call_task(
                self.env._("Ask for the confirmation: there is no e-mail address")
            )
        return confirmations

    def _retire(self):
        """End what is current: a question without an answer becomes void."""
        current = self.filtered("is_current")
        pending = current.filtered(lambda c: c.state == "pending")
        # In one go: what is void is no state of a document
        pending.write({"state": "void", "next_action_date": False, "is_current": False})
        (current - pending).write({"is_current": False})
        current.flush_recordset(["is_current"])

    def _mail(self, template_name):
        """Queue a mail to the customers, in the thread of their documents.

        The link is in the mail alone: what stays in the chatter leads to the portal,
        where the customer has to sign in.

        :param str template_name: `request` or `reminder`.
        :return: the mails, in the order of the confirmations.
        """
        mails_by_confirmation = {}
        for documents in self._documents():
            xmlid = documents._confirmation_templates[template_name]
            template = self.env.ref(xmlid, raise_if_not_found=False)
            if not template:
                raise UserError(
                    self.env._(
                        "The mail template %s has been deleted. Update the module to "
                        "have it again.",
                        xmlid,
                    )
                )
            mails = documents._queue_mail(template)
            mails_by_confirmation.update(
                zip(documents.confirmation_id, mails, strict=True)
            )
        return [mails_by_confirmation[confirmation] for confirmation in self]

    def _plan(self, days):
        """Set when the next step is due: working days from now.

        :param days: function that returns the number of days for a company.
        """
        now = fields.Datetime.now()
        dates = {}
        for confirmation in self:
            key = (
                confirmation._document()._confirmation_calendar(),
                days(confirmation.company_id),
            )
            if key not in dates:
                dates[key] = key[0]._working_days_after(now, key[1])
            confirmation.next_action_date = dates[key]

    # The customer's page

    @api.model
    def _find(self, token, partner):
        """Return the confirmation that a link leads to, with superuser rights.

        Unknown, void and outdated links give nothing alike, and so does one that a
        customer who is signed in has from another customer.

        :param str token: what stands in the link.
        :param partner: the contact who is signed in, or none.
        :return: one confirmation or none.
        """
        confirmation_sudo = self.sudo().search(
            Domain("access_token", "=", token) & Domain("state", "!=", "void"), limit=1
        )
        is_foreign = partner._is_another_customer_than(confirmation_sudo.partner_id)
        if is_foreign or not confirmation_sudo._is_shown():
            return self.browse()
        return confirmation_sudo

    def _is_shown(self):
        """Return whether the link still leads somewhere."""
        if not self.is_current:
            return False
        if self.state in REVOCABLE and not self._is_binding():
            return self._is_revocable()
        return fields.Datetime.now() <= self.request_date + LINK_LIFE

    def _is_binding(self):
        """Return whether silence is no yes, and a yes is not taken back."""
        return self._document()._confirmation_is_binding

    def _is_revocable(self):
        """Return whether a yes, or what counted as one, can still become a no."""
        return (
            self.is_current
            and self.state in REVOCABLE
            and not self._is_binding()
            and fields.Datetime.now() <= self._revocable_until()
        )

    def _revocable_until(self):
        """Return when the reopen window closes (UTC)."""
        return self.answer_date + timedelta(
            days=self.company_id.confirmation_reopen_days
        )

    def _link(self):
        """Return the address of the customer's page. For mails and the portal only."""
        return (
            f"{self._document().get_base_url()}/my/confirmation/"
            f"{self.sudo().access_token}"
        )

    def _nonce(self):
        """Return what a page must send back: it is worth one answer to this question.

        It ends with the state that the page was shown in, so a page from before
        somebody's answer cannot answer again.
        """
        return hmac(
            self.env(su=True),
            "customer_service_stages.confirmation",
            (self.id, self.sudo().access_token, self.state),
        )

    def _check_nonce(self, nonce):
        return consteq(self._nonce(), nonce or "")

    # Answering

    def _answer(self, state, attachments=(), **vals):
        """Note the answer to the questions, and let their documents act on it.

        Two answers at the same moment: the database lets one through, and the other
        transaction, tried again, finds the question answered.

        :param str state: `accepted`, `refused`, `timed_out` or `waived`.
        :param attachments: pictures that come with the answer, as (name, bytes).
        :param vals: who answered, how and what (the `answer_…` fields, `comment`, …).
        :raises UserError: for a question that has been answered.
        """
        for confirmation in self:
            revoking = state == "refused" and confirmation._is_revocable()
            if not revoking and confirmation.state != "pending":
                raise UserError(
                    self.env._(
                        "%s has been answered already. Reload the page.",
                        confirmation.document_name,
                    )
                )
        self.write(
            {
                # Of an answer that is taken back, nothing stays
                "answer_date": fields.Datetime.now(),
                "answer_origin": "silence",
                "answer_name": False,
                "answer_partner_id": False,
                "answer_user_id": False,
                "answer_address": False,
                "refusal_reason": False,
                "comment": False,
                "signature": False,
                "score": 0,
                **vals,
                "state": state,
                "next_action_date": False,
            }
        )
        self.env.flush_all()
        silent = self.filtered(lambda c: c.answer_origin == "silence")
        silent._log_silence()
        for confirmation in self - silent:
            confirmation._post_answer(attachments)
            confirmation._rate()
        for documents in self._documents():
            documents.with_context(confirmation_answering=True)._confirmation_answered(
                state, {doc: doc.confirmation_id._reason() for doc in documents}
            )

    def _log_silence(self):
        """Write into the documents' chatters that nobody has answered, in batch."""
        for documents in self._documents():
            documents._message_log_batch(
                {doc.id: doc.confirmation_id._chatter_body() for doc in documents},
                author_id=self.env.ref("base.partner_root").id,
            )

    def _post_answer(self, attachments):
        """Write the answer into the document's chatter, by whoever gave it."""
        host = self._document()._confirmation_host()
        host.with_context(confirmation_answering=True).message_post(
            body=self._chatter_body(),
            author_id=self._author().id or None,
            email_from=self._author().email_formatted or self.email,
            message_type="comment",
            subtype_xmlid="mail.mt_note" if self._is_by_staff() else "mail.mt_comment",
            attachments=list(attachments),
        )

    def _chatter_body(self):
        """Return the answer as HTML, in the language of whoever owns the document."""
        document = self._document()
        reader = document.user_id or document.company_id.partner_id
        lines = self.with_context(lang=reader.lang or self.env.lang)._describe_answer()
        return Markup("<br/>").join(lines)

    def _author(self):
        """Return the contact in whose name the answer stands in the chatter."""
        if self._is_by_staff():
            return self.answer_user_id.partner_id
        return self.answer_partner_id or self.partner_id

    def _is_by_staff(self):
        """Return whether it was somebody of the company who entered the answer."""
        return bool(self.answer_user_id)

    def _describe_answer(self):
        """Return the answer in lines of HTML, in the language of the context."""
        lines = [Markup("<strong>%s</strong>") % self._label("state")]
        if self.refusal_reason:
            lines[0] += f": {self._label('refusal_reason')}"
        if self._document()._confirmation_host() != self._document():
            lines.insert(0, self.document_name)
        if self.score:
            lines.append(stars(self.score))
        if self.comment:
            lines.append(plaintext2html(self.comment, with_paragraph=False))
        if self.answer_name:
            lines.append(
                Markup('<span class="text-muted">%s</span>')
                % self.env._(
                    "Answered by %(name)s · %(origin)s %(address)s",
                    name=self.answer_name,
                    origin=self._label("answer_origin"),
                    address=self.answer_address or "",
                )
            )
        return lines

    def _reason(self):
        """Return why the answer is no, in words."""
        return ": ".join(filter(None, [self._label("refusal_reason"), self.comment]))

    def _label(self, field_name):
        """Return how a selection reads, in the language of the context."""
        labels = dict(self._fields[field_name]._description_selection(self.env))
        return labels.get(self[field_name], "")

    @api.model
    def _refusal_reasons_of(self, kind):
        """Return why customers say no to a kind of question: codes with their words."""
        labels = dict(self._fields["refusal_reason"]._description_selection(self.env))
        return [(reason, labels[reason]) for reason in REFUSAL_REASONS[kind]]

    def _rate(self):
        """Keep the stars as a rating of the document (core's `rating`)."""
        if self.score:
            self.env["rating.rating"].create(
                self._document()._rating_values(
                    self.score, self.comment, self._author()
                )
            )

    def _keep_signed_copy(self):
        """Print the signed confirmation, and keep it on document and journey (D4).

        An answer is never lost to a printer: what cannot be printed now is said in the
        chatter, and can be printed from the confirmation later.
        """
        document = self._document()
        report = "customer_service_stages.action_report_confirmation"
        try:
            with self.env.cr.savepoint():
                content, extension = self.env["ir.actions.report"]._render_qweb_pdf(
                    report, self.ids
                )
        except Exception:
            _logger.exception("Confirmation %s could not be printed", self.id)
            document._message_log(
                body=self.env._(
                    "The signed confirmation could not be printed. Print it from the "
                    "confirmation."
                )
            )
            return
        name = self.env._("Delivery confirmation %s", document.name)
        values = {"name": f"{name}.{extension}", "raw": content}
        self.signed_attachment_id = self.env["ir.attachment"].create(
            {**values, "res_model": document._name, "res_id": document.id}
        )
        document._message_log(
            body=self.env._("Signed by %s", self.answer_name or ""),
            attachment_ids=self.signed_attachment_id.ids,
        )
        if journey := document.journey_id:
            journey._message_log(
                body=self.env._("Delivery confirmed: %s", document.name),
                attachment_ids=self.signed_attachment_id.copy(
                    {"res_model": journey._name, "res_id": journey.id}
                ).ids,
            )

    # Listening to the documents

    @api.model
    def _on_journey_event(self, documents, event):
        """Keep the questions in step with what happens to their documents."""
        if "confirmation_ids" not in documents._fields:
            return
        if event in ("opened", "staged", "delivery_completed"):
            documents.filtered(
                lambda document: (
                    document.confirmation_state != "pending"
                    and document._confirmation_is_due()
                )
            )._confirmation_ask()
        if self.env.context.get("confirmation_answering"):
            return
        current = documents.confirmation_id
        if event in ("reopened", "delivery_reopened"):
            current._retire()
        elif event in ("staged", "closed", "cancelled", "archived"):
            current.filtered(
                lambda c: (
                    c.state == "pending" and not c._document()._confirmation_stands()
                )
            )._retire()
        elif event == "customer_changed":
            current.filtered(
                lambda c: (
                    c.state == "pending"
                    and c.commercial_partner_id
                    != c._document().partner_id.commercial_partner_id
                )
            )._retire()
        elif event in ("customer_wrote", "customer_thanked"):
            current._pause()
        elif event == "staff_wrote":
            current._resume()

    def _pause(self):
        """Wait for the company: the last word is the customer's (pitfall 29)."""
        self.filtered(lambda c: c.state == "pending").write(
            {"is_paused": True, "next_action_date": False}
        )

    def _resume(self):
        """Go on reminding: somebody has answered the customer."""
        paused = self.filtered(
            lambda c: c.state == "pending" and c.is_paused and not c.has_bounced
        )
        paused.is_paused = False
        paused.filtered("email")._plan_next_step()

    def _note_bounce(self, email):
        """Stop mailing an address that does not take mails; somebody calls instead."""
        bounced = self.filtered(lambda c: c.state == "pending" and not c.has_bounced)
        bounced.write({"has_bounced": True, "next_action_date": False})
        for documents in bounced._documents():
            documents._confirmation_call_task(
                self.env._("Call: the mail to %s came back", email)
            )

    # Reminding and closing, by scheduled action

    @api.model
    def _cron_follow_up(self):
        """Remind the customers who have not answered, and close on silence (T4)."""
        # Mails leave with core's queue, which notes each one that it has sent
        self.with_context(mail_notify_force_send=False)._work_off()

    @api.model
    def _due_domain(self):
        return Domain("state", "=", "pending") & Domain(
            "next_action_date", "<=", fields.Datetime.now()
        )

    def _put_off(self, error):
        self.next_action_date = fields.Datetime.now() + timedelta(days=1)

    def _do_due(self):
        """Do what is due, in the working hours of those who would answer."""
        now = fields.Datetime.now()
        openings = {}
        for confirmation in self:
            calendar = confirmation._document()._confirmation_calendar()
            if calendar not in openings:
                openings[calendar] = calendar._opening_after(now)
            confirmation.next_action_date = openings[calendar]
        at_work = self.filtered(lambda c: c.next_action_date <= now)
        for step, confirmations in at_work.grouped(lambda c: c._due_step()).items():
            getattr(confirmations, f"_{step}")()
        if at_work:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _due_step(self):
        company = self.company_id
        return due_step(
            self.reminder_count,
            company.confirmation_reminder_count,
            self._reminder_status(),
            bool(company.confirmation_timeout_days) and not self._is_binding(),
        )

    def _reminder_status(self):
        """Return what became of the last reminder: sent, waiting or failed."""
        if not self.reminder_count:
            return None
        state = self.sudo().reminder_mail_id.state
        return {"sent": "sent", "outgoing": "waiting"}.get(state, "failed")

    def _remind(self):
        """Remind the customers, each of one thing a day; the rest waits a day."""
        today = fields.Datetime.now() - REST
        customers = self.commercial_partner_id
        reminded = set(
            self.search(
                Domain("partner_id.commercial_partner_id", "in", customers.ids)
                & Domain("last_reminder_date", ">", today)
            ).commercial_partner_id
        )
        reminding = self.browse()
        for confirmation in self:
            customer = confirmation.commercial_partner_id
            if not customer or customer not in reminded:
                reminding += confirmation
                reminded.add(customer)
        (self - reminding)._plan(lambda company: 1)
        mails = reminding._mail("reminder") if reminding else ()
        now = fields.Datetime.now()
        for confirmation, mail in zip(reminding, mails, strict=True):
            confirmation.write(
                {
                    "reminder_count": confirmation.reminder_count + 1,
                    "last_reminder_date": now,
                    "reminder_mail_id": mail.id,
                }
            )
        reminding._plan_next_step()

    def _plan_next_step(self):
        """Plan the next reminder, or the end of the wait: never before its time."""
        last = self.filtered(
            lambda c: c.reminder_count >= c.company_id.confirmation_reminder_count
        )
        self._plan(lambda company: company.confirmation_reminder_days)
        for confirmation in last:
            calendar = confirmation._document()._confirmation_calendar()
            confirmation.next_action_date = max(
                confirmation.next_action_date,
                calendar._working_days_after(
                    confirmation.request_date,
                    confirmation.company_id.confirmation_timeout_days,
                ),
            )

    def _wait(self):
        """The last reminder has not left yet: look again on the next working day."""
        self._plan(lambda company: 1)

    def _time_out(self):
        """Close on silence; counted apart from a yes everywhere."""
        self._answer("timed_out")

    def _hand_over(self):
        """Leave it to people: mails do not bring an answer."""
        self.next_action_date = False
        for documents in self._documents():
            documents._confirmation_call_task(
                self.env._("Call: no answer to the request for confirmation")
            )
