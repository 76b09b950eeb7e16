"""Finding packages of which something is missing, from each one's own list of files (RECORD)."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path


def drop_damaged(packages: Path) -> list[str]:
    """Strike damaged packages off the list of the installed, so that pip brings them again; their names."""
    for leftover in packages.glob("~*"):  # what an interrupted pip had set aside
        shutil.rmtree(leftover, ignore_errors=True)
    damaged = [info for info in packages.glob("*.dist-info") if not is_whole(info)]
    for info in damaged:
        shutil.rmtree(info, ignore_errors=True)
    return sorted(info.name.split("-")[0] for info in damaged)


def is_whole(info: Path) -> bool:
    """Whether every file named in the RECORD of a `.dist-info` folder is there, with the size it names."""
    try:
        with (info / "RECORD").open(newline="", encoding="utf-8") as record:
            return all(_there(info.parent, row) for row in csv.reader(record) if row)
    except (OSError, csv.Error, UnicodeDecodeError):
        return False


def _there(packages: Path, row: list[str]) -> bool:
    name, size = row[0], row[-1]
    if name.endswith(".pyc"):  # made again by Python itself
        return True
    try:
        found = os.stat(packages / name).st_size
    except OSError:
        return False
    return not size.isdigit() or found == int(size)
