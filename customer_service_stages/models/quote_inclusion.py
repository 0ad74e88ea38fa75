from odoo import api, fields, models, tools

from ..tools.quote_groups import Inclusion


class CustomerQuoteInclusion(models.Model):
    """Work that customers take for granted, and that a quote says is included (Q4)."""

    _name = "customer.quote.inclusion"
    _description = "Included Work"
    _inherit = "customer.compiled.mixin"
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

    @api.model
    @tools.ormcache()
    def _library(self):
        """Return what quotes may say by themselves, in order, compiled."""
        return tuple(
            Inclusion(
                inclusion.id,
                inclusion.company_id.id,
                frozenset(inclusion.group_ids.ids),
                frozenset(inclusion.product_tmpl_ids.ids),
            )
            for inclusion in self.sudo().search([])
            if inclusion.group_ids or inclusion.product_tmpl_ids
        )
