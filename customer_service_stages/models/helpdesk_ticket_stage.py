from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    journey_stage_id = fields.Many2one(
        "customer.journey.stage",
        index="btree_not_null",
        ondelete="set null",
        help="A ticket that enters this stage takes its customer's journey there. "
        "A closing stage without a journey stage counts as cancelled.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to Rot",
        help="Highlight tickets that stay in this stage for longer than this many "
        "days. 0 switches it off.",
    )

    _rotting_threshold_positive = models.Constraint(
        "CHECK (rotting_threshold_days >= 0)",
        "The days to rot cannot be negative. Use 0 to switch them off.",
    )
