from odoo import fields, models


class CrmLead(models.Model):
    """Opportunities whose customers are asked, won or lost."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "customer.feedback.mixin"]
    _feedback_field = "lead_id"

    feedback_ids = fields.One2many(
        "customer.feedback",
        "lead_id",
        "Customer's Feedback",
        readonly=True,
        groups="base.group_user",
    )

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        opportunities.sudo().feedback_ids.lead_id = self
        return result

    def _feedback_values(self):
        return {**super()._feedback_values(), "sales_team_id": self.team_id.id}
