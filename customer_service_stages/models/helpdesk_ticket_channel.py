from odoo import fields, models


class HelpdeskTicketChannel(models.Model):
    """How requests arrive: few channels, each with its use and its cost (T2)."""

    _inherit = "helpdesk.ticket.channel"
    acknowledge = fields.Boolean(
        help="Requests that arrive this way are acknowledged by e-mail at once."
    )
    is_public = fields.Boolean(
        string="Show to Customers", help="Listed on the public page of services."
    )
    address = fields.Char(
        translate=True,
        help="The number to call, the address to write to, the place to go.",
    )
    use = fields.Text(
        translate=True, help="What this channel is good for, in the customer's words."
    )
    expected_time = fields.Char(
        translate=True,
        help="How soon one gets an answer this way, in the customer's words.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", export_string_translation=False
    )
    cost = fields.Monetary(
        string="Cost per Contact",
        groups="helpdesk_mgmt.group_helpdesk_manager",
        help="What one contact by this channel costs the company.",
    )

    def _compute_currency_id(self):
        for channel in self:
            company = channel.company_id or self.env.company
            channel.currency_id = company.currency_id
