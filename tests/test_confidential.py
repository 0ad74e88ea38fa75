"""Reports of wrongdoing are for their handlers and their author (T10)."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .test_confirmation_gate import GateCase


@tagged("post_install", "-at_install")
class TestConfidential(GateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler = cls._new_user("handler", "helpdesk_mgmt.group_helpdesk_user")
        cls.type_report.handler_ids = cls.handler
        cls.author = cls._new_portal_user(cls.customer, "author")
        cls.colleague = cls._new_portal_user(
            cls.env["res.partner"].create(
                {
                    "name": "Luis",
                    "email": "luis@customer.example",
                    "parent_id": cls.customer.id,
                }
            ),
            "colleague",
        )

    @classmethod
    def _new_portal_user(cls, partner, login):
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "login": login,
                    "password": login,
                    "partner_id": partner.id,
                    "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                }
            )
        )

    def report(self, **values):
        return self.ticket(
            name="Materiales que desaparecen",
            type_id=self.type_report.id,
            team_id=self.team.id,
            **values,
        )

    def outsiders(self):
        return (self.everyone, self.manager, self.agent, self.colleague)

    def test_who_sees_it(self):
        report = self.report()
        for user in (self.handler, self.author):
            report.with_user(user).read(["name"])
        for user in self.outsiders():
            with self.assertRaises(AccessError):
                report.with_user(user).read(["name"])
        assigned = self.report(user_id=self.agent.id)
        assigned.with_user(self.agent).read(["name"])

    def test_lists_counts_and_groups(self):
        report = self.report()
        plain = self.working_ticket()
        self.customer.invalidate_recordset()
        for user in (self.everyone, self.manager):
            Ticket = self.env["helpdesk.ticket"].with_user(user)
            domain = [("id", "in", (report + plain).ids)]
            self.assertEqual(Ticket.search(domain), plain)
            self.assertEqual(Ticket.search_count(domain), 1)
            self.assertFalse(Ticket.name_search("Materiales que desaparecen"))
            groups = Ticket.formatted_read_group(domain, ["type_id"], ["__count"])
            self.assertEqual([group["__count"] for group in groups], [1])
            self.assertEqual(self.customer.with_user(user).helpdesk_ticket_count, 1)
            self.assertFalse(
                self.env["res.partner"]
                .with_user(user)
                .search([("helpdesk_ticket_ids.name", "=", report.name)])
            )
            team = self.team.with_user(user)
            self.assertNotIn(report, team.ticket_ids)
            exported = Ticket.search([])._export_rows([["name"]])
            self.assertNotIn([report.name], exported)
        self.assertEqual(
            self.env["helpdesk.ticket"].with_user(self.colleague).search_count([]), 1
        )

    def test_no_write_no_archive(self):
        report = self.report()
        for values in ({"name": "x"}, {"active": False}, {"type_id": False}):
            with self.assertRaises(AccessError):
                report.with_user(self.manager).write(values)

    def test_messages_attachments_activities(self):
        report = self.report()
        message = report.message_post(body="Secreto", subtype_xmlid="mail.mt_comment")
        attachment = self.env["ir.attachment"].create(
            {
                "name": "prueba.txt",
                "raw": b"x",
                "res_model": report._name,
                "res_id": report.id,
            }
        )
        report.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.handler.id, summary="Ver"
        )
        for user in self.outsiders():
            if user != self.colleague:
                found = (
                    self.env["mail.message"]
                    .with_user(user)
                    .search([("model", "=", report._name), ("res_id", "=", report.id)])
                )
                self.assertFalse(found)
                activities = (
                    self.env["mail.activity"]
                    .with_user(user)
                    .search(
                        [("res_model", "=", report._name), ("res_id", "=", report.id)]
                    )
                )
                self.assertFalse(activities)
            self.assertFalse(
                self.env["ir.attachment"]
                .with_user(user)
                .search([("id", "=", attachment.id)])
            )
            with self.assertRaises(AccessError):
                attachment.with_user(user).read(["raw"])
            with self.assertRaises(AccessError):
                message.with_user(user).read(["body"])
        self.assertTrue(attachment.with_user(self.handler).raw)

    def test_notifications(self):
        """Followers who may not see the report are not told of it."""
        self.team.message_subscribe(self.everyone.partner_id.ids)
        self.everyone.notification_type = "email"
        self.handler.notification_type = "email"
        with self.mock_mail_gateway():
            report = self.report()
            report.message_subscribe(
                (
                    self.handler.partner_id
                    + self.everyone.partner_id
                    + self.colleague.partner_id
                ).ids
            )
            report.message_post(
                body="Secreto",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.env.ref("base.partner_root").id,
            )
        told = self.env["mail.notification"].search(
            [("mail_message_id.res_id", "=", report.id)]
        )
        partners = told.filtered(
            lambda n: n.mail_message_id.model == report._name
        ).res_partner_id
        self.assertIn(self.handler.partner_id, partners)
        self.assertIn(self.customer, partners)
        self.assertNotIn(self.everyone.partner_id, partners)
        self.assertNotIn(self.colleague.partner_id, partners)

    def test_no_journey(self):
        report = self.report()
        self.assertFalse(report.journey_id)
        order = self.order()
        report.sale_order_ids = order
        self.assertFalse(report.journey_id)

    def test_becoming_confidential(self):
        ticket = self.working_ticket(name="Materiales que desaparecen")
        journey = ticket.journey_id
        ticket.type_id = self.type_report
        self.assertFalse(ticket.journey_id)
        self.assertFalse(journey.exists())
        # In the journey of an order, the rest stays
        order = self.order()
        joined = self.working_ticket(sale_order_ids=order.ids)
        self.assertEqual(joined.journey_id, order.journey_id)
        joined.type_id = self.type_report
        self.assertFalse(joined.journey_id)
        traces = order.journey_id.event_ids.filtered(
            lambda event: event.res_model == "helpdesk.ticket"
        )
        self.assertFalse(traces)
        # A journey that began with it takes the name of what is left
        first = self.working_ticket(name="Materiales que desaparecen")
        follower = self.order(journey_id=first.journey_id.id)
        first.type_id = self.type_report
        self.assertEqual(follower.journey_id.name, follower.name)

    def test_handlers_of_a_new_type(self):
        """Somebody who has looked at tickets before sees those of a new type too."""
        Ticket = self.env["helpdesk.ticket"].with_user(self.handler)
        Ticket.search_count([])
        new_type = self.env["helpdesk.ticket.type"].create(
            {
                "name": "Acoso",
                "is_confidential": True,
                "requires_confirmation": False,
                "handler_ids": [Command.set(self.handler.ids)],
            }
        )
        ticket = self.working_ticket(type_id=new_type.id)
        self.assertTrue(Ticket.search([("id", "=", ticket.id)]))
        new_type.handler_ids = self.everyone
        self.assertFalse(Ticket.search([("id", "=", ticket.id)]))

    def test_type_that_becomes_confidential(self):
        self.type_complaint.handler_ids = self.handler
        ticket = self.working_ticket(type_id=self.type_complaint.id)
        self.type_complaint.is_confidential = True
        self.assertFalse(ticket.journey_id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.everyone).read(["name"])

    def test_confirmations_and_report(self):
        report = self.report(stage_id=self.ticket_doing.id)
        report.stage_id = self.ticket_done
        self.assertTrue(report.confirmation_exemption)
        self.env.flush_all()
        rows = self.env["customer.confirmation.report"].search(
            [("ticket_id", "=", report.id)]
        )
        self.assertFalse(rows)
        asked = self.report(stage_id=self.ticket_doing.id)
        asked.action_request_confirmation()
        for user in (self.everyone, self.manager):
            Confirmation = self.env["customer.confirmation"].with_user(user)
            self.assertFalse(Confirmation.search([("ticket_id", "=", asked.id)]))
        self.assertTrue(
            self.env["customer.confirmation"]
            .with_user(self.handler)
            .search([("ticket_id", "=", asked.id)])
        )
