"""What becomes of a clock where its document stands: decisions without a database (S2).

The engine asks it of documents as they are, the dry run of documents as they were.
"""

from typing import NamedTuple

#: The statuses of a document in which something is still to be done about it.
OPEN_STATUSES = {"open", "sale", "delivering"}

#: The events that mean that a person of the company has answered the customer.
ANSWERING_EVENTS = {"staff_wrote", "order_staff_wrote"}


class Stand(NamedTuple):
    """Where a document stands, as far as its clocks are concerned.

    `status` is a key of `STATUS_OUTCOME`; a ticket is completed before it is closed.
    """

    status: str
    is_answered: bool = False
    is_assigned: bool = False
    is_completed: bool = False
    is_duplicate: bool = False
    is_quoted: bool = False

    @property
    def is_over(self):
        """Whether nothing is to be done about the document any more."""
        return self.status not in OPEN_STATUSES or self.is_duplicate


def step_of(metric, event, stand):
    """Return what becomes of a metric's clock: `run`, `reach`, `stop`, or None.

    None lets it be as it is.

    :param str metric: one of the metrics of the document's kind.
    :param str event: what has just happened; None for changed settings.
    :param Stand stand: where the document stands after that.

    >>> step_of("first_response", "created", Stand("open"))
    'run'
    >>> step_of("first_response", "staff_wrote", Stand("open"))
    'reach'
    >>> step_of("first_response", "staged", Stand("open", is_answered=True)) is None
    True
    >>> step_of("assignment", "created", Stand("open", is_assigned=True))
    'reach'
    >>> step_of("resolution", "staged", Stand("open", is_completed=True))
    'reach'
    >>> step_of("resolution", "changed", Stand("closed", is_duplicate=True))
    'stop'
    >>> step_of("next_update", "customer_wrote", Stand("open", is_answered=True))
    'run'
    >>> step_of("next_update", "customer_wrote", Stand("open")) is None
    True
    >>> step_of("delivery", "confirmed", Stand("sale"))
    'run'
    >>> step_of("quote_sent", "lost", Stand("lost"))
    'stop'
    """
    is_reached = {
        "first_response": event in ANSWERING_EVENTS,
        "next_update": event in ANSWERING_EVENTS
        or (stand.is_completed and event != "created"),
        "assignment": stand.is_assigned,
        "quote_sent": stand.is_quoted,
        "delivery": stand.status == "delivered",
        "resolution": (stand.is_completed or stand.status == "closed")
        and not stand.is_duplicate,
    }
    if is_reached[metric]:
        return "reach"
    if stand.is_over:
        return "stop"
    is_due = {
        "first_response": not stand.is_answered,
        "next_update": event == "customer_wrote" and stand.is_answered,
    }
    return "run" if is_due.get(metric, True) else None
