"""What customers do with the three questions on their phones, in a real browser."""

from odoo.tests import tagged

from .feedback_case import FeedbackCase


@tagged("post_install", "-at_install")
class TestFeedbackTour(FeedbackCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_answer_and_correct(self):
        self.platform()
        feedback = self.asked_about()
        self.start_tour(
            self.url(feedback) + "?score=2", "customer_feedback_tour", login=None
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            feedback,
            [{"state": "answered", "score": 3, "problem": "El grifo gotea otra vez"}],
        )
        self.assertTrue(feedback.recovery_ticket_id)
