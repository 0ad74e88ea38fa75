from odoo import api, fields, models


class CustomerDeliveryPromise(models.TransientModel):
    """Promise another day, saying why: the customer is told in the same step (D1)."""

    _name = "customer.delivery.promise"
    _description = "Move the Promised Date"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    current_date = fields.Datetime(
        related="order_id.commitment_date", string="Promised For"
    )
    date = fields.Date("New Date", required=True)
    reason = fields.Text("Why", required=True, help="The customer reads this.")
    addressee = fields.Char("To", compute="_compute_addressee")

    @api.depends("order_id")
    def _compute_addressee(self):
        for wizard in self:
            _partner, wizard.addressee = wizard.order_id._confirmation_contact()

    def action_move(self):
        """Promise the new day, at the same hour, and tell the customer why."""
        self.ensure_one()
        current = fields.Datetime.context_timestamp(self, self.current_date)
        order = self.order_id.with_context(promise_reason=self.reason)
        order.commitment_date = self.current_date + (self.date - current.date())
        return {"type": "ir.actions.act_window_close"}
