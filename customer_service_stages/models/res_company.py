from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    journey_complete_days = fields.Integer(
        string="Complete Journeys After",
        default=60,
        help="Days after which a journey in after-sales with nothing open is completed "
        "by itself. 0 leaves that to people.",
    )

    _journey_complete_days_positive = models.Constraint(
        "CHECK (journey_complete_days >= 0)",
        "The number of days cannot be negative. Use 0 to complete journeys by hand.",
    )
