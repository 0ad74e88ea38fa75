from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move"]

    def _post(self, soft=True):
        """No invoice leaves with what its customer has not agreed to (D3)."""
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        invoices.sudo().invoice_line_ids.sale_line_ids._check_invoiced()
        return super()._post(soft=soft)
