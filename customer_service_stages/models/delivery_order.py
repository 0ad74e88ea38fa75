from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.delivery_progress import STANDINGS, standing_of

#: The colours of calendar and board: red, orange, blue, green.
COLORS = {"late": 1, "at_risk": 2, "on_time": 4, "done": 10, "missed": 9}

#: Whether a promise was kept; empty while that is open, or where nothing was promised.
KEPT = [("kept", "On the day"), ("missed", "Too late")]


class SaleOrder(models.Model):
    """When the customer gets what was ordered: promised, planned, done (D1).

    A promise is a day: customers read no time. It is kept until that day is over at the
    company. Whether an open one is late follows from the time that it is now, and is
    never stored.
    """

    _name = "sale.order"
    _inherit = ["sale.order"]

    delivery_planned_date = fields.Datetime(
        "Delivery Planned For",
        compute="_compute_delivery_planned_date",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="When we mean to be there. The customer is not told; what was promised "
        "stays as it is.",
    )
    delivery_accepted_date = fields.Datetime(
        "Delivery Accepted",
        compute="_compute_delivery_accepted_date",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="When the customer confirmed the delivery.",
    )
    promise_ids = fields.One2many(
        "customer.promise",
        "order_id",
        "Promised Dates",
        readonly=True,
        groups="base.group_user",
    )
    first_promise_date = fields.Datetime(
        "First Promised",
        readonly=True,
        copy=False,
        help="The date that the customer was promised at first.",
    )
    promise_end_date = fields.Datetime(
        "End of the Promised Day",
        compute="_compute_promise_end_date",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
    )
    promise_kept = fields.Selection(
        KEPT,
        "Last Promise",
        compute="_compute_promise_kept",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="Whether everything was delivered by the day that was promised last.",
    )
    first_promise_kept = fields.Selection(
        KEPT,
        "First Promise",
        compute="_compute_promise_kept",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="Whether everything was delivered by the day that was promised at first.",
    )
    delivery_standing = fields.Selection(
        [
            ("late", "Late"),
            ("at_risk", "At risk"),
            ("on_time", "On time"),
            ("open", "No date promised"),
            ("done", "Delivered"),
            ("missed", "Delivered late"),
        ],
        "How the Delivery Stands",
        compute="_compute_delivery_standing",
        search="_search_delivery_standing",
        group_expand="_expand_delivery_standing",
        groups="base.group_user",
    )
    delivery_color = fields.Integer(
        compute="_compute_delivery_standing", groups="base.group_user"
    )

    # Lists of what is to be delivered read only that, whatever the size of the table
    _undelivered_idx = models.Index(
        "(promise_end_date) WHERE state = 'sale' AND delivery_completion_date IS NULL"
    )

    @api.depends("commitment_date")
    def _compute_delivery_planned_date(self):
        """Plan for what is promised, until somebody plans otherwise."""
        for order in self:
            order.delivery_planned_date = (
                order.commitment_date or order.delivery_planned_date
            )

    @api.depends("confirmation_id.state", "confirmation_id.answer_date")
    def _compute_delivery_accepted_date(self):
        for order in self:
            is_accepted = order.confirmation_id.state == "accepted"
            order.delivery_accepted_date = (
                is_accepted and order.confirmation_id.answer_date
            )

    @api.depends("commitment_date")
    def _compute_promise_end_date(self):
        for order in self:
            order.promise_end_date = order._end_of_day(order.commitment_date)

    @api.depends("delivery_completion_date", "first_promise_date", "promise_end_date")
    def _compute_promise_kept(self):
        for order in self:
            first_end = order._end_of_day(order.first_promise_date)
            order.promise_kept = order._kept_by(order.promise_end_date)
            order.first_promise_kept = order._kept_by(first_end)

    def _kept_by(self, end):
        """Return whether the delivery was complete by a moment (UTC), if it is."""
        if not end or not self.delivery_completion_date:
            return False
        return "kept" if self.delivery_completion_date <= end else "missed"

    def _end_of_day(self, moment):
        """Return when the day of a moment is over at the company (both UTC, naive)."""
        return bool(moment) and self._sla_calendar()._end_of_day(moment)

    @api.depends(
        "state",
        "delivery_completion_date",
        "delivery_planned_date",
        "delivery_start_date",
        "promise_end_date",
    )
    def _compute_delivery_standing(self):
        now = fields.Datetime.now()
        for order in self:
            order.delivery_standing = order.state == "sale" and standing_of(
                now,
                order.delivery_completion_date,
                order.promise_end_date,
                order.delivery_planned_date,
                order.delivery_start_date,
                timedelta(days=order.company_id.sudo().delivery_risk_days),
            )
            order.delivery_color = COLORS.get(order.delivery_standing, 0)

    def _search_delivery_standing(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = tuple(standing for standing in STANDINGS if standing in value)
        if not wanted:
            return Domain("state", "!=", "sale") if False in value else Domain.FALSE
        # The first conditions are for the indexes, the last one is what counts
        domain = Domain("state", "=", "sale")
        if not {"done", "missed"} & set(wanted):
            domain &= Domain("delivery_completion_date", "=", False)
        domain &= Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN %s",
                model._field_to_sql(alias, "delivery_standing", query),
                wanted,
            ),
            predicate=lambda order: order.delivery_standing in wanted,
        )
        return domain | Domain("state", "!=", "sale") if False in value else domain

    @api.model
    def _expand_delivery_standing(self, standings, domain):
        """Show on the board how deliveries stand, the most urgent first."""
        return [
            standing
            for standing in STANDINGS
            if standing in standings or standing not in ("done", "missed")
        ]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists be grouped by how the deliveries stand."""
        if field_expr != "delivery_standing":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return self._delivery_standing_sql(alias)

    def _first_date(self, field_name):
        """Return the first of the orders' dates (UTC), or nothing."""
        return min(filter(None, self.mapped(field_name)), default=False)

    def _last_date(self, field_name):
        """Return the last of the orders' dates (UTC), once no order is without."""
        dates = self.mapped(field_name)
        return max(dates, default=False) if all(dates) else False

    @api.model
    def _delivery_standing_sql(self, alias):
        """Return `standing_of` as SQL, for searching, grouping and reports."""
        return SQL(
            """CASE WHEN %(state)s != 'sale' THEN NULL
                    WHEN %(completed)s > %(end)s THEN 'missed'
                    WHEN %(completed)s IS NOT NULL THEN 'done'
                    WHEN %(end)s IS NULL THEN 'open'
                    WHEN %(now)s::timestamp > %(end)s THEN 'late'
                    WHEN %(planned)s > %(end)s THEN 'at_risk'
                    WHEN %(started)s IS NULL AND %(now)s::timestamp >= %(end)s
                         - (SELECT c.delivery_risk_days FROM res_company c
                             WHERE c.id = %(company)s) * INTERVAL '1 day'
                    THEN 'at_risk'
                    ELSE 'on_time' END""",
            now=fields.Datetime.now(),
            company=SQL.identifier(alias, "company_id"),
            **{
                name: SQL.identifier(alias, field, to_flush=self._fields[field])
                for name, field in {
                    "state": "state",
                    "completed": "delivery_completion_date",
                    "end": "promise_end_date",
                    "planned": "delivery_planned_date",
                    "started": "delivery_start_date",
                }.items()
            },
        )

    # Promises

    def write(self, vals):
        if "commitment_date" not in vals:
            return super().write(vals)
        moved = self._check_promise_moves(
            fields.Datetime.to_datetime(vals["commitment_date"])
        )
        before = {order: order.commitment_date for order in moved}
        result = super().write(vals)
        moved._note_moved_promises(before, self.env.context.get("promise_reason"))
        return result

    def action_open_promise(self):
        """Open the dialog that moves the promised date, and tells the customer."""
        self.ensure_one()
        return self._dialog(
            "customer.delivery.promise",
            self.env._("Move the Promised Date"),
            {"default_order_id": self.id},
        )

    def _is_promised(self):
        """Return whether the customer was promised the date that stands on the order.

        A quotation's date is an offer; it is promised when the order is confirmed.
        """
        return self.state == "sale" and bool(self.commitment_date)

    def _check_promise_moves(self, date):
        """Return the orders whose promise a new date moves, or gives at first.

        A promise that a customer has is moved with a reason for that customer, whatever
        way it is written. Other modules, as superuser, may do without.

        :param datetime date: UTC, or None.
        :raises UserError: without the reason, or for what has been delivered.
        """
        moved = self.filtered(
            lambda order: order.state == "sale" and order.commitment_date != date
        )
        if self.env.su:
            return moved
        reason = (self.env.context.get("promise_reason") or "").strip()
        for order in moved.filtered("commitment_date"):
            if order.delivery_completion_date:
                raise UserError(
                    self.env._(
                        "%s has been delivered: what was promised stays as it is.",
                        order.display_name,
                    )
                )
            if not reason or not date:
                raise UserError(
                    self.env._(
                        "The customer of %s was promised this date. Use “Move the "
                        "Date”: it asks for the reason, and tells the customer.",
                        order.display_name,
                    )
                )
        return moved

    def _note_moved_promises(self, before, reason):
        """Keep what is promised from now on, and tell the customers why (D1).

        :param dict before: the date (UTC) promised until now, by order.
        :param str reason: what the customers read; without, they are not told.
        """
        promises_sudo = self.env["customer.promise"].sudo()
        orders = self.filtered("commitment_date")
        promises_sudo._note(orders, before, reason)
        moved_sudo = orders.sudo().filtered(lambda order: before[order])
        if reason:
            moved_sudo._tell_promise()
        moved_sudo._journey_event("promised")

    def _tell_promise(self):
        """Write to the customers by when they get it, and why; or have them called."""
        template = self.env.ref("customer_service_stages.mail_template_promise_moved")
        reachable = self.filtered(lambda order: order._confirmation_contact()[1])
        for order, mail in zip(reachable, reachable._queue_mail(template), strict=True):
            order._last_promise().message_id = mail.mail_message_id
        (self - reachable)._confirmation_call_task(
            self.env._("Call: the delivery has another date")
        )

    def _last_promise(self):
        """Return the promise that counts now."""
        return self.promise_ids.sorted("id")[-1:]

    def _give_first_promises(self):
        """Note what the customers were promised when they ordered (D1).

        Where the order has no date of its own, it is what the quote said: a firm term
        is the promise, another one is what we plan for.
        """
        dated = self.filtered("commitment_date")
        self.env["customer.promise"]._note(dated, {}, None)
        for order in self - dated:
            promise = next(
                (p for p in order._sla_promises() if p.metric == "delivery"), None
            )
            if promise and promise.state == "open":
                name = "commitment_date" if promise.is_firm else "delivery_planned_date"
                order[name] = promise.date

    def _promise_words(self):
        """Return what the customer reads of a date that was moved, or nothing (D1)."""
        promise_sudo = self.sudo()._last_promise()
        if not self._is_promised() or not promise_sudo.reason:
            return ""
        if self.delivery_completion_date:
            return ""
        return self.env._(
            "%(day)s. %(reason)s",
            day=self._customer_time(promise_sudo.date, with_time=False),
            reason=promise_sudo.reason,
        )

    def _journey_reason(self, event):
        if event == "promised":
            return self._last_promise()._in_words()
        return super()._journey_reason(event)
