from odoo import fields, models


class ResCompany(models.Model):
    """By what a company judges its services, and when one was quick (D5, D6)."""

    _name = "res.company"
    _inherit = ["res.company"]

    service_context_id = fields.Many2one(
        "customer.service.context",
        ondelete="restrict",
        help="For services whose sales team and request type have no other one. Empty: "
        "the first context.",
    )
    quick_share = fields.Integer(
        "Faster Than Usual By",
        default=30,
        help="By how many percent a delivery must be faster than what is usual for its "
        "kind, so that staff are asked to tell the customer why. 0 never asks.",
    )

    _quick_share_percent = models.Constraint(
        "CHECK (quick_share BETWEEN 0 AND 99)",
        "Faster than usual: use a percentage from 1 to 99, or 0 to be never asked.",
    )
