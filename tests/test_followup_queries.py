"""What follow-ups cost the database: the same for one and for many (F5)."""

from odoo.tests import freeze_time, tagged

from .followup_case import MONDAY, FollowupCase

MANY = 50


@tagged("post_install", "-at_install")
class TestFollowupQueries(FollowupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": f"Cliente {n}", "email": f"c{n}@x.example", "lang": "en_US"}
                for n in range(MANY)
            ]
        )

    def orders(self, number):
        with freeze_time(MONDAY):
            orders = self.env["sale.order"].create(
                [
                    {"partner_id": customer.id, "user_id": self.salesman.id}
                    for customer in self.customers[:number]
                ]
            )
            orders.action_confirm()
            orders.action_complete_delivery()
        self.env.flush_all()
        return orders

    def count(self, work, *args):
        """Return how many queries a piece of work takes, from an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_no_rule_no_query(self):
        [one] = self.orders(1)
        self.rules._switched_on()
        self.env.flush_all()
        with self.assertQueryCount(0):
            for event in (
                "customer_wrote",
                "delivery_completed",
                "opened",
                "cancelled",
            ):
                self.followups._on_journey_event(one, event)

    def plan(self, orders):
        with freeze_time(MONDAY):
            self.followups._on_journey_event(orders, "delivery_completed")

    def test_planning(self):
        self.rule("delivery_completed", stop_on_other=True)
        self.rule("order_confirmed", domain="[('amount_total', '>=', 0)]")
        few, many = self.orders(2), self.orders(MANY)
        self.followups.search([]).unlink()
        self.plan(few)
        self.followups.search([]).unlink()
        few, many = self.count(self.plan, few[1:]), self.count(self.plan, many)
        self.assertLessEqual(many, few + 4)
        self.assertEqual(len(self.followups.search([])), MANY + 1)

    def test_stopping(self):
        self.rule("delivery_completed")
        few, many = self.orders(1), self.orders(MANY)

        def stop(orders):
            self.followups._on_journey_event(orders, "customer_wrote")

        few, many = self.count(stop, few), self.count(stop, many)
        self.assertLessEqual(many, few + 4)
        self.assertFalse(self.followups.search([("state", "=", "planned")]))

    def test_sending(self):
        """A mail costs a handful of queries, whatever the size of the batch."""
        self.company.contact_rest_days = 1
        chain = self.rule("unanswered", document="order", act="call", summary="Llama")
        rule = self.rule(
            "delivery_completed", stop_on_other=True, next_rule_id=chain.id
        )
        cron = self.followups.with_context(
            mail_is_automatic=True, mail_notify_force_send=False
        )

        def send(orders):
            with freeze_time(MONDAY.replace(day=5)):
                cron.browse(orders.followup_ids.ids)._do_due()

        costs = {}
        for number in (1, 1, MANY):
            self.env["customer.contact"].search([]).unlink()
            orders = self.orders(number)
            costs[number] = self.count(send, orders)
            done = orders.followup_ids.filtered(lambda f: f.rule_id == rule)
            self.assertEqual(set(done.mapped("state")), {"done"})
        added = (costs[MANY] - costs[1]) / (MANY - 1)
        self.assertLess(added, 1, costs)

    def test_surveys_that_wait(self):
        self.rule("delivery_completed", act="survey", stop_on_ticket=False)

        def obstruct(orders):
            orders.followup_ids._obstacles()

        few, many = self.orders(1), self.orders(MANY)
        for customer in self.customers:
            self.ticket(partner_id=customer.id)
        few, many = self.count(obstruct, few), self.count(obstruct, many)
        self.assertLessEqual(many, few + 4)
