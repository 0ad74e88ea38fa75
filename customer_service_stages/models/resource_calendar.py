from datetime import datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.tools import ormcache

from ..tools.work_clock import AROUND_THE_CLOCK, WorkClock

#: The fields that say when work is done; attendances and leaves speak for themselves.
WORK_FIELDS = {
    "company_id",
    "flexible_hours",
    "schedule_type",
    "two_weeks_calendar",
    "tz",
}

#: Where a transaction keeps that it changed a calendar, and the tables it then made.
CHANGED = "customer_service_stages.changed_work_time"


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if not WORK_FIELDS.isdisjoint(vals):
            self._forget_work_time()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_work_time()
        return result

    # Asked of an empty recordset, or of a calendar without working hours, these count
    # around the clock: a question must not wait for ever because of a setting.

    def _opening_after(self, start):
        """Return the first moment at work, from a moment on.

        :param datetime start: UTC, naive.
        :return: UTC, naive; the start itself where somebody is at work then.
        """
        return self._work_clock().opening_after(start) or start

    def _working_days_after(self, start, days):
        """Return the opening of the n-th working day after the day of a moment.

        :param datetime start: UTC, naive.
        :param int days: 0 gives the next moment at work.
        :return: UTC, naive.
        """
        opening = self._work_clock().after_days(start, days)
        return opening or start + timedelta(days=days)

    def _end_of_day(self, day):
        """Return when a day is over, by the time zone of the calendar.

        :param day: a date, or a moment of that day (UTC, naive).
        :return: UTC, naive.
        """
        zone = pytz.timezone(self.tz or "UTC")
        if isinstance(day, datetime):
            day = pytz.utc.localize(day).astimezone(zone).date()
        midnight = zone.localize(datetime.combine(day + timedelta(days=1), time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def _working_hours_after(self, start, hours):
        """Return the moment by which some hours of work have passed.

        :param datetime start: UTC, naive.
        :param float hours: hours of work.
        :return: UTC, naive.
        """
        moment = self._work_clock().after(start, hours * 3600)
        return moment or start + timedelta(hours=hours)

    # The clock

    def _work_clock(self):
        """Return the clock of those who work by a calendar, to be used at once.

        Leaves of a single resource do not count. A calendar that belongs to no company
        keeps the holidays of the current one.
        """
        if not self:
            return AROUND_THE_CLOCK
        cr = self.env.cr
        if CHANGED not in cr.postcommit.data:
            table = self._work_table()
        else:
            # others must not see what may still be rolled back
            tables = cr.cache.setdefault(CHANGED, {})
            key = self.id, self.env.company.id
            if key not in tables:
                tables[key] = self._new_work_table()
            table = tables[key]
        if not table:
            return AROUND_THE_CLOCK
        zone, years = table
        return WorkClock(zone, self._work_intervals, years)

    @ormcache("self.id", "self.env.company.id")
    def _work_table(self):
        return self._new_work_table()

    def _new_work_table(self):
        """Return what a clock knows: the time zone, and a place for what it looks up.

        :return: None for a calendar that sets no hours.
        """
        calendar = self.sudo()
        if calendar.flexible_hours or not calendar._get_global_attendances():
            return None
        return pytz.timezone(calendar.tz), {}

    def _work_intervals(self, begin, end):
        """Return the intervals of work between two moments (aware)."""
        calendar = self.sudo().with_context(employee_timezone=False)
        company = calendar.company_id or self.env.company
        leaves = [
            ("time_type", "=", "leave"),
            "|",
            ("calendar_id", "=", self.id),
            ("company_id", "in", [False, company.id]),
        ]
        return calendar._work_intervals_batch(begin, end, domain=leaves)[False]

    @api.model
    def _forget_work_time(self):
        """Have the clocks look up their calendars anew, those of other workers too."""
        cr, clear_cache = self.env.cr, self.env.registry.clear_cache
        clear_cache()
        cr.cache.pop(CHANGED, None)
        if CHANGED not in cr.postcommit.data:
            cr.postcommit.data[CHANGED] = True
            # what others have looked up until then was as old
            cr.postcommit.add(clear_cache)
        self.env["customer.sla.sweep"]._calendars_changed()
