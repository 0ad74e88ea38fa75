"""What is committed, whoever meets or dies meanwhile (T4). Has its own database."""

from .processes import ProcessCase

ROUNDS = 120
BATCH = 50

# Somebody is always at work; nothing is mailed, only queued
SET_UP = f"""
env.company.resource_calendar_id = env["resource.calendar"].create(
    {{"name": "Siempre", "flexible_hours": True, "tz": "UTC"}}
)
customers = env["res.partner"].create(
    [
        {{"name": f"Cliente {{n}}", "email": f"cliente{{n}}@correo.example"}}
        for n in range({ROUNDS})
    ]
)
tickets = env["helpdesk.ticket"].create(
    [
        {{"name": "Gotea", "description": "x", "partner_id": customer.id}}
        for customer in customers
    ]
)
tickets.stage_id = env.ref("customer_service_stages.helpdesk_ticket_stage_completed")
env.cr.commit()
"""

FOLLOW_UP = """
env["customer.confirmation"]._cron_follow_up()
print("returned")
"""

# Killed with the second batch written, but not committed
KILLED = """
import os
import signal

from odoo.addons.customer_service_stages.models.confirmation import CustomerConfirmation

batches = []
remind = CustomerConfirmation._remind

def die_in_the_second(self):
    remind(self)
    batches.append(self)
    if len(batches) == 2:
        self.env.flush_all()
        os.kill(os.getpid(), signal.SIGKILL)

CustomerConfirmation._remind = die_in_the_second
env["customer.confirmation"]._cron_follow_up()
"""

# The mail fails for one, the answer for another
FAILING = """
from odoo.addons.customer_service_stages.models.confirmation import CustomerConfirmation
from odoo.addons.customer_service_stages.models.mailing_mixin import (
    CustomerMailingMixin,
)

queue_mail, answer = CustomerMailingMixin._queue_mail, CustomerConfirmation._answer

def fail_to_mail(self, template, *args, **kwargs):
    if {no_mail} in self.confirmation_id.ids:
        raise ValueError("no mail")
    return queue_mail(self, template, *args, **kwargs)

def fail_to_answer(self, *args, **kwargs):
    if {no_answer} in self.ids:
        raise ValueError("no answer")
    return answer(self, *args, **kwargs)

CustomerMailingMixin._queue_mail = fail_to_mail
CustomerConfirmation._answer = fail_to_answer
"""

# As the customer's page does it: what the page was shown for, then the answer
ANSWERS = """
import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

env.registry["mail.mail"].send = lambda self, **kwargs: True

def answer(question_id, state, with_nonce, barrier, outcomes):
    with Registry(env.cr.dbname).cursor() as cr:
        own = api.Environment(cr, SUPERUSER_ID, {})
        question = own["customer.confirmation"].browse(question_id)
        nonce, attempts = question._nonce(), []

        def attempt():
            attempts.append(question.state)
            if len(attempts) == 1:
                barrier.wait()
            if with_nonce and not question._check_nonce(nonce):
                raise UserError("old page")
            reason = "still_fails" if state == "refused" else False
            question._answer(
                state,
                answer_origin="link",
                answer_name="Carmen",
                refusal_reason=reason,
                comment="Una respuesta",
            )

        try:
            retrying(attempt, own)
            outcome = state
        except UserError as error:
            outcome = str(error)
        outcomes.append((outcome, attempts))

def meet(question_id, states, with_nonce):
    barrier, outcomes = threading.Barrier(2), []
    threads = [
        threading.Thread(
            target=answer, args=(question_id, state, with_nonce, barrier, outcomes)
        )
        for state in states
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(outcomes)

"""


class TestConfirmationProcesses(ProcessCase):
    database = "test_confirmation"
    set_up_script = SET_UP

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = cls.column("SELECT id FROM customer_confirmation ORDER BY id")

    def setUp(self):
        """Put all questions back to where they wait, a week late, not reminded yet."""
        super().setUp()
        self.assertEqual(len(self.ids), ROUNDS)
        self.cursor.execute(
            "DELETE FROM mail_message WHERE subject LIKE 'Still waiting%'"
        )
        self.cursor.execute(
            """
            UPDATE customer_confirmation c
               SET state = 'pending', is_current = TRUE, reminder_count = 0,
                   last_reminder_date = NULL, reminder_mail_id = NULL,
                   answer_date = NULL, request_date = %(asked)s,
                   next_action_date = %(due)s, partner_id = t.partner_id
              FROM helpdesk_ticket t WHERE t.id = c.ticket_id;
            UPDATE helpdesk_ticket
               SET confirmation_state = 'pending', workflow_step = 'completed',
                   stage_id = (
                       SELECT id FROM helpdesk_ticket_stage
                        WHERE workflow_step = 'completed'
                   )
            """,
            {"asked": self.ago(9), "due": self.ago(7)},
        )

    @classmethod
    def ago(cls, days):
        [moment] = cls.column(
            "SELECT NOW() AT TIME ZONE 'UTC' - %s * INTERVAL '1 day'", days
        )
        return moment

    def set_last_reminder(self, ids, state):
        """Let questions have had their last reminder two days ago."""
        self.cursor.execute(
            """
            WITH message AS (
                INSERT INTO mail_message (message_type, model, res_id)
                VALUES ('email', 'helpdesk.ticket', 0) RETURNING id
            ), mail AS (
                INSERT INTO mail_mail (mail_message_id, state)
                SELECT id, %s FROM message RETURNING id
            )
            UPDATE customer_confirmation
               SET reminder_count = 2, last_reminder_date = %s,
                   reminder_mail_id = mail.id
              FROM mail WHERE customer_confirmation.id IN %s
            """,
            (state, self.ago(2), tuple(ids)),
        )

    def reminders(self):
        """Return how many reminders are noted, and how many are queued, by question."""
        self.cursor.execute(
            """
            SELECT c.id, (c.reminder_count, COUNT(mail.id))
              FROM customer_confirmation c
         LEFT JOIN mail_message m ON m.model = 'helpdesk.ticket'
                                 AND m.res_id = c.ticket_id
                                 AND m.subject LIKE 'Still waiting%'
         LEFT JOIN mail_mail mail ON mail.mail_message_id = m.id
                                 AND mail.state = 'outgoing'
             GROUP BY c.id
            """
        )
        found = {}
        for question, counts in self.cursor.fetchall():
            found.setdefault(counts, set()).add(question)
        return found

    def assertRemindedOnce(self, ids=None):
        found = self.reminders()
        self.assertEqual(found.get("(1,1)"), set(ids or self.ids), found.keys())

    def due(self):
        return self.column(
            "SELECT id FROM customer_confirmation WHERE state = 'pending'"
            " AND next_action_date <= NOW() AT TIME ZONE 'UTC' ORDER BY id"
        )

    def test_two_at_once(self):
        """Two processes that follow up at the same moment remind everybody once."""
        self.work_off_together("customer.confirmation", "_cron_follow_up")
        self.assertRemindedOnce()
        self.assertFalse(self.due())

    def test_killed_half_way(self):
        """A run that is killed and begun again reminds everybody once."""
        with self.start("shell") as process:
            process.communicate(KILLED)
        self.assertEqual(process.returncode, -9)
        self.assertRemindedOnce(self.ids[:BATCH])
        self.assertEqual(self.due(), self.ids[BATCH:])
        self.dev("shell", FOLLOW_UP)
        self.assertRemindedOnce()
        self.assertFalse(self.due())

    def test_failing_ones_stop_nothing(self):
        """What fails is put off a day, and all the others get theirs."""
        no_mail, silent, no_answer = self.ids[10], self.ids[60:70], self.ids[65]
        self.set_last_reminder(silent, "sent")
        script = FAILING.format(no_mail=no_mail, no_answer=no_answer) + FOLLOW_UP
        output, _log = self.dev("shell", script)
        self.assertEqual(output, "returned\n")
        self.assertFalse(self.due())
        self.assertRemindedOnce(set(self.ids) - {no_mail} - set(silent))
        put_off = self.column(
            "SELECT id FROM customer_confirmation WHERE state = 'pending'"
            " AND next_action_date < NOW() AT TIME ZONE 'UTC' + INTERVAL '25 hours'"
            " ORDER BY id"
        )
        self.assertEqual(put_off, [no_mail, no_answer])
        closed = self.column(
            "SELECT id FROM customer_confirmation WHERE state = 'timed_out' ORDER BY id"
        )
        self.assertEqual(closed, [id_ for id_ in silent if id_ != no_answer])

    def test_after_a_downtime(self):
        """What a standstill has left over: one reminder a day each, nothing closed."""
        one_customer, waiting = self.ids[:5], self.ids[5:10]
        self.cursor.execute(
            "UPDATE customer_confirmation SET partner_id = ("
            " SELECT partner_id FROM customer_confirmation WHERE id = %s)"
            " WHERE id IN %s",
            (one_customer[0], tuple(one_customer)),
        )
        # Their last reminders have stood in the outbox all the time
        self.set_last_reminder(waiting, "outgoing")
        self.dev("shell", FOLLOW_UP * 2)
        self.assertFalse(self.due())
        open_now = self.column(
            "SELECT id FROM customer_confirmation WHERE state = 'pending' AND"
            " next_action_date > NOW() AT TIME ZONE 'UTC' + INTERVAL '23 hours'"
            " ORDER BY id"
        )
        self.assertEqual(open_now, self.ids)
        self.assertRemindedOnce([self.ids[0], *self.ids[10:]])
        self.assertEqual(self.reminders()["(0,0)"], set(one_customer[1:]))

    def test_two_answers_at_once(self):
        """Two answers that both begin before either ends: one counts."""
        first, second, third = self.ids[:3]
        script = ANSWERS + "".join(
            f"meet({question}, {states}, with_nonce={with_nonce})\n"
            for question, states, with_nonce in (
                (first, ("accepted", "refused"), True),
                (second, ("accepted", "accepted"), False),
                (third, ("refused", "refused"), False),
            )
        )
        output, _log = self.dev("shell", script)
        [choices, yes, no] = map(eval, output.splitlines())
        self.check_answers(first, choices, "old page")
        self.check_answers(second, yes, "answered already")
        self.check_answers(third, no, "answered already")

    def check_answers(self, question, outcomes, error):
        outcomes = sorted(outcomes, key=lambda outcome: len(outcome[1]))
        [(state, attempts), (message, attempts_of_other)] = outcomes
        self.assertEqual(attempts, ["pending"])
        self.assertEqual(attempts_of_other, ["pending", state])
        self.assertIn(error, message)
        self.cursor.execute(
            """
            SELECT c.state,
                   (SELECT COUNT(*) FROM mail_message m
                     WHERE m.model = 'helpdesk.ticket' AND m.res_id = c.ticket_id
                       AND m.message_type = 'comment' AND m.author_id = c.partner_id),
                   (SELECT ARRAY_AGG(e.event) FROM customer_journey_event e
                     WHERE e.res_model = 'helpdesk.ticket' AND e.res_id = c.ticket_id
                       AND e.event IN ('accepted', 'refused'))
              FROM customer_confirmation c WHERE c.id = %s
            """,
            [question],
        )
        self.assertEqual(self.cursor.fetchone(), (state, 1, [state]))
