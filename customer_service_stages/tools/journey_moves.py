"""How a journey moves: decisions that need no database (J1, J2, J4).

A document (opportunity, order, ticket) has a *status*; entering one is an *event*. It
also has a *position*, the one of the four stages it stands in: an order by its status,
an opportunity or a ticket by the stage that its pipeline stage is mapped to. Events
take the journey to the document's position; what all its documents' statuses add up to
tells whether the journey goes on.
"""

STAGES = ("contact", "quote", "delivery", "aftersales")

#: The stage that an order stands in, by its status.
ORDER_STAGE = {
    "draft": "quote",
    "sent": "quote",
    "sale": "quote",
    "delivering": "delivery",
    "delivered": "aftersales",
}

#: The events that take a journey to their document's position.
MOVING_EVENTS = {
    "opened",
    "quoted",
    "joined",
    "staged",
    "sent",
    "confirmed",
    "delivery_started",
    "delivery_completed",
    "delivery_reopened",
}

#: Events that others listen to; the history leaves them to the documents' chatters.
UNNOTED_EVENTS = {
    "assigned",
    "changed",
    "created",
    "customer_changed",
    "customer_thanked",
    "customer_wrote",
    "feedback_happy",
    "held",
    "journey_moved",
    "released",
    "staff_wrote",
    "viewed",
}

#: What a document's status means for its journey.
STATUS_OUTCOME = {
    "open": "open",
    "won": "done",
    "lost": "lost",
    "archived": "cancelled",
    "draft": "open",
    "sent": "open",
    "sale": "open",
    "delivering": "open",
    "delivered": "done",
    "closed": "done",
    "cancelled": "cancelled",
}

#: The event that entering a status amounts to.
STATUS_EVENT = {
    "open": "reopened",
    "won": "won",
    "lost": "lost",
    "archived": "archived",
    "draft": "reopened",
    "sent": "sent",
    "sale": "confirmed",
    "delivering": "delivery_started",
    "delivered": "delivery_completed",
    "closed": "closed",
    "cancelled": "cancelled",
}


def event_of(before, after):
    """Return the event of a document going from one status to another.

    >>> event_of("draft", "sent"), event_of("sale", "delivering")
    ('sent', 'delivery_started')
    >>> event_of("delivered", "delivering")
    'delivery_reopened'
    >>> event_of("lost", "open")
    'reopened'
    """
    if before == "delivered" and STATUS_OUTCOME[after] == "open":
        return "delivery_reopened"
    return STATUS_EVENT[after]


def stage_after(current, event, position, brought_here=False):
    """Return the code of the stage that a journey stands in after an event.

    A journey goes forward by itself, never back: a late quotation does not undo a
    delivery. The exceptions are a delivery that is opened again, and a document whose
    pipeline stage is put back after that same document had brought the journey here.

    :param current: code of the stage before, or None where the journey begins.
    :param event: code of the event.
    :param position: code of the stage that the document stands in, or None.
    :param brought_here: whether the last move came from the same document.

    >>> stage_after(None, "opened", None), stage_after(None, "opened", "delivery")
    ('contact', 'delivery')
    >>> stage_after("contact", "quoted", "quote")
    'quote'
    >>> stage_after("delivery", "quoted", "quote")
    'delivery'
    >>> stage_after("aftersales", "delivery_reopened", "delivery")
    'delivery'
    >>> stage_after("quote", "staged", "contact")
    'quote'
    >>> stage_after("quote", "staged", "contact", brought_here=True)
    'contact'
    >>> stage_after("quote", "lost", "contact"), stage_after("quote", "staged", None)
    ('quote', 'quote')
    """
    current = current or STAGES[0]
    if event not in MOVING_EVENTS or not position:
        return current
    if event == "delivery_reopened" or (event == "staged" and brought_here):
        return position
    return max(current, position, key=STAGES.index)


def journey_state(state, statuses):
    """Return the state that its documents leave a journey in.

    A journey ends when nothing is open and nothing was achieved: `lost` when an
    opportunity was lost, else `cancelled`. Something open takes it up again. Whether
    what was achieved completes it is for people or for time to say, not for documents.

    :param state: the journey's state before.
    :param statuses: the statuses of its documents.

    >>> journey_state("open", ["lost", "draft"]), journey_state("open", ["lost"])
    ('open', 'lost')
    >>> journey_state("open", ["cancelled", "archived"])
    'cancelled'
    >>> journey_state("lost", ["open"]), journey_state("completed", ["won", "open"])
    ('open', 'open')
    >>> journey_state("completed", ["won", "delivered"])
    'completed'
    >>> journey_state("open", [])
    'open'
    """
    outcomes = {STATUS_OUTCOME[status] for status in statuses}
    if "open" in outcomes:
        return "open"
    if "done" in outcomes or not outcomes:
        return "open" if state in ("lost", "cancelled") else state
    return "lost" if "lost" in outcomes else "cancelled"
