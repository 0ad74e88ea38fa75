"""Entry point of the tooling: `python3 -m dev COMMAND`, mostly through make.

Runs twice. First with the developer's Python, and nothing but its standard library,
to make what is missing; then with the Python of `.odoo/venv`, to do the work.
"""

import os
import signal
import sys

from . import console


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - says so, instead of a traceback
        console.show_problem(
            console.Problem(
                "Python {}.{} is too old.".format(*sys.version_info),
                "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.11 …",
            )
        )
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return _run(sys.argv[1:])
    except console.Problem as problem:
        console.show_problem(problem)
        return 1
    except KeyboardInterrupt:
        console.say("\nStopped. Run the same command again to go on.")
        return 130


def _run(arguments):
    from . import environment, paths, setup

    if arguments == ["clean"]:
        setup.clean()
        return 0
    if sys.prefix != str(paths.VENV):
        setup.ensure()
        command = [str(paths.PYTHON), "-m", "dev", *arguments]
        sys.stderr.flush()
        os.chdir(paths.ROOT)
        os.execve(command[0], command, environment.variables())

    from . import commands

    return commands.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
