"""Clocks against an oracle that counts minutes, whatever happens (S1 to S6)."""

import os
from copy import deepcopy
from datetime import datetime, timedelta
from unittest.mock import patch

import pytz
from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command, Domain
from odoo.tests import tagged

from odoo.addons.mail.models.mail_thread import MailThread

from .sla_oracle import (
    HOLIDAYS,
    MINUTE,
    Facts,
    Oracle,
    Promise,
    minutes_of_work,
)
from .test_sla_status import SlaCase

#: How many stories are told of tickets; of the others a third. More: ORACLE_STORIES.
STORIES = int(os.environ.get("ORACLE_STORIES", 60))

#: Around the two changes of the clocks, and far from them; from Fridays to Mondays.
BEGINNINGS = (
    datetime(2026, 5, 4, 7),
    datetime(2026, 5, 8, 15),
    datetime(2026, 3, 27, 13),
    datetime(2026, 3, 28, 20),
    datetime(2026, 10, 23, 12),
    datetime(2026, 10, 24, 21),
)
GAPS = st.sampled_from((1, 0, 30, 60, 240, 479, 480, 1440)) | st.integers(0, 3000)
LONG_AFTER = 10 * 1440

RESULTS = ("on_time", "at_risk", "late", "met", "met_late", "excused", "cancelled")

#: Changes of settings, of which clocks hear without their documents being touched.
SETTINGS = st.one_of(
    st.tuples(st.just("amount"), st.integers(0, 7), st.sampled_from((30, 60, 900))),
    st.tuples(st.just("switch"), st.integers(0, 7)),
    st.tuples(st.just("hours")),
    st.tuples(st.just("cron")),
)
CLOCK_ONLY = ("amount", "switch", "hours", "cron", "hold", "resume")
#: What clocks hear of although it leaves the document as it was.
HEARD = (*CLOCK_ONLY, "thanks", "quote", "send", "withdraw")
HOLDS = st.one_of(
    st.tuples(st.just("hold"), st.sampled_from((None, 1, 60, 240, 1000, 3000))),
    st.tuples(st.just("resume")),
)


def acts(*names, **choices):
    """Return the acts that need no more words, and those that have a choice."""
    plain = [st.sampled_from([(name,) for name in names])] if names else []
    return st.one_of(
        *plain,
        *(
            st.tuples(st.just(name), st.sampled_from(values))
            for name, values in choices.items()
        ),
    )


def stories(begin, *happenings):
    """Return a strategy: when, how a document begins, and what happens to it."""
    steps = st.lists(st.tuples(GAPS, st.one_of(*happenings)), min_size=1, max_size=14)
    moments = st.builds(
        lambda start, minutes: start + minutes * MINUTE,
        st.sampled_from(BEGINNINGS),
        st.integers(0, 1440),
    )
    return given(moments, st.fixed_dictionaries(begin), steps)


def telling(share):
    """Return the settings of a test that tells a share of the stories."""
    return settings(
        max_examples=max(1, STORIES // share),
        deadline=None,
        database=None,
        derandomize="ORACLE_STORIES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])),
    )


class OracleCase(SlaCase):
    """Plays stories with real documents, and asks the oracle after every step."""

    kind, model, field = None, None, None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is told to whom is others' concern, and takes most of the time
        cls.classPatch(MailThread, "_notify_thread", lambda self, *args, **kwargs: [])
        cls.office = cls._calendar(
            "Office",
            [(day, *hours) for day in range(5) for hours in ((9, 13), (14, 18))],
        )
        cls.friday = cls.office.attendance_ids.filtered(
            lambda line: line.dayofweek == "4" and line.hour_from == 14
        )
        cls.nights = cls._calendar(
            "Nights", [(5, 22, 24), (6, 0, 6), (6, 22, 24), (0, 0, 6)]
        )
        zone = pytz.timezone("Europe/Madrid")
        cls.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Closed",
                    "calendar_id": cls.office.id,
                    "date_from": cls._utc(zone, datetime(*day)),
                    "date_to": cls._utc(zone, datetime(*day) + timedelta(days=1)),
                }
                for day in HOLIDAYS
            ]
        )
        cls.env.company.resource_calendar_id = cls.office
        cls.calendars = {"office": cls.office, "nights": cls.nights}
        cls.urgent = cls.env["helpdesk.ticket.tag"].create({"name": "Urgente"})
        cls.day_team, cls.night_team = cls.env["helpdesk.ticket.team"].create(
            [
                {"name": "Day", "user_ids": cls.everyone.ids},
                {
                    "name": "Night",
                    "user_ids": cls.everyone.ids,
                    "resource_calendar_id": cls.nights.id,
                    "reopen_on_reply": True,
                },
            ]
        )
        cls.sales_team = cls.env["crm.team"].create({"name": "Obras"})
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.ordered = cls.env["helpdesk.ticket.stage"].create(
            {"name": "Customer measures", "sequence": 3, "sla_paused": True}
        )
        cls.crm_waiting = cls.env["crm.stage"].create(
            {"name": "Customer thinks", "sequence": 2, "sla_paused": True}
        )

        cls.promises, cls.policies = [], cls.env["customer.sla.policy"]
        cls.make_promises()

    @classmethod
    def make_promises(cls):
        """Say what is promised, as somebody reads it and as policies."""
        raise NotImplementedError

    @classmethod
    def _calendar(cls, name, hours):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": "Europe/Madrid",
                "hours_per_day": 8,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": name,
                            "dayofweek": str(day),
                            "hour_from": begin,
                            "hour_to": end,
                        }
                    )
                    for day, begin, end in hours
                ],
            }
        )

    @staticmethod
    def _utc(zone, moment):
        return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    def __getitem__(self, name):
        return getattr(self, name)

    @classmethod
    def promise(cls, promise, **conditions):
        """Make a policy of what is promised; their order is that of the promises."""
        cls.promises.append(promise)
        calendar = cls.calendars.get(promise.calendar)
        cls.policies += cls.env["customer.sla.policy"].create(
            {
                "name": promise.metric,
                "sequence": len(cls.promises),
                "document": cls.kind,
                "metric": promise.metric,
                "commitment": "contractual" if promise.is_contractual else "objective",
                "time_basis": "calendar" if promise.calendar == "always" else "working",
                "calendar_id": calendar and calendar.id,
                "by_promise": promise.by_promise,
                "pauses_waiting": "waiting" in promise.pauses,
                "pauses_by_hand": "manual" in promise.pauses,
                "target_ids": [
                    Command.create(
                        {"priority": priority, "amount": minutes, "unit": "minute"}
                    )
                    for priority, minutes in promise.targets.items()
                ],
                **conditions,
            }
        )

    # Playing

    def play(self, start, begin, steps):
        """Play a story from its beginning to long after its end, then undo it."""
        self.promises = deepcopy(type(self).promises)
        self.hours, self.finished, self.now = {}, {}, start
        cr = self.env.cr
        savepoint = cr.savepoint()
        try:
            with (
                self.mock_mail_gateway(),
                freeze_time(start) as self.frozen,
                patch.object(cr, "now", lambda: self.now),
            ):
                self.oracle = Oracle(self.kind, self.promises, self.hours)
                try:
                    self.document = self.begin(**begin)
                except UserError:
                    reject()
                self.oracle.hear(self.now, "created", self.facts())
                self.compare("at the beginning")
                for gap, (name, *choice) in steps:
                    self.go_on(gap)
                    self.compare(f"before {name}")
                    self.happen(name, *choice)
                    self.compare(f"after {name}")
                self.go_on(LONG_AFTER)
                self.compare("long after")
        finally:
            savepoint.rollback()
            self.env.transaction.clear()
            cr.cache.clear()
            self.env.registry.clear_cache()

    def go_on(self, minutes):
        self.now += minutes * MINUTE
        self.frozen.move_to(self.now)

    def happen(self, name, *choice):
        """Let something happen; what the door refuses has not happened."""
        self.env.flush_all()
        written = self.document.write_date
        try:
            with self.env.cr.savepoint():
                act = getattr(self, f"act_{name}")(*choice)
                self.env.flush_all()
        except (RedirectWarning, UserError):
            return
        if name in CLOCK_ONLY:
            self.document.invalidate_recordset(["write_date"])
            self.assertEqual(self.document.write_date, written, f"by {name}")
        facts = self.facts()
        if facts != self.oracle.facts or act or name in HEARD:
            self.oracle.hear(self.now, act or name, facts)

    def agents(self, records):
        return records.with_user(self.everyone)

    def write_as_staff(self, document):
        self.agents(document).message_post(
            body="Vamos mañana",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=document.partner_id.ids,
        )

    def write_as_customer(self, body):
        self.document.message_post(
            body=body,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.document.partner_id.id,
        )

    # What happens to every kind of document

    def act_out(self):
        self.write_as_staff(self.document)
        return "told"

    def act_in(self):
        self.write_as_customer("Sigue goteando")
        return "heard"

    def act_thanks(self):
        self.write_as_customer("¡Muchas gracias!")

    def act_note(self):
        self.agents(self.document).message_post(body="Llave 12", message_type="comment")

    def act_priority(self, value):
        self.agents(self.document).priority = value

    def act_stage(self, name):
        self.agents(self.document).stage_id = self[name]

    def act_hold(self, minutes):
        until = minutes and self.now + minutes * MINUTE
        context = self.agents(self.document).action_sla_pause()["context"]
        wizard = self.agents(self.env["customer.sla.hold"]).with_context(**context)
        wizard.create({"reason": "Falta una pieza", "until": until}).action_pause()
        self.oracle.hold(self.now, until)

    def act_resume(self):
        self.agents(self.document).action_sla_resume()
        self.oracle.release(self.now)

    # Settings

    def act_amount(self, number, minutes):
        number %= len(self.promises)
        targets = self.promises[number].targets
        priority = next(iter(targets))
        if targets[priority] == minutes:
            raise UserError("That is what it is")
        targets[priority] = minutes
        self.policies[number].with_user(self.manager).target_ids.filtered(
            lambda target: (target.priority or None) == priority
        ).amount = minutes

    def act_switch(self, number):
        number %= len(self.promises)
        promise = self.promises[number]
        promise.is_active = not promise.is_active
        self.policies[number].with_user(self.manager).active = promise.is_active

    def act_hours(self):
        """The office closes earlier on Fridays, or does so no more."""
        # Clocks that go by no hours need not hear of it, nor that their pause is over
        self.act_cron()
        self.friday.hour_to = 18 if self.hours else 15
        if self.hours:
            self.hours.clear()
        else:
            self.hours["office"] = "short_fridays"

    def act_cron(self):
        Pause = self.env["customer.sla.pause"]
        Pause.search(Pause._due_domain())._do_due()

    # Asking the oracle

    def compare(self, when):
        """Compare the clocks with the oracle's: one by one, searched and grouped."""
        when = f"{when}, {self.now}"
        self.env.flush_all()
        self.env.invalidate_all()
        statuses = self.env["customer.sla.status"].search([self.own], order="id")
        found = {(status.metric, status.cycle): status for status in statuses}
        rows = {(row.metric, row.cycle): row for row in self.oracle.rows}
        self.assertEqual(found.keys(), rows.keys(), when)
        by_result = dict.fromkeys(RESULTS, statuses.browse())
        for key, row in rows.items():
            result = self.oracle.result(row, self.now)
            self.assertClock(found[key], row, result, f"{key} {when}")
            by_result[result] |= found[key]
        by_result = {name: some.sorted("id") for name, some in by_result.items()}
        self.assertSearched(by_result, statuses, when)
        self.assertGrouped(by_result, statuses, when)
        self.assertLate(bool(by_result["late"]), when)
        self.assertFinishedForGood(statuses, when)

    @property
    def own(self):
        return (self.field, "=", self.document.id)

    def assertClock(self, status, row, result, when):
        count, state = self.oracle.count(row, self.now), row.state
        if state == "open":
            state = "paused" if self.oracle.is_paused(row) else "running"
        self.assertEqual(status.state, state, when)
        self.assertEqual(status.result, result, when)
        self.assertEqual(status.start_date, row.start, when)
        if state == "cancelled":
            return
        held, left = status.paused_seconds, count.target - count.ours
        if state == "paused":
            hours = row.terms.calendar
            held += 60 * minutes_of_work(hours, status.paused_since, self.now)
        if state == "paused" and not count.is_missed:
            ahead = minutes_of_work(hours, status.paused_since, status.deadline)
            self.assertEqual(ahead, left, when)
        else:
            self.assertEqual(status.deadline, count.deadline, when)
        self.assertEqual(held, count.theirs * 60, when)
        if state == "reached":
            self.assertEqual(status.our_seconds, count.ours * 60, when)
            self.assertEqual(status.reached_date, count.moment, when)

    def assertSearched(self, by_result, statuses, when):
        """Every clock has one result, and is found by it, or by all the others."""
        Status = self.env["customer.sla.status"]
        present = {result: some for result, some in by_result.items() if some}
        absent = [result for result in RESULTS if result not in present]
        conditions = [("in", absent, Status), ("not in", absent, statuses)]
        for result, some in present.items():
            conditions += [("=", result, some), ("!=", result, statuses - some)]
        for operator, value, expected in conditions:
            condition = Domain("result", operator, value)
            found = Status.search(Domain(*self.own) & condition, order="id")
            self.assertEqual(found, expected, f"{condition} {when}")
            self.assertEqual(statuses.filtered_domain(condition), expected)

    def assertGrouped(self, by_result, statuses, when):
        expected = {name: len(some) for name, some in by_result.items() if some}
        for Model in (statuses, self.env["customer.sla.report"]):
            groups = Model._read_group([self.own], ["result"], ["__count"])
            self.assertEqual(dict(groups), expected, f"{Model} {when}")

    def assertLate(self, is_late, when):
        """The document is late, or is not: one of the two."""
        Document = self.env[self.document._name].with_context(active_test=False)
        itself = Domain("id", "=", self.document.id)
        self.assertEqual(self.document.sla_late, is_late, when)
        for value in (True, False):
            late = Domain("sla_late", "=", value)
            self.assertEqual(
                Document.search_count(itself & late), value == is_late, when
            )
            self.assertEqual(
                Document.search_count(itself & ~late), value != is_late, when
            )

    def assertFinishedForGood(self, statuses, when):
        """What has come to its end is never written again (pitfall 20)."""
        self.env.cr.execute(
            "SELECT * FROM customer_sla_status"
            " WHERE id IN %s AND state IN ('reached', 'cancelled')",
            [tuple(statuses.ids) or (0,)],
        )
        for row in self.env.cr.dictfetchall():
            self.assertEqual(row, self.finished.setdefault(row["id"], row), when)


@tagged("post_install", "-at_install")
class TestTicketClocks(OracleCase):
    kind, model, field = "ticket", "helpdesk.ticket", "ticket_id"

    @classmethod
    def make_promises(cls):
        night, complains = frozenset({"night"}), frozenset({"complaint"})
        cls.promise(
            Promise("resolution", {None: 300, "3": 60}, night, is_contractual=True),
            team_ids=cls.night_team.ids,
        )
        cls.promise(
            Promise("resolution", {None: 1440}, complains, calendar="always"),
            type_ids=cls.type_complaint.ids,
        )
        cls.promise(
            Promise(
                "resolution", {None: 960}, frozenset({"other"}), is_contractual=True
            ),
            partner_ids=cls.other_customer.ids,
        )
        cls.promise(Promise("resolution", {"3": 60, "2": 240, None: 480}))
        cls.promise(
            Promise("first_response", {None: 30}, frozenset({"urgent"}), "always"),
            tag_ids=cls.urgent.ids,
        )
        cls.promise(Promise("first_response", {"2": 240, "3": 45}))
        cls.promise(
            Promise("assignment", {None: 120}, pauses=frozenset({"manual"})),
        )
        cls.promise(
            Promise("next_update", {None: 180}, pauses=frozenset({"waiting"})),
        )

    def begin(self, owner, priority, team, kind, customer, stage):
        return self.ticket(
            priority=priority,
            team_id=self[team].id,
            user_id=owner and self.everyone.id,
            type_id=self[kind].id,
            partner_id=self[customer].id,
            stage_id=self[stage].id,
        )

    def facts(self):
        ticket = self.document
        stage, is_asked = ticket.stage_id, ticket.confirmation_state == "pending"
        phase = {
            self.ticket_completed: "completed",
            self.ticket_done: "over",
            self.ticket_cancelled: "off",
        }.get(stage, "open")
        if not ticket.active or ticket.duplicate_id:
            phase = "off"
        waits = stage in (self.awaiting, self.ordered) or is_asked
        traits = {
            "night": ticket.team_id == self.night_team,
            "complaint": ticket.type_id == self.type_complaint,
            "other": ticket.partner_id == self.other_customer,
            "urgent": self.urgent in ticket.tag_ids,
        }
        return Facts(
            phase,
            waits=waits and phase in ("open", "completed"),
            stage=stage.id,
            owner=bool(ticket.user_id),
            priority=ticket.priority,
            traits=frozenset(name for name, has in traits.items() if has),
            calendar="nights" if traits["night"] else "office",
        )

    def act_team(self, name):
        self.agents(self.document).team_id = self[name]

    def act_type(self, name):
        self.agents(self.document).type_id = self[name]

    def act_customer(self, name):
        self.agents(self.document).partner_id = self[name]

    def act_tag(self):
        has = self.urgent in self.document.tag_ids
        command = Command.unlink if has else Command.link
        self.agents(self.document).tag_ids = [command(self.urgent.id)]

    def act_assign(self):
        self.agents(self.document).assign_to_me()

    def act_unassign(self):
        self.agents(self.document).user_id = False

    def act_ask(self):
        self.agents(self.document).action_request_confirmation()
        return "asked"

    def act_answer(self, state):
        question = self.document.confirmation_id
        if question.state != "pending":
            raise UserError("Nothing was asked")
        question._answer(state, answer_origin="link", refusal_reason="still_fails")
        return state

    def act_cancel(self):
        self.agents(self.document).write(
            {"stage_id": self.ticket_cancelled.id, "closing_reason": "No se hace"}
        )

    def act_archive(self):
        self.agents(self.document).action_archive()

    def act_restore(self):
        self.agents(self.document).action_unarchive()

    def act_reopen(self):
        self.agents(self.document).action_reopen("Vuelve a gotear")

    @telling(1)
    @stories(
        {
            "owner": st.booleans(),
            "priority": st.sampled_from("0123"),
            "team": st.sampled_from(("day_team", "night_team")),
            "kind": st.sampled_from(("type_information", "type_complaint")),
            "customer": st.sampled_from(("customer", "other_customer")),
            "stage": st.sampled_from(("ticket_new", "awaiting", "ticket_completed")),
        },
        acts("out", "in", "thanks", "note", "tag", "assign", "unassign"),
        acts("ask", answer=("accepted", "refused")),
        acts("cancel", "archive", "restore", "reopen"),
        acts(
            stage=(
                "ticket_doing",
                "awaiting",
                "ordered",
                "ticket_completed",
                "ticket_done",
            )
        ),
        acts(
            priority="0123",
            team=("day_team", "night_team"),
            type=("type_information", "type_complaint"),
            customer=("customer", "other_customer"),
        ),
        HOLDS,
        SETTINGS,
    )
    def test_tickets(self, start, begin, steps):
        self.play(start, begin, steps)


@tagged("post_install", "-at_install")
class TestOpportunityClocks(OracleCase):
    kind, model, field = "opportunity", "crm.lead", "lead_id"

    @classmethod
    def make_promises(cls):
        works = frozenset({"works"})
        cls.promise(
            Promise("first_response", {None: 60}, works),
            sales_team_ids=cls.sales_team.ids,
        )
        cls.promise(Promise("first_response", {"1": 240, "2": 120}))
        cls.promise(
            Promise("quote_sent", {None: 600}, works, is_contractual=True),
            sales_team_ids=cls.sales_team.ids,
        )
        cls.promise(Promise("quote_sent", {"3": 480, None: 960}))

    def begin(self, team, priority):
        return self.lead(
            user_id=self.everyone.id,
            team_id=team and self.sales_team.id,
            priority=priority,
        )

    def facts(self):
        lead = self.document
        phases = {"won": "over", "lost": "off"}
        phase = phases.get(lead.won_status, "open" if lead.active else "off")
        is_works = lead.team_id == self.sales_team
        return Facts(
            phase,
            waits=phase == "open" and lead.stage_id == self.crm_waiting,
            stage=lead.stage_id.id,
            quoted=any(order.state in ("sent", "sale") for order in lead.order_ids),
            priority=lead.priority,
            traits=frozenset({"works"} if is_works else ()),
        )

    def act_team(self, name):
        self.agents(self.document).team_id = name and self[name]

    def act_quote(self):
        self.agents(self.env["sale.order"]).create(
            {"partner_id": self.customer.id, "opportunity_id": self.document.id}
        )

    def act_send(self):
        self.last_order().action_quotation_sent()

    def act_tell(self):
        self.write_as_staff(self.last_order())
        return "told"

    def act_withdraw(self):
        self.last_order()._action_cancel()

    def last_order(self):
        orders = self.agents(self.document.order_ids.sorted("id")[-1:])
        if not orders:
            raise UserError("No quotation")
        return orders

    def act_win(self):
        if self.document.won_status == "lost":
            raise UserError("It has to be taken up again first")
        self.agents(self.document).action_set_won()

    def act_lose(self):
        self.agents(self.document).action_set_lost()

    def act_restore(self):
        self.agents(self.document).action_unarchive()

    @telling(3)
    @stories(
        {"team": st.booleans(), "priority": st.sampled_from("0123")},
        acts("out", "in", "thanks", "note"),
        acts("quote", "send", "tell", "withdraw"),
        acts("win", "lose", "restore"),
        acts(
            stage=("crm_new", "crm_waiting", "crm_proposition", "crm_won"),
            priority="0123",
            team=("sales_team", False),
        ),
        HOLDS,
        SETTINGS,
    )
    def test_opportunities(self, start, begin, steps):
        self.play(start, begin, steps)


@tagged("post_install", "-at_install")
class TestOrderClocks(OracleCase):
    kind, model, field = "order", "sale.order", "order_id"

    @classmethod
    def make_promises(cls):
        cls.promise(
            Promise("delivery", {None: 600}, frozenset({"other"}), is_contractual=True),
            partner_ids=cls.other_customer.ids,
        )
        cls.promise(Promise("delivery", {None: 960}, by_promise=True))

    def begin(self, customer, date):
        return self.order(
            user_id=self.everyone.id,
            partner_id=self[customer].id,
            commitment_date=self.date(date),
        )

    def date(self, hours):
        """Return a date that the office promises: at noon, so many days from today."""
        if hours is None:
            return False
        return self.now.replace(hour=10, minute=0) + timedelta(hours=hours)

    def facts(self):
        order = self.document
        phase = {"sale": "open"}.get(order.state, "off")
        if phase == "open" and order.delivery_completion_date:
            phase = "over"
        is_other = order.partner_id == self.other_customer
        return Facts(
            phase,
            traits=frozenset({"other"} if is_other else ()),
            date=order.commitment_date or None,
        )

    def act_confirm(self):
        self.agents(self.document).action_confirm()

    def act_start(self):
        self.agents(self.document).action_start_delivery()

    def act_deliver(self):
        self.agents(self.document).action_complete_delivery()

    def act_undo(self):
        self.agents(self.document).action_reopen_delivery()

    def act_cancel(self):
        self.agents(self.document)._action_cancel()

    def act_draft(self):
        self.agents(self.document).action_draft()

    def act_date(self, hours):
        self.agents(self.document).commitment_date = self.date(hours)

    @telling(3)
    @stories(
        {
            "customer": st.sampled_from(("customer", "other_customer")),
            "date": st.sampled_from((None, 24, 120, 0)),
        },
        acts("confirm", "start", "deliver", "undo", "cancel", "draft"),
        acts("confirm", "out", "in", date=(None, 0, 24, 48, 144)),
        HOLDS,
        SETTINGS,
    )
    def test_orders(self, start, begin, steps):
        self.play(start, begin, steps)
