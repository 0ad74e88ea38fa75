from odoo import api, fields, models


class CustomerIncidentMixin(models.AbstractModel):
    """Documents on which something may go wrong (D2)."""

    _name = "customer.incident.mixin"
    _description = "Document With Incidents"

    #: The field of `customer.incident` that refers to the document.
    _incident_field = None

    incident_count = fields.Integer(
        "Problems", compute="_compute_incident_count", groups="base.group_user"
    )

    @api.depends("incident_ids")
    def _compute_incident_count(self):
        counts = dict(
            self.env["customer.incident"]._read_group(
                [(self._incident_field, "in", self.ids)],
                [self._incident_field],
                ["__count"],
            )
        )
        for document in self:
            document.incident_count = counts.get(document._origin, 0)

    def action_report_incident(self):
        """Open the dialog in which a problem is told with its solution."""
        self.ensure_one()
        view = self.env.ref(
            "customer_service_stages.customer_incident_view_form_report"
        )
        dialog = self._dialog(
            "customer.incident",
            self.env._("Report a Problem"),
            {f"default_{self._incident_field}": self.id},
        )
        return {**dialog, "views": [(view.id, "form")]}

    def action_view_incidents(self):
        """Open the problems that came up with the document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_incident_action"
        )
        action["domain"] = [(self._incident_field, "=", self.id)]
        action["context"] = {f"default_{self._incident_field}": self.id}
        return action

    def _incident(self):
        """Return the incident that a mail is about. For mail templates only."""
        return self.env["customer.incident"].browse(self.env.context.get("incident"))

    def _journey_reason(self, event):
        if event == "incident":
            return self.incident_ids.sorted("id")[-1:].problem
        return super()._journey_reason(event)
