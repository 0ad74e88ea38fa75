from odoo import api, fields, models


class CustomerExtraRequest(models.TransientModel):
    """Say why the extras of an order are needed, and ask the customer (D3)."""

    _name = "customer.extra.request"
    _description = "Ask the Customer About Extras"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    line_ids = fields.Many2many("sale.order.line", compute="_compute_line_ids")
    extra_total = fields.Monetary(related="order_id.extra_total")
    extra_order_total = fields.Monetary(related="order_id.extra_order_total")
    email = fields.Char("To", compute="_compute_email")
    reason = fields.Text(
        "Why",
        compute="_compute_reason",
        store=True,
        readonly=False,
        help="What the customer reads first.",
    )

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.order_id._extra_lines()

    @api.depends("order_id")
    def _compute_email(self):
        for wizard in self:
            wizard.email = wizard.order_id._confirmation_contact()[1]

    @api.depends("order_id")
    def _compute_reason(self):
        """Go on from what was said about the extras when they were asked last."""
        for wizard in self:
            extra = wizard.order_id.extra_id
            is_settled = extra.confirmation_state in ("accepted", "refused", "waived")
            wizard.reason = not is_settled and extra.reason

    def action_ask(self):
        """Ask the customer about all that waits on the order."""
        self.ensure_one()
        self.order_id._ask_extras(self.reason)
        return {"type": "ir.actions.act_window_close"}
