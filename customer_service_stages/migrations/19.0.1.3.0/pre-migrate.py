from odoo.addons.customer_service_stages import hooks


def migrate(cr, version):
    """Make the columns of the quotes, so that no old order is computed."""
    hooks.make_quote_columns(cr)
