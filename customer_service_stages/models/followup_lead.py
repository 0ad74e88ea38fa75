from odoo import fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead"]

    followup_ids = fields.One2many(
        "customer.followup",
        "lead_id",
        "Follow-ups",
        readonly=True,
        groups="base.group_user",
    )

    def _merge_dependences(self, opportunities):
        """What was done stays on record: nobody is written to a second time."""
        result = super()._merge_dependences(opportunities)
        opportunities.sudo().followup_ids._merge_into(self.sudo())
        return result
