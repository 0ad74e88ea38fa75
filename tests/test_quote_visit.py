"""What a quote rests on, the visit it waits for, and how long it took (Q1, Q7)."""

from ast import literal_eval
from datetime import datetime, timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.customer_service_stages.hooks import QUOTE_COLUMNS

from .common import JourneyCase

#: An hour before the opening.
MONDAY = datetime(2026, 5, 4, 7)


class VisitCase(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "8 to 16",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 16,
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar

    def estimate(self, **values):
        return self.order(quote_info_source="word", **values)

    def visit(self, order, **values):
        """Plan a visit, as the dialog does."""
        action = order.action_plan_quote_visit()
        events = self.env["calendar.event"].with_context(**action["context"])
        return events.create(values)


@tagged("post_install", "-at_install")
class TestInformation(VisitCase):
    def test_date_comes_with_the_source(self):
        with freeze_time(MONDAY):
            order = self.order(quote_info_source="video")
        self.assertEqual(order.quote_info_date, MONDAY)
        lead = self.lead()
        self.assertFalse(lead.quote_info_date)
        with freeze_time(MONDAY):
            lead.quote_info_source = "visit"
        self.assertEqual(lead.quote_info_date, MONDAY)
        lead.quote_info_date = MONDAY - timedelta(days=1)
        lead.name = "Otra fuga"
        self.assertEqual(lead.quote_info_date, MONDAY - timedelta(days=1))
        lead.quote_info_source = False
        self.assertFalse(lead.quote_info_date)

    def test_by_hand(self):
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = self.customer
            form.quote_info_source = "visit"
            self.assertTrue(form.quote_info_date)
            form.quote_info_date = MONDAY
        self.assertEqual(form.record.quote_info_date, MONDAY)

    def test_not_in_the_future(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for document in (self.lead(), self.order()):
            with self.assertRaises(ValidationError):
                document.write(
                    {"quote_info_source": "visit", "quote_info_date": tomorrow}
                )
        with self.assertRaises(ValidationError):
            self.order().quote_visit_date = tomorrow

    def test_quotation_takes_over(self):
        lead = self.lead()
        with freeze_time(MONDAY):
            lead.quote_info_source = "visit"
        order = self.order(lead)
        self.assertEqual(order.quote_info_source, "visit")
        self.assertEqual(order.quote_info_date, MONDAY)
        context = lead._prepare_opportunity_quotation_context()
        form = Form(self.env["sale.order"].with_context(**context))
        self.assertEqual(form.quote_info_source, "visit")
        self.assertEqual(form.quote_info_date, MONDAY)
        form.quote_info_source = "word"
        self.assertEqual(form.save().quote_visit_state, "needed")

    def test_what_is_learnt_later(self):
        """An empty quotation follows its opportunity; one that has its own does not."""
        lead = self.lead()
        empty, own = self.order(lead), self.order(lead, quote_info_source="word")
        with freeze_time(MONDAY):
            lead.quote_info_source = "visit"
        self.assertEqual(empty.quote_info_source, "visit")
        self.assertEqual(empty.quote_info_date, MONDAY)
        self.assertEqual(own.quote_info_source, "word")
        # A correction goes to what was taken over
        before = own.quote_info_date
        lead.quote_info_date = MONDAY - timedelta(hours=1)
        self.assertEqual(empty.quote_info_date, MONDAY - timedelta(hours=1))
        self.assertEqual(own.quote_info_date, before)
        self.assertEqual(lead.journey_id.quote_info_date, MONDAY - timedelta(hours=1))

    def test_copies_begin_anew(self):
        order = self.estimate()
        order._waive_visit("Carmen", "No hace falta")
        copy = order.copy()
        self.assertFalse(copy.quote_info_source or copy.quote_info_date)
        self.assertFalse(copy.quote_visit_waived_date or copy.quote_sent_date)
        self.assertEqual(copy.quote_visit_state, "none")

    def test_merged_opportunities(self):
        first, second = self.lead(), self.lead()
        second.write({"quote_info_source": "video", "quote_info_date": MONDAY})
        merged = (first + second).merge_opportunity()
        self.assertEqual(merged.quote_info_source, "video")
        self.assertEqual(merged.quote_info_date, MONDAY)
        self.assertEqual(merged.journey_id.quote_info_date, MONDAY)

    def test_old_orders_are_not_computed(self):
        """What is computed and stored has its column before the module computes it."""
        for model, table in (("sale.order", "sale_order"), ("crm.lead", "crm_lead")):
            for name in ("quote_info_source", "quote_info_date", "quote_visit_state"):
                field = self.env[model]._fields.get(name)
                if field and field.compute:
                    self.assertIn(name, QUOTE_COLUMNS[table])

    def test_asked_before_sending(self):
        self.company.quote_info_required = True
        for door in (
            "action_quotation_send",
            "action_quotation_sent",
            "action_confirm",
        ):
            order = self.order(user_id=self.salesman.id).with_user(self.salesman)
            with self.subTest(door):
                with self.assertRaisesRegex(UserError, "Information From"):
                    getattr(order, door)()
                order.quote_info_source = "visit"
                getattr(order, door)()
        self.company.quote_info_required = False
        self.order().action_confirm()

    def test_customers_are_not_asked(self):
        """Neither a shop's customer nor one who accepts is stopped by a setting."""
        order, shop = self.order(), self.order()
        order.action_quotation_sent()
        self.company.quote_info_required = True
        order._validate_order()
        self.assertEqual(order.state, "sale")
        with patch.object(type(shop), "_quote_is_followed", lambda order: False):
            shop.action_confirm()
        self.assertEqual(shop.state, "sale")


@tagged("post_install", "-at_install")
class TestVisit(VisitCase):
    def test_states(self):
        order = self.order()
        self.assertEqual(order.quote_visit_state, "none")
        order.quote_info_source = "visit"
        self.assertEqual(order.quote_visit_state, "none")
        order.quote_info_source = "word"
        self.assertEqual(order.quote_visit_state, "needed")
        event = self.visit(order)
        self.assertEqual(order.quote_visit_state, "planned")
        event.active = False
        self.assertEqual(order.quote_visit_state, "needed")
        event.active = True
        self.assertEqual(order.quote_visit_state, "planned")
        event.unlink()
        self.assertEqual(order.quote_visit_state, "needed")
        order._waive_visit("Carmen", "No hace falta")
        self.assertEqual(order.quote_visit_state, "waived")
        order.action_quote_visit_done()
        self.assertEqual(order.quote_visit_state, "done")
        self.assertIn(
            order, self.env["sale.order"].search([("quote_visit_state", "=", "done")])
        )

    def test_filter(self):
        waiting, planned, visited = (self.estimate() for _ in range(3))
        self.visit(planned)
        visited.action_quote_visit_done()
        cancelled = self.estimate()
        cancelled.action_cancel()
        view = self.env.ref("customer_service_stages.quote_visit_view_search")
        (node,) = etree.fromstring(view.arch).xpath(
            "//filter[@name='quote_visit_outstanding']"
        )
        domain = Domain(literal_eval(node.get("domain")))
        orders = waiting + planned + visited + cancelled + self.order()
        found = self.env["sale.order"].search(domain & Domain("id", "in", orders.ids))
        self.assertEqual(found, waiting + planned)

    def test_plan(self):
        self.customer.write({"street": "Calle Mayor 3", "city": "Toledo"})
        order = self.estimate(user_id=self.salesman.id).with_user(self.salesman)
        with freeze_time(MONDAY):
            action = order.action_plan_quote_visit()
            events = self.env["calendar.event"].with_user(self.salesman)
            with Form(events.with_context(**action["context"])) as form:
                self.assertIn(order.name, form.name)
            event = form.record
        self.assertEqual(event.quote_order_id, order)
        self.assertEqual(event.partner_ids, self.salesman.partner_id + self.customer)
        self.assertEqual(event.location, "Calle Mayor 3, Toledo")
        # The opening of the next working day
        self.assertEqual(event.start, datetime(2026, 5, 5, 8))
        self.assertEqual(event.stop, datetime(2026, 5, 5, 9))
        self.assertEqual((event.res_model, event.res_id), ("sale.order", order.id))
        self.assertEqual(order.quote_visit_planned_date, event.start)
        self.assertEqual(order.activity_ids.calendar_event_id, event)
        order.action_quote_visit_done()
        self.assertFalse(order.activity_ids)

    def test_plan_for_an_opportunity(self):
        lead = self.lead()
        order = self.estimate(lead=lead)
        event = self.visit(order)
        self.assertEqual(event.opportunity_id, lead)
        self.assertEqual(lead.calendar_event_ids, event)
        self.assertEqual(order.quote_visit_state, "planned")

    def test_next_visit(self):
        order = self.estimate()
        now = fields.Datetime.now()
        past, near, far = (
            self.visit(
                order,
                start=now + timedelta(days=days),
                stop=now + timedelta(days=days, hours=1),
            )
            for days in (-2, 1, 5)
        )
        self.assertEqual(order.quote_visit_planned_date, near.start)
        (near + far).unlink()
        self.assertEqual(order.quote_visit_planned_date, past.start)

    def test_not_final_before_the_visit(self):
        order = self.estimate(require_signature=True, require_payment=True)
        order.action_quotation_sent()
        self.assertFalse(order._has_to_be_signed() or order._has_to_be_paid())
        with self.assertRaisesRegex(UserError, "Visit Done"):
            order.action_confirm()
        self.visit(order)
        with self.assertRaisesRegex(UserError, "Customer Waives"):
            order.action_confirm()
        order.action_quote_visit_done()
        self.assertTrue(order._has_to_be_signed() and order._has_to_be_paid())
        # What the visit brings to light
        order.order_line = [Command.create({"product_id": self.product.id})]
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_video_needs_no_visit(self):
        for source in ("visit", "video", False):
            order = self.order(quote_info_source=source)
            order.action_confirm()
            self.assertEqual(order.state, "sale")

    def test_paid_all_the_same(self):
        """Money that comes in another way makes no order of an estimate."""
        order = self.estimate(prepayment_percent=0.5, require_payment=True)
        order.action_quotation_sent()
        with patch.object(type(order), "amount_paid", order.amount_total, create=True):
            self.assertFalse(order._is_confirmation_amount_reached())

    def test_staff_record_a_waiver(self):
        order = self.estimate(user_id=self.salesman.id).with_user(self.salesman)
        action = order.action_open_quote_waiver()
        waivers = self.env["customer.quote.waiver"].with_user(self.salesman)
        with Form(waivers.with_context(**action["context"])) as form:
            self.assertEqual(form.name, self.customer.name)
            form.name = "Pedro Ortega"
            form.words = "No hace falta <b>que vengan</b>"
        form.record.action_waive()
        self.assertEqual(order.quote_visit_state, "waived")
        self.assertEqual(order.quote_visit_waived_by, "Pedro Ortega")
        self.assertTrue(order.quote_visit_waived_date)
        message = order.message_ids[0]
        self.assertIn("Pedro Ortega", message.body)
        self.assertIn("&lt;b&gt;", message.body)
        self.assertEqual(message.author_id, self.salesman.partner_id)
        order.action_confirm()

    def test_waiver_is_for_sales(self):
        order = self.estimate()
        with self.assertRaises(AccessError):
            self.env["customer.quote.waiver"].with_user(self.agent).create(
                {"order_id": order.id, "words": "Sí"}
            )

    def test_chatter(self):
        order = self.estimate()
        self.flush_tracking()
        order.action_quote_visit_done()
        self.flush_tracking()
        tracked = order.message_ids.sudo().tracking_value_ids.field_id.mapped("name")
        self.assertIn("quote_visit_date", tracked)
        self.assertIn("quote_visit_state", tracked)

    def test_mail_says_so(self):
        order = self.estimate()
        composer = self.env["mail.compose.message"]
        action = order.action_quotation_send()
        template = self.env["mail.template"].browse(
            action["context"]["default_template_id"]
        )
        self.assertIn("estimate", template.name)
        mail = composer.with_context(**action["context"]).create({})
        self.assertIn("estimate", mail.subject)
        self.assertIn("to be confirmed by a visit", mail.body)
        self.assertEqual(len(mail.attachment_ids), 1)
        with self.mock_mail_gateway():
            mail.action_send_mail()
        self.assertEqual(order.state, "sent")
        (sent,) = self._sent_to(self.customer)
        self.assertIn("to be confirmed by a visit", sent["body"])
        order.action_quote_visit_done()
        action = order.action_quotation_send()
        self.assertEqual(
            action["context"]["default_template_id"],
            self.env.ref("sale.email_template_edi_sale").id,
        )

    def _sent_to(self, partner):
        return [mail for mail in self._mails if partner.email in str(mail["email_to"])]

    def test_other_mails_say_so(self):
        """Whatever a mail about an estimate says, its head tells what it is."""
        order = self.estimate(user_id=self.salesman.id)
        order.action_quotation_sent()
        for expected in (True, False):
            with self.mock_mail_gateway():
                order.with_user(self.salesman).message_post(
                    body="Aquí lo tiene",
                    partner_ids=self.customer.ids,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            (mail,) = self._sent_to(self.customer)
            words = "Estimate, to be confirmed by a visit"
            self.assertEqual(words in mail["body"], expected)
            order.action_quote_visit_done()


@tagged("post_install", "-at_install")
class TestTimeToQuote(VisitCase):
    def test_hours_of_work(self):
        with freeze_time("2026-05-01 14:00:00"):
            # A Friday: two hours until the weekend
            lead = self.lead(quote_info_source="visit")
        order = self.order(lead)
        journey = lead.journey_id
        self.assertFalse(journey.quote_sent_date or journey.time_to_quote)
        with freeze_time("2026-05-04 09:30:00"):
            order.action_quotation_sent()
        self.assertEqual(order.quote_sent_date, datetime(2026, 5, 4, 9, 30))
        self.assertEqual(journey.quote_info_date, datetime(2026, 5, 1, 14))
        self.assertEqual(journey.quote_sent_date, order.quote_sent_date)
        self.assertAlmostEqual(journey.time_to_quote, 3.5)

    def test_the_first_counts(self):
        with freeze_time(MONDAY + timedelta(hours=1)):
            lead = self.lead(quote_info_source="word")
        first, second = self.order(lead), self.order(lead)
        with freeze_time(MONDAY + timedelta(hours=3)):
            first.action_quotation_sent()
            lead.quote_info_source = "visit"
        with freeze_time(MONDAY + timedelta(hours=5)):
            first.action_draft()
            self.env.flush_all()
            (first + second).action_quotation_sent()
        self.assertEqual(first.quote_sent_date, MONDAY + timedelta(hours=3))
        self.assertEqual(second.quote_sent_date, MONDAY + timedelta(hours=5))
        journey = lead.journey_id
        self.assertEqual(journey.quote_sent_date, first.quote_sent_date)

    def test_confirmed_unsent(self):
        with freeze_time(MONDAY):
            order = self.order(quote_info_source="visit")
            order.action_confirm()
        self.assertEqual(order.quote_sent_date, MONDAY)
        self.assertEqual(order.journey_id.quote_sent_date, MONDAY)

    def test_sent_by_mail(self):
        order = self.order(quote_info_source="visit")
        order.with_context(mark_so_as_sent=True).message_post(body="Su presupuesto")
        self.assertTrue(order.quote_sent_date)
        self.assertEqual(order.journey_id.quote_sent_date, order.quote_sent_date)

    def test_nothing_is_guessed(self):
        """What was sent before the module came has no date, and gets none later."""
        order = self.order(quote_info_source="visit")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET state = 'sent' WHERE id = %s", (order.id,)
        )
        order.invalidate_recordset()
        order.action_confirm()
        self.assertFalse(order.quote_sent_date or order.journey_id.quote_sent_date)

    def test_history(self):
        lead = self.lead()
        lead.quote_info_source = "visit"
        order = self.order(lead)
        order.action_quotation_sent()
        events = [event for event, _before, _after in self.history(lead.journey_id)]
        self.assertEqual(events, ["opened", "informed", "quoted", "sent"])
        # An event of its own where the quotation knows better
        order.write({"quote_info_source": "video", "quote_info_date": MONDAY})
        self.assertEqual(self.history(lead.journey_id)[-1][0], "informed")
        self.assertStage(lead.journey_id, "quote")

    def test_lead_is_converted(self):
        with freeze_time(MONDAY):
            lead = self.lead(type="lead", quote_info_source="visit")
        self.assertFalse(lead.journey_id)
        lead.convert_opportunity(self.customer)
        self.assertEqual(lead.journey_id.quote_info_date, MONDAY)

    def test_taken_back(self):
        order = self.order(quote_info_source="visit")
        order.action_quotation_sent()
        self.assertTrue(order.journey_id.quote_info_date)
        order.quote_info_source = False
        self.assertFalse(order.journey_id.quote_info_date)

    def test_merge_and_split(self):
        with freeze_time(MONDAY):
            early = self.order(quote_info_source="visit")
        with freeze_time(MONDAY + timedelta(hours=4)):
            late = self.order(quote_info_source="video")
            late.action_quotation_sent()
        (early.journey_id + late.journey_id).action_merge()
        journey = early.journey_id
        self.assertEqual(journey, late.journey_id)
        self.assertEqual(journey.quote_info_date, MONDAY)
        self.assertAlmostEqual(journey.time_to_quote, 3)
        late.action_journey_split()
        self.assertEqual(late.journey_id.quote_info_date, late.quote_info_date)
        self.assertEqual(late.journey_id.quote_sent_date, late.quote_sent_date)
        self.assertEqual(early.journey_id.quote_info_date, MONDAY)
        self.assertFalse(early.journey_id.quote_sent_date)

    def test_average_counts_what_was_measured(self):
        journeys = self.env["customer.journey"]
        for hours in (1, 3):
            with freeze_time(MONDAY + timedelta(hours=1)):
                order = self.order(quote_info_source="visit")
            with freeze_time(MONDAY + timedelta(hours=1 + hours)):
                order.action_quotation_sent()
            journeys += order.journey_id
        never = self.order(quote_info_source="visit")
        unknown = self.order()
        unknown.action_quotation_sent()
        # Enough is known only after the quote
        with freeze_time(MONDAY):
            hasty = self.order()
            hasty.action_quotation_sent()
        hasty.quote_info_source = "visit"
        journeys += never.journey_id + unknown.journey_id + hasty.journey_id
        self.assertEqual(
            journeys._read_group(
                [("id", "in", journeys.ids)], [], ["time_to_quote:avg", "__count"]
            ),
            [(2.0, 5)],
        )
        self.assertEqual(journeys._fields["time_to_quote"].aggregator, "avg")

    def test_read_only(self):
        journey = self.lead(quote_info_source="visit").journey_id
        for name in ("quote_info_date", "quote_sent_date", "time_to_quote"):
            with self.assertRaises(UserError):
                journey.with_user(self.manager).write({name: False})
