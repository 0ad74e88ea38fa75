"""Tests with databases and processes of their own, for what is committed."""

import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import psycopg2

from dev.databases import TEST_MODULES

ROOT = Path(__file__).parents[1]

# A script: two begin at once, and work off what is due together until nothing is
TOGETHER = """
import time
from pathlib import Path

Model = env[{model!r}]
folder = Path({folder!r})
(folder / {name!r}).touch()
while len(list(folder.iterdir())) < 2:
    time.sleep(0.001)
while Model.search_count(Model._due_domain()):
    Model.{cron}()
    env.cr.commit()
print("returned")
"""


class ProcessCase(unittest.TestCase):
    """Runs the project's own commands, on a database that is thrown away."""

    database = None
    #: The addons that are there beside ours.
    modules = TEST_MODULES
    #: The script that fills the database.
    set_up_script = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dev("db")
        cls.dev("shell", cls.set_up_script)
        cls.connection = psycopg2.connect(dbname=cls.database)
        cls.addClassCleanup(cls.connection.close)
        cls.connection.autocommit = True
        cls.cursor = cls.connection.cursor()

    @classmethod
    def column(cls, query, *values):
        """Return the first column of what a query finds."""
        cls.cursor.execute(query, values)
        return [row[0] for row in cls.cursor.fetchall()]

    @classmethod
    def start(cls, command):
        """Start one of the project's commands, on the database of the test."""
        modules = ",".join(cls.modules)
        settings = {"DB": cls.database, "MODULES": modules, "ARGS": ""}
        return subprocess.Popen(
            [sys.executable, "-m", "dev", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **settings},
            cwd=ROOT,
        )

    @classmethod
    def dev(cls, command, script=""):
        """Run one of the project's commands to its end.

        :return: what it prints, and what it logs.
        """
        with cls.start(command) as process:
            output, log = process.communicate(script)
        if process.returncode:
            raise AssertionError(f"{command} ended with {process.returncode}:\n{log}")
        return output, log

    def run_together(self, *scripts):
        """Run scripts side by side; return what each of them prints."""
        outputs = {}

        def run(script):
            outputs[script], _log = self.dev("shell", script)

        threads = [threading.Thread(target=run, args=[text]) for text in scripts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(outputs.keys(), set(scripts))
        return [outputs[script] for script in scripts]

    def work_off_together(self, model, cron):
        """Let two processes work off what is due, beginning at the same moment."""
        with tempfile.TemporaryDirectory() as folder:
            outputs = self.run_together(
                *(
                    TOGETHER.format(model=model, cron=cron, folder=folder, name=name)
                    for name in ("one", "two")
                )
            )
        self.assertEqual(outputs, ["returned\n"] * 2)


class PlannedProcessCase(ProcessCase):
    """What is planned for customers about orders, one mail each."""

    #: The table of what is planned, and how the subjects of its mails begin.
    table = None
    subject = None

    def put_back(self, ids):
        """Let it be as before anything was sent; these are due, an hour late."""
        self.cursor.execute(
            f"""
            DELETE FROM mail_message WHERE subject LIKE %s;
            DELETE FROM customer_contact;
            UPDATE {self.table}
               SET state = 'planned', done_date = NULL, reason = NULL, attempts = 0,
                   planned_date = NOW() AT TIME ZONE 'UTC' + INTERVAL '9 days';
            """,
            [f"{self.subject}%"],
        )
        self.make_due(ids)

    def make_due(self, ids):
        self.cursor.execute(
            f"UPDATE {self.table}"
            "   SET planned_date = NOW() AT TIME ZONE 'UTC' - INTERVAL '1 hour'"
            " WHERE id IN %s",
            [tuple(ids)],
        )

    def due(self):
        return self.column(
            f"SELECT id FROM {self.table} WHERE state = 'planned'"
            " AND planned_date <= NOW() AT TIME ZONE 'UTC' ORDER BY id"
        )

    def assertSentOnce(self, ids):
        """Each of these is noted as done, and has its one mail; no other has any."""
        self.cursor.execute(
            f"""
            SELECT p.id, COUNT(mail.id), COUNT(DISTINCT m.id)
              FROM {self.table} p
         LEFT JOIN mail_message m ON m.model = 'sale.order' AND m.res_id = p.order_id
                                 AND m.subject LIKE %s
         LEFT JOIN mail_mail mail ON mail.mail_message_id = m.id
             WHERE p.state = 'done' GROUP BY p.id ORDER BY p.id
            """,
            [f"{self.subject}%"],
        )
        self.assertEqual(self.cursor.fetchall(), [(id_, 1, 1) for id_ in sorted(ids)])
        [mails] = self.column(
            "SELECT COUNT(*) FROM mail_message WHERE subject LIKE %s",
            f"{self.subject}%",
        )
        self.assertEqual(mails, len(ids))
