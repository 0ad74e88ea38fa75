import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .confirmation import LINK_LIFE


class CustomerReviewInvitation(models.Model):
    """One customer invited to write a public review, and whether they went there (F2).

    The page that thanks for an answer invites; so does a mail. Whoever has been written
    to, or went to a platform, is left alone for the company's period.
    """

    _name = "customer.review.invitation"
    _description = "Review Invitation"
    _order = "create_date desc, id desc"
    _rec_name = "partner_id"

    feedback_id = fields.Many2one(
        "customer.feedback", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="feedback_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="feedback_id.partner_id", store=True, string="Customer", precompute=True
    )
    commercial_partner_id = fields.Many2one(
        related="feedback_id.commercial_partner_id",
        string="Commercial Entity",
        store=True,
        index="btree_not_null",
        precompute=True,
    )
    access_token = fields.Char(
        default=lambda self: secrets.token_urlsafe(32),
        required=True,
        readonly=True,
        groups="base.group_system",
    )
    date = fields.Datetime("Written To On", readonly=True)
    click_date = fields.Datetime("Last Visit On", readonly=True)
    click_count = fields.Integer("Visits", readonly=True)
    platform_id = fields.Many2one(
        "customer.review.platform", "Last Visited", readonly=True, ondelete="set null"
    )

    _feedback_uniq = models.UniqueIndex("(feedback_id)")
    _token_uniq = models.UniqueIndex("(access_token)")

    @api.model
    def _allowed_domain(self):
        """Return the domain of the documents whose customers may be invited now.

        Everybody who answered, unless the company has it otherwise (pitfall 32).
        """
        platforms = self.env["customer.review.platform"].search(Domain.TRUE)
        companies = platforms.company_id
        if not all(platform.company_id for platform in platforms):
            companies = companies.search(Domain.TRUE)
        domain = Domain.FALSE
        for company in companies:
            since = fields.Datetime.now() - timedelta(days=company.review_rest_days)
            invited = Domain("company_id", "=", company.id) & (
                Domain("date", ">", since) | Domain("click_date", ">", since)
            )
            answered = Domain("state", "=", "answered")
            if company.review_only_happy:
                answered &= Domain("is_happy", "=", True)
            domain |= (
                Domain("company_id", "=", company.id)
                & Domain("feedback_ids", "any", answered)
                & Domain("partner_id", "!=", False)
                & Domain(
                    "partner_id.commercial_partner_id.review_invitation_ids",
                    "not any",
                    invited,
                )
            )
        return domain

    @api.model
    def _offer(self, feedback):
        """Have an invitation ready for each answer, in batch.

        :return: the invitations, in the order of the answers.
        """
        missing = feedback.filtered(lambda row: not row.invitation_ids)
        self.create([{"feedback_id": row.id} for row in missing])
        return feedback.invitation_ids

    @api.model
    def _invite(self, documents):
        """Note that the customers of documents are written to now, in batch."""
        feedback = self.env["customer.feedback"].union(
            *(document._last_feedback() for document in documents)
        )
        self._offer(feedback).date = fields.Datetime.now()
        documents.invalidate_model(["review_may_invite"], flush=False)

    @api.model
    def _find(self, token):
        """Return the invitation that a link belongs to, or none, as superuser."""
        return self.sudo().search(
            Domain("access_token", "=", token)
            & Domain("create_date", ">", fields.Datetime.now() - LINK_LIFE),
            limit=1,
        )

    def _platforms(self):
        """Return the platforms on which the customer can write about the company."""
        platforms = self.env["customer.review.platform"]
        if not self:
            return platforms
        return platforms.search(
            Domain("company_id", "in", [self.company_id.id, False])
        ).filtered(lambda platform: platform._is_web_link())

    def _link(self, platform):
        """Return the address that counts the visit and leads to a platform."""
        base_url = self.feedback_id._document().get_base_url()
        return f"{base_url}/my/review/{self.sudo().access_token}/{platform.id}"

    def _note_visit(self, platform):
        self.write(
            {
                "click_count": self.click_count + 1,
                "click_date": fields.Datetime.now(),
                "platform_id": platform.id,
            }
        )
