from odoo import api, fields, models

from .delivery_order import KEPT


class CustomerJourney(models.Model):
    """The deliveries of a journey, summed up: the last one completes (D1, D2)."""

    _name = "customer.journey"
    _inherit = ["customer.journey"]

    delivery_planned_date = fields.Datetime(
        "Next Delivery Planned For",
        compute="_compute_delivery_dates",
        compute_sudo=True,
    )
    delivery_start_date = fields.Datetime(
        "Delivery Started", compute="_compute_delivery_dates", compute_sudo=True
    )
    delivery_completion_date = fields.Datetime(
        "Last Delivery Completed",
        compute="_compute_delivery_dates",
        compute_sudo=True,
    )
    delivery_accepted_date = fields.Datetime(
        "Last Delivery Accepted", compute="_compute_delivery_dates", compute_sudo=True
    )
    promise_kept = fields.Selection(
        KEPT, "Last Promise", compute="_compute_delivery_dates", compute_sudo=True
    )
    first_promise_kept = fields.Selection(
        KEPT, "First Promise", compute="_compute_delivery_dates", compute_sudo=True
    )
    incident_ids = fields.One2many("customer.incident", "journey_id", "Incidents")
    incident_count = fields.Integer("Problems", compute="_compute_incident_count")

    @api.depends(
        "order_ids.state",
        "order_ids.delivery_planned_date",
        "order_ids.delivery_start_date",
        "order_ids.delivery_completion_date",
        "order_ids.delivery_accepted_date",
        "order_ids.promise_kept",
        "order_ids.first_promise_kept",
    )
    def _compute_delivery_dates(self):
        found = self._search_documents("sale.order", self)
        orders = found.filtered(lambda order: order.state == "sale")
        by_journey = orders.grouped("journey_id")
        for journey in self:
            orders = by_journey.get(journey, found.browse())
            journey.delivery_planned_date = orders.filtered(
                lambda order: not order.delivery_completion_date
            )._first_date("delivery_planned_date")
            journey.delivery_start_date = orders._first_date("delivery_start_date")
            for name in ("delivery_completion_date", "delivery_accepted_date"):
                journey[name] = orders._last_date(name)
            for name in ("promise_kept", "first_promise_kept"):
                kept = orders.mapped(name)
                journey[name] = next(
                    (v for v in ("missed", "kept") if v in kept), False
                )

    @api.depends("incident_ids")
    def _compute_incident_count(self):
        counts = dict(
            self.env["customer.incident"]._read_group(
                [("journey_id", "in", self.ids)], ["journey_id"], ["__count"]
            )
        )
        for journey in self:
            journey.incident_count = counts.get(journey, 0)

    def action_view_incidents(self):
        """Open the problems that came up on the way."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_incident_action"
        )
        action["domain"] = [("journey_id", "=", self.id)]
        action["context"] = {"create": False}
        return action
