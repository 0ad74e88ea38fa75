"""What is committed, whoever meets or dies meanwhile (S3, S4). Has its own database."""

import tempfile

from .processes import ProcessCase

TICKETS = 200
BATCH = 50

# An office that never closes, and a promise of an hour, long since broken
SET_UP = f"""
from odoo.fields import Command

env["customer.sla.policy"].search([]).active = False
office = env["resource.calendar"].create(
    {{
        "name": "Siempre",
        "tz": "UTC",
        "hours_per_day": 24,
        "attendance_ids": [Command.clear()] + [
            Command.create(
                {{"name": "x", "dayofweek": str(day), "hour_from": 0, "hour_to": 24}}
            )
            for day in range(7)
        ],
    }}
)
env.company.resource_calendar_id = office
customer = env["res.partner"].create({{"name": "Carmen"}})
action = env["ir.actions.server"].create(
    {{
        "name": "Pide refuerzos",
        "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
        "state": "code",
        "code": '''
for ticket in records:
    ticket.activity_schedule("mail.mail_activity_data_todo", summary="Refuerzos")
    if ticket.name == "Roto":
        raise UserError("no queda nadie")
''',
    }}
)
lines = {{
    "warning": {{"timing": "before", "amount": 0.5, "unit": "hour", "act": "activity"}},
    "late": {{"timing": "after", "amount": 0, "unit": "hour", "act": "activity"}},
    "later": {{"timing": "after", "amount": 2, "unit": "day", "act": "activity"}},
    "told": {{"timing": "after", "amount": 0, "unit": "hour", "act": "notify"}},
    "helped": {{
        "timing": "after",
        "amount": 0,
        "unit": "hour",
        "act": "server_action",
        "server_action_id": action.id,
    }},
}}
policies = env["customer.sla.policy"].create(
    [
        {{
            "name": f"En una hora: {{name}}",
            "sequence": number,
            "metric": "resolution",
            "target_ids": [Command.create({{"amount": 1, "unit": "hour"}})],
            "escalation_ids": [
                Command.create({{"note": note, **lines[note]}}) for note in notes
            ],
        }}
        for number, (name, notes) in enumerate(
            {{
                "alerting": ["late"],
                "waking": ["warning", "late", "later"],
                "telling": ["told"],
                "helping": ["helped"],
            }}.items(),
            1,
        )
    ]
)
policies.action_switch_on()
env["helpdesk.ticket"].create(
    [
        {{"name": "Gotea", "description": "x", "partner_id": customer.id}}
        for _number in range({TICKETS})
    ]
)
env.cr.commit()
"""

ALERT = """
env["customer.sla.status"]._cron_alert()
print("returned")
"""

# Killed with the second batch written, but not committed
KILLED = """
import os
import signal

Model = type(env[{model!r}])
batches, do_due = [], Model._do_due

def die_in_the_second(self):
    do_due(self)
    batches.append(self)
    if len(batches) == 2:
        self.env.flush_all()
        os.kill(os.getpid(), signal.SIGKILL)

Model._do_due = die_in_the_second
"""

# Each try as soon as the one before has failed; prints the minutes it was to wait
TRIES = """
from odoo import fields

while True:
    env["customer.sla.status"]._cron_alert()
    alert = env["customer.sla.alert"].search([("tries", ">", 0)])
    wait = alert.retry_date and alert.retry_date - alert.date
    print((alert.state, alert.tries, wait and round(wait.total_seconds() / 60)))
    if not alert.retry_date:
        print(alert.status_id.alert_error)
        break
    alert.retry_date = alert.status_id.next_alert_date = fields.Datetime.now()
    env.cr.commit()
"""

# Few tickets are many here: they are left to the scheduled action, some at a time
SWEEP = """
from odoo.addons.customer_service_stages.models import sla_sweep

sla_sweep.AT_ONCE, sla_sweep.CHUNK = 10, 50
"""

# A team with hours and a promise of its own
TEAM = """
from odoo.fields import Command

hours = env.company.resource_calendar_id.copy()
team = env["helpdesk.ticket.team"].create(
    {"name": "Turno", "resource_calendar_id": hours.id}
)
env["customer.sla.policy"].create(
    {
        "name": "En cuatro horas",
        "sequence": 0,
        "metric": "resolution",
        "team_ids": team.ids,
        "target_ids": [Command.create({"amount": 4, "unit": "hour"})],
    }
)
env.cr.commit()
"""

# How the two below tell each other where they are
MEET = """
import time
from pathlib import Path

folder = Path({folder!r})

def wait_for(name):
    for _time in range(6000):
        if (folder / name).exists():
            return
        time.sleep(0.01)
    raise TimeoutError(name)
"""

# What a worker knows of the team's hours and promise, again after each change
LISTENER = """
team = env["helpdesk.ticket.team"].search([("name", "=", "Turno")])

def promised_hours():
    # As at the beginning of every request
    env.registry.check_signaling()
    env.invalidate_all()
    ticket = env["helpdesk.ticket"].create(
        {{"name": "Gotea", "description": "x", "team_id": team.id}}
    )
    status = ticket.sla_status_ids
    waiting = status.deadline - status.start_date
    env.cr.rollback()
    return waiting.total_seconds() / 3600

for change in ("nothing", "hours", "promise"):
    wait_for(change)
    print(promised_hours())
    (folder / f"after {{change}}").touch()
"""

CHANGER = """
from odoo.service.model import retrying

team = env["helpdesk.ticket.team"].search([("name", "=", "Turno")])
policy = env["customer.sla.policy"].search([("team_ids", "in", team.ids)])

def work_less():
    team.resource_calendar_id.attendance_ids.hour_to = 0.5

def promise_more():
    policy.target_ids.amount = 1

for change, make in {{
    "nothing": list, "hours": work_less, "promise": promise_more
}}.items():
    # As every request is made
    retrying(make, env)
    (folder / change).touch()
    wait_for(f"after {{change}}")
"""


class TestSlaProcesses(ProcessCase):
    database = "test_sla"
    set_up_script = SET_UP

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = cls.column("SELECT id FROM customer_sla_status ORDER BY id")

    def set_late(self, policy, ids=None, since="90 minutes"):
        """Let clocks have begun a while ago, under a policy that has not acted yet."""
        self.assertEqual(len(self.ids), TICKETS)
        self.cursor.execute(
            """
            DELETE FROM mail_activity;
            DELETE FROM mail_message WHERE message_type = 'user_notification';
            DELETE FROM customer_sla_alert;
            UPDATE helpdesk_ticket SET name = 'Gotea';
            UPDATE customer_sla_policy
               SET escalating_since = NOW() AT TIME ZONE 'UTC' - INTERVAL '1 month';
            UPDATE customer_sla_status SET next_alert_date = NULL;
            UPDATE customer_sla_status s
               SET policy_id = p.id,
                   start_date = started.at,
                   deadline = started.at + INTERVAL '1 hour',
                   risk_date = started.at + INTERVAL '45 minutes',
                   next_alert_date = started.at
              FROM customer_sla_policy p,
                   (SELECT DATE_TRUNC('second', NOW() AT TIME ZONE 'UTC')
                           - %(since)s::interval AS at) started
             WHERE p.name->>'en_US' = %(policy)s AND s.id IN %(ids)s
            """,
            {
                "policy": f"En una hora: {policy}",
                "ids": tuple(ids or self.ids),
                "since": since,
            },
        )

    def due(self):
        return self.column(
            "SELECT id FROM customer_sla_status"
            " WHERE next_alert_date <= NOW() AT TIME ZONE 'UTC' ORDER BY id"
        )

    def activities(self, summary):
        """Return the statuses by how many activities their tickets have got."""
        self.cursor.execute(
            """
            SELECT s.id, COUNT(a.id)
              FROM customer_sla_status s
         LEFT JOIN mail_activity a ON a.res_model = 'helpdesk.ticket'
                                  AND a.res_id = s.ticket_id AND a.summary = %s
             GROUP BY s.id
            """,
            [summary],
        )
        found = {}
        for status, count in self.cursor.fetchall():
            found.setdefault(count, set()).add(status)
        return found

    def alerts(self, state, note):
        """Return the statuses with an alert of an escalation, in a state."""
        return self.column(
            """
            SELECT a.status_id
              FROM customer_sla_alert a
              JOIN customer_sla_escalation e ON e.id = a.escalation_id
             WHERE a.state = %s AND e.note->>'en_US' = %s
             ORDER BY a.status_id
            """,
            state,
            note,
        )

    def assertAlertedOnce(self, ids=None, note="late"):
        ids = list(ids or self.ids)
        self.assertEqual(self.activities(note).get(1), set(ids))
        self.assertEqual(self.alerts("done", note), ids)

    def test_two_at_once(self):
        """Two processes that alert at the same moment alert once."""
        self.set_late("alerting")
        self.work_off_together("customer.sla.status", "_cron_alert")
        self.assertAlertedOnce()
        self.assertFalse(self.due())

    def kill(self, script, model):
        with self.start("shell") as process:
            process.communicate(KILLED.format(model=model) + script)
        self.assertEqual(process.returncode, -9)

    def test_killed_half_way(self):
        """A run that is killed and begun again alerts once."""
        self.set_late("alerting")
        self.kill(ALERT, "customer.sla.status")
        batch = self.activities("late")[1]
        self.assertEqual(set(self.ids) - batch, set(self.due()))
        self.assertTrue(0 < len(batch) < TICKETS, len(batch))
        self.dev("shell", ALERT)
        self.assertAlertedOnce()
        self.assertFalse(self.due())

    def test_failing_one_stops_nothing(self):
        """It is shown, tried again at growing distances, and given up at last."""
        self.set_late("helping")
        broken = self.ids[7]
        self.cursor.execute(
            "UPDATE helpdesk_ticket SET name = 'Roto' WHERE id ="
            " (SELECT ticket_id FROM customer_sla_status WHERE id = %s)",
            [broken],
        )
        output, _log = self.dev("shell", TRIES)
        *tries, error = output.splitlines()
        minutes = [5 * 2**number for number in range(7)]
        self.assertEqual(
            [eval(line) for line in tries],
            [
                *(("failed", number, wait) for number, wait in enumerate(minutes, 1)),
                ("given_up", 8, False),
            ],
        )
        self.assertIn("no queda nadie", error)
        others = [status for status in self.ids if status != broken]
        self.assertEqual(self.activities("Refuerzos"), {1: set(others), 0: {broken}})
        self.assertEqual(self.alerts("done", "helped"), others)
        self.assertFalse(self.due())

    def test_after_a_downtime(self):
        """Nobody is warned of what is late already; what comes after happens once."""
        self.set_late("waking", since="7 days")
        self.dev("shell", ALERT * 2)
        self.assertFalse(self.activities("warning").get(1))
        self.assertEqual(self.alerts("skipped", "warning"), self.ids)
        self.assertAlertedOnce()
        self.assertAlertedOnce(note="later")
        self.assertFalse(self.due())

    def test_a_batch_is_one_notification(self):
        self.set_late("telling", ids=self.ids[:BATCH])
        self.dev("shell", ALERT)
        self.assertEqual(self.alerts("done", "told"), self.ids[:BATCH])
        bodies = self.column(
            "SELECT body FROM mail_message WHERE message_type = 'user_notification'"
        )
        self.assertEqual(len(bodies), 1)
        self.assertEqual(bodies[0].count("<li>"), BATCH)

    def test_a_planned_pause_ends_to_the_second(self):
        self.set_late("alerting", since="30 minutes")
        self.cursor.execute(
            """
            INSERT INTO customer_sla_pause
                   (kind, ticket_id, company_id, start_date, planned_end_date)
            SELECT 'manual', s.ticket_id, s.company_id, s.start_date,
                   s.start_date + INTERVAL '20 minutes 7 seconds'
              FROM customer_sla_status s;
            UPDATE customer_sla_status
               SET state = 'paused', paused_since = start_date, next_alert_date = NULL
            """
        )
        self.dev("shell", 'env["customer.sla.pause"]._cron_end()')
        ends = self.column(
            "SELECT DISTINCT end_date - start_date FROM customer_sla_pause"
        )
        self.assertEqual([end.total_seconds() for end in ends], [1207])
        self.cursor.execute(
            """
            SELECT DISTINCT state, paused_seconds, paused_since,
                   EXTRACT(epoch FROM deadline - start_date)::int
              FROM customer_sla_status
            """
        )
        self.assertEqual(self.cursor.fetchall(), [("running", 1207, None, 4807)])
        self.cursor.execute("DELETE FROM customer_sla_pause")

    def test_a_killed_sweep_goes_on_where_it_was(self):
        self.set_late("alerting")
        tickets = self.column("SELECT id FROM helpdesk_ticket ORDER BY id")
        change = """
policy = env["customer.sla.policy"].search([("name", "like", "alerting")])
policy.target_ids.amount = {amount}
env.cr.commit()
"""
        self.dev("shell", SWEEP + change.format(amount=3))
        self.kill(
            SWEEP + 'env["customer.sla.sweep"]._cron_sweep()', "customer.sla.sweep"
        )
        self.assertEqual(
            self.column("SELECT last_id FROM customer_sla_sweep"), [tickets[49]]
        )
        seen = """
Status = type(env["customer.sla.status"])
settle = Status._settle

def show(self, documents, event=None):
    print(documents.ids)
    return settle(self, documents, event)

Status._settle = show
env["customer.sla.sweep"]._cron_sweep()
"""
        output, _log = self.dev("shell", SWEEP + seen)
        swept = sum(map(eval, output.splitlines()), [])
        self.assertEqual(swept, tickets[50:])
        self.assertFalse(self.column("SELECT id FROM customer_sla_sweep"))
        self.assertEqual(
            self.column("SELECT DISTINCT target_seconds FROM customer_sla_status"),
            [3 * 3600],
        )
        self.dev("shell", change.format(amount=1))

    def test_other_workers_hear_of_changes(self):
        """What one process changes counts in another that has looked it up before."""
        self.dev("shell", TEAM)
        with tempfile.TemporaryDirectory() as folder:
            [hours, _nothing] = self.run_together(
                (MEET + LISTENER).format(folder=folder),
                (MEET + CHANGER).format(folder=folder),
            )
        before, with_less_work, with_more_promised = map(float, hours.split())
        self.assertEqual(before, 4)
        # Half an hour of work a day makes eight days, then two
        self.assertTrue(7 * 24 - 1 < with_less_work <= 8 * 24, hours)
        self.assertTrue(24 - 1 < with_more_promised <= 2 * 24, hours)
