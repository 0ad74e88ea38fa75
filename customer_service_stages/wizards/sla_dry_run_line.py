from odoo import fields, models

from ..models.sla_status import options_of


class CustomerSlaDryRunLine(models.TransientModel):
    """How one document would have fared, for one cycle (S8)."""

    _name = "customer.sla.dry.run.line"
    _description = "Service-Level Dry Run Result"
    _order = "over_hours desc, id"

    run_id = fields.Many2one(
        "customer.sla.dry.run", "Dry Run", required=True, index=True, ondelete="cascade"
    )
    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", required=True, aggregator="count_distinct"
    )
    name = fields.Char("About")
    partner_id = fields.Many2one("res.partner", "Customer")
    user_id = fields.Many2one("res.users", "Responsible")
    team = fields.Char()
    priority = fields.Selection(options_of("customer.sla.target", "priority"))
    cycle = fields.Integer(
        aggregator="max", help="How many times it was promised about the document."
    )
    result = fields.Selection(options_of("customer.sla.status", "result"))
    start_date = fields.Datetime("Since")
    deadline = fields.Datetime()
    end_date = fields.Datetime("Ended On")
    our_hours = fields.Float("Our Time", aggregator="avg")
    waited_hours = fields.Float("Customer's Time", aggregator="avg")
    over_hours = fields.Float("Late By", aggregator="max")
    day_hours = fields.Float(help="Hours that a day of this clock has.")

    def action_open_document(self):
        """Open the document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
