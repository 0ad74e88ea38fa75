"""Make everything that a command needs, once; say what is done while it is done."""

import contextlib
import fcntl
import os
import shutil

from . import browser, debian, environment, odoo, paths, postgres, venv
from .console import Problem, say

NEEDED_SPACE = 3 * 1024**3


@contextlib.contextmanager
def lock():
    """One command at a time changes `.odoo`; others wait."""
    paths.STATE.mkdir(exist_ok=True)
    with paths.LOCK.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("· Waiting for another command that is setting up …")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def ensure():
    venv.check_python()
    _check_place()
    with lock():
        _check_space()
        debian.ensure_programs(_missing_programs())
        odoo.ensure()
        venv.ensure()
        debian.forget_lists()
        browser.write_wrappers()
        postgres.write_wrappers()
        environment.write_config()


def _missing_programs():
    pip = () if venv.has_pip() else ("python3-pip-whl",)
    return [*postgres.packages(), *browser.packages(), *pip]


def _check_place():
    os.umask(0o022)
    # The paths end up in scripts and in lists that are separated by commas or colons.
    if set(" ,:'\"") & set(str(paths.ROOT)):
        raise Problem(
            f"The folder's path has a blank or a mark in it: {paths.ROOT}",
            "Move the project to a folder without blanks, commas, colons and quotes.",
        )
    place = paths.STATE if paths.STATE.exists() else paths.ROOT
    if not os.access(place, os.W_OK):
        raise Problem(
            f"{place} cannot be written.",
            "Work as the user whose folder it is, or clone the project anew.",
        )


def _check_space():
    if (paths.VENV).exists():
        return
    free = shutil.disk_usage(paths.STATE).free
    if free < NEEDED_SPACE:
        raise Problem(
            f"The first run needs 3 GB of free disk; {paths.ROOT} has "
            f"{free / 1024**3:.1f} GB.",
            "Make room, or clone the project to another disk.",
        )


def clean():
    """Stop the private server and remove all that was made."""
    if not paths.STATE.exists():
        return
    with lock():
        postgres.stop()
        shutil.rmtree(paths.SHORT, ignore_errors=True)
        shutil.rmtree(paths.STATE)
