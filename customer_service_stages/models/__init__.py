# first: the documents inherit these
from . import compiled_mixin, due_mixin, journey_mixin, mail_thread, own_mixin

# isort: split
from . import about_mixin, confirmation_mixin, sla_mixin, sla_part_mixin

# isort: split
from . import (
    confirmation,
    crm_lead,
    crm_stage,
    helpdesk_ticket,
    helpdesk_ticket_channel,
    helpdesk_ticket_stage,
    helpdesk_ticket_team,
    helpdesk_ticket_type,
    ir_http,
    journey,
    journey_event,
    journey_stage,
    quote_condition,
    quote_conditions,
    quote_group,
    quote_group_rule,
    quote_included,
    quote_inclusion,
    quote_term,
    res_company,
    res_config_settings,
    res_partner,
    res_users,
    resource_calendar,
    resource_calendar_attendance,
    resource_calendar_leaves,
    sale_order,
    sale_order_line,
    sale_order_template,
    sale_order_template_line,
    sla_alert,
    sla_escalation,
    sla_history,
    sla_pause,
    sla_policy,
    sla_policy_import,
    sla_reason,
    sla_status,
    sla_sweep,
    sla_target,
)

# isort: split
from . import quote_margin, quote_order, sla_journey
