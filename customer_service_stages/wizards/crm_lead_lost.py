from odoo import api, fields, models


class CrmLeadLost(models.TransientModel):
    _inherit = "crm.lead.lost"

    lost_reason_id = fields.Many2one(
        compute="_compute_lost_reason_id", store=True, readonly=False
    )

    @api.depends("lead_ids")
    def _compute_lost_reason_id(self):
        """Propose why the customers refused last, where that is one reason (Q7)."""
        for wizard in self:
            reasons = wizard.lead_ids.lost_reason_id.browse()
            for lead in wizard.lead_ids:
                # The user may lose the opportunity without seeing its quotes
                refused_sudo = lead.sudo().order_ids.filtered("refusal_date")
                last_sudo = refused_sudo.sorted("refusal_date")[-1:]
                reasons |= lead.lost_reason_id or last_sudo.refusal_reason_id
            wizard.lost_reason_id = reasons.id if len(reasons) == 1 else False
