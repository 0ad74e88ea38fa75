"""Working time: when so many hours of work are over, and how many there were.

Odoo's calendars answer in milliseconds, by walking from a start in windows of two
weeks. A clock writes a year of theirs down once, as openings and closings with running
totals, and from then on looks things up in it.

Moments are naive and UTC, amounts are seconds; both are whole, as in Odoo's fields. An
attendance until 24:00, which Odoo ends at 23:59:59.999999, ends at midnight here: a
night shift has no gap, and none of its seconds gets lost.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, time, timedelta
from itertools import accumulate
from operator import sub

import pytz

EPOCH = datetime(1970, 1, 1)
SECOND = timedelta(seconds=1)

#: How many years ahead working time is looked for; none that far is none.
REACH = 20


class WorkClock:
    """Tell the time of those who work by a calendar.

    :param zone: the calendar's time zone, of `pytz`: where its days begin.
    :param load: function of two aware moments that returns the calendar's intervals
        between them, sorted: tuples of the aware moments at which work begins and ends.
    :param dict years: what is known of the years so far, shared by the clocks of a
        calendar; what the clock looks up in `load` is added to it.

    Three nights of work, each from 22 to 6 o'clock:

    >>> def nights(begin, end):
    ...     first, night = datetime(2026, 5, 4, 22, tzinfo=pytz.utc), timedelta(hours=8)
    ...     openings = [first + timedelta(days=day) for day in range(3)]
    ...     return [(o, o + night) for o in openings if begin <= o < end]
    >>> clock = WorkClock(pytz.utc, nights)
    >>> start = datetime(2026, 5, 4, 9)
    >>> print(clock.after(start, 0), clock.after(start, 2 * 3600), sep=", ")
    2026-05-04 22:00:00, 2026-05-05 00:00:00

    What ends with a night does not wait for the next one:

    >>> print(clock.after(start, 8 * 3600), clock.after(start, 8 * 3600 + 1), sep=", ")
    2026-05-05 06:00:00, 2026-05-05 22:00:01
    >>> clock.worked(start, datetime(2026, 5, 6)) / 3600
    10.0
    >>> clock.after(start, 25 * 3600) is None
    True
    """

    def __init__(self, zone, load, years=None):
        self._zone = zone
        self._load = load
        self._years = {} if years is None else years

    def after(self, start, seconds):
        """Return the moment by which that much work is done.

        :param datetime start: UTC, naive.
        :param float seconds: of work, not negative; 0 gives the next moment at work.
        :return: UTC, naive; at most a closing, never the opening that follows it. None
            if there is not so much work within `REACH` years.
        """
        if start.microsecond:
            start = start.replace(microsecond=0)
        missing = timedelta(0, round(seconds))
        number = start.year
        beyond = number + REACH
        while number < beyond:
            openings, closings, totals = self._years.get(number) or self._year(number)
            at = bisect_right(closings, start)
            if at < len(openings):
                # counted from the beginning of the year, as the totals are
                opening = openings[at]
                missing += totals[at]
                if start > opening:
                    missing += start - opening
                last = bisect_left(totals, missing, at + 1) - 1
                if last < len(openings):
                    return openings[last] + (missing - totals[last])
                missing -= totals[-1]
            number += 1
        return None

    def opening_after(self, start):
        """Return the first moment at work, from a moment on.

        :param datetime start: UTC, naive.
        :return: UTC, naive; the start itself where somebody is at work then. None if
            nobody works within `REACH` years.
        """
        return self.after(start, 0)

    def after_days(self, start, days):
        """Return the opening of the n-th working day after the day of a moment.

        :param datetime start: UTC, naive.
        :param int days: 0 gives the next moment at work.
        :return: UTC, naive; None if there are not so many within `REACH` years of each
            other.

        >>> print(AROUND_THE_CLOCK.after_days(datetime(2026, 5, 4, 9), 2))
        2026-05-06 09:00:00
        """
        opening = start if days else self.opening_after(start)
        for _day in range(days):
            opening = self.opening_after(self._midnight_after(opening))
            if not opening:
                break
        return opening

    def at_hour(self, moment, hour):
        """Return an hour of the calendar's day that a moment falls on.

        :param datetime moment: UTC, naive.
        :param float hour: of the day, by the wall clock there; 24 is its end.
        :return: UTC, naive.

        >>> madrid = WorkClock(pytz.timezone("Europe/Madrid"), None)
        >>> print(madrid.at_hour(datetime(2026, 5, 4, 23), 9.5))
        2026-05-05 07:30:00
        """
        day = pytz.utc.localize(moment).astimezone(self._zone).date()
        wall = datetime.combine(day, time.min) + timedelta(hours=hour)
        return self._zone.localize(wall).astimezone(pytz.utc).replace(tzinfo=None)

    def worked(self, start, end):
        """Return the seconds of work between two moments: 0 if they are the wrong way.

        :param datetime start: UTC, naive.
        :param datetime end: UTC, naive.

        >>> AROUND_THE_CLOCK.worked(datetime(2025, 12, 31, 23), datetime(2026, 1, 1, 1))
        7200
        """
        if end <= start:
            return 0
        done = timedelta()
        for number in range(start.year, end.year + 1):
            year = self._years.get(number) or self._year(number)
            done += _done(year, end) - _done(year, start)
        return done // SECOND

    def is_open(self, moment):
        """Return whether somebody is at work at a moment (UTC, naive)."""
        return self.worked(moment, moment + SECOND) > 0

    def windows(self, start, end):
        """Return when there is work between two moments.

        :param datetime start: UTC, naive.
        :param datetime end: UTC, naive.
        :return: list of pairs of moments (UTC, naive), without gaps that are none.

        >>> (window,) = AROUND_THE_CLOCK.windows(EPOCH, datetime(1971, 1, 2, 9))
        >>> print(*window, sep=", ")
        1970-01-01 00:00:00, 1971-01-02 09:00:00
        """
        if end <= start:
            return []
        windows = []
        for number in range(start.year, end.year + 1):
            openings, closings, _totals = self._years.get(number) or self._year(number)
            some = slice(bisect_right(closings, start), bisect_left(openings, end))
            for opening, closing in zip(openings[some], closings[some], strict=True):
                if windows and windows[-1][1] == opening:
                    opening, _closing = windows.pop()
                windows.append((max(opening, start), min(closing, end)))
        return windows

    def _year(self, number):
        """Return the openings, closings and running totals of a year of UTC."""
        begin, end = datetime(number, 1, 1), datetime(number + 1, 1, 1)
        openings, closings = [], []
        for interval in self._load(pytz.utc.localize(begin), pytz.utc.localize(end)):
            opening, closing = map(_rounded, interval[:2])
            if opening < closing:
                openings.append(opening)
                closings.append(closing)
        lengths = map(sub, closings, openings)
        totals = list(accumulate(lengths, initial=timedelta()))
        year = self._years[number] = openings, closings, totals
        return year

    def _midnight_after(self, moment):
        """Return the end of the calendar's day that a moment falls on."""
        return self.at_hour(moment, 24)


class AroundTheClock(WorkClock):
    """Tell the time where all of it counts.

    >>> print(AROUND_THE_CLOCK.after(datetime(2026, 5, 4, 9), 36 * 3600))
    2026-05-05 21:00:00
    """

    def __init__(self):
        super().__init__(pytz.utc, lambda begin, end: [(begin, end)])

    def after_days(self, start, days):
        return start + timedelta(days=days)


def _done(year, moment):
    """Return the work of a year that is done by a moment."""
    openings, closings, totals = year
    last = bisect_right(openings, moment) - 1
    if last < 0:
        return timedelta()
    return totals[last] + (min(moment, closings[last]) - openings[last])


def _rounded(moment):
    """Return an aware moment in UTC, naive, at a whole second."""
    return EPOCH + timedelta(seconds=round(moment.timestamp()))


AROUND_THE_CLOCK = AroundTheClock()
