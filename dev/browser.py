"""Chromium for browser tests and for PDF, and the fonts that it draws with."""

import os
import shutil
from pathlib import Path

from . import debian, paths

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
FONT_PACKAGES = ("fonts-dejavu-core", "fonts-roboto-unhinted")
UNPACKED = paths.PROGRAMS / "usr" / "lib" / "chromium" / "chromium"
FONTS = paths.STATE / "fonts.conf"


def on_host():
    """The browser that the developer names or the host has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named)
    found = [Path(path) for path in map(shutil.which, NAMES) if path]
    return next((path for path in found if path.parent != paths.BIN), None)


def packages():
    """What to fetch from Debian."""
    return () if on_host() else ("chromium", *FONT_PACKAGES)


def write_wrappers():
    """`chromium` and `wkhtmltopdf` as Odoo looks for them: first on PATH."""
    _write_fonts()
    program = on_host()
    settings = {"FONTCONFIG_FILE": FONTS}
    if not program:
        program = UNPACKED
        settings["LD_LIBRARY_PATH"] = debian.library_path()
    write_wrapper("chromium", [program], settings)
    # Odoo looks for google-chrome first; the host's may be another one.
    write_wrapper("google-chrome", [paths.BIN / "chromium"], {})
    write_wrapper("wkhtmltopdf", [paths.PYTHON, paths.DEV / "wkhtmltopdf"], {})


def write_wrapper(name, command, settings):
    paths.BIN.mkdir(parents=True, exist_ok=True)
    lines = ["#!/bin/sh"]
    lines += [f"export {key}='{value}'" for key, value in settings.items()]
    lines.append("exec " + " ".join(f"'{part}'" for part in command) + ' "$@"')
    script = paths.BIN / name
    script.write_text("\n".join(lines) + "\n")
    script.chmod(0o755)


def _write_fonts():
    unpacked = paths.PROGRAMS / "usr" / "share" / "fonts"
    odoo_fonts = paths.TREE / "usr" / "share" / "fonts"
    FONTS.write_text(
        f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{unpacked}</dir>
  <dir>{odoo_fonts}</dir>
  <cachedir>{paths.STATE}/fontcache</cachedir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>
"""
    )
