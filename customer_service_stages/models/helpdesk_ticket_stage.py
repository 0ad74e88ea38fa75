from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.confirmation_steps import SETTLED
from .helpdesk_ticket import WORKFLOW_STEPS


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    journey_stage_id = fields.Many2one(
        "customer.journey.stage",
        index="btree_not_null",
        ondelete="set null",
        help="A ticket that enters this stage takes its customer's journey there. "
        "A closing stage without a journey stage counts as cancelled.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to Rot",
        help="Highlight tickets that stay in this stage for longer than this many "
        "days. 0 switches it off.",
    )
    workflow_step = fields.Selection(
        WORKFLOW_STEPS,
        string="Step",
        help="Which of the five steps of a request this stage stands for.",
    )
    requires_confirmation = fields.Boolean(
        string="Only With the Customer's Confirmation",
        help="Tickets enter this stage when their customers have confirmed them, when "
        "these have not answered in time, or when a manager has waived it.",
    )
    requires_reason = fields.Boolean(
        string="Only With a Reason",
        help="Tickets enter this stage with a reason that is sent to the customer.",
    )

    sla_paused = fields.Boolean(
        "Waits for the Customer",
        help="Service levels stand still in this stage until the customer writes.",
    )

    _rotting_threshold_positive = models.Constraint(
        "CHECK (rotting_threshold_days >= 0)",
        "The days to rot cannot be negative. Use 0 to switch them off.",
    )

    @api.constrains("workflow_step", "closed")
    def _check_workflow_step(self):
        for stage in self.filtered("workflow_step"):
            if (stage.workflow_step == "closed") != stage.closed:
                raise ValidationError(
                    self.env._(
                        "The stage %s: a closing stage stands for the step Closed, and "
                        "no other stage does. Change both together.",
                        stage.name,
                    )
                )

    @api.onchange("closed")
    def _onchange_closed(self):
        result = super()._onchange_closed()
        if self.closed:
            self.workflow_step = "closed"
        elif self.workflow_step == "closed":
            self.workflow_step = False
        return result

    def write(self, vals):
        closing = self.filtered(lambda stage: not stage.closed and vals.get("closed"))
        gating = self.filtered(
            lambda stage: (
                not stage.requires_confirmation and vals.get("requires_confirmation")
            )
        )
        closing._check_nothing_open()
        result = super().write(vals)
        (gating - closing).sudo()._exempt_what_is_closed()
        if "sla_paused" in vals:
            self.env["customer.sla.sweep"].sudo()._start("helpdesk.ticket")
        return result

    def _check_nothing_open(self):
        """A change of settings closes no ticket behind its customer's back (T4)."""
        tickets = (
            self.env["helpdesk.ticket"]
            .sudo()
            .search(Domain("stage_id", "in", self.ids))
            .filtered(
                lambda ticket: (
                    ticket.confirmation_state not in SETTLED
                    and not ticket._confirmation_exemption()
                )
            )
        )
        if tickets:
            raise UserError(
                self.env._(
                    "%(count)s tickets stand in this stage, for example %(ticket)s. "
                    "They would be closed without a word from their customers: move "
                    "them to another stage first.",
                    count=len(tickets),
                    ticket=tickets[0].display_name,
                )
            )

    def _exempt_what_is_closed(self):
        """Let what was closed before a stage asked for confirmations stay closed."""
        tickets = (
            self.env["helpdesk.ticket"]
            .with_context(active_test=False)
            .search(
                Domain("stage_id", "in", self.ids)
                & Domain("stage_id.closed", "=", True)
                & Domain("confirmation_exemption", "=", False)
                & Domain("confirmation_state", "not in", SETTLED)
            )
        )
        tickets.write({"confirmation_exemption": "before"})
