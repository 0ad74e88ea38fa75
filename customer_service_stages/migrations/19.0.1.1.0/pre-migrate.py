from odoo.addons.customer_service_stages import hooks


def migrate(cr, version):
    """Make the columns of the confirmations, so that no old ticket is computed."""
    hooks.make_confirmation_columns(cr)
