"""The standard stage that waits for customers lets service levels stand still."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    xmlid = "helpdesk_mgmt.helpdesk_ticket_stage_awaiting"
    if stage := env.ref(xmlid, raise_if_not_found=False):
        stage.sla_paused = True
    # The acknowledgement tells dates now; what people have changed stays theirs
    xmlid = "customer_service_stages.mail_template_ticket_received"
    template = env.ref(xmlid, raise_if_not_found=False)
    if template and template.write_uid.id == SUPERUSER_ID:
        template.reset_template()
