"""Play a customer's needs end to end: python -m dev.walk --database demo"""

import argparse
import sys
import time

import requests

from .. import databases, server
from ..console import Problem, show_problem
from . import clients, steps
from .story import Story, Wrong


def main():
    parser = argparse.ArgumentParser(prog="python -m dev.walk", description=__doc__)
    parser.add_argument("--database", default="demo", help="(default: %(default)s)")
    database = parser.parse_args().database
    try:
        databases.require(database)
        play(database)
    except Problem as problem:
        show_problem(problem)
        return 1
    return 0


def play(database):
    start = time.monotonic()
    with clients.OutgoingMail() as outgoing:
        options = {"smtp_server": "127.0.0.1", "smtp_port": outgoing.port}
        with serving(database, options) as address:
            story = Story(address, database, outgoing)
            for act in steps.STEPS:
                _play_step(story, act)
            story.tell_journeys()
            story.tell_mails()
    duration = time.monotonic() - start
    print(f"\nAll {len(steps.STEPS)} steps are right; {duration:.0f} s.")
    _say_how_to_look(database)


def serving(database, options):
    """A server without crons, which would only compete with the walk."""
    return server.running(database, name="walk", max_cron_threads=0, **options)


def _play_step(story, act):
    print(f"\n{act.title}", flush=True)
    try:
        act.play(story)
        story.check_events(act.events)
    except (Wrong, clients.Refused, requests.RequestException) as wrong:
        raise Problem(
            f"“{act.title}” went wrong: {wrong}",
            f"The step is {act.play.__name__}() in dev/walk/steps.py, the server's log "
            ".odoo/log/walk.log.",
        ) from wrong


def _say_how_to_look(database):
    command = "make serve" if database == "demo" else f"make serve DB={database}"
    print(f"\nLook at it:  {command}")
    print("  http://localhost:8069/odoo, as marta (password marta) or admin (admin);")
    print("  the application Customer Journey shows the journeys and their history.")


if __name__ == "__main__":
    sys.exit(main())
