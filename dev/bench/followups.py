"""What it costs to plan follow-ups, to pick what is due, and to send it (F5)."""

from unittest.mock import patch

from odoo import fields

from . import populate
from .measure import Measure, count_mails, uncommitted, work_around_the_clock

LAYOUT = "mail.mail_notification_light"


def template(env):
    """Return a mail as people write it: some words, a name, a button."""
    return env["mail.template"].create(
        {
            "name": "Gracias",
            "model_id": env["ir.model"]._get_id("sale.order"),
            "subject": "Gracias por {{ object.name }}",
            "email_to": "{{ object.partner_id.email_formatted }}",
            "lang": "{{ object.partner_id.lang }}",
            "body_html": "<p>Hola <t t-out='object.partner_id.name'/>:</p>"
            "<p>Gracias por su pedido <t t-out='object.name'/>.</p>"
            "<p><a t-att-href='object.get_base_url()'>Ver el pedido</a></p>",
        }
    )


def rule(env):
    """Return the only rule that is switched on: it writes as soon as it may."""
    env["customer.followup.rule"].search([]).active = False
    return env["customer.followup.rule"].create(
        {
            "name": "Gracias",
            "event": "delivery_completed",
            "delay": 0,
            "delay_unit": "day",
            "template_id": template(env).id,
            "is_on": True,
            "live_date": "2020-01-01",
        }
    )


def _compose(env, state):
    """Create as many mails by the same template, with core's batch composer alone."""
    followup_rule, orders = state
    followup_rule.template_id.send_mail_batch(orders.ids, email_layout_xmlid=LAYOUT)


def following_up(records, target=1.3, **options):
    """Plan and send, against the same mails by core's batch composer alone.

    The other side makes them with `send_mail_batch` of the same template, in a layout,
    in one call: nothing is planned, checked or noted, and nobody may opt out.
    """

    def prepare(env):
        work_around_the_clock(env)
        orders = populate.delivered_orders(env, records)
        return rule(env), orders

    def run(env, state):
        _rule, orders = state
        mails = count_mails(env)
        with uncommitted(env):
            orders.sudo()._journey_event("delivery_completed")
            env.cr.flush()
            env["customer.followup"].sudo()._cron_follow_up()
        expected = tuple(count + records for count in mails)
        if count_mails(env) != expected:
            became = env["customer.followup"]._read_group(
                [], ["state", "reason"], ["__count"]
            )
            raise AssertionError(f"{records} are not sent: {became}")

    return Measure(
        "follow-ups: plan and send, against composer alone",
        records,
        run,
        target,
        prepare=prepare,
        baseline=_compose,
        **options,
    )


def planning(records, **options):
    """Plan alone, to tell its share of the above."""

    def prepare(env):
        orders = populate.delivered_orders(env, records)
        return rule(env), orders

    def run(env, state):
        env["customer.followup"].sudo()._plan(*state)

    return Measure(
        "follow-ups: plan, against composer alone",
        records,
        run,
        None,
        prepare=prepare,
        baseline=_compose,
        **options,
    )


def picking(due, few, many, target=2, **options):
    """Pick what is due among many that wait for their time, against among few."""

    def preparing(idle):
        def prepare(env):
            orders = populate.delivered_orders(env, due)
            followups = env["customer.followup"].sudo()
            followups._plan(rule(env), orders)
            populate.idle_followups(orders.followup_ids[0], idle)

        return prepare

    def run(env, _state):
        followups = env["customer.followup"].sudo()
        with patch.object(env.registry["customer.followup"], "_due_batch", due):
            picked = followups._lock_due()
        late = picked.filtered(lambda f: f.planned_date <= fields.Datetime.now())
        if len(late) != due:
            raise AssertionError(f"{len(late)} picked instead of {due}")

    return Measure(
        f"follow-ups: pick due among {many:,}, against {few:,}",
        due,
        run,
        target,
        prepare=preparing(many),
        baseline=run,
        prepare_baseline=preparing(few),
        **options,
    )


MEASURES = (
    planning(1_000),
    following_up(1_000, repeat=3),
    following_up(10_000, repeat=1, warm_up=False),
    picking(100, few=1_000, many=1_000_000, repeat=21),
)
