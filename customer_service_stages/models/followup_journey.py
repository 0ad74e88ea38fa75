from odoo import fields, models


class CustomerJourney(models.Model):
    """What happens next on a journey, by itself (F5)."""

    _name = "customer.journey"
    _inherit = ["customer.journey"]

    followup_ids = fields.One2many(
        "customer.followup", "journey_id", "Follow-ups", readonly=True
    )
    quote_reminder_ids = fields.One2many(
        related="order_ids.quote_reminder_ids", string="Reminders of Quotes"
    )
