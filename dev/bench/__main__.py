"""Measure what the addon costs: python -m dev.bench [--check] [--only word]

Each line compares the addon with the same work without it, in the same run, because
milliseconds differ from one machine to the next. Numbers are medians; every run is
rolled back. The result is also kept in .odoo/bench.json.
"""

import argparse
import datetime
import json
import sys

from .. import paths
from ..console import Problem, say, show_problem, step
from . import sides

RESULTS = paths.STATE / "bench.json"
TOLERANCE = 1.1
#: Queries per record more of a large batch: Odoo reads a thousand records at a time.
CHUNKS = 0.02
LINE = "{:<44} {:>9}   {:>9} {:>9} {:>7} {:>7}   {:>8} {:>8} {:>6}   {}"


def main():
    parser = argparse.ArgumentParser(
        prog="python -m dev.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--check", action="store_true", help="fail when a target is missed"
    )
    parser.add_argument("--only", default="", help="measures with this in their name")
    arguments = parser.parse_args()
    try:
        rows = measure(arguments.only)
    except Problem as problem:
        show_problem(problem)
        return 1
    if not arguments.only:
        keep(rows)
    missed = [row for row in rows if row["verdict"] not in ("", "ok")]
    return 1 if missed and arguments.check else 0


def measure(word):
    """Run the measures whose name holds the word; print and return their rows."""
    from .measures import MEASURES

    chosen = [item for item in MEASURES if word in item.name]
    if not chosen:
        names = sorted({item.name for item in MEASURES})
        raise Problem(f"No measure is named like {word!r}.", "\n".join(names))
    with step("Preparing the databases"):
        sides.load(sides.make_databases(chosen))
    show_header()
    rows = []
    try:
        for item in chosen:
            row = row_of(item, *sides.compare(item))
            row["verdict"] = verdict(row, rows)
            rows.append(row)
            show(rows[-1])
    finally:
        sides.drop_databases()
    return rows


def row_of(item, without, having, note):
    """Return what there is to say of a measure, from its two median costs."""
    fewer = item.baseline_records or item.records
    without_ms = 1000 * without.seconds / fewer
    with_ms = 1000 * having.seconds / item.records
    return {
        "operation": item.name,
        "records": item.records,
        "without_ms": without_ms,
        "with_ms": with_ms,
        "ratio": with_ms / without_ms,
        "target": item.target,
        "without_queries": without.queries / fewer,
        "with_queries": having.queries / item.records,
        "with_sql_share": having.sql_seconds / having.seconds,
        "note": note,
    }


def verdict(row, earlier_rows):
    """Judge by the target, and by the queries of smaller batches."""
    if row["target"] is None:
        return ""
    if row["ratio"] > row["target"]:
        return "over"
    smaller = [
        added_queries(other)
        for other in earlier_rows
        if other["operation"] == row["operation"]
    ]
    if smaller and added_queries(row) > TOLERANCE * min(smaller) + CHUNKS:
        return "queries grow"
    return "ok"


def added_queries(row):
    """How many queries per record the addon adds."""
    return row["with_queries"] - row["without_queries"]


def show_header():
    print()
    print(
        LINE.format(
            *("", "", "ms/record", "", "ratio", "", "queries", "/record", "SQL", "")
        ).rstrip()
    )
    titles = ("operation", "records", "without", "with", "found", "target")
    print(LINE.format(*titles, "without", "with", "share", ""), flush=True)


def show(row):
    numbers = (
        figure(row["without_ms"], 3),
        figure(row["with_ms"], 3),
        figure(row["ratio"], 2),
        figure(row["target"], 2) if row["target"] else "–",
        f"{row['without_queries']:.2f}",
        f"{row['with_queries']:.2f}",
        f"{row['with_sql_share']:.0%}",
    )
    print(LINE.format(row["operation"], row["records"], *numbers, row["verdict"]))
    for line in row["note"].splitlines():
        print(f"    {line}")
    sys.stdout.flush()


def figure(number, decimals):
    """Return a number with so many decimals, or two digits where it is small."""
    return f"{number:.{decimals}f}" if number >= 0.1 else f"{number:.2g}"


def keep(rows):
    """Write the results down, with the moment they are of."""
    moment = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    result = {"measured": moment, "rows": rows}
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    say(f"\nKept in {RESULTS.relative_to(paths.ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
