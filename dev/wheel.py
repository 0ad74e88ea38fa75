"""The addon as a package for pip."""

import shutil
import sys

from . import paths
from .console import Problem, say, step
from .process import CommandFailed, run

DIST = paths.STATE / "dist"
SOURCES = ("setup.cfg", "pyproject.toml", "README.md")


def build():
    """Build from a copy: setuptools leaves its workings beside the sources."""
    workshop = paths.STATE / "wheel"
    for folder in (DIST, workshop):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for name in SOURCES:
        shutil.copy(paths.ROOT / name, workshop)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ADDON, workshop / paths.ADDON_NAME, ignore=ignore)
    with step("Building the wheel"):
        try:
            run(
                [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index"]
                + ["--no-build-isolation", "--wheel-dir", DIST, workshop]
            )
        except CommandFailed as failed:
            raise Problem(
                "The wheel could not be built.",
                f"{failed.output[-3000:]}\nCheck setup.cfg and pyproject.toml.",
            ) from failed
    shutil.rmtree(workshop)
    for wheel in sorted(DIST.glob("*.whl")):
        say(f"  {wheel.relative_to(paths.ROOT)}")
