"""What may tell the hidden prices of a quote: decisions that need no database (Q3)."""

import re

#: How the text of a mail comes to the lines of an order or invoice.
_LINES = re.compile(r"order_line|invoice_line|lines_to_report|\bline_ids\b")


def tells_lines(source):
    """Return whether the source of a mail goes through the lines of its document.

    >>> tells_lines('<t t-foreach="object.order_line" t-as="line">')
    True
    >>> tells_lines("{{ object.name }} for {{ object.partner_id.name }}")
    False
    >>> tells_lines(False)
    False
    """
    return bool(source and _LINES.search(str(source)))
