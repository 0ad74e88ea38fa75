from odoo import fields
from odoo.fields import Command

from .common import JourneyCase

MOVED = "customer_service_stages.mail_template_promise_moved"


class DeliveryCase(JourneyCase):
    """A company by Madrid's time, whose orders nobody else promises anything about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.sla.policy"].search([]).active = False
        cls.company.resource_calendar_id.tz = "Europe/Madrid"
        cls.company.delivery_risk_days = 2

    def sold(self, date=False, **values):
        """Return an order that is confirmed, with a date if there is one."""
        order = self.order(commitment_date=date, user_id=self.salesman.id, **values)
        order.action_confirm()
        return order

    def two_lines(self, date=False):
        """Return a confirmed order of two hours of work and a visit."""
        lines = [
            Command.create({"product_id": self.product.id, "product_uom_qty": quantity})
            for quantity in (2, 1)
        ]
        return self.sold(date, order_line=lines)

    def settle(self):
        """Do what is done before a transaction is committed."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def move(self, order, date, reason="Llega tarde el azulejo", user=None):
        """Move the promised date by the dialog."""
        action = order.with_user(user or self.salesman).action_open_promise()
        wizard = self.env[action["res_model"]].with_user(user or self.salesman)
        wizard = wizard.with_context(action["context"]).create(
            {"date": date[:10], "reason": reason}
        )
        wizard.action_move()

    def promises(self, order):
        """Return the dates promised, the first one first."""
        return [
            fields.Datetime.to_string(promise.date)
            for promise in order.promise_ids.sorted("id")
        ]

    def events(self, order):
        return [event for event, _from, _to in self.history(order.journey_id)]
