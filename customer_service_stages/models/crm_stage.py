from odoo import fields, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    journey_stage_id = fields.Many2one(
        "customer.journey.stage",
        index="btree_not_null",
        ondelete="set null",
        help="An opportunity that enters this stage takes its customer's journey "
        "there. Leave it empty for stages that say nothing about the journey.",
    )
    sla_paused = fields.Boolean(
        "Waits for the Customer",
        help="Service levels stand still in this stage until the customer writes.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "sla_paused" in vals:
            self.env["customer.sla.sweep"].sudo()._start("crm.lead")
        return result
