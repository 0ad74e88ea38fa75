from odoo import api, fields, models


class AccountMove(models.Model):
    """Invoices that hide what the quote hid (Q3)."""

    _inherit = "account.move"

    hides_prices = fields.Boolean(
        compute="_compute_hides_prices",
        store=True,
        help="Some price of the invoice is not for its customer to see.",
    )
    # Without the lines that a customer may not see it would be wrong
    tax_totals = fields.Binary(groups="base.group_user")

    @api.depends(
        "invoice_line_ids.collapse_prices",
        "invoice_line_ids.collapse_composition",
        "invoice_line_ids.sale_line_ids",
    )
    def _compute_hides_prices(self):
        """Hide prices where the order did when it was invoiced, or a section does.

        A change of the company's setting is for later invoices: what was sent stays.
        """
        for move in self:
            lines = move.invoice_line_ids
            move.hides_prices = (
                move.is_sale_document(include_receipts=True)
                and move.company_id.quote_invoice_follows
                and (
                    any(x.collapse_prices or x.collapse_composition for x in lines)
                    or any(lines.sale_line_ids.order_id.mapped("hides_prices"))
                )
            )

    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        """Make no file for a customer that tells hidden prices (Q3).

        The e-invoice that the law asks for, once sent, is theirs.
        """
        if filetype != "pdf" and self.hides_prices and self.env.user.share:
            allow_fallback = False
        return super()._get_invoice_legal_documents(filetype, allow_fallback)
