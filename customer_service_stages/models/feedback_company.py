from odoo import fields, models


class ResCompany(models.Model):
    """How a company puts things right, and whom it invites to a review (F2, F3)."""

    _name = "res.company"
    _inherit = ["res.company"]

    recovery_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        help="Takes the requests of customers who were not happy. Empty: the team of "
        "the request that they were asked about, or none.",
    )
    recovery_user_id = fields.Many2one(
        "res.users",
        "Recovery Owner",
        domain="[('share', '=', False)]",
        help="Calls the customers who were not happy. Empty: the leader of the team, "
        "else whoever owns the journey.",
    )
    review_only_happy = fields.Boolean(
        "Invite Only Satisfied Customers",
        help="Only customers with a good score and no problem are invited to write a "
        "public review. The big platforms do not allow that.",
    )
    review_rest_days = fields.Integer(
        "Invite Again After",
        default=365,
        help="Days in which a customer is invited to write a review once at most.",
    )

    _review_rest_days_positive = models.Constraint(
        "CHECK (review_rest_days >= 1)",
        "A customer is invited once in a number of days: use 1 or more.",
    )
