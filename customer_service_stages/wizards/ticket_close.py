from odoo import api, fields, models


class HelpdeskTicketClose(models.TransientModel):
    """Close what is not going to be solved here, with words for the customer (T8)."""

    _name = "helpdesk.ticket.close"
    _description = "Close Without a Solution"

    ticket_ids = fields.Many2many("helpdesk.ticket", readonly=True)
    stage_id = fields.Many2one(
        "helpdesk.ticket.stage",
        "Close As",
        required=True,
        domain="[('id', 'in', allowed_stage_ids)]",
        compute="_compute_stage_id",
        store=True,
        readonly=False,
    )
    allowed_stage_ids = fields.Many2many(
        "helpdesk.ticket.stage", compute="_compute_allowed_stage_ids"
    )
    reason = fields.Text(required=True, help="The customer reads this.")
    recommendation = fields.Text(
        "Who Can Help Instead",
        help="Where we cannot solve it: whom we recommend. The customer reads this.",
    )

    @api.depends("ticket_ids")
    def _compute_allowed_stage_ids(self):
        for wizard in self:
            stages = wizard.ticket_ids[:1].team_id._get_applicable_stages()
            wizard.allowed_stage_ids = stages.filtered(
                lambda stage: stage.closed and stage.requires_reason
            )

    @api.depends("allowed_stage_ids")
    def _compute_stage_id(self):
        for wizard in self:
            wizard.stage_id = wizard.allowed_stage_ids[-1:]

    def action_close(self):
        """Close the tickets; their customers are told the reason."""
        self.ensure_one()
        self.ticket_ids.write(
            {
                "closing_reason": self.reason,
                "recommendation": self.recommendation,
                "stage_id": self.stage_id.id,
            }
        )
        return {"type": "ir.actions.act_window_close"}
