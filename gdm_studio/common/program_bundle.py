"""The bundle that this program runs from, and the manifest of file hashes inside a bundle.

The installer imports this module, so it needs only the standard library.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
# Signature of the manifest, in a bundle that was signed.
SIGNATURE = "manifest.json.sig"
# Commands of the installer inside a bundle.
COMMANDS = Path("installer", "bundle")
# Licences of parts that are not Python packages, and common licence texts by SPDX name.
PARTS = Path("licences", "parts")
TEXTS = Path("licences", "texts")
# Journal of an update, beside the folder of versions. It exists until the new version has started twice.
JOURNAL = "update.json"
# Manifests are about 3 MB.
MAX_BYTES = 64 * 2**20
_HASH = re.compile("[0-9a-f]{64}|-> .+")
# The open manifest of the bundle in use, which is locked until the process ends.
_in_use: IO[bytes] | None = None


@dataclass(frozen=True)
class FileCheck:
    """Result of comparing the program's files with their recorded hashes. Paths are relative to the checked folder."""

    # Number of files in the list; 0 if there is no list, as for a source tree.
    count: int
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    # Files that the list does not contain.
    added: tuple[str, ...] = ()

    @property
    def is_intact(self) -> bool:
        return not (self.changed or self.missing or self.added)


def running_bundle() -> Path | None:
    """Return the folder of the installed bundle whose Python runs this process, or None if the program was not
    installed as a bundle.
    """
    python = Path(sys.prefix)
    return python.parent if python.name == "python" and (python.parent / MANIFEST).is_file() else None


def lock_in_use(folder: Path) -> None:
    """Lock this process's bundle until the process ends, so that an update does not delete the bundle."""
    global _in_use
    with contextlib.suppress(OSError, ImportError):
        import fcntl

        _in_use = (folder / MANIFEST).open("rb")
        fcntl.flock(_in_use, fcntl.LOCK_SH | fcntl.LOCK_NB)


def report_start(folder: Path) -> None:
    """Notify a pending update of the program that the new bundle has started. After the second such report, the update
    deletes the previous version.
    """
    if (folder.parent.parent / JOURNAL).is_file():
        import subprocess

        with contextlib.suppress(OSError):
            subprocess.Popen(
                [sys.executable, "-P", folder / COMMANDS, "--started"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the manifest of a bundle, which contains the hashes of all files and values such as its version.

    Empty folders are deleted, since a manifest does not list them and removing the bundle would leave them behind.
    """
    for base, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(base)
    files = {name: digest_of(folder / name) for name in sorted(_iter_names(folder))}
    text = json.dumps({**facts, "files": files}, indent=0)
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a bundle, which lists the hashes of its files.

    Raises OSError, or ValueError if it is malformed.
    """
    with (folder / MANIFEST).open("rb") as file:
        return parse_manifest(file.read(MAX_BYTES + 1))


def parse_manifest(text: bytes) -> dict[str, Any]:
    """Parse the manifest of a bundle, which lists the hashes of its files.

    Raises ValueError if it is malformed or a file name points outside the bundle's folder.
    """
    if len(text) > MAX_BYTES:
        raise ValueError("the manifest is too long")
    try:
        facts = json.loads(text)
    except RecursionError as error:
        raise ValueError("the manifest is nested too deeply") from error
    files = facts.get("files") if isinstance(facts, dict) else None
    if not isinstance(files, dict) or not all(isinstance(facts.get(key), str) for key in ("name", "version")):
        raise ValueError("the manifest lacks a field")
    for name, digest in files.items():
        if not (isinstance(digest, str) and _HASH.fullmatch(digest) and _is_inside(name)):
            raise ValueError(f"the manifest has a malformed entry: {name!r}")
    return facts


def check_bundle(folder: Path) -> FileCheck:
    """Compare the hashes of all files of a bundle with its manifest. Reads 1 GB, which takes seconds. Raises OSError,
    or ValueError if the manifest is malformed.
    """
    listed = read_manifest(folder)["files"]
    present = set(_iter_names(folder))
    changed = (name for name in present & listed.keys() if digest_of(folder / name) != listed[name])
    missing = listed.keys() - present
    return FileCheck(len(listed), *(tuple(sorted(names)) for names in (changed, missing, present - listed.keys())))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal digits, or "-> TARGET" for a symbolic link."""
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _iter_names(folder: Path) -> Iterator[str]:
    """Yield the relative paths of all files of a bundle except the manifest and its signature."""
    for base, folders, files in os.walk(folder):
        # A link to a folder is an entry of its own, never the files behind it.
        links = [name for name in folders if os.path.islink(os.path.join(base, name))]
        for name in files + links:
            path = os.path.relpath(os.path.join(base, name), folder)
            if path not in (MANIFEST, SIGNATURE):
                yield path.replace(os.sep, "/")


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return "\0" not in name and "\\" not in name and not any(part in ("", ".", "..") for part in parts)
