from . import (
    confirmation_answer,
    confirmation_request,
    journey_assign,
    journey_move,
    ticket_close,
    ticket_reopen,
)
