from odoo import api, fields, models

from .quote_order import QUOTATION


class SaleOrder(models.Model):
    """What becomes of a quote: seen, awaited, refused for a reason (Q7)."""

    _name = "sale.order"
    _inherit = ["sale.order"]

    quote_viewed_date = fields.Datetime(
        "Last Seen by the Customer",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the quote's page was opened by its link last. Some mail programs "
        "open links by themselves.",
    )
    quote_waits_since = fields.Datetime(
        "Awaiting a Decision Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the customer heard from us last. Empty while it is our turn.",
    )
    quote_reminder_ids = fields.One2many(
        "customer.quote.reminder",
        "order_id",
        "Mails About the Quote",
        readonly=True,
        groups="base.group_user",
    )
    refusal_reason_id = fields.Many2one(
        "crm.lost.reason",
        "Refused For",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups="base.group_user",
    )
    refusal_words = fields.Text(
        "The Customer's Words", readonly=True, copy=False, groups="base.group_user"
    )
    refusal_date = fields.Datetime(
        "Refused On", readonly=True, copy=False, groups="base.group_user"
    )

    # Refusing

    @api.model
    def _refusal_reasons(self):
        """Return the reasons that customers are offered, with superuser rights."""
        reasons_sudo = self.env["crm.lost.reason"].sudo()
        return reasons_sudo.search([("is_quote_refusal", "=", True)], order="id")

    def _may_be_refused(self):
        """Return whether the customer still has the choice."""
        return self.state in QUOTATION and not self.is_expired and not self.signature

    def _refuse(self, reason, words, partner):
        """Take the customer's no: cancel the quote, and tell who should know.

        :param reason: a `crm.lost.reason`, or none.
        :param str words: what the customer wrote, or "".
        :param partner: the `res.partner` who refuses.
        """
        self.write(
            {
                "refusal_reason_id": reason.id,
                "refusal_words": words,
                "refusal_date": fields.Datetime.now(),
            }
        )
        self._action_cancel()
        told = [reason and reason._customer_words(), words]
        self._post_as_customer(partner, ": ".join(filter(None, told)))
        self._tell_opportunity()
        for_owner = self._in_words_of_owner()
        for_owner._task_for_owner(
            for_owner.env._("The customer refused the quote"),
            for_owner._refusal_in_words(),
        )
        # Amounts are computed in the end, and customers may not read all of them
        self.env.flush_all()

    def _refusal_in_words(self):
        """Return why the customer refused, in the language of the context."""
        return ": ".join(
            filter(None, [self.refusal_reason_id.name, self.refusal_words])
        )

    def _tell_opportunity(self):
        """Give the opportunity the reason, unless another quote may still win it."""
        lead = self.opportunity_id
        if self.refusal_reason_id and not any(
            order.state in ("draft", "sent", "sale") for order in lead.order_ids
        ):
            lead.lost_reason_id = self.refusal_reason_id

    def _journey_event(self, event):
        """A refusal is no reason any more once another quote is out."""
        if event in ("sent", "confirmed"):
            self.sudo().opportunity_id.filtered(
                lambda lead: (
                    lead.won_status != "lost"
                    and lead.lost_reason_id in lead.order_ids.refusal_reason_id
                )
            ).lost_reason_id = False
        return super()._journey_event(event)

    def action_draft(self):
        """A quote that is taken up again is not refused any more."""
        result = super().action_draft()
        self.write(
            {"refusal_reason_id": False, "refusal_words": False, "refusal_date": False}
        )
        return result

    # Following up

    def _quote_is_followed(self):
        """Return whether the customer is to decide on the quote at leisure.

        What was bought in a web shop is decided already.
        """
        return not ("website_id" in self._fields and self.website_id)

    def _quote_end(self):
        """Return when the last day of the quote is over (UTC, naive), if it has one."""
        if not self.validity_date:
            return None
        return self._confirmation_calendar()._end_of_day(self.validity_date)

    def _quote_link(self):
        """Return the address of the page where the customer decides."""
        return f"{self.get_base_url()}{self.get_portal_url()}"

    def _confirmation_label(self):
        if self.state in QUOTATION:
            return self.env._("Quotation")
        return super()._confirmation_label()

    # The journey

    def _journey_watched_fields(self):
        return super()._journey_watched_fields() | {"validity_date"}

    def _journey_conditions(self):
        return (*super()._journey_conditions(), self.validity_date)

    def _journey_reason(self, event):
        if event == "cancelled" and self.refusal_date:
            order = self._in_words_of_owner()
            return order.env._("The customer refused. %s", order._refusal_in_words())
        return super()._journey_reason(event)

    # Messages

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.subtype_id == self.env.ref("sale.mt_order_viewed"):
            self.sudo().quote_viewed_date = fields.Datetime.now()
            self._journey_event("viewed")
        return result

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        self.sudo().quote_reminder_ids._note_bounce(email)
        return result
