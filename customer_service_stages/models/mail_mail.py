from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, *args, failure_type=None, **kwargs):
        # What is sent may be deleted by now
        messages = self.mail_message_id
        result = super()._postprocess_sent_message(
            *args, failure_type=failure_type, **kwargs
        )
        for model in ("customer.followup", "customer.quote.reminder"):
            self.env[model].sudo()._note_delivery(messages, not failure_type)
        return result
