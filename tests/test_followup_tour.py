"""What customers do with the link at the end of a mail, in a real browser (F8)."""

from odoo.tests import HttpCase, tagged

from .followup_case import FollowupCase


@tagged("post_install", "-at_install")
class TestFollowupTour(FollowupCase, HttpCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_opt_out(self):
        token = self.env["customer.contact"]._opt_out_token(
            self.customer, self.customer.email, "feedback"
        )
        self.start_tour(f"/my/mails/{token}", "customer_opt_out_tour", login=None)
        self.env.invalidate_all()
        self.assertTrue(self.customer.feedback_mails_off)
        self.assertTrue(self.customer.service_mails_off)
