"""What waits for the customer's approval: decisions that need no database (D3)."""

#: The states of a line that goes beyond what the customer has agreed to: that part is
#: neither delivered nor invoiced.
HELD = ("waiting", "refused")


def extra_state(is_gift, is_watched, exceeds, accepted, refused, beyond):
    """Return the state of a line as an extra, or None for one that is none.

    :param is_gift: whether the line is given free, as goodwill.
    :param is_watched: whether extras of its order wait for the customer.
    :param exceeds: whether it costs the customer more than was agreed.
    :param accepted: untaxed amount of what the customer accepted after the quote.
    :param refused: untaxed amount of what the customer refused last.
    :param beyond: untaxed amount beyond what was accepted with the quote.

    >>> def state(gift=False, watched=True, exceeds=False, **amounts):
    ...     amounts = {"accepted": 0, "refused": 0, "beyond": 0, **amounts}
    ...     return extra_state(gift, watched, exceeds, **amounts)
    >>> state(exceeds=True, beyond=84), state(exceeds=True, refused=84)
    ('waiting', 'refused')
    >>> state(accepted=84, beyond=84), state(refused=84), state(gift=True)
    ('accepted', 'refused', 'goodwill')
    >>> state(watched=False, beyond=84), state(watched=False, beyond=-5), state()
    ('unasked', None, None)
    """
    if is_gift:
        return "goodwill"
    if not is_watched:
        return "unasked" if beyond > 0 else None
    if exceeds:
        return "refused" if refused else "waiting"
    if refused:
        return "refused"
    return "accepted" if accepted > 0 else None


def invoiceable(due, agreed, invoiced):
    """Return how much of a line may be invoiced while a part of it is held.

    :param due: quantity that would be invoiced; what is taken back is below zero.
    :param agreed: quantity that the customer has agreed to.
    :param invoiced: quantity that has been invoiced.

    >>> invoiceable(5, 2, 0), invoiceable(3, 2, 2), invoiceable(5, 0, 0)
    (2, 0, 0)
    >>> invoiceable(1, 4, 0), invoiceable(-1, 2, 3)
    (1, -1)
    """
    return min(due, max(agreed - invoiced, 0))


def net_price(price_unit, discount):
    """Return the price of one unit after its discount in percent.

    >>> net_price(40, 0), net_price(40, 25)
    (40.0, 30.0)
    """
    return price_unit * (1 - discount / 100)
