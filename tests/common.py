from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.mail.tests.common import MailCommon


class JourneyCase(MailCommon):
    """A company with its people, a customer and the standard stages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        # Teams go by the company's hours: helpdesk_mgmt_sla gives them their own
        cls.env["ir.default"].set("helpdesk.ticket.team", "resource_calendar_id", False)
        cls.stages = cls.env["customer.journey.stage"]._by_code()
        cls.crm_new = cls.env.ref("crm.stage_lead1")
        cls.crm_proposition = cls.env.ref("crm.stage_lead3")
        cls.crm_won = cls.env.ref("crm.stage_lead4")
        cls.ticket_new = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.ticket_doing = cls.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        cls.ticket_done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.ticket_cancelled = cls.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_cancelled"
        )
        cls.ticket_completed = cls.env.ref(
            "customer_service_stages.helpdesk_ticket_stage_completed"
        )
        cls.ticket_rejected = cls.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_rejected"
        )
        cls.type_complaint, cls.type_information, cls.type_report = (
            cls.env.ref(f"customer_service_stages.ticket_type_{name}")
            for name in ("complaint", "information_after", "report")
        )
        cls.salesman = cls._new_user("salesman", "sales_team.group_sale_salesman")
        cls.agent = cls._new_user("agent", "helpdesk_mgmt.group_helpdesk_user_own")
        cls.everyone = cls._new_user(
            "everyone",
            "sales_team.group_sale_salesman_all_leads",
            "helpdesk_mgmt.group_helpdesk_user",
        )
        cls.manager = cls._new_user(
            "journey_manager",
            "customer_service_stages.group_manager",
            "sales_team.group_sale_manager",
            "helpdesk_mgmt.group_helpdesk_manager",
        )
        cls.customer, cls.other_customer = cls.env["res.partner"].create(
            [
                {"name": "Carmen Ortega", "email": "carmen@customer.example"},
                {"name": "Bar La Plaza", "email": "bar@customer.example"},
            ]
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Mano de obra", "type": "service", "list_price": 40.0}
        )

    @classmethod
    def _new_user(cls, login, *groups, **values):
        return new_test_user(
            cls.env,
            login,
            groups=",".join(("base.group_user", *groups)),
            name=login.title(),
            **values,
        )

    # What the customer's need may come as

    def lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Fuga bajo el fregadero",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "stage_id": self.crm_new.id,
                **values,
            }
        )

    def ticket(self, **values):
        return self.env["helpdesk.ticket"].create(
            {
                "name": "No sale agua caliente",
                "description": "<p>Desde ayer.</p>",
                "partner_id": self.customer.id,
                "stage_id": self.ticket_new.id,
                **values,
            }
        )

    def closed_ticket(self, **values):
        """Return a ticket that is closed without anybody being asked."""
        return self.ticket(
            type_id=self.type_information.id, stage_id=self.ticket_done.id, **values
        )

    def order(self, lead=None, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": lead.id if lead else False,
                "order_line": [Command.create({"product_id": self.product.id})],
                **values,
            }
        )

    def delivered_order(self, **values):
        order = self.order(**values)
        order.action_confirm()
        order.action_complete_delivery()
        return order

    # What became of it

    def assertStage(self, journey, code):
        self.assertEqual(journey.stage_id.code, code)

    def history(self, journey):
        """Return the events of a journey, oldest first, as (event, from, to)."""
        self.env.flush_all()
        return [
            (event.event, event.previous_stage_id.code or None, event.stage_id.code)
            for event in journey.sudo().event_ids.sorted("id")
        ]

    def last_message(self, journey):
        """Return the newest message on a journey, tracking included."""
        self.flush_tracking()
        return journey.sudo().message_ids[:1]
