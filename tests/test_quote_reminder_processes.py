"""Reminders of quotes when workers meet or die (Q7). Has its own database."""

from .processes import PlannedProcessCase

QUOTES = 120
BATCH = 50

# Somebody is always at work; nothing is mailed, only queued
SET_UP = f"""
env.company.resource_calendar_id = env["resource.calendar"].create(
    {{"name": "Siempre", "flexible_hours": True, "tz": "UTC"}}
)
product = env["product.product"].create({{"name": "Grifo", "list_price": 10}})
customers = env["res.partner"].create(
    [
        {{"name": f"Cliente {{n}}", "email": f"cliente{{n}}@correo.example"}}
        for n in range({QUOTES})
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
orders.action_quotation_sent()
env.cr.commit()
"""

REMIND = """
env["customer.quote.reminder"]._cron_remind()
print("returned")
"""

# Killed with the second batch written, but not committed
KILLED = """
import os
import signal

from odoo.addons.customer_service_stages.models.quote_reminder import (
    CustomerQuoteReminder,
)

batches = []
send = CustomerQuoteReminder._carry_out

def die_in_the_second(self):
    send(self)
    batches.append(self)
    if len(batches) == 2:
        self.env.flush_all()
        os.kill(os.getpid(), signal.SIGKILL)

CustomerQuoteReminder._carry_out = die_in_the_second
env["customer.quote.reminder"]._cron_remind()
"""

FAILING = """
from odoo.addons.customer_service_stages.models.mailing_mixin import (
    CustomerMailingMixin,
)

queue_mail = CustomerMailingMixin._queue_mail

def fail(self, template, **options):
    if {bad} in self.ids:
        raise ValueError("no mail")
    return queue_mail(self, template, **options)

CustomerMailingMixin._queue_mail = fail
"""

# Somebody presses the button while the scheduled action is at it
MEETING = """
import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

env.registry["mail.mail"].send = lambda self, **kwargs: True
barrier, outcomes = threading.Barrier(2), []

def press():
    with Registry(env.cr.dbname).cursor() as cr:
        own = api.Environment(cr, SUPERUSER_ID, {{}})
        reminder = own["customer.quote.reminder"].browse({reminder})
        attempts = []

        def attempt():
            attempts.append(reminder.state)
            if len(attempts) == 1:
                barrier.wait()
            reminder.action_send_now()

        try:
            retrying(attempt, own)
            outcomes.append("sent")
        except UserError:
            outcomes.append("refused")

threads = [threading.Thread(target=press) for _number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(outcomes))
"""


class TestQuoteReminderProcesses(PlannedProcessCase):
    database = "test_quote_reminder"
    table = "customer_quote_reminder"
    subject = "About your quote"
    set_up_script = SET_UP

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = cls.column(
            "SELECT id FROM customer_quote_reminder"
            " WHERE kind = 'undecided' AND number = 1 ORDER BY id"
        )

    def setUp(self):
        super().setUp()
        self.assertEqual(len(self.ids), QUOTES)
        self.put_back(self.ids)

    def test_two_at_once(self):
        """Two processes that remind at the same moment write to everybody once."""
        self.work_off_together("customer.quote.reminder", "_cron_remind")
        self.assertSentOnce(self.ids)
        self.assertFalse(self.due())

    def test_killed_half_way(self):
        """A run that is killed and begun again writes to everybody once."""
        with self.start("shell") as process:
            process.communicate(KILLED)
        self.assertEqual(process.returncode, -9)
        self.assertSentOnce(self.ids[:BATCH])
        self.assertEqual(self.due(), self.ids[BATCH:])
        self.dev("shell", REMIND)
        self.assertSentOnce(self.ids)

    def test_a_failing_one_stops_no_other(self):
        bad = self.ids[60]
        [order] = self.column(
            "SELECT order_id FROM customer_quote_reminder WHERE id = %s", bad
        )
        output, _log = self.dev("shell", FAILING.format(bad=order) + REMIND)
        self.assertEqual(output, "returned\n")
        self.assertSentOnce(set(self.ids) - {bad})
        self.assertFalse(self.due())
        put_off = self.column(
            "SELECT id FROM customer_quote_reminder WHERE attempts = 1"
            " AND planned_date < NOW() AT TIME ZONE 'UTC' + INTERVAL '2 hours'"
        )
        self.assertEqual(put_off, [bad])

    def test_pressed_twice_at_once(self):
        output, _log = self.dev("shell", MEETING.format(reminder=self.ids[7]))
        self.assertEqual(output, "['refused', 'sent']\n")
        self.assertSentOnce([self.ids[7]])
