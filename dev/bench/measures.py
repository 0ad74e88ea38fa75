"""What is measured. A measure is a function of an environment and of what its
preparation returned; MEASURES, at the end, says how often and against which target."""

from lxml import etree

from odoo.tools import SQL

from .. import paths
from . import followups, populate, quotes, screens, service_levels
from .measure import (
    IMPORT,
    Measure,
    count_mails,
    uncommitted,
    work_around_the_clock,
)

OPPORTUNITIES = [("type", "=", "opportunity")]


# -- creating -----------------------------------------------------------------------


def creating(model_name, records, target=1.2, **options):
    def prepare(env):
        return populate.partners(env, 100)

    def run(env, customers):
        env[model_name].create(populate.VALS[model_name](customers, records))

    how = "import" if options.get("context") else "create"
    return Measure(
        f"{how} {model_name}", records, run, target, prepare=prepare, **options
    )


# -- screens ------------------------------------------------------------------------


def opening(screen, model_name, domain=(), target=1.1):
    """Open a view on the office's 20,000 documents."""

    def prepare(env):
        return screen(env, model_name)

    def run(env, load):
        load(env[model_name], list(domain))

    name = f"{screen.__name__} {model_name}"
    return Measure(name, screens.PAGE, run, target, prepare=prepare, repeat=41)


# -- asking customers, and reminding them --------------------------------------------

LAYOUT = "mail.mail_notification_light"
#: What the mails say of the question, in the words of a ticket that has none.
WITHOUT_QUESTION = (
    ("object.confirmation_id.email", "object.partner_id.email_formatted"),
    ("object.confirmation_id.summary", "object.name"),
    ("object.confirmation_id._link()", "object.get_base_url()"),
)


def asking(records, target=1.3, **options):
    """Complete tickets that are worked on, which asks their customers.

    Without the addon: the same move, and the same mail by core's batch composer.
    """

    def prepare(env):
        customers = populate.partners(env, records)
        tickets = env["helpdesk.ticket"].create(
            populate.ticket_vals(customers, records)
        )
        tickets.stage_id = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        if "customer.confirmation" in env:
            xmlid = "customer_service_stages.helpdesk_ticket_stage_completed"
            return tickets, env.ref(xmlid), None
        stage = env["helpdesk.ticket.stage"].create({"name": "Completed"})
        return tickets, stage, _template_without_question(env)

    def run(env, state):
        tickets, stage, template = state
        mails = env["mail.mail"].sudo().search_count([])
        tickets.write({"stage_id": stage.id})
        if template:
            template.send_mail_batch(tickets.ids, email_layout_xmlid=LAYOUT)
        _check_mails(env, mails + records)

    return Measure(
        "completed, against move + composer",
        records,
        run,
        target,
        prepare=prepare,
        **options,
    )


def _template_without_question(env):
    path = paths.ADDON / "data" / "mail_template_data.xml"
    [node] = etree.parse(path).findall(".//*[@id='mail_template_ticket_completed']")
    values = {"model_id": env["ir.model"]._get_id("helpdesk.ticket")}
    for name in ("name", "subject", "email_from", "email_to", "lang", "body_html"):
        [field] = node.findall(f"field[@name='{name}']")
        text = (field.text or "") + "".join(
            etree.tostring(child, encoding="unicode") for child in field
        )
        for words, others in WITHOUT_QUESTION:
            text = text.replace(words, others)
        values[name] = text
    return env["mail.template"].create(values)


def reminding(records, target=1.3, **options):
    """Remind customers by scheduled action, against core's batch composer alone."""

    def prepare(env):
        work_around_the_clock(env)
        return populate.completed_tickets(env, records)

    def run(env, _tickets):
        _follow_up(env, records)

    def compose(env, tickets):
        template = env.ref("customer_service_stages.mail_template_ticket_reminder")
        template.send_mail_batch(tickets.ids, email_layout_xmlid=LAYOUT)

    return Measure(
        "reminders, against composer alone",
        records,
        run,
        target,
        prepare=prepare,
        baseline=compose,
        **options,
    )


def following_up(due, few, many, target=2, **options):
    """Remind the few who are due among many who are not."""

    def preparing(idle):
        def prepare(env):
            work_around_the_clock(env)
            populate.completed_tickets(env, due)
            populate.idle_questions(env, idle)

        return prepare

    def run(env, _state):
        _follow_up(env, due)

    return Measure(
        f"due among {many:,}, against {few:,}",
        due,
        run,
        target,
        prepare=preparing(many),
        baseline=run,
        prepare_baseline=preparing(few),
        **options,
    )


def _follow_up(env, expected):
    """Run the scheduled action to its end, without commits."""
    mails = env["mail.mail"].sudo().search_count([])
    with uncommitted(env):
        env["customer.confirmation"].sudo()._cron_follow_up()
    _check_mails(env, mails + expected)


def _check_mails(env, expected):
    found = env["mail.mail"].sudo().search_count([])
    if found != expected:
        raise AssertionError(f"{found} mails instead of {expected}")


# -- the first install --------------------------------------------------------------


def first_install(records, target=30):
    """Begin the journeys of a database in use, against inserting as many bare rows."""

    def prepare(env):
        populate.documents(env, "crm.lead", records // 2)
        populate.documents(env, "helpdesk.ticket", records // 2)

    def run(env, _state):
        from odoo.addons.customer_service_stages import hooks

        mails = count_mails(env)
        # The column that the first install makes and fills beforehand
        env.cr.execute("ALTER TABLE helpdesk_ticket DROP COLUMN date_last_stage_update")
        hooks.pre_init_hook(env)
        hooks.post_init_hook(env)
        if count_mails(env) != mails:
            raise AssertionError("the first install has written messages or mails")
        if env["customer.journey"].search_count([]) < records:
            raise AssertionError(
                "the first install has left documents without journeys"
            )

    def insert(env, _state):
        stage = env.ref("customer_service_stages.stage_contact").id
        env.cr.execute(
            SQL(
                """INSERT INTO customer_journey
                       (name, stage_id, state, begin_date, origin_model, origin_id)
                   SELECT doc.name, %(stage)s, 'open', doc.create_date,
                          'crm.lead', doc.id
                     FROM crm_lead doc WHERE doc.journey_id IS NULL
                UNION ALL
                   SELECT doc.name, %(stage)s, 'open', doc.create_date,
                          'helpdesk.ticket', doc.id
                     FROM helpdesk_ticket doc WHERE doc.journey_id IS NULL""",
                stage=stage,
            )
        )

    return Measure(
        "first install, against INSERT…SELECT",
        records,
        run,
        target,
        prepare=prepare,
        repeat=1,
        warm_up=False,
        baseline=insert,
    )


MEASURES = (
    creating("crm.lead", 1, target=None, repeat=15),
    creating("crm.lead", 100),
    creating("crm.lead", 100, context=IMPORT),
    creating("crm.lead", 10_000, context=IMPORT, repeat=2, warm_up=False),
    creating("helpdesk.ticket", 1, target=None, repeat=15),
    creating("helpdesk.ticket", 100),
    creating("helpdesk.ticket", 100, context=IMPORT),
    creating("helpdesk.ticket", 10_000, context=IMPORT, repeat=2, warm_up=False),
    opening(screens.kanban, "crm.lead", OPPORTUNITIES),
    opening(screens.listing, "crm.lead", OPPORTUNITIES),
    opening(screens.kanban, "helpdesk.ticket"),
    opening(screens.listing, "helpdesk.ticket"),
    asking(1_000, repeat=3),
    reminding(10_000, repeat=1, warm_up=False),
    first_install(200_000),
    following_up(100, few=1_000, many=1_000_000, repeat=3),
    *followups.MEASURES,
    *quotes.MEASURES,
    *service_levels.MEASURES,
)
