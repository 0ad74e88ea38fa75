"""How far a delivery has come, and how it stands: no database needed (D1, pitfall 31).

A line is what the customer gets; its *feed* says how that is known: transfers of stock,
a task of a project, or the quantity that somebody typed.
"""

from typing import NamedTuple

#: How a confirmed order stands towards its promised day, the most urgent first.
STANDINGS = ("late", "at_risk", "on_time", "open", "done", "missed")


class Feed(NamedTuple):
    """What is known of the delivery of one line.

    :param float ordered: what the customer ordered.
    :param float delivered: what the customer has, less what came back.
    :param bool moves: whether goods of the line have been asked of the warehouse.
    :param bool waits: whether the warehouse still has something to hand over.
    :param str task: state of the task that does the work: `open`, `done`, `dropped`,
        or None without one.
    :param bool by_hours: whether hours worked are what is delivered: then only the
        task tells when the work is done.
    """

    ordered: float
    delivered: float
    moves: bool = False
    waits: bool = False
    task: str | None = None
    by_hours: bool = False


def line_progress(feed):
    """Return how far a line is: `none`, `started`, `full`, or None if it is called off.

    What the warehouse waits for decides over quantities: a rest that was cancelled is
    not waited for, and neither are goods that came back to be refunded; goods that came
    back to be replaced are.

    >>> line_progress(Feed(2, 0)), line_progress(Feed(2, 1)), line_progress(Feed(2, 2))
    ('none', 'started', 'full')
    >>> line_progress(Feed(5, 3, moves=True, waits=True))
    'started'
    >>> line_progress(Feed(5, 3, moves=True))
    'full'
    >>> line_progress(Feed(5, 0, moves=True)) is None
    True
    >>> line_progress(Feed(8, 0, task="done")), line_progress(Feed(8, 8, task="open"))
    ('full', 'full')
    >>> line_progress(Feed(8, 9, task="open", by_hours=True))
    'started'
    >>> line_progress(Feed(8, 0, task="dropped")) is None
    True
    """
    reached = "started" if feed.delivered > 0 else "none"
    if feed.moves:
        if feed.waits:
            return reached
        return "full" if feed.delivered > 0 else None
    if feed.task == "done":
        return "full"
    if feed.task == "dropped":
        return "full" if feed.delivered > 0 else None
    if feed.by_hours and feed.task:
        return reached
    return "full" if feed.delivered >= feed.ordered else reached


def order_progress(feeds):
    """Return how far an order is by its lines, or None if all were called off.

    >>> order_progress([Feed(2, 2), Feed(1, 0)]), order_progress([Feed(2, 2)])
    ('started', 'full')
    >>> order_progress([Feed(2, 2), Feed(1, 0, moves=True)]), order_progress([])
    ('full', 'none')
    >>> order_progress([Feed(1, 0, moves=True)]) is None
    True
    """
    every = {line_progress(feed) for feed in feeds} or {"none"}
    lines = every - {None}
    if len(lines) < 2:
        return next(iter(lines), None)
    return "started"


def step_between(before, now):
    """Return the step that leads from one progress to another, or None.

    Where everything is called off, or all came back to be refunded, nothing is done:
    what was delivered was.

    >>> step_between("none", "started"), step_between("started", "full")
    ('start', 'complete')
    >>> step_between("full", "started"), step_between(None, "none")
    ('reopen', 'reopen')
    >>> step_between("full", None), step_between("started", "none")
    (None, None)
    """
    if not now or before == now:
        return None
    if now == "full":
        return "complete"
    if before in ("full", None):
        return "reopen"
    return "start" if now == "started" else None


def standing_of(now, completed, promise_end, planned, started, risk):
    """Return how a confirmed order stands; see `STANDINGS`.

    :param datetime now: UTC, as all moments here; those not known are false.
    :param completed: when everything had been delivered.
    :param promise_end: the end of the promised day.
    :param planned: when we mean to be there.
    :param started: when the delivery began.
    :param timedelta risk: how near the promised day may come before work has begun.

    >>> from datetime import datetime, timedelta
    >>> day = lambda number: datetime(2026, 5, number)
    >>> def on(now, completed=None, planned=None, started=None, end=day(10)):
    ...     return standing_of(
    ...         day(now), completed, end, planned, started, timedelta(days=2))
    >>> on(1), on(9), on(9, started=day(8)), on(11, started=day(8))
    ('on_time', 'at_risk', 'on_time', 'late')
    >>> on(1, planned=day(12)), on(1, planned=day(12), end=None)
    ('at_risk', 'open')
    >>> on(12, completed=day(9)), on(12, completed=day(11)), on(1, day(1), end=None)
    ('done', 'missed', 'done')
    """
    if completed:
        return "missed" if promise_end and completed > promise_end else "done"
    if not promise_end:
        return "open"
    if now > promise_end:
        return "late"
    is_near = not started and now >= promise_end - risk
    is_planned_later = planned and planned > promise_end
    return "at_risk" if is_near or is_planned_later else "on_time"
