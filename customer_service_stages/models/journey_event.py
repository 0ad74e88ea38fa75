from odoo import api, fields, models


class CustomerJourneyEvent(models.Model):
    """One line of a journey's history: what happened, to which document (J1, J4)."""

    _name = "customer.journey.event"
    _description = "Customer Journey Event"
    _order = "date desc, id desc"
    _rec_name = "event"

    journey_id = fields.Many2one(
        "customer.journey", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="journey_id.company_id")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    event = fields.Selection(
        [
            ("opened", "Opened"),
            ("informed", "Information complete"),
            ("quoted", "Quotation made"),
            ("sent", "Quotation sent"),
            ("confirmed", "Order confirmed"),
            ("delivery_started", "Delivery started"),
            ("delivery_completed", "Delivery completed"),
            ("delivery_reopened", "Delivery reopened"),
            ("promised", "Promised date moved"),
            ("incident", "A problem came up"),
            ("staged", "Pipeline stage changed"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
            ("archived", "Archived"),
            ("reopened", "Reopened"),
            ("asked", "Customer asked to confirm"),
            ("accepted", "Confirmed by the customer"),
            ("refused", "Refused by the customer"),
            ("timed_out", "Not answered in time"),
            ("waived", "Confirmation waived"),
            ("extra_asked", "Customer asked about an extra"),
            ("extra_accepted", "Extra accepted by the customer"),
            ("extra_refused", "Extra refused by the customer"),
            ("extra_waived", "Extra done without asking"),
            ("feedback_given", "Feedback given"),
            ("feedback_unhappy", "Customer not happy"),
            ("recommended", "Recommended by a customer"),
            ("deleted", "Deleted"),
            ("joined", "Joined the journey"),
            ("merged", "Journeys merged"),
            ("moved", "Moved by hand"),
            ("completed", "Journey completed"),
            ("resumed", "Journey taken up again"),
        ],
        required=True,
    )
    previous_stage_id = fields.Many2one("customer.journey.stage", "From")
    stage_id = fields.Many2one("customer.journey.stage", "To", required=True)
    is_move = fields.Boolean(
        compute="_compute_is_move",
        store=True,
        precompute=True,
        help="Whether the event took the journey to another stage.",
    )
    user_id = fields.Many2one(
        "res.users", "By", default=lambda self: self.env.user, ondelete="set null"
    )
    reason = fields.Text()
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", readonly=True
    )
    document_name = fields.Char("Document", readonly=True)

    _reasoned = models.Constraint(
        "CHECK (event != 'moved' OR COALESCE(trim(reason), '') != '')",
        "Say why the journey is moved by hand.",
    )
    _document_idx = models.Index("(res_model, res_id)")

    @api.depends("previous_stage_id", "stage_id")
    def _compute_is_move(self):
        for event in self:
            event.is_move = event.previous_stage_id != event.stage_id

    def action_open_document(self):
        """Open the document that the event happened to, if it is still there."""
        self.ensure_one()
        model = self.env.get(self.res_model or "")
        if model is None or not model.browse(self.res_id).exists():
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "message": self.env._("This document has been deleted."),
                },
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
