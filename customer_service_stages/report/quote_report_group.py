from odoo import fields, models
from odoo.tools import SQL

#: What is said of a quote as a whole, whatever the number of its groups.
OF_THE_QUOTE = ("hit", "hours_to_quote", "days_to_decision")


class CustomerQuoteReportGroup(models.Model):
    """What became of quotes by the groups of work and goods in them (Q7).

    One row for each quote and group, with what the quote's lines of the group amount
    to. Shares and times count each quote once, whatever they are grouped by.
    """

    _name = "customer.quote.report.group"
    _description = "Quote Analysis by Group"
    _inherit = ["customer.quote.report"]
    _auto = False
    _depends = {
        "sale.order.line": [
            "display_type",
            "order_id",
            "price_subtotal",
            "quote_group_id",
        ],
    }

    group_id = fields.Many2one("customer.quote.group", "Quote Group")

    def _select(self) -> SQL:
        return SQL("%s, part.group_id", super()._select())

    def _key(self) -> SQL:
        return SQL("part.id")

    def _amount(self) -> SQL:
        return SQL("part.amount")

    def _from(self) -> SQL:
        return SQL(
            """%s
              JOIN (
                SELECT MIN(id) AS id, order_id, quote_group_id AS group_id,
                       SUM(price_subtotal) AS amount
                  FROM sale_order_line
                 WHERE display_type IS NULL
                 GROUP BY order_id, quote_group_id
             ) part ON part.order_id = o.id
            """,
            super()._from(),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Average over the quotes, not over the groups in them."""
        name, _colon, function = aggregate_spec.partition(":")
        if name not in OF_THE_QUOTE or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            """(SELECT AVG(value::numeric) FROM jsonb_each_text(
                    jsonb_object_agg(%(order)s, %(value)s)
                    FILTER (WHERE %(value)s IS NOT NULL)))""",
            order=self._field_to_sql(self._table, "order_id", query),
            value=self._field_to_sql(self._table, name, query),
        )
