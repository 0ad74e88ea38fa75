from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.sla_steps import Stand


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "customer.sla.mixin", "customer.quote.info.mixin"]

    _sla_traits = {
        "sales_team": "team_id",
        "sales_tag": "tag_ids",
        "journey_stage": "journey_stage_id",
    }
    _sla_own_fields = ("type",)

    _journey_fields = (
        "active",
        "company_id",
        "partner_id",
        "probability",
        "stage_id",
        "team_id",
        "type",
        "user_id",
    )

    sla_status_ids = fields.One2many(
        "customer.sla.status",
        "lead_id",
        "Service Levels",
        readonly=True,
        groups="base.group_user",
    )
    sla_pause_ids = fields.One2many(
        "customer.sla.pause",
        "lead_id",
        "Service-Level Pauses",
        readonly=True,
        groups="base.group_user",
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
        opportunities.sudo().sla_status_ids._merge_into(lead_sudo)
        return result

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "quote_info_source", "quote_info_date"]

    def _journey_is_need(self):
        """Return whether it is an opportunity: raw leads begin on conversion (J1)."""
        return self.type == "opportunity"

    def _journey_status(self):
        if self.won_status != "pending":
            return self.won_status
        return "open" if self.active else "archived"

    def _quote_info_changed(self, before):
        """Correct the date in the quotations that have taken it over, too."""
        for lead in self.filtered(before.get):
            lead.sudo().order_ids.filtered(
                lambda order, lead=lead: (
                    order.quote_info_source == lead.quote_info_source
                    and order.quote_info_date == before[lead]
                )
            ).quote_info_date = lead.quote_info_date

    # Mails to the customer

    def _confirmation_contact(self):
        partner, email = super()._confirmation_contact()
        return partner, email or self.email_from or ""

    def _confirmation_label(self):
        return self.env._("Request")

    # Service levels

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        self.sudo()._journey_hear(message.sudo())
        return result

    def _sla_stand(self):
        if self.type != "opportunity":
            return None
        return Stand(
            self._journey_status(),
            is_quoted=any(order.state in ("sent", "sale") for order in self.order_ids),
        )

    @api.model
    def _sla_open_domain(self):
        return Domain("type", "=", "opportunity") & Domain("won_status", "=", "pending")

    def _sla_is_done(self):
        return self._journey_status() == "won"

    def _sla_waits(self):
        return self._journey_status() == "open" and self.stage_id.sla_paused

    def _sla_waits_since(self, event):
        if event is not None:
            return super()._sla_waits_since(event)
        return self.date_last_stage_update or self.create_date

    def _sla_start_date(self, metric, event, cycle):
        start = super()._sla_start_date(metric, event, cycle)
        return start and max(start, self.date_conversion or start)
