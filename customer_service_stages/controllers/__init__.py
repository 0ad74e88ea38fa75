from . import (
    confirmation,
    feedback,
    helpdesk,
    lost,
    opt_out,
    quote,
    quote_visit,
    review,
)
