"""Where a customer's relationship with the company stands, need by need (J8)."""

#: The phases, in their order.
LIFE_PHASES = ("acquire", "serve", "grow", "retain")


def life_phase(number, origin, stage):
    """Return the phase of the relationship that a journey belongs to.

    A first need is won, then served. Who comes back wants something more, or comes with
    a request about what was done: that is looked after.

    :param int number: which need of the customer it is, from 1.
    :param str origin: the model of the document that the journey began with.
    :param str stage: code of the stage that the journey stands in.

    >>> life_phase(1, "crm.lead", "contact"), life_phase(1, "helpdesk.ticket", "quote")
    ('acquire', 'acquire')
    >>> life_phase(1, "sale.order", "delivery"), life_phase(1, "crm.lead", "aftersales")
    ('serve', 'serve')
    >>> life_phase(2, "crm.lead", "aftersales"), life_phase(5, "sale.order", "quote")
    ('grow', 'grow')
    >>> life_phase(2, "helpdesk.ticket", "contact")
    'retain'
    """
    if number > 1:
        return "retain" if origin == "helpdesk.ticket" else "grow"
    return "acquire" if stage in ("contact", "quote") else "serve"
