from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..tools.extra_rules import HELD, extra_state, invoiceable, net_price

#: Fields that say what the customer has agreed to: nobody writes them by hand.
AGREED = (
    "agreed_discount",
    "agreed_price_unit",
    "agreed_quantity",
    "extra_accepted_amount",
    "extra_refused_amount",
)

#: What a question about extras tells of a line.
ASKED = {"discount", "is_goodwill", "price_unit", "product_uom_qty", "qty_delivered"}

NOTHING_AGREED = dict.fromkeys(AGREED, 0)


class SaleOrderLine(models.Model):
    """What the customer has agreed to, and what waits for a word (D3, A6).

    A line waits when it costs more than was agreed: a new one as a whole, another one
    with the quantity or the price beyond. Charges for delivery are lines as others;
    sections, notes and down payments never wait, nor does what lowers the price. Until
    it is accepted, the line is delivered and invoiced up to the agreed quantity, at
    the agreed price.
    """

    _name = "sale.order.line"
    _inherit = ["sale.order.line"]

    agreed_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the customer accepted, with the quote or as an extra.",
    )
    agreed_price_unit = fields.Float(
        "Agreed Price",
        digits="Product Price",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    agreed_discount = fields.Float(
        "Agreed Disc.%",
        digits="Discount",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    extra_state = fields.Selection(
        [
            ("waiting", "Waits for the customer"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("unasked", "Added without asking"),
            ("goodwill", "With our compliments"),
        ],
        compute="_compute_extra_state",
        store=True,
        groups="base.group_user",
    )
    extra_waiting_amount = fields.Monetary(
        "Waits for the Customer",
        compute="_compute_extra_state",
        store=True,
        groups="base.group_user",
        help="Untaxed amount that the customer has not agreed to yet.",
    )
    extra_accepted_amount = fields.Monetary(
        "Accepted as Extra",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Untaxed amount that the customer accepted after the quote.",
    )
    extra_refused_amount = fields.Monetary(
        "Refused as Extra",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Untaxed amount that the customer refused last, if that still stands.",
    )
    is_goodwill = fields.Boolean(
        "With Our Compliments",
        copy=False,
        help="Given free: the customer reads that it is included with our compliments, "
        "and what it costs us is kept.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    goodwill_cost = fields.Monetary(
        "Cost to Us",
        currency_field="company_currency_id",
        compute="_compute_goodwill",
        store=True,
        precompute=True,
        groups="base.group_user",
        help="What we pay for what is given free, as it was when it was given.",
    )
    goodwill_value = fields.Monetary(
        "Worth to the Customer",
        compute="_compute_goodwill",
        store=True,
        precompute=True,
        groups="base.group_user",
        help="What the customer would have paid, untaxed.",
    )

    @api.depends(
        "order_id.extra_approval",
        "display_type",
        "is_downpayment",
        "is_goodwill",
        "extra_amount",
        "product_uom_qty",
        "qty_delivered",
        "price_unit",
        "discount",
        "tax_ids",
        *AGREED,
    )
    def _compute_extra_state(self):
        for line in self:
            is_watched = (
                line.order_id.extra_approval
                and not line.display_type
                and not line.is_downpayment
            )
            line.extra_state = extra_state(
                is_gift=line._is_gift(),
                is_watched=is_watched,
                exceeds=is_watched and line._exceeds_agreed(),
                accepted=line.extra_accepted_amount,
                refused=line.extra_refused_amount,
                beyond=line.extra_amount,
            )
            line.extra_waiting_amount = (
                line._beyond_agreed()[0] if line.extra_state == "waiting" else 0
            )

    @api.depends(
        "is_goodwill",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "price_unit",
        "discount",
    )
    def _compute_goodwill(self):
        for line in self:
            line.goodwill_cost = line.goodwill_value = 0
            if line._is_gift() and line.product_id:
                line.goodwill_cost = line.currency_id._convert(
                    line._quote_cost(),
                    line.company_currency_id,
                    line.company_id,
                    line.order_id.date_order,
                )
                price = line.price_unit or line._get_display_price()
                line.goodwill_value = price * line.product_uom_qty

    @api.depends("extra_state", "agreed_quantity")
    def _compute_qty_to_invoice(self):
        """Leave what the customer has not agreed to; a combo goes with its items."""
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(lambda line: line.extra_state in HELD):
            line.qty_to_invoice = invoiceable(
                line.qty_to_invoice, line.agreed_quantity, line.qty_invoiced
            )
            combo = line.combo_item_id and line.linked_line_id
            if combo and not any(combo.linked_line_ids.mapped("qty_to_invoice")):
                combo.qty_to_invoice = 0
        return result

    @api.constrains("is_goodwill", "price_unit", "discount")
    def _check_goodwill(self):
        for line in self:
            if line.is_goodwill and not line._is_gift():
                raise ValidationError(
                    self.env._(
                        "“%s” is given with our compliments, so it costs the customer "
                        "nothing: set its price to 0 or its discount to 100 %%.",
                        line.name,
                    )
                )

    @api.constrains("qty_delivered")
    def _check_delivered(self):
        """Nothing is delivered that the customer has not agreed to (D3)."""
        for line in self.sudo():
            if line.extra_state in HELD and line.qty_delivered > line.agreed_quantity:
                order = line.order_id
                raise ValidationError(
                    self.env._(
                        "The customer of %(order)s has agreed to %(quantity)s of "
                        "“%(line)s”. Order more there and ask, before more is "
                        "delivered.",
                        order=order.name,
                        quantity=order._quantity_in_words(
                            line.agreed_quantity, line.product_uom_id
                        ),
                        line=line.name,
                    )
                )

    @api.onchange("is_goodwill")
    def _onchange_is_goodwill(self):
        if self.is_goodwill and not self._is_gift():
            self.discount = 100
        elif not self.is_goodwill and self.discount == 100:
            self.discount = 0

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_agreed(vals)
        lines = super().create(vals_list)
        lines.order_id._void_outdated_extras()
        return lines

    def write(self, vals):
        self._check_agreed(vals)
        if self.env.context.get("extra_answering") or ASKED.isdisjoint(vals):
            return super().write(vals)
        result = super().write(vals)
        # What is put on the order once more can be asked once more
        self.sudo().filtered("extra_refused_amount").extra_refused_amount = 0
        self.order_id._void_outdated_extras()
        return result

    @api.model
    def _check_agreed(self, vals):
        """Keep people and their programs from agreeing for the customer (D3)."""
        written = [name for name in AGREED if name in vals]
        if written and not self.env.su:
            raise AccessError(
                self.env._(
                    "“%s” is the customer's word, nobody else writes it. Ask the "
                    "customer, or record the answer that was given to you.",
                    self._fields[written[0]].string,
                )
            )

    # What is agreed

    def _freeze_baseline(self):
        result = super()._freeze_baseline()
        for line_sudo in self.sudo().filtered(lambda line: not line.display_type):
            line_sudo.write(
                {
                    **NOTHING_AGREED,
                    "agreed_quantity": line_sudo._charged_quantity(),
                    "agreed_price_unit": line_sudo.price_unit,
                    "agreed_discount": line_sudo.discount,
                }
            )
        return result

    def _forget_baseline(self):
        result = super()._forget_baseline()
        self.sudo().write(NOTHING_AGREED)
        return result

    def _is_gift(self):
        """Return whether the line is given free, as goodwill."""
        return (
            self.is_goodwill
            and not self.display_type
            and self.currency_id.is_zero(net_price(self.price_unit, self.discount))
        )

    def _charged_quantity(self):
        """Return the quantity that the customer would pay for.

        That may be more than is ordered, where what was delivered is invoiced.
        """
        if self.product_id.invoice_policy == "delivery":
            return max(self.product_uom_qty, self.qty_delivered)
        return self.product_uom_qty

    def _exceeds_agreed(self):
        """Return whether the line would cost more than the customer agreed to."""
        price = net_price(self.price_unit, self.discount)
        agreed = net_price(self.agreed_price_unit, self.agreed_discount)
        return (
            self.currency_id.compare_amounts(
                price * self._charged_quantity(), agreed * self.agreed_quantity
            )
            > 0
        )

    def _charged_values(self):
        """Return what the lines would be charged with, by line."""
        return {line: {"quantity": line._charged_quantity()} for line in self}

    def _agreed_values(self):
        """Return quantity, price and discount that were agreed on, by line."""
        return {
            line: {
                "quantity": line.agreed_quantity,
                "price_unit": line.agreed_price_unit,
                "discount": line.agreed_discount,
            }
            for line in self
        }

    def _beyond_agreed(self):
        """Return what the line would cost beyond what was agreed.

        :return: the untaxed amount, and the amount with taxes.
        """
        untaxed, total = self._amounts_with(self._charged_values()[self])
        agreed_untaxed, agreed_total = self._amounts_with(self._agreed_values()[self])
        return untaxed - agreed_untaxed, total - agreed_total

    def _amounts_with(self, values):
        taxes, company = self.env["account.tax"], self.company_id or self.env.company
        base_line = self._prepare_base_line_for_taxes_computation(**values)
        taxes._add_tax_details_in_base_line(base_line, company)
        taxes._round_base_lines_tax_details([base_line], company)
        details = base_line["tax_details"]
        return details["total_excluded_currency"], details["total_included_currency"]

    # Asking

    def _note_group(self):
        """Keep the group in which new lines are asked, as with those of the quote."""
        for line in self.filtered(lambda line: not line.baseline_group):
            line.baseline_group = line.get_parent_section_line().name

    def _extra_commands(self):
        """Return the commands that put the lines into a question."""
        return [Command.create(line._extra_vals()) for line in self]

    def _extra_vals(self):
        hides_price, hides_line = self._hidden_parts()
        untaxed, total = self._beyond_agreed()
        return {
            "order_line_id": self.id,
            "name": self._group_name() if hides_line else self.name,
            "agreed_quantity": self.agreed_quantity,
            "quantity": self._charged_quantity(),
            "price_unit": self.price_unit,
            "discount": self.discount,
            "amount_untaxed": untaxed,
            "amount_total": total,
            "is_line_shown": not hides_line,
            "is_price_shown": not hides_price,
        }

    def _group_name(self):
        """Return the name of the line's group, as the customer reads it."""
        section = self.get_parent_section_line()
        home = self.env["customer.quote.group"]._home()
        return (
            section.name or home.with_context(lang=self.order_id.partner_id.lang).name
        )

    # What waits is neither delivered nor invoiced

    def _prepare_invoice_line(self, **optional_values):
        """Invoice at the agreed price while a higher one waits."""
        values = super()._prepare_invoice_line(**optional_values)
        if self.extra_state in HELD and self.agreed_quantity:
            agreed = net_price(self.agreed_price_unit, self.agreed_discount)
            if agreed < net_price(self.price_unit, self.discount):
                values.update(
                    price_unit=self.agreed_price_unit, discount=self.agreed_discount
                )
        return values

    def _check_invoiced(self):
        """:raises UserError: for lines that are on invoices beyond what was agreed."""
        for line in self:
            if line.extra_state in HELD and line.qty_invoiced > line.agreed_quantity:
                raise UserError(
                    self.env._(
                        "“%(line)s” of %(order)s is invoiced beyond what its customer "
                        "has agreed to. Take it off the invoice, or ask the customer.",
                        line=line.name,
                        order=line.order_id.name,
                    )
                )

    def _without_held(self):
        """Return the lines that may be delivered as they are ordered."""
        return self.filtered(
            lambda line: (
                not (
                    line.sudo().extra_state in HELD
                    and line.product_uom_qty > line.sudo().agreed_quantity
                )
            )
        )

    def _action_launch_stock_rule(self, **options):
        """Hold goods back until the customer has accepted them.

        Stock is no dependency: where `sale_stock` is installed, it has this method.
        """
        lines = super(SaleOrderLine, self._without_held())
        launch = getattr(lines, "_action_launch_stock_rule", None)
        return launch(**options) if launch else True
