from odoo import api, fields, models

from ..tools.quote_groups import LineTraits


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # Sections show their customers what the quote's presentation says (Q2); each can
    # be told otherwise by hand
    collapse_prices = fields.Boolean(
        default=None,
        compute="_compute_collapse",
        store=True,
        readonly=False,
        precompute=True,
    )
    collapse_composition = fields.Boolean(
        default=None,
        compute="_compute_collapse",
        store=True,
        readonly=False,
        precompute=True,
    )
    quote_group_id = fields.Many2one(
        "customer.quote.group",
        "Quote Group",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        groups="base.group_user",
        help="Of a section, the group that it was made for. Of another line, the group "
        "that it was sorted into.",
    )
    quote_rank = fields.Integer(
        readonly=True,
        groups="base.group_user",
        help="Where the line stood before the quote was grouped, counted from 1.",
    )
    quote_description = fields.Text(
        "What the Customer Reads",
        groups="base.group_user",
        help="Shown below the section's title.",
    )
    # The baseline: what was accepted (D3)
    is_in_baseline = fields.Boolean(
        "Accepted with the Quote",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    baseline_quantity = fields.Float(
        "Accepted Quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    baseline_amount = fields.Monetary(
        "Accepted Amount", readonly=True, copy=False, groups="base.group_user"
    )
    baseline_group = fields.Char(
        "Accepted in the Group", readonly=True, copy=False, groups="base.group_user"
    )
    is_extra = fields.Boolean(
        "Extra",
        compute="_compute_extra",
        store=True,
        groups="base.group_user",
        help="Added after the customer had accepted the quote.",
    )
    extra_amount = fields.Monetary(
        "Beyond the Quote",
        compute="_compute_extra",
        store=True,
        groups="base.group_user",
        help="Untaxed amount beyond what the customer had accepted for the line.",
    )

    @api.depends("order_id.quote_presentation", "display_type", "is_optional")
    def _compute_collapse(self):
        """Hide what the presentation hides; options keep their prices to choose by."""
        for line in self:
            presentation = line.order_id.quote_presentation
            hides = (
                line.display_type == "line_section"
                and not line.is_optional
                and not line.is_downpayment
            )
            line.collapse_prices = hides and presentation in ("grouped", "summary")
            line.collapse_composition = hides and presentation == "summary"

    @api.depends(
        "order_id.baseline_date",
        "is_in_baseline",
        "baseline_amount",
        "price_subtotal",
        "display_type",
        "is_downpayment",
    )
    def _compute_extra(self):
        for line in self:
            counts = (
                line.order_id.baseline_date
                and not line.display_type
                and not line.is_downpayment
            )
            line.is_extra = counts and not line.is_in_baseline
            line.extra_amount = counts and line.price_subtotal - line.baseline_amount

    def _freeze_baseline(self):
        """Keep what the customer accepts: quantity, amount and group of each line."""
        for line in self.filtered(lambda line: not line.display_type):
            line.write(
                {
                    "is_in_baseline": True,
                    "baseline_quantity": line.product_uom_qty,
                    "baseline_amount": line.price_subtotal,
                    "baseline_group": line._section().name,
                }
            )

    def _section(self):
        """Return the section that a line stands in, if any."""
        parent = self.parent_id
        return parent.parent_id or parent

    def _put_in_order(self):
        """Number the lines in the order in which they come.

        All below the default, so that a line which is added comes last.
        """
        default = self._fields["sequence"].default(self)
        for sequence, line in enumerate(self, start=default - len(self)):
            if line.sequence != sequence:
                line.sequence = sequence
        # Core computes the section of a line once, and reads lines as they were
        self.invalidate_recordset(["parent_id"])
        self.order_id.invalidate_recordset(["order_line"])

    def _quote_kind(self):
        """Return the kind of entry that the line is to `arrange`."""
        return (self.display_type or "line").removeprefix("line_")

    def _quote_traits(self):
        """Return what the rules ask about the line.

        :rtype: LineTraits
        """
        product = self.product_id
        path = product.categ_id.parent_path or ""
        return LineTraits(
            line_type=self._quote_line_type(),
            product=product.product_tmpl_id.id or None,
            categories=frozenset(map(int, filter(None, path.split("/")))),
            tags=frozenset(product.all_product_tag_ids.ids),
            company=self.company_id.id,
        )

    def _quote_line_type(self):
        """Return the type of the line, as rules name it."""
        if self.is_downpayment:
            return "downpayment"
        if self._is_delivery():
            return "delivery"
        is_reward = "is_reward_line" in self._fields and self.is_reward_line
        if is_reward or self._is_discount_line():
            return "discount"
        if self.is_expense:
            return "expense"
        product_type = self.product_id.type
        return "goods" if product_type == "consu" else product_type or "goods"

    def _quote_parent(self):
        """Return the line that this one goes with (a combo's item with its combo)."""
        return self.linked_line_id
