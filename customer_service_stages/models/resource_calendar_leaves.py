from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        if leaves._is_for_everybody():
            self.env["resource.calendar"]._forget_work_time()
        return leaves

    def write(self, vals):
        before = self._is_for_everybody()
        result = super().write(vals)
        if before or self._is_for_everybody():
            self.env["resource.calendar"]._forget_work_time()
        return result

    def unlink(self):
        before = self._is_for_everybody()
        result = super().unlink()
        if before:
            self.env["resource.calendar"]._forget_work_time()
        return result

    def _is_for_everybody(self):
        """Return whether any of the leaves is a holiday, not one person's."""
        return not all(leave.resource_id for leave in self)
