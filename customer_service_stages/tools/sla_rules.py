"""What is promised to whom, and how it went: decisions that need no database (S1, S6).

A policy is *compiled* into a rule: plain values that a document is matched against.
"""

from typing import NamedTuple

#: What can be promised about each kind of document, by the document's model.
METRICS = {
    "crm.lead": ("first_response", "quote_sent"),
    "sale.order": ("delivery",),
    "helpdesk.ticket": ("first_response", "assignment", "next_update", "resolution"),
}

#: The kinds of document as policies name them.
DOCUMENTS = {
    "crm.lead": "opportunity",
    "sale.order": "order",
    "helpdesk.ticket": "ticket",
}

#: The models of documents, by the name of their kind.
MODELS = {document: model for model, document in DOCUMENTS.items()}

#: The field that refers to a document, by its model, of what is about any kind of it.
DOCUMENT_FIELDS = {
    "crm.lead": "lead_id",
    "sale.order": "order_id",
    "helpdesk.ticket": "ticket_id",
}

#: The states of a clock that has not come to its end.
OPEN = ("running", "paused")

#: How the clock on a document can stand; each does so in exactly one way.
RESULTS = (
    "on_time",
    "at_risk",
    "late",
    "met",
    "met_late",
    "excused",
    "cancelled",
)

#: The results of what did not go as promised, whether or not it is excused.
MISSED = ("late", "met_late", "excused")

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


class Target(NamedTuple):
    """An amount of time: within how much something is to happen.

    >>> Target(90, "minute").seconds(), Target(2, "day").seconds()
    (5400, 172800)
    >>> Target(2, "day").seconds(hours_per_day=7.5)
    54000
    """

    amount: float
    unit: str

    def seconds(self, hours_per_day=24):
        """Return the amount in seconds.

        :param float hours_per_day: what a day is worth: 24 hours by the calendar, the
            average of the working calendar for days of work.
        """
        if self.unit == "day":
            return round(self.amount * hours_per_day * 3600)
        return round(self.amount * SECONDS[self.unit])


class Alert(NamedTuple):
    """When an escalation is due, against the time of the target.

    >>> Alert(1, "before", 1, "hour").seconds(14400, 8)
    10800
    >>> Alert(1, "share", 75, None).seconds(14400, 8)
    10800
    >>> Alert(1, "after", 0, "hour").seconds(14400, 8)
    14400
    >>> Alert(1, "before", 2, "day").seconds(14400, 8)
    0
    """

    escalation: int
    timing: str
    amount: float
    unit: str | None

    def seconds(self, target, hours_per_day):
        """Return after how many seconds of the clock the escalation is due.

        :param int target: the time of the target, in seconds.
        :param float hours_per_day: what a day is worth on that clock.
        """
        if self.timing == "share":
            return round(target * self.amount / 100)
        distance = Target(self.amount, self.unit).seconds(hours_per_day)
        if self.timing == "before":
            return max(0, target - distance)
        return target + distance


class Rule(NamedTuple):
    """A policy as documents are matched against it.

    >>> rule = Rule(1, "resolution", (("team", frozenset({3, 4})),),
    ...             {"3": Target(1, "hour"), False: Target(8, "hour")})
    >>> rule.accepts({"team": {4}}.get), rule.accepts({"team": set()}.get)
    (True, False)
    >>> rule.target("3").amount, rule.target("0").amount
    (1, 8)
    """

    policy: int
    metric: str
    conditions: tuple = ()
    targets: dict = {}  # noqa: RUF012 (never changed)
    domain: str | None = None
    by_promise: bool = False
    calendar: int | None = None
    calendar_time: bool = False
    risk_share: float = 75.0
    pauses: frozenset = frozenset()
    alerts: tuple = ()
    alerts_from: object = None
    commitment: str = "objective"

    def accepts(self, trait):
        """Return whether a document has what the policy asks for, its domain apart.

        :param trait: function that gives the ids of the document for a condition.
        """
        return all(
            not wanted.isdisjoint(trait(name)) for name, wanted in self.conditions
        )

    def target(self, priority):
        """Return the target for a priority: its own, else that of all others."""
        return self.targets.get(priority) or self.targets.get(False)


def result_of(
    now, state, deadline, risk_date, paused_since, reached_date, is_excused=False
):
    """Return how a clock stands: one of `RESULTS` (S2, S5, S6).

    A clock that stands still is as late as it was when it was stopped. What is
    cancelled is not achieved; what is excused was missed.

    >>> result_of(4, "running", 9, 7, None, None)
    'on_time'
    >>> result_of(7, "running", 9, 7, None, None)
    'at_risk'
    >>> result_of(9, "running", 9, 7, None, None)
    'at_risk'
    >>> result_of(10, "running", 9, 7, None, None)
    'late'
    >>> result_of(99, "paused", 9, 7, 5, None)
    'on_time'
    >>> result_of(99, "paused", 9, 7, 10, None)
    'late'
    >>> result_of(99, "reached", 9, 7, None, 9)
    'met'
    >>> result_of(99, "reached", 9, 7, None, 10)
    'met_late'
    >>> result_of(99, "reached", 9, 7, None, 10, is_excused=True)
    'excused'
    >>> result_of(99, "cancelled", 9, 7, None, None)
    'cancelled'
    """
    if state == "cancelled":
        return "cancelled"
    moment = {"running": now, "paused": paused_since, "reached": reached_date}[state]
    is_missed = moment > deadline
    if is_missed and is_excused:
        return "excused"
    if state == "reached":
        return "met_late" if is_missed else "met"
    if is_missed:
        return "late"
    return "at_risk" if moment >= risk_date else "on_time"


def union_of(intervals):
    """Return intervals with those that meet or overlap put together.

    >>> union_of([(5, 8), (1, 3), (2, 4), (8, 9)])
    [(1, 4), (5, 9)]
    """
    together = []
    for start, end in sorted(intervals):
        if together and start <= together[-1][1]:
            together[-1] = (together[-1][0], max(end, together[-1][1]))
        else:
            together.append((start, end))
    return together


def held_between(start, end, pauses):
    """Return when a clock was held between two moments, each moment once (S3).

    :param pauses: (start, end) of each pause; those may overlap, and go beyond.

    >>> held_between(10, 50, [(0, 15), (12, 20), (45, 99)])
    [(10, 20), (45, 50)]
    """
    cut = [(max(start, begin), min(end, stop)) for begin, stop in pauses]
    return union_of(pair for pair in cut if pair[0] < pair[1])


def moved_deadline(deadline, held, worked, after):
    """Return where a deadline is moved to by what held the clock before it passed.

    What is late stays late; what stands still does not become late (S3, pitfall 19).

    :param held: (start, end) of each time it was held, in order.
    :param worked: function that gives the seconds of the clock between two moments.
    :param after: function that gives the moment by which so many seconds have passed.

    >>> def moved(deadline, held):
    ...     return moved_deadline(deadline, held, lambda a, b: b - a, int.__add__)
    >>> moved(40, [(10, 20)]), moved(40, [(10, 20), (45, 60)]), moved(40, [(41, 60)])
    (50, 65, 40)
    """
    for begin, end in held:
        if begin > deadline:
            break
        if seconds := worked(begin, end):
            deadline = after(deadline, seconds)
        deadline = max(deadline, end)
    return deadline
