"""The addon's README.rst, made of the fragments in its folder `readme`."""

import re

from . import databases, paths

README = paths.ADDON / "README.rst"

#: The parts after the description, in their order, and the fragments they are made of.
PARTS = (
    ("Use Cases / Context", "CONTEXT"),
    ("Configuration", "CONFIGURE"),
    ("Usage", "USAGE"),
    ("Known Issues / Roadmap", "ROADMAP"),
    ("Changelog", "HISTORY"),
    ("Contributors", "CONTRIBUTORS"),
)

HEAD = """\
{line}
{name}
{line}

:Version: {version}
:Development status: {development_status}
:Licence: {license}

{description}

.. image:: static/description/journey_board.png
   :alt: The board of journeys: four columns, one card per customer need

**Table of contents**

.. contents::
   :local:
"""


def write():
    """Write README.rst anew."""
    README.write_text(text(), encoding="utf-8")


def problems():
    if README.read_text(encoding="utf-8") != text():
        yield "README.rst is not what its fragments say: make readme"


def text():
    """Return what README.rst has to be."""
    manifest = databases.manifest()
    head = HEAD.format(
        **manifest,
        line="=" * len(manifest["name"]),
        description=_fragment("DESCRIPTION"),
    )
    parts = [f"{title}\n{'=' * len(title)}\n\n{_fragment(n)}\n" for title, n in PARTS]
    return "\n".join([head, *parts])


def _fragment(name):
    """Return a fragment in the other markup, as far as the fragments use theirs."""
    markdown = (paths.ADDON / "readme" / f"{name}.md").read_text(encoding="utf-8")
    rst = re.sub(r"`([^`]+)`", r"``\1``", markdown.strip())
    rst = re.sub(r"\\([>*])", r"\1", rst)
    return re.sub(r"(?m)^## (.+)$", lambda m: f"{m[1]}\n{'-' * len(m[1])}", rst)
