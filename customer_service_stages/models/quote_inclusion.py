from odoo import fields, models


class CustomerQuoteInclusion(models.Model):
    """Work that customers take for granted, and that a quote says is included (Q4)."""

    _name = "customer.quote.inclusion"
    _description = "Included Work"
    _order = "sequence, id"

    name = fields.Char(
        "Included",
        required=True,
        translate=True,
        help="A few plain words, such as “carried up to the third floor”.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    group_ids = fields.Many2many(
        "customer.quote.group",
        string="With the Groups",
        help="Quotes that have one of these groups say so by themselves.",
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="With the Products",
        help="Quotes that have one of these products say so by themselves.",
    )
