from odoo import models

from ..tools.sla_rules import METRICS


class CustomerJourney(models.Model):
    _inherit = "customer.journey"

    def _enter(self, stage):
        result = super()._enter(stage)
        policies = self.env["customer.sla.policy"]
        if any(policies._asks_for(name, "journey_stage") for name in METRICS):
            for documents in self._documents():
                documents._journey_event("journey_moved")
        return result
