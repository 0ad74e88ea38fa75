from odoo import api, fields, models


class CustomerSlaImport(models.TransientModel):
    """Ask what comes along with the policies of helpdesk_mgmt_sla (S1)."""

    _name = "customer.sla.import"
    _description = "Import From Helpdesk SLA"

    names = fields.Text(
        "To Be Imported", compute="_compute_names", help="What was imported stays."
    )
    stage_ids = fields.Many2many(
        "helpdesk.ticket.stage",
        string="Wait for the Customer From Now On",
        default=lambda self: self._unmarked_stages(),
        help="Stages that the old policies ignore. Marked, they pause the clocks of "
        "all policies that pause while the customer is to act. Remove those that "
        "should not.",
    )

    def _compute_names(self):
        slas = self.env["customer.sla.policy"]._helpdesk_slas_to_import()
        for wizard in self:
            wizard.names = "\n".join(slas.mapped("name"))

    @api.model
    def _unmarked_stages(self):
        """Return the stages that old policies ignore, and that do not pause ours."""
        slas = self.env["customer.sla.policy"]._helpdesk_slas_to_import()
        if not slas:
            return self.env["helpdesk.ticket.stage"]
        return slas.ignore_stage_ids.filtered(lambda stage: not stage.sla_paused)

    def action_import(self):
        """Import the policies, and show them."""
        self.ensure_one()
        policies = self.env["customer.sla.policy"]._import_helpdesk_slas(self.stage_ids)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_sla_policy_action"
        )
        action["domain"] = [("id", "in", policies.ids)]
        action["context"] = {"active_test": False}
        return action
