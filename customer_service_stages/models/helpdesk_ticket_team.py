from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    confirmation_rule = fields.Selection(
        [("always", "Always"), ("never", "Never")],
        string="Ask to Confirm",
        help="Whether the customers of this team close their requests themselves. "
        "Empty: as the company has it.",
    )
    reopen_on_reply = fields.Boolean(
        string="A Reply Reopens",
        help="A customer who answers by e-mail, instead of using the buttons, has the "
        "ticket taken up again. Otherwise its owner is told. Plain thanks do neither.",
    )
    news_interval_hours = fields.Float(
        string="News Every",
        help="Working hours within which a customer whose request is being worked on "
        "hears from us. 0 switches it off.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        help="Reminders and news go by these hours; empty: by the company's.",
    )

    _news_interval_positive = models.Constraint(
        "CHECK (news_interval_hours >= 0)",
        "The hours between news cannot be negative. Use 0 to switch them off.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["customer.sla.sweep"].sudo()._start("helpdesk.ticket")
        return result
