"""The two databases that are compared: the same modules, without and with the addon."""

import contextlib
import gc
import os
import statistics
import time
from typing import NamedTuple

import psycopg2

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

from .. import databases, postgres, setup
from . import populate

NAMES = {"without": "bench-without", "with": "bench-with"}


class Cost(NamedTuple):
    seconds: float
    queries: int


def median(costs):
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.queries for cost in costs),
    )


def make_databases():
    with setup.lock():
        postgres.ensure()
        template = databases.Template()
        databases.copy(template.dependencies(), NAMES["without"])
        databases.copy(template.addon(), NAMES["with"])


def drop_databases():
    for name in NAMES.values():
        Registry.delete(name)
        databases.drop(name)


def load():
    """Load Odoo with both databases into this process, and put in what is in use."""
    config.parse_config(
        ["--config", os.environ["ODOO_RC"], "--log-level=error"], setup_logging=True
    )
    for name in NAMES.values():
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
    measure with a baseline compares two ways on the database with the addon.
    """
    if measure.prepare_baseline:
        return _one_after_the_other(measure)
    with contextlib.ExitStack() as stack:
        other = stack.enter_context(transaction("with", measure))
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
    return tuple(map(median, costs))


def _one_after_the_other(measure):
    """As above, for two sizes of one database, which cannot be there at once."""
    medians = []
    for prepare, run in (
        (measure.prepare_baseline, measure.baseline),
        (measure.prepare, measure.run),
    ):
        with transaction("with", measure._replace(prepare=prepare)) as prepared:
            if measure.warm_up:
                cost(prepared, run)
            costs = [cost(prepared, run) for _turn in range(measure.repeat)]
        medians.append(median(costs))
    return tuple(medians)


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


def cost(prepared, run):
    """Do what is measured, and undo it."""
    env, state = prepared
    cursor = env.cr
    env.invalidate_all()
    cursor.execute("SAVEPOINT before")
    gc.collect()
    queries, start = cursor.sql_log_count, time.perf_counter()
    run(env, state)
    cursor.flush()
    found = Cost(time.perf_counter() - start, cursor.sql_log_count - queries)
    _undo(cursor)
    cursor.execute("ROLLBACK TO SAVEPOINT before")
    return found


def _undo(cursor):
    """Forget what waits to be written and to be mailed."""
    cursor.clear()
    cursor.postcommit.clear()
