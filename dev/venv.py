"""The Python environment, of exactly the pinned versions."""

import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

from . import odoo, paths, stamps
from .console import Problem, step
from .process import CommandFailed, run

OLDEST, TOO_NEW = (3, 11), (3, 14)


def check_python():
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return
    raise Problem(
        "Python {}.{} cannot run this set-up.".format(*sys.version_info),
        "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.11 …",
    )


def has_pip():
    """Debian's bare python3 comes without the means to make a pip."""
    return importlib.util.find_spec("ensurepip") is not None


def ensure():
    key = stamps.digest(
        paths.ROOT,
        sys.version_info,
        odoo.home(),
        files=[paths.REQUIREMENTS, paths.REQUIREMENTS_OCA],
    )
    if stamps.is_current(paths.VENV, key):
        return
    # Scripts in an environment hold its path, so it is built in place; the mark at
    # the end tells a complete one.
    shutil.rmtree(paths.VENV, ignore_errors=True)
    with step("Installing the Python packages"):
        _create()
        _link_odoo()
        _install()
    stamps.mark(paths.VENV, key)


def _create():
    if has_pip():
        run([sys.executable, "-m", "venv", paths.VENV])
        return
    run([sys.executable, "-m", "venv", "--without-pip", paths.VENV])
    folders = [Path("/usr/share/python-wheels")]
    folders.append(paths.PROGRAMS / "usr" / "share" / "python-wheels")
    wheels = [wheel for folder in folders for wheel in folder.glob("pip-*.whl")]
    if not wheels:
        raise Problem(
            "This Python has no pip, and none was found.",
            "Install it (apt-get install python3-venv) and run the command again.",
        )
    run([paths.PYTHON, f"{wheels[0]}/pip", "install", "--no-index", wheels[0]])


def _link_odoo():
    """Make `import odoo` find the tree; addons from wheels join its namespace."""
    site = next((paths.VENV / "lib").glob("python3*")) / "site-packages"
    (site / "odoo.pth").write_text(f"{odoo.home()}\n")


def _install():
    # Every version is pinned, so that pip need not (and must not) choose any.
    pip = [paths.PYTHON, "-m", "pip", "--disable-pip-version-check", "install"]
    files = ["-r", paths.REQUIREMENTS, "-r", paths.REQUIREMENTS_OCA]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    try:
        run([*pip, "--no-deps", *files], env=environment)
    except CommandFailed as failed:
        raise _failure(failed.output) from failed


def _failure(output):
    if re.search(r"connection broken|Max retries|timed out", output):
        return Problem(
            "No network: the Python package index could not be reached.",
            "Run the same command again when it is back; what pip has downloaded is "
            "kept.\nA mirror or proxy of yours: pip config set global.index-url …",
        )
    errors = [line for line in output.splitlines() if line.startswith("ERROR")]
    return Problem(
        "pip could not install the Python packages.",
        "\n".join(errors[-6:] or output.splitlines()[-6:])
        + "\n\nThe versions stand in dev/requirements.txt and "
        "dev/requirements-oca.txt.",
    )
