from odoo import models

#: What customers may print of what they may read: it hides the prices by itself.
_CUSTOMER_REPORTS = (
    "sale.report_saleorder",
    "sale.report_saleorder_pro_forma",
    "account.report_invoice",
    "account.report_invoice_with_payments",
)

#: Numbers are what prices can be read from.
_NUMBERS = ("float", "integer", "monetary")


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _register_hook(self):
        """Come before the quote builder, which may be loaded after this addon."""
        super()._register_hook()
        report_class = type(self)
        if hasattr(self, "_get_value_from_path"):
            report_class._get_value_from_path = _value_for_customer

    def _get_rendering_context(self, report, docids, data):
        """Print for customers what their page shows, from all lines (Q3)."""
        values = super()._get_rendering_context(report, docids, data)
        is_customer = self.env.user.share and not self.env.su
        if is_customer and report.report_name in _CUSTOMER_REPORTS:
            values["docs"].check_access("read")
            docs_sudo = values["docs"].sudo()
            values["docs"] = docs_sudo
        return values


def _value_for_customer(self, form_field, order, order_line=None):
    """Fill no number of a line into a PDF form of an order that hides prices (Q3)."""
    if order.hides_prices and _tells_number(form_field.path, order_line or order):
        return ""
    return super(type(self), self)._get_value_from_path(form_field, order, order_line)


def _tells_number(path, record):
    """Return whether a path ends in a number that is not the order's own."""
    *steps, name = path.split(".")
    record = record.browse()
    for step in steps:
        record = record[step]
    own = record._name == "sale.order" and name != "amount_undiscounted"
    return record._fields[name].type in _NUMBERS and not own
