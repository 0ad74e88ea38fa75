from odoo import fields, models


class CustomerJourneyAssign(models.TransientModel):
    """Give journeys to an owner."""

    _name = "customer.journey.assign"
    _description = "Set the Owner of Journeys"

    journey_ids = fields.Many2many("customer.journey", required=True, string="Journeys")
    user_id = fields.Many2one(
        "res.users", "Owner", domain="[('share', '=', False)]", required=True
    )

    def action_assign(self):
        """Set the owner of the journeys; the owner is told as usual."""
        self.ensure_one()
        self.journey_ids.write({"user_id": self.user_id.id})
        return {"type": "ir.actions.act_window_close"}
