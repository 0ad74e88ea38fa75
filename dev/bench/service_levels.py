"""What service levels cost (S1–S6), beside OCA's module and what the machine allows."""

import contextlib
import random
from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.extras import execute_values

from odoo import Command, fields
from odoo.tools import SQL

from . import populate, screens
from .measure import (
    IMPORT,
    Measure,
    count_mails,
    uncommitted,
    work_around_the_clock,
)

STARTED = "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
WAITING = "helpdesk_mgmt.helpdesk_ticket_stage_awaiting"
#: The clocks of a ticket: one for each metric.
CLOCKS = len(populate.PROMISED)


@contextlib.contextmanager
def without_policies(env):
    """Do what is done inside as if nothing were promised."""
    Policy = env.registry["customer.sla.policy"]
    with (
        patch.object(Policy, "_rules", lambda *_args: {}),
        patch.object(Policy, "_condition_fields", lambda *_args: frozenset()),
    ):
        yield


# -- creating -----------------------------------------------------------------------


def promising(records, target=1.15, **options):
    """Create tickets with policies, against the same without them."""

    def prepare(env):
        populate.promises(env)
        customers = populate.partners(env, 100)
        [ticket] = env["helpdesk.ticket"].create(populate.ticket_vals(customers, 1))
        if len(ticket.sla_status_ids) != CLOCKS:
            raise AssertionError("the policies do not match")
        return customers

    def run(env, customers):
        env["helpdesk.ticket"].create(populate.ticket_vals(customers, records))

    def baseline(env, customers):
        with without_policies(env):
            run(env, customers)

    return Measure(
        _named("SLA: create tickets", options),
        records,
        run,
        target,
        prepare=prepare,
        baseline=baseline,
        **options,
    )


def promising_as_peer(records, **options):
    """The same with OCA's module: in a team with service levels, and in one without."""

    def prepare(env):
        team = populate.peer_promises(env)
        customers = populate.partners(env, 100)
        [ticket] = env["helpdesk.ticket"].create(_in_team(customers, 1, team))
        if len(ticket.ticket_sla_ids) != CLOCKS:
            raise AssertionError("the policies of the peer do not match")
        return customers, team, team.copy({"use_sla": False})

    def creating(env, state, number):
        customers, *teams = state
        env["helpdesk.ticket"].create(_in_team(customers, records, teams[number]))

    return Measure(
        _named("peer: create tickets", options),
        records,
        lambda env, state: creating(env, state, 0),
        None,
        prepare=prepare,
        baseline=lambda env, state: creating(env, state, 1),
        side="peer",
        **options,
    )


def _in_team(customers, count, team):
    return [
        {**vals, "team_id": team.id} for vals in populate.ticket_vals(customers, count)
    ]


def _named(name, options):
    return f"{name}, import" if options.get("context") else name


# -- moving -------------------------------------------------------------------------


def moving(name, xmlid, records, target=1.2, **options):
    """Move tickets with three running clocks, against as many without."""

    def prepare(env):
        populate.promises(env)
        tickets = populate.new_tickets(env, 2 * records)
        [sample] = env["helpdesk.ticket"].create(
            populate.ticket_vals(tickets[:1].partner_id, 1)
        )
        populate.clocks(sample, tickets[:records])
        return tickets[:records], tickets[records:], env.ref(xmlid)

    def run(env, state):
        promised, _plain, stage = state
        promised.write({"stage_id": stage.id})

    def baseline(env, state):
        _promised, plain, stage = state
        with without_policies(env):
            plain.write({"stage_id": stage.id})

    return Measure(
        f"SLA: {name}",
        records,
        run,
        target,
        prepare=prepare,
        baseline=baseline,
        **options,
    )


def moving_as_peer(name, xmlid, records, **options):
    def prepare(env):
        team = populate.peer_promises(env)
        tickets = populate.new_tickets(env, 2 * records, team_id=team.id)
        [sample] = env["helpdesk.ticket"].create(
            _in_team(tickets[:1].partner_id, 1, team)
        )
        populate.clocks(sample, tickets[:records])
        return tickets[:records], tickets[records:], env.ref(xmlid)

    def writing(number):
        def run(env, state):
            state[number].write({"stage_id": state[2].id})

        return run

    return Measure(
        f"peer: {name}",
        records,
        writing(0),
        None,
        prepare=prepare,
        baseline=writing(1),
        side="peer",
        **options,
    )


# -- working time -------------------------------------------------------------------


def deadlines(count, name, baseline, target, **options):
    """Look up deadlines, the tables they are looked up in included."""

    def prepare(env):
        dice = random.Random(1)
        start = datetime(2026, 1, 1)
        return env.company.resource_calendar_id, [
            (
                start + timedelta(seconds=dice.randrange(365 * 86400)),
                60 * dice.randrange(40 * 60),
            )
            for _number in range(count)
        ]

    def run(env, state):
        from odoo.addons.customer_service_stages.tools.work_clock import WorkClock

        calendar, amounts = state
        zone, years = calendar._new_work_table()
        clock = WorkClock(zone, calendar._work_intervals, years)
        for start, seconds in amounts:
            clock.after(start, seconds)

    return Measure(
        f"SLA: deadlines, against {name}",
        count,
        run,
        target,
        prepare=prepare,
        baseline=baseline,
        **options,
    )


def by_plan_hours(records):
    def baseline(env, state):
        calendar, amounts = state
        for start, seconds in amounts[:records]:
            calendar.plan_hours(seconds / 3600, start, compute_leaves=True)

    return baseline


def by_datetime(env, state):
    for start, seconds in state[1]:
        start + timedelta(seconds=seconds)


# -- warning and escalating ---------------------------------------------------------


def alerting(due, few, many, target=1.5, **options):
    """Tell people of the few clocks that are due among many that are not."""

    def preparing(idle):
        return lambda env: _alerts(env, due, idle)

    def run(env, _state):
        with uncommitted(env):
            env["customer.sla.status"].sudo()._cron_alert()
        done = env["customer.sla.alert"].search_count([("state", "=", "done")])
        if done != due:
            raise AssertionError(f"{done} alerts instead of {due}")

    return Measure(
        f"SLA: alerts among {many:,}, against {few:,}",
        due,
        run,
        target,
        prepare=preparing(many),
        baseline=run,
        prepare_baseline=preparing(few),
        **options,
    )


def picking(batch, due, many, target=2, **options):
    """Pick a batch of what is due, against the bare claim."""

    def prepare(env):
        _alerts(env, due, many)
        if len(env["customer.sla.status"].sudo()._lock_due()) != batch:
            raise AssertionError("a batch is of another size")

    def claim(env, _state):
        env.cr.execute(
            "SELECT id FROM customer_sla_status WHERE next_alert_date <= %s"
            " ORDER BY next_alert_date, id LIMIT %s FOR UPDATE SKIP LOCKED",
            [fields.Datetime.now(), batch],
        )
        env.cr.fetchall()

    return Measure(
        "SLA: pick a batch, against bare claim",
        batch,
        lambda env, _state: env["customer.sla.status"].sudo()._lock_due(),
        target,
        prepare=prepare,
        baseline=claim,
        **options,
    )


def _alerts(env, due, idle):
    """Put in clocks with half of their time behind them, and idle ones."""
    work_around_the_clock(env)
    env["customer.sla.policy"].search([]).active = False
    policy = env["customer.sla.policy"].create(
        {
            "name": "Resolver",
            "target_ids": [Command.create({"amount": 8})],
            "is_escalating": True,
            "escalation_ids": [
                Command.create(
                    {
                        "timing": "share",
                        "amount": 50,
                        "act": "notify",
                        "recipient": "users",
                        "user_ids": env.user.ids,
                    }
                )
            ],
        }
    )
    policy.escalating_since = datetime(2020, 1, 1)
    tickets = populate.office_tickets(env)
    [sample] = env["helpdesk.ticket"].create(
        populate.ticket_vals(tickets[:1].partner_id, 1)
    )
    now = fields.Datetime.now()
    clock = sample.sla_status_ids
    populate.idle_clocks(clock, tickets[due:], idle)
    populate.copies(
        clock,
        due,
        ticket_id=SQL("(%s)[n]", tickets[:due].ids),
        start_date=now - timedelta(hours=5),
        deadline=now + timedelta(hours=3),
        risk_date=now + timedelta(hours=1),
        next_alert_date=now - timedelta(hours=1),
    )


# -- what people open ---------------------------------------------------------------


def late(many, target=2, **options):
    """Count late tickets and open a page of them, against the same in bare SQL."""

    def prepare(env):
        populate.promises(env)
        tickets = populate.office_tickets(env)
        [sample] = env["helpdesk.ticket"].create(
            populate.ticket_vals(tickets[:1].partner_id, 1)
        )
        populate.idle_clocks(
            sample.sla_status_ids[:1],
            tickets,
            many,
            deadline=SQL("NOW() AT TIME ZONE 'UTC' + (n - 3000) * INTERVAL '1 minute'"),
        )

    def run(env, _state):
        Ticket = env["helpdesk.ticket"]
        domain = [("sla_late", "=", True)]
        Ticket.search_count(domain)
        Ticket.search(domain, limit=screens.PAGE)

    def bare(env, _state):
        some = SQL(
            """FROM helpdesk_ticket WHERE active AND id IN (
                   SELECT ticket_id FROM customer_sla_status
                    WHERE state IN ('running', 'paused') AND deadline < %s)""",
            fields.Datetime.now(),
        )
        env.cr.execute(SQL("SELECT COUNT(*) %s", some))
        env.cr.execute(
            SQL("SELECT id %s ORDER BY number DESC LIMIT %s", some, screens.PAGE)
        )

    def note(env, _state):
        query = env["helpdesk.ticket"]._search([("sla_late", "=", True)])
        env.cr.execute(SQL("EXPLAIN (COSTS OFF) %s", query.select()))
        plan = "\n".join(line for (line,) in env.cr.fetchall())
        if "customer_sla_status_deadline_idx" not in plan:
            plan += "\nThe index on deadlines is not used!"
        return plan

    return Measure(
        f"SLA: late ones among {many:,}, against SQL",
        1,
        run,
        target,
        prepare=prepare,
        baseline=bare,
        note=note,
        **options,
    )


def board(many, target=1.1, **options):
    """Open the board of very many tickets, each with a running clock."""

    def prepare(env):
        if "customer.sla.policy" in env:
            populate.promises(env)
        populate.documents(env, "helpdesk.ticket", many)
        if "customer.sla.policy" in env:
            [newest] = env["helpdesk.ticket"].search([], order="id desc", limit=1)
            [sample] = env["helpdesk.ticket"].create(
                populate.ticket_vals(newest.partner_id, 1)
            )
            populate.copies(
                sample.sla_status_ids[0],
                many,
                ticket_id=SQL("%s + 1 - n", newest.id),
            )
        return screens.kanban(env, "helpdesk.ticket")

    return Measure(
        f"kanban helpdesk.ticket of {many:,}",
        screens.PAGE,
        lambda env, load: load(env["helpdesk.ticket"], []),
        target,
        prepare=prepare,
        **options,
    )


# -- the first start ----------------------------------------------------------------


def first_start(records, **options):
    """See to old tickets when policies come, against inserting as many bare rows."""

    def prepare(env):
        populate.promises(env)
        tickets = populate.new_tickets(env, records)
        [sample] = env["helpdesk.ticket"].create(
            populate.ticket_vals(tickets[:1].partner_id, 1)
        )
        env["customer.sla.sweep"].sudo()._start("helpdesk.ticket")
        env.flush_all()
        env.cr.execute(
            "SELECT * FROM customer_sla_status WHERE ticket_id = %s", [sample.id]
        )
        names = [column.name for column in env.cr.description]
        rows = [dict(zip(names, row, strict=True)) for row in env.cr.fetchall()]
        names.remove("id")
        return names, [
            tuple((row | {"ticket_id": ticket})[name] for name in names)
            for row in rows
            for ticket in tickets.ids
        ]

    def run(env, _state):
        mails = count_mails(env)
        with uncommitted(env):
            env["customer.sla.sweep"].sudo()._cron_sweep()
        if count_mails(env) != mails:
            raise AssertionError("the first start has written messages or mails")
        if env["customer.sla.status"].search_count([]) < CLOCKS * records:
            raise AssertionError("the first start has left tickets without clocks")

    def insert(env, state):
        names, rows = state
        columns = ", ".join(f'"{name}"' for name in names)
        execute_values(
            env.cr._obj,
            f"INSERT INTO customer_sla_status ({columns}) VALUES %s",
            rows,
            page_size=1_000,
        )

    return Measure(
        "SLA: first start, against execute_values",
        records,
        run,
        None,
        prepare=prepare,
        baseline=insert,
        **options,
    )


def reporting(many, **options):
    """Group the report on very many clocks, against counting the bare rows."""

    def prepare(env):
        populate.promises(env)
        tickets = populate.office_tickets(env)
        [sample] = env["helpdesk.ticket"].create(
            populate.ticket_vals(tickets[:1].partner_id, 1)
        )
        populate.idle_clocks(sample.sla_status_ids[:1], tickets, many)

    def run(env, _state):
        env["customer.sla.report"]._read_group(
            [], ["policy_id", "result"], ["__count", "kept:avg", "late_hours:avg"]
        )

    def count(env, _state):
        env.cr.execute(
            "SELECT policy_id, state, COUNT(*) FROM customer_sla_status GROUP BY 1, 2"
        )

    return Measure(
        f"SLA: report on {many:,}, against count",
        1,
        run,
        None,
        prepare=prepare,
        baseline=count,
        **options,
    )


MOVE, WAIT = ("stage change", STARTED), ("stage change, waiting", WAITING)

MEASURES = (
    promising(1, target=1.25, repeat=15),
    promising(100),
    promising(100, context=IMPORT),
    promising(10_000, context=IMPORT, repeat=1, warm_up=False),
    promising_as_peer(1, repeat=15),
    promising_as_peer(100),
    promising_as_peer(100, context=IMPORT),
    moving(*MOVE, 1_000, repeat=3),
    moving(*MOVE, 10_000, repeat=1, warm_up=False),
    moving(*WAIT, 1_000, repeat=3),
    moving_as_peer(*MOVE, 1_000, repeat=1),
    moving_as_peer(*WAIT, 1_000, repeat=1),
    deadlines(
        100_000,
        "plan_hours",
        by_plan_hours(500),
        1 / 300,
        baseline_records=500,
        repeat=3,
    ),
    deadlines(100_000, "datetime", by_datetime, 4),
    alerting(1_000, few=10_000, many=1_000_000, repeat=3),
    picking(50, due=1_000, many=1_000_000, repeat=41),
    late(1_000_000, repeat=11),
    board(1_000_000, repeat=11),
    first_start(20_000, repeat=1, warm_up=False),
    reporting(100_000),
)
