"""Follow-ups when workers meet or die (F5, F8). Has its own database."""

from .processes import PlannedProcessCase

CUSTOMERS = 120
BATCH = 50

# Somebody is always at work; nothing is mailed, only queued
SET_UP = f"""
env.company.resource_calendar_id = env["resource.calendar"].create(
    {{"name": "Siempre", "flexible_hours": True, "tz": "UTC"}}
)
env.company.contact_rest_days = 3
env["customer.followup.rule"].search([]).active = False
template = env["mail.template"].create(
    {{
        "name": "Gracias",
        "model_id": env["ir.model"]._get_id("sale.order"),
        "subject": "Gracias por {{{{ object.name }}}}",
        "email_to": "{{{{ object.partner_id.email_formatted }}}}",
        "body_html": "<p>Gracias</p>",
    }}
)
env["customer.followup.rule"].create(
    [
        {{
            "name": name,
            "event": event,
            "delay": 0,
            "delay_unit": "day",
            "template_id": template.id,
            "stop_on_return": False,
            "is_on": True,
        }}
        for name, event in (
            ("Pedido", "order_confirmed"), ("Entrega", "delivery_completed")
        )
    ]
)
product = env["product.product"].create({{"name": "Grifo", "list_price": 10}})
customers = env["res.partner"].create(
    [
        {{"name": f"Cliente {{n}}", "email": f"cliente{{n}}@correo.example"}}
        for n in range({CUSTOMERS})
    ]
)
orders = env["sale.order"].create(
    [
        {{
            "partner_id": customer.id,
            "order_line": [(0, 0, {{"product_id": product.id}})],
        }}
        for customer in customers
    ]
)
orders.action_confirm()
orders.action_complete_delivery()
env.cr.commit()
"""

FOLLOW_UP = """
env["customer.followup"]._cron_follow_up()
print("returned")
"""

# Killed with the second batch written, but not committed
KILLED = """
import os
import signal

from odoo.addons.customer_service_stages.models.followup import CustomerFollowup

batches = []
carry_out = CustomerFollowup._carry_out

def die_in_the_second(self):
    carry_out(self)
    batches.append(self)
    if len(batches) == 2:
        self.env.flush_all()
        os.kill(os.getpid(), signal.SIGKILL)

CustomerFollowup._carry_out = die_in_the_second
env["customer.followup"]._cron_follow_up()
"""

# Both have looked whether the customer rests, and found that they may write
SAME_CUSTOMER = """
import threading

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.addons.customer_service_stages.models.planned_mixin import (
    CustomerPlannedMixin,
)

barrier, outcomes = threading.Barrier(2), []
in_turn = CustomerPlannedMixin._in_turn
met = threading.local()

def look_together(self):
    chosen = in_turn(self)
    if not getattr(met, "once", False):
        met.once = True
        barrier.wait()
    return chosen

CustomerPlannedMixin._in_turn = look_together

def follow_up(followup):
    with Registry(env.cr.dbname).cursor() as cr:
        own = api.Environment(cr, SUPERUSER_ID, {{"mail_notify_force_send": False}})
        mine = own["customer.followup"].browse(followup)
        mine.lock_for_update()
        try:
            mine._do_due()
            cr.commit()
        except Exception:
            cr.rollback()
            outcomes.append("refused")
            mine._work_off_one_by_one()
            cr.commit()
        outcomes.append(mine.state)

threads = [threading.Thread(target=follow_up, args=[id_]) for id_ in {followups}]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(outcomes))
"""


class TestFollowupProcesses(PlannedProcessCase):
    database = "test_followup"
    table = "customer_followup"
    subject = "Gracias por"
    set_up_script = SET_UP

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = cls.of_rule("Entrega")

    @classmethod
    def of_rule(cls, name):
        return cls.column(
            "SELECT f.id FROM customer_followup f"
            " JOIN customer_followup_rule r ON r.id = f.rule_id"
            " WHERE r.name->>'en_US' = %s ORDER BY f.id",
            name,
        )

    def setUp(self):
        super().setUp()
        self.assertEqual(len(self.ids), CUSTOMERS)
        self.put_back(self.ids)

    def test_two_at_once(self):
        self.work_off_together("customer.followup", "_cron_follow_up")
        self.assertSentOnce(self.ids)
        self.assertFalse(self.due())

    def test_killed_half_way(self):
        """A run that is killed and begun again writes to everybody once."""
        with self.start("shell") as process:
            process.communicate(KILLED)
        self.assertEqual(process.returncode, -9)
        self.assertSentOnce(self.ids[:BATCH])
        self.assertEqual(self.due(), self.ids[BATCH:])
        self.dev("shell", FOLLOW_UP)
        self.assertSentOnce(self.ids)

    def test_two_rules_and_two_workers(self):
        """Each customer has two that are due, and gets one mail."""
        others = self.of_rule("Pedido")
        self.make_due(others)
        self.work_off_together("customer.followup", "_cron_follow_up")
        done = self.column("SELECT id FROM customer_followup WHERE state = 'done'")
        self.assertEqual(len(done), CUSTOMERS)
        self.assertSentOnce(done)
        customers = self.column(
            "SELECT DISTINCT commercial_partner_id FROM customer_followup"
            " WHERE state = 'done'"
        )
        self.assertEqual(len(customers), CUSTOMERS)
        self.assertFalse(self.due())

    def test_one_customer_at_the_same_moment(self):
        """The database refuses the second one, who then sees the first."""
        pair = [self.ids[7], self.of_rule("Pedido")[7]]
        self.make_due(pair)
        output, _log = self.dev("shell", SAME_CUSTOMER.format(followups=pair))
        self.assertEqual(output, "['done', 'planned', 'refused']\n")
        done = self.column("SELECT id FROM customer_followup WHERE state = 'done'")
        self.assertEqual(len(done), 1)
        self.assertSentOnce(done)
