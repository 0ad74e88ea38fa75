"""Debian packages without installing them: a private apt whose files are ours.

The host's package list and mirror are read, nothing of the host is written. apt
checks every signature against Debian's keyring; packages are unpacked, not installed,
so the same works for root and for an ordinary user.
"""

import os
import re
import shutil
from pathlib import Path

from . import paths, stamps
from .console import Problem, step, warn
from .process import CommandFailed, run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

# Series that hold what the host's own does not: Odoo itself and older assets.
EXTRA_SUITES = ("trixie", "sid")

# The C library must be the one of the host's loader; the others are only needed by
# maintainer scripts or by parts of PostgreSQL that are switched off.
NEVER_UNPACK = re.compile(
    r"(libc6|libc-bin|perl.*|libperl.*|libllvm.*|postgresql-common)_"
)

WITHOUT_APT = (
    "On a system other than Debian, bring the parts yourself:\n"
    "  ODOO_SRC=/path/to/odoo   a checkout of Odoo's branch 19.0\n"
    "  PGHOST=… PGUSER=…        a PostgreSQL server (13 or later), or\n"
    "  PGBIN=/path/to/bin       its programs (initdb, pg_ctl, postgres)\n"
    "  CHROMIUM=/path/to/chromium"
)


def codename():
    """The series of the host, such as `bookworm`; None when it is not Debian."""
    try:
        text = Path("/etc/os-release").read_text()
    except OSError:
        return None
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    values = {name: value.strip("\"'") for name, value in values.items()}
    return values.get("VERSION_CODENAME") if values.get("ID") == "debian" else None


def check_available():
    if codename() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        if not KEYRING.exists():
            raise Problem(
                f"{KEYRING} is missing: packages could not be verified.",
                "Install it: apt-get install debian-archive-keyring",
            )
        return
    raise Problem("This system has no apt of Debian to take parts from.", WITHOUT_APT)


# -- the host's mirror ------------------------------------------------------------


def _one_line_entries(text):
    """(uri, suites, components, options) of the classic `deb …` lines."""
    for line in text.splitlines():
        found = re.match(r"deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line)
        if found:
            options, uri, suite, components = found.groups()
            yield uri, [suite], components.split(), options or ""


def _deb822_entries(text):
    """The same of the newer files of `Field: value` paragraphs."""
    text = re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n", text):
        joined = re.sub(r"\n\s+", " ", paragraph)
        fields = dict(re.findall(r"^([\w-]+):\s*(.*)$", joined, flags=re.MULTILINE))
        fields = {name.lower(): value.strip() for name, value in fields.items()}
        if fields.get("enabled", "yes").lower() == "no":
            continue
        if "deb" not in fields.get("types", "").split():
            continue
        for uri in fields.get("uris", "").split():
            yield (
                uri,
                fields.get("suites", "").split(),
                fields.get("components", "").split(),
                fields.get("signed-by", ""),
            )


def _host_entries():
    folder = Path("/etc/apt")
    lists = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]
    for path in filter(Path.exists, lists):
        yield from _one_line_entries(path.read_text(errors="replace"))
    for path in sorted(folder.glob("sources.list.d/*.sources")):
        yield from _deb822_entries(path.read_text(errors="replace"))


def _mirror(series):
    """The first mirror of the host that serves Debian's own `series`, if any."""
    for uri, suites, components, options in _host_entries():
        foreign_key = "signed-by" in options.lower() or options.startswith("/")
        if foreign_key and "debian-archive" not in options:
            continue
        if series in [suite.rstrip("/") for suite in suites] and "main" in components:
            return uri
    return None


def _sources(series):
    archive = _mirror(series)
    if not archive:
        raise Problem(
            f"The apt sources of this system name no mirror of Debian {series}.",
            f"Name one in /etc/apt/sources.list, or do without.\n{WITHOUT_APT}",
        )
    suites = dict.fromkeys([series, f"{series}-updates", *EXTRA_SUITES])
    security_suite = f"{series}-security"
    return "\n".join(
        f"Types: deb\nURIs: {uri}\nSuites: {names}\nComponents: main\n"
        f"Signed-By: {KEYRING}\n"
        for uri, names in [
            (archive, " ".join(suites)),
            (_mirror(security_suite), security_suite),
        ]
        if uri
    )


# -- the private apt --------------------------------------------------------------


def _network_settings():
    """Proxies and certificates that the host's apt needs; nothing else of it."""
    dump = run(["apt-config", "dump", "Acquire"])
    return "\n".join(
        line
        for line in dump.splitlines()
        if re.match(r"Acquire::(https?|Retries)\b", line)
    )


def _write_configuration(series):
    for folder in ("state/lists/partial", "cache/archives/partial", "sources"):
        (paths.APT / folder).mkdir(parents=True, exist_ok=True)
    (paths.APT / "sources" / "debian.sources").write_text(_sources(series))
    (paths.APT / "apt.conf").write_text(
        f"""{_network_settings()}
Dir::State "{paths.APT}/state";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "{paths.APT}/cache";
Dir::Log "{paths.APT}";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "{paths.APT}/sources";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "/dev/null";
APT::Default-Release "/^{series}(|-updates|-security)$/";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Debug::NoLocking "true";
"""
    )


def apt_get(*arguments, cwd=None):
    environment = {**os.environ, "APT_CONFIG": f"{paths.APT}/apt.conf", "LC_ALL": "C"}
    return run(["apt-get", "--quiet", "--yes", *arguments], env=environment, cwd=cwd)


def _is_network_failure(output):
    return re.search(
        r"Could not (resolve|connect)|Temporary failure|Unable to connect|timed out"
        r"|Network is unreachable|Connection (refused|failed)",
        output,
    )


def failure(failed, purpose):
    """Turn apt's output into advice."""
    lines = [line for line in failed.output.splitlines() if line[:2] in ("E:", "W:")]
    detail = "\n".join(lines[-6:] or failed.output.splitlines()[-6:])
    if _is_network_failure(failed.output):
        return Problem(
            f"No network: the Debian mirror could not be reached {purpose}.",
            f"{detail}\n\nRun the same command again when the network is back; it "
            "goes on where it stopped.\nWithout network:\n"
            "  ODOO_SRC=/path/to/odoo (a checkout) or ODOO_DEB=/path/to/odoo-19….deb\n"
            "  PGHOST=… (a running PostgreSQL) or PGBIN=/path/to/its/programs\n"
            "  CHROMIUM=/path/to/chromium",
        )
    return Problem(f"apt failed {purpose}.", f"{detail}\n\n{WITHOUT_APT}")


def refresh():
    """Fetch the package lists, once per set-up."""
    check_available()
    if (paths.APT / "state" / "updated").exists():
        return
    _write_configuration(codename())
    with step("Reading Debian's package lists"):
        try:
            _update()
        except CommandFailed as failed:
            raise failure(failed, "for the package lists") from failed
    (paths.APT / "state" / "updated").touch()


def _update():
    try:
        apt_get("update")
    except CommandFailed as failed:
        if "is expired" not in failed.output:
            raise
        warn("the mirror's lists are past their date; their signatures are valid")
        apt_get("update", "-o", "Acquire::Check-Valid-Until=false")


def forget_lists():
    """The lists take more room than all else of apt, and are only needed once."""
    shutil.rmtree(paths.APT, ignore_errors=True)


# -- packages ---------------------------------------------------------------------


def unpack(deb, folder):
    run(["dpkg-deb", "--extract", deb, folder])


def download(names, folder):
    """Fetch single packages, each `name`, `name=version` or `name/series`."""
    folder.mkdir(parents=True, exist_ok=True)
    apt_get("download", *names, cwd=folder)
    return sorted(folder.glob("*.deb"))


def ensure_programs(names):
    """Unpack programs, with all that the host lacks for them, into `.odoo/root`."""
    if not names:
        return
    series = codename()
    key = stamps.digest(series, *sorted(names), NEVER_UNPACK.pattern)
    if stamps.is_current(paths.PROGRAMS, key):
        return
    refresh()
    stamps.build(paths.PROGRAMS, key, lambda folder: _unpack_programs(names, folder))


def _unpack_programs(names, folder):
    try:
        with step(f"Downloading {', '.join(names)} and what they need"):
            apt_get("install", "--download-only", *names)
    except CommandFailed as failed:
        raise failure(failed, f"for {', '.join(names)}") from failed
    with step("Unpacking them"):
        for deb in sorted((paths.APT / "cache" / "archives").glob("*.deb")):
            if not NEVER_UNPACK.match(deb.name):
                unpack(deb, folder)


def library_path():
    """Where programs in `.odoo/root` find their libraries."""
    folders = [paths.PROGRAMS / "usr" / "lib", paths.PROGRAMS / "lib"]
    found = [path for base in folders for path in base.glob("*-linux-gnu*")]
    extra = [path / "nss" for path in found] + [path / "pulseaudio" for path in found]
    return ":".join(str(path) for path in found + extra if path.is_dir())
