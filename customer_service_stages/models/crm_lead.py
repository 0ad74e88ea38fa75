from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "customer.journey.mixin"]

    _journey_fields = (
        "active",
        "company_id",
        "partner_id",
        "probability",
        "stage_id",
        "team_id",
        "type",
    )

    def action_set_lost(self, **additional_values):
        with self._journey_watch() as leads:
            return super(CrmLead, leads).action_set_lost(**additional_values)

    def action_unarchive(self):
        if self._journey_is_watched():
            return super().action_unarchive()
        with self._journey_watch() as leads:
            return super(CrmLead, leads).action_unarchive()

    def action_restore(self):
        with self._journey_watch() as leads:
            return super(CrmLead, leads).action_restore()

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        lead_sudo = self.sudo()
        journeys = opportunities.sudo().journey_id
        if not lead_sudo.journey_id:
            lead_sudo.journey_id = journeys[:1]
        journeys._merge_into(lead_sudo.journey_id)
        return result

    def _journey_is_need(self):
        """Return whether it is an opportunity: raw leads begin on conversion (J1)."""
        return self.type == "opportunity"

    def _journey_status(self):
        if self.won_status != "pending":
            return self.won_status
        return "open" if self.active else "archived"
