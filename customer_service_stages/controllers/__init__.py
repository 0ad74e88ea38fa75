from . import confirmation, helpdesk, quote, quote_visit
