from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.sla_rules import METRICS
from .quote_order import PRESENTATIONS


class ResPartner(models.Model):
    _inherit = "res.partner"

    journey_count = fields.Integer(
        compute="_compute_journey_count",
        groups="customer_service_stages.group_user_own",
    )

    quote_presentation = fields.Selection(
        PRESENTATIONS,
        "Quotes Show",
        groups="base.group_user",
        help="What this customer sees of quotes whose template does not say otherwise. "
        "Empty: what the company has set.",
    )

    quote_reminders_off = fields.Boolean(
        "No Reminders of Quotes",
        groups="base.group_user",
        help="This customer is neither reminded of quotes nor told that they expire.",
    )

    @api.model
    def _commercial_fields(self):
        return [
            *super()._commercial_fields(),
            "quote_presentation",
            "quote_reminders_off",
        ]

    def write(self, vals):
        result = super().write(vals)
        if "category_id" in vals:
            self._sla_tags_changed()
        return result

    def _sla_tags_changed(self):
        """Let the open documents of customers follow the tags of these (S6)."""
        policies = self.env["customer.sla.policy"]
        for model_name in METRICS:
            model = self.env[model_name].sudo()
            if policies._asks_for(model_name, "partner_tag"):
                model.search(
                    model._sla_open_domain()
                    & Domain("partner_id", "child_of", self.ids)
                )._journey_event("changed")

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
