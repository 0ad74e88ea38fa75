from odoo import fields, models

from ..tools.quote_groups import GroupRule


class CustomerQuoteGroupRule(models.Model):
    _name = "customer.quote.group.rule"
    _description = "Quote Group Rule"
    _inherit = "customer.compiled.mixin"
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10, help="The first rule that matches a line decides on its group."
    )
    group_id = fields.Many2one(
        "customer.quote.group", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="group_id.company_id")
    line_type = fields.Selection(
        [
            ("goods", "Goods"),
            ("service", "Services"),
            ("combo", "Combos"),
            ("delivery", "Delivery charges"),
            ("expense", "Expenses"),
            ("discount", "Discounts and rewards"),
            ("downpayment", "Down payments"),
        ],
        help="Empty: lines of every type.",
    )
    product_tmpl_ids = fields.Many2many("product.template", string="Products")
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With all the categories below them.",
    )
    product_tag_ids = fields.Many2many("product.tag", string="Product Tags")

    def _compiled(self):
        """Return the rule as lines are matched against it."""
        return GroupRule(
            group=self.group_id.id,
            line_types=frozenset(filter(None, [self.line_type])),
            products=frozenset(self.product_tmpl_ids.ids),
            categories=frozenset(self.category_ids.ids),
            tags=frozenset(self.product_tag_ids.ids),
            company=self.company_id.id or None,
        )
