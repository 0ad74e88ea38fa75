"""Two clicks and a sentence, in a real browser (F9)."""

from odoo.tests import HttpCase, tagged

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestImprovementTour(JourneyCase, HttpCase):
    def test_suggest(self):
        """Both doors take the sentence, with the ticket that is on the screen."""
        ticket = self.ticket(user_id=self.agent.id)
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}", "improvement_tour", login="agent"
        )
        improvements = self.env["customer.improvement"].search([], order="id")
        self.assertRecordValues(
            improvements,
            [
                {
                    "name": name,
                    "ticket_id": ticket.id,
                    "partner_id": self.customer.id,
                    "create_uid": self.agent.id,
                }
                for name in (
                    "Llevar cartuchos en la furgoneta",
                    "Avisar antes de llegar",
                )
            ],
        )
