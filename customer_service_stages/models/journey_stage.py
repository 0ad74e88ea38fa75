from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerJourneyStage(models.Model):
    """One of the four stages of a customer's journey (J1).

    Never more, never fewer: finer steps are the stages of the pipelines, each of which
    is mapped to one of these (J2). Names, texts and thresholds are the administrator's.
    """

    _name = "customer.journey.stage"
    _description = "Customer Journey Stage"
    _order = "sequence"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("contact", "First contact"),
            ("quote", "Quote & management"),
            ("delivery", "Delivery"),
            ("aftersales", "After-sales"),
        ],
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(required=True, readonly=True)
    description = fields.Text(
        translate=True,
        help="What happens in this stage; shown over its name on the board.",
    )
    fold = fields.Boolean(
        string="Folded on the Board",
        help="Fold this stage on the board of journeys.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to Rot",
        help="Highlight journeys that stay in this stage for longer than this many "
        "days. 0 switches it off.",
    )
    crm_stage_ids = fields.One2many("crm.stage", "journey_stage_id", "Pipeline Stages")
    ticket_stage_ids = fields.One2many(
        "helpdesk.ticket.stage", "journey_stage_id", "Ticket Stages"
    )

    _code_uniq = models.UniqueIndex("(code)", "Each of the four stages exists once.")
    _rotting_threshold_positive = models.Constraint(
        "CHECK (rotting_threshold_days >= 0)",
        "The days to rot cannot be negative. Use 0 to switch them off.",
    )

    def write(self, vals):
        if any(stage.code != vals["code"] for stage in self if "code" in vals):
            raise UserError(
                self.env._(
                    "The four stages stand for fixed steps. Rename this one instead, "
                    "or map your own pipeline stages to it."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A journey always has its four stages. Fold a stage on the board if "
                "you do not use it."
            )
        )

    @api.model
    def _by_code(self):
        """Return the four stages as a dict by code."""
        return {code: self.browse(stage_id) for code, stage_id in self._ids_by_code()}

    @api.model
    @tools.ormcache()
    def _ids_by_code(self):
        """Return (code, id) of the stages, which are the same for good."""
        return tuple(
            (stage.code, stage.id) for stage in self.sudo().search(Domain.TRUE)
        )
