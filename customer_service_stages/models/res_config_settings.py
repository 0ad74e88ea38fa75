from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    journey_complete_days = fields.Integer(
        related="company_id.journey_complete_days", readonly=False
    )
    confirmation_required = fields.Boolean(
        related="company_id.confirmation_required", readonly=False
    )
    confirmation_reminder_days = fields.Integer(
        related="company_id.confirmation_reminder_days", readonly=False
    )
    confirmation_reminder_count = fields.Integer(
        related="company_id.confirmation_reminder_count", readonly=False
    )
    confirmation_timeout_days = fields.Integer(
        related="company_id.confirmation_timeout_days", readonly=False
    )
    confirmation_reopen_days = fields.Integer(
        related="company_id.confirmation_reopen_days", readonly=False
    )
    extra_approval_required = fields.Boolean(
        related="company_id.extra_approval_required", readonly=False
    )
    confirmation_ask_on_delivery = fields.Boolean(
        related="company_id.confirmation_ask_on_delivery", readonly=False
    )
    quote_presentation = fields.Selection(
        related="company_id.quote_presentation", readonly=False
    )
    quote_is_grouped = fields.Boolean(
        related="company_id.quote_is_grouped", readonly=False
    )
    quote_conditions_id = fields.Many2one(
        related="company_id.quote_conditions_id", readonly=False
    )
    quote_invoice_follows = fields.Boolean(
        related="company_id.quote_invoice_follows", readonly=False
    )
    quote_reminder_days = fields.Integer(
        related="company_id.quote_reminder_days", readonly=False
    )
    quote_reminder_count = fields.Integer(
        related="company_id.quote_reminder_count", readonly=False
    )
    quote_expiry_notice_days = fields.Integer(
        related="company_id.quote_expiry_notice_days", readonly=False
    )
    quote_info_required = fields.Boolean(
        related="company_id.quote_info_required", readonly=False
    )
    delivery_risk_days = fields.Integer(
        related="company_id.delivery_risk_days", readonly=False
    )
    incident_repeat_count = fields.Integer(
        related="company_id.incident_repeat_count", readonly=False
    )
    incident_repeat_days = fields.Integer(
        related="company_id.incident_repeat_days", readonly=False
    )
    incident_since_date = fields.Datetime(
        related="company_id.incident_since_date", readonly=False
    )
    contact_rest_days = fields.Integer(
        related="company_id.contact_rest_days", readonly=False
    )
    survey_rest_days = fields.Integer(
        related="company_id.survey_rest_days", readonly=False
    )
    service_context_id = fields.Many2one(
        related="company_id.service_context_id", readonly=False
    )
    quick_share = fields.Integer(related="company_id.quick_share", readonly=False)
    recovery_team_id = fields.Many2one(
        related="company_id.recovery_team_id", readonly=False
    )
    recovery_user_id = fields.Many2one(
        related="company_id.recovery_user_id", readonly=False
    )
    review_only_happy = fields.Boolean(
        related="company_id.review_only_happy", readonly=False
    )
    review_rest_days = fields.Integer(
        related="company_id.review_rest_days", readonly=False
    )
