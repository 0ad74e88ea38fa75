from datetime import timedelta

import pytz

from odoo import models

#: How far ahead working time is looked for; a calendar with none that far has none.
HORIZON = timedelta(days=60)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    # Asked of an empty recordset, or of a calendar without working hours, these count
    # around the clock: a question must not wait for ever because of a setting.

    def _opening_after(self, start):
        """Return the first moment at work, from a moment on.

        :param datetime start: UTC, naive.
        :return: UTC, naive; the start itself where somebody is at work then.
        """
        return next(self._openings_from(start), start)

    def _working_days_after(self, start, days):
        """Return the opening of the n-th working day after the day of a moment.

        :param datetime start: UTC, naive.
        :param int days: 0 gives the next moment at work.
        :return: UTC, naive.
        """
        if not days:
            return self._opening_after(start)
        if not self:
            return start + timedelta(days=days)
        day, passed = self._local_day(start), 0
        for opening in self._openings_from(start):
            if self._local_day(opening) > day:
                day, passed = self._local_day(opening), passed + 1
            if passed == days:
                return opening
        return start + timedelta(days=days)

    def _working_hours_after(self, start, hours):
        """Return the moment by which some hours of work have passed.

        :param datetime start: UTC, naive.
        :param float hours: hours of work.
        :return: UTC, naive.
        """
        planned = self and self.plan_hours(hours, start, compute_leaves=True)
        return planned or start + timedelta(hours=hours)

    def _local_day(self, moment):
        """Return the calendar's day that a moment (UTC, naive) falls on."""
        return pytz.utc.localize(moment).astimezone(pytz.timezone(self.tz)).date()

    def _openings_from(self, start):
        """Yield the moments (UTC, naive) at which work begins, from a moment on."""
        if not self or self.flexible_hours:
            return
        begin = pytz.utc.localize(start)
        intervals = self._work_intervals_batch(begin, begin + HORIZON)[False]
        for opening, _closing, _attendance in intervals:
            yield opening.astimezone(pytz.utc).replace(tzinfo=None)
