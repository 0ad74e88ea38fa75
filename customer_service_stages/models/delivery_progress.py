from odoo import SUPERUSER_ID, api, fields, models

from ..tools.delivery_progress import order_progress, step_between

#: Where a transaction keeps how far the orders were that it has changed.
BEFORE = "customer_service_stages.delivery_progress"


class SaleOrder(models.Model):
    """What the lines tell of the delivery, acted on by the order itself (D1).

    Warehouse and projects are no dependencies: where they are installed, what they
    write makes the progress be computed anew, and a change of it is a step, taken once
    before the transaction is committed, by the same methods as people's buttons. A
    step leads on from where people have brought the delivery: what they have completed
    opens again only when something that was there is outstanding again.
    """

    _name = "sale.order"
    _inherit = ["sale.order"]

    delivery_progress = fields.Selection(
        [("none", "Nothing yet"), ("started", "In part"), ("full", "Everything")],
        "Delivered by the Lines",
        compute="_compute_delivery_progress",
        store=True,
        default="none",
        copy=False,
        groups="base.group_user",
        help="What the delivered quantities, transfers and tasks say. Empty: all of it "
        "was called off or came back.",
    )

    @api.depends(lambda self: self._delivery_progress_fields())
    def _compute_delivery_progress(self):
        before = self._progress_before()
        for order in self:
            if order.state != "sale":
                order.delivery_progress = "none"
                continue
            if order.id:
                before.setdefault(order.id, order._origin.delivery_progress)
            order.delivery_progress = order_progress(
                line._delivery_feed()
                for line in order.order_line
                if line._is_to_be_delivered()
            )

    @api.model
    def _delivery_progress_fields(self):
        """Return the field paths that tell how far the delivery is."""
        names = self.env["sale.order.line"]._delivery_feed_fields()
        return ["state", *(f"order_line.{name}" for name in names)]

    @api.model
    def _progress_before(self):
        """Return how far the orders were that this transaction changes, by their ids.

        Whatever becomes of it is acted on when the transaction is to be committed.
        """
        precommit = self.env.cr.precommit
        if BEFORE not in precommit.data:
            precommit.data[BEFORE] = {}
            # By nobody: a storekeeper has no say in orders, and is asked no questions
            robot = self.with_env(self.env(user=SUPERUSER_ID, context={}))
            precommit.add(robot._act_on_progress)
        return precommit.data[BEFORE]

    @api.model
    def _act_on_progress(self):
        """Take the steps that the progress of orders amounts to, in batch."""
        before = self.env.cr.precommit.data.pop(BEFORE, {})
        orders = self.browse(before).exists().filtered(lambda o: o.state == "sale")
        steps = orders.grouped(
            lambda order: step_between(
                before[order.id] or None, order.delivery_progress or None
            )
        )
        none = self.browse()
        reopening = steps.get("reopen", none)
        reopening.filtered("delivery_completion_date").action_reopen_delivery()
        started = reopening.filtered(lambda o: o.delivery_progress == "started")
        (steps.get("start", none) + started).action_start_delivery()
        steps.get("complete", none).action_complete_delivery()
        self.env.flush_all()
