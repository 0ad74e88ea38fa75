from odoo import api, models


class CustomerSlaPartMixin(models.AbstractModel):
    """Lines of a policy: what changes in them changes the policy."""

    _name = "customer.sla.part.mixin"
    _description = "Part of a Service-Level Policy"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.policy_id._parts_changed()
        return parts

    def write(self, vals):
        result = super().write(vals)
        self.policy_id._parts_changed()
        return result

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies._parts_changed()
        return result
