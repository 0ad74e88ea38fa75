"""Promised dates: kept in history, moved with a reason that the customer reads (D1)."""

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, JsonRpcException, freeze_time, tagged

from .delivery_case import DeliveryCase

FIRST, LATER, LAST = (f"2026-05-{day} 10:00:00" for day in ("12", "15", "20"))


@freeze_time("2026-05-04 09:00:00")
class TestPromise(DeliveryCase):
    def test_an_order_promises_its_date(self):
        quote = self.order(commitment_date=LATER)
        quote.commitment_date = FIRST
        self.assertFalse(quote.promise_ids)
        quote.action_confirm()
        self.assertEqual(self.promises(quote), [FIRST])
        self.assertEqual(fields.Datetime.to_string(quote.first_promise_date), FIRST)
        self.assertEqual(quote.delivery_planned_date, quote.commitment_date)
        self.assertNotIn("promised", self.events(quote))

    def test_nothing_told_nothing_promised(self):
        order = self.sold()
        self.assertFalse(order.commitment_date)
        self.assertFalse(order.promise_ids)
        self.assertEqual(order.delivery_standing, "open")
        # The first date is agreed with the customer: nothing is moved
        order.with_user(self.salesman).commitment_date = FIRST
        self.assertEqual(self.promises(order), [FIRST])
        self.assertFalse(order.promise_ids.reason)
        with self.assertRaisesRegex(UserError, "Move the Date"):
            order.with_user(self.salesman).commitment_date = LATER

    def test_a_firm_term_of_the_quote_is_the_promise(self):
        policy = self.env["customer.sla.policy"].create(
            {
                "name": "En diez días",
                "document": "order",
                "metric": "delivery",
                "commitment": "agreed",
                "time_basis": "calendar",
                "target_ids": [(0, 0, {"amount": 10, "unit": "day"})],
            }
        )
        order = self.sold()
        self.assertEqual(
            fields.Datetime.to_string(order.commitment_date), "2026-05-14 09:00:00"
        )
        self.assertEqual(order.first_promise_date, order.commitment_date)
        self.assertEqual(len(order.promise_ids), 1)
        policy.commitment = "objective"
        planned = self.sold()
        self.assertFalse(planned.commitment_date)
        self.assertEqual(planned.delivery_planned_date, order.commitment_date)

    def test_moving_tells_the_customer(self):
        order = self.sold(FIRST)
        with self.mock_mail_gateway():
            self.move(order, LATER)
            self.env.cr.postcommit.run()
        self.assertEqual(self.promises(order), [FIRST, LATER])
        promise = order._last_promise()
        self.assertEqual(promise.reason, "Llega tarde el azulejo")
        self.assertEqual(promise.user_id, self.salesman)
        self.assertTrue(promise.is_told)
        self.assertEqual(promise.message_id.model, "sale.order")
        mail = promise.message_id.sudo().mail_ids
        self.assertEqual(mail.recipient_ids | mail.partner_ids, self.customer)
        self.assertIn("Friday, May 15, 2026", mail.subject)
        for words in ("Tuesday, May 12, 2026", "Llega tarde el azulejo"):
            self.assertIn(words, mail.body_html)
        self.assertEqual(fields.Datetime.to_string(order.first_promise_date), FIRST)
        self.assertEqual(order.journey_id.promised_date, order.commitment_date)
        self.assertEqual(self.events(order).count("promised"), 1)
        event = order.journey_id.event_ids.filtered(lambda e: e.event == "promised")
        self.assertIn("Llega tarde el azulejo", event.reason)
        self.assertIn("May 12", event.reason)

    def test_nobody_to_write_to_is_called(self):
        self.customer.email = False
        order = self.sold(FIRST)
        with self.mock_mail_gateway():
            self.move(order, LATER)
        self.assertFalse(order._last_promise().is_told)
        self.assertEqual(order.activity_ids.activity_type_id.category, "phonecall")
        self.assertEqual(order.activity_ids.user_id, self.salesman)

    def test_a_reason_is_needed_whatever_the_way(self):
        order = self.sold(FIRST)
        for user in (self.salesman, self.everyone, self.manager):
            mine = order.with_user(user)
            for vals in ({"commitment_date": LATER}, {"commitment_date": False}):
                with self.subTest(user.login, **vals), self.assertRaises(UserError):
                    mine.write(vals)
            with self.assertRaises(UserError):
                mine.with_context(promise_reason="  ").commitment_date = LATER
        # Once it is promised, the form has a button beside it, and no way to write it
        form = Form(order.with_user(self.manager))
        with self.assertRaisesRegex(AssertionError, "readonly"):
            form.commitment_date = LATER
        self.assertEqual(self.promises(order), [FIRST])
        # The same date is no news; nor is it when people write other things
        order.with_user(self.salesman).write({"commitment_date": FIRST, "note": "x"})
        self.assertEqual(self.promises(order), [FIRST])

    def test_other_modules_may_move_it_unsaid(self):
        order = self.sold(FIRST)
        with self.mock_mail_gateway():
            order.sudo().commitment_date = LATER
        self.assertEqual(self.promises(order), [FIRST, LATER])
        self.assertFalse(order._last_promise().is_told)
        self.assertEqual(order._promise_words(), "")

    def test_what_is_delivered_stays(self):
        order = self.sold(FIRST)
        order.action_complete_delivery()
        with self.assertRaisesRegex(UserError, "has been delivered"):
            self.move(order, LATER)

    def test_promised_before_the_history_was_kept(self):
        order = self.sold(FIRST)
        order.promise_ids.sudo().unlink()
        order.first_promise_date = False
        with self.mock_mail_gateway():
            self.move(order, LATER)
        self.assertEqual(self.promises(order), [FIRST, LATER])
        self.assertEqual(fields.Datetime.to_string(order.first_promise_date), FIRST)
        self.assertEqual(order.promise_ids.sorted("id")[0].since_date, order.date_order)

    def test_a_new_agreement_begins_anew(self):
        order = self.sold(FIRST)
        order._action_cancel()
        order.action_draft()
        order.with_user(self.salesman).commitment_date = LATER
        order.action_confirm()
        self.assertEqual(self.promises(order), [FIRST, LATER])
        self.assertEqual(fields.Datetime.to_string(order.first_promise_date), LATER)
        self.assertFalse(order._promise_words())

    def test_kept_against_the_first_and_the_last(self):
        order = self.sold(FIRST)
        with self.mock_mail_gateway():
            self.move(order, LATER)
        with freeze_time("2026-05-15 20:00:00"):
            order.action_complete_delivery()
        self.assertEqual(order.promise_kept, "kept")
        self.assertEqual(order.first_promise_kept, "missed")
        journey = order.journey_id
        self.assertEqual(journey.promise_kept, "kept")
        self.assertEqual(journey.first_promise_kept, "missed")
        self.env.flush_all()
        report = self.env["customer.delivery.report"].with_user(self.manager)
        row = report.search([("order_id", "=", order.id)])
        self.assertRecordValues(
            row,
            [
                {
                    "first_kept": 0,
                    "last_kept": 1,
                    "first_days_late": 3,
                    "last_days_late": 0,
                    "move_count": 1,
                    "standing": "done",
                }
            ],
        )
        order.action_reopen_delivery()
        self.assertFalse(order.promise_kept or order.first_promise_kept)

    def test_open_promises_do_not_count_as_kept_or_missed(self):
        kept, missed = self.sold(FIRST), self.sold(FIRST)
        kept.action_complete_delivery()
        with freeze_time("2026-05-14 09:00:00"):
            missed.action_complete_delivery()
        orders = kept + missed + self.sold(FIRST)
        self.env.flush_all()
        [(first, late, count)] = self.env["customer.delivery.report"]._read_group(
            [("order_id", "in", orders.ids)],
            [],
            ["first_kept:avg", "first_days_late:avg", "__count"],
        )
        self.assertEqual((first, late, count), (0.5, 1.0, 3))

    def test_the_dialog(self):
        order = self.sold(FIRST)
        action = order.with_user(self.salesman).action_open_promise()
        wizard = self.env[action["res_model"]].with_user(self.salesman)
        with self.mock_mail_gateway():
            form = Form(wizard.with_context(action["context"]))
            self.assertIn("carmen@customer.example", form.addressee)
            form.date = LATER[:10]
            with self.assertRaises(AssertionError):
                form.save()
            form.reason = "Se rompió la furgoneta"
            form.save().action_move()
        # On that day, at the hour that was agreed
        self.assertEqual(fields.Datetime.to_string(order.commitment_date), LATER)
        self.assertIn("Se rompió la furgoneta", order._promise_words())

    def test_one_or_fifty_take_as_many_queries(self):
        # Whatever is made on first use
        self.order().action_confirm()
        for count in (1, 50):
            orders = self.env["sale.order"].union(
                *(self.order(commitment_date=FIRST) for _number in range(count))
            )
            orders.action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            orders.fetch(["commitment_date"])
            with self.subTest(count), self.assertQueryCount(25):
                silent = orders.sudo().with_context(tracking_disable=True)
                silent.write({"commitment_date": LATER})
                self.env.flush_all()


@tagged("post_install", "-at_install")
class TestPromiseByHttp(DeliveryCase, HttpCase):
    def test_rpc_does_not_skip_it(self):
        order = self.sold("2036-05-12 10:00:00")
        self.authenticate("salesman", "salesman")

        def write(**kwargs):
            return self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "sale.order",
                    "method": "write",
                    "args": [order.ids, {"commitment_date": "2036-05-20 10:00:00"}],
                    "kwargs": kwargs,
                },
            )

        with self.assertRaises(JsonRpcException) as caught:
            write()
        self.assertIn("UserError", str(caught.exception))
        order.invalidate_recordset()
        self.assertEqual(len(order.promise_ids), 1)
        write(context={"promise_reason": "Huelga de transportes"})
        order.invalidate_recordset()
        self.assertEqual(len(order.promise_ids), 2)
        self.assertTrue(order._last_promise().is_told)

    def test_the_customer_reads_it_on_the_page(self):
        order = self.sold("2036-05-12 10:00:00")
        order._portal_ensure_token()
        url = f"/my/orders/{order.id}?access_token={order.access_token}"

        def rows():
            page = html.fromstring(self.url_open(url).text)
            return [
                " ".join(row.text_content().split())
                for row in page.xpath("//tr[@class='o_new_date']")
            ]

        self.assertEqual(rows(), [])
        with self.mock_mail_gateway():
            self.move(order, "2036-05-20 10:00:00", "Huelga de transportes")
        self.env.flush_all()
        [row] = rows()
        self.assertIn("Tuesday, May 20, 2036. Huelga de transportes", row)

    def test_strangers_see_no_history(self):
        portal = self._create_portal_user()
        order = self.sold("2036-05-12 10:00:00", partner_id=portal.partner_id.id)
        order.message_subscribe(portal.partner_id.ids)
        company = self.env["res.company"].create({"name": "Otra"})
        other = self._new_user(
            "elsewhere",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        Promise = self.env["customer.promise"]
        for user in (portal, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                Promise.with_user(user).search([])
        self.assertTrue(order.with_user(portal).has_access("read"))
        for name in ("promise_ids", "delivery_planned_date", "delivery_standing"):
            with self.assertRaises(AccessError):
                order.with_user(portal).read([name])
        self.assertFalse(Promise.with_user(other).search([]))
        self.assertTrue(Promise.with_user(self.salesman).search([]))
        others = self.sold("2036-05-12 10:00:00")
        others.user_id = self.manager
        found = Promise.with_user(self.salesman).search([]).order_id
        self.assertIn(order, found)
        self.assertNotIn(others, found)
        for values in ({"reason": "x"}, {"date": "2036-01-01 10:00:00"}):
            with self.assertRaises(AccessError):
                order.promise_ids.with_user(self.manager).write(values)
