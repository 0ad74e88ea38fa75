"""How well a need was served: its outcome and its process, apart (D5, A3).

Each side is the mean of its *parts*, from 0 to 100, by their weights; the score is the
mean of the sides, by theirs. A part of which nothing is known is left out, and so is a
side without parts: it counts neither as 0 nor as 100.
"""

from typing import NamedTuple

#: The parts of each side, in the order in which they are told.
SIDES = {
    "outcome": ("date", "price", "right", "solved"),
    "process": ("response", "contacts", "courtesy"),
}
PARTS = tuple(part for parts in SIDES.values() for part in parts)

#: What each failure, each time that the customer had to come back, and each star less
#: than five take from 100.
PER_FAILURE, PER_COMEBACK, PER_STAR = 50, 25, 25


class Facts(NamedTuple):
    """What is counted of one journey, or of nothing yet.

    due: deliveries with a promised date that are done, or past it
    on_day: those of them that were done on the promised day, or before
    priced: completed deliveries with an accepted price
    in_price: those of them that cost no more than was accepted
    finished: completed deliveries and closed tickets
    failures: how many times one of them had to be taken up again
    answer: the customer's last answer about the result, 1 to 5; 0 is none
    accepted, refused: confirmations by the customer that say so
    clocks: answers owed within a time: given, or overdue
    in_time: those of them that were given in time
    closed: closed tickets
    comebacks: how many times their customers wrote or called after the first time
    stars: what customers gave us when they confirmed, 1 to 5 on average; 0 is none
    """

    due: int = 0
    on_day: int = 0
    priced: int = 0
    in_price: int = 0
    finished: int = 0
    failures: int = 0
    answer: float = 0
    accepted: int = 0
    refused: int = 0
    clocks: int = 0
    in_time: int = 0
    closed: int = 0
    comebacks: int = 0
    stars: float = 0


def grades(facts):
    """Return the grade of each part, 0 to 100, or None where nothing is known.

    >>> grades(Facts())["date"] is None
    True
    >>> grades(Facts(due=2, on_day=1, finished=1, failures=1, closed=1, comebacks=6))
    ... # doctest: +NORMALIZE_WHITESPACE
    {'date': 50.0, 'price': None, 'right': 50, 'solved': None, 'response': None,
     'contacts': 0, 'courtesy': None}

    What the customer answered later counts more than what was signed on the day:

    >>> grades(Facts(accepted=1))["solved"]
    100.0
    >>> grades(Facts(accepted=1, answer=2))["solved"]
    25
    """
    f = facts
    right = max(0, 100 - PER_FAILURE * f.failures) if f.finished or f.failures else None
    comebacks = f.comebacks / f.closed if f.closed else 0
    contacts = max(0, 100 - PER_COMEBACK * comebacks) if f.closed else None
    signed = _share(f.accepted, f.accepted + f.refused)
    return {
        "date": _share(f.on_day, f.due),
        "price": _share(f.in_price, f.priced),
        "right": right,
        "solved": _stars(f.answer) if f.answer else signed,
        "response": _share(f.in_time, f.clocks),
        "contacts": contacts,
        "courtesy": _stars(f.stars) if f.stars else None,
    }


def scores(grades_of_parts, weights):
    """Return the score of each side and the score of both, 0 to 100, or None.

    :param dict grades_of_parts: as `grades` returns them.
    :param dict weights: of each part, and of each side; only their proportions count.

    >>> weights = {**dict.fromkeys(PARTS, 1), "outcome": 70, "process": 30}
    >>> scores({**dict.fromkeys(PARTS), "date": 100, "right": 50, "stars": 0}, weights)
    {'outcome': 75.0, 'process': None, 'score': 75.0}
    >>> scores({**dict.fromkeys(PARTS), "date": 100, "contacts": 0}, weights)
    {'outcome': 100.0, 'process': 0.0, 'score': 70.0}
    """
    sides = {
        side: weighted_mean({part: grades_of_parts[part] for part in parts}, weights)
        for side, parts in SIDES.items()
    }
    return {**sides, "score": weighted_mean(sides, weights)}


def weighted_mean(values, weights):
    """Return the mean of the values that are known, or None.

    >>> weighted_mean({"a": 100, "b": 40, "c": None}, {"a": 1, "b": 2, "c": 7})
    60.0
    >>> weighted_mean({"a": 100}, {"a": 0}) is None
    True
    """
    known = {name: value for name, value in values.items() if value is not None}
    total = sum(weights[name] for name in known)
    if not total:
        return None
    return sum(weights[name] * value for name, value in known.items()) / total


def _share(number, total):
    return 100 * number / total if total else None


def _stars(stars):
    return 100 - PER_STAR * (5 - stars)
