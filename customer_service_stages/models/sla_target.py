from odoo import fields, models


class CustomerSlaTarget(models.Model):
    """Within how much time, for documents of one priority or of all others (S1)."""

    _name = "customer.sla.target"
    _description = "Service-Level Target"
    _inherit = ["customer.sla.part.mixin"]
    _order = "policy_id, priority DESC NULLS LAST, id"

    policy_id = fields.Many2one(
        "customer.sla.policy", required=True, index=True, ondelete="cascade"
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty: for all other priorities, and for documents without one.",
    )
    amount = fields.Float(required=True, digits=(16, 2))
    unit = fields.Selection(
        [("minute", "Minutes"), ("hour", "Hours"), ("day", "Days")],
        required=True,
        default="hour",
    )
    time_basis = fields.Selection(related="policy_id.time_basis")

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A target takes more time than none."
    )
    _priority_uniq = models.UniqueIndex(
        "(policy_id, COALESCE(priority, ''))",
        "A policy has one target for each priority.",
    )

    def _in_words(self):
        """Return the amount as people say it, with the priority that it is for."""
        amount = f"{self.amount:g}"
        if self.amount == 1:
            words = {
                "minute": self.env._("1 minute"),
                "hour": self.env._("1 hour"),
                "day": self.env._("1 day"),
            }[self.unit]
        else:
            words = {
                "minute": self.env._("%s minutes", amount),
                "hour": self.env._("%s hours", amount),
                "day": self.env._("%s days", amount),
            }[self.unit]
        if not self.priority:
            return words
        priorities = dict(self._fields["priority"]._description_selection(self.env))
        return f"{words} ({priorities[self.priority].lower()})"
