"""The gallery's two SQLite files: an index, which can be made again, and what people added, which cannot."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from gdm_studio.atomic import problem as problem_with
from gdm_studio.errors import StorageError
from gdm_studio.gallery.terms import SEARCHED

VERSION = 3  # of the index; any other is thrown away and filled again from the files
KEPT_VERSION = 3  # of what people added, which is brought up to date in place
BUSY = 10.0  # seconds to wait for another process that is writing
_UNOPENED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
_REFUSED = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH, *_UNOPENED)
_PASSING = (  # of what is the matter now, and not with the file
    *_REFUSED, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS,
)  # fmt: skip
_TYPES = {int: "INTEGER", float: "REAL"}
COLUMNS = {word: _TYPES.get(setting.kind, "TEXT") for word, setting in SEARCHED.items()}
_INDEX = """
CREATE TABLE filled(              -- one row a folder once every file in it has been looked at
    source TEXT PRIMARY KEY,      -- '' for the pictures folder
    device INTEGER NOT NULL       -- the disk it was on
) WITHOUT ROWID;
CREATE TABLE files(               -- every picture file that has been looked at
    path TEXT PRIMARY KEY,        -- relative to the pictures folder, absolute in an imported one
    source TEXT NOT NULL,         -- '' or the imported folder
    mtime INTEGER NOT NULL,       -- ns
    bytes INTEGER NOT NULL,
    picture TEXT NOT NULL         -- its id, or '' where the file holds no settings
) WITHOUT ROWID;
CREATE INDEX files_by_picture ON files(picture);
CREATE INDEX files_by_source ON files(source);
CREATE TABLE pictures(            -- narrow, so that looking through all of them is quick
    row INTEGER PRIMARY KEY,      -- created in µs since 1970, or the next free: newest first without a sort
    id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,           -- one of its files
    source TEXT NOT NULL,
    created REAL NOT NULL,        -- row in seconds
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    {columns}                     -- of the settings that are searched
    stopped_at INTEGER NOT NULL,
    tool TEXT NOT NULL,
    branch INTEGER NOT NULL,      -- whether it left another picture's path
    family TEXT NOT NULL          -- the digest of the first picture it goes back to, its own where it is no branch
);
CREATE INDEX pictures_by_seed ON pictures(seed);
CREATE INDEX pictures_by_family ON pictures(family);
CREATE TABLE settings(
    row INTEGER PRIMARY KEY,      -- of pictures
    request TEXT NOT NULL,        -- JSON
    made_with TEXT NOT NULL       -- JSON
);
CREATE VIRTUAL TABLE words USING fts5(
    prompt, negative, class, style, model, note, tags, every, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2"
);
"""
INDEX = _INDEX.replace("{columns}", " ".join(f"{name} {kind} NOT NULL," for name, kind in COLUMNS.items()))
KEPT = """
CREATE TABLE IF NOT EXISTS kept.favourites(
    id TEXT PRIMARY KEY,
    added REAL NOT NULL           -- seconds since 1970
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.collections(
    name TEXT PRIMARY KEY COLLATE NOCASE,
    created REAL NOT NULL         -- seconds since 1970
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.collected(
    collection TEXT NOT NULL COLLATE NOCASE,
    picture TEXT NOT NULL,        -- its id
    PRIMARY KEY (collection, picture)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.tags(
    picture TEXT NOT NULL,
    tag TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (picture, tag)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept.tagged ON tags(tag);
CREATE TABLE IF NOT EXISTS kept.notes(
    picture TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    written REAL NOT NULL         -- seconds since 1970
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.searches(
    name TEXT PRIMARY KEY COLLATE NOCASE,
    query TEXT NOT NULL,
    created REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.sources(
    folder TEXT PRIMARY KEY,      -- absolute
    added REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.adopted(
    content TEXT PRIMARY KEY,     -- SHA-256 of a file that says nothing of how it was made
    bytes INTEGER NOT NULL,
    picture TEXT NOT NULL,        -- which picture it is
    record TEXT NOT NULL          -- JSON of what it said before
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.hidden(
    picture TEXT PRIMARY KEY,     -- one of an imported folder that was deleted here: its file stays
    deletion TEXT NOT NULL        -- the name of the folder that waits to be restored
) WITHOUT ROWID;
"""


class Unreadable(sqlite3.DatabaseError):
    """A row holds what this program never writes."""


class DamagedKept(sqlite3.DatabaseError):
    """What people added cannot be used as it is; `mending` helps."""


class ReadOnly(sqlite3.Connection):
    """A connection with a copy of the index in memory: reading needs no writing. `because` is what refused that."""

    because: sqlite3.Error


def connect(index: Path, favourites: Path, *, refused: sqlite3.Error | None = None) -> sqlite3.Connection:
    """A connection with the index as `main`, emptied if of another version, and the favourites as `kept`.

    Raises sqlite3.Error, DamagedKept where it is the favourites that are damaged. Where nothing can be written, the
    disk being full or read-only, as has been `refused` before or is now, it is one for reading alone.
    """
    if refused is None:
        try:
            return _for_writing(index, favourites)
        except sqlite3.OperationalError as error:
            if not is_refused(error) or any(map(forbids_writing, (index, favourites))):
                raise
            refused = error
    try:
        return _for_reading(index, favourites, refused)
    except sqlite3.Error:
        raise refused from None


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the writes inside, or none; waits for another process that is writing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # some errors have ended it already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether it says for sure that a file is broken."""
    return isinstance(error, Unreadable) or _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def may_be_damage(error: sqlite3.Error) -> bool:
    """Whether the file may be broken, rather than locked, on a full disk or out of reach."""
    return _code(error) not in _PASSING


def forbids_writing(path: Path) -> bool:
    """Whether its header does so, which no version of SQLite has written yet; False where there is none."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        header = file.read(20)
        return len(header) == 20 and not {*header[18:20]} <= {1, 2}
    return False


def is_refused(error: sqlite3.Error) -> bool:
    """Whether it says that nothing can be written, or not here."""
    return _code(error) in _REFUSED


def cannot_open(error: sqlite3.Error) -> bool:
    """Whether it says that a file cannot be opened or read: the disk's fault, or that of what lies in its place."""
    return _code(error) in _UNOPENED


def _for_writing(index: Path, favourites: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(index, timeout=BUSY, isolation_level=None)
    try:
        _use_wal(connection, "main")
        connection.execute("PRAGMA main.synchronous = NORMAL")
        connection.execute("PRAGMA main.cache_size = -16384")  # KiB
        _prepare(connection)
        _attach(connection, favourites)
    except BaseException:
        connection.close()
        raise
    return connection


def _for_reading(index: Path, favourites: Path, because: sqlite3.Error) -> ReadOnly:
    """From the files as they are: even a reader of a journal would have to write beside it. Raises sqlite3.Error."""
    connection = sqlite3.connect("file::memory:", uri=True, isolation_level=None, factory=ReadOnly)
    connection.because = because
    try:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_as_it_is(index)) as known:
            known.backup(connection)
        _prepare(connection)
        if favourites.exists():
            connection.execute("ATTACH ? AS kept", (unchanging(favourites),))
        else:
            connection.execute("ATTACH ':memory:' AS kept")
            for statement in KEPT.split(";")[:-1]:
                connection.execute(statement)
            connection.set_authorizer(_nothing_kept)
    except BaseException:
        connection.close()
        raise
    return connection


def _as_it_is(index: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{unchanging(index)}&mode=ro", uri=True)


def _nothing_kept(action: int, _table: str | None, _column: str | None, schema: str | None, _by: str | None) -> int:
    """Forbids to add what would be gone with the connection."""
    adds = action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
    return sqlite3.SQLITE_DENY if adds and schema == "kept" else sqlite3.SQLITE_OK


def unchanging(path: Path) -> str:
    return f"{path.absolute().as_uri()}?immutable=1"


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension that says where


def problem(path: Path, error: sqlite3.Error) -> StorageError:
    """What went wrong with one of the two files, and what to do, in one sentence.

    Out of the way either comes again: the index from the files, what people added from its copies.
    """
    match _code(error):
        case sqlite3.SQLITE_FULL:
            sentence = f"The disk of {path.parent} is full; free some space, then try again."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            sentence = "Another GDM Studio is busy with the gallery; try again in a moment."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR:
            sentence = f"{path} of the gallery cannot be written; check its disk and permissions."
        case _:
            sentence = f"{path} of the gallery cannot be used ({error}); move it out of the way, then try again."
    return StorageError(sentence)


def remove(path: Path) -> None:
    """Deletes a database with its journals; what is no file is put aside. Raises StorageError."""
    clear_the_way(*parts(path))
    for part in parts(path):
        try:
            part.unlink(missing_ok=True)
        except OSError as error:
            raise problem_with(part, error) from error


def clear_the_way(*needed: Path) -> list[Path]:
    """Puts aside what is no file, or a link to none, in these places: SQLite would wait for it, or trip over it.

    Where it is now; raises StorageError.
    """
    found = []
    for part in needed:
        try:
            if (part.is_symlink() and not part.exists()) or not stat.S_ISREG(part.stat().st_mode):
                aside = part.with_name(f"{part.name}-aside-{time.time_ns()}")
                part.rename(aside)
                found.append(aside)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise problem_with(part, error) from error
    return found


def identity(*paths: Path) -> tuple[tuple[int, int], ...]:
    """Which files these are, whatever their names: another one in the place of one that is open is seen by it."""
    found = []
    for path in paths:
        try:
            status = path.stat()
            found.append((status.st_dev, status.st_ino))
        except OSError:
            found.append((0, 0))
    return tuple(found)


def _prepare(connection: sqlite3.Connection) -> None:
    """The index has the tables of this version afterwards, with a column for each setting that is searched."""
    if _is_of_today(connection):
        return
    with transaction(connection):
        if _is_of_today(connection):  # another process was faster
            return
        _drop_all(connection)
        for statement in INDEX.split(";")[:-1]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _is_of_today(connection: sqlite3.Connection) -> bool:
    if version(connection) != VERSION:
        return False
    there = {name: kind for _, name, kind, *_ in connection.execute("PRAGMA main.table_info(pictures)")}
    return COLUMNS.items() <= there.items()


def _drop_all(connection: sqlite3.Connection) -> None:
    """Virtual tables go first and take the tables behind them along."""
    order = "ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
    tables = connection.execute(f"SELECT name FROM sqlite_master WHERE type = 'table' {order}").fetchall()
    for (name,) in tables:
        connection.execute('DROP TABLE IF EXISTS "{}"'.format(name.replace('"', '""')))


def version(connection: sqlite3.Connection, schema: str = "main") -> int:
    version: int = connection.execute(f"PRAGMA {schema}.user_version").fetchone()[0]
    return version


def _attach(connection: sqlite3.Connection, favourites: Path) -> None:
    try:
        connection.execute("ATTACH ? AS kept", (str(favourites),))
        _use_wal(connection, "kept")
        connection.execute("PRAGMA kept.synchronous = FULL")
        if _is_of_others(connection):
            raise DamagedKept("Another program's database is in its place.")
        if version(connection, "kept") < KEPT_VERSION:  # version 0, the first, had fewer tables
            with transaction(connection):
                for statement in KEPT.split(";")[:-1]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA kept.user_version = {KEPT_VERSION}")
    except sqlite3.Error as error:
        if may_be_damage(error):
            raise DamagedKept(str(error)) from error
        raise


def _is_of_others(connection: sqlite3.Connection) -> bool:
    """Whether there are tables in what is attached, and not the one that was there from the first version on."""
    tables = {name for (name,) in connection.execute("SELECT name FROM kept.sqlite_master WHERE type = 'table'")}
    return bool(tables) and "favourites" not in tables


def parts(path: Path) -> list[Path]:
    """The files of a database: itself and its journals."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]


def _use_wal(connection: sqlite3.Connection, schema: str) -> None:
    """Readers beside a writer. Two first starts can collide here, where SQLite does not wait by itself."""
    for attempt in range(50):
        try:
            if connection.execute(f"PRAGMA {schema}.journal_mode").fetchone()[0] != "wal":
                connection.execute(f"PRAGMA {schema}.journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if attempt == 49:
                raise
            time.sleep(0.02)
