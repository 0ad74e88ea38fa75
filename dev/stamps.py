"""Folders that are built once, and again when what they are made from changes."""

import hashlib
import shutil

KEY = ".built-from"


def digest(*values, files=()):
    """One key for values and the contents of files."""
    parts = [str(value).encode() for value in values]
    parts += [path.read_bytes() for path in files]
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(hashlib.sha256(part).digest())
    return hasher.hexdigest()[:16]


def is_current(folder, key):
    try:
        return (folder / KEY).read_text() == key
    except OSError:
        return False


def mark(folder, key):
    (folder / KEY).write_text(key)


def build(folder, key, builder):
    """Build beside the place, and move in when complete."""
    if is_current(folder, key):
        return
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    builder(unfinished)
    mark(unfinished, key)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
