"""Which customers were lost, why, and who says so (F6)."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .quote_case import QuoteCase


@tagged("post_install", "-at_install")
class TestLostReport(QuoteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.price, cls.timing = (
            cls.env.ref(f"customer_service_stages.lost_reason_{name}")
            for name in ("price", "timing")
        )
        cls.report = cls.env["customer.lost.report"]

    def lost(self, reason=None, **values):
        lead = self.lead(**values)
        lead.action_set_lost(lost_reason_id=reason.id if reason else False)
        return lead

    def row(self, document):
        self.env.invalidate_all()
        field_name = "lead_id" if document._name == "crm.lead" else "order_id"
        return self.report.search([(field_name, "=", document.id)])

    def test_who_says_so(self):
        ours = self.lost(self.price, expected_revenue=900)
        theirs = self.lost(self.price, expected_revenue=100)
        theirs._lost_answer(self.timing, "Tarde", True, "")
        unknown = self.lost()
        self.assertRecordValues(
            self.row(ours) + self.row(theirs) + self.row(unknown),
            [
                {
                    "reason_id": self.price.id,
                    "told_by": "staff",
                    "amount": 900,
                    "words": False,
                    "wants_call": False,
                },
                {
                    "reason_id": self.timing.id,
                    "told_by": "customer",
                    "amount": 100,
                    "words": "Tarde",
                    "wants_call": True,
                },
                {
                    "reason_id": False,
                    "told_by": "nobody",
                    "amount": 0,
                    "words": False,
                    "wants_call": False,
                },
            ],
        )
        self.assertFalse(self.row(self.lead()), "what goes on is not lost")

    def test_refused_quotes(self):
        lead = self.lead()
        with_lead, other = (self.quote("grifo", lead=lead) for _n in range(2))
        alone = self.quote("grifo", "tubo")
        with_lead._refuse(self.price, "Caro", self.customer)
        alone._refuse(self.timing, "", self.customer)
        self.assertRecordValues(
            self.row(alone),
            [{"reason_id": self.timing.id, "told_by": "customer", "amount": 20}],
        )
        self.assertFalse(self.row(lead), "another quote may still win it")
        self.assertFalse(self.row(with_lead))
        other.action_cancel()
        lead.action_set_lost(lost_reason_id=self.price.id)
        row = self.row(lead)
        self.assertRecordValues(
            row,
            [
                {
                    "reason_id": self.price.id,
                    "told_by": "customer",
                    "words": "Caro",
                    "amount": 10,
                    "order_id": with_lead.id,
                }
            ],
        )
        self.assertEqual(row.action_open_document()["res_model"], "crm.lead")
        self.assertEqual(
            self.row(alone).action_open_document()["res_model"], "sale.order"
        )

    def test_by_month_and_reason(self):
        lead = self.lost(self.price, expected_revenue=500)
        lead.date_closed = "2026-03-10 10:00:00"
        groups = self.report.formatted_read_group(
            [("lead_id", "=", lead.id)],
            ["date:month", "reason_id"],
            ["amount:sum", "__count"],
        )
        self.assertEqual(groups[0]["amount:sum"], 500)
        self.assertEqual(groups[0]["reason_id"][0], self.price.id)

    def test_who_sees_it(self):
        other = self.env["res.company"].create({"name": "Climatización"})
        own = self.lost(self.price)
        foreign = self.lost(self.price, company_id=other.id, team_id=False)
        rows = self.report.with_user(self.manager).search([])
        self.assertIn(own, rows.lead_id)
        self.assertNotIn(foreign, rows.sudo().lead_id)
        for user in (
            self.salesman,
            self._create_portal_user(),
            self.env.ref("base.public_user"),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.report.with_user(user).search([])
