"""Getting back what people added out of a damaged database: row by row, and from the newest good copy of it."""

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

from gdm_studio import atomic
from gdm_studio.atomic import problem
from gdm_studio.gallery import copies, database, soundness

_LEFT = ".salvaged-favourites"
_EMPTY = "empty"
_PAGE_COUNT = slice(28, 32)  # in the header: how many pages the file has, in case its first page is that of a copy
_PYTHON: dict[str, type | tuple[type, ...]] = {"TEXT": str, "REAL": (float, int), "INTEGER": int}
_ONLY_IF_BROKEN = ("hidden",)  # tables where an old row does harm: it would hide what was brought back
Rows = dict[str, list[tuple]]  # {table: its rows}


@dataclass(frozen=True)
class Salvaged:
    """How many rows were read from the damaged file, how many more came from the copy of `day`, where the file is."""

    read: int
    from_copy: int
    day: str  # "" without a copy
    aside: Path | None

    def sentence(self, shown: str) -> str:
        """For people; `shown` is the place of the damaged file as they read it."""
        if self.from_copy:
            back = f"{_counted(self.read)} could be read, {self.from_copy} more came from the copy of {self.day}"
        elif self.read:
            back = f"{_counted(self.read)} could be read"
        else:
            back = "nothing of it could be read, and there is no copy of it"
        kept = f"; the damaged file is kept as {shown}" if shown else ""
        return f"Your favourites, tags, notes and collections were damaged: {back}{kept}."


def mend(favourites: Path) -> Salvaged:
    """Puts a sound database in the place of a damaged one, with all that can be got back; the caller is alone with it.

    The damaged file is kept under another name. Raises StorageError, and sqlite3.Error where there is no room; then
    nothing has changed, and all of it can be tried again.
    """
    place = favourites.resolve()  # where it is a link it stays one
    part = place.with_name(f"{_LEFT}{atomic.PART}")
    try:
        for left in place.parent.glob(f"{_LEFT}*"):  # of a process that was killed at it
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        copy = copies.newest_good(favourites)
        with tempfile.TemporaryDirectory(prefix=_LEFT, dir=place.parent) as folder:
            _write(Path(folder, _EMPTY), {}, {}, set())
            firsts = [each.read_bytes() for each in (copy and copy.path, Path(folder, _EMPTY)) if each]
            rows, broken = _read(place, Path(folder), firsts)
        read, more = _write(part, rows, _rows_of(copy) if copy else {}, broken)
        aside = _set_aside(place)
        for journal in database.parts(place)[1:]:
            journal.unlink(missing_ok=True)  # before the new file is there, to which they do not belong
        os.replace(part, place)
        atomic.sync_folder(place.parent)
    except OSError as error:
        raise problem(favourites, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return Salvaged(read, more, copy.day if copy else "", aside)


def _read(favourites: Path, folder: Path, firsts: list[bytes]) -> tuple[Rows, set[str]]:
    """All rows that can be read, the last written first, and the tables that could not be read to their end.

    From copies of the damaged files, one of them without its journal, one with a first page that is sound.
    """
    rows: Rows = {table: [] for table in soundness.kept_columns()}
    broken = set(rows)
    for attempt in _attempts(favourites, folder, firsts):
        for table in list(rows):
            found, is_whole = _rows_in(attempt, table)
            rows[table] += found
            if is_whole:
                broken.discard(table)
        if not broken:
            break
    return rows, broken


def _attempts(damaged: Path, folder: Path, firsts: list[bytes]) -> Iterator[Path]:
    """Copies in `folder` from which more or less can be read."""
    if not damaged.is_file():
        return
    journal, copy = database.parts(damaged)[1], folder / "copy"
    shutil.copyfile(damaged, copy)
    if journal.is_file():
        shutil.copyfile(journal, database.parts(copy)[1])
        yield copy
        database.remove(copy)
        shutil.copyfile(damaged, copy)
    yield copy
    for first in firsts:
        database.remove(copy)
        copy.write_bytes(_with_first_page(damaged.read_bytes(), first))
        yield copy


def _with_first_page(damaged: bytes, sound: bytes) -> bytes:
    """With that of another database of the same tables, which says where they begin."""
    stored = int.from_bytes(sound[16:18], "big")
    size = 65_536 if stored == 1 else stored
    first = bytearray(sound[:size])
    first[_PAGE_COUNT] = (len(damaged) // size).to_bytes(4, "big")
    return bytes(first) + damaged[size:]


def _rows_in(path: Path, table: str) -> tuple[list[tuple], bool]:
    """The rows of a table that can be read, from either end and by its index; whether that were all."""
    columns = soundness.kept_columns()[table]
    names = ", ".join(name for name, _ in columns)
    ways = [f"{table} ORDER BY 1", f"{table} ORDER BY 1 DESC"]
    if table == "tags":
        ways += [f"tags INDEXED BY tagged ORDER BY tag {way}" for way in ("", "DESC")]
    found: list[tuple] = []
    for way in ways:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as db:
            db.text_factory = lambda text: text.decode("utf-8", "replace")
            for row in db.execute(f"SELECT {names} FROM {way}"):
                if all(isinstance(value, _PYTHON[kind]) for value, (_, kind) in zip(row, columns, strict=True)):
                    found.append(row)
            return found, True
    return found, False


def _rows_of(copy: copies.Copy) -> Rows:
    with contextlib.closing(copy.opened()) as db:
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in soundness.kept_columns()}


def _write(part: Path, rows: Rows, copied: Rows, broken: set[str]) -> tuple[int, int]:
    """A new database of these rows; how many there are, and how many of the copy came to them."""
    more = {table: found for table, found in copied.items() if table not in _ONLY_IF_BROKEN or table in broken}
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as db, database.transaction(db):
        for statement in database.KEPT.replace("kept.", "").split(";")[:-1]:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {database.KEPT_VERSION}")
        counts = [sum(_insert(db, each)) for each in (rows, more)]
    with open(part, "rb+") as file:
        os.fsync(file.fileno())
    return counts[0], counts[1]


def _insert(db: sqlite3.Connection, rows: Rows) -> Iterator[int]:
    """Adds what is not there yet; how many of each table. A row whose name another has already is left out."""
    for table, found in rows.items():
        marks = ", ".join("?" * len(soundness.kept_columns()[table]))
        yield _changes(db, f"INSERT OR IGNORE INTO {table} VALUES ({marks})", found)


def _changes(db: sqlite3.Connection, sql: str, rows: Iterable[tuple]) -> int:
    before = db.total_changes
    db.executemany(sql, rows)
    return db.total_changes - before


def _set_aside(favourites: Path) -> Path | None:
    """Keeps the damaged files under another name, the originals where they were; where they are, None for none."""
    if not any(part.exists() for part in database.parts(favourites)[:2]):
        return None
    aside = _free_name(favourites)
    for part, kept in zip(database.parts(favourites)[:2], database.parts(aside)[:2], strict=True):
        if part.is_file():
            shutil.copyfile(part, kept)
            with open(kept, "rb+") as file:
                os.fsync(file.fileno())
        elif part.exists():
            part.rename(kept)
    return aside


def _free_name(favourites: Path) -> Path:
    """For the damaged file; it says when it was found so."""
    stem = f"{favourites.stem}-damaged-{time.strftime('%Y-%m-%d-%H%M%S')}"
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{favourites.suffix}" for number in range(1, 10_000))
    return next(path for name in names if not os.path.lexists(path := favourites.with_name(name)))


def _counted(rows: int) -> str:
    return "1 entry" if rows == 1 else f"{rows:,} entries"
