from odoo import fields, models


class CustomerSlaAlert(models.Model):
    """That a warning or an escalation has happened: once in a cycle (S4)."""

    _name = "customer.sla.alert"
    _description = "Service-Level Alert"
    _order = "date desc, id desc"
    _rec_name = "escalation_id"

    status_id = fields.Many2one(
        "customer.sla.status", required=True, readonly=True, ondelete="cascade"
    )
    escalation_id = fields.Many2one(
        "customer.sla.escalation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="status_id.company_id")
    date = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [
            ("done", "Done"),
            ("skipped", "Skipped: too late for a warning"),
            ("failed", "Failed, tried again"),
            ("given_up", "Given up"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    tries = fields.Integer(readonly=True)
    retry_date = fields.Datetime("Tried Again On", readonly=True)
    error = fields.Text(readonly=True)

    _once = models.UniqueIndex("(status_id, escalation_id)")
