"""What the developer sees. All of it on stderr: stdout belongs to the commands."""

import contextlib
import sys
import time


class Problem(Exception):
    """Something that the developer can put right, with the way to do it."""

    def __init__(self, message, advice):
        super().__init__(message)
        self.message = message
        self.advice = advice


def say(text):
    print(text, file=sys.stderr, flush=True)


def _colored(text, code):
    return f"\033[{code}m{text}\033[0m" if sys.stderr.isatty() else text


def warn(text):
    say(_colored(f"warning: {text}", "33"))


def show_problem(problem):
    say("")
    say(_colored(f"error: {problem.message}", "1;31"))
    for line in problem.advice.splitlines():
        say(_colored(f"  {line}", "31"))


@contextlib.contextmanager
def step(title):
    """Announce a step that takes its time, and say how long it took."""
    say(f"· {title} …")
    start = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - start:.1f} s")
