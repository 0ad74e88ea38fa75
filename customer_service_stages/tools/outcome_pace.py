"""Whether a delivery was faster than usual, and by how much (D6)."""


def is_quick(hours, usual, share):
    """Return whether a delivery beat what is usual for its kind.

    :param float hours: working hours that it took.
    :param float usual: the median of its kind, in working hours.
    :param int share: by how many percent it must be faster; 0 is never.

    >>> is_quick(35, 50, 30), is_quick(36, 50, 30), is_quick(1, 50, 0)
    (True, False, False)
    """
    return bool(share) and hours * 100 <= usual * (100 - share)


def as_said(hours, hours_per_day):
    """Return working time as people say it: (amount, unit), in hours or half days.

    >>> as_said(2.6, 8), as_said(0.2, 8)
    ((3, 'hour'), (1, 'hour'))
    >>> as_said(8, 8), as_said(21, 8), as_said(170, 8)
    ((1.0, 'day'), (2.5, 'day'), (21, 'day'))
    """
    days = hours / (hours_per_day or 24)
    if days < 1:
        return max(1, round(hours)), "hour"
    if days < 10:
        return round(days * 2) / 2, "day"
    return round(days), "day"
