from odoo import api, fields, models
from odoo.tools import hash_sign, verify_hash_signed

from .confirmation import LINK_LIFE

SCOPE = "customer_service_stages.lost"

#: What the customer said, on opportunities that are taken up again: nothing yet.
NO_ANSWER = {"lost_words": False, "lost_answer_date": False, "lost_wants_call": False}


class CrmLead(models.Model):
    """Why customers were lost, as they tell us themselves (F6)."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    lost_words = fields.Text("The Customer's Words", readonly=True, copy=False)
    lost_wants_call = fields.Boolean(
        "Wants to Be Called",
        readonly=True,
        copy=False,
        help="The customer said: call me, I might reconsider.",
    )
    lost_answer_date = fields.Datetime(
        "Customer Said Why On",
        readonly=True,
        copy=False,
        help="When the customer told us why. Empty: what we believe ourselves.",
    )

    # The link

    def _lost_link(self, reason=None):
        """Return the address where the customer says why. For mails only.

        :param reason: the `crm.lost.reason` that is chosen when the page opens.
        """
        values = [self.id, self.partner_id.id]
        token = hash_sign(self.env(su=True), SCOPE, values, expiration=LINK_LIFE)
        query = f"?reason={reason.id}" if reason else ""
        return f"{self.get_base_url()}/my/lost/{token}{query}"

    def _lost_choices(self):
        """Return the reasons as the customer reads them, each with its address."""
        return [
            (reason._customer_words(), self._lost_link(reason))
            for reason in self._lost_reasons()
        ]

    def _lost_mail_choices(self):
        """Return the reasons to press in a mail, as HTML."""
        return self.env["ir.qweb"]._render(
            "customer_service_stages.lost_mail_reasons",
            {"choices": self._lost_choices(), "link": self._lost_link()},
        )

    @api.model
    def _lost_reasons(self):
        """Return the reasons to choose from: those of whoever refuses a quote."""
        return self.env["sale.order"]._refusal_reasons()

    @api.model
    def _lost_find(self, token, partner):
        """Return the opportunity that a link is about, with superuser rights, or none.

        Wrong and outdated links look alike: none of those that are not lost any more,
        that went to another customer, or that belong to another one than is signed in.

        :param str token: what stands in the link.
        :param partner: the contact who is signed in, or none.
        """
        try:
            values = verify_hash_signed(self.env(su=True), SCOPE, token)
        except ValueError:
            values = None
        lead_id, customer_id = values or (False, False)
        lead_sudo = self.sudo().browse(lead_id or ()).exists()
        customer_sudo = lead_sudo.partner_id
        if (
            lead_sudo.won_status != "lost"
            or customer_id not in (False, customer_sudo.id)
            or partner._is_another_customer_than(customer_sudo)
        ):
            return self.browse()
        return lead_sudo

    # The answer

    def _lost_answer(self, reason, words, wants_call, phone):
        """Note why the customer was lost; the last answer counts.

        :param reason: a `crm.lost.reason`, or none.
        :param str words: what the customer wrote, or "".
        :param bool wants_call: whether we are to call.
        :param str phone: at which number, or "".
        """
        before = (self.lost_reason_id, self.lost_words or "", self.lost_wants_call)
        reason = reason or self.lost_reason_id
        is_new = not self.lost_answer_date or before != (reason, words, wants_call)
        if not (is_new or phone):
            return
        self.write(
            {
                "lost_reason_id": reason.id,
                "lost_words": words,
                "lost_wants_call": wants_call,
                "lost_answer_date": fields.Datetime.now(),
            }
        )
        told = [": ".join(filter(None, [reason and reason._customer_words(), words]))]
        if wants_call:
            please = self.env._("Call me: I might reconsider.")
            told.append(" ".join(filter(None, [please, phone])))
        self._lost_post("\n".join(filter(None, told)))
        if wants_call and (phone or not before[2]):
            self._lost_call(phone)

    def _lost_post(self, words):
        """Write the answer into the chatter, by whoever gave it."""
        partner, email = self._confirmation_contact()
        self.message_post(
            body=words,
            author_id=partner.id or None,
            email_from=email or None,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _lost_call(self, phone):
        """Have somebody call a customer who might come back."""
        owner = self._owner()
        for_owner = self.with_context(lang=owner.lang or self.env.lang)
        for_owner._task_for_owner(
            for_owner.env._("Call: the customer might reconsider"),
            phone or self.phone or "",
            activity="mail.mail_activity_data_call",
        )

    def _journey_event(self, event):
        if event in ("reopened", "won"):
            self.filtered("lost_answer_date").write(NO_ANSWER)
        return super()._journey_event(event)

    def _merge_get_fields_specific(self):
        """Keep what a lost customer said together with the reason."""

        def said(fname, leads):
            answered = leads.filtered("lost_answer_date")[:1]
            return not leads[:1].probability and answered[fname]

        return {
            **super()._merge_get_fields_specific(),
            **dict.fromkeys(NO_ANSWER, said),
        }
