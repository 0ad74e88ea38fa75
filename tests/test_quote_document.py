"""The quote as its customer reads it, in the PDF and on its page (Q8)."""

import base64
import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .confirmation_web import picture
from .quote_case import QuoteCase

#: Prices that no group adds up to, and nothing else on the page either.
UNIT_PRICES = ("7.77", "11.13")


class QuoteDocumentCase(QuoteCase, HttpCase):
    """A quote with everything that one may have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        cls.salesman.partner_id.phone = "+34 600 111 222"
        for name, price in zip(("tubo", "codo"), UNIT_PRICES, strict=True):
            cls.products[name].list_price = float(price)
        cls.groups["goods"].description = "All that the water runs through."
        cls.inclusions = cls.env["customer.quote.inclusion"].create(
            [
                {"name": "carried upstairs", "group_ids": cls.groups["goods"].ids},
                {"name": "floors covered", "product_tmpl_ids": False},
            ]
        )
        cls.conditions = cls.env["customer.quote.conditions"].create(
            {
                "name": "Works",
                "condition_ids": [
                    Command.create({"kind": "guarantee", "text": "Two years."})
                ],
            }
        )
        cls.env["customer.quote.term"].create(
            {"name": "codo", "definition": "A bend in a pipe.", "lang": "en_US"}
        )

    def document(self, presentation="grouped", **values):
        """Return a quote that was sent: two groups, and two options."""
        order = self.quote(
            "tubo",
            "codo",
            "hora",
            quote_presentation=presentation,
            quote_conditions_id=self.conditions.id,
            user_id=self.salesman.id,
            **{
                "validity_date": fields.Date.today() + timedelta(20),
                "require_signature": True,
                "require_payment": False,
                **values,
            },
        )
        self.line(order, "tubo").product_uom_qty = 3
        order.action_group_lines()
        options = self.line_vals("= Comfort", sequence=1000, is_optional=True)
        grifo = self.line_vals("grifo", sequence=1001, product_uom_qty=0)
        order.write(
            {
                "order_line": [Command.create(options), Command.create(grifo)],
                "quote_included_ids": [
                    Command.create({"inclusion_id": self.inclusions[1].id})
                ],
            }
        )
        order.state = "sent"
        return order

    # What the customer reads

    def report(self, order):
        """Return the body of the PDF, without the heads and feet of its pages."""
        rendered, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", order.ids
        )
        [body] = html.fromstring(rendered).find_class("article")
        return body

    def page(self, order):
        """Return what the page of a quote says, as its customer comes by link."""
        self.env.flush_all()
        response = self.url_open(order.get_portal_url())
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def content(self, order):
        return self.page(order).get_element_by_id("portal_sale_content")

    def doors(self, order):
        """Return the two documents, by name, for a test of both."""
        return {"pdf": self.report(order), "page": self.content(order)}

    @staticmethod
    def text(node):
        return re.sub(r"\s+", " ", node.text_content()).strip()

    def amounts(self, node):
        """Return the prices of the groups, as they are printed."""
        path = ".//td[@name='td_quote_amount']//*[@class='oe_currency_value']"
        return [float(cell.text.replace(",", "")) for cell in node.xpath(path)]

    def block(self, node, title):
        """Return the words of a block, "" if it is not there."""
        found = node.xpath(f".//h3[normalize-space()='{title}']/..")
        return self.text(found[0]).removeprefix(title).strip() if found else ""


@tagged("post_install", "-at_install")
class TestQuoteDocument(QuoteDocumentCase):
    def test_grouped(self):
        for door, node in self.doors(self.document()).items():
            with self.subTest(door):
                titles = [self.text(n) for n in node.find_class("o_quote_title")]
                self.assertEqual(titles, ["Materials", "Work", "Comfort"])
                self.assertEqual(self.amounts(node), [34.44, 10])
                goods = self.text(node.find_class("o_quote_group")[0])
                self.assertIn("All that the water runs through.", goods)
                self.assertIn("carried upstairs", goods)
                self.assertRegex(goods, "tubo 3 Units codo 1 Units")
                for price in (*UNIT_PRICES, "23.31"):
                    self.assertNotIn(price, self.text(node))

    def test_summary(self):
        for door, node in self.doors(self.document("summary")).items():
            with self.subTest(door):
                self.assertEqual(self.amounts(node), [34.44, 10])
                groups = node.find_class("o_quote_group")
                self.assertNotRegex(self.text(groups[0]), "tubo|Units")
                self.assertIn("grifo", self.text(groups[2]), "options are to choose")

    def test_detailed(self):
        """Core's table, with what the groups say beside it."""
        for door, node in self.doors(self.document("detailed")).items():
            with self.subTest(door):
                self.assertFalse(node.find_class("o_quote_group"))
                rows = node.xpath(".//tr[@name='tr_product']")
                self.assertEqual(len(rows), 4)
                self.assertIn("7.77", self.text(rows[0]))
                [section] = node.xpath(".//tr[@name='tr_section']")[:1]
                self.assertIn("All that the water runs through.", self.text(section))
                self.assertIn("carried upstairs", self.text(section))

    def test_detailed_section_folded_by_hand(self):
        order = self.document("detailed")
        self.line(order, "Materials").collapse_composition = True
        for door, node in self.doors(order).items():
            with self.subTest(door):
                self.assertNotIn("7.77", self.text(node))
                self.assertIn("carried upstairs", self.text(node))

    def test_every_cent_is_in_a_group(self):
        """Mixed taxes, discounts, a chosen option and a line without a home."""
        taxes = self.env["account.tax"].create(
            [
                {"name": kind, "amount": 10, "price_include_override": kind}
                for kind in ("tax_included", "tax_excluded")
            ]
        )
        for rounding in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = rounding
            order = self.document()
            for line, tax in zip(order.order_line, [*taxes] * 4, strict=False):
                if not line.display_type:
                    line.write({"tax_ids": tax.ids, "discount": 3.3})
            self.line(order, "grifo").product_uom_qty = 2
            order.write({"order_line": [Command.create(self.line_vals("junta"))]})
            for door, node in self.doors(order).items():
                with self.subTest(door=door, rounding=rounding):
                    self.assertAlmostEqual(
                        sum(self.amounts(node)), order.amount_untaxed
                    )

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {"name": "QDC", "symbol": "₧", "position": "after"}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self.document(pricelist_id=pricelist.id)
        for door, node in self.doors(order).items():
            with self.subTest(door):
                cells = node.xpath(".//td[@name='td_quote_amount']")
                self.assertEqual(self.text(cells[0]), "34.44 ₧")

    def test_summary_on_top(self):
        order = self.document()
        for subject, shown in (("", "Materials and Work"), ("A new tap", "A new tap")):
            order.quote_subject = subject
            for door, node in self.doors(order).items():
                with self.subTest(door=door, subject=subject):
                    [summary] = node.find_class("o_quote_summary")
                    self.assertIn(shown, self.text(summary))
                    self.assertIn("44.44", self.text(summary))

    def test_date_of_delivery_stands_once(self):
        order = self.document(commitment_date="2026-12-20 09:00:00")
        for state in ("sent", "sale"):
            order.state = state
            for door, node in self.doors(order).items():
                with self.subTest(door=door, state=state):
                    self.assertEqual(self.text(node).count("Delivery Date"), 1)

    def test_blocks_at_the_end(self):
        for presentation in ("detailed", "grouped", "summary"):
            for door, node in self.doors(self.document(presentation)).items():
                with self.subTest(door=door, presentation=presentation):
                    conditions = self.block(node, "Conditions of sale")
                    self.assertEqual(conditions, "Guarantee Two years.")
                    self.assertEqual(
                        self.block(node, "Also included"), "floors covered"
                    )
                    terms = self.block(node, "In plain words")
                    # A summary does not name the lines that have the word
                    words = (
                        "" if presentation == "summary" else "codo A bend in a pipe."
                    )
                    self.assertEqual(terms, words)
                    self.assertIn(
                        "Accept this quote", self.block(node, "What happens next")
                    )

    def test_what_is_switched_off_is_not_there(self):
        order = self.document()
        order.quote_term_off_ids = order.quote_term_ids
        order.quote_included_ids.is_shown = False
        order.quote_conditions_id = False
        for door, node in self.doors(order).items():
            with self.subTest(door):
                for title in ("Conditions of sale", "Also included", "In plain words"):
                    self.assertFalse(self.block(node, title))
                self.assertNotIn("carried upstairs", self.text(node))

    def test_loose_lines_of_a_detailed_quote(self):
        """Without sections, what is included is said below the table."""
        self.inclusions[0].write(
            {
                "group_ids": False,
                "product_tmpl_ids": self.products["tubo"].product_tmpl_id.ids,
            }
        )
        order = self.quote("tubo", "hora", quote_presentation="detailed")
        inclusion = Command.create({"inclusion_id": self.inclusions[0].id})
        order.quote_included_ids = [inclusion]
        for door, node in self.doors(order).items():
            with self.subTest(door):
                self.assertEqual(self.block(node, "Also included"), "carried upstairs")

    def test_names_are_words_not_code(self):
        order = self.document()
        section = self.line(order, "Materials")
        section.write({"name": "<b>Pipes</b>", "quote_description": "<i>all</i>"})
        for door, node in self.doors(order).items():
            with self.subTest(door):
                self.assertIn("<b>Pipes</b>", self.text(node))
                self.assertIn("<i>all</i>", self.text(node))

    def test_picture_before_icon(self):
        order = self.document()
        for door, node in self.doors(order).items():
            with self.subTest(door):
                self.assertTrue(node.find_class("o_quote_icon"))
                self.assertFalse(node.find_class("o_quote_picture"))
        self.groups["goods"].image_1920 = base64.b64encode(picture())
        for door, node in self.doors(order).items():
            with self.subTest(door):
                [image] = node.find_class("o_quote_picture")
                self.assertTrue(image.get("src").startswith("data:image/"))

    def test_complete_without_heads_and_feet_of_pages(self):
        """Some programs that print leave them out."""
        order = self.document()
        text = self.text(self.report(order))
        for words in (order.name, self.company.name, "Salesman", "+34 600 111 222"):
            self.assertIn(words, text)

    def test_options_of_an_order(self):
        """Once agreed, what was not chosen is not there."""
        order = self.document()
        order.action_confirm()
        for door, node in self.doors(order).items():
            with self.subTest(door):
                self.assertNotIn("grifo", self.text(node))
                self.assertNotIn("Comfort", self.text(node))
        self.line(order, "grifo").product_uom_qty = 2
        for door, node in self.doors(order).items():
            with self.subTest(door):
                options = node.find_class("o_quote_option")[0]
                self.assertIn("grifo", self.text(options))
                self.assertEqual(self.amounts(options), [20])

    def test_price_of_an_option(self):
        order = self.document()
        grifo = self.line(order, "grifo")
        tax = self.env["account.tax"].create(
            {"name": "In", "amount": 25, "price_include_override": "tax_included"}
        )
        grifo.write({"price_unit": 50, "discount": 10, "tax_ids": tax.ids})
        self.assertEqual(grifo.price_subtotal, 0)
        self.assertAlmostEqual(order._quote_option_price(grifo), 36)
        for door, node in self.doors(order).items():
            with self.subTest(door):
                [price] = node.find_class("o_quote_option_price")
                self.assertEqual(self.text(price).strip("$€ "), "36.00")
        grifo.product_uom_qty = 2
        self.assertAlmostEqual(grifo.price_subtotal, 72, msg="as it is charged")

    def test_hidden_price_of_an_option(self):
        order = self.document()
        self.line(order, "Comfort").collapse_prices = True
        for door, node in self.doors(order).items():
            with self.subTest(door):
                self.assertFalse(node.find_class("o_quote_option_price"))
                self.assertIn("grifo", self.text(node))

    def test_languages(self):
        """The quote speaks its customer's language, whoever looks at it."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        self.groups["goods"].with_context(lang="es_ES").name = "Materiales"
        self.env.ref("customer_service_stages.quote_closing").update_field_translations(
            "arch_db", {"es_ES": {"What happens next": "Qué pasa ahora"}}
        )
        order = self.document(quote_subject="Grifo nuevo")
        for door, node in self.doors(order).items():
            with self.subTest(door):
                self.assertIn("Materiales", self.text(node))
                self.assertTrue(self.block(node, "Qué pasa ahora"))
                day = order.validity_date.strftime("%d/%m/%Y")
                self.assertIn(day, self.block(node, "Qué pasa ahora"))
        self.assertIn("34,44", self.text(self.report(order)))


@tagged("post_install", "-at_install")
class TestQuoteNextSteps(QuoteDocumentCase):
    """What happens next, told truthfully (Q8)."""

    def steps(self, order):
        steps = order._quote_next_steps()
        for door, node in self.doors(order).items():
            with self.subTest(door):
                shown = [self.text(li) for li in node.find_class("o_quote_steps")[0]]
                self.assertEqual(shown, [re.sub(r"\s+", " ", step) for step in steps])
        return steps

    def test_quotation(self):
        order = self.document(validity_date="2099-05-04")
        accept, delivery, contact = self.steps(order)
        self.assertEqual(accept, "Accept this quote by 05/04/2099. Sign it online.")
        self.assertTrue(delivery)
        self.assertEqual(
            contact,
            f"Any question? Ask Salesman, {self.company.name}: "
            f"+34 600 111 222 · {self.salesman.email}",
        )

    def test_ways_to_accept(self):
        order = self.document(validity_date=False)
        for signs, pays, way in (
            (True, True, r"Sign it online, and pay .*44\.44.* there\."),
            (False, True, r"Pay .*44\.44.* online\."),
            (False, False, r"Tell us that you accept it\."),
        ):
            order.write({"require_signature": signs, "require_payment": pays})
            with self.subTest(signs=signs, pays=pays):
                self.assertRegex(
                    order._quote_next_steps()[0],
                    rf"^Accept this quote when you have decided\. {way}$",
                )

    def test_agreed_delivery(self):
        order = self.document(commitment_date="2099-12-18 09:00:00")
        self.assertRegex(self.steps(order)[1], "We deliver on .*December 18, 2099")

    def test_expired(self):
        order = self.document(validity_date="2020-05-04")
        steps = self.steps(order)
        self.assertRegex(steps[0], r"valid until 05/04/2020\.")
        self.assertNotRegex(" ".join(steps), "Accept|Sign|deliver|Deliver")

    def test_cancelled(self):
        order = self.document()
        order._action_cancel()
        steps = self.steps(order)
        self.assertIn("cancelled", steps[0])
        self.assertNotRegex(" ".join(steps), "Accept|Sign|deliver|Deliver")

    def test_confirmed(self):
        order = self.document()
        order.write({"signed_by": "Carmen", "signed_on": "2026-05-04 09:00:00"})
        order.action_confirm()
        steps = self.steps(order)
        self.assertRegex(steps[0], "^Carmen accepted it on .*May 4, 2026")
        self.assertNotRegex(" ".join(steps), "Accept this|Sign it")

    def test_work_under_way_and_done(self):
        # Nothing is promised by itself
        self.env["customer.sla.policy"].search([]).active = False
        order = self.document()
        order.action_confirm()
        self.assertIn("agreed since", self.steps(order)[0])
        self.assertEqual(
            order._quote_delivery_words(), "Then we agree with you on a date."
        )
        order.action_start_delivery()
        self.assertEqual(order._quote_delivery_words(), "We are working on it.")
        order.action_complete_delivery()
        self.assertIn("Everything was delivered on", order._quote_delivery_words())

    def test_nobody_in_charge(self):
        order = self.document()
        order.user_id = False
        self.company.partner_id.write({"phone": "+34 1", "email": False})
        name = self.company.name
        self.assertEqual(
            order._quote_next_steps()[-1], f"Any question? Ask {name}: +34 1"
        )
        self.company.partner_id.phone = False
        self.assertEqual(order._quote_next_steps()[-1], f"Any question? Ask {name}.")


@tagged("post_install", "-at_install")
class TestQuotePage(QuoteDocumentCase):
    """What the page has beyond the PDF."""

    def test_customer_sets_a_quantity(self):
        order = self.document()
        grifo = self.line(order, "grifo")
        page = self.page(order)
        [table] = page.xpath("//table[@id='sales_order_table']")
        self.assertEqual(table.get("data-order-id"), str(order.id))
        [field] = page.find_class("js_quantity")
        self.assertEqual(field.get("data-line-id"), str(grifo.id))
        self.assertEqual(self.amounts(page), [34.44, 10])
        result = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/update_line_dict",
            {
                "access_token": table.get("data-token"),
                "line_id": field.get("data-line-id"),
                "input_quantity": 3,
            },
        )
        self.assertFalse(result)
        page = self.page(order)
        self.assertEqual(self.amounts(page), [34.44, 10, 30])
        self.assertEqual(page.find_class("js_quantity")[0].get("value"), "3")
        self.assertIn("74.44", self.text(page.find_class("o_quote_summary")[0]))

    def test_no_line_but_an_option_is_to_be_set(self):
        order = self.document()
        self.assertEqual(len(self.page(order).find_class("js_quantity")), 1)
        order.action_confirm()
        self.assertFalse(self.page(order).find_class("js_quantity"))

    def test_one_button_to_accept(self):
        order = self.document()
        buttons = self.page(order).xpath("//a[@data-bs-target='#modalaccept']")
        self.assertEqual(len(buttons), 2)
        beside, below = buttons
        self.assertIn("btn-primary", beside.get("class"))
        self.assertIn("d-lg-none", below.getparent().get("class"), "on phones only")
        order.action_confirm()
        self.assertFalse(self.page(order).xpath("//a[@data-bs-target='#modalaccept']"))

    def test_refusing_is_quieter(self):
        page = self.page(self.document())
        [reject] = page.xpath(
            "//div[@name='sale_order_actions']//a[@data-bs-target='#modaldecline']"
        )
        self.assertIn("btn-link", reject.get("class"))
        self.assertNotIn("btn-danger", reject.get("class"))

    def test_account_of_the_customer(self):
        """Who has an account reads the same as who comes by link."""
        order = self.document()
        by_link = self.text(self.content(order))
        new_test_user(
            self.env,
            "carmen_quote",
            groups="base.group_portal",
            name=self.customer.name,
            email=self.customer.email,
            partner_id=self.customer.id,
        )
        self.authenticate("carmen_quote", "carmen_quote")
        self.assertEqual(self.text(self.content(order)), by_link)


@tagged("post_install", "-at_install")
class TestQuoteDocumentQueries(QuoteDocumentCase):
    """Handsome is not slow: a handful of queries beyond core's."""

    def queries(self, order):
        """Return how many queries the body of the PDF takes, from a cold cache."""
        self.report(order)  # what is compiled and cached once
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.report(order)
        return self.env.cr.sql_log_count - before

    def test_beyond_core(self):
        order = self.document("detailed")
        ours = self.queries(order)
        order.quote_presentation = "grouped"
        grouped = self.queries(order)
        order.quote_presentation = "detailed"
        self.env.ref(
            "customer_service_stages.report_saleorder_document_quote"
        ).active = False
        core = self.queries(order)
        self.assertLessEqual(ours, core + 12)
        self.assertLessEqual(grouped, core + 12)

    def test_whatever_the_number_of_lines(self):
        few = self.document()
        many = self.document()
        many.write(
            {"order_line": [Command.create(self.line_vals("codo")) for _n in range(50)]}
        )
        many.state = "draft"
        many.action_group_lines()
        many.state = "sent"
        self.assertLessEqual(self.queries(many), self.queries(few) + 2)
