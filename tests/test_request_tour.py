"""What agents do with a request that only its customer closes, in a real browser."""

from odoo.tests import HttpCase, tagged

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestRequestTour(JourneyCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request, cls.other_request = cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": name,
                    "description": "<p>Desde ayer.</p>",
                    "partner_id": cls.customer.id,
                    "stage_id": cls.ticket_doing.id,
                    "user_id": cls.agent.id,
                }
                for name in ("No sale agua caliente", "La cisterna pierde agua")
            ]
        )

    def test_from_refusal_to_reopening(self):
        """Closing is refused, asked for, refused, accepted, and taken up again."""
        request = self.request
        self.start_tour(
            f"/odoo/helpdesk.ticket/{request.id}",
            "customer_request_tour",
            login="agent",
        )
        first, second = request.confirmation_ids.sorted("id")
        self.assertRecordValues(
            first + second,
            [
                {
                    "state": "refused",
                    "answer_origin": "phone",
                    "refusal_reason": "still_fails",
                    "comment": "Sigue goteando",
                    "summary": "Hemos cambiado la junta",
                    "answer_user_id": self.agent.id,
                },
                {
                    "state": "accepted",
                    "answer_origin": "phone",
                    "refusal_reason": False,
                    "comment": False,
                    "summary": "Hemos cambiado la junta y el latiguillo",
                    "answer_user_id": self.agent.id,
                },
            ],
        )
        self.assertFalse(request.confirmation_id)
        self.assertEqual(request.workflow_step, "executing")
        self.assertEqual(request.reopen_count, 2)
        self.assertEqual(request.reopen_reason, "Ha vuelto a llamar")

    def test_board(self):
        """A card on Done is refused and leads to asking; one on Completed asks."""
        self.start_tour(
            "/odoo/my-helpdesk-tickets", "customer_request_board_tour", login="agent"
        )
        requests = self.request + self.other_request
        for request in requests:
            self.assertEqual(request.confirmation_state, "pending")
            self.assertEqual(request.workflow_step, "completed")
        self.assertEqual(
            requests.mapped("resolution_summary"), ["Hemos cambiado la junta", False]
        )
