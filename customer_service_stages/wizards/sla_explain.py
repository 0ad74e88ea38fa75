from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.sla_reason import CAUSES
from ..tools.sla_rules import DOCUMENT_FIELDS


class CustomerSlaExplain(models.TransientModel):
    """Say why targets were missed, and where the cause lies (S5)."""

    _name = "customer.sla.explain"
    _description = "Explain Missed Service Levels"

    status_ids = fields.Many2many(
        "customer.sla.status",
        string="Missed",
        default=lambda self: self._missed(),
        readonly=True,
    )
    reason_id = fields.Many2one("customer.sla.reason", required=True)
    cause = fields.Selection(
        CAUSES,
        compute="_compute_cause",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    note = fields.Text("What Happened")
    is_excused = fields.Boolean(
        "Excuse It", help="It is reported apart. Only managers excuse."
    )

    @api.depends("reason_id")
    def _compute_cause(self):
        for wizard in self:
            wizard.cause = wizard.reason_id.cause

    @api.model
    def _missed(self):
        """Return what the documents, or the clocks, of the dialog have missed."""
        active_model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        Status = self.env["customer.sla.status"]
        if active_model == Status._name:
            return Status.browse(ids)
        if active_model not in DOCUMENT_FIELDS:
            return Status
        return Status.search(
            Domain(DOCUMENT_FIELDS[active_model], "in", ids)
            & Domain("result", "in", ["late", "met_late"])
            & Domain("reason_id", "=", False)
        )

    def action_explain(self):
        """Keep the reason with everything that was missed."""
        if not self.status_ids:
            raise UserError(self.env._("Nothing was missed that has no reason yet."))
        for documents in self.status_ids._documents():
            documents.check_access("write")
        statuses_sudo = self.status_ids.sudo()
        statuses_sudo._explain(self.reason_id, self.cause, self.note)
        if self.is_excused:
            self._check_manager()
            statuses_sudo._excuse(self.note or self.reason_id.name)
        return {"type": "ir.actions.act_window_close"}

    def _check_manager(self):
        if not self.env.user.has_group("customer_service_stages.group_manager"):
            raise AccessError(
                self.env._("Only a manager excuses a miss. Leave that box empty.")
            )
