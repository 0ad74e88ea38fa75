"""Databases as copies of templates, so that each run has a fresh one in a second.

Two layers: the addons that ours depends on (slow to install, seldom changes), and
ours on top. The name of a template tells what it was made from; one that no longer
fits is dropped. The file store is copied by hard links.
"""

import ast
import os
import re
import shutil
import subprocess
import uuid

import psycopg2
from psycopg2 import sql

from . import environment, odoo, paths, postgres, setup, stamps
from .console import Problem, say, step
from .process import run_logged

LANGUAGES = "en_US,es_ES"

# Tests meet the website, which changes the pages that customers see; what else may
# close a ticket: automation rules, and two addons of the same help desk; and the help
# desk's own service levels, which are imported.
TEST_MODULES = (
    "base_automation",
    "helpdesk_mgmt_merge",
    "helpdesk_mgmt_sla",
    "helpdesk_ticket_close_inactive",
    "website_crm",
)
TROUBLE = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")

# What the scripts of the filesystem and of Odoo's database manager accept alike.
VALID_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,50}")


# -- plain operations -------------------------------------------------------------


def _execute(statement, *names, values=None, database="postgres"):
    """Run one statement outside a transaction; `names` fill its identifiers."""
    connection = psycopg2.connect(dbname=database)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            query = sql.SQL(statement).format(*map(sql.Identifier, names))
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def names():
    return {name for (name,) in _execute("SELECT datname FROM pg_database")}


def demo_logins(name):
    """The users that the addon's demo data has made in a database."""
    rows = _execute(
        "SELECT u.login FROM res_users u JOIN ir_model_data d"
        " ON d.model = 'res.users' AND d.res_id = u.id"
        " WHERE d.module = %s ORDER BY u.id",
        values=[paths.ADDON_NAME],
        database=name,
    )
    return [login for (login,) in rows]


def _filestore(name):
    return paths.DATA / "filestore" / name


def drop(name):
    if name in names():
        _execute("ALTER DATABASE {} IS_TEMPLATE false", name)
        _execute("DROP DATABASE {} WITH (FORCE)", name)
    shutil.rmtree(_filestore(name), ignore_errors=True)


def make_empty(name):
    drop(name)
    _execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)


def copy(template, name):
    drop(name)
    _execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    if _filestore(template).exists():
        shutil.copytree(_filestore(template), _filestore(name), copy_function=os.link)


def _rename(old, new):
    drop(new)
    _execute("ALTER DATABASE {} RENAME TO {}", old, new)
    if _filestore(old).exists():
        _filestore(old).rename(_filestore(new))


# -- Odoo on a database -----------------------------------------------------------


def odoo_command(database, *arguments):
    return [*odoo.command(), *arguments, "--config", str(paths.CONFIG), "-d", database]


def install(database, modules, *arguments, log_name):
    """Install modules; return the log."""
    command = odoo_command(
        database, "-i", ",".join(modules), *arguments, "--stop-after-init", "--no-http"
    )
    log = run_logged(
        command,
        log_name,
        "Repair the addon and run the command again.",
        env=environment.variables(),
        cwd=paths.ROOT,
    )
    _check_installed(database, modules, log)
    return log


def _check_installed(database, modules, log):
    rows = _execute(
        "SELECT name FROM ir_module_module WHERE state = 'installed'",
        database=database,
    )
    missing = set(modules) - {name for (name,) in rows}
    if missing:
        raise Problem(
            f"Not installed: {', '.join(sorted(missing))}.",
            "Check the spelling, and that every dependency is in "
            f"dev/requirements-oca.txt.\nLog: {log.relative_to(paths.ROOT)}",
        )


def check_quiet(log):
    """Our own addon must install without a warning."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    trouble = [line for line in lines if TROUBLE.match(line)]
    if trouble:
        raise Problem(
            f"Installing {paths.ADDON_NAME} logged warnings or errors.",
            "\n".join(trouble[:20])
            + f"\n\nRepair them. Whole log: {log.relative_to(paths.ROOT)}",
        )


def script(database, text):
    """Run Python in Odoo's shell; return what it prints."""
    done = subprocess.run(
        odoo_command(database, "shell", "--no-http", "--log-level=error"),
        input=text,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment.variables(),
        cwd=paths.ROOT,
        check=False,
    )
    if done.returncode:
        raise Problem(
            f"A script on the database {database} failed.", "Its error stands above."
        )
    return done.stdout


# -- templates --------------------------------------------------------------------


def manifest():
    path = paths.ADDON / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text())
    except (OSError, ValueError, SyntaxError) as error:
        raise Problem(
            f"{path.relative_to(paths.ROOT)} cannot be read: {error}",
            "Repair the manifest: one literal dictionary.",
        ) from error


def _addon_sources():
    ignored = {"__pycache__", "readme"}
    return sorted(
        path
        for path in paths.ADDON.rglob("*")
        if path.is_file() and not ignored & set(path.parts) and path.suffix != ".md"
    )


class Template:
    """One variant: with or without demonstration data, with further modules."""

    def __init__(self, demo=False, modules=()):
        self.demo = demo
        self.modules = sorted({*manifest()["depends"], *modules})
        self.family = stamps.digest(demo, *sorted(modules))[:6]
        self.arguments = ["--with-demo"] if demo else []

    def dependencies(self):
        """The name of the template with all but our addon; made if need be."""
        key = stamps.digest(
            odoo.key(),
            LANGUAGES,
            *self.modules,
            files=[paths.REQUIREMENTS, paths.REQUIREMENTS_OCA],
        )
        return self._ensure("deps", key, self._install_dependencies)

    def addon(self):
        """The name of the template with our addon; made if need be."""
        base = self.dependencies()
        sources = _addon_sources()
        key = stamps.digest(base, *sources, files=sources)
        return self._ensure("addon", key, lambda name: self._install_addon(base, name))

    def _ensure(self, layer, key, builder):
        prefix = f"template-{layer}-{self.family}-"
        name = f"{prefix}{key[:12]}"
        present = names()
        if name in present:
            return name
        unfinished = f"{prefix}unfinished"
        drop(unfinished)
        builder(unfinished)
        _rename(unfinished, name)
        _execute("ALTER DATABASE {} IS_TEMPLATE true", name)
        for old in present:
            if old.startswith(prefix) and old not in (name, unfinished):
                drop(old)
        return name

    def _install_dependencies(self, name):
        with step(f"Installing {', '.join(self.modules)} once{self._variant()}"):
            make_empty(name)
            install(
                name,
                ["base", *self.modules],
                *self.arguments,
                f"--load-language={LANGUAGES}",
                log_name="dependencies",
            )
        with step("Preparing the web client's files once"):
            script(name, PREPARE_ASSETS)

    def _install_addon(self, base, name):
        with step(f"Installing {paths.ADDON_NAME}{self._variant()}"):
            copy(base, name)
            log = install(name, [paths.ADDON_NAME], *self.arguments, log_name="addon")
        check_quiet(log)

    def _variant(self):
        return " with demonstration data" if self.demo else ""


PREPARE_ASSETS = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


def check_name(name, usage):
    if not name:
        raise Problem("Which database? DB is missing.", f"Usage: {usage}")
    if not VALID_NAME.fullmatch(name) or name.startswith("template"):
        raise Problem(
            f"{name!r} is no name for a database.",
            "Use letters, digits, dots, dashes and underscores; not template….",
        )


def create(name, demo=False, modules=()):
    """A fresh database of that name, with our addon."""
    with setup.lock():
        postgres.ensure()
        copy(Template(demo, modules).addon(), name)
    set_parameter(name, "database.uuid", str(uuid.uuid4()))
    say(f"· Database {name} is ready.")


def set_parameter(database, key, value):
    """Set a system parameter that exists in every database."""
    _execute(
        "UPDATE ir_config_parameter SET value = %s WHERE key = %s",
        values=(value, key),
        database=database,
    )


#: What grows old: what people have done, not how the database is set up.
AGEING = r"^(account_move|calendar_event|crm|customer|helpdesk|mail|rating|sale|survey)"

_AGE = """
DO $$
DECLARE
    change text;
BEGIN
    FOR change IN
        SELECT format(
                   'UPDATE %I SET %s',
                   table_name,
                   string_agg(
                       format('%1$I = %1$I - interval ''DAYS days''', column_name), ', '
                   )
               )
          FROM information_schema.columns
          JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
           AND table_name ~ 'TABLES'
           AND data_type IN ('date', 'timestamp without time zone')
         GROUP BY table_name
    LOOP
        EXECUTE change;
    END LOOP;
END $$
"""


def let_days_pass(database, days):
    """Make everything that has happened so many days older, as if time had passed."""
    statement = _AGE.replace("DAYS", str(int(days))).replace("TABLES", AGEING)
    _execute(statement, database=database)


def require(name):
    postgres.ensure()
    if name not in names():
        raise Problem(
            f"There is no database {name}.", f"Make it first: make db DB={name}"
        )
