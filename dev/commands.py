"""The commands of the Makefile. They run in `.odoo/venv`.

Their settings come from the environment (DB, DEMO, MODULES, PORT, ARGS), as make
passes them on.
"""

import argparse
import os
import shlex
import socket
import subprocess
import sys

from . import databases, environment, paths, postgres
from .console import Problem, say
from .process import run_side_by_side

DEMO_MODULES = ("website_crm",)
TEST_DATABASE = "test"

#: Each share of the tests takes a browser, an Odoo and half a gigabyte of memory.
MOST_SHARES = 4


def run(arguments):
    parser = argparse.ArgumentParser(prog="python3 -m dev")
    parser.add_argument("command", choices=sorted(COMMANDS))
    return COMMANDS[parser.parse_args(arguments).command]() or 0


# -- settings ---------------------------------------------------------------------


def _setting(name, default=""):
    return os.environ.get(name) or default


def _arguments():
    return shlex.split(_setting("ARGS"))


def _modules():
    return tuple(filter(None, _setting("MODULES").replace(" ", "").split(",")))


def _database(usage):
    name = _setting("DB")
    databases.check_name(name, usage)
    return name


def _replace_process(command):
    """Become that program: its exit code, signals and terminal are the command's."""
    sys.stdout.flush()
    os.chdir(paths.ROOT)
    os.execvpe(command[0], command, environment.variables())


def _run_module(name, *arguments):
    command = [str(paths.PYTHON), "-m", name, *arguments]
    done = subprocess.run(
        command, env=environment.variables(), cwd=paths.ROOT, check=False
    )
    return done.returncode


# -- databases --------------------------------------------------------------------


def db():
    name = _database("make db DB=name [DEMO=1] [MODULES=crm,website_crm]")
    databases.create(name, demo=bool(_setting("DEMO")), modules=_modules())


def shell():
    name = _database("make -s shell DB=name < script.py")
    databases.require(name)
    command = databases.odoo_command(name, "shell", "--no-http")
    _replace_process([*command, "--log-level=warn", *_arguments()])


def serve():
    name = _setting("DB", "demo")
    databases.check_name(name, "make serve DB=name [PORT=8069]")
    port = _free_port(_setting("PORT", "8069"))
    postgres.ensure()
    if name not in databases.names():
        databases.create(name, demo=True, modules=DEMO_MODULES)
    say(f"\nOdoo serves the database {name} at http://localhost:{port}/odoo")
    say("Sign in as admin, password admin.")
    if logins := databases.demo_logins(name):
        say(f"In the demo companies: {', '.join(logins)}; the password is the login.")
    say("Stop with Ctrl-C.\n")
    command = databases.odoo_command(name, f"--http-port={port}")
    _replace_process([*command, f"--db-filter=^{name}$", *_arguments()])


def _free_port(value):
    if not value.isdigit():
        raise Problem(
            f"PORT={value} is no number.", "For example: make serve PORT=8070"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except OSError as error:
            raise Problem(
                f"Port {value} is taken: {error.strerror}.",
                "Choose another one: make serve PORT=8070",
            ) from error
    return int(value)


def demo():
    name = _setting("DB", "demo")
    databases.check_name(name, "make demo [DB=demo]")
    databases.create(name, demo=True, modules=DEMO_MODULES)
    return _run_module("dev.walk", "--database", name, *_arguments())


# -- checks -----------------------------------------------------------------------


def test():
    name = _setting("DB", TEST_DATABASE)
    databases.check_name(name, "make test [DB=test] [ARGS='tests/test_x.py -k word']")
    modules = _modules() or databases.TEST_MODULES
    demo = bool(_setting("DEMO"))
    if arguments := _arguments():
        databases.create(name, demo=demo, modules=modules)
        _replace_process([*_pytest(name), *arguments])
    # Side by side, each share on a database of its own
    shares = _shares(paths.ROOT / "tests", min(os.cpu_count() or 1, MOST_SHARES))
    names = [name, *(f"{name}-{number}" for number in range(2, len(shares) + 1))]
    for database in names:
        databases.create(database, demo=demo, modules=modules)
    commands = [
        [*_pytest(database), *files]
        for database, files in zip(names, shares, strict=True)
    ]
    return run_side_by_side(commands, env=environment.variables(), cwd=paths.ROOT)


def _pytest(database):
    config = f"--odoo-config={paths.CONFIG}"
    return [str(paths.PYTHON), "-m", "pytest", config, f"--odoo-database={database}"]


def _shares(folder, count):
    """Deal out the files of tests, the biggest first, to whoever has least."""
    shares = [(0, [])] * count
    for path in sorted(folder.glob("test_*.py"), key=lambda path: -path.stat().st_size):
        size, files = min(shares)
        shares.remove((size, files))
        shares.append((size + path.stat().st_size, [*files, str(path)]))
    return [sorted(files) for _size, files in shares if files]


def test_upstream():
    from . import upstream

    return upstream.compare()


def lint():
    from . import lint as checks

    return checks.run()


def bench():
    postgres.ensure()
    return _run_module("dev.bench", *_arguments())


# -- products ---------------------------------------------------------------------


def pot():
    from . import translations

    return translations.update()


def readme():
    from . import readme as fragments

    fragments.write()


def wheel():
    from . import wheel as build

    return build.build()


COMMANDS = {
    "bench": bench,
    "db": db,
    "demo": demo,
    "lint": lint,
    "pot": pot,
    "readme": readme,
    "serve": serve,
    "shell": shell,
    "test": test,
    "test-upstream": test_upstream,
    "wheel": wheel,
}
