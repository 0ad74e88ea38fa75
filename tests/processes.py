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
