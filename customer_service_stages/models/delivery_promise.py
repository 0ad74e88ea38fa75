from odoo import api, fields, models


class CustomerPromise(models.Model):
    """A day that a customer was promised for a delivery, and why it was moved (D1).

    The first row of an order is what it was confirmed with. Rows are written by the
    order, and stay.
    """

    _name = "customer.promise"
    _description = "Promised Date"
    _inherit = ["customer.about.mixin"]
    _order = "id desc"
    _rec_name = "date"
    _own_document_fields = ("order_id",)

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    date = fields.Datetime("Promised For", required=True, readonly=True)
    previous_date = fields.Datetime("Instead Of", readonly=True)
    since_date = fields.Datetime(
        "Since", required=True, readonly=True, default=fields.Datetime.now
    )
    reason = fields.Text(readonly=True, help="As the customer reads it.")
    user_id = fields.Many2one(
        "res.users",
        "By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    message_id = fields.Many2one(
        "mail.message",
        "Told By",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_told = fields.Boolean("Customer Told", compute="_compute_is_told")

    @api.depends("message_id")
    def _compute_is_told(self):
        for promise in self:
            promise.is_told = bool(promise.message_id)

    @api.model
    def _on_journey_event(self, documents, event):
        """Keep what orders were confirmed with."""
        if event == "confirmed" and documents._name == "sale.order":
            documents._give_first_promises()

    @api.model
    def _note(self, orders, before, reason):
        """Keep the dates that stand on confirmed orders as promised from now on.

        :param dict before: the date (UTC) promised until now, by order: empty for what
            is promised for the first time.
        :param str reason: why, as the customers read it.
        """
        vals_list = []
        for order in orders:
            previous = before.get(order)
            if previous and not order.first_promise_date:
                # Promised before the module kept the history
                vals_list.append(
                    {
                        "order_id": order.id,
                        "date": previous,
                        "since_date": order.date_order,
                        "user_id": order.user_id.id,
                    }
                )
            vals_list.append(
                {
                    "order_id": order.id,
                    "date": order.commitment_date,
                    "previous_date": previous,
                    "reason": reason,
                }
            )
        self.create(vals_list)
        for order in orders:
            if not before.get(order):
                order.first_promise_date = order.commitment_date
            elif not order.first_promise_date:
                order.first_promise_date = before[order]

    def _in_words(self):
        """Return what was promised instead of what, and why, for the history."""
        self.ensure_one()
        order = self.order_id
        days = [
            order._customer_time(date, with_time=False)
            for date in (self.previous_date, self.date)
            if date
        ]
        return "\n".join(filter(None, [" → ".join(days), self.reason]))
