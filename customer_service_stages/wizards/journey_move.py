from odoo import fields, models


class CustomerJourneyMove(models.TransientModel):
    """Ask where to move journeys by hand, and why (J4)."""

    _name = "customer.journey.move"
    _description = "Move Journeys by Hand"

    journey_ids = fields.Many2many("customer.journey", required=True, string="Journeys")
    stage_id = fields.Many2one("customer.journey.stage", "Move to", required=True)
    reason = fields.Text(required=True)

    def action_move(self):
        """Move the journeys."""
        self.ensure_one()
        self.journey_ids.action_move(self.stage_id.code, self.reason)
        return {"type": "ir.actions.act_window_close"}
