"""Imported folders: image folders of other programs that the gallery shows but never writes to."""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.atomic_files import storage_error
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery.database import transaction

if TYPE_CHECKING:
    from gdm_studio.gallery.database_connection import Connection
    from gdm_studio.gallery.library_location import Location


@dataclass(frozen=True)
class Source:
    """Imported folder with its image counts.

    `pictures` counts its images in the gallery, and `copies` the files that are not shown because they are copies of
    these images. `plain` counts the images without settings, `unreadable` the damaged files, and `in_library` the
    images that are also in the library.
    """

    folder: Path
    # Seconds since 1970.
    added: float
    pictures: int = 0
    copies: int = 0
    plain: int = 0
    unreadable: int = 0
    in_library: int = 0

    @property
    def is_there(self) -> bool:
        """True if the imported folder exists. Its images stay in the gallery while its drive is not connected."""
        return self.folder.is_dir()


class Sources:
    """The imported folders ("sources") of the gallery. They belong to other programs, and the gallery shows their
    images without changing them.
    """

    def __init__(self, connection: Connection, location: Location) -> None:
        self._connection = connection
        self._location = location

    def all(self) -> list[Source]:
        """Return all imported folders in the order in which the user added them."""
        return self._connection.run_on_user_data(_read_sources)

    def unreadable(self, folder: Path, *, limit: int) -> list[str]:
        """Return the names of the first damaged files of an imported folder, at most `limit`. They are not shown."""
        return self._connection.run_on_user_data(_read_unreadable, folder, limit)

    def add(self, folder: Path) -> Path:
        """Add a folder of images to the imported folders and return its absolute path. Its images are indexed in the
        next sync. Raises StorageError if the path is not a folder or lies in the library.
        """
        # The next sync reads all folders again. Until then, no folder counts as outdated.
        self._location.folder_times = {}
        return self._connection.run_on_user_data(_add, folder, self._location.folder)

    def remove(self, folder: Path) -> None:
        """Remove an imported folder from the gallery. Neither its files nor the user data about them are deleted."""
        self._connection.run_on_user_data(_remove, folder)
        self._connection.run(lambda index: index.forget_source(str(folder)))


def source_folders(db: sqlite3.Connection) -> list[Path]:
    """Read the paths of the imported folders from the user data, in the order in which the user added them."""
    return [Path(folder) for (folder,) in db.execute("SELECT folder FROM kept.sources ORDER BY added")]


def _read_sources(db: sqlite3.Connection) -> list[Source]:
    sql = """
        SELECT folder, added, count(DISTINCT pictures.id), count(pictures.id) - count(DISTINCT pictures.id),
            count(DISTINCT CASE WHEN pictures.tool = '' THEN pictures.id END), coalesce(sum(claimed = ''), 0),
            count(DISTINCT CASE WHEN pictures.source = '' THEN pictures.id END) FROM kept.sources
        LEFT JOIN main.files ON files.source = folder LEFT JOIN main.pictures ON pictures.id = files.picture
        GROUP BY folder ORDER BY added
    """
    return [Source(Path(folder), *counts) for folder, *counts in db.execute(sql)]


def _read_unreadable(db: sqlite3.Connection, folder: Path, limit: int) -> list[str]:
    sql = "SELECT path FROM main.files WHERE source = ? AND claimed = '' ORDER BY path LIMIT ?"
    return [Path(path).name for (path,) in db.execute(sql, (str(folder), limit))]


def _add(db: sqlite3.Connection, folder: Path, library: Path) -> Path:
    place = Path(os.path.abspath(folder))
    try:
        if not place.is_dir():
            raise NotADirectoryError(20, "") if place.exists() else FileNotFoundError(2, "")
        with os.scandir(place) as entries:
            next(entries, None)
        str(place).encode()
    except UnicodeEncodeError as error:
        raise StorageError(f"The name of {folder} cannot be stored; rename the folder.") from error
    except OSError as error:
        raise storage_error(place, error) from error
    if place.resolve().is_relative_to(library.resolve()):
        raise StorageError(f"{place} belongs to the library already; choose a folder outside.")
    with transaction(db):
        db.execute("INSERT OR IGNORE INTO kept.sources VALUES (?, ?)", (str(place), time.time()))
    return place


def _remove(db: sqlite3.Connection, folder: Path) -> None:
    with transaction(db):
        db.execute("DELETE FROM kept.sources WHERE folder = ?", (str(folder),))
