from markupsafe import Markup

from odoo import api, fields, models


class CustomerQuoteWaiver(models.TransientModel):
    """Record that a customer does without the visit (Q1)."""

    _name = "customer.quote.waiver"
    _description = "Waiver of a Visit"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    name = fields.Char(
        "Who Said So",
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
    )
    words = fields.Text("How", required=True)

    @api.depends("order_id")
    def _compute_name(self):
        for waiver in self:
            waiver.name = waiver.order_id.partner_id.name

    def action_waive(self):
        """Note the waiver on the quotation; it can be accepted from now on."""
        self.ensure_one()
        self.order_id._waive_visit(self.name, self.words)
        self.order_id.message_post(
            body=Markup("<p>%s</p><p>%s</p>")
            % (
                self.env._("%s does without the visit, and said so:", self.name),
                self.words,
            )
        )
        return {"type": "ir.actions.act_window_close"}
