"""Integrity check of the program's own files, by the hashes in the RECORD of its installed wheel."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

import gdm_studio
from gdm_studio.common.program_bundle import FileCheck

PACKAGE = "gdm_studio"
DISTRIBUTION = "gdm-studio"
_CHUNK = 2**20


def check_files(package: Path | None = None) -> FileCheck:
    """Compare the program's files with the hashes in the RECORD of the installed wheel.

    RECORD is not signed, so the check detects damage and accidental changes, but not attacks. `package` overrides the
    folder of the running program. Added files are reported only if they are code. Takes a fraction of a second.
    """
    package = (package or Path(gdm_studio.__file__).parent).resolve()
    listed = _read_record(package)
    if not listed:
        return FileCheck(0)
    changed = []
    missing = []
    for name, digest in listed.items():
        try:
            same = _hash_file(package / name) == digest
        except OSError:
            missing.append(name)
            continue
        if not same:
            changed.append(name)
    added = [name for name in _iter_code_files(package) if name not in listed]
    return FileCheck(len(listed), tuple(changed), tuple(missing), tuple(added))


def _read_record(package: Path) -> dict[str, str]:
    """Return the hashes of the program's files from the wheel's RECORD, as {path below the package: hash}.

    Returns {} if the folder was not installed from a wheel.
    """
    for found in distributions(name=DISTRIBUTION, path=[str(package.parent)]):
        return dict(_iter_hashes(found))
    return {}


def _iter_hashes(found: Distribution) -> Iterator[tuple[str, str]]:
    for file in found.files or ():
        if file.parts[0] == PACKAGE and file.hash is not None and file.hash.mode == "sha256":
            yield file.relative_to(PACKAGE).as_posix(), file.hash.value


def _hash_file(file: Path) -> str:
    """Return the SHA-256 of a file in the encoding of a wheel's RECORD, base64 without padding. Raises OSError."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            found.update(chunk)
    return base64.urlsafe_b64encode(found.digest()).rstrip(b"=").decode()


def _iter_code_files(package: Path) -> Iterator[str]:
    for pattern in ("*.py", "*.so", "*.pyd"):
        for file in package.rglob(pattern):
            yield file.relative_to(package).as_posix()
