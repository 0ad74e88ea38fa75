from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    maintenance_months = fields.Integer(
        "Maintenance Every (Months)",
        help="Customers are reminded so many months after the delivery, time and "
        "again, where a follow-up rule says so. 0: it needs none.",
    )

    _maintenance_months_positive = models.Constraint(
        "CHECK (maintenance_months >= 0)",
        "Maintenance: enter a number of months, or 0 for none.",
    )
