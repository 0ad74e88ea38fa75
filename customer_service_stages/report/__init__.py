from . import confirmation_report
