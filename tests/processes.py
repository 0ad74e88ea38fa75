"""Tests with databases and processes of their own, for what is committed."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

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

    @classmethod
    def start(cls, command):
        """Start one of the project's commands, on the database of the test."""
        modules = ",".join(TEST_MODULES)
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
