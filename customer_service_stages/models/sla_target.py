from odoo import api, fields, models


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
        "CHECK (amount > 0)", "A target must be more than zero."
    )
    _priority_uniq = models.UniqueIndex(
        "(policy_id, COALESCE(priority, ''))",
        "A policy has one target for each priority.",
    )

    def _in_words(self):
        """Return the amount as people say it, with the priority that it is for."""
        words = self._amount_in_words(
            self.amount, self.unit, self.time_basis == "working"
        )
        if not self.priority:
            return words
        priorities = dict(self._fields["priority"]._description_selection(self.env))
        return f"{words} ({priorities[self.priority].lower()})"

    @api.model
    def _amount_in_words(self, amount, unit, is_working=False):
        """Return an amount of time as people say it.

        :param bool is_working: whether to say that only time at work counts.
        """
        number = f"{amount:g}"
        one, many = {
            ("minute", True): (
                self.env._("one working minute"),
                self.env._("%s working minutes", number),
            ),
            ("minute", False): (
                self.env._("one minute"),
                self.env._("%s minutes", number),
            ),
            ("hour", True): (
                self.env._("one working hour"),
                self.env._("%s working hours", number),
            ),
            ("hour", False): (self.env._("one hour"), self.env._("%s hours", number)),
            ("day", True): (
                self.env._("one working day"),
                self.env._("%s working days", number),
            ),
            ("day", False): (self.env._("one day"), self.env._("%s days", number)),
        }[unit, is_working]
        return one if amount == 1 else many
