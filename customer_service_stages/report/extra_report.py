from odoo import fields, models
from odoo.tools import SQL


class CustomerOverrunReport(models.Model):
    """What confirmed orders cost beyond their quotes, and what was given free (D3, A6).

    One row for each order and group of its quote, in the company's currency. Orders
    that nobody accepted by the module have no row.
    """

    _name = "customer.overrun.report"
    _description = "Overrun Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": [
            "baseline_date",
            "company_id",
            "currency_rate",
            "extra_approval",
            "partner_id",
            "state",
            "team_id",
            "user_id",
        ],
        "sale.order.line": [
            "baseline_amount",
            "baseline_group",
            "display_type",
            "extra_accepted_amount",
            "extra_amount",
            "extra_refused_amount",
            "extra_state",
            "extra_waiting_amount",
            "goodwill_cost",
            "goodwill_value",
            "is_downpayment",
            "order_id",
        ],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id"],
    }

    order_id = fields.Many2one("sale.order", aggregator="count_distinct")
    group = fields.Char("Quote Group")
    date = fields.Datetime("Accepted On")
    baseline_amount = fields.Monetary("Accepted with the Quote")
    accepted_amount = fields.Monetary("Extras Accepted")
    waiting_amount = fields.Monetary("Extras Waiting")
    refused_amount = fields.Monetary("Extras Refused")
    unasked_amount = fields.Monetary(
        "Added Without Asking",
        help="Where extras do not wait for the customer.",
    )
    extra_amount = fields.Monetary(
        "Beyond the Quote",
        help="What the order amounts to now, less what was accepted with the quote.",
    )
    overrun = fields.Float(
        "Overrun (%)",
        digits=(16, 1),
        aggregator="avg",
        help="What the orders amount to beyond their quotes, as a share of these.",
    )
    goodwill_cost = fields.Monetary("Goodwill: Cost to Us")
    goodwill_value = fields.Monetary("Goodwill: Worth to Customers")
    currency_id = fields.Many2one("res.currency")
    company_id = fields.Many2one("res.company")
    team_id = fields.Many2one("crm.team", "Sales Team")
    user_id = fields.Many2one("res.users", "Salesperson")
    partner_id = fields.Many2one("res.partner", "Customer")
    commercial_partner_id = fields.Many2one("res.partner", "Customer Entity")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT part.id, o.id AS order_id, part.name AS group,
                   o.baseline_date AS date,
                   part.baseline / rate.value AS baseline_amount,
                   part.accepted / rate.value AS accepted_amount,
                   part.waiting / rate.value AS waiting_amount,
                   part.refused / rate.value AS refused_amount,
                   part.unasked / rate.value AS unasked_amount,
                   part.extra / rate.value AS extra_amount,
                   part.extra * 100 / NULLIF(part.baseline, 0) AS overrun,
                   part.goodwill_cost,
                   part.goodwill_value / rate.value AS goodwill_value,
                   c.currency_id, o.company_id, o.team_id, o.user_id, o.partner_id,
                   p.commercial_partner_id
            """
        )

    def _from(self) -> SQL:
        return SQL(
            """
              FROM sale_order o
              JOIN res_company c ON c.id = o.company_id
              JOIN res_partner p ON p.id = o.partner_id
              JOIN (
                SELECT MIN(id) AS id, order_id, baseline_group AS name,
                       SUM(COALESCE(baseline_amount, 0)) AS baseline,
                       SUM(COALESCE(extra_accepted_amount, 0)) AS accepted,
                       SUM(COALESCE(extra_waiting_amount, 0)) AS waiting,
                       SUM(COALESCE(extra_refused_amount, 0)) AS refused,
                       SUM(CASE WHEN extra_state = 'unasked'
                                THEN extra_amount ELSE 0 END) AS unasked,
                       SUM(COALESCE(extra_amount, 0)) AS extra,
                       SUM(COALESCE(goodwill_cost, 0)) AS goodwill_cost,
                       SUM(COALESCE(goodwill_value, 0)) AS goodwill_value
                  FROM sale_order_line
                 WHERE display_type IS NULL AND is_downpayment IS NOT TRUE
                 GROUP BY order_id, baseline_group
             ) part ON part.order_id = o.id
        CROSS JOIN LATERAL (
                SELECT COALESCE(NULLIF(o.currency_rate, 0), 1) AS value
             ) rate
            """
        )

    def _where(self) -> SQL:
        return SQL("WHERE o.state = 'sale' AND o.baseline_date IS NOT NULL")

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the overrun of orders and groups by what was accepted."""
        if aggregate_spec != "overrun:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(extra)s) * 100 / NULLIF(SUM(%(baseline)s), 0)",
            extra=self._field_to_sql(self._table, "extra_amount", query),
            baseline=self._field_to_sql(self._table, "baseline_amount", query),
        )

    def action_open_order(self):
        """Open the order of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
