"""When customers are written to about quotes: arithmetic without a database (Q7)."""

from datetime import timedelta

DAY = timedelta(days=1)

#: How many days before it is due a notice may go out, for want of a working day.
REACH = 14


def plan(clock, since, days, left, end=None, notice_days=0):
    """Yield when a customer is to be written to, as pairs of kind and moment.

    Nobody is reminded of a quote any more who has been told that it expires.

    :param WorkClock clock: of those who send.
    :param datetime since: when the customer heard of the quote last (UTC, naive).
    :param int days: working days until a reminder, and from one to the next; 0: none.
    :param int left: how many reminders are left.
    :param datetime end: when the last day of the quote is over; None: it has none.
    :param int notice_days: how many days before its last day a notice is due; 0: none.

    A week from Monday to Friday, 8 to 16 o'clock:

    >>> from datetime import datetime
    >>> from .work_clock import WorkClock
    >>> import pytz
    >>> def week(begin, end):
    ...     days = (begin + DAY * n for n in range((end - begin).days))
    ...     hour = timedelta(hours=1)
    ...     return [(d + 8 * hour, d + 16 * hour) for d in days if d.weekday() < 5]
    >>> clock, monday = WorkClock(pytz.utc, week), datetime(2026, 5, 4, 9)
    >>> def show(*args):
    ...     return [f"{kind} {moment:%a %d %H}" for kind, moment in plan(clock, *args)]

    >>> show(monday, 3, 2)
    ['undecided Thu 07 08', 'undecided Tue 12 08']

    The quote ends with Sunday the 17th; three days before is a Thursday:

    >>> show(monday, 3, 5, datetime(2026, 5, 18), 3)
    ['undecided Thu 07 08', 'undecided Tue 12 08', 'expiry Thu 14 08']

    What falls on a weekend is told before it, what is late on the next working day:

    >>> show(monday, 0, 2, datetime(2026, 5, 13), 3)
    ['expiry Fri 08 08']
    >>> show(monday, 3, 2, datetime(2026, 5, 6), 3)
    ['expiry Tue 05 08']
    >>> show(monday, 3, 2, datetime(2026, 5, 5), 3)
    []
    """
    notice = _notice(clock, since, end, notice_days) if end and notice_days else None
    limit = notice or end
    for number in range(1, left + 1) if days else ():
        moment = _days_after(clock, since, days * number)
        if limit and moment >= limit:
            break
        yield "undecided", moment
    if notice:
        yield "expiry", notice


def _notice(clock, since, end, days):
    """Return when a notice is due, or None where there is no time left for one."""
    earliest = _days_after(clock, since, 1)
    for back in range(days, days + REACH):
        begin = end - DAY * (back + 1)
        if windows := clock.windows(begin, begin + DAY):
            opening, closing = windows[0]
            # Who works round the clock does not write at midnight
            noon = min(closing, begin + DAY / 2)
            moment = max(opening if opening > begin else noon, earliest)
            return moment if moment < end else None
    return earliest if earliest < end else None


def _days_after(clock, since, days):
    return clock.after_days(since, days) or since + DAY * days
