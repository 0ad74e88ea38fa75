from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.confirmation_steps import SETTLED
from ..tools.journey_moves import ORDER_STAGE


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "customer.journey.mixin",
        "customer.confirmation.mixin",
    ]

    _journey_fields = (
        "company_id",
        "delivery_completion_date",
        "delivery_start_date",
        "opportunity_id",
        "partner_id",
        "state",
    )
    _journey_opening_event = "quoted"
    _confirmation_field = "order_id"
    _confirmation_kind = "delivery"
    _confirmation_templates = {
        "request": "customer_service_stages.mail_template_delivery_completed",
        "reminder": "customer_service_stages.mail_template_delivery_reminder",
    }

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

    confirmation_ids = fields.One2many(
        "customer.confirmation",
        "order_id",
        "Confirmations",
        readonly=True,
        groups="base.group_user",
    )
    delivery_summary = fields.Text(
        string="What Was Delivered",
        copy=False,
        help="What the customer reads when asked to confirm the delivery.",
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

    # The customer's confirmation of the delivery

    def _confirmation_summary(self):
        return self.delivery_summary

    def _confirmation_is_due(self):
        return (
            self.company_id.confirmation_ask_on_delivery
            and self._journey_status() == "delivered"
            and self.confirmation_state not in SETTLED
        )

    def _confirmation_stands(self):
        """Return whether a question about the delivery may wait for its answer."""
        return self._journey_status() == "delivered"

    def _check_askable(self):
        result = super()._check_askable()
        for order in self:
            if order._journey_status() != "delivered":
                raise UserError(
                    self.env._(
                        "The delivery of %s is not complete. Complete it before you "
                        "ask the customer to confirm it.",
                        order.display_name,
                    )
                )
        return result

    def _confirmation_accept(self):
        """Keep the signed confirmation with the order and its journey (D4)."""
        for order in self.filtered(lambda o: o.confirmation_state == "accepted"):
            order.confirmation_id._keep_signed_copy()

    def _confirmation_refuse(self, reason):
        """A delivery that its customer refuses is not complete (D4)."""
        self.action_reopen_delivery()
        self._task_for_owner(self.env._("The customer refused the delivery"), reason)

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        self.sudo().confirmation_id._note_bounce(email)
        return result

    # The journey

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
