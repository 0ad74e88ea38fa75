from odoo import fields, models


class SurveyUserInput(models.Model):
    """Answers to surveys; those about a document land there, by whichever page.

    Whoever sees surveys sees such answers of their own companies only.
    """

    _inherit = "survey.user_input"

    feedback_ids = fields.One2many("customer.feedback", "user_input_id", readonly=True)
    feedback_company_id = fields.Many2one(
        "res.company",
        "Company Asked About",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    def _mark_done(self):
        result = super()._mark_done()
        self.sudo().feedback_ids._take_answer()
        return result
