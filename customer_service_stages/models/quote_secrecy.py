from odoo import fields, models


class SaleOrder(models.Model):
    """Prices that stay hidden, also where core tells them (Q3)."""

    _name = "sale.order"
    _inherit = ["sale.order"]

    # What core adds up from the lines, for whoever asks: without those that a customer
    # may not see it would be wrong, and the sum before discounts is a secret itself
    tax_totals = fields.Binary(groups="base.group_user")
    amount_invoiced = fields.Monetary(groups="base.group_user")
    amount_to_invoice = fields.Monetary(groups="base.group_user")
    amount_undiscounted = fields.Float(groups="base.group_user")

    def _create_invoices(self, grouped=False, final=False, date=None):
        self._prepare_for_invoice()
        return super()._create_invoices(grouped=grouped, final=final, date=date)

    def _prepare_for_invoice(self):
        """Put every line in a group: on an invoice nothing else is hidden (Q3)."""
        orders_sudo = (
            self.filtered(
                lambda order: (
                    order.quote_presentation != "detailed"
                    and order.company_id.quote_invoice_follows
                )
            )
            ._filtered_access("write")
            .sudo()
        )
        # What was added later stands below the down payments, in a section that shows
        # all: these come last
        orders_sudo.order_line.filtered("is_downpayment")._put_last()
        orders_sudo._group_lines()
