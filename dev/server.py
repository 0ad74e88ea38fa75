"""An Odoo server for the time that a check needs one."""

import contextlib
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import databases, environment, paths
from .console import Problem
from .process import tail

START_TIMEOUT = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(database, name="server", **options):
    """Serve `database` on a free port; yield the address, such as http://127.0.0.1:…

    `options` are entries of Odoo's configuration file, for example
    `smtp_server="127.0.0.1", smtp_port=8025`. The log is `.odoo/log/<name>.log`.
    """
    port = free_port()
    databases.set_parameter(database, "web.base.url", f"http://127.0.0.1:{port}")
    config = environment.write_config(
        paths.STATE / f"{name}.conf",
        http_port=port,
        dbfilter=f"^{database}$",
        **options,
    )
    command = databases.odoo_command(database)
    command[command.index("--config") + 1] = str(config)
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment.variables(),
            cwd=paths.ROOT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, address, log)
            yield address
        finally:
            _stop(process)


def _wait(process, address, log):
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/web/health", timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Problem(
        "Odoo did not start.",
        f"{tail(log)}\n\nWhole log: {log.relative_to(paths.ROOT)}",
    )


def _stop(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
