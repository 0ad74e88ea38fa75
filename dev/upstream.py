"""The tests of the modules that the addon extends, with the addon installed.

Odoo's own runner runs them on a fresh database. What passed without the addon is in
`upstream-baseline.txt`; the addon must not change it.
"""

import re
import subprocess

from . import databases, environment, paths, postgres, server, setup
from .console import Problem, say, step

DATABASE = "upstream"
MODULES = ("crm", "sale_crm", "helpdesk_mgmt")
BASELINE = paths.DEV / "upstream-baseline.txt"
TAGS = ",".join(f"/{module}" for module in MODULES)

STARTED = re.compile(r" (odoo\.addons\.\S+): Starting (\w+\.\w+) \.\.\.")
FAILED = re.compile(r" (odoo\.addons\.\S+): (?:FAIL|ERROR): (\w+\.\w+)")
SUMMARY = re.compile(r"odoo\.tests\.result: .*")


def compare():
    paths.LOGS.mkdir(exist_ok=True)
    log = paths.LOGS / "upstream.log"
    with step(f"Running the tests of {', '.join(MODULES)} (about four minutes)"):
        _run(log)
    text = log.read_text(encoding="utf-8", errors="replace")
    started, failed = _found(STARTED, text), _found(FAILED, text)
    expected = set(BASELINE.read_text().splitlines())
    differences = [
        *(f"failed   {test}" for test in sorted(failed)),
        *(f"not run  {test}" for test in sorted(expected - started)),
        *(f"new      {test}" for test in sorted(started - expected - failed)),
    ]
    if not started:
        raise Problem("No test was run.", f"Log: {log.relative_to(paths.ROOT)}")
    if differences:
        raise Problem(
            f"{len(differences)} differences from {BASELINE.relative_to(paths.ROOT)}.",
            "\n".join(differences) + f"\n\nLog: {log.relative_to(paths.ROOT)}",
        )
    say(f"{len(started)} passed, 0 failed: the same as without the addon.")


def _found(pattern, text):
    return {f"{module} {test}" for module, test in pattern.findall(text)}


def _run(log):
    with setup.lock():
        postgres.ensure()
        databases.make_empty(DATABASE)
    modules = ",".join((*MODULES, paths.ADDON_NAME))
    command = databases.odoo_command(DATABASE, "-i", modules, f"--test-tags={TAGS}")
    port = f"--http-port={server.free_port()}"
    with log.open("wb") as output:
        # The exit code tells of failures; the comparison by name tells more.
        subprocess.run(
            [*command, "--stop-after-init", port],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment.variables(),
            cwd=paths.ROOT,
            check=False,
        )
