"""How clocks would have run on a document whose past is known (S8).

A document's past is a list of *beats*: what happened when, and where the document stood
from then on. Clocks are led through it as the engine leads them through events.
"""

from datetime import datetime
from math import ceil
from typing import NamedTuple

from .sla_steps import OPEN_STATUSES, Stand, step_of

#: The events that hand the turn to the customer, where the next step is theirs.
TURNS = {"created", "staged", "asked", "staff_wrote"}

#: The statuses of documents that were brought to their end, not called off.
DONE_STATUSES = {"closed", "delivered", "won"}


class Beat(NamedTuple):
    """What happened to a document, and how it stood then."""

    date: datetime
    event: str
    stand: Stand
    is_in_waiting_stage: bool = False
    is_asked: bool = False

    @property
    def waits(self):
        """Whether the next step is the customer's."""
        return self.stand.status in OPEN_STATUSES and (
            self.is_in_waiting_stage or self.is_asked
        )

    def then(self, date, event, values):
        """Return what follows.

        :param dict values: what is different from then on, of beats and of stands.
        """
        stand = self.stand._replace(
            **{name: values[name] for name in Stand._fields if name in values}
        )
        own = {name: values[name] for name in Beat._fields if name in values}
        return self._replace(date=date, event=event, stand=stand, **own)


class Cycle(NamedTuple):
    """A clock from its start to its end; `None` and `running` where it has none.

    `lapsed`: it did not get there before the document was brought to its end.
    """

    start: datetime
    end: datetime | None
    state: str


def beats(first, changes):
    """Return the beats of a document, in order.

    What had happened before it came into the world was so from the beginning.

    :param Beat first: how the document came into the world.
    :param changes: (date, number, event, values) of what happened; at one moment, in
        the order of the numbers.

    >>> new = Beat(datetime(2026, 5, 4), "created", Stand("open"))
    >>> for beat in beats(new, [
    ...     (datetime(2026, 5, 6), 7, "staged", {"status": "closed"}),
    ...     (datetime(2026, 5, 5), 8, "staff_wrote", {"is_answered": True}),
    ...     (datetime(2026, 5, 3), 5, "assigned", {"is_assigned": True}),
    ... ]):
    ...     print(beat.date.day, beat.event, beat.stand.status, beat.stand.is_answered,
    ...           beat.stand.is_assigned)
    4 created open False True
    5 staff_wrote open True True
    6 staged closed True True
    """
    told = [first]
    for date, _number, event, values in sorted(changes, key=lambda c: c[:2]):
        if date < first.date:
            told = [told[0].then(first.date, first.event, values)]
        else:
            told.append(told[-1].then(date, event, values))
    return told


def cycles(metric, told):
    """Return the clocks that would have run for a metric, the earliest first.

    >>> day = lambda number: datetime(2026, 5, number)
    >>> new = Beat(day(4), "created", Stand("open"))
    >>> past = beats(new, [(day(5), 1, "staged", {"is_completed": True}),
    ...                    (day(6), 2, "staged", {"is_completed": False})])
    >>> [(cycle.start.day, cycle.state) for cycle in cycles("resolution", past)]
    [(4, 'reached'), (6, 'running')]
    >>> past = beats(new, [(day(5), 1, "staged", {"status": "closed"})])
    >>> [cycle.state for cycle in cycles("first_response", past)]
    ['lapsed']
    """
    found, start = [], None
    for beat in told:
        step = step_of(metric, beat.event, beat.stand)
        if start is None and (
            step == "run" or (step == "reach" and beat.event == "created")
        ):
            start = beat.date
        if start is not None and step in ("reach", "stop"):
            state = "reached"
            if step == "stop":
                stand = beat.stand
                is_done = stand.status in DONE_STATUSES and not stand.is_duplicate
                state = "lapsed" if is_done else "cancelled"
            found.append(Cycle(start, beat.date, state))
            start = None
    if start is not None:
        found.append(Cycle(start, None, "running"))
    return found


def waits(told):
    """Return when the customer was to act, as (start, end, `waiting`).

    The customer's word ends the wait, ours begins it again.

    >>> day = lambda number: datetime(2026, 5, number)
    >>> new = Beat(day(4), "created", Stand("open"))
    >>> past = beats(new, [(day(5), 1, "staged", {"is_in_waiting_stage": True}),
    ...                    (day(7), 2, "customer_wrote", {}),
    ...                    (day(8), 3, "assigned", {}), (day(9), 4, "staff_wrote", {})])
    >>> [(begin.day, end and end.day) for begin, end, kind in waits(past)]
    [(5, 7), (9, None)]
    """
    found, begin = [], None
    for beat in told:
        is_waiting = beat.waits and beat.event != "customer_wrote"
        if begin and not is_waiting:
            found.append((begin, beat.date, "waiting"))
            begin = None
        elif is_waiting and not begin and beat.event in TURNS:
            begin = beat.date
    if begin:
        found.append((begin, None, "waiting"))
    return found


def percentile(values, share):
    """Return the value that a share of the values, in percent, does not go beyond.

    >>> percentile([5, 1, 4, 2, 3], 50), percentile([5, 1, 4, 2, 3], 90)
    (3, 5)
    >>> percentile([], 90) is None
    True
    """
    if not values:
        return None
    return sorted(values)[max(0, ceil(len(values) * share / 100) - 1)]
