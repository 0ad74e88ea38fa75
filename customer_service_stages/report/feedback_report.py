from odoo import fields, models
from odoo.tools import SQL


class CustomerFeedbackReport(models.Model):
    """What customers say, how many answer, and who was won back (F1, F2, F3).

    One row for each time that a customer was asked. Shares are averages of 0 and 1 over
    the rows that they are about; a score of 0 is none. Confidential tickets are left
    out (T10).
    """

    _name = "customer.feedback.report"
    _description = "Feedback Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "state"
    _depends = {
        "customer.feedback": ["state", "score", "is_unhappy", "is_recovered"],
        "customer.review.invitation": ["feedback_id", "date", "click_count"],
        "helpdesk.ticket": ["is_confidential"],
    }

    kind = fields.Selection(
        [("order", "Order"), ("ticket", "Request"), ("lead", "Opportunity")]
    )
    state = fields.Selection(
        [("asked", "Asked"), ("partial", "Half answered"), ("answered", "Answered")]
    )
    round = fields.Integer(
        aggregator=None, help="2: asked again, after it was put right."
    )
    date = fields.Datetime("Asked On")
    answer_hours = fields.Float("Hours to Answer", aggregator="avg")
    score = fields.Float(aggregator="avg", help="1 to 5; who gave none is left out.")
    response_share = fields.Float("Response Rate", aggregator="avg")
    unhappy_share = fields.Float(
        "Not Happy", aggregator="avg", help="Of those who answered."
    )
    recovered_share = fields.Float(
        "Recovered",
        aggregator="avg",
        help="Of those who were not happy when first asked: happy when asked again.",
    )
    invited_count = fields.Integer(
        "Invited to Review", help="Shown on the page, or written to."
    )
    review_click_count = fields.Integer("Visits to Review Platforms")
    visit_share = fields.Float(
        "Went to Review", aggregator="avg", help="Of those who were invited."
    )
    company_id = fields.Many2one("res.company")
    team_id = fields.Many2one("helpdesk.ticket.team", "Helpdesk Team")
    sales_team_id = fields.Many2one("crm.team")
    user_id = fields.Many2one("res.users", "Owner")
    partner_id = fields.Many2one("res.partner", "Customer")
    feedback_id = fields.Many2one("customer.feedback")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT f.id, f.id AS feedback_id, f.kind, f.state, f.round,
                   f.ask_date AS date,
                   EXTRACT(EPOCH FROM f.answer_date - f.ask_date) / 3600
                   AS answer_hours,
                   NULLIF(f.score, 0) AS score,
                   (f.state != 'asked')::int AS response_share,
                   CASE WHEN f.state != 'asked' THEN f.is_unhappy::int END
                   AS unhappy_share,
                   CASE WHEN f.is_unhappy AND f.round = 1 THEN f.is_recovered::int END
                   AS recovered_share,
                   (i.id IS NOT NULL)::int AS invited_count,
                   COALESCE(i.click_count, 0) AS review_click_count,
                   CASE WHEN i.id IS NOT NULL
                        THEN (COALESCE(i.click_count, 0) > 0)::int END
                   AS visit_share,
                   f.company_id, f.team_id, f.sales_team_id, f.user_id, f.partner_id
            """
        )

    def _from(self) -> SQL:
        return SQL(
            """
              FROM customer_feedback f
         LEFT JOIN customer_review_invitation i ON i.feedback_id = f.id
         LEFT JOIN helpdesk_ticket t ON t.id = f.ticket_id
            """
        )

    def _where(self) -> SQL:
        return SQL("WHERE t.is_confidential IS NOT TRUE")
