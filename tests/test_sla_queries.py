"""Service levels cost queries per batch, not per document (S2, S3, S4, S6)."""

from odoo import Command
from odoo.tests import tagged

from .test_sla_status import SlaCase

MANY = 50
METRICS = ("first_response", "assignment", "resolution")

#: Policies of each metric; the last one matches.
CANDIDATES = 10


@tagged("post_install", "-at_install")
class TestSlaQueries(SlaCase):
    """What is done to one ticket and to many, with policies and without.

    Odoo itself asks more for more tickets; what policies add to that may not grow.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.policies = cls.env["customer.sla.policy"].create(
            [
                {
                    "name": metric,
                    "metric": metric,
                    "type_ids": cls.type_complaint.ids if number > 1 else (),
                    "sequence": -number,
                    "target_ids": [
                        Command.create({"amount": 8}),
                        Command.create({"amount": 2, "priority": "3"}),
                    ],
                    "escalation_ids": [
                        Command.create({"timing": "share", "amount": 50})
                    ],
                    "is_escalating": True,
                }
                for metric in METRICS
                for number in range(1, CANDIDATES + 1)
            ]
        )

    def vals_list(self, count):
        return [
            {
                "name": "Gotea",
                "description": "x",
                "partner_id": self.customer.id,
                "stage_id": self.ticket_doing.id,
            }
            for _number in range(count)
        ]

    def tickets(self, count):
        return self.env["helpdesk.ticket"].create(self.vals_list(count))

    def writing(self, **values):
        """Return a function that writes on tickets."""
        return lambda tickets: tickets.write(values)

    def queries(self, prepare, work, count):
        """Return how many queries it takes to work on so many."""
        records = prepare(count)
        self.flush_tracking()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(records)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def assertAdded(self, prepare, work, most, each=0):
        """Check the queries that policies add, to one ticket and to many.

        :param prepare: function of a number, that returns what is worked on.
        :param work: function of what has been prepared.
        :param int most: queries that policies add to a batch.
        :param int each: queries more for each ticket.
        """
        found = []
        for active in (True, False):
            self.policies.active = active
            self.queries(prepare, work, 1)  # what is asked once is not counted
            found.append([self.queries(prepare, work, n) for n in (1, MANY)])
        for count, having, without in zip((1, MANY), *found, strict=True):
            with self.subTest(count=count):
                self.assertLessEqual(having - without, most + each * count)

    def test_create(self):
        self.assertAdded(self.vals_list, self.env["helpdesk.ticket"].create, 5)

    def test_stage(self):
        work = self.writing(stage_id=self.ticket_new.id)
        self.assertAdded(self.tickets, work, 3)

    def test_completion(self):
        work = self.writing(stage_id=self.ticket_completed.id)
        self.assertAdded(self.tickets, work, 22)

    def test_waiting(self):
        work = self.writing(stage_id=self.awaiting.id)
        self.assertAdded(self.tickets, work, 22)

    def test_going_on(self):
        def prepare(count):
            tickets = self.tickets(count)
            tickets.stage_id = self.awaiting
            return tickets

        work = self.writing(stage_id=self.ticket_doing.id)
        self.assertAdded(prepare, work, 22)

    def test_pause_by_hand(self):
        self.assertAdded(
            self.tickets, lambda tickets: tickets._sla_pause("Vacaciones"), 22
        )

    def test_resume(self):
        def prepare(count):
            tickets = self.tickets(count)
            tickets._sla_pause("Vacaciones")
            return tickets

        self.assertAdded(prepare, lambda tickets: tickets.action_sla_resume(), 22)

    def test_priority(self):
        self.assertAdded(self.tickets, self.writing(priority="3"), 7)

    def test_badges(self):
        self.assertAdded(self.tickets, lambda tickets: tickets.mapped("sla_badge"), 4)

    def test_sweep(self):
        def prepare(count):
            tickets = self.tickets(count)
            tickets.sla_status_ids.unlink()
            return tickets

        self.assertAdded(prepare, self.env["customer.sla.status"]._settle, 12)

    def test_alerts(self):
        def prepare(count):
            with self.at(0):
                return self.tickets(count).sla_status_ids

        def work(statuses):
            with self.at(5):
                statuses._do_due()

        # One for each activity is Odoo's own
        self.assertAdded(prepare, work, 24, each=len(METRICS))
