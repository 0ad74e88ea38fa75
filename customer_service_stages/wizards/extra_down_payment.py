from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _name = "sale.advance.payment.inv"
    _inherit = ["sale.advance.payment.inv"]

    def _create_invoices(self, sale_orders):
        """A share of the whole would be a share of what is not agreed to (D3)."""
        waiting = sale_orders.filtered("extra_count")
        if self.advance_payment_method == "percentage" and waiting:
            raise UserError(
                self.env._(
                    "Extras of %s wait for the customer. Ask the customer first, or "
                    "take a fixed amount as down payment.",
                    ", ".join(waiting.mapped("name")),
                )
            )
        return super()._create_invoices(sale_orders)
