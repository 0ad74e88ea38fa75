from odoo import api, fields, models
from odoo.exceptions import UserError

#: What happens to an order that its extras' questions follow.
FOLLOWED_EVENTS = {
    "cancelled",
    "customer_changed",
    "customer_thanked",
    "customer_wrote",
    "staff_wrote",
}


class CustomerExtra(models.Model):
    """What was added to an order after its customer had accepted it (D3).

    All that waits on an order is one question. It holds what is asked as it is when it
    is asked: an answer is about that, whatever becomes of the order meanwhile. It has
    its own confirmation beside the one of the delivery, and talks in the order's
    chatter.
    """

    _name = "customer.extra"
    _description = "Extra on an Order"
    _inherit = ["customer.confirmation.mixin", "customer.own.mixin"]
    _order = "id desc"
    _rec_names_search = ["order_id"]
    _own_document_fields = ("order_id",)
    _confirmation_field = "extra_id"
    _confirmation_kind = "extra"
    _confirmation_is_binding = True
    _confirmation_page = "extra_page"
    _confirmation_templates = {
        "request": "customer_service_stages.mail_template_extra_asked",
        "reminder": "customer_service_stages.mail_template_extra_reminder",
    }

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    user_id = fields.Many2one(related="order_id.user_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    reason = fields.Text(
        "Why", required=True, readonly=True, help="As the customer reads it."
    )
    line_ids = fields.One2many("customer.extra.line", "extra_id", readonly=True)
    amount_total = fields.Monetary(
        "To Pay for It", readonly=True, help="Taxes included."
    )
    order_total = fields.Monetary(
        "New Total", readonly=True, help="What the whole order costs, taxes included."
    )
    confirmation_ids = fields.One2many(
        "customer.confirmation", "extra_id", "Confirmations", readonly=True
    )

    @api.depends("order_id.name")
    def _compute_display_name(self):
        for extra in self:
            extra.display_name = self.env._("Extra on %s", extra.order_id.name)

    # What it says of itself as a document that its customer confirms

    def _confirmation_host(self):
        return self.order_id

    def _confirmation_contact(self):
        return self.order_id._confirmation_contact()

    def _confirmation_calendar(self):
        return self.order_id._confirmation_calendar()

    def _confirmation_summary(self):
        return self.reason

    def _confirmation_is_due(self):
        """Nothing is asked by itself: somebody says why."""
        return False

    def _confirmation_stands(self):
        """Return whether the question may wait for its answer."""
        return self.order_id.state == "sale"

    def _check_askable(self):
        result = super()._check_askable()
        for extra in self:
            if extra != extra.order_id.extra_id or extra._is_outdated():
                raise UserError(
                    self.env._(
                        "%s is not what waits on the order now. Open the order, and "
                        "ask from there.",
                        extra.display_name,
                    )
                )
        return result

    def _is_outdated(self):
        """Return whether something else than was asked waits on the order now."""
        asked = {
            (item.order_line_id, item.quantity, item.price_unit, item.discount)
            for item in self.line_ids
        }
        return asked != {
            (line, line._charged_quantity(), line.price_unit, line.discount)
            for line in self.order_id._extra_lines()
        }

    def _queue_mail(self, template, **options):
        """Write in the name of the orders: their chatter has the conversation."""
        orders = self.order_id.with_context(mail_about_extra=True)
        return orders._queue_mail(template, **options)

    def _confirmation_call_task(self, summary):
        return self.order_id._confirmation_call_task(summary)

    def _confirmation_accept(self):
        """What the customer accepts is agreed: it can be delivered and invoiced."""
        self.line_ids._accept()

    def _confirmation_refuse(self, reason):
        """What the customer does not want is left out."""
        self.line_ids._refuse()
        order = self.order_id._in_words_of_owner()
        order._message_log(
            body=order.env._("The extra is left out: the order is as it was agreed.")
        )
        order._task_for_owner(order.env._("The customer refused an extra"), reason)

    # Events

    def _journey_event(self, event):
        """Tell the listeners of the orders: `extra_asked`, `extra_accepted`…"""
        self.order_id._journey_event(f"extra_{event}")

    @api.model
    def _on_journey_event(self, documents, event):
        """Let the questions hear what happens to their orders."""
        if documents._name == "sale.order" and event in FOLLOWED_EVENTS:
            confirmations = self.env["customer.confirmation"]
            confirmations._on_journey_event(documents.extra_id, event)
