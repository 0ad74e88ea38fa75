from odoo import api, models

from ..tools.delivery_progress import Feed
from ..tools.extra_rules import HELD

#: What no customer waits for at the door.
NEVER_DELIVERED = ("delivery", "discount", "downpayment", "expense")

#: What the states of a task that is closed mean, as `project` has them.
TASK_STATES = {"1_done": "done", "1_canceled": "dropped"}


class SaleOrderLine(models.Model):
    """What is known of the delivery of a line, by whichever module knows it (D1)."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line"]

    @api.model
    def _delivery_feed_fields(self):
        """Return the fields that tell of the delivery, of the modules that are there.

        `sale_stock` brings the moves of goods, `sale_project` the task of a service.
        """
        known = ["agreed_quantity", "extra_state", "product_uom_qty", "qty_delivered"]
        for field_name in ("move_ids", "task_id"):
            if field_name in self._fields:
                known.append(f"{field_name}.state")
        return known

    def _is_to_be_delivered(self):
        """Return whether the order's delivery is not complete without the line."""
        return (
            not self.display_type
            and self._quantity_to_deliver() > 0
            and self._quote_line_type() not in NEVER_DELIVERED
        )

    def _quantity_to_deliver(self):
        """Return what is to be delivered: no extra before the customer agrees."""
        if self.extra_state in HELD:
            return min(self.product_uom_qty, self.agreed_quantity)
        return self.product_uom_qty

    def _delivery_feed(self):
        """Return what is known of the delivery of the line, as `Feed`."""
        moves = self.move_ids if "move_ids" in self._fields else ()
        task = self.task_id if "task_id" in self._fields else None
        return Feed(
            self._quantity_to_deliver(),
            self.qty_delivered,
            moves=bool(moves),
            # Also what is still being picked; what the customer sends back is not
            waits=any(
                move.state not in ("done", "cancel")
                and move.location_id.usage != "customer"
                for move in moves
            ),
            task=TASK_STATES.get(task.state, "open") if task else None,
            by_hours=self.qty_delivered_method == "timesheet",
        )
