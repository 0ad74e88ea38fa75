from odoo import fields, models
from odoo.tools import SQL

from ..models.sla_reason import CAUSES
from ..models.sla_status import options_of
from ..tools.sla_rules import MISSED


class CustomerSlaReport(models.Model):
    """How what was promised has been kept, and what the misses are due to (S2, S5).

    One row for each clock. What is open and overdue counts as not kept; what is
    excused or cancelled counts neither way. Confidential tickets are left out (T10).
    """

    _name = "customer.sla.report"
    _description = "Service-Level Analysis"
    _auto = False
    _order = "deadline desc, id desc"
    _rec_name = "policy_id"
    _depends = {
        "customer.sla.status": [
            "deadline",
            "is_excused",
            "our_seconds",
            "paused_seconds",
            "policy_id",
            "reason_id",
            "state",
        ],
        "helpdesk.ticket": [
            "category_id",
            "is_confidential",
            "partner_id",
            "priority",
            "team_id",
            "type_id",
            "user_id",
        ],
        "crm.lead": ["partner_id", "priority", "team_id", "user_id"],
        "sale.order": ["partner_id", "team_id", "user_id"],
        "res.partner": ["commercial_partner_id"],
    }

    document = fields.Selection(
        options_of("customer.sla.status", "document"), "Kind of Document"
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity")
    order_id = fields.Many2one("sale.order")
    ticket_id = fields.Many2one("helpdesk.ticket")
    policy_id = fields.Many2one("customer.sla.policy")
    metric = fields.Selection(
        options_of("customer.sla.status", "metric"), "What Is Promised"
    )
    commitment = fields.Selection(options_of("customer.sla.status", "commitment"))
    result = fields.Selection(options_of("customer.sla.status", "result"))
    company_id = fields.Many2one("res.company")
    team_id = fields.Many2one("helpdesk.ticket.team", "Helpdesk Team")
    sales_team_id = fields.Many2one("crm.team")
    user_id = fields.Many2one("res.users", "Responsible")
    type_id = fields.Many2one("helpdesk.ticket.type", "Request Type")
    category_id = fields.Many2one("helpdesk.ticket.category")
    partner_id = fields.Many2one("res.partner", "Customer")
    commercial_partner_id = fields.Many2one("res.partner", "Customer Entity")
    priority = fields.Selection(options_of("customer.sla.target", "priority"))
    start_date = fields.Datetime("Since")
    deadline = fields.Datetime()
    reached_date = fields.Datetime("Reached On")
    cycle = fields.Integer(
        aggregator="max", help="More than 1: it was promised again after a reopening."
    )
    our_hours = fields.Float(
        aggregator="avg",
        help="How long it took us, in hours of the clock; of what was reached.",
    )
    customer_hours = fields.Float(
        "The Customer's Hours",
        aggregator="avg",
        help="How long it stood still, in hours of the clock; of what was reached.",
    )
    late_hours = fields.Float(
        "Hours Late",
        aggregator="avg",
        help="From the deadline on, by the calendar; of what was missed.",
    )
    kept = fields.Float(
        aggregator="avg",
        help="The share of promises kept. What is open counts once it is overdue; what "
        "is excused or cancelled never does.",
    )
    reason_id = fields.Many2one("customer.sla.reason")
    cause = fields.Selection(CAUSES)
    is_excused = fields.Boolean("Excused")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT s.id, s.document, s.lead_id, s.order_id, s.ticket_id, s.policy_id,
                   s.metric, s.commitment, s.company_id, s.start_date, s.deadline,
                   s.reached_date, s.cycle, s.reason_id, s.cause, s.is_excused,
                   outcome.result, t.team_id, COALESCE(l.team_id, o.team_id)
                   AS sales_team_id, COALESCE(t.user_id, l.user_id, o.user_id)
                   AS user_id, t.type_id, t.category_id, p.id AS partner_id,
                   p.commercial_partner_id, COALESCE(t.priority, l.priority)
                   AS priority,
                   CASE WHEN s.state = 'reached' THEN s.our_seconds / 3600.0 END
                   AS our_hours,
                   CASE WHEN s.state = 'reached'
                        THEN COALESCE(s.paused_seconds, 0) / 3600.0 END
                   AS customer_hours,
                   CASE WHEN outcome.result IN %(missed)s
                        THEN EXTRACT(EPOCH FROM %(moment)s - s.deadline) / 3600 END
                   AS late_hours,
                   CASE WHEN outcome.result = 'met' THEN 1.0
                        WHEN outcome.result IN ('met_late', 'late') THEN 0.0 END
                   AS kept
            """,
            missed=MISSED,
            moment=self.env["customer.sla.status"]._moment_sql("s"),
        )

    def _from(self) -> SQL:
        return SQL(
            """
              FROM customer_sla_status s
         LEFT JOIN helpdesk_ticket t ON t.id = s.ticket_id
         LEFT JOIN crm_lead l ON l.id = s.lead_id
         LEFT JOIN sale_order o ON o.id = s.order_id
         LEFT JOIN res_partner p
                ON p.id = COALESCE(t.partner_id, l.partner_id, o.partner_id)
        CROSS JOIN LATERAL (SELECT %s AS result) outcome
            """,
            self.env["customer.sla.status"]._result_sql("s"),
        )

    def _where(self) -> SQL:
        return SQL("WHERE t.is_confidential IS NOT TRUE")

    def action_open_document(self):
        """Open the document that the clock was on."""
        self.ensure_one()
        return self.env["customer.sla.status"].browse(self.id).action_open_document()
