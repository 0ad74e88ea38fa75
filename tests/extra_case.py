"""Orders to which something is added after their customers have accepted them."""

from odoo.fields import Command

from .quote_case import QuoteCase

REASON = "La tubería de detrás está podrida."


class ExtraCase(QuoteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.extra_approval_required = True
        cls.env["product.product"].union(*cls.products.values()).write(
            {"invoice_policy": "order", "standard_price": 6}
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "IVA 21 %",
                "amount": 21,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
            }
        )

    def accepted(self, *texts, **values):
        """Return an order of the salesman that its customer has accepted."""
        order = self.quote(*texts, **{"user_id": self.salesman.id, **values})
        order.with_user(self.salesman).action_confirm()
        self.env.flush_all()
        return order

    def add(self, order, text, **values):
        """Add a line to an order, as the salesman does."""
        order = order.with_user(self.salesman)
        known = order.order_line
        order.write({"order_line": [Command.create(self.line_vals(text, **values))]})
        self.env.flush_all()
        return (order.order_line - known).with_env(self.env)

    def ask(self, order, reason=REASON):
        """Ask as the salesman does, by the dialog; return the question."""
        self.wizard(order, "request", reason=reason).action_ask()
        return order.extra_id

    def wizard(self, order, name, user=None, **values):
        wizard = self.env[f"customer.extra.{name}"].with_user(user or self.salesman)
        return wizard.create({"order_id": order.id, **values})

    def tell(self, order, answer="accepted", **values):
        """Record what the customer says by phone."""
        self.wizard(
            order, "answer", answer=answer, reason=REASON, **values
        ).action_answer()

    def invoiced(self, order):
        """Invoice what can be invoiced; return the quantities by product."""
        invoice = order.with_user(self.manager)._create_invoices()
        lines = invoice.invoice_line_ids.filtered("product_id")
        return {line.product_id.name: line.quantity for line in lines}

    def mail_about(self, order):
        """Return the last mail to the customer of an order about an extra."""
        return self.env["mail.mail"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("subject", "like", "extra on"),
            ],
            order="id desc",
            limit=1,
        )
