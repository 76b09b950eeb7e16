"""Repair of damaged databases. The index is deleted and rebuilt, and user data is recovered row by row."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common import atomic_files, paths, repair_log
from gdm_studio.common.atomic_files import storage_error
from gdm_studio.common.translation_markers import Sentence, translatable
from gdm_studio.gallery import database
from gdm_studio.gallery.storage import backup, integrity
from gdm_studio.gallery.storage.locks import DatabaseLock

REBUILT = translatable("The gallery's index was damaged and is built again from the files; nothing of yours was in it.")
# Maximum number of repairs per call. If the call still fails, the files are not the cause.
_MAX_REPAIRS = 2
_PREFIX = ".salvaged-favourites"
_EMPTY_FILE = "empty"
# Bytes of the SQLite header with the number of pages, corrected when the first page comes from another file.
_PAGE_COUNT = slice(28, 32)
_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {"TEXT": str, "REAL": (float, int), "INTEGER": int}
# Tables for which old rows of a backup are harmful, because they would hide images that were restored since.
_ONLY_IF_BROKEN = ("hidden",)
# {table: its rows}
Rows = dict[str, list[tuple]]


class Repairer:
    """Repairer of the gallery's databases. After a failed call, it repairs the damaged database and decides whether the
    call should be repeated.
    """

    def __init__(self, index: Path, user_data: Path, lock: DatabaseLock) -> None:
        self._index = index
        self._user_data = user_data
        self._lock = lock
        self._repairs = 0
        self.rebuilt_index = False

    def repair(self, error: sqlite3.Error, opened: tuple[tuple[int, int], ...]) -> bool:
        """Repair the gallery database that caused an SQLite error, and return True if the failed call can be repeated.
        The caller must have closed its connection to the files `opened`. Raises StorageError and sqlite3.Error.
        """
        if self._repairs == _MAX_REPAIRS or not self._is_suspect(error):
            return False
        self._repairs += 1
        with self._lock.exclusive():
            return self._repair_user_data() or self._is_replaced(opened) or self._rebuild_index(error)

    def _is_suspect(self, error: sqlite3.Error) -> bool:
        if database.may_be_damage(error) or database.cannot_open(error):
            return True
        return any(map(database.forbids_writing, (self._index, self._user_data)))

    def _is_replaced(self, opened: tuple[tuple[int, int], ...]) -> bool:
        return bool(opened) and database.file_identities(self._index, self._user_data) != opened

    def _repair_user_data(self) -> bool:
        if not is_missing(self._user_data) and not integrity.find_user_data_flaw_in(self._user_data):
            return False
        salvaged = salvage(self._user_data)
        shown = paths.display_path(salvaged.damaged_copy) if salvaged.damaged_copy else ""
        repair_log.record_repair(self._user_data.parent, salvaged.sentence(shown))
        return True

    def _rebuild_index(self, error: sqlite3.Error) -> bool:
        if not database.is_damaged(error) and not integrity.find_index_flaw(self._index):
            return False
        delete_index(self._index, self._user_data.parent)
        self.rebuilt_index = True
        return True


def delete_index(index: Path, data: Path) -> None:
    """Delete a damaged gallery index, so that it is rebuilt from the image files, and record this in the repair log.

    Raises StorageError.
    """
    database.remove(index)
    repair_log.record_repair(data, REBUILT)


def is_missing(user_data: Path) -> bool:
    """Return True if the database of the user data is missing although an intact backup exists."""
    try:
        is_gone = user_data.stat().st_size == 0
    except FileNotFoundError:
        # The target of a symbolic link may be on a disconnected drive, and is not lost.
        is_gone = not user_data.is_symlink()
    except OSError:
        return False
    return is_gone and backup.newest_intact(user_data) is not None


@dataclass(frozen=True)
class Salvage:
    """Result of recovering damaged user data: the number of rows read from the damaged file and the number taken from a
    backup.
    """

    # Number of rows read from the damaged file, and of rows that only the backup of `day` contained.
    read: int
    from_backup: int
    # Day of the backup, such as 2026-11-20. "" without a backup.
    day: str
    # The damaged file under its new name.
    damaged_copy: Path | None

    def sentence(self, shown: str) -> Sentence:
        """Return a sentence that tells the user how much of the damaged user data was recovered.

        `shown` is the path of the damaged file for display.
        """
        read = translatable("{count:,} entries", count=self.read) if self.read != 1 else translatable("1 entry")
        if self.from_backup:
            restored = translatable(
                "{entries} could be read, {more} more came from the copy of {day}",
                entries=read,
                more=self.from_backup,
                day=self.day,
            )
        elif self.read:
            restored = translatable("{entries} could be read", entries=read)
        else:
            restored = translatable("nothing of it could be read, and there is no copy of it")
        if shown:
            return translatable(
                "Your favourites, tags, notes and collections were damaged: {restored}; the damaged file is kept as "
                "{file}.",
                restored=restored,
                file=shown,
            )
        return translatable("Your favourites, tags, notes and collections were damaged: {restored}.", restored=restored)


def salvage(user_data: Path) -> Salvage:
    """Replace a damaged database of user data with a new one that contains all recoverable rows.

    Rows come from the damaged file and the newest intact backup. The damaged file is saved under another name. The
    caller must hold the lock. If StorageError is raised, or sqlite3.Error on a full disk, nothing has changed.
    """
    # A symbolic link stays a link.
    place = user_data.resolve()
    part = place.with_name(f"{_PREFIX}{atomic_files.PART}")
    try:
        # Folders left by a process that was killed during a repair.
        for left in place.parent.glob(f"{_PREFIX}*"):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
        newest = backup.newest_intact(user_data)
        with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place.parent) as folder:
            empty = Path(folder, _EMPTY_FILE)
            _write_repaired(empty, {}, {}, set())
            first_pages = [each.read_bytes() for each in (newest and newest.path, empty) if each]
            rows, broken = _read_damaged(place, Path(folder), first_pages)
        read, more = _write_repaired(part, rows, _read_backup(newest) if newest else {}, broken)
        damaged_copy = _copy_damaged(place)
        # This happens before the new file takes its place, because these journals do not belong to it.
        for journal in database.database_files(place)[1:]:
            journal.unlink(missing_ok=True)
        os.replace(part, place)
        atomic_files.sync_folder(place.parent)
    except OSError as error:
        raise storage_error(user_data, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return Salvage(read, more, newest.day if newest else "", damaged_copy)


def _read_damaged(damaged: Path, folder: Path, first_pages: list[bytes]) -> tuple[Rows, set[str]]:
    """Return all readable rows of a damaged user-data database, newest first, and the names of the tables that could
    not be read completely.
    """
    rows: Rows = {table: [] for table in integrity.user_data_columns()}
    broken = set(rows)
    for attempt in _create_copies(damaged, folder, first_pages):
        for table in list(rows):
            found, is_whole = _read_rows(attempt, table)
            rows[table] += found
            if is_whole:
                broken.discard(table)
        if not broken:
            break
    return rows, broken


def _create_copies(damaged: Path, folder: Path, first_pages: list[bytes]) -> Iterator[Path]:
    """Yield repaired copies of the damaged user data, in `folder`, to be tried in turn: with the journal, without it,
    and with each of `first_pages` in place of the first page.
    """
    if not damaged.is_file():
        return
    journal = database.database_files(damaged)[1]
    copy = folder / "copy"
    shutil.copyfile(damaged, copy)
    if journal.is_file():
        shutil.copyfile(journal, database.database_files(copy)[1])
        yield copy
        database.remove(copy)
        shutil.copyfile(damaged, copy)
    yield copy
    for first_page in first_pages:
        database.remove(copy)
        copy.write_bytes(_replace_first_page(damaged.read_bytes(), first_page))
        yield copy


def _replace_first_page(damaged: bytes, sound: bytes) -> bytes:
    """Return a damaged database file with its first page, which stores the positions of the tables, taken from an
    intact database with the same tables.
    """
    stored = int.from_bytes(sound[16:18], "big")
    size = 65_536 if stored == 1 else stored
    first = bytearray(sound[:size])
    first[_PAGE_COUNT] = (len(damaged) // size).to_bytes(4, "big")
    return bytes(first) + damaged[size:]


def _read_rows(path: Path, table: str) -> tuple[list[tuple], bool]:
    """Read a table of a damaged database, from both ends and through its index if a page is damaged. Returns the
    readable rows, and True if they are complete.
    """
    columns = integrity.user_data_columns()[table]
    names = ", ".join(name for name, _ in columns)
    sources = [f"{table} ORDER BY 1", f"{table} ORDER BY 1 DESC"]
    if table == "tags":
        sources += [f"tags INDEXED BY tagged ORDER BY tag {order}" for order in ("", "DESC")]
    found: list[tuple] = []
    for source in sources:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as db:
            db.text_factory = lambda text: text.decode("utf-8", "replace")
            for row in db.execute(f"SELECT {names} FROM {source}"):
                if all(isinstance(value, _PYTHON_TYPES[kind]) for value, (_, kind) in zip(row, columns, strict=True)):
                    found.append(row)
            return found, True
    return found, False


def _read_backup(newest: backup.Backup) -> Rows:
    with contextlib.closing(newest.open()) as db:
        tables = integrity.user_data_columns(database.version(db))
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def _write_repaired(part: Path, rows: Rows, backed_up: Rows, broken: set[str]) -> tuple[int, int]:
    """Write a new database of user data with the recovered rows. Return the number of rows from the damaged file and
    from the backup.
    """
    more = {table: found for table, found in backed_up.items() if table not in _ONLY_IF_BROKEN or table in broken}
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as db, database.transaction(db):
        for statement in database.USER_DATA_SCHEMA.replace("kept.", "").split(";")[:-1]:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {database.USER_DATA_VERSION}")
        counts = [sum(_insert(db, each)) for each in (rows, more)]
    with open(part, "rb+") as file:
        os.fsync(file.fileno())
    return counts[0], counts[1]


def _insert(db: sqlite3.Connection, rows: Rows) -> Iterator[int]:
    """Insert recovered rows into the new database, skipping keys that already exist.

    Yield the number of inserted rows for each table.
    """
    for table, found in rows.items():
        marks = ", ".join("?" * len(integrity.user_data_columns()[table]))
        yield _count_changes(db, f"INSERT OR IGNORE INTO {table} VALUES ({marks})", found)


def _count_changes(db: sqlite3.Connection, sql: str, rows: Iterable[tuple]) -> int:
    before = db.total_changes
    db.executemany(sql, rows)
    return db.total_changes - before


def _copy_damaged(user_data: Path) -> Path | None:
    """Copy the damaged user data and its journal to an unused name, and return the path of the copy, or None if both
    are missing. A folder at one of these paths is renamed instead.
    """
    if not any(part.exists() for part in database.database_files(user_data)[:2]):
        return None
    copy = _free_name(user_data)
    for part, target in zip(database.database_files(user_data)[:2], database.database_files(copy)[:2], strict=True):
        if part.is_file():
            shutil.copyfile(part, target)
            with open(target, "rb+") as file:
                os.fsync(file.fileno())
        elif part.exists():
            part.rename(target)
    return copy


def _free_name(user_data: Path) -> Path:
    """Return an unused file name, containing the current time, for the copy of the damaged database."""
    stem = f"{user_data.stem}-damaged-{time.strftime('%Y-%m-%d-%H%M%S')}"
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{user_data.suffix}" for number in range(1, 10_000))
    return next(path for name in names if not os.path.lexists(path := user_data.with_name(name)))
