from odoo import models


class CustomerAboutMixin(models.AbstractModel):
    """Records that are about one document each, of one kind or another."""

    _name = "customer.about.mixin"
    _description = "Record About One Document"
    _inherit = ["customer.own.mixin"]

    def action_open_document(self):
        """Open the document that the record is about."""
        self.ensure_one()
        document = self._document()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    def _document(self):
        """Return the document that one record is about."""
        for field_name in self._own_document_fields:
            if document := self[field_name]:
                break
        return document

    def _documents(self):
        """Return the recordsets of the records' documents, one for each kind."""
        return [
            documents
            for field_name in self._own_document_fields
            if (documents := self[field_name])
        ]
