from odoo.addons.customer_service_stages import hooks


def migrate(cr, version):
    """Make the columns of deliveries and extras, so that no old order is computed."""
    hooks.make_delivery_columns(cr)
    hooks.make_outcome_columns(cr)
    hooks.make_extra_columns(cr)
    hooks.make_loyalty_columns(cr)
