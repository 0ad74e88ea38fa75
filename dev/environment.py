"""The environment that Odoo, tests and tools run in."""

import configparser
import os

from . import paths, postgres


def variables():
    """The process environment of children: programs, server, configuration."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME")
    }
    folders = [
        paths.BIN,
        paths.VENV / "bin",
        *postgres.client_path(),
        os.environ.get("PATH", os.defpath),
    ]
    return {
        **inherited,
        **postgres.environment(),
        "PATH": os.pathsep.join(str(folder) for folder in folders),
        "VIRTUAL_ENV": str(paths.VENV),
        "ODOO_RC": str(paths.CONFIG),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }


def options():
    """Odoo's settings. Those of the database come from PGHOST and its like."""
    return {
        "addons_path": paths.ROOT,
        "data_dir": paths.DATA,
        "admin_passwd": "admin",
        "screenshots": paths.STATE / "screenshots",
        "http_interface": "127.0.0.1",
        "workers": 0,
        "max_cron_threads": 1,
        "list_db": True,
        # Chromium reserves more address space than Odoo's default grants.
        "limit_memory_hard": 0,
        "limit_memory_soft": 0,
        "limit_time_real": 600,
        "limit_time_cpu": 600,
        **_server_options(),
    }


def _server_options():
    settings = {**os.environ, **postgres.environment()}
    names = {
        "PGHOST": "db_host",
        "PGPORT": "db_port",
        "PGUSER": "db_user",
        "PGPASSWORD": "db_password",
    }
    return {
        option: settings[name] for name, option in names.items() if settings.get(name)
    }


def write_config(path=paths.CONFIG, **changes):
    """Write a configuration file for Odoo; return its path."""
    parser = configparser.RawConfigParser()
    parser["options"] = {
        name: str(value) for name, value in {**options(), **changes}.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("w") as stream:
        parser.write(stream)
    return path
