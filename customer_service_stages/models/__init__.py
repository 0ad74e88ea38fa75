from . import journey_mixin  # the documents below inherit it
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
