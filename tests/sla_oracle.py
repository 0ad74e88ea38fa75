"""What the clocks must say, found out by counting minutes (S1 to S6).

It knows nothing of the engine: only what is promised, what has happened to a document,
and when somebody is at work. Every moment is a whole minute, and UTC.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

MADRID, UTC = ZoneInfo("Europe/Madrid"), ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)

METRICS = {
    "ticket": ("first_response", "assignment", "next_update", "resolution"),
    "opportunity": ("first_response", "quote_sent"),
    "order": ("delivery",),
}

#: Days on which the office is closed.
HOLIDAYS = {(2026, 3, 30), (2026, 5, 6), (2026, 10, 27)}


def _is_office(local, closing_on_fridays=18):
    closing = closing_on_fridays if local.weekday() == 4 else 18
    return (
        local.weekday() < 5
        and (local.year, local.month, local.day) not in HOLIDAYS
        and (9 <= local.hour < 13 or 14 <= local.hour < closing)
    )


def _is_night(local):
    begins, ends = local.hour >= 22, local.hour < 6
    return {5: begins, 6: begins or ends, 0: ends}.get(local.weekday(), False)


#: Whether somebody is at work in the minute that begins at a local moment.
WORK = {
    "office": _is_office,
    "short_fridays": lambda local: _is_office(local, closing_on_fridays=15),
    "nights": _is_night,
    "always": lambda local: True,
}


@cache
def _day_of_work(calendar, day):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    minutes = (midnight + MINUTE * number for number in range(1440))
    return [WORK[calendar](minute.astimezone(MADRID)) for minute in minutes]


def at_work(calendar, moment):
    """Return whether somebody works in the minute that begins at a moment."""
    return _day_of_work(calendar, moment.date())[moment.hour * 60 + moment.minute]


def minutes_of_work(calendar, start, end):
    """Return how many minutes of work there are between two moments."""
    return sum(
        at_work(calendar, start + MINUTE * number)
        for number in range(max(0, (end - start) // MINUTE))
    )


@dataclass
class Promise:
    """A policy as somebody reads it."""

    metric: str
    #: Minutes by priority; those of None are for all others.
    targets: dict
    #: What a document must have.
    traits: frozenset = frozenset()
    #: Whose hours count; those of the document where it is None.
    calendar: str | None = None
    #: The kinds of pause that count.
    pauses: frozenset = frozenset({"waiting", "manual"})
    is_contractual: bool = False
    by_promise: bool = False
    is_active: bool = True

    def minutes(self, priority):
        return self.targets.get(priority) or self.targets.get(None)


class Facts(NamedTuple):
    """What can be seen of a document, its clocks apart."""

    #: `open`, `completed`, `over` (brought to its end) or `off` (called off).
    phase: str
    #: Whether the customer is to act where it stands, and which stage that is.
    waits: bool = False
    stage: int = 0
    owner: bool = False
    quoted: bool = False
    priority: str | None = None
    traits: frozenset = frozenset()
    #: Whose hours count.
    calendar: str = "office"
    #: The date that the document itself promises.
    date: datetime | None = None


class Terms(NamedTuple):
    """What counts for one clock: the promise as it stands, and its numbers."""

    promise: Promise
    minutes: int | None
    date: datetime | None
    calendar: str


@dataclass
class Pause:
    kind: str
    start: datetime
    end: datetime | None = None
    planned_end: datetime | None = None


class Count(NamedTuple):
    """What the minutes of a clock add up to."""

    #: Minutes of work that count against the company.
    ours: int
    #: Minutes of work for which the clock was held.
    theirs: int
    target: int
    #: The last moment at which it is not late.
    deadline: datetime
    #: Where the clock stands.
    moment: datetime

    @property
    def is_missed(self):
        return self.moment > self.deadline


@dataclass
class Row:
    """What is promised about one document, for one metric and one cycle."""

    metric: str
    cycle: int
    start: datetime
    terms: Terms | None = None
    state: str = "open"
    count: Count | None = None
    #: A miss that stays as it was, whatever changes.
    is_on_record: bool = False


@dataclass
class Oracle:
    """Listens to the story of one document, and says how its clocks stand."""

    kind: str
    promises: list
    #: Which hours are kept at present, by calendar.
    hours: dict
    created: datetime | None = None
    reopened: datetime | None = None
    #: Whether it has just been taken up again.
    is_back: bool = False
    facts: Facts | None = None
    is_answered: bool = False
    is_customers_turn: bool = False
    pauses: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    # The story

    def hear(self, now, act, facts):
        """Hear what has happened, and what the document has looked like since.

        :param str act: `created`, `told` (a person wrote to the customer), `heard` (the
            customer wrote), `asked` (for a confirmation), `refused`, or anything else.
        """
        before, self.facts = self.facts or facts, facts
        self.created = self.created or now
        self.end_pauses(now)
        self._give_turn(now, act, before)
        self.is_back = self._is_over(before) and not self._is_over(facts)
        if act == "refused" or (self.is_back and act != "restore"):
            self.reopened = now
        for metric in METRICS[self.kind]:
            self._see_to(metric, now, act)
        self.is_answered |= act == "told"

    def hold(self, now, until=None):
        self.pauses.append(Pause("manual", now, planned_end=until))

    def release(self, now):
        self.end_pauses(now)
        self._end_pauses_of("manual", now)

    def end_pauses(self, now):
        """Some pauses end by themselves, to the minute."""
        for pause in self.pauses:
            if not pause.end and pause.planned_end and pause.planned_end <= now:
                pause.end = pause.planned_end

    def _end_pauses_of(self, kind, now):
        for pause in self.pauses:
            if pause.kind == kind and not pause.end:
                pause.end = now

    def _give_turn(self, now, act, before):
        """The customer's word ends the wait; ours, or a new stage, begins it."""
        is_handed = (
            act in ("created", "asked", "told")
            or not before.waits
            or before.stage != self.facts.stage
        )
        if not self.facts.waits or act == "heard":
            self.is_customers_turn = False
            self._end_pauses_of("waiting", now)
        elif is_handed and not self.is_customers_turn:
            self.is_customers_turn = True
            self.pauses.append(Pause("waiting", now))

    @staticmethod
    def _is_over(facts):
        return facts.phase in ("over", "off")

    # What becomes of clocks

    def open_rows(self):
        return [row for row in self.rows if row.state == "open"]

    def _see_to(self, metric, now, act):
        """Begin, keep or end the clock of a metric."""
        row = next((row for row in self.open_rows() if row.metric == metric), None)
        fate = getattr(self, f"_{metric}")(act)
        if row and fate == "reach":
            self._end(row, now, "reached")
        elif row and fate == "stop":
            self._stop(row, now)
        elif row:
            self._agree(row, now)
        elif fate == "run":
            self._begin(metric, now)
        elif fate == "reach" and act == "created" and metric != "next_update":
            row = self._begin(metric, now)
            if row:
                self._end(row, now, "reached")

    def _first_response(self, act):
        if act == "told":
            return "reach"
        if self._is_over(self.facts):
            return "stop"
        return None if self.is_answered else "run"

    def _assignment(self, act):
        if self.facts.owner:
            return "reach"
        return "stop" if self._is_over(self.facts) else "run"

    def _next_update(self, act):
        if act == "told" or self.facts.phase == "completed":
            return "reach"
        if self._is_over(self.facts):
            return "stop"
        return "run" if act == "heard" and self.is_answered else None

    def _resolution(self, act):
        phases = {"open": "run", "completed": "reach", "over": "reach", "off": "stop"}
        return phases[self.facts.phase]

    def _quote_sent(self, act):
        if self.facts.quoted:
            return "reach"
        return "stop" if self._is_over(self.facts) else "run"

    def _delivery(self, act):
        return {"open": "run", "over": "reach", "off": "stop"}[self.facts.phase]

    def _begin(self, metric, now):
        past = [row for row in self.rows if row.metric == metric]
        if metric == "first_response" and any(r.state == "reached" for r in past):
            return None
        start = now
        if not past and metric != "next_update" and not self.is_back:
            # What is promised late is promised from the beginning
            start = self.reopened or self.created
        row = Row(metric, len(past) + 1, start)
        row.terms = self._terms(row)
        if not row.terms:
            return None
        self.rows.append(row)
        return row

    def _agree(self, row, now):
        """Let the promise count that fits the document now, from the start on."""
        is_missed, promise = self.count(row, now).is_missed, row.terms.promise
        if is_missed and (promise.is_contractual or promise.by_promise):
            row.is_on_record = True
        if row.is_on_record:
            return
        terms = self._terms(row)
        if terms:
            row.terms = terms
        elif is_missed:
            self._stop(row, now)
        else:
            self.rows.remove(row)

    def _terms(self, row):
        """Return what the first promise that fits the document says, or None."""
        facts = self.facts
        date = facts.date
        if date and row.cycle > 1 and date <= row.start:
            # The date of the cycle before is no promise about this one
            date = None
        for promise in self.promises:
            minutes = promise.minutes(facts.priority)
            own_date = date if promise.by_promise else None
            if (
                promise.metric == row.metric
                and promise.is_active
                and promise.traits <= facts.traits
                and (minutes or own_date)
            ):
                calendar = promise.calendar or facts.calendar
                calendar = self.hours.get(calendar, calendar)
                return Terms(replace(promise), minutes, own_date, calendar)
        return None

    def _stop(self, row, now):
        """What was missed stays missed where the document was brought to its end."""
        is_done = self.facts.phase == "over"
        is_missed = self.count(row, now).is_missed
        self._end(row, now, "reached" if is_missed and is_done else "cancelled")

    def _end(self, row, now, state):
        row.count = self.count(row, now)
        if state == "reached":
            row.count = row.count._replace(moment=now)
        row.state = state

    # Counting

    def result(self, row, now):
        if row.state == "cancelled":
            return "cancelled"
        count = self.count(row, now)
        if row.state == "reached":
            return "met_late" if count.is_missed else "met"
        if count.is_missed:
            return "late"
        if not count.target:
            return "at_risk" if count.moment == count.deadline else "on_time"
        return "at_risk" if count.ours * 4 >= count.target * 3 else "on_time"

    def is_paused(self, row):
        return any(not pause.end for pause in self._pauses_of(row))

    def count(self, row, now):
        """Count the minutes of a clock, one by one."""
        if row.count:
            return row.count
        target, date, calendar = row.terms[1:]
        if date:
            target = minutes_of_work(calendar, row.start, date)
        deadline = date if date and date < row.start else None
        held = self._held_minutes(row, now)
        moment, worked, waited = row.start, 0, 0
        standing, ours, theirs = moment, 0, 0
        while moment < now or not deadline:
            is_held = moment in held
            # The date itself counts, unless it was moved by a pause
            is_due = worked >= target and (not date or waited or moment >= date)
            if is_due and not is_held:
                deadline = deadline or moment
            if at_work(calendar, moment):
                waited += is_held
                worked += not is_held
            moment += MINUTE
            if moment <= now:
                ours, theirs = worked, waited
                standing = standing if is_held else moment
        if not self.is_paused(row):
            standing = now
        return Count(ours, theirs, target, deadline, standing)

    def _pauses_of(self, row):
        kinds = row.terms.promise.pauses
        return [pause for pause in self.pauses if pause.kind in kinds]

    def _held_minutes(self, row, now):
        """Return the minutes for which a clock was held, by their beginnings."""
        return {
            pause.start + MINUTE * number
            for pause in self._pauses_of(row)
            for number in range(((pause.end or now) - pause.start) // MINUTE)
        }
