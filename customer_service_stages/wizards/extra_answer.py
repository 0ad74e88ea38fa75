from odoo import fields, models
from odoo.exceptions import UserError


class CustomerExtraAnswer(models.TransientModel):
    """Record what the customer said about extras, asked by mail or not (D3)."""

    _name = "customer.extra.answer"
    _description = "Record a Customer's Answer About Extras"
    _inherit = ["customer.confirmation.answer"]

    order_id = fields.Many2one(required=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    extra_is_asked = fields.Boolean(related="order_id.extra_is_asked")
    extra_count = fields.Integer(related="order_id.extra_count")
    extra_total = fields.Monetary(related="order_id.extra_total")
    reason = fields.Text("What It Is For", help="As you told the customer.")
    answer = fields.Selection(
        [("accepted", "Yes, go ahead"), ("refused", "No, leave it out")]
    )
    refusal_reason = fields.Selection(
        lambda self: self.env["customer.confirmation"]._refusal_reasons_of("extra")
    )

    def action_answer(self):
        """Note the answer; what was not asked before is put down now."""
        self.ensure_one()
        if not self.order_id.extra_is_asked:
            self._check_complete()
            self.order_id._open_extras(self.reason or self.is_waiver and self.comment)
        return super().action_answer()

    def _check_refusal(self):
        if not self.refusal_reason:
            raise UserError(self.env._("Choose why the customer does not want it."))
        if self.refusal_reason == "other" and not (self.comment or "").strip():
            raise UserError(self.env._("Write what the customer said."))

    def _document(self):
        """Return what is asked; before it is, the order has the same customer."""
        return self.order_id.extra_id or self.order_id
