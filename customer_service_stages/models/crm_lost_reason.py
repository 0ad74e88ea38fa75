from odoo import fields, models


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"

    is_quote_refusal = fields.Boolean(
        "Offered to Customers",
        help="Customers who refuse a quote can choose this reason.",
    )
    customer_label = fields.Char(
        "What Customers Read",
        translate=True,
        help="Empty: the reason's own name.",
    )

    def _customer_words(self):
        """Return the reason as customers read it."""
        return self.customer_label or self.name
