"""Working time (S3; pitfall 21): by hand, against Odoo's own answers, and when changed.

Odoo's answers, `plan_hours` and `get_work_hours_count`, are what ours have to be.
"""

from collections import Counter
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from unittest.mock import patch

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.customer_service_stages.tools.work_clock import REACH

MADRID = "Europe/Madrid"
HOUR = 3600
DAY = 24 * HOUR
SECOND = timedelta(seconds=1)
CASES = 20_000

OFFICE = ((9, 17),)
SPLIT = ((9, 14), (16, 19))
NIGHTS = ((0, 6), (22, 24))


def utc(text, zone=MADRID):
    """Return a moment of a time zone in UTC, naive."""
    local = pytz.timezone(zone).localize(datetime.fromisoformat(text))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


class ClockCase(TransactionCase):
    @classmethod
    def calendar(cls, *spans, days="01234", **values):
        """Return a calendar of days that are all alike.

        :param spans: the hours of a day, as pairs.
        :param str days: the days that have them; 0 is Monday.
        """
        return cls.calendar_of(dict.fromkeys(days, spans), **values)

    @classmethod
    def calendar_of(cls, *weeks, **values):
        """Return a calendar of one week or two, each the spans of its days."""
        return cls.env["resource.calendar"].create(
            {
                "name": "Turnos",
                "tz": MADRID,
                "two_weeks_calendar": len(weeks) == 2,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Turno",
                            "week_type": len(weeks) == 2 and str(number),
                            "dayofweek": day,
                            "hour_from": hour_from,
                            "hour_to": hour_to,
                        }
                    )
                    for number, week in enumerate(weeks)
                    for day, spans in week.items()
                    for hour_from, hour_to in spans
                ],
                **values,
            }
        )

    @classmethod
    def leave(cls, calendar, start, end, **values):
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Fiesta",
                "calendar_id": calendar.id,
                "date_from": start,
                "date_to": end,
                **values,
            }
        )

    def after(self, calendar, start, seconds):
        """Return the deadline as Madrid reads it."""
        moment = calendar._work_clock().after(utc(start), seconds)
        local = pytz.utc.localize(moment).astimezone(pytz.timezone(MADRID))
        return local.strftime("%Y-%m-%d %H:%M:%S")

    def plan(self, calendar, start, seconds):
        return calendar.plan_hours(seconds / HOUR, start, compute_leaves=True)

    def count(self, calendar, start, end):
        return calendar.get_work_hours_count(start, end) * HOUR

    def walk(self, calendar, start, end):
        """Return the seconds of work between two whole minutes, one by one."""
        zone, minutes = pytz.timezone(calendar.tz), 0
        shifts = {
            (int(a.dayofweek), a.hour_from, a.hour_to) for a in calendar.attendance_ids
        }
        while start < end:
            local = pytz.utc.localize(start).astimezone(zone)
            hour = local.hour + local.minute / 60
            minutes += any(
                day == local.weekday() and opening <= hour < closing
                for day, opening, closing in shifts
            )
            start += timedelta(minutes=1)
        return minutes * 60


@tagged("post_install", "-at_install")
class TestByHand(ClockCase):
    def test_lunch(self):
        office = self.calendar(*SPLIT)
        office.attendance_ids[0].copy(
            {"hour_from": 14, "hour_to": 16, "day_period": "lunch"}
        )
        self.assertEqual(
            self.after(office, "2026-05-04 13:00", 2 * HOUR), "2026-05-04 17:00:00"
        )
        self.assertEqual(
            self.after(office, "2026-05-04 15:00", 0), "2026-05-04 16:00:00"
        )
        clock = office._work_clock()
        monday = utc("2026-05-04 13:00"), utc("2026-05-04 17:30")
        self.assertEqual(clock.worked(*monday), 2.5 * HOUR)
        self.assertEqual(
            clock.windows(*monday),
            [
                (utc("2026-05-04 13:00"), utc("2026-05-04 14:00")),
                (utc("2026-05-04 16:00"), utc("2026-05-04 17:30")),
            ],
        )

    def test_shifts_without_a_gap(self):
        """Three shifts a day from Monday to Friday are five days without a break."""
        factory = self.calendar((0, 6), (6, 14), (14, 22), (22, 24))
        self.assertEqual(
            self.after(factory, "2026-05-04 13:00", 100 * HOUR), "2026-05-08 17:00:00"
        )
        week = utc("2026-05-02 12:00"), utc("2026-05-10 12:00")
        self.assertEqual(
            factory._work_clock().windows(*week),
            [(utc("2026-05-04 00:00"), utc("2026-05-09 00:00"))],
        )

    def test_night_shift(self):
        nights = self.calendar(*NIGHTS, days="0123456")
        self.assertEqual(
            self.after(nights, "2026-05-04 23:30", HOUR), "2026-05-05 00:30:00"
        )
        self.assertEqual(
            self.after(nights, "2026-05-04 12:00", 400 * HOUR), "2026-06-23 06:00:00"
        )

    def test_two_weeks(self):
        """Odoo counts weeks from the year 1: that of 4 May 2026 is a second one."""
        calendar = self.calendar_of({"0": OFFICE}, {"4": OFFICE})
        for day, opening in ("01", "08"), ("09", "11"), ("12", "22"), ("23", "25"):
            self.assertEqual(
                self.after(calendar, f"2026-05-{day}", 0), f"2026-05-{opening} 09:00:00"
            )

    def test_zone_of_the_calendar(self):
        """Neither the user's nor the context's zone moves the office."""
        office = self.calendar(*OFFICE, tz="Asia/Kathmandu")
        user = new_test_user(self.env, "lejos", tz="America/Mexico_City")
        for calendar in (
            office,
            office.with_user(user),
            office.with_context(tz="Pacific/Auckland", employee_timezone="UTC"),
        ):
            office._forget_work_time()
            self.assertEqual(
                calendar._work_clock().after(datetime(2026, 5, 4, 12), HOUR),
                datetime(2026, 5, 5, 4, 15),
            )

    def test_clocks_change(self):
        """On 29 March 2026 the night loses an hour, on 25 October it wins one."""
        nights = self.calendar((0, 6), days="0123456")
        for night, hours in ("2026-03-29", 5), ("2026-10-25", 7), ("2026-05-04", 6):
            begin, end = utc(f"{night} 00:00"), utc(f"{night} 06:00")
            clock = nights._work_clock()
            self.assertEqual(clock.worked(begin, end), hours * HOUR)
            self.assertEqual(clock.after(begin, hours * HOUR), end)
            self.assertEqual(self.walk(nights, begin, end), hours * HOUR)
        office = self.calendar(*OFFICE)
        for friday, monday in (
            ("2026-03-27", "2026-03-30"),
            ("2026-10-23", "2026-10-26"),
        ):
            self.assertEqual(
                self.after(office, f"{friday} 16:00", 2 * HOUR), f"{monday} 10:00:00"
            )

    def test_hour_that_the_clocks_skip(self):
        """A shift within it counts as the zone moves it, an hour later; as in Odoo."""
        sunday = utc("2026-03-29 00:00"), utc("2026-03-29 12:00")
        for span, minutes in ((2, 3), 0), ((2.25, 2.75), 30), ((1, 4), 120):
            calendar = self.calendar(span, days="6")
            self.assertEqual(calendar._work_clock().worked(*sunday), minutes * 60)
            self.assertEqual(self.count(calendar, *sunday), minutes * 60)

    def test_leave_added_later(self):
        office = self.calendar(*OFFICE)
        friday = "2026-05-08 16:00"
        self.assertEqual(self.after(office, friday, 2 * HOUR), "2026-05-11 10:00:00")
        self.leave(office, utc("2026-05-11 00:00"), utc("2026-05-12 00:00"))
        self.assertEqual(self.after(office, friday, 2 * HOUR), "2026-05-12 10:00:00")

    def test_outside_of_hours(self):
        office = self.calendar(*OFFICE)
        saturday = "2026-05-09 12:00"
        self.assertEqual(self.after(office, saturday, 0), "2026-05-11 09:00:00")
        self.assertEqual(self.after(office, saturday, 60), "2026-05-11 09:01:00")
        clock = office._work_clock()
        self.assertFalse(clock.is_open(utc(saturday)))
        self.assertFalse(clock.is_open(utc("2026-05-11 17:00")))
        self.assertTrue(clock.is_open(utc("2026-05-11 16:59:59")))
        self.assertTrue(clock.is_open(utc("2026-05-11 09:00")))
        self.assertEqual(clock.worked(utc("2026-05-11"), utc(saturday)), 0)
        self.assertEqual(clock.windows(utc("2026-05-11 12:00"), utc("2026-05-11")), [])

    def test_exactly_at_closing(self):
        office = self.calendar(*OFFICE)
        self.assertEqual(
            self.after(office, "2026-05-08 09:00", 8 * HOUR), "2026-05-08 17:00:00"
        )
        self.assertEqual(
            self.after(office, "2026-05-08 17:00", 0), "2026-05-11 09:00:00"
        )
        self.assertEqual(
            self.after(office, "2026-05-08 17:00", 8 * HOUR), "2026-05-11 17:00:00"
        )

    def test_whole_seconds(self):
        """What is left of a second does not count."""
        office = self.calendar(*OFFICE)
        clock = office._work_clock()
        start = utc("2026-05-04 09:30") + timedelta(microseconds=600_000)
        self.assertEqual(clock.opening_after(start), utc("2026-05-04 09:30"))
        self.assertEqual(clock.after(start, 0.1 * HOUR), utc("2026-05-04 09:36"))
        self.assertEqual(clock.worked(start, utc("2026-05-04 09:31")), 59)

    def test_new_year(self):
        """Who works through the night that a table ends in works through it."""
        factory = self.calendar((0, 24), days="0123456", tz="America/Mexico_City")
        clock = factory._work_clock()
        begin, end = datetime(2025, 12, 31, 20), datetime(2027, 1, 1, 8)
        self.assertEqual(clock.worked(begin, end), (end - begin).total_seconds())
        self.assertEqual(clock.windows(begin, end), [(begin, end)])
        self.assertEqual(clock.after(begin, 4 * HOUR), datetime(2026, 1, 1))
        office = self.calendar(*OFFICE, tz="Pacific/Auckland", days="0123456")
        self.assertEqual(
            office._working_days_after(datetime(2025, 12, 31, 0), 1),
            utc("2026-01-01 09:00", "Pacific/Auckland"),
        )
        self.assertEqual(
            office._working_days_after(datetime(2025, 12, 31, 22), 1),
            utc("2026-01-02 09:00", "Pacific/Auckland"),
        )

    def test_working_days(self):
        office = self.calendar(*SPLIT)
        friday = utc("2026-05-08 10:00")
        for days, opening in (
            (0, "2026-05-08 10:00"),
            (1, "2026-05-11 09:00"),
            (5, "2026-05-15 09:00"),
            (65, "2026-08-07 09:00"),
        ):
            self.assertEqual(office._working_days_after(friday, days), utc(opening))
        self.assertEqual(
            office._working_days_after(utc("2026-05-10 23:30"), 1),
            utc("2026-05-11 09:00"),
            "Sunday night in Madrid, not in UTC",
        )

    def test_around_the_clock(self):
        """A question must not wait for ever because of a setting."""
        start = datetime(2026, 5, 9, 3, 30)
        breaks = self.calendar((14, 16))
        breaks.attendance_ids.day_period = "lunch"
        for calendar in (
            self.env["resource.calendar"],
            self.calendar(),
            self.calendar(*OFFICE, flexible_hours=True),
            breaks,
        ):
            self.assertEqual(calendar._opening_after(start), start)
            self.assertEqual(
                calendar._working_hours_after(start, 30), start + timedelta(hours=30)
            )
            self.assertEqual(
                calendar._working_days_after(start, 3), start + timedelta(days=3)
            )
            clock = calendar._work_clock()
            later = start + timedelta(days=800, seconds=1)
            self.assertEqual(clock.worked(start, later), 800 * DAY + 1)
            self.assertEqual(clock.windows(start, later), [(start, later)])
            self.assertTrue(clock.is_open(start))
            self.assertIsNone(clock.after(start, 10**12))

    def test_always_on_leave(self):
        office = self.calendar(*OFFICE)
        self.leave(office, datetime(2000, 1, 1), datetime(2100, 1, 1))
        start = datetime(2026, 5, 4, 12)
        clock = office._work_clock()
        self.assertIsNone(clock.opening_after(start))
        self.assertIsNone(clock.after_days(start, 2))
        self.assertEqual(clock.worked(start, datetime(2028, 1, 1)), 0)
        self.assertEqual(office._opening_after(start), start)
        self.assertEqual(
            office._working_days_after(start, 2), start + timedelta(days=2)
        )
        self.assertEqual(
            office._working_hours_after(start, 2), start + timedelta(hours=2)
        )

    def test_whose_leaves(self):
        """Of this company or of this calendar, and of nobody in particular."""
        ours, shared = self.calendar(*OFFICE), self.calendar(*OFFICE, company_id=False)
        other = self.env["res.company"].create({"name": "Otra"})
        nobody = self.env["resource.calendar"]
        day = datetime(2026, 5, 4), datetime(2026, 5, 5)
        worker = self.env["resource.resource"].create(
            {"name": "Rosa", "calendar_id": ours.id}
        )
        self.leave(ours, *day, resource_id=worker.id)
        self.leave(ours, *day, time_type="other")
        self.leave(nobody, *day).company_id = other
        for calendar in ours + shared:
            self.assertEqual(calendar._work_clock().worked(*day), 8 * HOUR)
        self.assertFalse(shared.with_company(other)._work_clock().worked(*day))
        self.leave(nobody, *day)
        for calendar in ours + shared:
            self.assertFalse(calendar._work_clock().worked(*day))


SPAN = 400 * DAY
ZONES = (
    MADRID,
    "America/Mexico_City",
    "America/Santiago",
    "Asia/Kathmandu",
    "Pacific/Auckland",
)
DAYS = (
    (),
    OFFICE,
    SPLIT,
    NIGHTS,
    ((0, 24),),
    ((8, 12), (12, 13), (13, 16.5)),
    ((1, 2), (2, 2.5), (2.5, 4)),
    ((0, 1 / 3), (13 + 1 / 6, 17 + 2 / 3)),
)


def pairs(cuts):
    """Return spans of a day that begin and end at some five minutes of it."""
    hours = [cut / 12 for cut in sorted(cuts)]
    return tuple(zip(hours[::2], hours[1::2], strict=False))


def lists(values, length):
    return st.lists(values, min_size=length, max_size=length)


day = st.sampled_from(DAYS) | st.sets(st.integers(0, 24 * 12), max_size=6).map(pairs)
week = st.fixed_dictionaries(dict.fromkeys("0123456", day)).filter(
    lambda days: any(days.values())
)


@tagged("post_install", "-at_install")
class TestAgainstOdoo(ClockCase):
    def test_random_calendars(self):
        verdicts = Counter()

        @settings(max_examples=42, deadline=None, database=None, derandomize=True)
        @given(
            weeks=st.lists(week, min_size=1, max_size=2),
            zone=st.sampled_from(ZONES),
            year=st.integers(2019, 2035),
            leaves=st.lists(
                st.tuples(st.integers(0, SPAN), st.integers(1, 20 * DAY)), max_size=6
            ),
            moments=lists(st.integers(0, SPAN), 9),
            edges=lists(st.tuples(st.integers(0, SPAN), st.integers(-1, 1)), 6),
            amounts=lists(
                st.integers(0, 60) | st.integers(0, DAY) | st.integers(0, 20 * DAY), 20
            ),
        )
        def agree(weeks, zone, year, leaves, moments, edges, amounts):
            calendar = self.calendar_of(*weeks, tz=zone)
            first = datetime(year, 1, 1)
            for begin, length in leaves:
                begin = first + timedelta(seconds=begin)
                self.leave(calendar, begin, begin + timedelta(seconds=length))
            ends = self.openings_and_closings(calendar, first)
            starts = [first + timedelta(seconds=moment) for moment in moments] + [
                ends[edge % len(ends)] + beside * SECOND for edge, beside in edges
            ]
            with self.remembering():
                for start in starts:
                    later = [end for end in ends if end > start][:50:10]
                    exact = [self.count(calendar, start, end) for end in later]
                    for seconds in [*amounts, *map(round, exact)]:
                        verdicts[self.deadlines(calendar, start, seconds)] += 1
                    for seconds in amounts[:8]:
                        end = start + timedelta(seconds=seconds)
                        self.assertCounted(calendar, start, end)
                        verdicts["counted"] += 1

        agree()
        self.assertGreaterEqual(verdicts.total(), CASES)
        self.assertLess(verdicts["closing"], 0.1 * CASES)

    def test_24_hours_are_a_microsecond_short(self):
        """Odoo takes the microsecond from the next opening, a weekend later."""
        late = self.calendar((16, 24))
        friday, saturday = utc("2026-05-08 16:00"), utc("2026-05-09 00:00")
        self.assertEqual(self.walk(late, friday, saturday), 8 * HOUR)
        self.assertEqual(late._work_clock().after(friday, 8 * HOUR), saturday)
        self.assertEqual(
            self.plan(late, friday, 8 * HOUR),
            utc("2026-05-11 16:00") + timedelta(microseconds=1),
        )

    def test_hours_are_no_whole_numbers(self):
        """Five minutes and 65 leave Odoo a rest of 70, for the next opening."""
        office = self.calendar((9, 9 + 5 / 60), (10, 11 + 5 / 60))
        opening, closing = utc("2026-05-04 09:00"), utc("2026-05-04 11:05")
        minutes = self.walk(office, opening, closing) / 60
        self.assertEqual(minutes, 70)
        self.assertEqual(office._work_clock().after(opening, 70 * 60), closing)
        self.assertEqual(self.plan(office, opening, 70 * 60), utc("2026-05-05 09:00"))

    def test_beyond_odoos_reach(self):
        """Odoo gives up after 1,400 days, a clock after as many years as it says."""
        hour = self.calendar((9, 10), days="0")
        start = utc("2026-05-04 08:00")
        weeks = {200: "2030-02-25 10:00", 201: "2030-03-04 10:00"}
        for count, closing in weeks.items():
            deadline = hour._work_clock().after(start, count * HOUR)
            self.assertEqual(deadline, utc(closing))
            self.assertAlmostEqual(self.count(hour, start, deadline), count * HOUR)
        self.assertEqual(self.plan(hour, start, 200 * HOUR), utc("2030-02-25 10:00"))
        self.assertIs(self.plan(hour, start, 201 * HOUR), False)
        self.assertEqual(
            hour._work_clock().after(start, 1000 * HOUR), utc("2045-06-26 10:00")
        )
        self.assertIsNone(hour._work_clock().after(start, 52 * REACH * HOUR))

    # How answers are compared

    def deadlines(self, calendar, start, seconds):
        """Check a deadline; return how the two answers compare."""
        ours = calendar._work_clock().after(start, seconds)
        theirs = self.plan(calendar, start, seconds)
        if not theirs:
            if ours:
                self.assertGreater(ours, start + timedelta(days=1400))
                worked = self.count(calendar, start, ours)
                self.assertAlmostEqual(worked, seconds, delta=1)
            return "beyond"
        message = f"{start} + {seconds} s"
        self.assertTrue(ours, message)
        if abs(theirs - ours) < SECOND:
            return "same"
        # theirs is the opening after the closing that ours is
        self.assertLess(ours, theirs, message)
        self.assertLess(self.count(calendar, ours, theirs), 1, message)
        self.assertEqual(round(self.count(calendar, ours - SECOND, ours)), 1, message)
        return "closing"

    def assertCounted(self, calendar, start, end):
        self.assertAlmostEqual(
            calendar._work_clock().worked(start, end),
            self.count(calendar, start, end),
            delta=0.5,
            msg=f"{start} to {end}",
        )

    def openings_and_closings(self, calendar, first):
        span = (pytz.utc.localize(first + timedelta(seconds=s)) for s in (0, SPAN))
        intervals = calendar._work_intervals_batch(*span)[False]
        ends = [
            end.astimezone(pytz.utc) for interval in intervals for end in interval[:2]
        ]
        return [
            (end + SECOND / 2).replace(microsecond=0, tzinfo=None) for end in ends
        ] or [first]

    @contextmanager
    def remembering(self):
        """Have Odoo answer the same question once: its walks overlap."""
        model = self.env.registry["resource.calendar"]
        answer, answers = model._work_intervals_batch, {}

        def remember(calendar, start, end, *args, **kwargs):
            key = calendar.id, start, end, repr(args), repr(kwargs)
            if key not in answers:
                answers[key] = answer(calendar, start, end, *args, **kwargs)
            return answers[key]

        with patch.object(model, "_work_intervals_batch", remember):
            yield


@tagged("post_install", "-at_install")
class TestChanges(ClockCase):
    """Whatever changes working time counts from the next question on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls.calendar(*OFFICE)
        cls.monday = cls.office.attendance_ids.filtered(lambda a: a.dayofweek == "0")

    def assertDeadline(self, expected):
        """Check by when two hours are worked, from a Friday at 16:00."""
        self.assertEqual(
            self.after(self.office, "2026-05-08 16:00", 2 * HOUR),
            f"2026-05-{expected}:00",
        )

    def test_attendances(self):
        self.assertDeadline("11 10:00")
        self.monday.hour_from = 8
        self.assertDeadline("11 09:00")
        saturday = self.monday.copy({"dayofweek": "5"})
        self.assertDeadline("09 09:00")
        (saturday + self.monday).unlink()
        self.assertDeadline("12 10:00")
        self.office.attendance_ids = [
            Command.create(
                {"name": "x", "dayofweek": "0", "hour_from": 15, "hour_to": 16}
            )
        ]
        self.assertDeadline("11 16:00")

    def test_leaves(self):
        self.assertDeadline("11 10:00")
        leave = self.leave(self.office, utc("2026-05-11"), utc("2026-05-12"))
        self.assertDeadline("12 10:00")
        leave.date_to = utc("2026-05-13")
        self.assertDeadline("13 10:00")
        worker = self.env["resource.resource"].create(
            {"name": "Rosa", "calendar_id": self.office.id}
        )
        leave.resource_id = worker
        self.assertDeadline("11 10:00")
        leave.resource_id = False
        self.assertDeadline("13 10:00")
        leave.unlink()
        self.assertDeadline("11 10:00")

    def test_calendar(self):
        self.assertDeadline("11 10:00")
        self.office.tz = "Asia/Kathmandu"
        self.assertDeadline("11 07:15")
        self.office.tz = MADRID
        self.office.flexible_hours = True
        self.assertDeadline("08 18:00")
        self.office.flexible_hours = False
        self.assertDeadline("11 10:00")
        self.office.switch_calendar_type()
        self.office.attendance_ids.filtered(
            lambda a: a.week_type == str(a.get_week_type(datetime(2026, 5, 11)))
        ).unlink()
        self.assertDeadline("18 10:00")
        self.office.attendance_ids = [Command.clear()]
        self.assertDeadline("08 18:00")

    def test_rollback_of_a_part(self):
        self.assertDeadline("11 10:00")
        with suppress(ZeroDivisionError), self.env.cr.savepoint():
            self.monday.hour_from = 8
            self.assertDeadline("11 09:00")
            raise ZeroDivisionError
        self.assertDeadline("11 10:00")
        self.monday.hour_from = 7
        with suppress(ZeroDivisionError), self.env.cr.savepoint():
            self.office.attendance_ids = [Command.clear()]
            self.assertDeadline("08 18:00")
            raise ZeroDivisionError
        self.assertDeadline("11 08:00")

    # Other transactions

    @contextmanager
    def transaction(self):
        """Open another transaction; yield the office in it."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield self.office.with_env(api.Environment(cr, SUPERUSER_ID, {}))

    def opening(self, office):
        return office._work_clock().after(utc("2026-05-09"), 0)

    def test_shared(self):
        """What one transaction has looked up, the others know."""
        with self.transaction() as office:
            self.opening(office)
            table = office._work_table()
        with self.transaction() as office:
            self.assertIs(office._work_table(), table)
            self.assertTrue(office.env.company, "known, as in every request")
            with self.assertQueryCount(0):
                self.assertEqual(self.opening(office), utc("2026-05-11 09:00"))

    def test_seen_by_nobody_before_the_end(self):
        with self.transaction() as office:
            table = office._work_table()
            office.attendance_ids[0].hour_from = 8
            self.assertEqual(self.opening(office), utc("2026-05-11 08:00"))
            self.assertIsNot(office._work_table(), table)
            self.assertFalse(office._work_table()[1], "nothing was looked up here")
            office.env.cr.rollback()
            self.assertEqual(self.opening(office), utc("2026-05-11 09:00"))

    def test_looked_up_before_the_end(self):
        """Others look up the old hours until the new ones are there to see."""
        with self.transaction() as office:
            office.attendance_ids[0].hour_from = 8
            table = office._work_table()
            office.env.cr.postcommit.run()
            self.assertIsNot(office._work_table(), table)

    def test_other_workers(self):
        """They are told, but only of what changes working time."""
        worker = self.env["resource.resource"].create(
            {"name": "Rosa", "calendar_id": self.office.id}
        )
        day = datetime(2026, 5, 4), datetime(2026, 5, 5)
        invalidated = self.registry.cache_invalidated
        for change, tells in (
            (lambda: self.office.write({"name": "Oficina"}), False),
            (lambda: self.leave(self.office, *day, resource_id=worker.id), False),
            (lambda: self.leave(self.office, *day), True),
            (lambda: self.monday.write({"hour_to": 16}), True),
            (lambda: self.monday.copy({"dayofweek": "6"}), True),
            (lambda: self.office.write({"tz": "UTC"}), True),
            (lambda: self.monday.unlink(), True),
            (lambda: self.office.unlink(), True),
        ):
            invalidated.clear()
            change()
            self.assertEqual("default" in invalidated, tells)

    def test_queries(self):
        """The first answer about a year costs queries, the others none."""
        starts = [utc("2026-05-04") + timedelta(hours=hour) for hour in range(50)]
        self.opening(self.office)
        with self.assertQueryCount(0):
            for start in starts:
                self.office._working_hours_after(start, 40)
                self.office._working_days_after(start, 3)
                self.office._work_clock().worked(utc("2026-01-02"), start)
