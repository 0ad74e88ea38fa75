from odoo import api, fields, models


class CustomerQuoteIncluded(models.Model):
    """What one quote says is included, without a price (Q4)."""

    _name = "customer.quote.included"
    _description = "Included in a Quote"
    _order = "sequence, id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    inclusion_id = fields.Many2one(
        "customer.quote.inclusion",
        "From the Library",
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(
        "Included",
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    group_id = fields.Many2one(
        "customer.quote.group",
        "In the Group",
        compute="_compute_group_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        help="Empty: beside its product, else below all groups.",
    )
    sequence = fields.Integer(default=10)
    is_shown = fields.Boolean(
        "Shown",
        default=True,
        help="Switch it off where the customer is not to read it on this quote.",
    )

    is_automatic = fields.Boolean(
        readonly=True,
        help="The quote says so by itself, as long as it has the group or product.",
    )

    _inclusion_uniq = models.Constraint(
        "UNIQUE (order_id, inclusion_id)",
        "The quote says so already. Change the line that is there.",
    )

    @api.depends("inclusion_id")
    def _compute_name(self):
        """Take the words over as they are now, in the customer's language."""
        for included in self:
            if included.inclusion_id:
                lang = included.order_id.partner_id.lang
                included.name = included.inclusion_id.with_context(lang=lang).name

    @api.depends("inclusion_id")
    def _compute_group_id(self):
        for included in self:
            inclusion = included.inclusion_id
            if inclusion:
                here = included.order_id._quote_section_groups()
                included.group_id = (inclusion.group_ids & here)[:1]
