"""Rules, what they plan, and time that passes."""

from datetime import datetime
from unittest.mock import patch

from odoo.fields import Command, Domain
from odoo.tests import freeze_time

from .quote_case import QuoteCase

#: Monday at nine, when things happen in the tests.
MONDAY = datetime(2026, 5, 4, 9)

TEXT = "<p>Hola <t t-out=\"object.partner_id.name or ''\"/>, todo bien?</p>"


class FollowupCase(QuoteCase):
    """Monday to Friday, from 8 to 16 o'clock UTC; no rule but those of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["customer.followup.rule"]
        cls.followups = cls.env["customer.followup"]
        cls.rules.search([]).active = False
        cls.calendar = cls._calendar("De 8 a 16", 8, 16)
        cls.company.write(
            {
                "resource_calendar_id": cls.calendar.id,
                "quote_reminder_days": 0,
                "quote_expiry_notice_days": 0,
                "contact_rest_days": 1,
                "survey_rest_days": 30,
                "confirmation_ask_on_delivery": False,
            }
        )
        cls.customer.lang = "en_US"
        cls.templates = {
            model: cls._template(model)
            for model in ("crm.lead", "sale.order", "helpdesk.ticket")
        }
        cls.survey = cls.env.ref("customer_service_stages.survey_feedback")

    @classmethod
    def _calendar(cls, name, hour_from, hour_to):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": hour_from,
                            "hour_to": hour_to,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )

    @classmethod
    def _template(cls, model, **values):
        return cls.env["mail.template"].create(
            {
                "name": f"Follow-up {model}",
                "model_id": cls.env["ir.model"]._get_id(model),
                "subject": "Follow-up {{ object.name }}",
                "email_to": "{{ object._confirmation_contact()[1] }}",
                "lang": "{{ object.partner_id.lang }}",
                "body_html": TEXT,
                **values,
            }
        )

    def break_template(self, template):
        """Let a mail fail for its documents, though it could be saved."""
        unchecked = patch.object(
            type(template), "_check_can_be_rendered", lambda *_args, **_kwargs: None
        )
        with unchecked:
            template.body_html = "<p t-out='object.no_such_field'/>"

    def rule(self, event, at=datetime(2026, 5, 1), **values):
        """Return a rule that is switched on; it writes a day later."""
        rule = self.rules.create({"name": event, "event": event, **values})
        if rule.act in ("mail", "survey") and not rule.template_id:
            rule.template_id = self.templates[rule.model_name]
        if rule.act == "survey":
            rule.survey_id = self.survey
        with freeze_time(at):
            rule.action_switch_on()
        return rule

    def delivered(self, at=MONDAY, **values):
        with freeze_time(at):
            return self.delivered_order(user_id=self.salesman.id, **values)

    def customer_writes(self, document, at=MONDAY, words="¿Y la factura?"):
        with freeze_time(at):
            return document.message_post(
                body=words,
                author_id=self.customer.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def staff_writes(self, document, at=MONDAY, **values):
        with freeze_time(at):
            return document.with_user(self.everyone).message_post(
                body="Lo miramos.",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **values,
            )

    def run_cron(self, at):
        with freeze_time(at), self.enter_registry_test_mode():
            cron = self.env.ref("customer_service_stages.ir_cron_followup")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def of(self, *documents, **domain):
        """Return the follow-ups of documents, oldest first."""
        self.env.flush_all()
        found = self.followups
        for document in documents:
            document.invalidate_recordset(["followup_ids"])
            found |= document.followup_ids
        return found.sorted("id").filtered(
            lambda followup: all(
                followup[name] == value for name, value in domain.items()
            )
        )

    def planned(self, *documents):
        """Return what is planned, as `rule day hour`, in its order."""
        planned = self.of(*documents, state="planned").sorted("planned_date")
        return [f"{f.rule_id.name} {f.planned_date:%d %H}" for f in planned]

    def became(self, *documents):
        """Return what has become of follow-ups: state and reason of each."""
        return [(f.state, f.reason or "") for f in self.of(*documents)]

    def mails(self, *documents):
        """Return the mails of follow-ups, oldest first."""
        about = Domain.OR(
            Domain("model", "=", document._name) & Domain("res_id", "in", document.ids)
            for document in documents
        )
        return self.env["mail.mail"].search(
            Domain("subject", "like", "Follow-up") & about, order="id"
        )
