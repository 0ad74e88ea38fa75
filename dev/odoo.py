"""Odoo itself: Debian's package, unpacked and completed, or a checkout of yours."""

import hashlib
import os
import re
import subprocess
import tarfile
from pathlib import Path

from . import debian, paths, stamps
from .console import Problem, step, warn
from .process import CommandFailed

PACKAGE = "odoo-19"
VERSION = "19.0.0+dfsg-1"
SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
LANGUAGES = ("es", "fr", "nl", "de")

# What the package expects from others. The web client's jQuery is a must: without it
# every public page fails. The fonts are for websites and reports.
ASSETS = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
)
ASSETS_SERIES = "trixie"

# Left out of Debian's package for its licence. Nothing here blurs a video background,
# but a missing file is an error in the browser's console, and thus a failed tour.
STUBS = {
    "mail/static/lib/selfie_segmentation/selfie_segmentation.js": (
        "/* Background blur in calls is not part of this package. */\n"
    )
}

ODOO_BIN = """\
#!/usr/bin/env python3
import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
"""

WAYS_OUT = (
    "Any of these works:\n"
    "  ODOO_SRC=/path/to/odoo        a checkout of Odoo's branch 19.0\n"
    f"  ODOO_DEB=/path/to/{PACKAGE}.deb  the package, fetched elsewhere"
)


def source():
    """The developer's own checkout, if one is named."""
    value = os.environ.get("ODOO_SRC")
    return Path(value).resolve() if value else None


def home():
    """The folder that holds the `odoo` package; it goes on Python's path."""
    return source() or paths.TREE / "usr" / "lib" / "python3" / "dist-packages"


def command():
    return [str(paths.PYTHON), str(home() / "odoo-bin")]


def ensure():
    if source():
        _check_source()
        return
    key = stamps.digest(_version(), languages(), ASSETS, STUBS, ODOO_BIN)
    stamps.build(paths.TREE, key, _build)


def key():
    """What templates of databases depend on."""
    if source():
        return stamps.digest(source(), files=[home() / "odoo" / "release.py"])
    return stamps.digest(_version(), languages())


def _version():
    return os.environ.get("ODOO_DEB") or SHA256


def languages():
    return tuple((os.environ.get("ODOO_LANGS") or " ".join(LANGUAGES)).split())


def _check_source():
    release = home() / "odoo" / "release.py"
    if not release.exists() or not re.search(r"\(19, 0,", release.read_text()):
        raise Problem(
            f"ODOO_SRC={source()} is no checkout of Odoo 19.0.",
            "Name the folder that holds odoo-bin, odoo/ and addons/, on branch 19.0.",
        )


# -- the package ------------------------------------------------------------------


def _build(folder):
    debian.refresh()
    deb = _given_package() or _cached_package() or _download_package()
    with step("Unpacking Odoo"):
        _unpack(deb, folder)
        _add_assets(folder)
        _repair(folder / "usr" / "lib" / "python3" / "dist-packages")


def _given_package():
    value = os.environ.get("ODOO_DEB")
    if not value:
        return None
    deb = Path(value)
    if not deb.exists():
        raise Problem(f"ODOO_DEB={deb} does not exist.", WAYS_OUT)
    if not _is_pinned(deb):
        warn(f"{deb.name} is not the version that this project is tested with")
    return deb


def _cached_package():
    for deb in paths.DEBS.glob(f"{PACKAGE}_*.deb"):
        if _is_pinned(deb):
            return deb
    return None


def _is_pinned(deb):
    with deb.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == SHA256


def _download_package():
    with step(f"Downloading {PACKAGE} (122 MB)"):
        try:
            debian.download([f"{PACKAGE}={VERSION}"], paths.DEBS)
        except CommandFailed as failed:
            if "was not found" not in failed.output:
                raise debian.failure(failed, f"for {PACKAGE}") from failed
            return _download_other_version()
    deb = _cached_package()
    if not deb:
        raise Problem(
            f"The mirror's {PACKAGE} {VERSION} is not the one that is expected.",
            f"Its SHA-256 is not {SHA256}.\n{WAYS_OUT}",
        )
    return deb


def _download_other_version():
    """Debian keeps one version only; any 19.0 will mostly do."""
    try:
        found = debian.download([f"{PACKAGE}/sid"], paths.DEBS)
    except CommandFailed as failed:
        raise Problem(
            f"Debian no longer has the package {PACKAGE}.", WAYS_OUT
        ) from failed
    deb = next(deb for deb in found if deb.name.startswith(f"{PACKAGE}_19.0"))
    warn(f"Debian has replaced {PACKAGE} {VERSION}; this one is untested: {deb.name}")
    return deb


def _unpack(deb, folder):
    """Unpack without most translations, which are two thirds of the package."""
    kept = re.compile(rf"/(?:{'|'.join(languages())})(?:_\w+)?\.po$")

    reader = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    with (
        subprocess.Popen(reader, stdout=subprocess.PIPE) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as archive,
    ):
        wanted = (
            member
            for member in archive
            if not member.name.endswith(".po") or kept.search(member.name)
        )
        archive.extractall(folder, members=wanted)
    if process.returncode:
        raise Problem(
            f"{deb.name} could not be unpacked.",
            f"It may be damaged: delete {deb} and run the command again.",
        )


def _add_assets(folder):
    names = [f"{name}/{ASSETS_SERIES}" for name in ASSETS]
    try:
        debs = debian.download(names, paths.DEBS / "assets")
    except CommandFailed as failed:
        raise debian.failure(failed, "for fonts and scripts of Odoo") from failed
    for deb in debs:
        debian.unpack(deb, folder)


def _repair(home):
    """Complete what Debian's package leaves out or declares in its own way."""
    for name, content in STUBS.items():
        stub = home / "odoo" / "addons" / name
        if not stub.exists():
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.write_text(content)
    (home / "odoo-bin").write_text(ODOO_BIN)
    (home / "odoo-bin").chmod(0o755)
    for info in home.glob("odoo-*.egg-info/PKG-INFO"):
        text = info.read_text()
        text = re.sub(r"(?m)^Requires-Dist: psycopg2\b", r"\g<0>-binary", text)
        info.write_text(text.replace("PyPDF2", "pypdf"))
    dangling = [path for path in home.rglob("static/**/*") if _dangles(path)]
    if dangling:
        warn(f"{len(dangling)} files of Odoo lead nowhere, such as {dangling[0]}")


def _dangles(path):
    return path.is_symlink() and not path.exists()
