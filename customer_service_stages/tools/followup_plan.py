"""What follow-ups listen to, and when they are due: no database needed (F1, F5-F8)."""

from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .journey_moves import STATUS_OUTCOME

DAY = timedelta(days=1)

LEAD, ORDER, TICKET = "crm.lead", "sale.order", "helpdesk.ticket"
ANY = (ORDER, TICKET, LEAD)

#: The customer decided, or the quote is taken back.
QUOTE_ENDS = {"confirmed", "cancelled", "quote_refused", "reopened"}
DELIVERY_ENDS = {"delivery_reopened", "cancelled"}

OPEN = {status for status, outcome in STATUS_OUTCOME.items() if outcome == "open"}

#: What shows that something goes on.
STIRRING = {
    "accepted",
    "asked",
    "confirmed",
    "customer_thanked",
    "customer_wrote",
    "delivery_reopened",
    "delivery_started",
    "informed",
    "opened",
    "quoted",
    "refused",
    "reopened",
    "sent",
    "staff_wrote",
    "staged",
    "viewed",
}


class Happening(NamedTuple):
    """What a rule may wait for."""

    #: The models of the documents that it happens to.
    models: tuple
    #: The events of documents that amount to it.
    begins: frozenset | set
    #: The events of the same document after which there is nothing to follow up.
    ends: frozenset | set = frozenset()
    #: The statuses of documents that it is about; none: any.
    statuses: frozenset | set = frozenset()
    #: The path of the moment that is counted from; None: when it happens.
    anchor: str | None = None
    #: Whether a document may be followed up again each time.
    repeats: bool = False
    #: Whether the last document of a journey counts for all of them.
    is_of_journey: bool = False
    #: After how many months it comes round; None: never, 0: the products say.
    months: int | None = None


HAPPENINGS = {
    "lead_unanswered": Happening(
        (LEAD,),
        {"staff_wrote"},
        {"customer_wrote", "customer_thanked", "won", "lost"},
        {"open"},
        repeats=True,
    ),
    "quote_sent": Happening((ORDER,), {"sent"}, QUOTE_ENDS, {"sent"}, repeats=True),
    "quote_viewed": Happening((ORDER,), {"viewed"}, QUOTE_ENDS, {"sent"}),
    "quote_expiring": Happening(
        (ORDER,), {"sent", "changed"}, QUOTE_ENDS, {"sent"}, "_quote_end"
    ),
    "order_confirmed": Happening(
        (ORDER,),
        {"confirmed"},
        {"cancelled", "reopened"},
        {"sale", "delivering", "delivered"},
        "date_order",
    ),
    "delivery_completed": Happening(
        (ORDER,),
        {"delivery_completed"},
        DELIVERY_ENDS,
        {"delivered"},
        "delivery_completion_date",
        is_of_journey=True,
    ),
    "delivery_accepted": Happening(
        (ORDER,), {"accepted"}, DELIVERY_ENDS | {"refused", "asked"}, {"delivered"}
    ),
    "ticket_closed": Happening(
        (TICKET,), {"closed"}, {"reopened"}, {"closed"}, "closed_date"
    ),
    "refused": Happening(
        (ORDER, TICKET), {"refused", "quote_refused"}, {"accepted", "reopened"}
    ),
    "lost": Happening((LEAD,), {"lost"}, {"reopened", "won"}, {"lost"}, "date_closed"),
    "journey_idle": Happening(
        ANY,
        STIRRING,
        {"won", "lost", "closed", "delivery_completed"},
        OPEN,
        repeats=True,
        is_of_journey=True,
    ),
    "feedback_given": Happening(
        (ORDER, TICKET), {"feedback_given"}, {"delivery_reopened", "reopened"}
    ),
    "feedback_happy": Happening(
        (ORDER, TICKET),
        {"feedback_happy"},
        {"feedback_unhappy", "delivery_reopened", "reopened"},
    ),
    "feedback_unhappy": Happening(
        (ORDER, TICKET), {"feedback_unhappy"}, {"feedback_happy"}
    ),
    "recommended": Happening((LEAD,), {"recommended"}),
    "anniversary": Happening(
        (ORDER,),
        {"delivery_completed"},
        DELIVERY_ENDS,
        {"delivered"},
        "delivery_completion_date",
        months=12,
    ),
    "maintenance": Happening(
        (ORDER,),
        {"delivery_completed"},
        DELIVERY_ENDS,
        {"delivered"},
        "delivery_completion_date",
        months=0,
    ),
    # Planned when the rule before has done its part
    "unanswered": Happening(ANY, set()),
}

#: What is followed up until the customer has decided; and what shows that, of any
#: document of the journey.
BEFORE_THE_ORDER = {"lead_unanswered", "quote_expiring", "quote_sent", "quote_viewed"}
DECIDED = {"confirmed", "lost", "won"}

#: What the customer does that answers any follow-up.
ANSWERS = {"customer_wrote", "customer_thanked", "feedback_given"}

#: The events that stop follow-ups of the same journey, by the rule's field.
STOPS_IN_JOURNEY = {
    "stop_on_reply": {"customer_wrote", "customer_thanked"},
    "stop_on_reopening": {"reopened", "delivery_reopened", "refused"},
}

#: The events that stop follow-ups of the same customer, by model and rule's field.
STOPS_OF_CUSTOMER = {
    (TICKET, "opened"): "stop_on_ticket",
    (LEAD, "opened"): "stop_on_return",
    (ORDER, "quoted"): "stop_on_return",
    (ORDER, "confirmed"): "stop_on_return",
}

#: A day of rest is a little less, so that what leaves at nine may leave at nine.
REST = timedelta(hours=20)


def due_moment(clock, anchor, amount, unit):
    """Return when something is due.

    :param WorkClock clock: of those who follow up.
    :param datetime anchor: what is counted from (UTC, naive).
    :param int amount: how many units later; negative: earlier, in calendar days.
    :param str unit: `working_day` or `day`.
    :return: UTC, naive.

    >>> from datetime import datetime
    >>> from .work_clock import AROUND_THE_CLOCK
    >>> monday = datetime(2026, 5, 4, 9)
    >>> print(due_moment(AROUND_THE_CLOCK, monday, 3, "working_day"))
    2026-05-07 09:00:00
    >>> print(due_moment(AROUND_THE_CLOCK, monday, -3, "working_day"))
    2026-05-01 09:00:00
    >>> print(due_moment(AROUND_THE_CLOCK, monday, 0, "day"))
    2026-05-04 09:00:00
    """
    if unit == "day" or amount <= 0:
        return anchor + DAY * amount
    return clock.after_days(anchor, amount) or anchor + DAY * amount


def come_round(anchor, months, number):
    """Return the moment at which something comes round for the n-th time.

    >>> from datetime import datetime
    >>> print(come_round(datetime(2024, 2, 29, 9), 12, 1))
    2025-02-28 09:00:00
    >>> print(come_round(datetime(2024, 2, 29, 9), 6, 4))
    2026-02-28 09:00:00
    """
    return anchor + relativedelta(months=months * number)


def next_slot(clock, moment, hour_from=0.0, hour_to=24.0):
    """Return the first moment at work, within hours of the day, from a moment on.

    :param WorkClock clock: of those who follow up; its time zone counts.
    :param datetime moment: UTC, naive.
    :param float hour_from: of the day, where the clock is.
    :param float hour_to: of the day; what is not reached by then waits for a day.
    :return: UTC, naive; the moment itself where nothing speaks against it.

    >>> from datetime import datetime, timedelta
    >>> import pytz
    >>> from .work_clock import WorkClock
    >>> def week(begin, end):
    ...     days = (begin + DAY * n for n in range((end - begin).days))
    ...     hour = timedelta(hours=1)
    ...     return [(d + 8 * hour, d + 16 * hour) for d in days if d.weekday() < 5]
    >>> madrid = WorkClock(pytz.timezone("Europe/Madrid"), week)
    >>> print(next_slot(madrid, datetime(2026, 5, 8, 13, 30)))  # a Friday, 15:30
    2026-05-08 13:30:00
    >>> print(next_slot(madrid, datetime(2026, 5, 8, 13, 30), 10, 14))
    2026-05-11 08:00:00
    >>> print(next_slot(madrid, datetime(2026, 5, 9, 6), 10, 14))  # a Saturday
    2026-05-11 08:00:00

    Hours in which nobody works give way:

    >>> print(next_slot(madrid, datetime(2026, 5, 8, 13, 30), 20, 22))
    2026-05-08 13:30:00
    """
    opening = clock.opening_after(moment) or moment
    if hour_from <= 0 and hour_to >= 24:
        return opening
    slot = opening
    for _try in range(14):
        slot = max(slot, clock.at_hour(slot, hour_from))
        slot = clock.opening_after(slot) or slot
        if clock.at_hour(slot, hour_from) <= slot < clock.at_hour(slot, hour_to):
            return slot
        if slot >= clock.at_hour(slot, hour_to):
            slot = clock.at_hour(slot, 24)
    return opening


def rest_over(last, days):
    """Return when a customer may be written to again (F8).

    :param datetime last: when something was written to them, or None.
    :param int days: of rest that the company leaves them, 1 at least.

    >>> from datetime import datetime
    >>> print(rest_over(datetime(2026, 5, 4, 9), 3))
    2026-05-07 05:00:00
    >>> rest_over(None, 3)
    """
    return last and last + DAY * max(days - 1, 0) + REST
