from collections import Counter

from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    journey_count = fields.Integer(
        compute="_compute_journey_count",
        groups="customer_service_stages.group_user_own",
    )

    def _compute_journey_count(self):
        """Count the journeys of the contact and of its commercial entity's contacts."""
        groups = self.env["customer.journey"]._read_group(
            Domain("partner_id", "child_of", self.ids), ["partner_id"], ["__count"]
        )
        counts = Counter()
        for partner, count in groups:
            contact_sudo = partner.sudo()
            while contact_sudo:
                counts[contact_sudo.id] += count
                contact_sudo = contact_sudo.parent_id
        for partner in self:
            partner.journey_count = counts[partner.id]

    def action_view_journeys(self):
        """Open the journeys of the contact and of the contacts below it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_journey_action"
        )
        action["domain"] = Domain("partner_id", "child_of", self.ids)
        action["context"] = {}
        return action
