from odoo import fields, models
from odoo.tools import SQL


class CustomerDeliveryReport(models.Model):
    """Whether what was promised was kept: one row for each order with a date (D1).

    Against the date that was promised first, and against the last one.
    """

    _name = "customer.delivery.report"
    _description = "Delivery Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": [
            "commitment_date",
            "company_id",
            "date_order",
            "delivery_completion_date",
            "delivery_planned_date",
            "delivery_start_date",
            "first_promise_date",
            "first_promise_kept",
            "partner_id",
            "promise_end_date",
            "promise_kept",
            "state",
            "team_id",
            "user_id",
        ],
        "res.partner": ["commercial_partner_id"],
        "customer.promise": ["order_id", "previous_date"],
        "customer.incident": ["order_id"],
        "res.company": ["delivery_risk_days"],
    }

    order_id = fields.Many2one("sale.order")
    partner_id = fields.Many2one("res.partner", "Customer")
    company_id = fields.Many2one("res.company")
    team_id = fields.Many2one("crm.team", "Sales Team")
    user_id = fields.Many2one("res.users", "Salesperson")
    date = fields.Datetime("Promised For", help="The date that was promised last.")
    completion_date = fields.Datetime("Delivered On")
    standing = fields.Selection(
        lambda self: (
            self.env["sale.order"]
            ._fields["delivery_standing"]
            ._description_selection(self.env)
        ),
        "How It Stands",
    )
    first_kept = fields.Float(
        "First Promise Kept",
        aggregator="avg",
        help="Share of the deliveries that were complete by the day promised at first.",
    )
    last_kept = fields.Float(
        "Last Promise Kept",
        aggregator="avg",
        help="Share of the deliveries that were complete by the day promised last.",
    )
    first_days_late = fields.Float(
        "Days After the First Promise",
        aggregator="avg",
        help="0 where the day was kept.",
    )
    last_days_late = fields.Float(
        "Days After the Last Promise",
        aggregator="avg",
        help="0 where the day was kept.",
    )
    move_count = fields.Integer("Times Moved")
    incident_count = fields.Integer("Problems")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT o.id, o.id AS order_id, p.commercial_partner_id AS partner_id,
                   o.company_id, o.team_id, o.user_id, o.commitment_date AS date,
                   o.delivery_completion_date AS completion_date,
                   %(standing)s AS standing,
                   (o.first_promise_kept = 'kept')::int AS first_kept,
                   (o.promise_kept = 'kept')::int AS last_kept,
                   %(first_late)s AS first_days_late, %(last_late)s AS last_days_late,
                   COALESCE(m.count, 0) AS move_count,
                   COALESCE(i.count, 0) AS incident_count
            """,
            standing=self.env["sale.order"]._delivery_standing_sql("o"),
            first_late=self._days_late(SQL("o.first_promise_date")),
            last_late=self._days_late(SQL("o.commitment_date")),
        )

    def _days_late(self, promised) -> SQL:
        """Return how many days after a promise (SQL) all was delivered, if it is."""
        return SQL(
            """CASE WHEN o.delivery_completion_date IS NOT NULL
                    THEN GREATEST(0, %s - %s) END""",
            self._day(SQL("o.delivery_completion_date")),
            self._day(promised),
        )

    def _day(self, moment) -> SQL:
        """Return the day of a moment (SQL) at the company."""
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(r.tz, 'UTC'))::date", moment
        )

    def _from(self) -> SQL:
        return SQL(
            """
              FROM sale_order o
              JOIN res_partner p ON p.id = o.partner_id
              JOIN res_company c ON c.id = o.company_id
         LEFT JOIN resource_calendar r ON r.id = c.resource_calendar_id
         LEFT JOIN (SELECT order_id, COUNT(*) FROM customer_promise
                     WHERE previous_date IS NOT NULL GROUP BY order_id) m
                ON m.order_id = o.id
         LEFT JOIN (SELECT order_id, COUNT(*) FROM customer_incident
                     GROUP BY order_id) i
                ON i.order_id = o.id
            """
        )

    def _where(self) -> SQL:
        return SQL("WHERE o.state = 'sale' AND o.first_promise_date IS NOT NULL")
