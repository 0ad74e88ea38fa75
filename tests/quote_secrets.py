"""What the tests of hidden prices share: an order with secrets, and who looks."""

import re
from html import unescape

from odoo.fields import Command
from odoo.tests import new_test_user

from .common import JourneyCase

#: Prices, quantities and discounts whose digits occur nowhere else.
LINES = (
    ("Codo de cobre", 1234.57, 3, 13.37),
    ("Grifo de cocina", 2345.61, 2, 0),
    ("Manguito flexible", 345.77, 5, 0),
    ("Sifón botella", 817.19, 7, 0),
)

#: The fields of a line that tell its price.
PRICE_FIELDS = ("price_unit", "price_subtotal", "price_total", "discount")


class SecrecyCase(JourneyCase):
    """A customer who must not learn what each line of an order costs (Q3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create({"name": "IVA 21%", "amount": 21})
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "invoice_policy": "order",
                    "list_price": price,
                    "taxes_id": [Command.set(cls.tax.ids)],
                }
                for name, price, _quantity, _discount in LINES
            ]
        )
        cls.portal_user = new_test_user(
            cls.env,
            "carmen_curious",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        cls.env.ref("base.user_admin").notification_type = "email"

    # The documents

    def secret_order(self, presentation="grouped", state="sent", **values):
        """Return an order whose prices only the presentation `detailed` shows."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.salesman.id,
                "quote_presentation": presentation,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "discount": discount,
                        }
                    )
                    for product, (_name, _price, quantity, discount) in zip(
                        self.products, LINES, strict=True
                    )
                ],
                **values,
            }
        )
        if state != "draft":
            order.action_quotation_sent()
        if state == "sale":
            order.action_confirm()
        self.assertEqual(order.hides_prices, presentation != "detailed")
        return order

    def invoice(self, order, is_posted=True):
        invoice = order._create_invoices()
        if is_posted:
            invoice.action_post()
        return invoice

    # Who looks for them

    def secrets(self, lines):
        """Return the numbers that tell what the lines cost, as they are written."""
        return {
            f"{abs(value):.2f}"
            for line in lines
            if not line.display_type or line.display_type == "product"
            for value in (*(line[name] for name in PRICE_FIELDS), self._reduced(line))
            if value
        }

    def _reduced(self, line):
        return line.price_unit * (1 - line.discount / 100)

    def told(self, text, lines):
        """Return which of the secrets of the lines a text tells, however written."""
        if isinstance(text, bytes):
            text = text.decode(errors="replace")
        text = re.sub(r"(?<=\d)[,.\s\u00a0\u202f](?=\d{3}(?!\d))", "", unescape(text))
        numbers = {
            f"{float(number.replace(',', '.')):.2f}"
            for number in re.findall(r"\d+[.,]\d+", text)
        }
        return numbers & self.secrets(lines)

    def assertKeeps(self, text, lines):
        """Check that a text tells no price of the lines."""
        self.assertFalse(self.told(text, lines))

    def assertTells(self, text, lines):
        """Check that a text tells the price of each line."""
        for line in lines.filtered("price_subtotal"):
            self.assertTrue(self.told(text, line), line.name)

    def assertNames(self, text, lines, named=True):
        """Check that a text names all of the lines, or none."""
        text = text.decode() if isinstance(text, bytes) else text
        for line in lines.filtered(lambda line: line.product_id):
            self.assertEqual(line.product_id.name in unescape(text), named, line.name)
