from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What a customer was asked, and said (F1)."""

    _name = "res.partner"
    _inherit = ["res.partner"]

    feedback_count = fields.Integer(
        compute="_compute_feedback_count",
        groups="customer_service_stages.group_user_own",
    )
    review_invitation_ids = fields.One2many(
        "customer.review.invitation",
        "commercial_partner_id",
        readonly=True,
        groups="customer_service_stages.group_user_own",
    )

    def _compute_feedback_count(self):
        """Count what the contact and its commercial entity's contacts were asked."""
        counts = self._count_with_contacts("customer.feedback")
        for partner in self:
            partner.feedback_count = counts[partner.id]

    def action_view_feedback(self):
        """Open what the contact and the contacts below it were asked, and said."""
        return self.env["customer.feedback"]._view(
            Domain("partner_id", "child_of", self.ids)
        )
