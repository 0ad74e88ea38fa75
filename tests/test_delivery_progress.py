"""What the lines tell of the delivery, without warehouse or projects (D1)."""

from odoo.exceptions import RedirectWarning
from odoo.fields import Command
from odoo.tests import Form, freeze_time

from .delivery_case import DeliveryCase


class TestProgress(DeliveryCase):
    def deliver(self, line, quantity, user=None):
        line.with_user(user or self.salesman).qty_delivered = quantity
        self.settle()

    def test_quantities_typed_by_hand(self):
        order = self.two_lines()
        work, visit = order.order_line
        self.settle()
        self.assertEqual(order.delivery_progress, "none")
        self.assertFalse(order.delivery_start_date)
        self.deliver(work, 1)
        self.assertEqual(order.delivery_progress, "started")
        self.assertTrue(order.delivery_start_date)
        self.assertFalse(order.delivery_completion_date)
        self.assertStage(order.journey_id, "delivery")
        self.deliver(work, 2)
        self.assertFalse(order.delivery_completion_date)
        self.deliver(visit, 1)
        self.assertTrue(order.delivery_completion_date)
        self.assertStage(order.journey_id, "aftersales")
        self.assertEqual(
            self.events(order)[-2:], ["delivery_started", "delivery_completed"]
        )

    def test_as_it_is_typed_on_the_form(self):
        order = self.sold()
        form = Form(order.with_user(self.salesman))
        with form.order_line.edit(0) as line:
            line.qty_delivered = 1
        form.save()
        self.settle()
        self.assertTrue(order.delivery_completion_date)
        self.assertEqual(self.events(order).count("delivery_completed"), 1)

    def test_there_and_back_is_no_step(self):
        order = self.two_lines()
        self.settle()
        order.order_line.qty_delivered = 5
        self.env.flush_all()
        order.order_line.qty_delivered = 0
        self.settle()
        self.assertFalse(order.delivery_start_date)

    def test_by_hand_stays(self):
        """What people have noted is never undone by what the lines do not tell."""
        order = self.two_lines()
        order.with_user(self.salesman).action_complete_delivery()
        completed = order.delivery_completion_date
        self.settle()
        self.deliver(order.order_line[0], 1)
        self.assertEqual(order.delivery_progress, "started")
        self.assertEqual(order.delivery_completion_date, completed)
        for line in order.order_line:
            self.deliver(line, line.product_uom_qty)
        self.assertEqual(order.delivery_completion_date, completed)
        # Neither is what people have opened again
        order.action_reopen_delivery()
        self.settle()
        self.assertFalse(order.delivery_completion_date)

    def test_outstanding_again(self):
        order = self.two_lines()
        for line in order.order_line:
            self.deliver(line, line.product_uom_qty)
        self.assertTrue(order.delivery_completion_date)
        self.deliver(order.order_line[0], 1)
        self.assertFalse(order.delivery_completion_date)
        self.assertTrue(order.delivery_start_date)
        self.assertEqual(self.events(order)[-1], "delivery_reopened")
        self.assertStage(order.journey_id, "delivery")

    def test_a_rest_that_is_not_wanted_any_more(self):
        order = self.two_lines()
        work, visit = order.order_line
        self.deliver(work, 2)
        visit.product_uom_qty = 0
        self.settle()
        self.assertTrue(order.delivery_completion_date)

    def test_what_never_comes_does_not_count(self):
        order = self.order(
            order_line=[
                Command.create({"product_id": self.product.id}),
                Command.create({"display_type": "line_note", "name": "Llamar antes"}),
            ]
        )
        order.action_confirm()
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": 50}
        ).create_invoices()
        self.assertGreater(len(order.order_line), 2)
        work = order.order_line.filtered(lambda line: line.product_id == self.product)
        work.qty_delivered = 1
        self.settle()
        self.assertTrue(order.delivery_completion_date)

    def test_an_extra_is_waited_for_once_the_customer_agrees(self):
        self.company.extra_approval_required = True
        order = self.two_lines()
        work, visit = order.order_line
        self.deliver(work, 2)
        work.with_user(self.salesman).product_uom_qty = 5
        self.assertEqual(work.extra_state, "waiting")
        self.deliver(visit, 1)
        self.assertTrue(order.delivery_completion_date)

    def test_quotations_have_not_begun(self):
        order = self.order()
        order.order_line.qty_delivered = 1
        self.settle()
        self.assertEqual(order.delivery_progress, "none")
        order._action_cancel()
        self.settle()
        self.assertFalse(order.delivery_start_date)

    def test_no_question_is_asked_of_a_storekeeper(self):
        """A target that was missed wants its reason; not from whoever brings goods."""
        self.env["customer.sla.policy"].create(
            {
                "name": "A tiempo",
                "document": "order",
                "metric": "delivery",
                "commitment": "agreed",
                "by_promise": True,
                "requires_reason": True,
            }
        )
        with freeze_time("2026-05-04 09:00:00"):
            order = self.sold("2026-05-05 10:00:00")
        self.assertTrue(order.sla_late)
        with self.assertRaises(RedirectWarning):
            order.with_user(self.salesman).action_complete_delivery()
        self.deliver(order.order_line, 1)
        self.assertTrue(order.delivery_completion_date)
        event = order.journey_id.event_ids.filtered(
            lambda event: event.event == "delivery_completed"
        )
        self.assertEqual(event.user_id, self.env.ref("base.user_root"))

    def test_one_or_fifty_take_as_many_queries(self):
        self.deliver(self.sold().order_line, 1)
        # Tracking, which core does one by one, aside
        for name in ("customer.journey", "sale.order"):
            model = type(self.env[name])
            self.patch(model, "_track_prepare", lambda records, names: None)
        for count in (1, 50):
            orders = self.env["sale.order"].union(
                *(self.sold() for _number in range(count))
            )
            self.settle()
            with self.subTest(count), self.assertQueryCount(70):
                orders.order_line.qty_delivered = 1
                self.env.flush_all()
                self.env.cr.precommit.run()
            self.env.invalidate_all()
            self.assertTrue(all(orders.mapped("delivery_completion_date")))
