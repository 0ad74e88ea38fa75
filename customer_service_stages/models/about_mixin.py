from odoo import api, fields, models


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


class CustomerAboutAnyMixin(models.AbstractModel):
    """Records about one opportunity, order or ticket, and thus about its customer."""

    _name = "customer.about.any.mixin"
    _description = "Record About an Opportunity, an Order or a Ticket"
    _inherit = ["customer.about.mixin"]
    _own_document_fields = ("order_id", "ticket_id", "lead_id")

    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    document_name = fields.Char("About", compute="_compute_document_name")
    journey_id = fields.Many2one(
        "customer.journey",
        compute="_compute_journey_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Commercial Entity",
        store=True,
        precompute=True,
        index="btree_not_null",
    )

    @api.depends(
        "order_id.display_name", "ticket_id.display_name", "lead_id.display_name"
    )
    def _compute_document_name(self):
        for record in self:
            record.document_name = record._document().display_name

    @api.depends("lead_id.journey_id", "order_id.journey_id", "ticket_id.journey_id")
    def _compute_journey_id(self):
        for record in self:
            record.journey_id = record._document().journey_id
