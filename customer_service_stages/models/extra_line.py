from odoo import fields, models
from odoo.tools import format_amount


class CustomerExtraLine(models.Model):
    """One thing that a customer is asked to pay beyond what was agreed (D3)."""

    _name = "customer.extra.line"
    _description = "Line of an Extra"
    _order = "id"

    extra_id = fields.Many2one(
        "customer.extra", required=True, readonly=True, index=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one(
        "sale.order.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="extra_id.currency_id")
    name = fields.Text("What the Customer Reads", required=True, readonly=True)
    agreed_quantity = fields.Float(
        "Agreed So Far", digits="Product Unit", readonly=True
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    uom_id = fields.Many2one(related="order_line_id.product_uom_id")
    price_unit = fields.Float("Unit Price", digits="Product Price", readonly=True)
    discount = fields.Float("Disc.%", digits="Discount", readonly=True)
    amount_untaxed = fields.Monetary(
        "Untaxed Amount", readonly=True, help="Beyond what was agreed."
    )
    amount_total = fields.Monetary(
        "To Pay for It", readonly=True, help="Beyond what was agreed, taxes included."
    )
    is_line_shown = fields.Boolean(
        "Customer Reads the Line",
        readonly=True,
        help="Else the customer reads the name of its group.",
    )
    is_price_shown = fields.Boolean("Customer Reads the Price", readonly=True)

    # What the customer reads

    def _for_customer(self):
        """Return what the customer reads of the lines, without hidden prices (Q3).

        Lines that the quote hides are told once for each group.

        :return: a list of dicts with `name`, `quantity` and `price` in words, each ""
            where it is not for the customer.
        """
        words, groups = [], set()
        for item in self:
            if item.is_line_shown:
                quantity = item._quantity_in_words()
            elif item.name in groups:
                continue
            else:
                groups.add(item.name)
                quantity = ""
            price = item.is_price_shown and format_amount(
                self.env, item.amount_total, item.currency_id
            )
            words.append(
                {"name": item.name, "quantity": quantity, "price": price or ""}
            )
        return words

    def _quantity_in_words(self):
        """Return how much the customer gets, and instead of how much."""
        order = self.extra_id.order_id
        quantity = order._quantity_in_words(self.quantity, self.uom_id)
        if not self.agreed_quantity or self.quantity == self.agreed_quantity:
            return quantity
        return self.env._(
            "%(quantity)s instead of %(agreed)s",
            quantity=quantity,
            agreed=order._quantity_in_words(self.agreed_quantity, self.uom_id),
        )

    # What becomes of the order

    def _accept(self):
        """Agree on what was asked.

        What was delivered beyond what is ordered becomes ordered with it.
        """
        items = self.with_context(extra_answering=True)
        with items.extra_id.order_id._unlocked():
            for item in items:
                line = item.order_line_id
                values = {
                    "agreed_quantity": item.quantity,
                    "agreed_price_unit": item.price_unit,
                    "agreed_discount": item.discount,
                    "extra_accepted_amount": line.extra_accepted_amount
                    + item.amount_untaxed,
                    "extra_refused_amount": 0,
                }
                if line.product_uom_qty < item.quantity:
                    values.update(
                        product_uom_qty=item.quantity,
                        price_unit=item.price_unit,
                        discount=item.discount,
                    )
                line.write(values)
        items.order_line_id._action_launch_stock_rule()

    def _refuse(self):
        """Take the lines back to what was agreed.

        What has been delivered all the same stays on the order, and is never invoiced.
        """
        items = self.with_context(extra_answering=True)
        with items.extra_id.order_id._unlocked():
            for item in items:
                line = item.order_line_id
                kept = max(line.agreed_quantity, line.qty_delivered)
                is_new = not line.agreed_quantity
                line.write(
                    {
                        "extra_refused_amount": item.amount_untaxed,
                        "product_uom_qty": min(line.product_uom_qty, kept),
                        # Written, so that no price list sets them anew
                        "price_unit": line.price_unit
                        if is_new
                        else line.agreed_price_unit,
                        "discount": line.discount if is_new else line.agreed_discount,
                    }
                )
