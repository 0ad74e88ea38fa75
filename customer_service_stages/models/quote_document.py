from odoo import fields, models
from odoo.tools import format_amount, format_date, format_list
from odoo.tools.misc import formatLang

from .quote_order import QUOTATION


class SaleOrder(models.Model):
    """What stands on the quote that its customer reads, beside the lines (Q8)."""

    _name = "sale.order"
    _inherit = ["sale.order"]

    quote_subject = fields.Char(
        "What It Is For",
        help="The line on top of the quote, in the customer's words, such as “New "
        "boiler in the kitchen”. Empty: the names of the groups.",
    )

    def _quote_purpose(self, groups):
        """Return what the quote is for, in one line.

        :param groups: what `_quote_groups` returns.
        """
        if self.quote_subject:
            return self.quote_subject
        names = [g.name for g in groups if g.section and not g.is_optional]
        return format_list(self.env, names) if names else ""

    def _quote_quantity(self, line):
        """Return how much of a line the customer gets, such as “2.50 hours”."""
        return self._quantity_in_words(line.product_uom_qty, line.product_uom_id)

    def _quantity_in_words(self, quantity, uom):
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        digits = 0 if quantity.is_integer() else precision
        amount = formatLang(self.env, quantity, digits=digits)
        return f"{amount} {uom.name}"

    def _quote_option_price(self, line):
        """Return what one unit of an optional line costs, untaxed and after discounts.

        What is not chosen has no amount that it could be told from.
        """
        return sum(
            part.tax_ids.compute_all(
                part.price_unit * (1 - part.discount / 100),
                currency=part.currency_id,
                product=part.product_id,
                partner=self.partner_shipping_id,
            )["total_excluded"]
            for part in line | line.linked_line_ids.filtered("combo_item_id")
        )

    # What happens next

    def _quote_next_steps(self):
        """Return what happens next, and until when, step by step (Q8).

        :rtype: list[str]
        """
        if self.state == "cancel":
            steps = [self.env._("This was cancelled: nothing is left to do.")]
        elif self.state not in QUOTATION:
            steps = [self._quote_agreed_words(), self._quote_delivery_words()]
        elif self.is_expired:
            steps = [
                self.env._(
                    "This quote was valid until %s. Ask us, and we make you a new one.",
                    format_date(self.env, self.validity_date),
                )
            ]
        else:
            steps = [self._quote_acceptance_words(), self._quote_delivery_words()]
        return [*steps, self._quote_contact_words()]

    def _quote_acceptance_words(self):
        """Return until when the customer may accept, and how."""
        if self.validity_date:
            until = self.env._(
                "Accept this quote by %s.", format_date(self.env, self.validity_date)
            )
        else:
            until = self.env._("Accept this quote when you have decided.")
        return f"{until} {self._quote_acceptance_way()}"

    def _quote_acceptance_way(self):
        """Return how the customer accepts, as the order asks for it."""
        signs, pays = self._has_to_be_signed(), self._has_to_be_paid()
        if not pays:
            return (
                self.env._("Sign it online.")
                if signs
                else self.env._("Tell us that you accept it.")
            )
        due = self._get_prepayment_required_amount()
        amount = format_amount(self.env, due, self.currency_id)
        if signs:
            return self.env._("Sign it online, and pay %s there.", amount)
        return self.env._("Pay %s online.", amount)

    def _quote_agreed_words(self):
        """Return since when the order stands."""
        if self.signed_by and self.signed_on:
            return self.env._(
                "%(name)s accepted it on %(date)s.",
                name=self.signed_by,
                date=self._customer_time(self.signed_on, with_time=False),
            )
        agreed = self.baseline_date or self.date_order
        return self.env._(
            "The order is agreed since %s.",
            self._customer_time(agreed, with_time=False),
        )

    def _quote_delivery_words(self):
        """Return when the customer has what was ordered."""
        if words := self._delivery_words():
            return self.env._("Delivery: %s", words)
        if self.delivery_completion_date:
            return self.env._(
                "Everything was delivered on %s.",
                self._customer_time(self.delivery_completion_date, with_time=False),
            )
        if self.commitment_date:
            return self.env._(
                "We deliver on %s.",
                self._customer_time(self.commitment_date, with_time=False),
            )
        if self.delivery_start_date:
            return self.env._("We are working on it.")
        return self.env._("Then we agree with you on a date.")

    def _quote_contact_words(self):
        """Return whom the customer asks, and how to reach them.

        The company stands here too: some print without heads and feet of pages.
        """
        person, company = self.user_id.partner_id, self.company_id.partner_id
        who = ", ".join(filter(None, [person.name, company.name]))
        ways = [way for way in (person.phone, person.email) if way]
        ways = ways or [way for way in (company.phone, company.email) if way]
        if not ways:
            return self.env._("Any question? Ask %s.", who)
        return self.env._(
            "Any question? Ask %(who)s: %(ways)s", who=who, ways=" · ".join(ways)
        )
