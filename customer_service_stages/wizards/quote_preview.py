from odoo import api, fields, models


class CustomerQuotePreview(models.TransientModel):
    """A quote as its customer sees it, beside the company's own view (Q2)."""

    _name = "customer.quote.preview"
    _description = "Customer's View and Ours"

    order_id = fields.Many2one("sale.order", required=True)
    customer_view = fields.Html(compute="_compute_views", sanitize=False)
    our_view = fields.Html(compute="_compute_views", sanitize=False)

    @api.depends("order_id")
    def _compute_views(self):
        reports, qweb = self.env["ir.actions.report"], self.env["ir.qweb"]
        for preview in self:
            order = preview.order_id
            document, _type = reports._render_qweb_html(
                "sale.report_saleorder", order.ids
            )
            preview.customer_view = document.decode()
            preview.our_view = qweb._render(
                "customer_service_stages.quote_our_view",
                {"order": order, "margins": order._quote_margins()},
            )
