from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.outcome_pace import as_said, is_quick

#: How many deliveries tell what is usual, and how far back they are looked up.
ENOUGH, LATELY = 5, timedelta(days=365)


class SaleOrder(models.Model):
    """Whether the delivery went faster than usual, and why (D6).

    The usual time is the median of its kind: the deliveries of the company within a
    year, of the same sales team and the same category of the dearest product.
    """

    _name = "sale.order"
    _inherit = ["sale.order"]

    delivery_hours = fields.Float(
        "Delivery Took",
        compute="_compute_delivery_hours",
        store=True,
        precompute=True,
        copy=False,
        aggregator="avg",
        groups="base.group_user",
        help="Working hours from the confirmation of the order to the completion of "
        "its delivery.",
    )
    delivery_kind_id = fields.Many2one(
        "product.category",
        "Kind of Delivery",
        compute="_compute_delivery_hours",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="The category of the dearest product that was delivered.",
    )
    pace_hint = fields.Char(compute="_compute_pace_hint", groups="base.group_user")
    pace_reason = fields.Text(
        "Why It Went Faster",
        copy=False,
        groups="base.group_user",
        help="The customer reads it with what was delivered, so that the next delivery "
        "is not judged by this one. Empty: nothing is told.",
    )

    # What is usual is looked up among the deliveries of a kind
    _pace_idx = models.Index(
        "(company_id, delivery_kind_id, delivery_completion_date)"
        " WHERE delivery_hours > 0"
    )

    @api.depends("delivery_completion_date")
    def _compute_delivery_hours(self):
        for order in self:
            is_complete = bool(order.delivery_completion_date)
            order.delivery_hours = is_complete and order._hours_taken()
            order.delivery_kind_id = is_complete and order._dearest_category()

    @api.depends("delivery_completion_date", "delivery_start_date", "state")
    def _compute_pace_hint(self):
        usual_hours = self._usual_hours()
        for order in self:
            usual = usual_hours.get(order._origin.id)
            hours = usual and order._hours_taken()
            share = order.company_id.sudo().quick_share
            order.pace_hint = (
                usual
                and is_quick(hours, usual, share)
                and self.env._(
                    "This took %(time)s; usually %(usual)s. Say why?",
                    time=order._time_in_words(hours),
                    usual=order._time_in_words(usual),
                )
            )

    def _journey_event(self, event):
        """What was quick at first is not any more, once it is to be done again."""
        if event == "delivery_reopened":
            self.sudo().filtered("pace_reason").pace_reason = False
        return super()._journey_event(event)

    def _confirmation_summary(self):
        """Tell the customer why it went faster than usual, if staff have said so."""
        summary = super()._confirmation_summary()
        reason = self.sudo().pace_reason
        if not reason:
            return summary
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        words = order.env._("This time it went faster than usual: %s", reason.strip())
        return "\n\n".join(filter(None, [summary, words]))

    def _hours_taken(self):
        """Return the working hours since the order was confirmed, until now or done."""
        end = self.delivery_completion_date or fields.Datetime.now()
        calendar = self._confirmation_calendar().with_company(self.company_id)
        start = min(self.date_order, end)
        return calendar._work_clock().worked(start, end) / 3600

    def _dearest_category(self):
        """Return the category of the product that costs most."""
        lines = self.order_line.filtered("product_id")
        dearest = max(lines, key=lambda line: line.price_subtotal, default=lines)
        return dearest.product_id.categ_id

    def _usual_hours(self):
        """Return the median of the kind of each delivery under way or done.

        :return: a dict of working hours, by id; without those of which too few like it
            are known.
        """
        orders = self._origin.sudo().filtered(
            lambda order: order.state == "sale" and order.delivery_start_date
        )
        kinds = {
            order.id: order.delivery_kind_id or order._dearest_category()
            for order in orders
        }
        self.env["sale.order"].flush_model(
            [
                "company_id",
                "delivery_completion_date",
                "delivery_hours",
                "delivery_kind_id",
                "team_id",
            ]
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT o.id, percentile_cont(0.5) WITHIN GROUP (
                               ORDER BY past.delivery_hours)
                      FROM unnest(%(orders)s::int[], %(kinds)s::int[])
                           AS of_kind (id, kind_id)
                      JOIN sale_order o ON o.id = of_kind.id
                      JOIN sale_order past
                        ON past.company_id = o.company_id
                       AND past.delivery_kind_id = of_kind.kind_id
                       AND past.team_id IS NOT DISTINCT FROM o.team_id
                       AND past.delivery_completion_date >= %(since)s
                       AND past.delivery_hours > 0
                       AND past.id != o.id
                     GROUP BY o.id
                    HAVING COUNT(*) >= %(enough)s
                    """,
                    orders=list(kinds),
                    kinds=[kind.id or None for kind in kinds.values()],
                    since=fields.Datetime.now() - LATELY,
                    enough=ENOUGH,
                )
            )
        )

    def _time_in_words(self, hours):
        """Return working time as staff say it."""
        calendar = self._confirmation_calendar()
        amount, unit = as_said(hours, calendar.hours_per_day)
        return self.env["customer.sla.target"]._amount_in_words(
            amount, unit, is_working=bool(calendar)
        )
