from odoo import fields, models


class CustomerSlaDoctorLine(models.TransientModel):
    """One thing that cannot work, or not as one would think (S8)."""

    _name = "customer.sla.doctor.line"
    _description = "Service-Level Finding"
    _order = "severity, id"
    _rec_name = "text"

    doctor_id = fields.Many2one(
        "customer.sla.doctor", required=True, index=True, ondelete="cascade"
    )
    severity = fields.Selection(
        [
            ("1_error", "Cannot work"),
            ("2_warning", "Doubtful"),
            ("3_info", "Good to know"),
        ],
        required=True,
    )
    code = fields.Char(required=True, help="Which check has found it.")
    policy_id = fields.Many2one("customer.sla.policy", ondelete="cascade")
    text = fields.Char("Finding", required=True)
    res_model = fields.Char()
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    fix = fields.Char(help="The method of the doctor that puts it right.")
    fix_label = fields.Char("What Would Help")

    def action_open(self):
        """Open the record on which to put it right."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_fix(self):
        """Put it right, and look again."""
        self.ensure_one()
        doctor = self.doctor_id
        doctor._fix(self)
        doctor.action_check()
