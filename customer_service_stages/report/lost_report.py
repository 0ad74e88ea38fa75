from odoo import fields, models
from odoo.tools import SQL


class CustomerLostReport(models.Model):
    """Which needs were lost, why, and who says so (F6).

    One row for each lost opportunity, and for each refused quote without one.
    """

    _name = "customer.lost.report"
    _description = "Lost Customers Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "crm.lead": [
            "company_id",
            "date_closed",
            "expected_revenue",
            "lost_answer_date",
            "lost_reason_id",
            "lost_wants_call",
            "lost_words",
            "name",
            "partner_id",
            "source_id",
            "team_id",
            "type",
            "user_id",
            "won_status",
        ],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_rate",
            "name",
            "opportunity_id",
            "partner_id",
            "refusal_date",
            "refusal_reason_id",
            "refusal_words",
            "source_id",
            "team_id",
            "user_id",
        ],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id"],
    }

    name = fields.Char("About")
    lead_id = fields.Many2one("crm.lead", "Opportunity")
    order_id = fields.Many2one("sale.order", "Quote")
    date = fields.Datetime("Lost On")
    reason_id = fields.Many2one("crm.lost.reason")
    told_by = fields.Selection(
        [
            ("customer", "The customer"),
            ("staff", "We believe so"),
            ("nobody", "Nobody knows"),
        ],
        "Who Says So",
    )
    words = fields.Text("The Customer's Words")
    wants_call = fields.Boolean("Wants to Be Called")
    amount = fields.Monetary(
        "Amount Lost",
        help="What was expected of the opportunity, else its highest quote, untaxed.",
    )
    currency_id = fields.Many2one("res.currency")
    company_id = fields.Many2one("res.company")
    team_id = fields.Many2one("crm.team", "Sales Team")
    user_id = fields.Many2one("res.users", "Salesperson")
    source_id = fields.Many2one("utm.source")
    partner_id = fields.Many2one("res.partner", "Customer")
    commercial_partner_id = fields.Many2one("res.partner", "Customer Entity")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s UNION ALL %s", self._lost_leads(), self._refused_orders())

    def _lost_leads(self) -> SQL:
        return SQL(
            """
            SELECT l.id * 2 AS id, l.name, l.id AS lead_id,
                   refused.id AS order_id, l.date_closed AS date,
                   COALESCE(l.lost_reason_id, refused.refusal_reason_id) AS reason_id,
                   CASE WHEN l.lost_answer_date IS NOT NULL
                          OR refused.refusal_reason_id = COALESCE(
                             l.lost_reason_id, refused.refusal_reason_id)
                        THEN 'customer'
                        WHEN l.lost_reason_id IS NOT NULL THEN 'staff'
                        ELSE 'nobody' END AS told_by,
                   COALESCE(NULLIF(l.lost_words, ''), refused.refusal_words) AS words,
                   l.lost_wants_call AS wants_call,
                   COALESCE(NULLIF(l.expected_revenue, 0), quoted.amount, 0) AS amount,
                   COALESCE(c.currency_id, %s) AS currency_id,
                   l.company_id, l.team_id, l.user_id, l.source_id, l.partner_id,
                   p.commercial_partner_id
              FROM crm_lead l
         LEFT JOIN res_company c ON c.id = l.company_id
         LEFT JOIN res_partner p ON p.id = l.partner_id
         LEFT JOIN LATERAL (
                SELECT o.id, o.refusal_reason_id, o.refusal_words
                  FROM sale_order o
                 WHERE o.opportunity_id = l.id AND o.refusal_date IS NOT NULL
                 ORDER BY o.refusal_date DESC, o.id DESC
                 LIMIT 1
             ) refused ON TRUE
         LEFT JOIN LATERAL (
                SELECT MAX(o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1))
                       AS amount
                  FROM sale_order o
                 WHERE o.opportunity_id = l.id
             ) quoted ON TRUE
             WHERE l.type = 'opportunity' AND l.won_status = 'lost'
            """,
            self.env.company.currency_id.id,
        )

    def _refused_orders(self) -> SQL:
        return SQL(
            """
            SELECT o.id * 2 + 1, o.name, NULL, o.id, o.refusal_date,
                   o.refusal_reason_id,
                   CASE WHEN o.refusal_reason_id IS NOT NULL
                          OR o.refusal_words != ''
                        THEN 'customer' ELSE 'nobody' END,
                   o.refusal_words, FALSE,
                   o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1),
                   c.currency_id, o.company_id, o.team_id, o.user_id, o.source_id,
                   o.partner_id, p.commercial_partner_id
              FROM sale_order o
              JOIN res_company c ON c.id = o.company_id
              JOIN res_partner p ON p.id = o.partner_id
             WHERE o.refusal_date IS NOT NULL AND o.opportunity_id IS NULL
            """
        )

    def action_open_document(self):
        """Open the opportunity, or the quote, of the row."""
        self.ensure_one()
        document = self.lead_id or self.order_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
