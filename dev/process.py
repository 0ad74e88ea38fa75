"""Child processes: quiet while they work, readable when they fail."""

import contextlib
import subprocess
import tempfile

from . import paths
from .console import Problem


class CommandFailed(Exception):
    """A child ended with an error; `output` is all that it printed."""

    def __init__(self, command, output):
        super().__init__(f"{command[0]} failed")
        self.command = command
        self.output = output


def run(command, **options):
    """Run to the end and return what was printed.

    Standard input is closed: it may hold a script meant for a later command.
    """
    command = [str(part) for part in command]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        **options,
    )
    if done.returncode:
        raise CommandFailed(command, done.stdout)
    return done.stdout


def run_logged(command, log_name, advice, **options):
    """Run with the output in a log file; return its path."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / f"{log_name}.log"
    with log.open("wb") as stream:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
            **options,
        )
    if done.returncode:
        name = log.relative_to(paths.ROOT)
        raise Problem(
            f"{log_name} failed (exit code {done.returncode}).",
            f"{tail(log)}\n\nWhole log: {name}\n{advice}",
        )
    return log


def tail(log, lines=15):
    text = log.read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def run_side_by_side(commands, **options):
    """Run commands at the same time; the first prints now, the others at their end.

    :return: 0, or the exit code of one that failed.
    """
    first, *others = commands
    with contextlib.ExitStack() as stack:
        outputs = [stack.enter_context(tempfile.TemporaryFile()) for _ in others]
        processes = [subprocess.Popen(first, **options)]
        processes += [
            subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, **options
            )
            for command, output in zip(others, outputs, strict=True)
        ]
        codes = [process.wait() for process in processes]
        for output in outputs:
            output.seek(0)
            print(output.read().decode(errors="replace"), flush=True)
    return next(filter(None, codes), 0)
