from . import confirmation, helpdesk
