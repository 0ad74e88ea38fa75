from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.confirmation_steps import SETTLED
from ..tools.journey_moves import ORDER_STAGE
from ..tools.sla_steps import Stand
from ..tools.work_clock import AROUND_THE_CLOCK
from .sla_mixin import FIRM


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "customer.sla.mixin",
        "customer.confirmation.mixin",
    ]
    _sla_traits = {
        "sales_team": "team_id",
        "sales_tag": "tag_ids",
        "journey_stage": "journey_stage_id",
    }
    _sla_own_fields = ("commitment_date",)

    _journey_fields = (
        "company_id",
        "delivery_completion_date",
        "delivery_start_date",
        "opportunity_id",
        "partner_id",
        "state",
        "user_id",
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
    sla_status_ids = fields.One2many(
        "customer.sla.status",
        "order_id",
        "Service Levels",
        readonly=True,
        groups="base.group_user",
    )
    sla_pause_ids = fields.One2many(
        "customer.sla.pause",
        "order_id",
        "Service-Level Pauses",
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

    # Service levels

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if not self.env.context.get("confirmation_answering"):
            self.sudo()._journey_hear(message.sudo())
        return result

    def _sla_stand(self):
        return Stand(self._journey_status())

    @api.model
    def _sla_open_domain(self):
        return Domain("state", "=", "sale") & Domain(
            "delivery_completion_date", "=", False
        )

    def _sla_is_done(self):
        return self._journey_status() == "delivered"

    def _sla_waits(self):
        return self.confirmation_state == "pending"

    def _sla_start_date(self, metric, event, cycle):
        if event in ("confirmed", "created") or cycle:
            return None
        return self.date_order

    def _sla_priority(self):
        """Return nothing: orders have no priority."""
        return False

    def _sla_promised_date(self):
        return self.commitment_date

    def _delivery_words(self):
        """Return what the customer reads of the delivery, or nothing (S7).

        The date that was agreed for the order stands on it already.
        """
        if self.state in ("draft", "sent"):
            return self._delivery_term()
        promise = next(iter(self._sla_promises()), None)
        if not promise:
            return ""
        if promise.state == "paused":
            return self.env._("On hold for now")
        if promise.state == "late":
            return self.env._("We are sorry for the delay, and are working on it.")
        day = self._customer_time(promise.date, with_time=False)
        if promise.state != "open":
            return self.env._("Completed on %s", day)
        if self.commitment_date:
            return ""
        if promise.is_firm:
            return self.env._("Promised for %s", day)
        return self.env._("Planned for %s", day)

    def _delivery_term(self):
        """Return within how much time we deliver if the customer accepts the quote."""
        if self.commitment_date:
            return ""
        order_sudo = self.sudo()
        policies_sudo = self.env["customer.sla.policy"].sudo()
        rules = policies_sudo._rules(self._name).get("delivery", ())
        rule = policies_sudo._first_matching(rules, order_sudo).get(order_sudo)
        if not rule or not policies_sudo.browse(rule.policy).shows_to_customer:
            return ""
        target = rule.target(self._sla_priority())
        clock = self.env["customer.sla.status"].sudo()._clock(order_sudo, rule, {})
        is_working = clock.work is not AROUND_THE_CLOCK
        time = self.env["customer.sla.target"]._amount_in_words(
            target.amount, target.unit, is_working
        )
        if rule.commitment in FIRM:
            return self.env._("Within %s of your acceptance", time)
        return self.env._("Planned within %s of your acceptance", time)

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
