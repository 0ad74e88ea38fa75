"""A customer who asks the database itself finds no hidden price (Q3)."""

import json
from itertools import product as combinations

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .quote_secrets import PRICE_FIELDS, SecrecyCase

LINE_MODELS = ("sale.order.line", "account.move.line")

#: The field of a document that holds its lines.
LINES_FIELD = {"sale.order": "order_line", "account.move": "invoice_line_ids"}


class TestQuoteSecrecyRpc(SecrecyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Order = cls.env["sale.order"].with_user(cls.portal_user)
        cls.Line = cls.env["sale.order.line"].with_user(cls.portal_user)

    def documents(self, presentation="grouped"):
        """Return an order and its invoice, as their customer may see them."""
        order = self.secret_order(presentation, "sale")
        invoice = self.invoice(order)
        self.forget()
        return order.with_user(self.portal_user), invoice.with_user(self.portal_user)

    def forget(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def lines(self, document):
        return document.sudo()[LINES_FIELD[document._name]]

    # The lines themselves

    def test_lines_are_not_read(self):
        for document in self.documents():
            lines = self.lines(document).with_user(self.portal_user)
            self.forget()
            for name in PRICE_FIELDS:
                with self.subTest(name), self.assertRaises(AccessError):
                    lines.read([name])
            with self.assertRaises(AccessError):
                lines.web_read({"price_unit": {}})
            with self.assertRaises(UserError):
                lines.export_data(["price_unit"])

    def test_lines_are_not_found(self):
        for document in self.documents():
            Line = self.lines(document).browse().with_user(self.portal_user)
            own = [("id", "in", self.lines(document).ids)]
            self.forget()
            self.assertFalse(Line.search(own))
            self.assertFalse(Line.search(own, order="price_unit"))
            self.assertFalse(Line.search_read(own, ["price_unit"]))
            self.assertFalse(Line.web_search_read(own, {"price_unit": {}})["records"])
            [total] = Line.formatted_read_group(own, [], ["price_unit:max", "__count"])
            self.assertEqual((total["price_unit:max"], total["__count"]), (False, 0))
            self.assertFalse(Line.formatted_read_group(own, ["price_unit"], []))

    def test_lines_are_not_found_by_name(self):
        self.documents("summary")
        self.assertFalse(self.Line.name_search("Codo"))
        for path in ("order_line", "order_line.name"):
            self.assertFalse(self.Order.search([(path, "ilike", "Codo")]))

    def test_lines_without_secrets_are_found(self):
        order, invoice = self.documents("detailed")
        self.assertTells(str(order.order_line.read(["price_unit"])), order.order_line)
        lines = invoice.invoice_line_ids
        self.assertTells(str(lines.read(["price_unit"])), lines)

    def test_staff_find_all_lines(self):
        self.documents()
        salesman = self.env["sale.order.line"].with_user(self.everyone)
        found = salesman.search([("price_unit", ">", 300)])
        self.assertTells(str(found.read(["price_unit", "discount"])), found)
        billing = new_test_user(
            self.env, "billing", groups="base.group_user,account.group_account_invoice"
        )
        found = self.env["account.move.line"].with_user(billing)
        found = found.search([("price_unit", ">", 300), ("product_id", "!=", False)])
        self.assertEqual(len(found), 4)
        self.assertTells(str(found.read(["price_unit"])), found)

    # Their documents

    def test_documents_tell_no_secret(self):
        """Whatever a customer reads of them; what is added up is right, or missing."""
        for document in self.documents():
            for name, field in document._fields.items():
                self.forget()
                try:
                    [read] = document.read([name])
                except (AccessError, UserError):
                    continue
                with self.subTest(field=str(field)):
                    self.assertKeeps(str(read[name]), self.lines(document))
                    if field.type in ("float", "monetary"):
                        self.forget()
                        self.assertEqual(read[name], document.sudo()[name])

    def test_documents_hold_no_lines(self):
        for document in self.documents():
            field = LINES_FIELD[document._name]
            prices = {field: {"fields": {"price_unit": {}, "name": {}}}}
            for call in (
                lambda document, field, _prices: document.read([field]),
                lambda document, _field, prices: document.web_read(prices),
                lambda document, _field, prices: document.web_search_read([], prices),
            ):
                self.forget()
                self.assertKeeps(
                    str(call(document, field, prices)), self.lines(document)
                )
                self.forget()
                self.assertFalse(document[field])
            with self.assertRaises(AccessError):
                document.onchange({}, [], prices)
            with self.assertRaises(UserError):
                document.export_data([f"{field}/price_unit"])

    def test_what_is_to_be_paid_is_no_secret(self):
        _order, invoice = self.documents()
        payable = invoice.line_ids
        self.assertEqual(payable.mapped("display_type"), ["payment_term"])
        self.assertEqual(payable.balance, invoice.amount_total)

    def test_documents_are_not_told_apart_by_price(self):
        """No path from anything that a customer may search leads to a price."""
        order, invoice = self.documents()
        self.ticket(sale_order_ids=[Command.set(order.ids)])
        self.forget()
        paths = list(self._paths_to_lines())
        self.assertIn(("sale.order", "order_line"), paths)
        self.assertIn(("account.move", "invoice_line_ids"), paths)
        self.assertIn(("helpdesk.ticket", "sale_order_ids.order_line"), paths)
        self.assertIn(("res.partner", "sale_order_ids.order_line"), paths)
        for model, path in paths:
            Model = self.env[model].with_user(self.portal_user)
            field = f"{path}.price_unit"
            try:
                found = Model.search([(field, ">", 2000)])
                none = Model.search([(field, ">", 10**6)])
            except UserError:
                continue
            self.assertEqual(found, none, f"{model}: {field}")

    def _paths_to_lines(self, depth=3):
        """Yield all models and paths by which a customer may come to lines."""
        for name in self.env:
            Model = self.env[name].with_user(self.portal_user)
            if (
                not Model._abstract
                and not Model._transient
                and Model.has_access("read")
            ):
                for path in self._paths_from(name, depth, {name}):
                    yield name, path

    def _paths_from(self, name, depth, passed):
        Model = self.env[name].with_user(self.portal_user)
        for field in Model._fields.values():
            if (
                not field.relational
                or not (field.store or field.search)
                or field.comodel_name not in self.env
                or not Model._has_field_access(field, "read")
            ):
                continue
            if field.comodel_name in LINE_MODELS:
                yield field.name
            elif depth > 1 and (comodel := field.comodel_name) not in passed:
                for path in self._paths_from(comodel, depth - 1, {*passed, comodel}):
                    yield f"{field.name}.{path}"

    def test_probing_would_find_prices_that_are_shown(self):
        order, invoice = self.documents("detailed")
        for document, path in combinations((order, invoice), LINES_FIELD.values()):
            if path in document._fields:
                domain = [(f"{path}.price_unit", ">", 2000)]
                self.assertEqual(document.search(domain), document)

    def test_documents_are_not_sorted_by_price(self):
        for document in self.documents():
            field = LINES_FIELD[document._name]
            for order in (field, f"{field}.price_unit"):
                with self.assertRaises(ValueError):
                    document.search([], order=order)
            for group in (field, f"{field}.price_unit"):
                with self.assertRaises(ValueError):
                    document.formatted_read_group([], [group], ["__count"])
        with self.assertRaises(AccessError):
            document.env["sale.order"].formatted_read_group(
                [], [], ["amount_undiscounted:sum"]
            )

    # When it changes

    def test_hidden_as_soon_as_a_section_hides(self):
        order = self.secret_order("detailed", "draft")
        self.assertTrue(order.with_user(self.portal_user).order_line)
        section = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "display_type": "line_section",
                "name": "Tuberías",
                "sequence": 0,
            }
        )
        section.collapse_prices = True
        self.forget()
        self.assertFalse(order.with_user(self.portal_user).order_line)
        section.collapse_prices = False
        self.forget()
        self.assertEqual(len(order.with_user(self.portal_user).order_line), 5)

    # Reports and analysis

    def test_analysis_is_for_staff(self):
        self.documents()
        for name in ("sale.report", "account.invoice.report", "account.analytic.line"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.portal_user).search([])

    def test_products_and_price_lists_are_for_staff(self):
        for name in ("product.product", "product.template", "product.pricelist.item"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.portal_user).search([]).read(["id"])


@tagged("post_install", "-at_install")
class TestQuoteSecrecyHttp(SecrecyCase, HttpCase):
    """The same through the routes, as a browser or a program of the customer would."""

    def call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def test_call_kw(self):
        order = self.secret_order()
        lines = order.order_line
        self.authenticate("carmen_curious", "carmen_curious")
        self.assertEqual(self.call("sale.order", "search", []), order.ids)
        self.assertEqual(self.call("sale.order.line", "search", []), [])
        names = ["name", "amount_total", "order_line"]
        [read] = self.call("sale.order", "read", order.ids, names)
        self.assertEqual(read["amount_total"], order.amount_total)
        self.assertKeeps(json.dumps(read), lines)
        self.assertFalse(read["order_line"])
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.call("sale.order.line", "read", lines.ids, ["price_unit"])
        domain = [("order_line.price_unit", ">", 10)]
        self.assertEqual(self.call("sale.order", "search_count", domain), 0)

    def test_json2(self):
        order = self.secret_order()
        self.portal_user.group_ids += self.env.ref("base.group_allow_export")
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.portal_user)
            .sudo()
            ._generate("rpc", "secrets", False)
        )
        headers = {"Authorization": f"Bearer {key}"}
        for body, method in (
            ({"domain": [], "fields": ["price_unit", "name"]}, "search_read"),
            ({"ids": order.order_line.ids, "fields": ["price_unit"]}, "read"),
            (
                {"ids": order.order_line.ids, "fields_to_export": ["price_unit"]},
                "export_data",
            ),
        ):
            with mute_logger("odoo.http"):
                response = self.opener.post(
                    f"{self.base_url()}/json/2/sale.order.line/{method}",
                    json=body,
                    headers=headers,
                )
            self.assertIn(response.status_code, (200, 403))
            self.assertKeeps(response.text, order.order_line)
        self.assertEqual(response.status_code, 403)
