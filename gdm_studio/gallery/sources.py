"""Imported folders: pictures of other programs, shown where they are and never written to."""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.atomic import problem
from gdm_studio.errors import StorageError
from gdm_studio.gallery.database import transaction


@dataclass(frozen=True)
class Source:
    """An imported folder; `others` are its files that do not say how they were made, which are not shown."""

    folder: Path
    added: float  # seconds since 1970
    pictures: int = 0
    others: int = 0

    @property
    def is_there(self) -> bool:
        """False while its drive is away: its pictures stay in the index."""
        return self.folder.is_dir()


def all_of(db: sqlite3.Connection) -> list[Source]:
    """In the order they were added."""
    sql = """
        SELECT folder, added, coalesce(sum(picture != ''), 0), coalesce(sum(picture = ''), 0) FROM kept.sources
        LEFT JOIN main.files ON source = folder GROUP BY folder ORDER BY added
    """
    return [Source(Path(folder), *counts) for folder, *counts in db.execute(sql)]


def folders(db: sqlite3.Connection) -> list[Path]:
    """The imported folders alone."""
    return [Path(folder) for (folder,) in db.execute("SELECT folder FROM kept.sources ORDER BY added")]


def add(db: sqlite3.Connection, folder: Path, library: Path) -> Path:
    """Remembers a folder, as an absolute path; raises StorageError where it is none or is part of the library."""
    place = Path(os.path.abspath(folder))
    try:
        if not place.is_dir():
            raise NotADirectoryError(20, "") if place.exists() else FileNotFoundError(2, "")
        next(os.scandir(place), None)
        str(place).encode()
    except UnicodeEncodeError as error:
        raise StorageError(f"The name of {folder} cannot be stored; rename the folder.") from error
    except OSError as error:
        raise problem(place, error) from error
    if place.resolve().is_relative_to(library.resolve()):
        raise StorageError(f"{place} belongs to the library already; choose a folder outside it.")
    with transaction(db):
        db.execute("INSERT OR IGNORE INTO kept.sources VALUES (?, ?)", (str(place), time.time()))
    return place


def remove(db: sqlite3.Connection, folder: Path) -> None:
    """Forgets a folder; its files and what people added to its pictures stay."""
    with transaction(db):
        db.execute("DELETE FROM kept.sources WHERE folder = ?", (str(folder),))
