from odoo import api, fields, models


class CustomerConfirmationRequest(models.TransientModel):
    """Say why a delivery went faster than usual, while asking to confirm it (D6)."""

    _name = "customer.confirmation.request"
    _inherit = ["customer.confirmation.request"]

    pace_hint = fields.Char(compute="_compute_pace_hint")
    pace_reason = fields.Text(
        "Why It Went Faster",
        compute="_compute_pace_reason",
        store=True,
        readonly=False,
    )

    @api.depends("ticket_ids", "order_ids")
    def _compute_pace_hint(self):
        for wizard in self:
            wizard.pace_hint = wizard._delivery().pace_hint

    @api.depends("ticket_ids", "order_ids")
    def _compute_pace_reason(self):
        for wizard in self:
            wizard.pace_reason = wizard._delivery().pace_reason

    def action_request(self):
        if self.pace_hint:
            self._delivery().pace_reason = self.pace_reason
        return super().action_request()

    def _delivery(self):
        """Return the one order whose delivery is asked about, if it is one."""
        documents = self._documents()
        is_order = documents._name == "sale.order" and len(documents) == 1
        return documents if is_order else self.env["sale.order"]
