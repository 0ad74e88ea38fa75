from odoo import api, fields, models


class CustomerConfirmationRequest(models.TransientModel):
    """Write what was done, as the customer reads it, and ask (T4, D4)."""

    _name = "customer.confirmation.request"
    _description = "Ask the Customer to Confirm"

    ticket_ids = fields.Many2many("helpdesk.ticket", readonly=True)
    order_ids = fields.Many2many("sale.order", readonly=True)
    count = fields.Integer(compute="_compute_addressees")
    addressees = fields.Char(compute="_compute_addressees")
    unreachable = fields.Char(
        compute="_compute_addressees",
        help="Customers without an e-mail address: somebody has to call them.",
    )
    summary = fields.Text(
        string="What Was Done",
        compute="_compute_summary",
        store=True,
        readonly=False,
        help="The customer reads this. With several requests at once it goes to those "
        "that say nothing of their own.",
    )

    @api.depends("ticket_ids", "order_ids")
    def _compute_addressees(self):
        for wizard in self:
            documents = wizard._documents()
            contacts = [document._confirmation_contact() for document in documents]
            wizard.count = len(documents)
            wizard.addressees = ", ".join(
                dict.fromkeys(email for _partner, email in contacts if email)
            )
            wizard.unreachable = ", ".join(
                dict.fromkeys(partner.name for partner, email in contacts if not email)
            )

    @api.depends("ticket_ids", "order_ids")
    def _compute_summary(self):
        for wizard in self:
            documents = wizard._documents()
            wizard.summary = (
                documents[wizard._summary_field()] if len(documents) == 1 else False
            )

    def action_request(self):
        """Keep what was written on the documents, and ask."""
        self.ensure_one()
        documents = self._documents()
        name = self._summary_field()
        if len(documents) > 1:
            documents.filtered(lambda document: not document[name])[name] = self.summary
        else:
            documents[name] = self.summary
        documents.action_request_confirmation()
        return {"type": "ir.actions.act_window_close"}

    def _documents(self):
        return self.ticket_ids or self.order_ids

    def _summary_field(self):
        """Return the field of the documents that keeps what was done."""
        return "resolution_summary" if self.ticket_ids else "delivery_summary"
