"""Many records in no time: copies of a sample, made by the database itself."""

from odoo import Command
from odoo.tools import SQL

#: What policies promise about tickets: the metric, and how many candidates it has.
PROMISED = (("first_response", 3), ("assignment", 3), ("resolution", 4))
#: The stages by which the same is kept in OCA's module, which has no other goals.
GOALS = ("in_progress", "awaiting", "done")

#: Columns of the addon that the first install fills, so that nothing may stand in them.
OWN_COLUMNS = {
    "journey_id",
    "journey_stage_id",
    "confirmation_id",
    "confirmation_state",
    "confirmation_exemption",
    "contact_count",
    "is_confidential",
    "is_first_contact_resolution",
    "news_alert_date",
    "next_news_date",
    "workflow_step",
}


def office(env):
    """Put in what an office has that has worked for a while."""
    for model_name in VALS:
        documents(env, model_name, 20_000)
    if "customer.journey" in env:
        from odoo.addons.customer_service_stages.hooks import post_init_hook

        post_init_hook(env)


def partners(env, count):
    return env["res.partner"].create(
        [
            {"name": f"Cliente {number}", "email": f"cliente{number}@correo.example"}
            for number in range(count)
        ]
    )


def lead_vals(customers, count):
    """What somebody enters for an opportunity."""
    return [
        {
            "name": f"Reforma {number}",
            "type": "opportunity",
            "partner_id": customers[number % len(customers)].id,
            "expected_revenue": 1000,
        }
        for number in range(count)
    ]


def ticket_vals(customers, count):
    """What somebody enters for a ticket."""
    return [
        {
            "name": f"Avería {number}",
            "description": "<p>La cañería gotea desde anoche.</p>",
            "partner_id": customers[number % len(customers)].id,
        }
        for number in range(count)
    ]


VALS = {"crm.lead": lead_vals, "helpdesk.ticket": ticket_vals}
OPEN_STAGES = {
    "crm.lead": ("crm.stage_lead1", "crm.stage_lead2", "crm.stage_lead3"),
    "helpdesk.ticket": (
        "helpdesk_mgmt.helpdesk_ticket_stage_new",
        "helpdesk_mgmt.helpdesk_ticket_stage_in_progress",
        "helpdesk_mgmt.helpdesk_ticket_stage_awaiting",
    ),
}


def documents(env, model_name, count):
    """Put in many open documents, past the ORM and so past the addon."""
    customers = partners(env, 200)
    [sample] = env[model_name].create(VALS[model_name](customers, 1))
    stages = [env.ref(xmlid).id for xmlid in OPEN_STAGES[model_name]]
    created = SQL("NOW() AT TIME ZONE 'UTC' - n * INTERVAL '3 minutes'")
    copies(
        sample,
        count,
        partner_id=SQL("(%s)[1 + n %% %s]", customers.ids, len(customers)),
        stage_id=SQL("(%s)[1 + n %% %s]", stages, len(stages)),
        user_id=SQL("CASE WHEN n %% 3 > 0 THEN %s END", env.uid),
        create_date=created,
        **_numbers(model_name),
        date_last_stage_update=created,
    )


def _numbers(model_name):
    """Tickets have a number each, and lists are in its order."""
    return {"number": SQL("'HX' || n")} if model_name == "helpdesk.ticket" else {}


def completed_tickets(env, count):
    """Put in tickets whose customers have been asked, each another one, and are due.

    :return: the tickets.
    """
    [customer] = partners(env, 1)
    env.flush_all()
    newest = customer.id
    copies(
        customer,
        count,
        email=SQL("'cliente' || n || '@correo.example'"),
        email_normalized=SQL("'cliente' || n || '@correo.example'"),
    )
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE id > %s", [newest]
    )
    asked = env["helpdesk.ticket"].create(ticket_vals(customer, 1))
    asked.stage_id = env.ref("customer_service_stages.helpdesk_ticket_stage_completed")
    env.flush_all()
    first = asked.id
    copies(
        asked,
        count,
        partner_id=SQL("%s + n", newest),
        commercial_partner_id=SQL("%s + n", newest),
        number=SQL("'HY' || n"),
        confirmation_state=SQL("'pending'"),
        workflow_step=SQL("'completed'"),
    )
    questions(
        asked.confirmation_id,
        count,
        ticket_id=SQL("%s + n", first),
        partner_id=SQL("%s + n", newest),
        email=SQL("'cliente' || n || '@correo.example'"),
        request_date=SQL("NOW() AT TIME ZONE 'UTC' - INTERVAL '9 days'"),
        next_action_date=SQL("NOW() AT TIME ZONE 'UTC' - INTERVAL '1 day'"),
    )
    env.cr.execute(
        "UPDATE helpdesk_ticket t SET confirmation_id = c.id"
        " FROM customer_confirmation c WHERE c.ticket_id = t.id AND t.id > %s",
        [first],
    )
    env.invalidate_all()
    return env["helpdesk.ticket"].search([("id", ">", first)], order="id")


def idle_questions(env, count):
    """Put in questions that wait for their time, of the customers that there are."""
    question = env["customer.confirmation"].search([], limit=1)
    customers = env["res.partner"].search([]).ids
    questions(
        question,
        count,
        is_current=SQL("FALSE"),
        partner_id=SQL("(%s)[1 + n %% %s]", customers, len(customers)),
        next_action_date=SQL("NOW() AT TIME ZONE 'UTC' + n * INTERVAL '1 minute'"),
    )


def questions(sample, count, **changes):
    copies(sample, count, access_token=SQL("gen_random_uuid()::text"), **changes)


def delivered_orders(env, count):
    """Put in orders that were delivered yesterday, each to another customer."""
    [customer] = partners(env, 1)
    order = env["sale.order"].create({"partner_id": customer.id})
    order.action_confirm()
    order.action_complete_delivery()
    env.flush_all()
    newest, first = customer.id, order.id
    address = SQL("'cliente' || n || '@correo.example'")
    copies(customer, count, email=address, email_normalized=address)
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE id > %s", [newest]
    )
    yesterday = SQL("NOW() AT TIME ZONE 'UTC' - INTERVAL '1 day'")
    copies(
        order,
        count,
        name=SQL("'SY' || n"),
        partner_id=SQL("%s + n", newest),
        partner_invoice_id=SQL("%s + n", newest),
        partner_shipping_id=SQL("%s + n", newest),
        delivery_start_date=yesterday,
        delivery_completion_date=yesterday,
    )
    return env["sale.order"].search([("id", ">", first)], order="id")


def idle_followups(sample, count):
    """Put in follow-ups that wait for their time; how often they come is made up."""
    copies(
        sample,
        count,
        months=SQL("n"),
        planned_date=SQL("NOW() AT TIME ZONE 'UTC' + n * INTERVAL '1 minute'"),
    )


def promises(env):
    """Promise three things about tickets, by ten policies of which three match."""
    env["customer.sla.policy"].search([]).active = False
    other = env["helpdesk.ticket.type"].search([], limit=1)
    env["customer.sla.policy"].create(
        [
            {
                "name": f"{metric} {number}",
                "metric": metric,
                "sequence": number,
                "type_ids": other.ids if number < last else (),
                "target_ids": [
                    Command.create({"amount": 8}),
                    Command.create({"amount": 2, "priority": "3"}),
                ],
            }
            for metric, last in PROMISED
            for number in range(1, last + 1)
        ]
    )


def peer_promises(env):
    """The same for OCA's module, in its own way."""
    other = env["helpdesk.ticket.category"].create({"name": "Otra"})
    stages = [env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}") for name in GOALS]
    env["helpdesk.sla"].create(
        [
            {
                "name": f"{metric} {number}",
                "hours": 8,
                "stage_id": stage.id,
                "category_ids": other.ids if number < last else (),
            }
            for (metric, last), stage in zip(PROMISED, stages, strict=True)
            for number in range(1, last + 1)
        ]
    )
    return env["helpdesk.ticket.team"].create({"name": "Averías", "use_sla": True})


def office_tickets(env, count=None):
    """Return tickets that were put in past the ORM, and so past the addon."""
    copied = [("number", "=like", "HX%")]
    return env["helpdesk.ticket"].search(copied, limit=count, order="id")


def new_tickets(env, count, **values):
    """Return tickets of the office as if nobody had touched them yet."""
    tickets = office_tickets(env, count)
    stage = env.ref(OPEN_STAGES["helpdesk.ticket"][0])
    values |= {"stage_id": stage.id, "user_id": None}
    if "workflow_step" in stage:
        values["workflow_step"] = stage.workflow_step
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE helpdesk_ticket SET %s WHERE id IN %s",
            SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value)
                for name, value in values.items()
            ),
            tickets._ids,
        )
    )
    env.invalidate_all()
    return tickets


def clocks(sample_ticket, tickets):
    """Give tickets the clocks that a sample of them has."""
    name = "sla_status_ids" if "sla_status_ids" in sample_ticket else "ticket_sla_ids"
    for clock in sample_ticket[name]:
        copies(clock, len(tickets), ticket_id=SQL("(%s)[n]", tickets.ids))


def idle_clocks(sample, tickets, count, **changes):
    """Put in clocks that wait for their time.

    What they promise is made up: a ticket has one of each only.
    """
    later = SQL("NOW() AT TIME ZONE 'UTC' + n * INTERVAL '1 minute'")
    changes = {
        "deadline": later,
        "risk_date": later,
        "next_alert_date": later,
    } | changes
    copies(
        sample,
        count,
        ticket_id=SQL("(%s)[1 + n %% %s]", tickets.ids, len(tickets)),
        metric=SQL("'idle' || n / %s", len(tickets)),
        **changes,
    )


def copies(sample, count, **changes):
    """Copy the row of a record `count` times; `changes` may refer to the number n."""
    env, table = sample.env, sample._table
    env.flush_all()
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    columns = {name for (name,) in env.cr.fetchall()} - {"id"}
    names = columns - (OWN_COLUMNS - changes.keys())
    values = [changes.get(name, SQL.identifier(name)) for name in names]
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(columns)s)"
            " SELECT %(values)s FROM %(table)s, generate_series(1, %(count)s) n"
            " WHERE id = %(id)s",
            table=SQL.identifier(table),
            columns=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(values),
            count=count,
            id=sample.id,
        )
    )
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
