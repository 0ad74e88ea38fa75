"""Invoices show what the quote showed, unless the company shows all (Q3)."""

import json
from contextlib import contextmanager
from io import BytesIO
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import config, mute_logger
from odoo.tools.pdf import OdooPdfFileReader, PdfFileWriter

from .quote_secrets import SecrecyCase


class InvoiceCase(SecrecyCase):
    def printed(self, invoice):
        """Return the invoice as it is printed."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", invoice.ids
        )
        return content.decode()

    def rows(self, invoice):
        """Return the words of each row of the invoice, without what phones see."""
        page = html.fromstring(self.printed(invoice))
        return [
            " ".join(
                " ".join(cell.text_content().split())
                for cell in row.xpath("./td[not(hasclass('d-md-none'))]")
            ).strip()
            for row in page.xpath("//tbody[hasclass('invoice_tbody')]/tr")
        ]

    def products_of(self, invoice):
        return invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def assertHides(self, invoice, presentation="grouped"):
        self.assertTrue(invoice.hides_prices)
        text = self.printed(invoice)
        self.assertKeeps(text, self.products_of(invoice))
        self.assertNames(text, self.products_of(invoice), presentation == "grouped")

    def assertShows(self, invoice):
        self.assertFalse(invoice.hides_prices)
        self.assertTells(self.printed(invoice), self.products_of(invoice))


class TestQuoteInvoices(InvoiceCase):
    def test_what_the_quote_showed(self):
        for presentation in ("grouped", "summary", "detailed"):
            with self.subTest(presentation):
                order = self.secret_order(presentation, "sale")
                invoice = self.invoice(order)
                self.assertEqual(invoice.amount_total, order.amount_total)
                if presentation == "detailed":
                    self.assertShows(invoice)
                else:
                    self.assertHides(invoice, presentation)
                    [group] = order._quote_groups()
                    [row] = [r for r in self.rows(invoice) if group.name in r]
                    self.assertIn(f"{group.amount:,.2f}", row)

    def test_all_of_it_where_the_law_asks(self):
        self.company.quote_invoice_follows = False
        invoice = self.invoice(self.secret_order("summary", "sale"))
        self.assertShows(invoice)
        lines = invoice.with_user(self.portal_user).invoice_line_ids
        self.assertTells(str(lines.read(["price_unit"])), self.products_of(invoice))

    def test_a_change_of_the_setting_is_for_later_invoices(self):
        order = self.secret_order("grouped", "sale")
        order.order_line.product_uom_qty = 0
        before = order.order_line.filtered("product_id")[:2]
        before.product_uom_qty = 2
        first = self.invoice(order)
        self.company.quote_invoice_follows = False
        (order.order_line.filtered("product_id") - before).product_uom_qty = 3
        second = self.invoice(order)
        self.assertHides(first)
        self.assertShows(second)

    def test_each_company_for_itself(self):
        other = self.env["res.company"].create(
            {"name": "Fontanería del Sur", "quote_invoice_follows": False}
        )
        self.env["account.chart.template"].try_loading(
            "generic_coa", other, install_demo=False
        )
        self.env.user.company_ids += other
        order = self.secret_order("grouped", "draft")
        theirs = self.secret_order(
            "grouped", "draft", company_id=other.id, user_id=False
        )
        invoices = self.env["account.move"]
        for one in (order, theirs):
            one.action_confirm()
            invoices += self.invoice(one)
        self.assertEqual(invoices.company_id, order.company_id + other)
        self.assertEqual(invoices.mapped("hides_prices"), [True, False])
        self.assertHides(invoices[0])
        self.assertShows(invoices[1])

    def test_a_part_of_the_order(self):
        order = self.secret_order("grouped", "draft")
        self.products.invoice_policy = "delivery"
        order.action_confirm()
        delivered = order.order_line.filtered("product_id")[:2]
        delivered.qty_delivered = 1
        invoice = self.invoice(order)
        self.assertEqual(len(self.products_of(invoice)), 2)
        self.assertHides(invoice)
        # The numbers of the order's lines are secrets as well
        self.assertKeeps(self.printed(invoice), delivered)

    def _down_payment(self, order):
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        wizard.create_invoices()
        invoice = order.invoice_ids
        invoice.action_post()
        return invoice

    def test_down_payment_and_final_invoice(self):
        self.company.extra_approval_required = False
        order = self.secret_order("summary", "sale")
        secret = order.order_line
        first = self._down_payment(order)
        self.assertTrue(first.hides_prices)
        self.assertKeeps(self.printed(first), secret)
        # Below the down payments, where core would put it
        extra = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.product.id,
                "price_unit": 611.83,
                "tax_ids": False,
            }
        )
        extra.qty_delivered = 1
        last = order._create_invoices(final=True)
        last.action_post()
        self.assertEqual(len(self.products_of(last)), 6)
        text = self.printed(last)
        self.assertKeeps(text, secret + extra)
        self.assertAlmostEqual(
            first.amount_total + last.amount_total, order.amount_total, 2
        )
        [row] = [row for row in self.rows(last) if row.startswith("Down Payment (")]
        self.assertIn(f"{first.amount_untaxed:,.2f}", row)

    def test_credit_note(self):
        invoice = self.invoice(self.secret_order("grouped", "sale"))
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        self.assertHides(wizard.new_move_ids)

    def test_lines_that_were_never_in_groups(self):
        """Nothing is hidden above the first section, so there nothing may stand."""
        order = self.secret_order("grouped", "draft")
        order.with_context(no_groups=True).state = "sale"
        self.assertFalse(order.quote_section_ids)
        self.assertHides(self.invoice(order))

    def test_sections_that_somebody_opened_by_hand(self):
        """What the quote's presentation hides stays hidden on the invoice."""
        order = self.secret_order("summary", "sale")
        order.quote_section_ids.write(
            {"collapse_prices": False, "collapse_composition": False}
        )
        self.assertHides(self.invoice(order), "summary")

    def test_optional_lines_that_were_chosen(self):
        """Customers saw what they chose from."""
        order = self.secret_order("grouped", "draft")
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "display_type": "line_section",
                            "name": "A su gusto",
                            "is_optional": True,
                            "sequence": 98,
                        }
                    ),
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 3,
                            "price_unit": 611.83,
                            "sequence": 99,
                        }
                    ),
                ]
            }
        )
        option = order.order_line.filtered(lambda x: x.product_id == self.product)
        self.product.invoice_policy = "order"
        order.action_confirm()
        invoice = self.invoice(order)
        text = self.printed(invoice)
        hidden = self.products_of(invoice).filtered(
            lambda line: line.product_id in self.products
        )
        self.assertKeeps(text, hidden)
        self.assertTells(text, option)

    def test_combos(self):
        """A combo is a section of the invoice: what follows it stays hidden too."""
        combos = self.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "combo_item_ids": [Command.create({"product_id": product.id})],
                }
                for product in self.products[:2]
            ]
        )
        kit = self.env["product.product"].create(
            {
                "name": "Baño completo",
                "type": "combo",
                "list_price": 2903.41,
                "combo_ids": [Command.set(combos.ids)],
            }
        )
        order = self.secret_order("grouped", "draft")
        combo = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": kit.id, "sequence": 1}
        )
        self.env["sale.order.line"].create(
            [
                {
                    "order_id": order.id,
                    "product_id": item.product_id.id,
                    "combo_item_id": item.id,
                    "linked_line_id": combo.id,
                    "sequence": 2,
                }
                for item in combos.combo_item_ids
            ]
        )
        order.action_confirm()
        invoice = self.invoice(order)
        self.assertEqual(len(self.products_of(invoice)), 6)
        self.assertKeeps(self.printed(invoice), self.products_of(invoice))

    def test_subsections_and_taxes(self):
        """A hidden section has one price, whatever its taxes and subsections."""
        other_tax = self.env["account.tax"].create({"name": "IVA 10%", "amount": 10})
        lines = [
            {"display_type": "line_section", "name": "Agua"},
            {"display_type": "line_subsection", "name": "Tubos"},
            {"product_id": self.products[0].id},
            {"product_id": self.products[1].id, "tax_ids": other_tax.ids},
            {"display_type": "line_subsection", "name": "Grifos"},
            {"product_id": self.products[2].id},
            {"product_id": self.products[3].id, "tax_ids": other_tax.ids},
        ]
        for presentation in ("grouped", "summary"):
            order = self.secret_order(
                presentation,
                "draft",
                order_line=[
                    Command.create({**line, "sequence": sequence})
                    for sequence, line in enumerate(lines)
                ],
            )
            order.action_confirm()
            invoice = self.invoice(order)
            rows = self.rows(invoice)
            [section] = [row for row in rows if row.startswith("Agua")]
            self.assertIn(f"{invoice.amount_untaxed:,.2f}", section)
            for tax in self.tax + other_tax:
                self.assertIn(tax.name, section)
            tubes = [row for row in rows if row.startswith("Tubos")]
            self.assertEqual(tubes, ["Tubos"] if presentation == "grouped" else [])
            self.assertHides(invoice, presentation)

    def test_sections_of_an_invoice_made_by_hand(self):
        """Whatever is hidden on paper is hidden from whom the paper is for."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create({"display_type": "line_section", "name": "Agua"}),
                    Command.create(
                        {"product_id": self.products[0].id, "price_unit": 1234.57}
                    ),
                    Command.create(
                        {"product_id": self.products[1].id, "price_unit": 2345.61}
                    ),
                ],
            }
        )
        self.assertFalse(invoice.hides_prices)
        invoice.invoice_line_ids[0].collapse_prices = True
        invoice.action_post()
        self.assertHides(invoice)
        self.env.invalidate_all()
        self.assertFalse(invoice.with_user(self.portal_user).invoice_line_ids)

    def test_staff_work_as_before(self):
        order = self.secret_order("grouped", "sale").with_user(self.everyone)
        invoice = order._create_invoices()
        self.assertEqual(len(self.products_of(invoice.sudo())), 4)
        with Form(invoice.sudo()) as form:
            form.invoice_line_ids.edit(1)
        self.assertTells(
            str(self.products_of(invoice.sudo()).read(["price_unit"])),
            self.products_of(invoice.sudo()),
        )

    def test_mail(self):
        """A mail with every line gives way here as well."""
        template = self.env.ref("account.email_template_edi_invoice")
        template.body_html = (
            '<t t-foreach="object.invoice_line_ids" t-as="line">'
            '<p t-out="line.price_unit"/></t>'
        )
        for presentation in ("grouped", "detailed"):
            invoice = self.invoice(self.secret_order(presentation, "sale"))
            [body] = template._render_field("body_html", invoice.ids).values()
            if presentation == "grouped":
                self.assertKeeps(body, self.products_of(invoice))
                self.assertIn(invoice.name, body)
            else:
                self.assertTells(body, self.products_of(invoice))


class TestQuoteInvoiceFiles(InvoiceCase):
    """Files for programs: none that nobody asks for, all of what the law does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.customer.country_id = cls.env.ref("base.be")
        cls.company.vat = "BE0246697724"

    @contextmanager
    def _pdfs(self):
        """Let PDFs be made, all from the same blank page."""
        with (
            patch.dict(config.options, {"test_enable": False}),
            patch.object(
                type(self.env["ir.actions.report"]),
                "_pre_render_qweb_pdf",
                lambda report, ref, res_ids=None, data=None: (
                    {i: {"stream": _blank(), "attachment": None} for i in res_ids},
                    "pdf",
                ),
            ),
        ):
            yield

    def sent_pdf(self, presentation, edi_format):
        self.customer.invoice_edi_format = edi_format
        invoice = self.invoice(self.secret_order(presentation, "sale"))
        with self._pdfs():
            self.env["account.move.send"]._generate_and_send_invoices(
                invoice, sending_methods=[], invoice_edi_format=edi_format
            )
        self.assertTrue(invoice.invoice_pdf_report_id)
        return invoice

    def test_no_file_in_the_pdf(self):
        hiding = self.sent_pdf("grouped", False)
        showing = self.sent_pdf("detailed", False)
        self.assertFalse(self.files_in(hiding))
        [(name, content)] = self.files_in(showing)
        self.assertEqual(name, "factur-x.xml")
        self.assertTells(content, self.products_of(showing))

    def files_in(self, invoice):
        pdf = OdooPdfFileReader(BytesIO(invoice.invoice_pdf_report_id.raw))
        return list(pdf.getAttachments())

    def test_the_legal_invoice_is_complete(self):
        invoice = self.sent_pdf("grouped", "ubl_bis3")
        self.assertTells(invoice.ubl_cii_xml_id.raw, self.products_of(invoice))

    def test_staff_export_it(self):
        invoice = self.invoice(self.secret_order("grouped", "sale"))
        self.customer.invoice_edi_format = "ubl_bis3"
        document = invoice._get_invoice_legal_documents("ubl", allow_fallback=True)
        self.assertTells(document["content"], self.products_of(invoice))
        for user in (self.portal_user, self.env.ref("base.public_user")):
            theirs = invoice.with_user(user).sudo()
            self.assertFalse(
                theirs._get_invoice_legal_documents("ubl", allow_fallback=True)
            )


@tagged("post_install", "-at_install")
class TestQuoteInvoicePages(InvoiceCase, HttpCase):
    def test_portal_page(self):
        for presentation in ("grouped", "summary", "detailed"):
            invoice = self.invoice(self.secret_order(presentation, "sale"))
            lines = self.products_of(invoice)
            for login in (None, "carmen_curious"):
                self.authenticate(login, login)
                for query in ("", "&report_type=html", "&report_type=pdf"):
                    link = invoice.get_portal_url(query_string=query)
                    response = self.url_open(link, timeout=60)
                    self.assertEqual(response.status_code, 200)
                    page = response.content.decode()
                    with self.subTest(presentation, login=login, query=query):
                        if query and presentation == "detailed":
                            self.assertTells(page, lines)
                        elif presentation != "detailed":
                            self.assertKeeps(page, lines)
                            self.assertIn(f"{invoice.amount_total:,.2f}", page)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_qweb")
    def test_files_by_link(self):
        self.customer.invoice_edi_format = "ubl_bis3"
        invoice = self.invoice(self.secret_order("grouped", "sale"))
        self.authenticate("carmen_curious", "carmen_curious")
        for link in (
            f"/account/download_invoice_documents/{invoice.id}/ubl",
            f"/account/download_invoice_documents/{invoice.id}/all",
            f"/account/download_invoice_documents/{invoice.id}/pdf",
            f"/account/download_move_attachments/{invoice.id}",
        ):
            with self.subTest(link):
                response = self.url_open(link, timeout=60)
                self.assertKeeps(response.content, self.products_of(invoice))

    def test_reports_by_name(self):
        self.authenticate("carmen_curious", "carmen_curious")
        for presentation in ("grouped", "detailed"):
            invoice = self.invoice(self.secret_order(presentation, "sale"))
            for report in (
                "html/account.report_invoice",
                "pdf/account.report_invoice_with_payments",
                "text/account.report_invoice",
            ):
                with self.subTest(presentation, report=report):
                    response = self.url_open(f"/report/{report}/{invoice.id}")
                    self.assertEqual(response.status_code, 200)
                    check = self.assertKeeps
                    if presentation == "detailed":
                        check = self.assertTells
                    check(response.content, self.products_of(invoice))

    def test_lists_and_payment(self):
        invoice = self.invoice(self.secret_order("grouped", "sale"))
        lines = self.products_of(invoice)
        self.authenticate("carmen_curious", "carmen_curious")
        response = self.url_open("/my/invoices")
        self.assertIn(invoice.name, response.text)
        self.assertKeeps(response.text, lines)
        wizard = self.env["payment.link.wizard"].with_context(
            active_model="account.move", active_id=invoice.id
        )
        response = self.url_open(wizard.create({}).link)
        self.assertEqual(response.status_code, 200)
        self.assertKeeps(response.text, lines)

    def test_chatter(self):
        invoice = self.invoice(self.secret_order("grouped", "sale"))
        fetched = self.make_jsonrpc_request(
            "/mail/chatter_fetch",
            {
                "thread_model": "account.move",
                "thread_id": invoice.id,
                "token": invoice._portal_ensure_token(),
            },
        )
        self.assertKeeps(json.dumps(fetched), self.products_of(invoice))

    def test_lines_are_not_read(self):
        invoice = self.invoice(self.secret_order("grouped", "sale"))
        lines = self.products_of(invoice).with_user(self.portal_user)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            lines.read(["price_unit"])


def _blank():
    """Return a PDF of one blank page, in memory."""
    writer, page = PdfFileWriter(), BytesIO()
    writer.addBlankPage(100, 100)
    writer.write(page)
    return page
