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
