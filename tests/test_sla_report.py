"""How promises were kept: the report's figures, and who sees them (S2, S5)."""

from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .test_sla_status import SlaCase

FIGURES = ("kept", "our_hours", "customer_hours", "late_hours")


@tagged("post_install", "-at_install")
class TestSlaReport(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.reason = cls.env.ref("customer_service_stages.sla_reason_part")
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Fontaneros"})
        cls.policy("resolution", 4)

    def several(self):
        """Return tickets whose clocks have ended in every way seven hours later."""
        with self.at(0):
            tickets = self.ticket(team_id=self.team.id, user_id=self.agent.id)
            for _number in range(6):
                tickets += tickets[0].copy({"stage_id": self.ticket_new.id})
        met, met_late, excused, cancelled, paused, late, at_risk = tickets
        with self.at(1):
            (met + paused).stage_id = self.awaiting
            cancelled.write(
                {"closing_reason": "Ya no", "stage_id": self.ticket_cancelled.id}
            )
        with self.at(3):
            met.stage_id = self.ticket_doing
        with self.at(5):
            met.stage_id = self.ticket_completed
        with self.at(7):
            (met_late + excused).stage_id = self.ticket_completed
            missed = (met_late + excused + late).sla_status_ids
            missed._explain(self.reason, self.reason.cause, "No había codos")
            excused.sla_status_ids._excuse("Huelga")
        at_risk.sla_status_ids.deadline += timedelta(days=1)
        return tickets

    def rows(self, documents, user=None):
        """Return the report's rows about documents, in their order."""
        report = self.env["customer.sla.report"].with_user(user or self.env.user)
        report.invalidate_model()
        return report.search(
            [("id", "in", documents.sudo().sla_status_ids.ids)], order="id"
        )

    def test_figures(self):
        tickets = self.several()
        with self.at(7):
            found = [
                (row.result, *(row[name] for name in FIGURES))
                for row in self.rows(tickets)
            ]
        self.assertEqual(
            found,
            [
                ("met", 1, 3, 2, 0),
                ("met_late", 0, 7, 0, 3),
                ("excused", 0, 7, 0, 3),
                ("cancelled", 0, 0, 0, 0),
                ("on_time", 0, 0, 0, 0),
                ("late", 0, 0, 0, 3),
                ("at_risk", 0, 0, 0, 0),
            ],
        )

    def test_averages(self):
        """One of three is kept: what is excused, cancelled or running is left out."""
        tickets = self.several()
        with self.at(7):
            rows = self.rows(tickets)
            [averages] = rows._read_group(
                [("id", "in", rows.ids)], [], [f"{name}:avg" for name in FIGURES]
            )
        expected = (1 / 3, (3 + 7 + 7) / 3, 2 / 3, 3)
        for name, average, value in zip(FIGURES, averages, expected, strict=True):
            self.assertAlmostEqual(average, value, msg=name)

    def test_result_is_that_of_the_status(self):
        tickets = self.several()
        self.policy("first_response", 2)
        self.policy("assignment", 1)
        for hours in range(0, 72, 5):
            with self.at(hours):
                statuses = tickets.sla_status_ids.sorted("id")
                statuses.invalidate_recordset(["result"])
                self.assertEqual(
                    self.rows(tickets).mapped("result"), statuses.mapped("result")
                )

    def test_all_kinds_of_documents(self):
        self.policy("quote_sent", 2, "day", document="opportunity")
        self.policy("delivery", 2, "day", document="order")
        lead = self.lead(user_id=self.salesman.id, priority="2")
        order = self.order(user_id=self.everyone.id)
        order.action_confirm()
        ticket = self.ticket(
            priority="3", type_id=self.type_complaint.id, team_id=self.team.id
        )
        expected = [
            (lead, "opportunity", "lead_id", "2"),
            (order, "order", "order_id", False),
            (ticket, "ticket", "ticket_id", "3"),
        ]
        for document, kind, field_name, priority in expected:
            with self.subTest(kind):
                row = self.rows(document)
                self.assertRecordValues(
                    row,
                    [
                        {
                            "document": kind,
                            field_name: document.id,
                            "user_id": document.user_id.id,
                            "partner_id": self.customer.id,
                            "commercial_partner_id": self.customer.id,
                            "priority": priority,
                            "company_id": self.company.id,
                        }
                    ],
                )
                action = row.action_open_document()
                self.assertEqual(
                    (action["res_model"], action["res_id"]),
                    (document._name, document.id),
                )
        self.assertEqual(self.rows(lead).sales_team_id, lead.team_id)
        self.assertEqual(self.rows(order).sales_team_id, order.team_id)
        self.assertEqual(self.rows(ticket).team_id, self.team)
        self.assertEqual(self.rows(ticket).type_id, self.type_complaint)

    def test_reopening_counts_again(self):
        with self.at(0):
            ticket = self.ticket()
            ticket.stage_id = self.ticket_completed
            ticket.stage_id = self.ticket_doing
        self.assertEqual(self.rows(ticket).mapped("cycle"), [1, 2])

    def test_group_by_everything(self):
        tickets = self.several()
        Report = self.env["customer.sla.report"].with_user(self.manager)
        domain = [("id", "in", tickets.sla_status_ids.ids)]
        aggregates = ["__count"] + [f"{name}:avg" for name in FIGURES]
        for name, field in Report.fields_get().items():
            if field["groupable"] and name != "id":
                groupby = f"{name}:month" if field["type"] == "datetime" else name
                with self.subTest(groupby):
                    groups = Report.formatted_read_group(domain, [groupby], aggregates)
                    self.assertEqual(sum(group["__count"] for group in groups), 7)

    def test_reasons_most_frequent_first(self):
        other = self.env.ref("customer_service_stages.sla_reason_busy")
        tickets = self.several()
        late = tickets[5].sla_status_ids
        late.write({"reason_id": other.id, "cause": other.cause})
        with self.at(7):
            rows = self.rows(tickets)
            groups = rows._read_group(
                [
                    ("id", "in", rows.ids),
                    ("result", "in", ["met_late", "late", "excused"]),
                ],
                ["reason_id"],
                ["__count"],
                order="__count desc",
            )
        self.assertEqual(groups, [(self.reason, 2), (other, 1)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_service_stages.customer_sla_report_action_reasons"
        )
        view_id, kind = action["views"][0]
        arch = self.env["customer.sla.report"].get_view(view_id, kind)["arch"]
        graph = etree.fromstring(arch)
        self.assertEqual((graph.tag, graph.get("order")), ("graph", "DESC"))

    def test_companies(self):
        """Nobody sees another company's figures (pitfalls 8 and 10)."""
        other_company = self.env["res.company"].create({"name": "Fontaneros del Sur"})
        policy = self.env["customer.sla.policy"].search([])
        policy.company_id = False
        ours = self.ticket()
        theirs = self.ticket(company_id=other_company.id)
        self.assertTrue(theirs.sla_status_ids)
        self.assertEqual(self.rows(ours + theirs, self.manager).ticket_id, ours)
        self.manager.company_ids += other_company
        in_both = self.rows(ours + theirs, self.manager).with_context(
            allowed_company_ids=(self.company + other_company).ids
        )
        self.assertEqual(
            len(in_both.search([("id", "in", theirs.sla_status_ids.ids)])), 1
        )

    def test_who_sees_it(self):
        """Those who see all documents; confidential tickets count for nobody (T10)."""
        ticket = self.ticket(user_id=self.agent.id)
        confidential = self.ticket(type_id=self.type_report.id)
        self.assertTrue(confidential.sudo().sla_status_ids)
        for user in (self.everyone, self.manager):
            self.assertEqual(self.rows(ticket + confidential, user).ticket_id, ticket)
        for user in (self.agent, self.salesman):
            with self.assertRaises(AccessError):
                self.rows(ticket, user)

    def test_screens(self):
        tickets = self.several()
        Report = self.env["customer.sla.report"].with_user(self.manager)
        for kind in ("search", "graph", "pivot", "list"):
            arch = etree.fromstring(Report.get_view(view_type=kind)["arch"])
            self.assertEqual(arch.tag, kind)
        names = [node.get("name") for node in arch.iter("field")]
        [row] = Report.web_search_read(
            [("id", "=", tickets[0].sla_status_ids.id)], {name: {} for name in names}
        )["records"]
        self.assertEqual(row["our_hours"], 3)
        search = etree.fromstring(Report.get_view(view_type="search")["arch"])
        for node in search.xpath("//filter[@domain]"):
            with self.subTest(node.get("name")):
                Report.search(safe_eval(node.get("domain"), {"uid": self.env.uid}))
