from odoo import fields, models
from odoo.tools import SQL


class CustomerConfirmationReport(models.Model):
    """How requests and deliveries were closed, and how long customers took (T4).

    One row for each question, and one for each ticket that was closed without any.
    Confidential tickets are left out (T10).
    """

    _name = "customer.confirmation.report"
    _description = "Confirmation Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "state"
    _depends = {
        "customer.confirmation": ["state", "answer_date", "score"],
        "helpdesk.ticket": ["confirmation_exemption", "is_confidential", "closed_date"],
    }

    kind = fields.Selection(
        [("ticket", "Request"), ("delivery", "Delivery"), ("extra", "Extra")]
    )
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("timed_out", "No answer in time"),
            ("waived", "Waived"),
            ("exempt", "No answer needed"),
        ]
    )
    exemption = fields.Selection(
        lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["confirmation_exemption"]
            ._description_selection(self.env)
        ),
        string="Why Not Needed",
    )
    refusal_reason = fields.Selection(
        lambda self: (
            self.env["customer.confirmation"]
            ._fields["refusal_reason"]
            ._description_selection(self.env)
        ),
    )
    date = fields.Datetime(help="When it was asked, or closed without asking.")
    response_hours = fields.Float("Hours to Answer", aggregator="avg")
    score = fields.Float(
        aggregator="avg", help="1 to 5; questions without stars aside."
    )
    reminder_count = fields.Integer("Reminders")
    company_id = fields.Many2one("res.company")
    team_id = fields.Many2one("helpdesk.ticket.team")
    type_id = fields.Many2one("helpdesk.ticket.type", "Request Type")
    user_id = fields.Many2one("res.users", "Agent")
    partner_id = fields.Many2one("res.partner", "Customer")
    ticket_id = fields.Many2one("helpdesk.ticket")
    order_id = fields.Many2one("sale.order")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s UNION ALL %s", self._asked(), self._closed_without_asking())

    def _asked(self) -> SQL:
        return SQL(
            """
            SELECT c.id * 2 AS id, c.kind, c.state, NULL AS exemption,
                   c.refusal_reason, c.request_date AS date, c.response_hours,
                   NULLIF(c.score, 0) AS score, c.reminder_count, c.company_id,
                   c.team_id, c.type_id, c.user_id, c.partner_id, c.ticket_id,
                   COALESCE(c.order_id, e.order_id) AS order_id
              FROM customer_confirmation c
         LEFT JOIN helpdesk_ticket t ON t.id = c.ticket_id
         LEFT JOIN customer_extra e ON e.id = c.extra_id
             WHERE c.state != 'void' AND t.is_confidential IS NOT TRUE
            """
        )

    def _closed_without_asking(self) -> SQL:
        return SQL(
            """
            SELECT t.id * 2 + 1, 'ticket', 'exempt', t.confirmation_exemption, NULL,
                   t.closed_date, NULL, NULL, 0, t.company_id, t.team_id, t.type_id,
                   t.user_id, t.partner_id, t.id, NULL
              FROM helpdesk_ticket t
             WHERE t.confirmation_exemption IS NOT NULL
               AND t.confirmation_exemption != 'before'
               AND t.is_confidential IS NOT TRUE
            """
        )
