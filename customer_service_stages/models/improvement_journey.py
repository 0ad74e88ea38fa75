from odoo import models


class CustomerJourney(models.Model):
    _name = "customer.journey"
    _inherit = ["customer.journey"]

    def _give_all_to(self, target):
        """Suggestions about journeys that are merged go with them."""
        improvements_sudo = self.env["customer.improvement"].sudo()
        improvements_sudo.search([("journey_id", "in", self.ids)]).journey_id = target
        return super()._give_all_to(target)
