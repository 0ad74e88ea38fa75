"""Leaving a database as it was (J1). Needs a database of its own."""

from .processes import ProcessCase

SCRIPT = """
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

lead = env["crm.lead"].create({"name": "x", "type": "opportunity"})
env["helpdesk.ticket"].create({"name": "x", "description": "y"})
journey = lead.journey_id
journey.message_post(body="hola")
journey.activity_schedule("mail.mail_activity_data_call")
env["ir.attachment"].create(
    {"name": "a", "raw": b"x", "res_model": journey._name, "res_id": journey.id}
)
customer = env["res.partner"].create({"name": "Carmen", "email": "c@x.example"})
asked = env["helpdesk.ticket"].create(
    {
        "name": "asked",
        "description": "y",
        "partner_id": customer.id,
        "type_id": env.ref("customer_service_stages.ticket_type_complaint").id,
        "resolution_summary": "done",
    }
)
asked.action_request_confirmation()
done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
assert done.mail_template_id != env.ref("helpdesk_mgmt.closed_ticket_template")
env["mail.mail"].search([]).unlink()
env.cr.commit()
module = env["ir.module.module"].search([("name", "=", "customer_service_stages")])
module.button_immediate_uninstall()

with Registry(env.cr.dbname).cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    assert "customer.journey" not in env
    cr.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_name LIKE 'customer_journey%'"
        " OR table_name LIKE 'customer_confirmation%'"
        " OR column_name LIKE 'journey%'"
        " OR column_name LIKE 'confirmation%'"
        " OR table_name IN ('sale_order', 'helpdesk_ticket')"
        " AND column_name IN ('delivery_start_date', 'date_last_stage_update')"
    )
    print("columns left:", cr.fetchall())
    for model, field in (
        ("ir.model.data", "module"),
        ("ir.model", "model"),
        ("ir.model.fields", "model"),
        ("mail.message", "model"),
        ("mail.followers", "res_model"),
        ("mail.activity", "res_model"),
        ("ir.attachment", "res_model"),
        ("ir.actions.act_window", "res_model"),
        ("ir.actions.server", "name"),
        ("ir.cron", "cron_name"),
        ("ir.rule", "name"),
        ("ir.ui.view", "model"),
        ("ir.ui.menu", "name"),
        ("ir.config_parameter", "key"),
        ("res.groups", "full_name"),
    ):
        for pattern in (
            "customer.journey",
            "customer.confirmation",
            "customer_service_stages",
            "journey",
        ):
            found = env[model].search([(field, "ilike", pattern)])
            print(model, "left:", found.mapped(field))
    lead = env["crm.lead"].create({"name": "y", "type": "opportunity"})
    lead.action_set_won()
    ticket = env["helpdesk.ticket"].create({"name": "y", "description": "z"})
    ticket.stage_id = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    order = env["sale.order"].create({"partner_id": env.ref("base.main_partner").id})
    order.action_confirm()
    for document in (lead, ticket, order):
        for view_type in ("form", "list", "kanban", "search"):
            document.get_view(view_type=view_type)
    asked = env["helpdesk.ticket"].search([("name", "=", "asked")])
    completed = env["helpdesk.ticket.stage"].search([("name", "=", "Completed")])
    print("stage left:", completed)
    print("kept:", asked.stage_id.name, asked.type_id.name)
    done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    print("mail:", done.mail_template_id.get_external_id().popitem()[1])
    print("types:", env["helpdesk.ticket.type"].search([]).mapped("name"))
    print("works:", lead.won_status, ticket.closed, order.state)
"""


class TestUninstall(ProcessCase):
    database = "test_uninstall"

    def test_no_leftovers(self):
        self.dev("db")
        output, log = self.dev("shell", SCRIPT)
        self.assertNotIn(" ERROR ", log)
        lines = output.splitlines()
        self.assertEqual(lines.pop(), "works: won True sale")
        self.assertEqual(lines.pop(), "types: ['Complaint']")
        self.assertEqual(lines.pop(), "mail: helpdesk_mgmt.closed_ticket_template")
        self.assertEqual(lines.pop(), "kept: In Progress Complaint")
        self.assertEqual(lines.pop(), "stage left: helpdesk.ticket.stage()")
        self.assertGreater(len(lines), 40)
        for line in lines:
            self.assertTrue(line.endswith("left: []"), line)
