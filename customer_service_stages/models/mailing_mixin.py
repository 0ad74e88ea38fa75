import re

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

#: What no machine should answer (RFC 3834, and what Exchange understands).
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}

#: Links that are worth an answer, and what stands for them in what staff read.
SECRET_LINKS = (
    "/my/(confirmation|feedback|lost|review)/[A-Za-z0-9_-]+(/[0-9]+)?"
    "([?](score|reason)=[0-9]+)?"
)
ACCOUNT = "/my/confirmations"

#: Mails up to this many leave at once; more of them leave with core's mail queue.
AT_ONCE = 50


class CustomerMailingMixin(models.AbstractModel):
    """Documents whose customers the module writes to: one door for all mails (F8)."""

    _name = "customer.mailing.mixin"
    _description = "Document Whose Customer Is Written To"

    def _confirmation_contact(self):
        """Return whom to write to: a contact, and the address."""
        return self.partner_id, self.partner_id.email_formatted or ""

    def _confirmation_calendar(self):
        """Return the working calendar of those who look after the document."""
        return self.company_id.resource_calendar_id

    def _confirmation_label(self):
        """Return what the document is to its customer: the mail says “Your …”."""
        raise NotImplementedError

    def _mail_heading(self, partner):
        """Return what stands above a mail: “Your …” and a name, for its layout.

        :param partner: the contact whom the mail is for.
        """
        return {"model_description": self._confirmation_label()}

    def _queue_mail(self, template, contacts=None, opt_out=None):
        """Queue a mail to the customer of each document, by a template of the module.

        The chatter keeps the words; the mail has the company's header and footer too.
        It leaves at once, unless the context says `mail_notify_force_send=False`. It is
        noted that the customers have been written to.

        :param dict contacts: whom each document's mail is for, a contact and the
            address; None: its customer.
        :param opt_out: function that returns the address of the page where the
            document's customer says that such mails are not welcome; None: a mail that
            belongs to what the customer asked for.
        :return: the mails, in the order of the documents.
        """
        template_sudo = template.sudo()
        mails = template_sudo.send_mail_batch(
            self.ids,
            email_values={"auto_delete": False, "headers": repr(AUTOMATIC_HEADERS)},
        )
        contacts = contacts or {
            document: document._confirmation_contact() for document in self
        }
        langs = template_sudo._render_lang(self.ids)
        for document, mail in zip(self, mails, strict=True):
            lang = {"lang": langs[document.id] or self.env.lang}
            document_in_lang = document.with_context(**lang)
            body = Markup(mail.body_html)
            if opt_out:
                link = opt_out(document)
                body += document_in_lang._opt_out_footer(link)
                mail.headers = repr({**AUTOMATIC_HEADERS, **_one_click(link)})
            mail.body_html = document_in_lang._in_layout(
                template_sudo, body, contacts[document][0]
            )
        reply_to = self._notify_get_reply_to()
        messages = mails.mail_message_id
        for address, group in messages.grouped(
            lambda message: reply_to.get(message.res_id)
        ).items():
            group.reply_to = address
        self._hide_links(messages)
        self.env["customer.contact"].sudo()._note(contacts)
        if not self.env.context.get("mail_notify_force_send", True):
            return mails
        if len(mails) <= AT_ONCE:
            mails.send_after_commit()
        else:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return mails

    def _in_layout(self, template, body, partner):
        """Return the body of a mail with the company's head and foot, as HTML.

        :param template: the `mail.template`; the context's language is the mail's.
        :param partner: the contact whom the mail is for.
        """
        return template.with_context(lang=self.env.lang)._render_encapsulate(
            "mail.mail_notification_light",
            body,
            add_context={"company": self.company_id, **self._mail_heading(partner)},
            context_record=self,
        )

    @api.model
    def _hide_links(self, messages):
        """Take the links out of messages, which people of the company read.

        In SQL, because the ORM would clean up every body a second time: a fifth of what
        a mail costs.
        """
        telling = messages.filtered(
            lambda message: re.search(SECRET_LINKS, message.body)
        )
        if not telling:
            return
        telling.flush_recordset(["body"])
        self.env.cr.execute(
            SQL(
                "UPDATE mail_message SET body = regexp_replace(body, %s, %s, 'g')"
                " WHERE id IN %s",
                SECRET_LINKS,
                ACCOUNT,
                telling._ids,
            )
        )
        telling.invalidate_recordset(["body"])

    def _mail_test(self, template, user):
        """Send the mail about one document to a user alone; nothing of it is kept.

        :param template: a `mail.template`.
        :param user: the `res.users` who tries it.
        """
        values = template._generate_template(
            self.ids, ("subject", "body_html", "email_from")
        )[self.id]
        lang = template._render_lang(self.ids)[self.id] or self.env.lang
        partner, _email = self._confirmation_contact()
        body = self.with_context(lang=lang)._in_layout(
            template, values["body_html"], partner
        )
        # Nobody but the customer answers by their links
        body = Markup(re.sub(SECRET_LINKS, ACCOUNT, body))
        mail_sudo = self.env["mail.mail"].sudo()
        mail_sudo.create(
            {
                "subject": self.env._("[Test] %s", values["subject"]),
                "body_html": body,
                "email_from": values["email_from"],
                "email_to": user.email_formatted,
                "headers": repr(AUTOMATIC_HEADERS),
                "auto_delete": True,
            }
        ).send_after_commit()

    # Follow-ups

    def _followup_contact(self, event):
        """Return whom a follow-up is for: a contact, and the address.

        :param str event: what happened, a value of the rule's `event`.
        """
        return self._confirmation_contact()

    def _followup_asks_again(self):
        """Return whether the customer is asked again, so a short time ago is fine."""
        return False

    def _opt_out_link(self, partner, email, kind):
        """Return the address where a customer says that mails are not welcome (F8)."""
        token = self.env["customer.contact"]._opt_out_token(partner, email, kind)
        return f"{self.get_base_url()}/my/mails/{token}"

    def _opt_out_footer(self, link):
        """Return the last line of a mail that nobody has to want, as HTML."""
        return Markup(
            '<p style="margin-top:32px;font-size:12px;color:#6c757d;">%s '
            '<a href="%s" style="color:#6c757d;">%s</a></p>'
        ) % (
            self.env._("You would rather not get such mails?"),
            link,
            self.env._("Say so here"),
        )


def _one_click(link):
    """Return the headers by which mail programs offer to end such mails (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
