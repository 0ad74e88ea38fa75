"""The database server: a private one of the project, or yours if PGHOST names it.

The private one listens on a socket only, trusts who can reach that socket, and
gives up safety against power cuts for speed: its databases can be made again.
"""

import functools
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from . import browser, debian, paths
from .console import Problem, step, warn
from .process import CommandFailed, run, tail

OLDEST = 13
SOCKET_LIMIT = 107
USER = "odoo"
PORT = "5432"
TOOLS = ("createdb", "dropdb", "psql")

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
}


def is_private():
    """Whether PGHOST names no server, or (in our own children) the private one."""
    host = os.environ.get("PGHOST")
    return not host or host == str(_folder())


def packages():
    """What to fetch from Debian."""
    return () if not is_private() or _host_programs() else ("postgresql",)


def write_wrappers():
    """Unpacked programs need their libraries; tests call createdb and dropdb."""
    programs = _programs() if is_private() else None
    if programs and paths.PROGRAMS in programs.parents:
        settings = {"LD_LIBRARY_PATH": debian.library_path()}
        for name in TOOLS:
            browser.write_wrapper(name, [programs / name], settings)


def environment():
    """What a client needs to reach the server."""
    if not is_private():
        return {}
    return {"PGHOST": str(_folder()), "PGPORT": PORT, "PGUSER": USER}


def client_path():
    programs = _host_programs() if is_private() else None
    return [str(programs)] if programs else []


# -- programs ---------------------------------------------------------------------


def _host_programs():
    named = os.environ.get("PGBIN")
    if named:
        if not (Path(named) / "initdb").exists():
            raise Problem(
                f"PGBIN={named} holds no initdb.",
                "Name the folder with PostgreSQL's server programs, such as "
                "/usr/lib/postgresql/15/bin.",
            )
        return Path(named)
    return _newest(Path("/")) or _on_path()


def _newest(root):
    found = {}
    for folder in root.glob("usr/lib/postgresql/*/bin"):
        version = folder.parent.name
        if version.isdigit() and int(version) >= OLDEST and _is_complete(folder):
            found[int(version)] = folder
    return found[max(found)] if found else None


def _on_path():
    program = shutil.which("initdb")
    folder = Path(program).resolve().parent if program else None
    if not folder or not _is_complete(folder):
        return None
    version = re.search(r"(\d+)", run([folder / "postgres", "--version"]))
    return folder if int(version[1]) >= OLDEST else None


def _is_complete(folder):
    return all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres"))


def _programs():
    return _host_programs() or _newest(paths.PROGRAMS)


# -- the account ------------------------------------------------------------------


def _account():
    """PostgreSQL refuses to run as root: root lends it another account."""
    if os.geteuid():
        return None
    names = [
        line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()
    ]
    return next((name for name in ("postgres", "nobody") if name in names), "nobody")


def _as_account(command):
    account = _account()
    if not account:
        return command
    group = "nogroup" if account == "nobody" else account
    return [
        "setpriv",
        f"--reuid={account}",
        f"--regid={group}",
        "--clear-groups",
        *command,
    ]


def _can_reach(path):
    try:
        run(_as_account(["test", "-x", path]), cwd="/")
    except CommandFailed:
        return False
    return True


@functools.cache
def _folder():
    """Where the cluster lives: in `.odoo` unless its path will not do."""
    folder = paths.STATE / "postgres"
    too_long = len(str(folder / f".s.PGSQL.{PORT}")) > SOCKET_LIMIT
    return (
        paths.SHORT / "postgres" if too_long or not _can_reach(paths.STATE) else folder
    )


# -- the server -------------------------------------------------------------------


def ensure():
    """Have a server that answers; it is left running for the next command."""
    if not is_private():
        return
    folder = _folder()
    programs = _programs()
    if not programs:
        raise Problem(
            "PostgreSQL's server programs were not found.", debian.WITHOUT_APT
        )
    if not _can_reach(programs):
        raise Problem(
            f"The account {_account()}, which runs PostgreSQL for root, cannot reach "
            f"{programs}.",
            "Move the project to a folder that others can enter, work as an ordinary "
            "user,\nor install PostgreSQL: apt-get install postgresql",
        )
    if not (folder / "data" / "complete").exists():
        with step("Creating the database server"):
            _create(programs, folder)
    if not _answers(folder):
        _start(programs, folder)


def _create(programs, folder):
    shutil.rmtree(folder, ignore_errors=True)
    data = folder / "data"
    data.mkdir(parents=True)
    if _account():
        for path in (folder, data):
            shutil.chown(path, _account())
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _run(programs, "initdb", f"--pgdata={data}", f"--username={USER}", *options)
    lines = [f"{name} = '{value}'\n" for name, value in SETTINGS.items()]
    lines.append(f"unix_socket_directories = '{folder}'\n")
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.writelines(lines)
    (data / "complete").touch()


def _start(programs, folder):
    _forget_dead_server(folder / "data")
    log = folder / "server.log"
    with step("Starting the database server"):
        try:
            _run(
                programs,
                "pg_ctl",
                f"--pgdata={folder / 'data'}",
                f"--log={log}",
                "--wait",
                "start",
            )
        except Problem as problem:
            if log.exists():
                problem.advice = f"{tail(log)}\n{problem.advice}"
            raise


def _run(programs, name, *arguments):
    settings = dict(os.environ, LC_ALL="C.UTF-8")
    if paths.PROGRAMS in programs.parents:
        settings["LD_LIBRARY_PATH"] = debian.library_path()
    command = [programs / name, *arguments]
    try:
        # The server outlives this command, so it must not hold its output open.
        log = paths.LOGS / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            subprocess.run(
                [str(part) for part in _as_account(command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=settings,
                cwd="/",
                check=True,
            )
    except subprocess.CalledProcessError as failed:
        raise Problem(
            f"PostgreSQL's {name} failed.",
            f"{tail(log)}\n\nA fresh start: make clean. Another server: PGHOST=… "
            "PGUSER=…",
        ) from failed


def _answers(folder):
    """Whether a server, not merely its file, is there."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(folder / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _server_pid(data):
    try:
        return int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_our_server(pid, data):
    try:
        return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _forget_dead_server(data):
    """After a kill or a reboot the lock files may name a stranger."""
    pid = _server_pid(data)
    if pid and not _is_our_server(pid, data):
        warn("the database server was not stopped properly; starting it again")
        time.sleep(1)  # its last children notice and leave
        for lock in (data / "postmaster.pid", data.parent / f".s.PGSQL.{PORT}.lock"):
            lock.unlink(missing_ok=True)


def stop():
    """Stop the private server, if it runs."""
    if not is_private() or not paths.STATE.exists():
        return
    folder = _folder()
    pid = _server_pid(folder / "data")
    programs = _programs()
    if programs and pid and _is_our_server(pid, folder / "data"):
        _run(
            programs,
            "pg_ctl",
            f"--pgdata={folder / 'data'}",
            "--mode=immediate",
            "--wait",
            "stop",
        )
    while _is_our_server(pid, folder / "data"):
        time.sleep(0.1)
