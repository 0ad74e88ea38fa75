from . import confirmation_report, sla_report
