from functools import cached_property

from odoo import api, fields, models

from ..tools.quote_groups import Entry


class LineTraits:
    """What the rules may ask about a line, looked up when one does."""

    def __init__(self, line):
        self._line = line

    @property
    def company(self):
        return self._line.company_id.id

    @property
    def product(self):
        return self._line.product_template_id.id

    @cached_property
    def line_type(self):
        return self._line._quote_line_type()

    @cached_property
    def categories(self):
        path = self._line.product_id.categ_id.parent_path or ""
        return frozenset(map(int, filter(None, path.split("/"))))

    @cached_property
    def tags(self):
        return frozenset(self._line.product_id.all_product_tag_ids.ids)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line"]

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
    quote_template_line_id = fields.Many2one(
        "sale.order.template.line",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
        groups="base.group_user",
        help="The quotation template's section that says what this one hides.",
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
        precompute=True,
        groups="base.group_user",
        help="Added after the customer had accepted the quote.",
    )
    extra_amount = fields.Monetary(
        "Beyond the Quote",
        compute="_compute_extra",
        store=True,
        precompute=True,
        groups="base.group_user",
        help="Untaxed amount beyond what the customer had accepted for the line.",
    )

    @api.depends(
        "order_id.quote_presentation",
        "display_type",
        "is_optional",
        "quote_template_line_id",
    )
    def _compute_collapse(self):
        """Hide what the presentation or the quotation template hides.

        Options keep their prices to choose by.
        """
        for line in self:
            presentation = line.order_id.quote_presentation
            hides = (
                line.display_type == "line_section"
                and not line.is_optional
                and not line.is_downpayment
            )
            origin = line.quote_template_line_id
            line.collapse_prices = origin.collapse_prices or (
                hides and presentation in ("grouped", "summary")
            )
            line.collapse_composition = origin.collapse_composition or (
                hides and presentation == "summary"
            )

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
                    "baseline_group": line.get_parent_section_line().name,
                }
            )

    def _forget_baseline(self):
        self.write(
            {
                "is_in_baseline": False,
                "baseline_quantity": 0,
                "baseline_amount": 0,
                "baseline_group": False,
            }
        )

    def _quote_write(self, values):
        """Write those of the values that differ."""
        changed = {
            name: value
            for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)

    def _quote_entries(self):
        """Return the lines of an order, in their order, as `arrange` takes them.

        The items of a combo follow it, in its group.
        """
        groups = self.env["customer.quote.group"]
        items = self.filtered("combo_item_id").grouped("linked_line_id")
        entries, section_group = [], None
        for line in self:
            kind = (line.display_type or "line").removeprefix("line_")
            if line in items.get(line.linked_line_id, ()):
                continue
            if kind == "section":
                group = section_group = line.quote_group_id.id or None
            elif kind != "line":
                group = None
            elif line.quote_group_id:
                # Where it was sorted to, or dragged to since
                group = section_group or line.quote_group_id.id
            else:
                group = groups._group_of(LineTraits(line))
            entries += [
                Entry(member.id, kind, group) for member in (line, *items.get(line, ()))
            ]
        return entries

    def _quote_ranks(self):
        """Return where each line of an order stood before the order was grouped.

        :return: a dict of the lines, in their order; 0 for what grouping has made.
        """
        ranks, last = {}, max(self.mapped("quote_rank"), default=0)
        for line in self:
            is_new = not line.quote_rank and not line._is_quote_section()
            last += is_new
            ranks[line] = last if is_new else line.quote_rank
        return ranks

    def _quote_end(self):
        """Return the sequence of a line that is added: all others come before it."""
        return self._fields["sequence"].default(self)

    def _is_quote_section(self):
        """Return whether the line is a section that grouping has made."""
        return bool(self.quote_group_id) and self.display_type == "line_section"

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
