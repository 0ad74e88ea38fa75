from odoo import models

from ..tools.mail_manners import is_automatic


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Let documents know whether a mail comes from a person (pitfall 28)."""
        thread = self.with_context(mail_is_automatic=is_automatic(message.items()))
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )
