from odoo import api, fields, models

from ..tools.outcome_score import PARTS, SIDES

#: What a side of the outcome counts for by itself, in percent, by kind of context.
OUTCOME_WEIGHT = {"pending": 70, "assured": 30}


class CustomerServiceContext(models.Model):
    """What matters most in a kind of service: what comes of it, or how it goes (D5).

    At a counter the result is as good as certain, and people remember how they were
    treated; of an order or a repair they remember the result.
    """

    _name = "customer.service.context"
    _description = "Service Context"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [("pending", "Result pending"), ("assured", "Result assured")],
        "Kind",
        required=True,
        default="pending",
        help="Result pending: an order, a repair; the outcome matters most. Result "
        "assured: the counter; the process matters most.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the context is for all companies."
    )
    outcome_weight = fields.Integer(
        "Outcome (%)",
        compute="_compute_outcome_weight",
        store=True,
        readonly=False,
        precompute=True,
    )
    process_weight = fields.Integer("Process (%)", compute="_compute_process_weight")
    date_weight = fields.Integer("Promised Day", default=30)
    price_weight = fields.Integer("Accepted Price", default=20)
    right_weight = fields.Integer("Right First Time", default=25)
    solved_weight = fields.Integer("Solved for the Customer", default=25)
    response_weight = fields.Integer("Answers in Time", default=40)
    contacts_weight = fields.Integer("Few Contacts", default=30)
    courtesy_weight = fields.Integer("Courtesy", default=30)

    _weights = models.Constraint(
        "CHECK (outcome_weight BETWEEN 0 AND 100 AND LEAST(date_weight, price_weight,"
        " right_weight, solved_weight, response_weight, contacts_weight,"
        " courtesy_weight) >= 0)",
        "Weights: give the outcome 0 to 100 %, and use no negative numbers for parts.",
    )

    @api.depends("code")
    def _compute_outcome_weight(self):
        for context in self:
            context.outcome_weight = OUTCOME_WEIGHT.get(context.code)

    @api.depends("outcome_weight")
    def _compute_process_weight(self):
        for context in self:
            context.process_weight = 100 - context.outcome_weight

    def _label_of(self, name):
        """Return what a part is called, in the language of the user."""
        return self._fields[f"{name}_weight"]._description_string(self.env)

    def _weight_of(self, name):
        """Return the weight of a part or of a side."""
        return self[f"{name}_weight"]

    def _weights_by_name(self):
        """Return the weights of all parts and sides."""
        return {name: self._weight_of(name) for name in (*PARTS, *SIDES)}
