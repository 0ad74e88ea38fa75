from odoo import models


class MailActivity(models.Model):
    """A call task that is done is a call about the incident that asked for it (D2)."""

    _name = "mail.activity"
    _inherit = ["mail.activity"]

    def _action_done(self, *args, **kwargs):
        waiting_sudo = (
            self.env["customer.incident"]
            .sudo()
            .search([("call_activity_id", "in", self.ids), ("call_result", "=", False)])
        )
        result = super()._action_done(*args, **kwargs)
        waiting_sudo._note_call("spoken")
        return result
