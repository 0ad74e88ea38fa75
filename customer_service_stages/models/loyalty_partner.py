from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What the relationship with a customer amounts to (F7, F8, J8).

    As far as the user may see it, in the currency of the user's company.
    """

    _name = "res.partner"
    _inherit = ["res.partner"]

    customer_since = fields.Date(
        compute="_compute_relationship",
        groups="sales_team.group_sale_salesman",
        help="The day of the first order.",
    )
    relationship_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_relationship_currency_id",
        groups="sales_team.group_sale_salesman",
    )
    relationship_amount = fields.Monetary(
        "Ordered in Total",
        currency_field="relationship_currency_id",
        compute="_compute_relationship",
        groups="sales_team.group_sale_salesman",
        help="Untaxed amount of all confirmed orders, of the whole company or family "
        "of contacts.",
    )
    recommended_lead_ids = fields.One2many(
        "crm.lead",
        "referred_by_id",
        context={"active_test": False},
        groups="sales_team.group_sale_salesman",
    )
    recommendation_count = fields.Integer(
        "Recommendations",
        compute="_compute_recommendations",
        groups="sales_team.group_sale_salesman",
        help="Opportunities that we owe to this contact, or to a contact below.",
    )
    recommendation_won_count = fields.Integer(
        "Recommendations Won",
        compute="_compute_recommendations",
        groups="sales_team.group_sale_salesman",
    )
    recommendation_amount = fields.Monetary(
        "Ordered on Recommendation",
        currency_field="relationship_currency_id",
        compute="_compute_recommendations",
        groups="sales_team.group_sale_salesman",
        help="Untaxed amount that those whom this contact sent to us have ordered.",
    )

    @api.depends_context("company")
    def _compute_relationship_currency_id(self):
        self.relationship_currency_id = self.env.company.currency_id

    @api.depends_context("company", "allowed_company_ids", "uid")
    def _compute_relationship(self):
        groups = self.env["sale.report"]._read_group(
            Domain("commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("state", "=", "sale"),
            ["commercial_partner_id"],
            ["date:min", "price_subtotal:sum"],
        )
        totals = {customer: (first, amount) for customer, first, amount in groups}
        for partner in self:
            first, amount = totals.get(partner.commercial_partner_id, (False, 0))
            partner.customer_since = first and fields.Datetime.context_timestamp(
                self, first
            )
            partner.relationship_amount = amount

    @api.depends_context("company", "allowed_company_ids", "uid")
    def _compute_recommendations(self):
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search(self._recommended_domain())
        )
        made, won, amounts = Counter(), Counter(), Counter()
        for lead in leads:
            contact_sudo = lead.referred_by_id.sudo()
            while contact_sudo:
                made[contact_sudo.id] += 1
                won[contact_sudo.id] += lead.won_status == "won"
                amounts[contact_sudo.id] += lead.journey_id.amount_ordered
                contact_sudo = contact_sudo.parent_id
        for partner in self:
            partner.recommendation_count = made[partner.id]
            partner.recommendation_won_count = won[partner.id]
            partner.recommendation_amount = amounts[partner.id]

    def _recommended_domain(self):
        return Domain("referred_by_id", "child_of", self.ids) & Domain(
            "type", "=", "opportunity"
        )

    def action_view_recommendations(self):
        """Open the opportunities that we owe to the contacts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        action["domain"] = self._recommended_domain()
        action["context"] = {"active_test": False}
        return action
