"""The databases that are compared: the same modules, without and with the addon.

A third one has OCA's module for service levels in place of the addon.
"""

import contextlib
import gc
import os
import statistics
import threading
import time
from typing import NamedTuple

import psycopg2

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

from .. import databases, postgres, setup
from . import populate

NAMES = {"without": "bench-without", "with": "bench-with", "peer": "bench-peer"}
PEER = "helpdesk_mgmt_sla"


class Cost(NamedTuple):
    """`sql_seconds` are those of the seconds that the database takes."""

    seconds: float
    queries: int
    sql_seconds: float


def median(costs):
    return Cost(*map(statistics.median, zip(*costs, strict=True)))


def make_databases(chosen):
    """Make the databases that the measures need; return their sides."""
    sides = {"without", "with"} | {measure.side for measure in chosen}
    with setup.lock():
        postgres.ensure()
        template = databases.Template()
        databases.copy(template.dependencies(), NAMES["without"])
        databases.copy(template.addon(), NAMES["with"])
        if "peer" in sides:
            peer = databases.Template(modules=(PEER,))
            databases.copy(peer.dependencies(), NAMES["peer"])
    return sides


def drop_databases():
    for name in NAMES.values():
        Registry.delete(name)
        databases.drop(name)


def load(sides):
    """Load Odoo with the databases into this process, and put in what is in use."""
    config.parse_config(
        ["--config", os.environ["ODOO_RC"], "--log-level=error"], setup_logging=True
    )
    for name in map(NAMES.get, sides):
        with Registry(name).cursor() as cursor:
            populate.office(environment(cursor))
        _tidy(name)


def _tidy(name):
    """Leave tables without gaps and with fresh statistics, alike on both sides."""
    connection = psycopg2.connect(dbname=name)
    try:
        connection.autocommit = True
        connection.cursor().execute("VACUUM (FULL, ANALYZE)")
    finally:
        connection.close()


def environment(cursor, context=None):
    """The administrator's: an ordinary user to the ORM, with every right."""
    uid = api.Environment(cursor, api.SUPERUSER_ID, {}).ref("base.user_admin").id
    return api.Environment(cursor, uid, context or {})


def compare(measure):
    """Return the median costs without and with the addon.

    Their runs take turns, so that what else the machine does falls on both alike. A
    measure with a baseline compares two ways on one database.

    :return: the two costs, and what there is to note.
    """
    if measure.prepare_baseline:
        return _one_after_the_other(measure)
    with contextlib.ExitStack() as stack:
        other = stack.enter_context(transaction(measure.side, measure))
        one = other
        if not measure.baseline:
            one = stack.enter_context(transaction("without", measure))
        one_run = measure.baseline or measure.run
        if measure.warm_up:
            cost(one, one_run)
            cost(other, measure.run)
        costs = [], []
        for turn in range(measure.repeat):
            runs = [(costs[0], one, one_run), (costs[1], other, measure.run)]
            for kept, prepared, run in runs if turn % 2 else reversed(runs):
                kept.append(cost(prepared, run))
        note = measure.note(*other) if measure.note else ""
    return *map(median, costs), note


def _one_after_the_other(measure):
    """As above, for two sizes of one database, which cannot be there at once."""
    medians = []
    for prepare, run in (
        (measure.prepare_baseline, measure.baseline),
        (measure.prepare, measure.run),
    ):
        measure = measure._replace(prepare=prepare)
        with transaction(measure.side, measure) as prepared:
            if measure.warm_up:
                cost(prepared, run)
            costs = [cost(prepared, run) for _turn in range(measure.repeat)]
        medians.append(median(costs))
    return *medians, ""


@contextlib.contextmanager
def transaction(side, measure):
    """Prepare the measure in a transaction of which nothing is kept."""
    with Registry(NAMES[side]).cursor() as cursor:
        env = environment(cursor, measure.context)
        try:
            state = measure.prepare(env)
            cursor.flush()
            yield env, state
        finally:
            _undo(cursor)
            cursor.rollback()
            # what was prepared may have been looked up, and is no more
            env.registry.clear_all_caches()


def cost(prepared, run):
    """Do what is measured, and undo it."""
    env, state = prepared
    cursor = env.cr
    env.invalidate_all()
    cursor.execute("SAVEPOINT before")
    gc.collect()
    thread = threading.current_thread()
    thread.query_time = 0
    queries, start = cursor.sql_log_count, time.perf_counter()
    run(env, state)
    cursor.flush()
    seconds = time.perf_counter() - start
    found = Cost(seconds, cursor.sql_log_count - queries, thread.query_time)
    _undo(cursor)
    cursor.execute("ROLLBACK TO SAVEPOINT before")
    return found


def _undo(cursor):
    """Forget what waits to be written and to be mailed."""
    cursor.clear()
    cursor.postcommit.clear()
