from odoo import api, fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    quote_order_id = fields.Many2one(
        "sale.order",
        "Visit for Quotation",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events.sudo().quote_order_id._close_visit_tasks()
        return events
