"""What is measured. A measure is a function of an environment and of what its
preparation returned; MEASURES, at the end, says how often and against which target."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from odoo.tools import SQL

from . import populate, screens

#: As in Odoo's own import of files.
IMPORT = MappingProxyType({"tracking_disable": True})
OPPORTUNITIES = [("type", "=", "opportunity")]


class Measure(NamedTuple):
    """One line of the table: `run` without the addon against `run` with it.

    A measure without a target tells, and judges nothing. With a `baseline`, both run
    with the addon: the baseline against `run`.
    """

    name: str
    records: int
    run: Callable
    target: float | None
    prepare: Callable = lambda env: None
    context: Mapping = MappingProxyType({})
    repeat: int = 5
    warm_up: bool = True
    baseline: Callable | None = None


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


# -- the first install --------------------------------------------------------------


def first_install(records, target=30):
    """Begin the journeys of a database in use, against inserting as many bare rows."""

    def prepare(env):
        populate.documents(env, "crm.lead", records // 2)
        populate.documents(env, "helpdesk.ticket", records // 2)

    def run(env, _state):
        from odoo.addons.customer_service_stages import hooks

        mails = _count_mails(env)
        # The column that the first install makes and fills beforehand
        env.cr.execute("ALTER TABLE helpdesk_ticket DROP COLUMN date_last_stage_update")
        hooks.pre_init_hook(env)
        hooks.post_init_hook(env)
        if _count_mails(env) != mails:
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


def _count_mails(env):
    env.cr.execute(
        "SELECT (SELECT COUNT(*) FROM mail_message), (SELECT COUNT(*) FROM mail_mail)"
    )
    return env.cr.fetchone()


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
    first_install(200_000),
)
