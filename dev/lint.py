"""All checks that need no test: each says what is wrong and how to put it right."""

import configparser
import re
import subprocess
from pathlib import Path

from compose_spec import PyCompose
from lxml import etree

from . import databases, environment, paths, readme, translations
from .console import Problem, say, step

SETUP = paths.ROOT / "setup.cfg"
DOCKERFILE = paths.ROOT / "docker" / "Dockerfile"
COMPOSE = paths.ROOT / "docker" / "compose.yaml"
MOST_LINES = 60
SCRIPTS = [paths.ROOT / ".ci" / "run"]


def run():
    checks = {
        "Python's format": format_of_python,
        "Python": python,
        "Odoo's rules": odoo_rules,
        "XML": xml,
        "Data files": data_files,
        "Packaging": packaging,
        "Readme": readme.problems,
        "Containers": containers,
        "Scripts": scripts,
        "Translations": translations.problems,
    }
    found = []
    for title, check in checks.items():
        with step(title):
            found += [f"[{title}] {problem}" for problem in check()]
    if found:
        raise Problem(f"{len(found)} checks failed.", "\n".join(found))
    say("All checks passed.")


def _tool(advice, *command):
    """The output of a tool, if it finds fault, and what to do about it."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**environment.variables(), "NO_COLOR": "1"},
        cwd=paths.ROOT,
        check=False,
    )
    if done.returncode:
        lines = done.stdout.strip().splitlines()
        if len(lines) > MOST_LINES:
            lines[MOST_LINES:] = [f"… and {len(lines) - MOST_LINES} lines more"]
        yield "\n".join([*lines, advice])


# -- Python -----------------------------------------------------------------------


def format_of_python():
    repair = "Repair it: .odoo/venv/bin/ruff format"
    yield from _tool(repair, "ruff", "format", "--check")


def python():
    repair = "Repair it; some of it by: .odoo/venv/bin/ruff check --fix"
    yield from _tool(repair, "ruff", "check")


def odoo_rules():
    yield from _tool(
        "Repair it; the rules are those of pylint-odoo.",
        *("pylint", f"--rcfile={SETUP}", paths.ADDON_NAME),
    )


# -- data -------------------------------------------------------------------------


def xml():
    for path in sorted(paths.ADDON.rglob("*.xml")):
        try:
            etree.parse(str(path))
        except etree.XMLSyntaxError as error:
            yield f"{path.relative_to(paths.ROOT)}: {error}"


def data_files():
    """Files that the manifest names exist, and no data file is forgotten."""
    manifest = databases.manifest()
    named = {*manifest.get("data", []), *manifest.get("demo", [])}
    folders = ("data", "demo", "report", "security", "views", "wizards")
    present = {
        str(path.relative_to(paths.ADDON))
        for folder in folders
        for pattern in ("*.xml", "*.csv")
        for path in (paths.ADDON / folder).glob(pattern)
    }
    for name in sorted(named - present):
        if not (paths.ADDON / name).exists():
            yield f"the manifest names {name}, which does not exist"
    for name in sorted(present - named):
        yield f"{name} is not in the manifest: add it, or delete the file"
    yield from _tool(
        "Repair it; the rules are those of oca-odoo-pre-commit-hooks.",
        *("oca-checks-odoo-module", f"--config={SETUP}", paths.ADDON),
    )


# -- packaging --------------------------------------------------------------------


def packaging():
    """setup.cfg repeats what the manifest says; both must agree."""
    config = configparser.ConfigParser()
    config.read(SETUP, encoding="utf-8")
    manifest = databases.manifest()
    if config["metadata"]["version"] != manifest["version"]:
        yield f"setup.cfg: write version = {manifest['version']}, as in the manifest"
    yield from _difference("packages", _lines(config, "packages"), _packages())
    required = {line for line in _lines(config, "install_requires") if "addon" in line}
    yield from _difference("install_requires", required, _required(manifest))
    pinned = set(re.findall(r"(?m)^([\w-]+)==", paths.REQUIREMENTS_OCA.read_text()))
    wanted = {line.split("==")[0] for line in _required(manifest)}
    for name in sorted(wanted - pinned):
        yield f"dev/requirements-oca.txt: add {name} with its version"


def _lines(config, option):
    return set(filter(None, config["options"][option].splitlines()))


def _difference(option, present, wanted):
    for line in sorted(wanted - present):
        yield f"setup.cfg, {option}: add {line}"
    for line in sorted(present - wanted):
        yield f"setup.cfg, {option}: remove {line}"


def _packages():
    folders = {path.parent for path in paths.ADDON.rglob("__init__.py")}
    return {
        ".".join(("odoo.addons", *folder.relative_to(paths.ROOT).parts))
        for folder in folders
    }


def _required(manifest):
    """Dependencies that are not Odoo's own come from PyPI."""
    site = Path(etree.__file__).parents[1] / "odoo" / "addons"
    return {
        f"odoo-addon-{name.replace('_', '-')}==19.0.*"
        for name in manifest["depends"]
        if (site / name).exists()
    }


# -- containers and scripts -------------------------------------------------------


def containers():
    yield from _tool(
        "Repair it.",
        "hadolint",
        "--no-color",
        "--failure-threshold=warning",
        DOCKERFILE,
    )
    yield from _compose()


def _compose():
    try:
        compose = PyCompose.from_yaml(COMPOSE.read_text())
        compose.validate()
        compose.to_spec()
    except Exception as error:  # the binding has no narrower type
        yield f"docker/compose.yaml: {error}"


def scripts():
    yield from _tool("Repair it.", "shellcheck", *SCRIPTS)
