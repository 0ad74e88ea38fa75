from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    confidential_type_ids = fields.Many2many(
        "helpdesk.ticket.type",
        "helpdesk_ticket_type_res_users_rel",
        "res_users_id",
        "helpdesk_ticket_type_id",
        string="Confidential Requests Handled",
        readonly=True,
        help="Set on the request types, under Handlers.",
    )
