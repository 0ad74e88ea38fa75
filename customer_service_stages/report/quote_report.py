from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..models.quote_info_mixin import SOURCES
from ..models.quote_order import PRESENTATIONS

#: What is confirmed so soon after it was sent was not sent, but confirmed at once.
AT_ONCE = timedelta(minutes=1)


class CustomerQuoteReport(models.Model):
    """What became of the quotes that customers were sent, and how long it took (Q7).

    One row for each quote. What was confirmed without having been sent is no quote. A
    quote is lost with its opportunity; one that we withdrew counts neither way.
    """

    _name = "customer.quote.report"
    _description = "Quote Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": [
            "amount_untaxed",
            "baseline_date",
            "company_id",
            "currency_rate",
            "opportunity_id",
            "partner_id",
            "quote_info_source",
            "quote_presentation",
            "quote_sent_date",
            "refusal_date",
            "refusal_reason_id",
            "signed_on",
            "state",
            "team_id",
            "user_id",
            "validity_date",
        ],
        "crm.lead": ["date_closed", "lost_reason_id", "won_status"],
        "customer.journey": ["quote_info_date", "quote_sent_date", "time_to_quote"],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id"],
    }

    order_id = fields.Many2one("sale.order", "Quote", aggregator="count_distinct")
    outcome = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn by us"),
        ]
    )
    hit = fields.Float(
        "Hit Rate (%)",
        digits=(16, 1),
        aggregator="avg",
        help="The share of quotes accepted, among those that were accepted or refused "
        "or have expired.",
    )
    date = fields.Datetime("First Sent On")
    decision_date = fields.Datetime("Decided On")
    hours_to_quote = fields.Float(
        "Working Hours to Quote",
        aggregator="avg",
        help="From enough information to the first quote about a need; later quotes "
        "about the same need have none.",
    )
    days_to_decision = fields.Float(
        "Days to Decision",
        aggregator="avg",
        help="From sending to the acceptance or refusal, in days of the calendar.",
    )
    amount = fields.Monetary("Untaxed Amount")
    amount_accepted = fields.Monetary("Accepted Amount")
    currency_id = fields.Many2one("res.currency")
    info_source = fields.Selection(SOURCES, "Information From")
    presentation = fields.Selection(PRESENTATIONS, "The Customer Sees")
    refusal_reason_id = fields.Many2one("crm.lost.reason", "Refused For")
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
            SELECT %(key)s AS id, o.id AS order_id, quote.outcome,
                   CASE WHEN quote.outcome = 'accepted' THEN 100.0
                        WHEN quote.outcome IN ('refused', 'expired') THEN 0.0 END
                   AS hit,
                   o.quote_sent_date AS date, quote.decision_date,
                   CASE WHEN j.quote_sent_date = o.quote_sent_date
                         AND j.quote_info_date <= j.quote_sent_date
                        THEN j.time_to_quote END
                   AS hours_to_quote,
                   EXTRACT(EPOCH FROM quote.decision_date - o.quote_sent_date) / 86400
                   AS days_to_decision,
                   %(amount)s / quote.rate AS amount,
                   CASE WHEN quote.outcome = 'accepted'
                        THEN %(amount)s / quote.rate ELSE 0 END
                   AS amount_accepted,
                   c.currency_id, o.quote_info_source AS info_source,
                   o.quote_presentation AS presentation,
                   CASE WHEN quote.outcome = 'refused'
                        THEN COALESCE(o.refusal_reason_id, l.lost_reason_id) END
                   AS refusal_reason_id,
                   o.company_id, o.team_id, o.user_id, o.partner_id,
                   p.commercial_partner_id
            """,
            key=self._key(),
            amount=self._amount(),
        )

    def _key(self) -> SQL:
        return SQL("o.id")

    def _amount(self) -> SQL:
        """Return the untaxed amount of a row, in the currency of the order."""
        return SQL("o.amount_untaxed")

    def _from(self) -> SQL:
        return SQL(
            """
              FROM sale_order o
              JOIN res_company c ON c.id = o.company_id
              JOIN res_partner p ON p.id = o.partner_id
         LEFT JOIN crm_lead l ON l.id = o.opportunity_id
         LEFT JOIN customer_journey j ON j.id = o.journey_id
        CROSS JOIN LATERAL (
                SELECT CASE
                       WHEN o.state = 'sale' THEN 'accepted'
                       WHEN o.refusal_date IS NOT NULL OR l.won_status = 'lost'
                       THEN 'refused'
                       WHEN o.state = 'cancel' THEN 'withdrawn'
                       WHEN o.validity_date < %(today)s THEN 'expired'
                       ELSE 'waiting' END AS outcome,
                       CASE WHEN o.state = 'sale' THEN o.baseline_date
                            WHEN o.refusal_date IS NOT NULL THEN o.refusal_date
                            WHEN l.won_status = 'lost' THEN l.date_closed END
                       AS decision_date,
                       COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate
             ) quote
            """,
            today=fields.Date.today(),
        )

    def _where(self) -> SQL:
        return SQL(
            """
             WHERE o.refusal_date IS NOT NULL
                OR (o.quote_sent_date IS NOT NULL
                    AND (o.baseline_date IS NULL OR o.signed_on IS NOT NULL
                         OR o.baseline_date - o.quote_sent_date > %s))
            """,
            AT_ONCE,
        )

    def action_open_order(self):
        """Open the quote of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
