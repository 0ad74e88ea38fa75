from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.sla_rules import METRICS
from .contact import OPT_OUTS
from .quote_order import PRESENTATIONS


class ResPartner(models.Model):
    _inherit = "res.partner"

    journey_count = fields.Integer(
        compute="_compute_journey_count",
        groups="customer_service_stages.group_user_own",
    )

    followup_count = fields.Integer(
        compute="_compute_followup_count",
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
        help="This contact is neither reminded of quotes nor told that they expire.",
    )

    service_mails_off = fields.Boolean(
        "No News About Orders",
        groups="base.group_user",
        help="This contact gets no mails from us, unasked, about what was ordered.",
    )
    feedback_mails_off = fields.Boolean(
        "No Questions About Our Work",
        groups="base.group_user",
        help="This contact is neither asked how it went nor invited to a review.",
    )
    loyalty_mails_off = fields.Boolean(
        "No Mails About Maintenance",
        groups="base.group_user",
        help="This contact is not reminded of maintenance or of an anniversary.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "quote_presentation"]

    def write(self, vals):
        result = super().write(vals)
        if "category_id" in vals:
            self._sla_tags_changed()
        if any(vals.get(name) for name in OPT_OUTS.values()):
            self._call_off_unwelcome()
        return result

    def _call_off_unwelcome(self):
        """Call off the follow-ups that customers do not want (F8)."""
        planned_sudo = (
            self.env["customer.followup"]
            .sudo()
            .search(
                Domain("state", "=", "planned")
                & Domain("partner_id", "child_of", self.ids)
            )
        )
        planned_sudo.filtered(lambda followup: followup._is_unwelcome())._call_off(
            "opted_out"
        )

    def _does_without(self, kind):
        """Return whether a contact, or its company, does without a kind of mail (F8).

        :param str kind: a key of `OPT_OUTS`.
        """
        name = OPT_OUTS[kind]
        return self[name] or self.commercial_partner_id[name]

    def _is_another_customer_than(self, other):
        """Return whether both contacts are there, and of different customers."""
        return bool(self and other) and (
            self.commercial_partner_id != other.commercial_partner_id
        )

    def _is_own_people(self, company):
        """Return whether it is the company itself, or somebody who works there."""
        users = self.user_ids
        return bool(self) and (
            self.commercial_partner_id == company.partner_id
            or (bool(users) and all(user._is_internal() for user in users))
        )

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
        counts = self._count_with_contacts("customer.journey")
        for partner in self:
            partner.journey_count = counts[partner.id]

    def _compute_followup_count(self):
        """Count what is and was planned for the contact and the contacts below it."""
        counts = self._count_with_contacts("customer.followup")
        for partner in self:
            partner.followup_count = counts[partner.id]

    def _count_with_contacts(self, model_name):
        """Count the records of each contact and of the contacts below it.

        :param str model_name: of records that have a `partner_id`.
        :return: Counter by id.
        """
        groups = self.env[model_name]._read_group(
            Domain("partner_id", "child_of", self.ids), ["partner_id"], ["__count"]
        )
        counts = Counter()
        for partner, count in groups:
            contact_sudo = partner.sudo()
            while contact_sudo:
                counts[contact_sudo.id] += count
                contact_sudo = contact_sudo.parent_id
        return counts

    def action_view_followups(self):
        """Open what is and was planned for the contact and the contacts below it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_followup_action_of_customer"
        )
        action["domain"] = Domain("partner_id", "child_of", self.ids)
        return action

    def action_view_journeys(self):
        """Open the journeys of the contact and of the contacts below it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_journey_action"
        )
        action["domain"] = Domain("partner_id", "child_of", self.ids)
        action["context"] = {}
        return action
