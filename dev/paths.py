"""Where things are. All that the tooling makes lies below `STATE`."""

import hashlib
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON_NAME = "customer_service_stages"
ADDON = ROOT / ADDON_NAME
DEV = ROOT / "dev"

STATE = ROOT / ".odoo"
APT = STATE / "apt"
DEBS = STATE / "debs"
PROGRAMS = STATE / "root"
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
