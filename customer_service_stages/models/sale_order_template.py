from odoo import fields, models

from .quote_order import PRESENTATIONS


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    quote_presentation = fields.Selection(
        PRESENTATIONS,
        "The Customer Sees",
        help="Empty: what the customer or the company has set.",
    )
    quote_is_grouped = fields.Boolean(
        "Group by Itself",
        help="Quotes are sorted into groups before their customers see them.",
    )
    quote_conditions_id = fields.Many2one(
        "customer.quote.conditions",
        "Conditions of Sale",
        index="btree_not_null",
        check_company=True,
        help="Empty: the company's.",
    )
