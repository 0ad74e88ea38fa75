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
