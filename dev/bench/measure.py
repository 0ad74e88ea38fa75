"""What a measure is, and what several of them need."""

import contextlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple
from unittest.mock import patch

#: As in Odoo's own import of files.
IMPORT = MappingProxyType({"tracking_disable": True})


class Measure(NamedTuple):
    """One line of the table: `run` without the addon against `run` with it.

    A measure without a target tells, and judges nothing. With a `baseline`, both run
    with the addon: the baseline against `run`; with a preparation of its own, the
    baseline runs first. `side` is another database to run both on. A baseline that is
    too slow works on fewer records (`baseline_records`). A `note` explains the line.
    """

    name: str
    records: int
    run: Callable
    target: float | None
    prepare: Callable = lambda env: None
    context: Mapping = MappingProxyType({})
    repeat: int = 5
    warm_up: bool = True
    baseline: Callable | None = None
    prepare_baseline: Callable | None = None
    baseline_records: int | None = None
    side: str = "with"
    note: Callable | None = None


def work_around_the_clock(env):
    """Reminders leave in working hours; measure at any hour."""
    env.company.resource_calendar_id = env["resource.calendar"].create(
        {"name": "Siempre", "flexible_hours": True, "tz": "UTC"}
    )


@contextlib.contextmanager
def uncommitted(env):
    """Let scheduled actions write what they have done, but not commit it."""

    def write(cron, *_args, **_kwargs):
        cron.env.cr.flush()
        cron.env.invalidate_all()
        return float("inf")

    with patch.object(env.registry["ir.cron"], "_commit_progress", write):
        yield


def count_mails(env):
    env.cr.execute(
        "SELECT (SELECT COUNT(*) FROM mail_message), (SELECT COUNT(*) FROM mail_mail)"
    )
    return env.cr.fetchone()
