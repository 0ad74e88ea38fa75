"""Quotes written down as they stand.

A section is `= Name`, a subsection `- Name`, a note `# text`; every other line is the
name of a product.
"""

import base64

from odoo.fields import Command

from .common import JourneyCase

TYPES = {"=": "line_section", "-": "line_subsection", "#": "line_note"}
MARKS = {kind: mark for mark, kind in TYPES.items()}
GOODS = ("codo", "grifo", "junta", "tubo")
SERVICES = ("hora", "montaje", "prueba")
GROUPS = ("goods", "work", "transport", "other", "discount", "downpayment")

#: A picture of one pixel, as the signature of who accepts.
SIGNATURE = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
        "kgAAAABJRU5ErkJggg=="
    )
).decode()


class QuoteCase(JourneyCase):
    """A company with the standard groups, and products for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is set in the database is no part of the tests
        cls.env["customer.quote.inclusion"].search([]).active = False
        cls.env["customer.quote.term"].search([]).active = False
        cls.company.write(
            {
                "quote_presentation": "detailed",
                "quote_is_grouped": False,
                "quote_conditions_id": False,
            }
        )
        cls.groups = {
            name: cls.env.ref(f"customer_service_stages.customer_quote_group_{name}")
            for name in GROUPS
        }
        # Without taxes, so that prices are amounts
        products = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service" if name in SERVICES else "consu",
                    "list_price": 10,
                    "taxes_id": False,
                }
                for name in (*GOODS, *SERVICES)
            ]
        )
        cls.products = {product.name: product for product in products}

    def line_vals(self, text, **values):
        """Return the values of a line as it is written down."""
        mark, _space, name = text.partition(" ")
        if mark in TYPES:
            return {"display_type": TYPES[mark], "name": name, **values}
        return {"product_id": self.products[text].id, "name": text, **values}

    def quote(self, *texts, **values):
        """Return a quotation with the lines that are written down."""
        lines = [
            Command.create(self.line_vals(text, sequence=sequence))
            for sequence, text in enumerate(texts, start=10)
        ]
        return self.order(order_line=lines, **values)

    def grouped(self, *texts, **values):
        order = self.quote(*texts, **values)
        order.action_group_lines()
        return order

    def written(self, order):
        """Return the lines of an order as they stand in the database."""
        self.env.flush_all()
        order.invalidate_recordset()
        return [
            " ".join(filter(None, [MARKS.get(line.display_type), line.name]))
            for line in order.order_line
        ]

    def assertLines(self, order, *texts):
        self.assertEqual(self.written(order), list(texts))

    def line(self, order, name):
        """Return the line of an order that has a name."""
        [line] = order.order_line.filtered(lambda line: line.name == name)
        return line

    def rule(self, group, **values):
        """Return a rule for a group that comes before those that are there."""
        if isinstance(group, str):
            group = self.groups[group]
        return self.env["customer.quote.group.rule"].create(
            {"group_id": group.id, "sequence": 1, **values}
        )

    def group(self, name, **values):
        return self.env["customer.quote.group"].create({"name": name, **values})

    def drag(self, order, name, after):
        """Move a line to behind another one, as in the list."""
        lines = order.order_line.sorted("sequence")
        moved = self.line(order, name)
        names = [line.id for line in lines - moved]
        names.insert(names.index(self.line(order, after).id) + 1, moved.id)
        # As the web client saves it: whoever stands elsewhere gets a new number
        order.write(
            {
                "order_line": [
                    Command.update(line, {"sequence": sequence})
                    for sequence, line in enumerate(names)
                ]
            }
        )

    def sent(self, order):
        """Send a quotation by the dialog for mails."""
        action = order.action_quotation_send()
        composer = self.env["mail.compose.message"].with_context(action["context"])
        composer.create({})._action_send_mail()
        return order

    def portal_accept(self, order):
        """Accept a quotation on its page, as its customer; only with an HTTP server."""
        order._portal_ensure_token()
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order.access_token,
                "name": "Carmen Ortega",
                "signature": SIGNATURE,
            },
        )
