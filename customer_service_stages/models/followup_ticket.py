from odoo import fields, models


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket"]

    followup_ids = fields.One2many(
        "customer.followup",
        "ticket_id",
        "Follow-ups",
        readonly=True,
        groups="base.group_user",
    )

    # Whether a customer waits for a solution is looked up before asking how it went
    _commercial_partner_idx = models.Index("(commercial_partner_id)")
