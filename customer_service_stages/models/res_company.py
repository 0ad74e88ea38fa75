from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.sla_rules import METRICS
from .quote_order import PRESENTATIONS


class ResCompany(models.Model):
    _inherit = "res.company"

    journey_complete_days = fields.Integer(
        string="Complete Journeys After",
        default=60,
        help="Days after which a journey in after-sales with nothing open is completed "
        "by itself. 0 leaves that to people.",
    )
    confirmation_required = fields.Boolean(
        string="Customers Close Their Requests",
        default=True,
        help="Requests are closed when their customers confirm that they are solved. "
        "Teams and request types may do without.",
    )
    confirmation_reminder_days = fields.Integer(
        string="Remind After",
        default=2,
        help="Working days without an answer after which a customer is reminded.",
    )
    confirmation_reminder_count = fields.Integer(
        string="Reminders",
        default=2,
        help="How many times at most a customer is reminded of one question.",
    )
    confirmation_timeout_days = fields.Integer(
        string="Close on Silence After",
        default=7,
        help="Working days without an answer after which a request is closed, once a "
        "reminder has arrived. 0 never closes; somebody is asked to call instead.",
    )
    confirmation_reopen_days = fields.Integer(
        string="Reopen Window",
        default=14,
        help="Days during which a customer can take a confirmation back. Later, an "
        "answer opens a follow-up ticket.",
    )
    extra_approval_required = fields.Boolean(
        string="Extras Wait for the Customer",
        default=True,
        help="What is added to an order after its customer has accepted it is "
        "delivered and invoiced once the customer has accepted that, too. Counts for "
        "orders that are confirmed from then on.",
    )
    confirmation_ask_on_delivery = fields.Boolean(
        string="Ask to Confirm Deliveries",
        help="Customers are asked to sign for a delivery as soon as it is complete.",
    )

    quote_presentation = fields.Selection(
        PRESENTATIONS,
        "Customers See",
        default="detailed",
        help="What customers see of a quote where neither its template nor they "
        "themselves have another. Staff always see every line.",
    )
    quote_is_grouped = fields.Boolean(
        "Group Quotes by Themselves",
        help="Quotes are sorted into groups before their customers see them, also "
        "where every price is shown.",
    )
    quote_conditions_id = fields.Many2one(
        "customer.quote.conditions",
        "Conditions of Sale",
        help="For quotes whose template has none of its own.",
    )
    quote_invoice_follows = fields.Boolean(
        "Invoices Show What the Quote Showed",
        default=True,
        help="Switch it off where the law asks for every line with its price: invoices "
        "that are made from then on show their customers everything.",
    )
    quote_info_required = fields.Boolean(
        "Ask What a Quote Rests On",
        help="Before a quote is sent, staff say how its information was gathered: by a "
        "visit, a video call or the customer's word.",
    )
    quote_reminder_days = fields.Integer(
        "Remind of Quotes After",
        default=3,
        help="Working days after which a customer who has not decided on a quote is "
        "reminded, and then from one reminder to the next. 0 reminds nobody.",
    )
    quote_reminder_count = fields.Integer(
        "Quote Reminders",
        default=2,
        help="How many times at most a customer is reminded of one quote.",
    )
    quote_expiry_notice_days = fields.Integer(
        "Tell That Quotes Expire",
        default=3,
        help="How many days before the last day of a quote its customer is told. 0 "
        "tells nobody.",
    )

    delivery_risk_days = fields.Integer(
        "At Risk Before",
        default=2,
        help="How many days before the end of the promised day a delivery that has not "
        "begun is at risk. One that is planned for later than promised always is.",
    )
    incident_repeat_count = fields.Integer(
        "Repeated Problems",
        default=3,
        help="How many problems of a kind are looked into as one that comes up again "
        "and again. 0 leaves that to people.",
    )
    incident_repeat_days = fields.Integer(
        "Repeated Within", default=90, help="Within how many days they count together."
    )
    incident_since_date = fields.Datetime(
        "Missed Dates Since",
        default=fields.Datetime.now,
        help="Missed contractual dates are reported as problems from then on. Empty: "
        "they are not.",
    )

    contact_rest_days = fields.Integer(
        "Write Once in",
        default=3,
        help="Days during which a customer gets no second mail that the module sends "
        "by itself, whatever about. Requests for a confirmation are sent all the "
        "same, and count.",
    )
    survey_rest_days = fields.Integer(
        "Ask Once in",
        default=30,
        help="Days during which a customer is not asked again how it went.",
    )

    _delivery_days_positive = models.Constraint(
        "CHECK (delivery_risk_days >= 0 AND incident_repeat_count >= 0"
        " AND incident_repeat_days >= 1)",
        "Deliveries and problems: use no negative numbers, and a day at least.",
    )
    _contact_days_positive = models.Constraint(
        "CHECK (contact_rest_days >= 1 AND survey_rest_days >= 0)",
        "Leave customers a day of rest at least, and use no negative numbers.",
    )
    _journey_complete_days_positive = models.Constraint(
        "CHECK (journey_complete_days >= 0)",
        "The number of days cannot be negative. Use 0 to complete journeys by hand.",
    )
    _confirmation_days_positive = models.Constraint(
        "CHECK (confirmation_reminder_count >= 0 AND confirmation_timeout_days >= 0"
        " AND confirmation_reopen_days >= 0 AND confirmation_reminder_days >= 1)",
        "Confirmations: remind after one working day or more, and use no negative "
        "numbers.",
    )

    _quote_days_positive = models.Constraint(
        "CHECK (quote_reminder_days >= 0 AND quote_reminder_count >= 0"
        " AND quote_expiry_notice_days >= 0)",
        "Reminders of quotes: use no negative numbers. 0 sends none.",
    )

    @api.constrains("confirmation_timeout_days", "confirmation_reminder_count")
    def _check_confirmation_timeout(self):
        for company in self:
            if (
                company.confirmation_timeout_days
                and not company.confirmation_reminder_count
            ):
                raise ValidationError(
                    self.env._(
                        "Nothing is closed on silence without a reminder. Allow at "
                        "least one reminder, or set 0 days for closing."
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            for model_name in METRICS:
                self.env["customer.sla.sweep"].sudo()._start(model_name)
        return result
