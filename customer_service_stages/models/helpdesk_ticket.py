from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "customer.journey.mixin"]

    _journey_fields = (
        "active",
        "company_id",
        "partner_id",
        "sale_order_ids",
        "stage_id",
        "team_id",
        "user_id",
    )

    date_last_stage_update = fields.Datetime(
        string="In This Stage Since",
        compute="_compute_date_last_stage_update",
        store=True,
    )

    @api.depends("stage_id")
    def _compute_date_last_stage_update(self):
        self.date_last_stage_update = fields.Datetime.now()

    def _get_rotting_depends_fields(self):
        return super()._get_rotting_depends_fields() + ["stage_id.closed"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("stage_id.closed", "=", False)

    def _journey_link_fields(self):
        return ["sale_order_ids.journey_id"]

    def _journey_linked(self):
        """Return the journey of an order that the ticket is about."""
        orders = self.sale_order_ids.filtered(
            lambda order: order.company_id == self.company_id
        )
        journeys = orders.journey_id
        return self.journey_id if self.journey_id in journeys else journeys[:1]

    def _journey_status(self):
        if not self.active:
            return "archived"
        if not self.stage_id.closed:
            return "open"
        return "closed" if self.stage_id.journey_stage_id else "cancelled"
