"""Installing on a database that is in use; the demo data (J1)."""

from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.convert import convert_file

from odoo.addons.customer_service_stages.hooks import (
    QUOTE_COLUMNS,
    make_quote_columns,
    post_init_hook,
)

from .common import JourneyCase


@tagged("post_install", "-at_install")
class TestInstall(JourneyCase):
    def install_anew(self):
        """Forget every journey, then begin them as an installation does."""
        self.env.flush_all()
        for table in ("crm_lead", "sale_order", "helpdesk_ticket"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET journey_id = NULL, journey_stage_id = NULL",
                    SQL.identifier(table),
                )
            )
        self.env.cr.execute("DELETE FROM customer_journey")
        self.env.invalidate_all()
        messages = self.env["mail.message"].search_count([])
        mails = self.env["mail.mail"].search_count([])
        post_init_hook(self.env)
        self.env.invalidate_all()
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_open_documents_begin(self):
        fresh = self.lead()
        proposed = self.lead(stage_id=self.crm_proposition.id)
        quoted = self.lead()
        order = self.order(quoted)
        alone = self.order(client_order_ref="Patio")
        ticket = self.ticket(stage_id=self.ticket_doing.id)
        about = self.ticket(sale_order_ids=order.ids)
        self.install_anew()
        self.assertStage(fresh.journey_id, "contact")
        self.assertStage(proposed.journey_id, "quote")
        self.assertEqual(order.journey_id, quoted.journey_id)
        self.assertStage(quoted.journey_id, "quote")
        self.assertTrue(quoted.journey_id.quote_date)
        self.assertStage(alone.journey_id, "quote")
        self.assertEqual(alone.journey_id.name, f"{alone.name} Patio")
        self.assertStage(ticket.journey_id, "delivery")
        self.assertEqual(about.journey_id, order.journey_id)
        self.assertRecordValues(
            fresh.journey_id,
            [
                {
                    "name": fresh.name,
                    "partner_id": self.customer.id,
                    "commercial_partner_id": self.customer.id,
                    "state": "open",
                    "begin_date": fresh.create_date,
                    "contact_date": fresh.create_date,
                    "quote_date": False,
                    "origin_model": "crm.lead",
                    "origin_id": fresh.id,
                    "currency_id": self.company.currency_id.id,
                }
            ],
        )
        for document in (fresh, proposed, quoted, order, alone, ticket, about):
            self.assertEqual(document.journey_stage_id, document.journey_id.stage_id)
        event = ticket.journey_id.event_ids
        self.assertEqual(
            (event.event, event.document_name), ("opened", ticket.display_name)
        )

    def test_old_orders_show_what_they_showed(self):
        """The quotes' columns come without computing an order or a line."""
        shown = self.order()
        hidden = self.order()
        hidden.order_line = [
            Command.create(
                {
                    "name": "Obra",
                    "display_type": "line_section",
                    "sequence": 1,
                    "collapse_prices": True,
                }
            )
        ]
        self.env.flush_all()
        for table, columns in QUOTE_COLUMNS.items():
            for column in columns:
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s DROP COLUMN %s CASCADE",
                        SQL.identifier(table),
                        SQL.identifier(column),
                    )
                )
        make_quote_columns(self.env.cr)
        self.env.invalidate_all()
        self.assertRecordValues(
            shown + hidden,
            [
                {
                    "quote_presentation": "detailed",
                    "hides_prices": hides,
                    "extra_amount": 0,
                    "quote_conditions_id": False,
                }
                for hides in (False, True)
            ],
        )
        self.assertEqual(set((shown + hidden).order_line.mapped("is_extra")), {False})

    def test_as_the_orm_would(self):
        """The bulk statement leaves what beginning one by one leaves."""
        documents = (self.lead(), self.order(), self.ticket())
        names = [
            name
            for name, field in self.env["customer.journey"]._fields.items()
            if field.store
            and field.type not in ("one2many", "many2many")
            # The journey before is another one after the journeys are begun anew
            and name not in ("id", "date_last_stage_update", "previous_journey_id")
            and not name.endswith("_date")
        ]
        before = [document.journey_id.read(names)[0] for document in documents]
        events = [document.journey_id.event_ids.read()[0] for document in documents]
        self.install_anew()
        for document, values, event in zip(documents, before, events, strict=True):
            now = document.journey_id.read(names)[0]
            values.pop("id"), now.pop("id")
            with self.subTest(document._name):
                self.assertEqual(now, values)
                for name in (
                    "event",
                    "stage_id",
                    "is_move",
                    "document_name",
                    "user_id",
                ):
                    self.assertEqual(
                        document.journey_id.event_ids.read()[0][name], event[name]
                    )

    def forget_confirmations(self, tickets):
        """Put tickets back to what they were before the addon knew confirmations."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE helpdesk_ticket
               SET workflow_step = NULL, confirmation_state = NULL,
                   confirmation_exemption = NULL, closed_date = '2020-01-01'
             WHERE id = ANY(%s)
            """,
            (tickets.ids,),
        )
        self.env.invalidate_all()

    def test_old_tickets_are_fitted_in(self):
        """What is closed stays closed; what was reopened loses its closing date."""
        opened, working = self.ticket(), self.ticket(stage_id=self.ticket_doing.id)
        classified = self.ticket(type_id=self.type_complaint.id, user_id=self.agent.id)
        closed = self.closed_ticket()
        self.forget_confirmations(opened + working + classified + closed)
        self.install_anew()
        self.assertRecordValues(
            opened + working + classified + closed,
            [
                {
                    "workflow_step": step,
                    "confirmation_state": "none",
                    "confirmation_exemption": exemption,
                    "closed_date": date,
                }
                for step, exemption, date in (
                    ("opened", False, False),
                    ("executing", False, False),
                    ("classified", False, False),
                    ("closed", "before", datetime(2020, 1, 1)),
                )
            ],
        )
        closed.action_archive()
        closed.action_unarchive()
        closed.type_id = self.type_complaint
        self.assertEqual(closed.stage_id, self.ticket_done)

    def test_what_the_office_has_changed_stays(self):
        """A stage that it opened or closed, a mail that it chose."""
        awaiting = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        mail = self.env["mail.template"].create(
            {
                "name": "El nuestro",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        awaiting.write({"closed": True, "workflow_step": False})
        self.ticket_done.write(
            {"mail_template_id": mail.id, "requires_confirmation": False}
        )
        self.install_anew()
        self.assertFalse(awaiting.workflow_step)
        self.assertFalse(awaiting.requires_confirmation)
        self.assertEqual(self.ticket_done.mail_template_id, mail)
        self.assertTrue(self.ticket_done.requires_confirmation)

    def test_what_has_ended_stays_as_it_is(self):
        lost, won = self.lead(), self.lead()
        lost.action_set_lost()
        won.action_set_won()
        raw = self.lead(type="lead")
        closed = self.closed_ticket()
        order = self.order()
        order.action_confirm()
        self.install_anew()
        for document in (lost, won, raw, closed, order):
            self.assertFalse(document.journey_id)

    def test_an_old_order_begins_when_it_goes_on(self):
        order = self.order()
        order.action_confirm()
        self.install_anew()
        order.action_start_delivery()
        self.assertStage(order.journey_id, "delivery")

    def test_ticket_about_an_old_order(self):
        order = self.order()
        order.action_confirm()
        self.install_anew()
        ticket = self.ticket(sale_order_ids=order.ids)
        self.assertTrue(ticket.journey_id)

    def test_demo_data(self):
        """A plumbing company with cases in all four stages, in two companies."""
        for name in ("res_company_demo.xml", "journey_demo.xml"):
            convert_file(
                self.env,
                "customer_service_stages",
                f"demo/{name}",
                {},
                mode="init",
                noupdate=True,
            )
        ref = self.env.ref
        for name, code, state in (
            ("lead_leak", "contact", "open"),
            ("ticket_hot_water", "contact", "open"),
            ("lead_bathroom", "quote", "open"),
            ("order_downpipe", "quote", "open"),
            ("order_hotel", "delivery", "open"),
            ("order_school", "aftersales", "open"),
            ("ticket_keys", "aftersales", "completed"),
            ("lead_pool", "contact", "lost"),
            ("order_radiator", "quote", "cancelled"),
        ):
            with self.subTest(name):
                journey = ref(f"customer_service_stages.{name}").journey_id
                self.assertEqual((journey.stage_id.code, journey.state), (code, state))
        self.assertEqual(
            ref("customer_service_stages.ticket_school").journey_id,
            ref("customer_service_stages.order_school").journey_id,
        )
        self.assertEqual(
            ref("customer_service_stages.lead_air").journey_id.company_id,
            ref("customer_service_stages.company_clima"),
        )
        self.assertTrue(
            ref("customer_service_stages.lead_bathtub").journey_id.is_rotting
        )
