from . import journey_mixin  # first: the documents inherit it

# isort: split
from . import (
    crm_lead,
    crm_stage,
    helpdesk_ticket,
    helpdesk_ticket_stage,
    journey,
    journey_event,
    journey_stage,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
)
