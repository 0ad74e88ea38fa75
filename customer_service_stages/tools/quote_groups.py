"""How the lines of a quote come into groups: decisions that need no database (Q2)."""

from typing import NamedTuple


class GroupRule(NamedTuple):
    """Which lines go to a group; what is left open matches every line.

    >>> from types import SimpleNamespace as Traits
    >>> pipes = GroupRule(group=1, categories=frozenset({7}))
    >>> pipes.matches(Traits(categories={2, 7})), pipes.matches(Traits(categories={2}))
    (True, False)
    >>> GroupRule(group=2).matches(Traits())
    True
    >>> GroupRule(group=2, company=1).matches(Traits(company=2))
    False
    """

    group: int
    line_types: frozenset = frozenset()
    products: frozenset = frozenset()
    categories: frozenset = frozenset()
    tags: frozenset = frozenset()
    company: int | None = None

    def matches(self, line):
        """Return whether a line meets all conditions.

        :param line: has `line_type`, `product`, `company`, `tags` and `categories`, its
            product's own and all above. No more is asked than it takes to decide.
        """
        return (
            (not self.company or line.company == self.company)
            and (not self.line_types or line.line_type in self.line_types)
            and (not self.products or line.product in self.products)
            and (not self.categories or not self.categories.isdisjoint(line.categories))
            and (not self.tags or not self.tags.isdisjoint(line.tags))
        )


class Inclusion(NamedTuple):
    """Included work that quotes say by themselves (Q4).

    >>> carried = Inclusion(5, False, groups=frozenset({1}), products=frozenset())
    >>> carried.is_due(1, groups={1, 2}, products=set())
    True
    >>> carried.is_due(1, groups={2}, products={3})
    False
    >>> carried._replace(company=2).is_due(1, groups={1}, products=set())
    False
    """

    id: int
    company: int
    groups: frozenset
    products: frozenset

    def is_due(self, company, groups, products):
        """Return whether a quote with these groups and products says so."""
        return self.company in (False, company) and not (
            self.groups.isdisjoint(groups) and self.products.isdisjoint(products)
        )


class Entry(NamedTuple):
    """A line as it stands in the quote.

    :param kind: `section`, `subsection`, `note` or `line`.
    :param group: of a section, the group that it was made for, None if made by hand; of
        a line, the group that it belongs to.
    """

    id: int
    kind: str
    group: int | None = None


class Section(NamedTuple):
    """A section of the arranged quote, with all that stands in it, in order.

    :param group: the group that it is for, None for a section made by hand.
    :param header: the id of the section's own line, None if it is yet to be made.
    """

    group: int | None
    header: int | None
    lines: tuple


def arrange(entries, rank):
    """Return how the lines of a quote stand once they are in groups.

    Sections made by hand stay as they are, with all that stands in them. Every other
    line goes to the section of its group. The order within groups stays, and so does
    the order of sections that are there already; new ones come in the groups' order,
    before what was made by hand. A note stays with the line above it; a subsection
    takes what stands in it along. Arranging what is arranged changes nothing.

    :param entries: the lines, in their order.
    :param rank: the ids of all groups, in the order in which quotes show them.
    :return: the ids of what stands above all sections (notes), and the sections.

    >>> def show(entries, rank):
    ...     head, sections = arrange(entries, rank)
    ...     return head, [tuple(section) for section in sections]
    >>> pipe, hour, tap = Entry(1, "line", 7), Entry(2, "line", 8), Entry(3, "line", 7)
    >>> show([hour, pipe, tap], [7, 8])
    ((), [(7, None, (1, 3)), (8, None, (2,))])

    What was made by hand stays together, and a note with its line:

    >>> own, note = Entry(9, "section"), Entry(10, "note")
    >>> show([note, hour, Entry(11, "note"), pipe, own, tap], [7, 8])
    ((10,), [(7, None, (1,)), (8, None, (2, 11)), (None, 9, (3,))])

    Again, with a line more; a section that was moved by hand stays where it is, and
    one that nothing is left for goes:

    >>> made = [Entry(21, "section", 8), hour, Entry(20, "section", 7), pipe, tap]
    >>> show(made, [7, 8])
    ((), [(8, 21, (2,)), (7, 20, (1, 3))])
    >>> show([Entry(20, "section", 7), hour], [7, 8])
    ((), [(8, None, (2,))])
    """
    head, own, headers, members, order = [], {}, {}, {}, []
    place, is_own = head, False
    for block in _blocks(entries):
        first = block[0]
        if first.kind == "section" and first.group is None:
            order.append(("own", first.id))
            own[first.id] = place = []
            block, is_own = block[1:], True
        elif first.kind == "section":
            if first.group not in headers:
                headers[first.group] = first.id
                order.append(("group", first.group))
            place = members.setdefault(first.group, [])
            block, is_own = block[1:], False
        elif not is_own and (group := _group_of(block)) is not None:
            place = members.setdefault(group, [])
        place.extend(entry.id for entry in block)
    for group in rank:
        if members.get(group) and group not in headers:
            order.insert(_position(order, group, rank), ("group", group))
    return tuple(head), [
        Section(None, key, tuple(own[key]))
        if kind == "own"
        else Section(key, headers.get(key), tuple(members[key]))
        for kind, key in order
        if kind == "own" or members.get(key)
    ]


def places(head, sections, end):
    """Return where everything goes, as (id, group, sequence).

    Headers that are yet to be made have no id.

    :param head: the ids of what stands above all sections.
    :param sections: as `arrange` returns them.
    :param int end: the sequence that comes after the last one.

    >>> places((10,), [Section(7, None, (1, 3))], 4)
    [(10, None, 0), (None, 7, 1), (1, 7, 2), (3, 7, 3)]
    """
    found = [(line, None) for line in head]
    for section in sections:
        found.append((section.header, section.group))
        found += [(line, section.group) for line in section.lines]
    first = end - len(found)
    return [(line, group, first + n) for n, (line, group) in enumerate(found)]


def _blocks(entries):
    """Return the entries in blocks that stay together."""
    blocks = []
    for entry in entries:
        starts = entry.kind in ("section", "subsection")
        in_subsection = blocks and blocks[-1][0].kind == "subsection"
        if starts or not (in_subsection or (blocks and entry.kind == "note")):
            blocks.append([entry])
        else:
            blocks[-1].append(entry)
    return blocks


def _group_of(block):
    """Return the group of a block: that of its first line, if it has one."""
    return next((entry.group for entry in block if entry.kind == "line"), None)


def _position(order, group, rank):
    """Return where a new group's section goes among those that are there."""
    later = set(rank[rank.index(group) + 1 :])
    last = 0
    for position, (kind, key) in enumerate(order):
        if kind == "group":
            if key in later:
                return position
            last = position + 1
    return last
