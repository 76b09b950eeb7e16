"""Copies of what people added, one for each of the last days on which it changed: it cannot be made again."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from gdm_studio import atomic
from gdm_studio.errors import StorageError
from gdm_studio.gallery import database, soundness

FOLDER = "favourites-copies"  # in the data folder
SUFFIX = ".sqlite"
MOST = 7


@dataclass(frozen=True)
class Copy:
    """`day` is the one on which what had been added became what is in it, as 2026-11-20."""

    path: Path

    @property
    def day(self) -> str:
        return self.path.stem

    def opened(self) -> sqlite3.Connection:
        """For reading; raises sqlite3.Error."""
        return sqlite3.connect(database.unchanging(self.path), uri=True)


def all_of(favourites: Path) -> list[Copy]:
    """The newest first, whatever state they are in."""
    try:
        names = [entry.name for entry in os.scandir(favourites.parent / FOLDER) if entry.is_file()]
    except OSError:
        return []
    days = sorted((name for name in names if _is_day(name)), reverse=True)
    return [Copy(favourites.parent / FOLDER / name) for name in days]


def newest_good(favourites: Path) -> Copy | None:
    """The newest that is sound and has something in it."""
    for copy in all_of(favourites):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(copy.opened()) as db:
            if not soundness.kept_flaw(db, "main") and not is_empty(db):
                return copy
    return None


def is_due(favourites: Path) -> bool:
    """Whether nobody has looked today whether the newest is still what was added."""
    for copy in all_of(favourites)[:1]:
        with contextlib.suppress(OSError):
            return _today() not in (copy.day, _day(copy.path.stat().st_mtime))
    return True


def keep(db: sqlite3.Connection, favourites: Path) -> None:
    """Copies what is attached as `kept`, in place of today's copy, if it has changed; the oldest beyond MOST go.

    Without room for one there is none.
    """
    folder = favourites.parent / FOLDER
    part = folder / f".{secrets.token_hex(16)}{atomic.PART}"
    try:
        atomic.make_folder(folder)
        _back_up(db, part)
        newest = next(iter(all_of(favourites)), None)
        if newest is not None and newest.path.read_bytes() == part.read_bytes():
            os.utime(newest.path, (time.time(), time.time()))
        elif _is_good(part):
            os.replace(part, folder / f"{_today()}{SUFFIX}")
            atomic.sync_folder(folder)
        for copy in all_of(favourites)[MOST:]:
            copy.path.unlink()
    except (sqlite3.Error, OSError, StorageError):
        pass
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def is_empty(db: sqlite3.Connection) -> bool:
    """Whether nobody has added anything."""
    return not any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in soundness.kept_columns())


def _back_up(db: sqlite3.Connection, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as target:
        db.backup(target, name="kept")
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _is_good(path: Path) -> bool:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(Copy(path).opened()) as db:
        return not soundness.kept_flaw(db, "main")
    return False


def _is_day(name: str) -> bool:
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix}" == SUFFIX and len(stem) == 10 and stem.replace("-", "").isdecimal()


def _today() -> str:
    return _day(time.time())


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
