"""Customers who come back: their needs are numbered, one after another (F7, J8)."""

from odoo.tests import Form, tagged
from odoo.tools import SQL

from odoo.addons.customer_service_stages.hooks import make_loyalty_columns

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestRepeat(JourneyCase):
    def numbers(self, journeys):
        self.env.flush_all()
        journeys.invalidate_recordset()
        return [
            (journey.repeat_number, journey.previous_journey_id) for journey in journeys
        ]

    def test_one_after_another(self):
        none = self.env["customer.journey"]
        first = self.lead().journey_id
        second = self.ticket().journey_id
        third = self.order().journey_id
        stranger = self.lead(partner_id=self.other_customer.id).journey_id
        nobody = self.lead(partner_id=False, email_from="x@y.example").journey_id
        self.assertEqual(
            self.numbers(first + second + third + stranger + nobody),
            [(1, none), (2, first), (3, second), (1, none), (1, none)],
        )
        found = self.env["customer.journey"].search([("is_repeat", "=", True)])
        self.assertEqual(found & (first + second + third + stranger), second + third)
        self.assertFalse(first.is_repeat)
        self.assertTrue(third.is_repeat)

    def test_colleagues_are_one_customer(self):
        child = self.env["res.partner"].create(
            {"name": "Pedro", "parent_id": self.customer.id}
        )
        first = self.lead().journey_id
        second = self.lead(partner_id=child.id).journey_id
        self.assertEqual(self.numbers(second), [(2, first)])

    def test_in_one_batch(self):
        first = self.lead().journey_id
        leads = self.env["crm.lead"].create(
            [
                {"name": "x", "type": "opportunity", "partner_id": partner.id}
                for partner in (self.customer, self.other_customer, self.customer)
            ]
        )
        journeys = leads.journey_id.sorted("id")
        self.assertEqual(
            self.numbers(journeys),
            [
                (2, first),
                (1, self.env["customer.journey"]),
                (3, journeys[0]),
            ],
        )

    def test_companies_apart(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        self.lead()
        foreign = self.ticket(company_id=other.id).journey_id
        self.assertEqual(foreign.repeat_number, 1)

    def test_another_customer(self):
        """Who turns out to be somebody else leaves no gap behind."""
        none = self.env["customer.journey"]
        journeys = none.concat(*(self.lead().journey_id for _n in range(3)))
        journeys[1].lead_ids.partner_id = self.other_customer
        self.assertEqual(
            self.numbers(journeys), [(1, none), (1, none), (2, journeys[0])]
        )

    def test_made_a_contact_later(self):
        self.lead()
        lead = self.lead(partner_id=False, email_from="carmen@customer.example")
        self.assertEqual(lead.journey_id.repeat_number, 1)
        with Form(lead) as form:
            form.partner_id = self.customer
        self.assertEqual(self.numbers(lead.journey_id)[0][0], 2)

    def test_merged_and_deleted(self):
        none = self.env["customer.journey"]
        leads = self.env["crm.lead"].concat(*(self.lead() for _n in range(4)))
        journeys = leads.journey_id.sorted("id")
        (journeys[0] + journeys[1]).action_merge()
        self.assertEqual(
            self.numbers(journeys[0] + journeys[2] + journeys[3]),
            [(1, none), (2, journeys[0]), (3, journeys[2])],
        )
        leads[2].unlink()
        self.assertEqual(self.numbers(journeys[3]), [(2, journeys[0])])

    def test_phases(self):
        lead = self.lead()
        first = lead.journey_id
        self.assertEqual(first.life_phase, "acquire")
        order = self.order(lead)
        order.action_confirm()
        order.action_start_delivery()
        self.assertEqual(first.life_phase, "serve")
        self.assertEqual(self.lead().journey_id.life_phase, "grow")
        self.assertEqual(self.ticket().journey_id.life_phase, "retain")
        groups = self.env["customer.journey"].formatted_read_group(
            [("commercial_partner_id", "=", self.customer.id)],
            ["life_phase"],
            ["__count", "amount_ordered:sum"],
        )
        self.assertEqual(
            {group["life_phase"]: group["__count"] for group in groups},
            {"serve": 1, "grow": 1, "retain": 1},
        )

    def test_previous_need_of_a_colleague(self):
        """Who may not see it can work on what came after all the same."""
        self.lead(user_id=self.manager.id)
        second = self.lead(user_id=self.salesman.id).journey_id
        self.assertEqual(second.repeat_number, 2)
        self.env.invalidate_all()
        with Form(second.with_user(self.salesman)) as form:
            form.name = "Otra vez"
        self.assertEqual(second.name, "Otra vez")

    def test_on_upgrading(self):
        """In one go, with the same result."""
        self.lead(), self.ticket(), self.order(), self.delivered_order()
        self.lead(partner_id=False, email_from="x@y.example")
        journeys = self.env["customer.journey"].search([])
        names = ["previous_journey_id", "repeat_number", "life_phase"]
        before = journeys.read(names)
        for name in names:
            self.env.cr.execute(
                SQL("ALTER TABLE customer_journey DROP COLUMN %s", SQL.identifier(name))
            )
        make_loyalty_columns(self.env.cr)
        journeys.invalidate_recordset(flush=False)
        self.assertEqual(journeys.read(names), before)

    def test_queries_do_not_grow(self):
        journeys = self.env["customer.journey"]
        leads = self.env["crm.lead"].create(
            [
                {"name": "x", "type": "opportunity", "partner_id": self.customer.id}
                for _n in range(50)
            ]
        )
        for batch in (leads, leads[:1]):
            self.env.cr.execute(
                SQL(
                    "UPDATE customer_journey SET previous_journey_id = NULL,"
                    " repeat_number = 1 WHERE id IN %s",
                    batch.journey_id._ids,
                )
            )
            self.env.invalidate_all()
            with self.subTest(len(batch)), self.assertQueryCount(4):
                journeys._number(self.customer)
                self.env.flush_all()

    def test_relationship(self):
        order = self.order()
        order.order_line.price_unit = 100
        order.action_confirm()
        order.date_order = "2024-05-04 10:00:00"
        child = self.env["res.partner"].create(
            {"name": "Pedro", "parent_id": self.customer.id}
        )
        self.order(partner_id=child.id).action_confirm()
        self.order()
        self.env.flush_all()
        for partner in (self.customer, child):
            partner = partner.with_user(self.everyone)
            self.assertEqual(str(partner.customer_since), "2024-05-04")
            self.assertEqual(partner.relationship_amount, 140)
            self.assertEqual(partner.relationship_currency_id, self.company.currency_id)
        self.assertFalse(self.other_customer.customer_since)
        with Form(self.customer.with_user(self.everyone)):
            pass

    def test_relationship_in_several_companies(self):
        """Only what the user may see, and only of the companies that are chosen."""
        other = self.env["res.company"].create({"name": "Climatización"})
        self.order().action_confirm()
        foreign = self.order(company_id=other.id)
        foreign.action_confirm()
        self.env.flush_all()
        as_user = self.customer.with_user(self.everyone)
        self.assertEqual(as_user.relationship_amount, 40)
        both = self.customer.with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self.assertEqual(both.relationship_amount, 80)
