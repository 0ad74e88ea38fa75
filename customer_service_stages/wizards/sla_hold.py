from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerSlaHold(models.TransientModel):
    """Let the clocks of documents stand still, for a reason (S3)."""

    _name = "customer.sla.hold"
    _description = "Pause Service Levels"

    reason = fields.Char(required=True)
    until = fields.Datetime(help="Empty: until somebody lets them go on.")

    @api.constrains("until")
    def _check_until(self):
        for wizard in self:
            if wizard.until and wizard.until <= fields.Datetime.now():
                raise ValidationError(
                    self.env._("The pause must end in the future, or be left open.")
                )

    def action_pause(self):
        """Pause the documents that the dialog was opened from."""
        documents = self.env[self.env.context["active_model"]].browse(
            self.env.context["active_ids"]
        )
        documents.check_access("write")
        documents._sla_pause(self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
