"""Backups of the user data, one for each of the last days on which the data changed."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import database
from gdm_studio.gallery.storage import integrity

# Name of the folder for backups, in the data folder.
FOLDER = "favourites-copies"
SUFFIX = ".sqlite"
MAX_BACKUPS = 7


@dataclass(frozen=True)
class Backup:
    """Backup of the gallery's user data. The file is named after the day of the last change that it contains."""

    path: Path

    @property
    def day(self) -> str:
        """The day of the last change in the backup, such as 2026-11-20."""
        return self.path.stem

    def open(self) -> sqlite3.Connection:
        """Open the backup of the user data read-only. Raises sqlite3.Error."""
        return sqlite3.connect(database.immutable_uri(self.path), uri=True)


def all_backups(user_data: Path) -> list[Backup]:
    """Return all backups of the user data, newest first, including damaged ones."""
    try:
        names = [entry.name for entry in os.scandir(user_data.parent / FOLDER) if entry.is_file()]
    except OSError:
        return []
    days = sorted((name for name in names if _is_day(name)), reverse=True)
    return [Backup(user_data.parent / FOLDER / name) for name in days]


def newest_intact(user_data: Path) -> Backup | None:
    """Return the newest backup of the user data that is neither damaged nor empty, or None."""
    for backup in all_backups(user_data):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(backup.open()) as db:
            if not integrity.find_user_data_flaw(db, "main") and not is_empty(db):
                return backup
    return None


def is_due(user_data: Path) -> bool:
    """Return True if today's backup of the gallery's user data is still missing: none was created today, and the data
    were not found to be unchanged today.
    """
    for backup in all_backups(user_data)[:1]:
        with contextlib.suppress(OSError):
            return _get_today() not in (backup.day, _format_day(backup.path.stat().st_mtime))
    return True


def back_up(db: sqlite3.Connection, user_data: Path) -> None:
    """Back up the gallery's user data (schema `kept` of the connection `db`) if it has changed. The backup replaces an
    earlier one of the same day, and the oldest backups are deleted. A full disk is ignored.
    """
    folder = user_data.parent / FOLDER
    part = folder / f".{secrets.token_hex(16)}{atomic_files.PART}"
    try:
        atomic_files.make_folder(folder)
        _copy(db, part)
        newest = next(iter(all_backups(user_data)), None)
        if newest is not None and newest.path.read_bytes() == part.read_bytes():
            # The timestamp records that the backup was compared today. See `is_due`.
            os.utime(newest.path, (time.time(), time.time()))
        elif _is_intact(part):
            os.replace(part, folder / f"{_get_today()}{SUFFIX}")
            atomic_files.sync_folder(folder)
        for backup in all_backups(user_data)[MAX_BACKUPS:]:
            backup.path.unlink()
    except (sqlite3.Error, OSError, StorageError):
        pass
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def is_empty(db: sqlite3.Connection) -> bool:
    """Return True if a database of user data contains no favourites, tags or other rows, so that it is useless as a
    backup.
    """
    tables = integrity.user_data_columns(database.version(db))
    return not any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)


def _copy(db: sqlite3.Connection, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as target:
        db.backup(target, name="kept")
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _is_intact(path: Path) -> bool:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(Backup(path).open()) as db:
        return not integrity.find_user_data_flaw(db, "main")
    return False


def _is_day(name: str) -> bool:
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix}" == SUFFIX and len(stem) == 10 and stem.replace("-", "").isdecimal()


def _get_today() -> str:
    return _format_day(time.time())


def _format_day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
