"""Installing on a database that is in use, and leaving it."""

from itertools import product

from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists

from .models.loyalty_journey import numbering
from .tools.journey_moves import STAGES
from .tools.life_phase import life_phase

DOCUMENT_TABLES = ("crm_lead", "sale_order", "helpdesk_ticket")


#: Stored columns of tickets and orders that the confirmations bring.
CONFIRMATION_COLUMNS = {
    "sale_order": {
        "confirmation_id": SQL("int4"),
        "confirmation_state": SQL("varchar"),
    },
    "helpdesk_ticket": {
        "confirmation_id": SQL("int4"),
        "confirmation_state": SQL("varchar"),
        "confirmation_exemption": SQL("varchar"),
        "contact_count": SQL("int4"),
        "is_confidential": SQL("bool"),
        "is_first_contact_resolution": SQL("bool"),
        "news_alert_date": SQL("timestamp"),
        "next_news_date": SQL("timestamp"),
        "workflow_step": SQL("varchar"),
    },
}

#: Stored columns that the quotes bring to tables that are in use, and what old rows
#: have in them: they were shown with every price, and nothing was added to them.
QUOTE_COLUMNS = {
    "sale_order": {
        "quote_presentation": SQL("varchar DEFAULT 'detailed'"),
        "hides_prices": SQL("bool DEFAULT FALSE"),
        "quote_conditions_id": SQL("int4"),
        "quote_conditions_sent": SQL("text"),
        "extra_amount": SQL("numeric DEFAULT 0"),
        "quote_info_source": SQL("varchar"),
        "quote_info_date": SQL("timestamp"),
        "quote_visit_state": SQL("varchar DEFAULT 'none'"),
    },
    "crm_lead": {"quote_info_date": SQL("timestamp")},
    "sale_order_line": {
        "is_extra": SQL("bool DEFAULT FALSE"),
        "extra_amount": SQL("numeric DEFAULT 0"),
    },
    "account_move": {"hides_prices": SQL("bool DEFAULT FALSE")},
}

#: Stored columns that the extras bring, and what old lines have in them: what was
#: delivered and invoiced then waited for nobody.
EXTRA_COLUMNS = {
    "sale_order_line": {
        "extra_state": SQL("varchar"),
        "extra_waiting_amount": SQL("numeric DEFAULT 0"),
        "goodwill_cost": SQL("numeric DEFAULT 0"),
        "goodwill_value": SQL("numeric DEFAULT 0"),
    },
}

#: Stored columns of orders that the deliveries bring.
DELIVERY_COLUMNS = {
    "sale_order": {
        "delivery_planned_date": SQL("timestamp"),
        "delivery_accepted_date": SQL("timestamp"),
        "delivery_progress": SQL("varchar DEFAULT 'none'"),
        "first_promise_date": SQL("timestamp"),
        "promise_end_date": SQL("timestamp"),
        "promise_kept": SQL("varchar"),
        "first_promise_kept": SQL("varchar"),
    },
}

#: Stored columns of orders that tell what is usual: old ones are none of the year's.
OUTCOME_COLUMNS = {
    "sale_order": {
        "delivery_hours": SQL("float8"),
        "delivery_kind_id": SQL("int4"),
    },
}

#: Stored columns of journeys that tell the first need from those that came after it.
LOYALTY_COLUMNS = {
    "customer_journey": {
        "previous_journey_id": SQL("int4"),
        "repeat_number": SQL("int4 DEFAULT 1"),
        "life_phase": SQL("varchar"),
    },
}

#: The models of the documents that journeys begin with.
JOURNEY_MODELS = ("crm.lead", "sale.order", "helpdesk.ticket")

#: The steps that the standard stages of the help desk stand for (T3).
STANDARD_STEPS = {
    "new": "opened",
    "in_progress": "executing",
    "awaiting": "executing",
    "done": "closed",
    "cancelled": "closed",
    "rejected": "closed",
}


def pre_init_hook(env):
    """Make the stored columns beforehand, so that no old document is computed."""
    for table in DOCUMENT_TABLES:
        for column in ("journey_id", "journey_stage_id"):
            if not column_exists(env.cr, table, column):
                create_column(env.cr, table, column, "int4")
    make_confirmation_columns(env.cr)
    make_quote_columns(env.cr)
    make_delivery_columns(env.cr)
    make_outcome_columns(env.cr)
    make_extra_columns(env.cr)
    if not column_exists(env.cr, "helpdesk_ticket", "date_last_stage_update"):
        create_column(env.cr, "helpdesk_ticket", "date_last_stage_update", "timestamp")
        env.cr.execute(
            "UPDATE helpdesk_ticket"
            " SET date_last_stage_update = COALESCE(last_stage_update, create_date)"
        )


def make_confirmation_columns(cr):
    """Make the columns of the confirmations, where they are not there yet."""
    _make_columns(cr, CONFIRMATION_COLUMNS)


def _make_columns(cr, tables):
    """Make the columns that are not there yet.

    With constant defaults, PostgreSQL adds them without touching a row.
    """
    for table, columns in tables.items():
        for column, definition in columns.items():
            if not column_exists(cr, table, column):
                names = {
                    "table": SQL.identifier(table),
                    "column": SQL.identifier(column),
                    "definition": definition,
                }
                cr.execute(
                    SQL("ALTER TABLE %(table)s ADD %(column)s %(definition)s", **names)
                )
                cr.execute(
                    SQL("ALTER TABLE %(table)s ALTER %(column)s DROP DEFAULT", **names)
                )


def make_quote_columns(cr):
    """Make the columns of the quotes, and tell which old orders hide prices."""
    _make_columns(cr, QUOTE_COLUMNS)
    cr.execute(
        """
        UPDATE sale_order
           SET hides_prices = TRUE
         WHERE NOT hides_prices
           AND id IN (SELECT order_id
                        FROM sale_order_line
                       WHERE collapse_prices OR collapse_composition)
        """
    )
    cr.execute(
        """
        UPDATE account_move
           SET hides_prices = TRUE
         WHERE NOT hides_prices
           AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
           AND id IN (SELECT move_id
                        FROM account_move_line
                       WHERE collapse_prices OR collapse_composition)
        """
    )


def make_extra_columns(cr):
    """Make the columns of the extras; what was added before was added unasked."""
    _make_columns(cr, EXTRA_COLUMNS)
    cr.execute(
        "UPDATE sale_order_line SET extra_state = 'unasked'"
        " WHERE extra_state IS NULL AND extra_amount > 0"
    )


def make_delivery_columns(cr):
    """Make the columns of the deliveries, and tell what old orders have promised.

    What was delivered before is taken as delivered: nobody is asked about it now.
    """
    if column_exists(cr, "sale_order", "first_promise_date"):
        return
    _make_columns(cr, DELIVERY_COLUMNS)
    cr.execute(
        """
        UPDATE sale_order o
           SET delivery_planned_date = o.commitment_date,
               first_promise_date =
                   CASE WHEN o.state = 'sale' THEN o.commitment_date END,
               promise_end_date = (
                   date_trunc('day', o.commitment_date AT TIME ZONE 'UTC'
                                     AT TIME ZONE COALESCE(r.tz, 'UTC'))
                   + INTERVAL '1 day'
               ) AT TIME ZONE COALESCE(r.tz, 'UTC') AT TIME ZONE 'UTC'
          FROM res_company c
     LEFT JOIN resource_calendar r ON r.id = c.resource_calendar_id
         WHERE c.id = o.company_id AND o.commitment_date IS NOT NULL
        """
    )
    cr.execute(
        """
        UPDATE sale_order o
           SET delivery_progress = CASE WHEN l.is_full THEN 'full' ELSE 'started' END
          FROM (SELECT order_id, bool_and(qty_delivered >= product_uom_qty) AS is_full
                  FROM sale_order_line
                 WHERE display_type IS NULL AND product_uom_qty > 0
                   AND is_downpayment IS NOT TRUE
                 GROUP BY order_id
                HAVING bool_or(qty_delivered > 0)) l
         WHERE l.order_id = o.id AND o.state = 'sale'
        """
    )
    if not table_exists(cr, "customer_confirmation"):
        return
    cr.execute(
        """
        UPDATE sale_order
           SET promise_kept = CASE WHEN delivery_completion_date <= promise_end_date
                                   THEN 'kept' ELSE 'missed' END,
               first_promise_kept =
                   CASE WHEN state != 'sale' THEN NULL
                        WHEN delivery_completion_date <= promise_end_date
                        THEN 'kept' ELSE 'missed' END
         WHERE delivery_completion_date IS NOT NULL AND promise_end_date IS NOT NULL
        """
    )
    cr.execute(
        """
        UPDATE sale_order o
           SET delivery_accepted_date = c.answer_date
          FROM customer_confirmation c
         WHERE c.id = o.confirmation_id AND c.state = 'accepted'
        """
    )


def make_outcome_columns(cr):
    """Make the columns of what is usual, where they are not there yet."""
    _make_columns(cr, OUTCOME_COLUMNS)


def make_loyalty_columns(cr):
    """Make the columns of what customers came with, in their turn."""
    if column_exists(cr, "customer_journey", "repeat_number"):
        return
    _make_columns(cr, LOYALTY_COLUMNS)
    number_journeys(cr)


def number_journeys(cr):
    """Number the needs of each customer, and tell their phase (J8)."""
    cr.execute(
        "UPDATE customer_journey SET repeat_number = 1 WHERE repeat_number IS NULL"
    )
    cr.execute(numbering())
    phases = (
        SQL("(%s, %s, %s, %s)", case[0] > 1, *case[1:], life_phase(*case))
        for case in product((1, 2), JOURNEY_MODELS, STAGES)
    )
    cr.execute(
        SQL(
            """
            UPDATE customer_journey j
               SET life_phase = p.phase
              FROM customer_journey_stage s
              JOIN (VALUES %s) p (is_repeat, origin, stage, phase) ON p.stage = s.code
             WHERE s.id = j.stage_id
               AND p.origin = j.origin_model
               AND p.is_repeat = (j.repeat_number > 1)
               AND j.life_phase IS DISTINCT FROM p.phase
            """,
            SQL(", ").join(phases),
        )
    )


def set_up_requests(env):
    """Fit the five steps and the gate to the office's stages and tickets (T3, T4).

    What the office has changed stays as it is: a stage that it opened or closed, a mail
    that it chose. What is closed already was closed without asking, and stays so.
    """
    mails = {
        "done": "customer_service_stages.mail_template_ticket_closed",
        "cancelled": "customer_service_stages.mail_template_ticket_not_solved",
        "rejected": "customer_service_stages.mail_template_ticket_not_solved",
    }
    oca_mail = env.ref("helpdesk_mgmt.closed_ticket_template", raise_if_not_found=False)
    for name, step in STANDARD_STEPS.items():
        xmlid = f"helpdesk_mgmt.helpdesk_ticket_stage_{name}"
        stage = env.ref(xmlid, raise_if_not_found=False)
        if not stage or stage.closed != (step == "closed"):
            continue
        # In SQL: the tickets in the stage follow in bulk below
        env.cr.execute(
            SQL(
                """UPDATE helpdesk_ticket_stage
                      SET workflow_step = %(step)s,
                          requires_confirmation = %(gated)s,
                          requires_reason = %(reason)s
                    WHERE id = %(id)s""",
                step=step,
                gated=name == "done",
                reason=name in ("cancelled", "rejected"),
                id=stage.id,
            )
        )
        # Its mail greets the agent and goes to the customer (pitfall 4)
        if name in mails and stage.mail_template_id == oca_mail:
            stage.mail_template_id = env.ref(mails[name])
    env.flush_all()
    # The step of every ticket: the stages have just been given theirs
    env.cr.execute(
        """
        UPDATE helpdesk_ticket t
           SET workflow_step = CASE WHEN s.closed THEN 'closed'
                                    WHEN COALESCE(s.workflow_step, 'opened') = 'opened'
                                         AND t.type_id IS NOT NULL
                                         AND t.user_id IS NOT NULL THEN 'classified'
                                    ELSE COALESCE(s.workflow_step, 'opened') END
          FROM helpdesk_ticket_stage s
         WHERE s.id = t.stage_id
        """
    )
    env.cr.execute(
        """
        UPDATE helpdesk_ticket t
           SET closed_date = CASE WHEN s.closed THEN t.closed_date END,
               confirmation_state = 'none',
               confirmation_exemption = CASE WHEN s.closed THEN 'before' END,
               contact_count = 1
          FROM helpdesk_ticket_stage s
         WHERE s.id = t.stage_id AND t.confirmation_state IS NULL
        """
    )
    env.cr.execute(
        "UPDATE sale_order SET confirmation_state = 'none'"
        " WHERE confirmation_state IS NULL"
    )
    env.invalidate_all()


def post_init_hook(env):
    """Set up what is there already: requests first, then journeys."""
    set_up_requests(env)
    begin_journeys(env)


def begin_journeys(env):
    """Begin the journeys of what is open, in bulk; nobody is told (J1).

    Open opportunities first, then quotations (those of an opportunity join it), then
    open tickets (those about an order join it). They begin when their document did.
    """
    env.flush_all()
    _begin_journeys(
        env,
        "crm.lead",
        name=SQL("doc.name"),
        stage=SQL(
            """COALESCE(
                (SELECT journey_stage_id FROM crm_stage WHERE id = doc.stage_id), %s
            )""",
            env.ref("customer_service_stages.stage_contact").id,
        ),
        where=SQL(
            "doc.type = 'opportunity' AND doc.active AND doc.won_status = 'pending'"
        ),
    )
    _join_journeys(
        env,
        "sale_order",
        SQL(
            """SELECT o.id AS doc_id, l.journey_id
                 FROM sale_order o JOIN crm_lead l ON l.id = o.opportunity_id
                WHERE l.journey_id IS NOT NULL"""
        ),
    )
    _advance_joined_to_quote(env)
    _begin_journeys(
        env,
        "sale.order",
        name=SQL("CONCAT_WS(' ', doc.name, doc.client_order_ref)"),
        stage=SQL("%s", env.ref("customer_service_stages.stage_quote").id),
        where=SQL("doc.state IN ('draft', 'sent')"),
    )
    _join_journeys(
        env,
        "helpdesk_ticket",
        SQL(
            """SELECT t.id AS doc_id, MIN(o.journey_id) AS journey_id
                 FROM helpdesk_ticket t
                 JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                 JOIN helpdesk_ticket_sale_order_rel r ON r.helpdesk_ticket_id = t.id
                 JOIN sale_order o
                   ON o.id = r.sale_order_id AND o.company_id = t.company_id
                WHERE t.active AND NOT COALESCE(s.closed, FALSE)
                  AND o.journey_id IS NOT NULL
                GROUP BY t.id"""
        ),
    )
    _begin_journeys(
        env,
        "helpdesk.ticket",
        name=SQL("doc.name"),
        stage=SQL(
            """COALESCE(
                (SELECT journey_stage_id FROM helpdesk_ticket_stage
                  WHERE id = doc.stage_id),
                %s
            )""",
            env.ref("customer_service_stages.stage_contact").id,
        ),
        where=SQL(
            """doc.active AND doc.is_confidential IS NOT TRUE AND NOT EXISTS (
                SELECT FROM helpdesk_ticket_stage s
                 WHERE s.id = doc.stage_id AND s.closed
            )"""
        ),
    )
    for table in DOCUMENT_TABLES:
        env.cr.execute(
            SQL(
                """UPDATE %(table)s doc SET journey_stage_id = j.stage_id
                     FROM customer_journey j
                    WHERE j.id = doc.journey_id
                      AND doc.journey_stage_id IS DISTINCT FROM j.stage_id""",
                table=SQL.identifier(table),
            )
        )
    number_journeys(env.cr)
    _compute_orders_of_journeys(env)
    env.invalidate_all()


def uninstall_hook(env):
    """Leave a help desk that works without what goes.

    Journeys go first: the stages, which go next, are theirs. Tickets that wait for
    their customers are back in progress; the request types in use stay with the office.
    """
    _leave_completed(env)
    _give_back_mails(env)
    env.flush_all()
    env.cr.execute(
        """
        DELETE FROM ir_model_data
         WHERE module = 'customer_service_stages' AND model = 'helpdesk.ticket.type'
           AND res_id IN (SELECT type_id FROM helpdesk_ticket)
        """
    )
    # The reasons that opportunities were lost for stay with the office too
    env.cr.execute(
        """
        DELETE FROM ir_model_data
         WHERE module = 'customer_service_stages' AND model = 'crm.lost.reason'
           AND res_id IN (SELECT lost_reason_id FROM crm_lead)
        """
    )
    # What refers to records that are deleted one by one would be in their way
    env.cr.execute("UPDATE sale_order SET refusal_reason_id = NULL")
    env.cr.execute("DELETE FROM customer_sla_status")
    env.cr.execute("DELETE FROM customer_journey")
    env.invalidate_all()


def _leave_completed(env):
    """Take tickets out of the stage that goes with the addon."""
    completed = env.ref(
        "customer_service_stages.helpdesk_ticket_stage_completed",
        raise_if_not_found=False,
    )
    if not completed:
        return
    others = env["helpdesk.ticket.stage"].search(Domain("id", "!=", completed.id))
    working = others.filtered(lambda stage: stage.workflow_step == "executing")
    stage = (working or others)[:1]
    env.flush_all()
    env.cr.execute(
        "UPDATE helpdesk_ticket SET stage_id = %s WHERE stage_id = %s",
        (stage.id or None, completed.id),
    )
    env.invalidate_all()


def _give_back_mails(env):
    """Give the standard stages the mail that they had before."""
    mail = env.ref("helpdesk_mgmt.closed_ticket_template", raise_if_not_found=False)
    ours = env["mail.template"].browse(
        env["ir.model.data"]
        .search(
            Domain("module", "=", "customer_service_stages")
            & Domain("model", "=", "mail.template")
        )
        .mapped("res_id")
    )
    stages = env["helpdesk.ticket.stage"].with_context(active_test=False)
    stages.search(Domain("mail_template_id", "in", ours.ids)).mail_template_id = mail


def _begin_journeys(env, model_name, name, stage, where):
    """Begin a journey with each document of a kind that has none, in one statement."""
    model = env[model_name]
    event = model._journey_opening_event
    document_name = SQL("doc.name")
    if model_name == "helpdesk.ticket":
        document_name = SQL("CONCAT(doc.number, ' - ', doc.name)")
    env.cr.execute(
        SQL(
            """
            WITH doc AS (
                SELECT doc.id AS doc_id,
                       nextval('customer_journey_id_seq')::int AS journey_id,
                       %(name)s AS name,
                       %(document_name)s AS document_name,
                       %(stage)s AS stage_id,
                       doc.partner_id, doc.company_id, doc.user_id,
                       doc.create_date, doc.create_uid
                  FROM %(table)s doc
                 WHERE doc.journey_id IS NULL AND %(where)s
            ), journey AS (
                INSERT INTO customer_journey (
                    id, name, stage_id, state, partner_id, commercial_partner_id,
                    company_id, currency_id, user_id, origin_model, origin_id,
                    begin_date, contact_date, quote_date, delivery_date,
                    aftersales_date, date_last_stage_update, create_date, create_uid,
                    write_date, write_uid
                )
                SELECT doc.journey_id, doc.name, doc.stage_id, 'open', doc.partner_id,
                       p.commercial_partner_id, doc.company_id,
                       COALESCE(c.currency_id, %(currency)s), doc.user_id,
                       %(model)s, doc.doc_id, doc.create_date,
                       CASE WHEN s.code = 'contact' THEN doc.create_date END,
                       CASE WHEN s.code = 'quote' THEN doc.create_date END,
                       CASE WHEN s.code = 'delivery' THEN doc.create_date END,
                       CASE WHEN s.code = 'aftersales' THEN doc.create_date END,
                       NOW() AT TIME ZONE 'UTC', doc.create_date, doc.create_uid,
                       doc.create_date, doc.create_uid
                  FROM doc
                  JOIN customer_journey_stage s ON s.id = doc.stage_id
             LEFT JOIN res_partner p ON p.id = doc.partner_id
             LEFT JOIN res_company c ON c.id = doc.company_id
            ), event AS (
                INSERT INTO customer_journey_event (
                    journey_id, date, event, stage_id, is_move, user_id, res_model,
                    res_id, document_name, create_date, create_uid, write_date,
                    write_uid
                )
                SELECT doc.journey_id, doc.create_date, %(event)s, doc.stage_id, TRUE,
                       doc.create_uid, %(model)s, doc.doc_id, doc.document_name,
                       doc.create_date, doc.create_uid, doc.create_date, doc.create_uid
                  FROM doc
            )
            UPDATE %(table)s
               SET journey_id = doc.journey_id, journey_stage_id = doc.stage_id
              FROM doc
             WHERE %(table)s.id = doc.doc_id
            """,
            name=name,
            document_name=document_name,
            stage=stage,
            table=SQL.identifier(model._table),
            where=where,
            currency=env.company.currency_id.id,
            model=model_name,
            event=event,
        )
    )


def _join_journeys(env, table, linked):
    """Put documents into the journeys of those that they are linked to."""
    env.cr.execute(
        SQL(
            """UPDATE %(table)s SET journey_id = linked.journey_id
                 FROM (%(linked)s) linked
                WHERE %(table)s.id = linked.doc_id""",
            table=SQL.identifier(table),
            linked=linked,
        )
    )


def _advance_joined_to_quote(env):
    """An opportunity with a quotation is past its first contact."""
    env.cr.execute(
        SQL(
            """UPDATE customer_journey j
                  SET stage_id = %(quote)s, quote_date = o.first_date
                 FROM (
                     SELECT journey_id, MIN(create_date) AS first_date
                       FROM sale_order
                      WHERE journey_id IS NOT NULL AND state != 'cancel'
                      GROUP BY journey_id
                 ) o
                WHERE o.journey_id = j.id AND j.stage_id = %(contact)s""",
            quote=env.ref("customer_service_stages.stage_quote").id,
            contact=env.ref("customer_service_stages.stage_contact").id,
        )
    )


def _compute_orders_of_journeys(env):
    """Compute what journeys sum up of their orders, where there are any."""
    env.invalidate_all()
    journeys = env["sale.order"].search([("journey_id", "!=", False)]).journey_id
    for name in ("promised_date", "amount_ordered"):
        env.add_to_compute(journeys._fields[name], journeys)
    journeys.flush_recordset()
