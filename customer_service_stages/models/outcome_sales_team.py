from odoo import fields, models


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team"]

    service_context_id = fields.Many2one(
        "customer.service.context",
        ondelete="restrict",
        check_company=True,
        help="What matters most in the services that this team sells. Empty: as the "
        "company has set.",
    )
