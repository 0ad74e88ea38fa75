from . import confirmation_report, quote_report, sla_report

# isort: split
from . import quote_report_group
