"""The translation template and the translations made from it.

Odoo exports; polib merges. Dates and tool names stay out of the files, so that an
export without a change in the sources is no change in the files either.
"""

import subprocess

import polib

from . import databases, environment, paths, postgres, setup
from .console import Problem, say, step

FOLDER = paths.ADDON / "i18n"
TEMPLATE = FOLDER / f"{paths.ADDON_NAME}.pot"
DATABASE = "translations"

HEADER = {
    "Project-Id-Version": "Odoo Server 19.0",
    "Report-Msgid-Bugs-To": "",
    "Last-Translator": "",
    "Language-Team": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "",
    "Plural-Forms": "",
}


def update():
    """Write the template and bring every translation up to date."""
    FOLDER.mkdir(exist_ok=True)
    template = export()
    _save(template, TEMPLATE, HEADER)
    say(f"  {TEMPLATE.relative_to(paths.ROOT)}: {len(template)} terms")
    for path in translations():
        translation = polib.pofile(str(path), wrapwidth=78)
        translation.merge(template)
        for entry in translation.obsolete_entries():
            translation.remove(entry)
        _save(translation, path, {**HEADER, "Language": path.stem})
        todo = untranslated(translation)
        say(f"  {path.relative_to(paths.ROOT)}: {len(todo)} terms to translate")
        for entry in todo:
            say(f"    {entry.msgid!r}")


def _save(catalog, path, header):
    catalog.metadata = dict(header)
    catalog.metadata_is_fuzzy = False
    catalog.wrapwidth = 78
    catalog.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalog.save(str(path))


def translations():
    return sorted(FOLDER.glob("*.po"))


def untranslated(catalog):
    return [entry for entry in catalog if not entry.translated() or entry.fuzzy]


def export():
    """The template as Odoo sees it now."""
    with setup.lock():
        postgres.ensure()
        template = databases.Template(modules=databases.TEST_MODULES)
        databases.copy(template.addon(), DATABASE)
    exported = paths.STATE / "exported.pot"
    command = [*databases.odoo.command(), "i18n", "export"]
    options = ["--config", str(paths.CONFIG), "--database", DATABASE]
    with step("Exporting the terms to translate"):
        done = subprocess.run(
            [*command, *options, "-l", "pot", "-o", str(exported), paths.ADDON_NAME],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=environment.variables(),
            cwd=paths.ROOT,
            check=False,
        )
    databases.drop(DATABASE)
    if done.returncode:
        raise Problem("Odoo could not export the terms.", done.stdout[-1500:])
    return polib.pofile(str(exported), wrapwidth=78)


# -- checks -----------------------------------------------------------------------


def problems():
    """What `make lint` says about the files."""
    if not TEMPLATE.exists():
        yield f"{TEMPLATE.relative_to(paths.ROOT)} is missing: make pot"
        return
    wanted = {_identity(entry) for entry in export()}
    for path in [TEMPLATE, *translations()]:
        catalog = polib.pofile(str(path))
        present = {_identity(entry) for entry in catalog if not entry.obsolete}
        name = path.relative_to(paths.ROOT)
        if wanted != present:
            yield (
                f"{name} is out of date ({len(wanted - present)} terms to add, "
                f"{len(present - wanted)} to remove): make pot"
            )
        if path != TEMPLATE:
            for entry in untranslated(catalog):
                yield f"{name}: not translated, or to be checked: {entry.msgid!r}"


def _identity(entry):
    return entry.msgctxt, entry.msgid
