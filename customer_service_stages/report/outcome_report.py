from odoo import fields, models
from odoo.tools import SQL

from ..tools.outcome_score import (
    PARTS,
    PER_COMEBACK,
    PER_FAILURE,
    PER_STAR,
    SIDES,
    Facts,
)

#: The service levels that tell how long customers wait for a word.
RESPONSES = ("first_response", "assignment", "next_update", "quote_sent")


class CustomerOutcomeReport(models.Model):
    """How well each need was served: its outcome and its process, apart (D5, A3).

    One row for each journey of which something is known. The scores are derived from
    what happened, so they are right after every event; `tools/outcome_score.py` says
    how, and this is the same as SQL. Confidential tickets are left out (T10).
    """

    _name = "customer.outcome.report"
    _description = "Outcome Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "journey_id"
    _depends = {
        "crm.lead": ["active", "journey_id", "team_id"],
        "crm.team": ["service_context_id"],
        "customer.confirmation": ["is_current", "kind", "score", "state"],
        "customer.feedback": ["answer_date", "journey_id", "score"],
        "customer.journey": [
            "aftersales_date",
            "begin_date",
            "commercial_partner_id",
            "company_id",
            "end_date",
            "partner_id",
            "state",
            "user_id",
        ],
        "customer.journey.event": ["event", "journey_id"],
        "customer.service.context": [
            "active",
            "code",
            "company_id",
            "sequence",
            "outcome_weight",
            *(f"{part}_weight" for part in PARTS),
        ],
        "customer.sla.status": ["deadline", "is_excused", "metric", "state"],
        "helpdesk.ticket": [
            "active",
            "contact_in_count",
            "is_confidential",
            "is_recovery",
            "journey_id",
            "reopen_count",
            "team_id",
            "type_id",
            "workflow_step",
        ],
        "helpdesk.ticket.type": ["service_context_id"],
        "res.company": ["service_context_id"],
        "sale.order": [
            "baseline_date",
            "delivery_completion_date",
            "first_promise_kept",
            "journey_id",
            "promise_end_date",
            "state",
            "team_id",
        ],
        "sale.order.line": [
            "extra_accepted_amount",
            "extra_amount",
            "extra_waiting_amount",
        ],
    }

    journey_id = fields.Many2one("customer.journey", aggregator="count_distinct")
    context_id = fields.Many2one("customer.service.context")
    context_code = fields.Selection(
        [("pending", "Result pending"), ("assured", "Result assured")],
        "Kind of Context",
    )
    date = fields.Datetime(
        help="When after-sales began, else when the journey ended, else when it began."
    )
    state = fields.Selection(
        lambda self: (
            self.env["customer.journey"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        "Status",
    )
    company_id = fields.Many2one("res.company")
    sales_team_id = fields.Many2one("crm.team")
    team_id = fields.Many2one("helpdesk.ticket.team", "Helpdesk Team")
    type_id = fields.Many2one("helpdesk.ticket.type", "Request Type")
    user_id = fields.Many2one("res.users", "Owner")
    partner_id = fields.Many2one("res.partner", "Customer")
    commercial_partner_id = fields.Many2one("res.partner", "Customer Entity")
    score = fields.Float(
        digits=(16, 0),
        aggregator="avg",
        help="0 to 100: outcome and process by the weights of the context.",
    )
    outcome = fields.Float(
        digits=(16, 0), aggregator="avg", help="0 to 100: what came of it."
    )
    process = fields.Float(
        digits=(16, 0), aggregator="avg", help="0 to 100: how the customer got there."
    )
    date_grade = fields.Float("Promised Day", digits=(16, 0), aggregator="avg")
    price_grade = fields.Float("Accepted Price", digits=(16, 0), aggregator="avg")
    right_grade = fields.Float("Right First Time", digits=(16, 0), aggregator="avg")
    solved_grade = fields.Float(
        "Solved for the Customer", digits=(16, 0), aggregator="avg"
    )
    response_grade = fields.Float("Answers in Time", digits=(16, 0), aggregator="avg")
    contacts_grade = fields.Float("Few Contacts", digits=(16, 0), aggregator="avg")
    courtesy_grade = fields.Float("Courtesy", digits=(16, 0), aggregator="avg")
    # What is counted: see `Facts`
    due = fields.Integer("Deliveries Due")
    on_day = fields.Integer("Delivered on the Promised Day")
    priced = fields.Integer("Deliveries with an Accepted Price")
    in_price = fields.Integer("Delivered at the Accepted Price")
    finished = fields.Integer("Deliveries and Requests Finished")
    failures = fields.Integer("Taken Up Again")
    answer = fields.Float("The Customer's Last Answer", aggregator="avg")
    accepted = fields.Integer("Confirmed")
    refused = fields.Integer()
    clocks = fields.Integer("Answers Due")
    in_time = fields.Integer("Answered in Time")
    closed = fields.Integer("Requests Closed")
    comebacks = fields.Integer("Customers Came Back")
    stars = fields.Float("The Customer's Stars", aggregator="avg")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _facts(self):
        """Return what was counted of the journey of the row."""
        return Facts(*(self[name] or 0 for name in Facts._fields))

    def action_open_journey(self):
        """Open the journey of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.journey",
            "res_id": self.journey_id.id,
            "views": [(False, "form")],
        }

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT j.id, j.id AS journey_id, j.company_id, j.user_id, j.partner_id,
                   j.commercial_partner_id, j.state,
                   COALESCE(j.aftersales_date, j.end_date, j.begin_date) AS date,
                   COALESCE(sold.team_id, asked.team_id) AS sales_team_id,
                   requested.team_id, requested.type_id, context.id AS context_id,
                   context.code AS context_code, fact.*, grade.*, side.*, total.score
            """
        )

    def _from(self) -> SQL:
        """Count, grade, and take the means, each step upon the one before."""
        return SQL(
            """
              FROM customer_journey j
         LEFT JOIN res_company c ON c.id = j.company_id
              %(first_documents)s
         LEFT JOIN customer_service_context context ON context.id = COALESCE(
                    sold.service_context_id, requested.service_context_id,
                    asked.service_context_id, c.service_context_id,
                    (SELECT id FROM customer_service_context
                      WHERE active AND company_id IS NULL
                      ORDER BY sequence, id LIMIT 1))
        CROSS JOIN LATERAL (%(facts)s) fact
        CROSS JOIN LATERAL (SELECT %(grades)s) grade
        CROSS JOIN LATERAL (SELECT %(outcome)s AS outcome, %(process)s AS process) side
        CROSS JOIN LATERAL (SELECT %(score)s AS score) total
            """,
            first_documents=self._first_documents(),
            facts=self._counts(),
            grades=self._grades(),
            outcome=self._mean(self._weighted_parts("outcome")),
            process=self._mean(self._weighted_parts("process")),
            score=self._mean(
                [
                    SQL("(context.outcome_weight, side.outcome)"),
                    SQL("(100 - context.outcome_weight, side.process)"),
                ]
            ),
        )

    def _where(self) -> SQL:
        return SQL("WHERE total.score IS NOT NULL")

    def _first_documents(self) -> SQL:
        """Join the first document of each kind: it tells team, type and context."""
        return SQL(
            """
         LEFT JOIN LATERAL (
                SELECT o.team_id, team.service_context_id
                  FROM sale_order o
             LEFT JOIN crm_team team ON team.id = o.team_id
                 WHERE o.journey_id = j.id AND o.state != 'cancel'
                 ORDER BY o.state = 'sale' DESC, o.id
                 LIMIT 1
             ) sold ON TRUE
         LEFT JOIN LATERAL (
                SELECT t.team_id, t.type_id, type.service_context_id
                  FROM helpdesk_ticket t
             LEFT JOIN helpdesk_ticket_type type ON type.id = t.type_id
                 WHERE t.journey_id = j.id AND t.is_confidential IS NOT TRUE
                 ORDER BY t.id
                 LIMIT 1
             ) requested ON TRUE
         LEFT JOIN LATERAL (
                SELECT l.team_id, team.service_context_id
                  FROM crm_lead l
             LEFT JOIN crm_team team ON team.id = l.team_id
                 WHERE l.journey_id = j.id
                 ORDER BY l.id
                 LIMIT 1
             ) asked ON TRUE
            """
        )

    def _counts(self) -> SQL:
        """Select the `Facts` of a journey, in their order."""
        return SQL(
            """
                SELECT delivery.due, delivery.on_day, delivery.priced,
                       delivery.in_price,
                       delivery.finished + request.closed AS finished,
                       delivery.failures + request.failures AS failures,
                       COALESCE(feedback.score, 0) AS answer,
                       word.accepted, word.refused, clock.clocks, clock.in_time,
                       request.closed, request.comebacks,
                       COALESCE(word.stars, 0) AS stars
                  FROM (%(deliveries)s) delivery
            CROSS JOIN (%(requests)s) request
            CROSS JOIN (%(words)s) word
            CROSS JOIN (%(clocks)s) clock
             LEFT JOIN (%(feedback)s) feedback ON TRUE
            """,
            deliveries=self._deliveries(),
            requests=self._requests(),
            words=self._words(),
            clocks=self._clocks(),
            feedback=self._feedback(),
        )

    def _deliveries(self) -> SQL:
        """Count the orders of a journey, by the first promise and the accepted price.

        Extras that the customer accepted, and those that wait for it, are no overrun.
        """
        return SQL(
            """
                SELECT COUNT(*) FILTER (
                           WHERE o.first_promise_kept IS NOT NULL
                              OR o.delivery_completion_date IS NULL
                             AND o.promise_end_date < %(now)s
                       ) AS due,
                       COUNT(*) FILTER (WHERE o.first_promise_kept = 'kept') AS on_day,
                       COUNT(extra.overrun) AS priced,
                       COUNT(*) FILTER (WHERE extra.overrun < 0.005) AS in_price,
                       COUNT(o.delivery_completion_date) AS finished,
                       (SELECT COUNT(*) FROM customer_journey_event e
                         WHERE e.journey_id = j.id AND e.event = 'delivery_reopened')
                       AS failures
                  FROM sale_order o
             LEFT JOIN LATERAL (
                    SELECT COALESCE(SUM(
                               l.extra_amount - COALESCE(l.extra_accepted_amount, 0)
                               - COALESCE(l.extra_waiting_amount, 0)
                           ), 0) AS overrun
                      FROM sale_order_line l
                     WHERE l.order_id = o.id
                 ) extra ON o.baseline_date IS NOT NULL
                        AND o.delivery_completion_date IS NOT NULL
                 WHERE o.journey_id = j.id AND o.state = 'sale'
            """,
            now=fields.Datetime.now(),
        )

    def _requests(self) -> SQL:
        return SQL(
            """
                SELECT COUNT(*) FILTER (WHERE t.workflow_step = 'closed') AS closed,
                       COALESCE(SUM(t.reopen_count), 0)
                       + COUNT(*) FILTER (WHERE t.is_recovery) AS failures,
                       COALESCE(SUM(GREATEST(t.contact_in_count - 1, 0)) FILTER (
                           WHERE t.workflow_step = 'closed'
                       ), 0) AS comebacks
                  FROM helpdesk_ticket t
                 WHERE t.journey_id = j.id AND t.active
                   AND t.is_confidential IS NOT TRUE
            """
        )

    def _words(self) -> SQL:
        """Count what customers said when they were asked to confirm."""
        return SQL(
            """
                SELECT COUNT(*) FILTER (WHERE state = 'accepted' AND is_current)
                       AS accepted,
                       COUNT(*) FILTER (WHERE state = 'refused' AND is_current)
                       AS refused,
                       AVG(NULLIF(score, 0)) AS stars
                  FROM (%s) answers
                 WHERE kind IN ('delivery', 'ticket')
            """,
            self._of_documents(
                SQL("s.state, s.is_current, s.score, s.kind"), "customer_confirmation"
            ),
        )

    def _clocks(self) -> SQL:
        return SQL(
            """
                SELECT COUNT(*) FILTER (WHERE result IN ('met', 'met_late', 'late'))
                       AS clocks,
                       COUNT(*) FILTER (WHERE result = 'met') AS in_time
                  FROM (%s) statuses
                 WHERE metric IN %s
            """,
            self._of_documents(
                SQL(
                    "s.metric, %s AS result",
                    self.env["customer.sla.status"]._result_sql("s"),
                ),
                "customer_sla_status",
                with_leads=True,
            ),
            RESPONSES,
        )

    def _of_documents(self, columns, table, with_leads=False) -> SQL:
        """Select what is about the documents of a journey, by the documents' indexes.

        :param SQL columns: of `s`, the table.
        """
        kinds = [("sale_order", "order_id"), ("helpdesk_ticket", "ticket_id")]
        if with_leads:
            kinds.append(("crm_lead", "lead_id"))
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s FROM %s d JOIN %s s ON s.%s = d.id"
                " WHERE d.journey_id = j.id",
                columns,
                SQL.identifier(document),
                SQL.identifier(table),
                SQL.identifier(field_name),
            )
            for document, field_name in kinds
        )

    def _feedback(self) -> SQL:
        """Select the customer's last word: what was put right is right."""
        return SQL(
            """
                SELECT f.score
                  FROM customer_feedback f
                 WHERE f.journey_id = j.id AND f.score > 0
                 ORDER BY f.answer_date DESC, f.id DESC
                 LIMIT 1
            """
        )

    def _grades(self) -> SQL:
        """Return `grades` as SQL."""
        return SQL(
            """
            100.0 * on_day / NULLIF(due, 0) AS date_grade,
            100.0 * in_price / NULLIF(priced, 0) AS price_grade,
            CASE WHEN finished > 0 OR failures > 0
                 THEN GREATEST(100.0 - %(failure)s * failures, 0) END AS right_grade,
            CASE WHEN answer > 0 THEN 100.0 - %(star)s * (5 - answer)
                 ELSE 100.0 * accepted / NULLIF(accepted + refused, 0) END
            AS solved_grade,
            100.0 * in_time / NULLIF(clocks, 0) AS response_grade,
            GREATEST(100 - %(comeback)s * (comebacks / NULLIF(closed, 0)::numeric),
                     CASE WHEN closed > 0 THEN 0 END) AS contacts_grade,
            CASE WHEN stars > 0 THEN 100.0 - %(star)s * (5 - stars) END
            AS courtesy_grade
            """,
            failure=PER_FAILURE,
            comeback=PER_COMEBACK,
            star=PER_STAR,
        )

    def _weighted_parts(self, side):
        return [
            SQL(
                "(%s, %s)",
                SQL.identifier("context", f"{part}_weight"),
                SQL.identifier("grade", f"{part}_grade"),
            )
            for part in SIDES[side]
        ]

    def _mean(self, pairs) -> SQL:
        """Return `weighted_mean` as SQL.

        :param pairs: of weight and value, as SQL rows.
        """
        return SQL(
            """(SELECT SUM(weight * value)::float / NULLIF(SUM(weight), 0)
                  FROM (VALUES %s) known (weight, value) WHERE value IS NOT NULL)""",
            SQL(", ").join(pairs),
        )
