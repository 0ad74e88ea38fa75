from odoo import api, fields, models
from odoo.fields import Domain


class CustomerJourney(models.Model):
    """What the customer said of a journey's documents (F1)."""

    _name = "customer.journey"
    _inherit = ["customer.journey"]

    feedback_ids = fields.One2many(
        "customer.feedback", "journey_id", "Answers", readonly=True
    )
    feedback_count = fields.Integer("Feedback", compute="_compute_feedback_count")

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        counts = dict(
            self.env["customer.feedback"]._read_group(
                Domain("journey_id", "in", self.ids), ["journey_id"], ["__count"]
            )
        )
        for journey in self:
            journey.feedback_count = counts.get(journey, 0)

    def action_view_feedback(self):
        """Open what the customer was asked about the journey's documents, and said."""
        return self.env["customer.feedback"]._view(Domain("journey_id", "in", self.ids))
