"""List of a bundle's files with their hashes, which shows damage and limits an uninstallation to own files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "manifest.json"


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Write the hashes of all files of a bundle, with facts such as its version, into its manifest."""
    entries = {name: _digest(folder / name) for name in sorted(_names(folder)) if name != NAME}
    text = json.dumps(facts | {"files": entries}, indent=0)
    (folder / NAME).write_text(text, encoding="utf-8")


def damaged_files(folder: Path) -> list[str]:
    """Return the files of a bundle that are missing, changed, or not in its manifest.

    Raises OSError or ValueError if the manifest cannot be read.
    """
    listed = json.loads((folder / NAME).read_text(encoding="utf-8"))["files"]
    present = set(_names(folder)) - {NAME}
    changed = {name for name in present & listed.keys() if _digest(folder / name) != listed[name]}
    return sorted(changed | (present ^ listed.keys()))


def _names(folder: Path) -> Iterator[str]:
    for base, folders, files in os.walk(folder):
        # A link to a folder is an entry of its own, never the files behind it.
        links = [name for name in folders if os.path.islink(os.path.join(base, name))]
        for name in files + links:
            yield os.path.relpath(os.path.join(base, name), folder)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, or "-> target" for a symbolic link."""
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
