"""Where things are. All that the tooling makes lies below `STATE`."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON_NAME = "customer_service_stages"
ADDON = ROOT / ADDON_NAME
DEV = ROOT / "dev"

STATE = ROOT / ".odoo"
APT = STATE / "apt"
DEBS = STATE / "debs"
TREE = STATE / "tree"
VENV = STATE / "venv"
BIN = STATE / "bin"
DATA = STATE / "data"
LOGS = STATE / "log"
CONFIG = STATE / "odoo.conf"
LOCK = STATE / "lock"

REQUIREMENTS = DEV / "requirements.txt"
REQUIREMENTS_OCA = DEV / "requirements-oca.txt"

PYTHON = VENV / "bin" / "python"

# Outside the project, for what cannot live in it: a path that is short enough for a
# socket, or one that the database's own account can reach.
SHORT = (
    Path(tempfile.gettempdir())
    / f"odoo-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]}"
)


def _is_closed_to_others():
    """Whether root works where no other account may go, such as below /root."""
    folders = [ROOT, *ROOT.parents]
    return not os.geteuid() and not all(path.stat().st_mode & 0o001 for path in folders)


# The account that runs PostgreSQL for root must reach the programs
PROGRAMS = (SHORT if _is_closed_to_others() else STATE) / "root"
