from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    journey_complete_days = fields.Integer(
        related="company_id.journey_complete_days", readonly=False
    )
