from odoo import api, models


class CustomerCompiledMixin(models.AbstractModel):
    """Settings that are kept compiled; every change throws away what was compiled."""

    _name = "customer.compiled.mixin"
    _description = "Settings That Are Compiled"

    @api.model_create_multi
    def create(self, vals_list):
        settings = super().create(vals_list)
        self.env.registry.clear_cache()
        return settings

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
