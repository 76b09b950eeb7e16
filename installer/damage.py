"""Detection of packages with missing or truncated files, by their RECORD."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path


def drop_damaged(packages: Path) -> list[str]:
    """Unregister damaged packages, so that pip installs them again, and return their names."""
    # An interrupted pip leaves renamed folders behind.
    for leftover in packages.glob("~*"):
        shutil.rmtree(leftover, ignore_errors=True)
    damaged = [info for info in packages.glob("*.dist-info") if not is_whole(info)]
    for info in damaged:
        shutil.rmtree(info, ignore_errors=True)
    return sorted(info.name.split("-")[0] for info in damaged)


def is_whole(info: Path) -> bool:
    """Return True if every file in the RECORD of a `.dist-info` folder exists with its recorded size."""
    try:
        with (info / "RECORD").open(newline="", encoding="utf-8") as record:
            return all(_is_there(info.parent, row) for row in csv.reader(record) if row)
    except (OSError, csv.Error, UnicodeDecodeError):
        return False


def _is_there(packages: Path, row: list[str]) -> bool:
    name, size = row[0], row[-1]
    # Python creates bytecode again.
    if name.endswith(".pyc"):
        return True
    try:
        found = os.stat(packages / name).st_size
    except OSError:
        return False
    return not size.isdigit() or found == int(size)
