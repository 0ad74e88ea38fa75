"""What customers are shown and sent of an order tells no hidden price (Q3)."""

import io
import json

from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import OdooPdfFileReader

from odoo.addons.payment.tests.http_common import PaymentHttpCommon

from .quote_secrets import SecrecyCase

#: Smallest picture there is, as a signature.
SIGNATURE = "R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="

#: A mail that prints every line with its price, as core's for confirmed orders does.
TELLING_BODY = """
<div>
    <t t-foreach="object.order_line" t-as="line">
        <p><t t-out="line.name"/>: <t t-out="line.price_unit"/></p>
    </t>
</div>
"""


@tagged("post_install", "-at_install")
class TestQuoteSecrecyPages(SecrecyCase, HttpCase):
    def page(self, order, **query):
        """Return the page of the order as somebody with its link reads it."""
        link = order.get_portal_url(
            query_string="".join(f"&{k}={v}" for k, v in query.items())
        )
        response = self.url_open(link, timeout=60)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_portal_page(self):
        for presentation in ("grouped", "summary"):
            order = self.secret_order(presentation)
            for login in (None, "carmen_curious"):
                self.authenticate(login, login)
                with self.subTest(presentation, login=login):
                    page = self.page(order)
                    self.assertKeeps(page, order.order_line)
                    self.assertNames(page, order.order_line, presentation == "grouped")
                    self.assertIn(f"{order.amount_total:,.2f}", page)

    def test_portal_page_of_a_draft(self):
        """The customer may look before anybody has put the lines in groups."""
        order = self.secret_order("grouped", "draft")
        self.assertFalse(order.quote_section_ids)
        self.authenticate("carmen_curious", "carmen_curious")
        self.assertKeeps(self.page(order), order.order_line)
        self.assertKeeps(self.page(order, report_type="html"), order.order_line)

    def test_portal_page_that_shows_all(self):
        order = self.secret_order("detailed")
        page = self.page(order)
        self.assertTells(page, order.order_line)
        self.assertIn("amount_undiscounted", page)

    def test_discount_that_nobody_may_see(self):
        """“Your advantage” tells what the hidden discounts come to."""
        order = self.secret_order()
        page = self.page(order)
        self.assertNotIn("amount_undiscounted", page)
        self.assertNotIn("Disc.%", page)
        section = {"display_type": "line_section", "name": "Agua", "sequence": 0}
        order = self.secret_order("detailed")
        order.write({"order_line": [Command.create(section)]})
        section = order.order_line.filtered("display_type")
        section.collapse_prices = True
        self.assertNotIn("Disc.%", self.page(order))
        self.assertNotIn("Disc.%", self.page(order, report_type="html"))
        section.collapse_prices = False
        self.assertIn("Disc.%", self.page(order))

    def test_subsections_of_a_detailed_quote(self):
        """The page hides what somebody hid by hand, with or without a section."""
        order = self.secret_order("detailed", "draft")
        lines = order.order_line.sorted("id")
        hidden, shown = lines[:2], lines[2:]
        hidden.sequence = 1
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "display_type": "line_subsection",
                            "name": name,
                            "sequence": sequence,
                            "collapse_prices": not sequence,
                        }
                    )
                    for sequence, name in ((0, "Tubos"), (2, "Grifos"))
                ]
            }
        )
        page = self.page(order)
        self.assertKeeps(page, hidden)
        self.assertTells(page, shown)

    def test_documents_by_link(self):
        for presentation in ("grouped", "summary"):
            order = self.secret_order(presentation)
            for kind in ("html", "pdf", "text"):
                with self.subTest(presentation, kind=kind):
                    page = self.page(order, report_type=kind)
                    self.assertKeeps(page, order.order_line)
                    self.assertNames(page, order.order_line, presentation == "grouped")
        order = self.secret_order("detailed")
        for kind in ("html", "pdf", "text"):
            self.assertTells(self.page(order, report_type=kind), order.order_line)

    def test_reports_by_name(self):
        self.authenticate("carmen_curious", "carmen_curious")
        for presentation, name in (
            ("grouped", "sale.report_saleorder"),
            ("detailed", "sale.report_saleorder"),
            ("summary", "sale.report_saleorder_pro_forma"),
        ):
            order = self.secret_order(presentation)
            for converter in ("html", "pdf", "text"):
                with self.subTest(presentation, converter=converter):
                    link = f"/report/{converter}/{name}/{order.id}"
                    response = self.url_open(link, timeout=60)
                    self.assertEqual(response.status_code, 200)
                    self.assertIn(order.name.encode(), response.content)
                    if presentation == "detailed":
                        self.assertTells(response.content, order.order_line)
                    else:
                        self.assertKeeps(response.content, order.order_line)

    @mute_logger("odoo.http")
    def test_reports_of_others(self):
        """Who may not read an order may not print it."""
        order = self.secret_order(partner_id=self.other_customer.id)
        self.authenticate("carmen_curious", "carmen_curious")
        for name in ("sale.report_saleorder", "sale.report_saleorder_raw"):
            response = self.url_open(f"/report/html/{name}/{order.id}")
            self.assertNotEqual(response.status_code, 200)
            self.assertNotIn(order.name, response.text)

    def test_lists(self):
        order = self.secret_order(state="sale")
        self.authenticate("carmen_curious", "carmen_curious")
        for link in ("/my", "/my/quotes", "/my/orders"):
            response = self.url_open(link)
            self.assertEqual(response.status_code, 200)
            self.assertKeeps(response.text, order.order_line)

    def test_no_file_for_programs(self):
        """Neither by its link, nor in the box that offers it."""
        for presentation in ("grouped", "detailed"):
            order = self.secret_order(presentation)
            link = order.get_portal_url("/download_edi")
            response = self.url_open(link, allow_redirects=False)
            is_told = b"PriceAmount" in response.content
            self.assertEqual(is_told, presentation == "detailed")
            self.assertEqual(
                "download_edi" in self.page(order), presentation == "detailed"
            )

    def test_payment(self):
        order = self.secret_order(require_signature=False, require_payment=True)
        self.assertKeeps(self.page(order), order.order_line)
        link = self.env["payment.link.wizard"].with_context(
            active_model="sale.order", active_id=order.id
        )
        link = link.create({}).link
        response = self.url_open(link)
        self.assertEqual(response.status_code, 200)
        self.assertKeeps(response.text, order.order_line)

    # What the page does

    def test_accept(self):
        """The signed document that stays in the chatter tells no more than the page."""
        order = self.secret_order()
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Carmen Ortega",
                "signature": SIGNATURE,
            },
            timeout=60,
        )
        self.assertTrue(answer["force_refresh"])
        self.assertKeeps(json.dumps(answer), order.order_line)
        self.assertEqual(order.state, "sale")
        signed = order.message_ids.attachment_ids
        self.assertTrue(signed)
        for attachment in signed:
            self.assertKeeps(attachment.raw, order.order_line)
            self.assertNames(attachment.raw, order.order_line)
        self.assertKeeps(self.page(order), order.order_line)

    def test_quantities_of_hidden_lines_stay(self):
        """Whoever could change one would read its price from the total."""
        order = self.secret_order()
        line = order.order_line.filtered("product_id")[0]
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/update_line_dict",
            {
                "access_token": order._portal_ensure_token(),
                "line_id": line.id,
                "input_quantity": 100,
            },
        )
        self.assertKeeps(json.dumps(answer), order.order_line)
        self.assertEqual(line.product_uom_qty, 3)

    # The chatter

    def test_chatter(self):
        order = self.secret_order("summary", "sale")
        self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.product.id, "price_unit": 611.83}
        )
        extra = order.order_line.filtered(lambda x: x.product_id == self.product)
        extra.product_uom_qty = 9
        order.order_line.filtered("product_id")[0].product_uom_qty = 11
        self.flush_tracking()
        notes = " ".join(order.message_ids.mapped("body"))
        self.assertIn(self.product.name, notes)
        order.message_post(
            body="Bienvenida", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        for login in (None, "carmen_curious"):
            self.authenticate(login, login)
            fetched = self.make_jsonrpc_request(
                "/mail/chatter_fetch",
                {
                    "thread_model": "sale.order",
                    "thread_id": order.id,
                    "token": order._portal_ensure_token(),
                },
            )
            told = json.dumps(fetched)
            self.assertIn("Bienvenida", told)
            self.assertKeeps(told, order.order_line)
            self.assertNames(told, order.order_line, named=False)
        messages = self.env["mail.message"].with_user(self.portal_user)
        found = messages.search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertIn("Bienvenida", " ".join(found.mapped("body")))
        self.assertNames(" ".join(found.mapped("body")), order.order_line, named=False)

    def test_a_follower_is_sent_no_note(self):
        order = self.secret_order("summary", "sale")
        order.message_subscribe(
            self.customer.ids,
            self.env["mail.message.subtype"].search([("res_model", "=", False)]).ids,
        )
        with self.mock_mail_gateway():
            self.env["sale.order.line"].create(
                {"order_id": order.id, "product_id": self.products[0].id}
            )
            order.order_line.filtered("product_id")[1].product_uom_qty = 11
            self.flush_tracking()
        to_customer = self._new_mails.filtered(
            lambda mail: self.customer in mail.recipient_ids
        )
        self.assertFalse(to_customer)


@tagged("post_install", "-at_install")
class TestQuoteSecrecyPayment(SecrecyCase, PaymentHttpCommon):
    def test_transaction(self):
        """What the payment provider is told goes through the customer's browser."""
        order = self.secret_order(require_signature=False, require_payment=True)
        told = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/transaction",
            {
                "access_token": order._portal_ensure_token(),
                "amount": order.amount_total,
                "provider_id": self.provider.id,
                "payment_method_id": self.payment_method_id,
                "token_id": None,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": order.get_portal_url(),
            },
        )
        self.assertEqual(told["amount"], order.amount_total)
        self.assertKeeps(json.dumps(told), order.order_line)
        self.assertEqual(order.transaction_ids.amount, order.amount_total)


class TestQuoteSecrecyMails(SecrecyCase):
    """However a mail is sent, it tells groups where prices are hidden."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.telling = cls._template("Cada línea", TELLING_BODY)
        cls.discreet = cls._template(
            "Gracias", "<p>Gracias por <t t-out='object.name'/>, como siempre</p>"
        )

    @classmethod
    def _template(cls, name, body):
        return cls.env["mail.template"].create(
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get_id("sale.order"),
                "subject": "{{ object.name }}",
                "body_html": body,
                "use_default_to": True,
                "report_template_ids": [
                    Command.link(cls.env.ref("sale.action_report_saleorder").id)
                ],
            }
        )

    def _use(self, template):
        self.env["ir.config_parameter"].set_param(
            "sale.default_confirmation_template", template.id
        )

    def _sent_while(self, act):
        """Return all that the customer is sent: bodies, and what is attached."""
        self.env.flush_all()
        with self.mock_mail_gateway():
            act()
            self.flush_tracking()
        mails = self._new_mails.filtered(lambda m: self.customer in m.recipient_ids)
        self.assertTrue(mails)
        return " ".join(
            [
                *mails.mapped("body_html"),
                *mails.mapped("subject"),
                *(str(attachment.raw) for attachment in mails.attachment_ids),
            ]
        )

    def _ways(self, order, template):
        """Yield the ways by which an order's mail leaves."""
        wizard = self.env["mail.compose.message"].with_user(self.everyone)
        context = {"active_model": "sale.order", "active_ids": order.ids}

        def compose(mode):
            wizard.with_context(**context).create(
                {
                    "composition_mode": mode,
                    "model": "sale.order",
                    "res_ids": order.ids,
                    "template_id": template.id,
                    "partner_ids": [Command.set(self.customer.ids)],
                }
            )._action_send_mail()

        yield "confirmation", order._send_order_confirmation_mail
        yield "template", lambda: template.send_mail(order.id)
        yield "composer", lambda: compose("comment")
        yield "composer for many", lambda: compose("mass_mail")
        yield (
            "message",
            lambda: order.message_post_with_source(
                template, subtype_xmlid="mail.mt_comment"
            ),
        )

    def test_mails_tell_groups(self):
        self._use(self.telling)
        for presentation in ("grouped", "summary"):
            order = self.secret_order(presentation, "sale")
            for name, act in self._ways(order, self.telling):
                with self.subTest(presentation, way=name):
                    sent = self._sent_while(act)
                    self.assertKeeps(sent, order.order_line)
                    self.assertIn(order.name, sent)
                    group = order._quote_groups()[0]
                    self.assertIn(group.name, sent)
                    self.assertIn(f"{group.amount:,.2f}", sent)

    def test_mails_of_other_orders_tell_lines(self):
        self._use(self.telling)
        order = self.secret_order("detailed", "sale")
        for name, act in self._ways(order, self.telling):
            with self.subTest(way=name):
                self.assertTells(self._sent_while(act), order.order_line)

    def test_mails_of_several_orders(self):
        orders = self.secret_order() + self.secret_order("detailed")
        bodies = self.telling._render_field("body_html", orders.ids)
        self.assertKeeps(bodies[orders[0].id], orders[0].order_line)
        self.assertTells(bodies[orders[1].id], orders[1].order_line)

    def test_other_templates_stay(self):
        self._use(self.discreet)
        order = self.secret_order(state="sale")
        for name, act in self._ways(order, self.discreet):
            with self.subTest(way=name):
                sent = self._sent_while(act)
                self.assertIn("como siempre", sent)
                self.assertKeeps(sent, order.order_line)

    def test_core_templates(self):
        order = self.secret_order(state="sale")
        for name in (
            "email_template_edi_sale",
            "email_template_proforma",
            "mail_template_sale_confirmation",
            "mail_template_sale_payment_executed",
        ):
            template = self.env.ref(f"sale.{name}")
            with self.subTest(name):
                sent = self._sent_while(
                    lambda template=template: order._send_order_notification_mail(
                        template
                    )
                )
                self.assertKeeps(sent, order.order_line)

    def test_subject(self):
        self.telling.subject = "{{ object.order_line[-1:].price_unit }}"
        orders = self.secret_order() + self.secret_order("detailed")
        subjects = self.telling._render_field("subject", orders.ids)
        self.assertEqual(subjects[orders[0].id], orders[0].display_name)
        self.assertEqual(subjects[orders[1].id], "817.19")

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        order = self.secret_order()
        [body] = self.telling._render_field(
            "body_html", order.ids, compute_lang=True
        ).values()
        self.assertIn("€" if order.currency_id.name == "EUR" else "$", body)
        self.assertIn(order.name, body)


class TestQuoteSecrecyDocuments(SecrecyCase):
    """What the renderer makes, whoever asks for it."""

    def rendered(self, order, report="sale.report_saleorder"):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, order.ids
        )
        return content.decode()

    def rows(self, order):
        """Return the rows of the table of lines, as their words."""
        page = html.fromstring(self.rendered(order))
        return [
            " ".join(row.text_content().split())
            for row in page.xpath("//tbody[hasclass('sale_tbody')]/tr")
        ]

    def section(self, name, kind="line_section", **values):
        return Command.create({"display_type": kind, "name": name, **values})

    def line(self, index):
        product = self.products[index]
        return Command.create({"product_id": product.id, "product_uom_qty": 2})

    def detailed(self, *lines):
        order = self.secret_order("detailed", "draft", order_line=list(lines))
        # As if put there by hand, one below the other
        for sequence, line in enumerate(order.order_line.sorted("id")):
            line.sequence = sequence
        self.env.invalidate_all()
        return order

    def test_a_hidden_subsection_hides_no_other(self):
        order = self.detailed(
            self.section("Agua"),
            self.section("Tubos", "line_subsection"),
            self.line(0),
            self.section("Grifos", "line_subsection"),
            self.line(1),
        )
        hidden, shown = order.order_line.filtered("product_id")
        order.order_line.filtered(lambda x: x.name == "Tubos").collapse_prices = True
        text = " ".join(self.rows(order))
        self.assertNotIn(f"{hidden.price_unit:,.2f}", text)
        self.assertIn(f"{shown.price_unit:,.2f}", text)

    def test_a_summed_subsection_below_a_section_without_prices(self):
        order = self.detailed(
            self.section("Agua"),
            self.section("Tubos", "line_subsection"),
            self.line(0),
            self.line(2),
            self.section("Grifos", "line_subsection"),
            self.line(1),
        )
        named = {line.name: line for line in order.order_line}
        named["Agua"].collapse_prices = True
        named["Tubos"].collapse_composition = True
        self.env.invalidate_all()
        [row] = [row for row in self.rows(order) if "Tubos" in row]
        self.assertNotRegex(row.replace("1.00", ""), r"\d+\.\d\d")
        named["Agua"].collapse_prices = False
        [row] = [row for row in self.rows(order) if "Tubos" in row]
        self.assertIn(
            f"{sum(order.order_line[2:4].mapped('price_subtotal')):,.2f}", row
        )

    def test_a_subsection_without_a_section(self):
        order = self.detailed(
            self.section("Tubos", "line_subsection"), self.line(0), self.line(1)
        )
        order.order_line[0].collapse_prices = True
        self.assertKeeps(" ".join(self.rows(order)), order.order_line[1:])

    def test_pdf_has_no_file_in_it(self):
        for presentation in ("grouped", "detailed"):
            order = self.secret_order(presentation)
            report = self.env["ir.actions.report"].with_context(
                force_report_rendering=True
            )
            content, kind = report._render_qweb_pdf(
                "sale.action_report_saleorder", order.ids
            )
            self.assertEqual(kind, "pdf")
            files = list(OdooPdfFileReader(io.BytesIO(content)).getAttachments())
            self.assertEqual(bool(files), presentation == "detailed")

    def test_pro_forma(self):
        order = self.secret_order("summary")
        text = self.rendered(order, "sale.report_saleorder_pro_forma")
        self.assertKeeps(text, order.order_line)
        self.assertNames(text, order.order_line, named=False)

    def test_quote_builder_forms(self):
        """No path of a form leads to the number of a line, as core's do."""
        Form = self.env["sale.pdf.form.field"]
        report = self.env["ir.actions.report"]
        hiding, showing = self.secret_order(), self.secret_order("detailed")

        def value(order, path, of_line):
            line = order.order_line.filtered("product_id")[0] if of_line else None
            form = Form.new({"path": path})
            return report._get_value_from_path(form, order, line)

        for path, of_line, is_secret in (
            ("price_unit", True, True),
            ("price_subtotal", True, True),
            ("discount", True, True),
            ("product_id.list_price", True, True),
            ("order_id.order_line.price_total", True, True),
            ("order_line.price_unit", False, True),
            ("amount_undiscounted", False, True),
            ("amount_total", False, False),
            ("order_id.amount_total", True, False),
            ("partner_id.name", False, False),
            ("name", True, False),
        ):
            with self.subTest(path):
                self.assertTrue(value(showing, path, of_line))
                self.assertEqual(not value(hiding, path, of_line), is_secret)

    def test_staff_print_what_the_customer_sees(self):
        order = self.secret_order().with_user(self.salesman)
        self.assertKeeps(self.rendered(order), order.order_line)

    def test_only_staff_arrange(self):
        order = self.secret_order().with_user(self.portal_user)
        with self.assertRaises(AccessError):
            order.action_group_lines()
