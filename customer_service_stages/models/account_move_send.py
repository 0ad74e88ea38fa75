from odoo import api, models

#: Where the sending keeps a PDF that has just been rendered.
_DOCUMENTS = ("pdf_attachment_values", "proforma_pdf_attachment_values")


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        """Keep hidden prices out of a PDF that is no e-invoice (Q3).

        `account_edi_ubl_cii` puts a file with every line into every PDF. Where the
        customer has a format of e-invoices, the law asks for all of it.
        """
        documents = [invoice_data[key] for key in _DOCUMENTS if invoice_data.get(key)]
        plain = [document["raw"] for document in documents]
        result = super()._hook_invoice_document_after_pdf_report_render(
            invoice, invoice_data
        )
        if invoice.hides_prices and not invoice_data.get("invoice_edi_format"):
            for document, raw in zip(documents, plain, strict=True):
                document["raw"] = raw
        return result
