from odoo import fields, models


class CrmLead(models.Model):
    """Opportunities that we owe to somebody who recommended us (F8, J8)."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    referred_by_id = fields.Many2one(
        "res.partner",
        "Recommended By",
        index="btree_not_null",
        tracking=True,
        copy=False,
        ondelete="set null",
        help="The contact who recommended us. A follow-up rule can thank them.",
    )

    def write(self, vals):
        before = {}
        if "referred_by_id" in vals:
            # Those without a journey are told of when it begins
            before = {
                lead: lead.referred_by_id for lead in self if lead.sudo().journey_id
            }
        result = super().write(vals)
        self.browse().concat(
            *(lead for lead in before if lead.referred_by_id != before[lead])
        )._tell_recommended()
        return result

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "referred_by_id"]

    def _journey_event(self, event):
        result = super()._journey_event(event)
        if event == self._journey_opening_event:
            self._tell_recommended()
        return result

    def _tell_recommended(self):
        """Tell that somebody recommended us, of opportunities that are going on."""
        self.filtered(
            lambda lead: lead.referred_by_id and lead._journey_status() == "open"
        )._journey_event("recommended")

    def _journey_reason(self, event):
        if event == "recommended":
            return self.referred_by_id.display_name
        return super()._journey_reason(event)

    def _mail_heading(self, partner):
        heading = super()._mail_heading(partner)
        if partner and partner == self.referred_by_id != self.partner_id:
            # Whom they sent to us, and what about, is for that one to tell
            company = self.company_id or self.env.company
            heading.update(
                model_description=self.env._("Recommendation"),
                record_name=company.name,
            )
        return heading

    def _followup_contact(self, event):
        if event == "recommended":
            recommender = self.referred_by_id
            return recommender, recommender.email_formatted or ""
        return super()._followup_contact(event)
