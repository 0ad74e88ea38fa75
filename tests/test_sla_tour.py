"""Service levels as people see them, in a real browser."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

from .test_sla_status import SlaCase


@tagged("post_install", "-at_install")
class TestSlaScripts(test_js.HOOTCommon):
    """What counts down in the browser, by itself."""

    _test_params = [("+", "@customer_service_stages")]

    def test_countdown(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop{self.hoot_filters}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )


@tagged("post_install", "-at_install")
class TestSlaTour(SlaCase, HttpCase):
    """A ticket of two hours ago: a target was missed, another is due in a minute."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy("resolution", 1, time_basis="calendar")
        cls.policy("first_response", 121, "minute", time_basis="calendar")

    def setUp(self):
        super().setUp()
        with self.at(fields.Datetime.now() - timedelta(hours=2)):
            self.request = self.ticket(user_id=self.agent.id)

    def status(self, metric):
        return self.request.sla_status_ids.filtered(lambda s: s.metric == metric)

    def test_agent(self):
        """The badge counts on; what was missed is explained; a pause and its end."""
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.request.id}", "sla_agent_tour", login="agent"
        )
        self.assertRecordValues(
            self.status("resolution"),
            [
                {
                    "reason_id": self.env.ref(
                        "customer_service_stages.sla_reason_part"
                    ).id,
                    "cause": "supply",
                    "reason_note": "El fabricante tarda",
                    "explained_by_id": self.agent.id,
                }
            ],
        )
        pause = self.env["customer.sla.pause"].search(
            [("ticket_id", "=", self.request.id)]
        )
        self.assertRecordValues(
            pause,
            [
                {
                    "kind": "manual",
                    "reason": "El cliente está fuera",
                    "user_id": self.agent.id,
                }
            ],
        )
        self.assertTrue(pause.end_date)
        self.assertEqual(self.status("first_response").state, "running")

    def test_my_deadlines(self):
        """My clocks and nobody else's; those that are late, and those due today."""
        self.ticket(name="La cisterna pierde agua", user_id=self.everyone.id)
        self.start_tour("/odoo/my-deadlines", "sla_deadlines_tour", login="agent")

    def test_policy(self):
        """A policy with its target, in words, and its escalations switched on."""
        self.start_tour(
            "/odoo/service-levels", "sla_policy_tour", login="journey_manager"
        )
        policy = self.env["customer.sla.policy"].search(
            [("name", "=", "Averías urgentes")]
        )
        self.assertRecordValues(
            policy,
            [{"document": "ticket", "metric": "resolution", "is_escalating": True}],
        )
        self.assertEqual(
            (policy.target_ids.amount, policy.target_ids.unit), (4, "hour")
        )
