from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.journey_moves import ORDER_STAGE


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "customer.journey.mixin"]

    _journey_fields = (
        "company_id",
        "delivery_completion_date",
        "delivery_start_date",
        "opportunity_id",
        "partner_id",
        "state",
    )
    _journey_opening_event = "quoted"

    delivery_start_date = fields.Datetime(
        string="Delivery Started",
        copy=False,
        readonly=True,
        help="When the work for the customer, or the delivery of the goods, began.",
    )
    delivery_completion_date = fields.Datetime(
        string="Delivery Completed",
        copy=False,
        readonly=True,
        help="When everything that this order promised had been delivered.",
    )

    @api.constrains("delivery_start_date", "delivery_completion_date")
    def _check_delivery_dates(self):
        for order in self:
            start, completion = (
                order.delivery_start_date,
                order.delivery_completion_date,
            )
            if completion and (not start or completion < start):
                raise ValidationError(
                    self.env._(
                        "The delivery of %(order)s cannot be completed before it has "
                        "started. Correct the earlier date first.",
                        order=order.display_name,
                    )
                )

    def action_start_delivery(self):
        """Note that the delivery of confirmed orders begins now (D1).

        Orders whose delivery has begun are left as they are.

        :raises UserError: for an order that is not confirmed.
        """
        self._check_deliverable()
        starting = self.filtered(lambda order: not order.delivery_start_date)
        starting.write({"delivery_start_date": fields.Datetime.now()})

    def action_complete_delivery(self):
        """Note that the delivery of confirmed orders is complete now (D1).

        One that nobody started starts now. Completed ones are left as they are.

        :raises UserError: for an order that is not confirmed.
        """
        self.action_start_delivery()
        completing = self.filtered(lambda order: not order.delivery_completion_date)
        completing.write({"delivery_completion_date": fields.Datetime.now()})

    def action_reopen_delivery(self):
        """Note that the delivery turned out not to be complete (D1)."""
        self._check_deliverable()
        self.write({"delivery_completion_date": False})

    def _check_deliverable(self):
        for order in self:
            if order.state != "sale":
                raise UserError(
                    self.env._(
                        "%(order)s is not confirmed, so there is nothing to deliver "
                        "yet. Confirm it first.",
                        order=order.display_name,
                    )
                )

    def _journey_name(self):
        return " ".join(filter(None, [self.name, self.client_order_ref]))

    def _journey_link_fields(self):
        return ["opportunity_id.journey_id", "ticket_ids"]

    def _journey_linked(self):
        """Return the journey of the opportunity, or of the ticket it was made from."""
        if self.opportunity_id.journey_id:
            return self.opportunity_id.journey_id
        if self._origin.journey_id:
            return self.env["customer.journey"]
        tickets = self.ticket_ids.filtered(
            lambda ticket: ticket.company_id == self.company_id
        )
        return tickets.journey_id[:1]

    def _journey_is_need(self):
        """Return whether somebody asks: an anonymous visitor's cart is no need yet."""
        return self.partner_id.active

    def _journey_pipeline_stage(self):
        """Return nothing: an order moves its journey by its state and delivery."""
        return self.env["crm.stage"]

    def _journey_position(self):
        """Return the stage by the order's status; the last delivery is what counts."""
        status = self._journey_status()
        if status == "delivered" and any(
            order.state == "sale" and not order.delivery_completion_date
            for order in self.journey_id.order_ids
        ):
            status = "delivering"
        return ORDER_STAGE.get(status)

    def _journey_status(self):
        if self.state != "sale":
            return "cancelled" if self.state == "cancel" else self.state
        if self.delivery_completion_date:
            return "delivered"
        return "delivering" if self.delivery_start_date else "sale"
