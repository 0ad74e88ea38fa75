from . import (
    confirmation_report,
    delivery_report,
    extra_report,
    feedback_report,
    lost_report,
    outcome_report,
    quote_report,
    sla_report,
)

# isort: split
from . import quote_report_group
