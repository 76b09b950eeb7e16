"""The two SQLite databases of the gallery. The index can be rebuilt from the image files; the user data cannot."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from gdm_studio.common.atomic_files import storage_error as problem_with
from gdm_studio.common.errors import StorageError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.gallery.metadata.record import TOOL
from gdm_studio.gallery.search_terms import SEARCHED

# Version of the index. An index of another version is emptied and filled again from the files, except these two:
# version 9 lists the same files, but does not show those without settings, and version 10 has defaults in place of the
# settings that files of other programs do not state.
VERSION = 11
_WITHOUT_PLAIN_PICTURES = 9
_WITH_UNSTATED_DEFAULTS = 10
# Value of `settings.unstated` in rows of such an index, whose files have to be read again. It is no name of a setting.
OUTDATED = "?"
# Version of the user data, which is migrated in place.
USER_DATA_VERSION = 5
# {table of the user data: first version that contains the table}
ADDED_IN = {"originals": 4, "image_sets": 5}
# Seconds to wait for another process that is writing.
BUSY_TIMEOUT = 10.0
_OPEN_ERRORS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
_WRITE_ERRORS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH, *_OPEN_ERRORS)
# Errors that are unrelated to the content of the file.
_TEMPORARY_ERRORS = (
    *_WRITE_ERRORS,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOLFS,
)
_TYPES = {int: "INTEGER", float: "REAL"}
# Columns of the index for the settings that can be searched.
COLUMNS = {word: _TYPES.get(setting.kind, "TEXT") for word, setting in SEARCHED.items()}
_INDEX = """
CREATE TABLE filled(              -- one row per folder once every file in it has been read
    source TEXT PRIMARY KEY,      -- '' for the library, else the imported folder
    device INTEGER NOT NULL       -- the disk of the folder
) WITHOUT ROWID;
CREATE TABLE files(               -- every image file that has been read
    path TEXT PRIMARY KEY,        -- relative to the library, absolute in an imported folder
    source TEXT NOT NULL,         -- '' or the imported folder
    mtime INTEGER NOT NULL,       -- ns
    bytes INTEGER NOT NULL,
    claimed TEXT NOT NULL,        -- the id in the file or, without one, of its content, or '' if it cannot be read
    picture TEXT NOT NULL,        -- the id of the image in the gallery, or '' until id_conflicts.py decides
    previous TEXT NOT NULL,       -- the id in the gallery before the file changed, until that is decided
    content TEXT NOT NULL,        -- digest of the bytes, or '' if no other file has the same id
    pixels TEXT NOT NULL          -- digest of the pixels, or '' if the bytes were enough
) WITHOUT ROWID;
CREATE INDEX files_by_picture ON files(picture);
CREATE INDEX files_by_claimed ON files(claimed);
CREATE INDEX files_undecided ON files(claimed) WHERE picture = '' AND claimed != '';
CREATE INDEX files_by_source ON files(source);
CREATE TABLE pictures(            -- narrow, so that a search through all rows is fast
    row INTEGER PRIMARY KEY,      -- creation time in µs since 1970, or the next free number
    id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,           -- one of the files with this image
    source TEXT NOT NULL,
    created REAL NOT NULL,        -- row in seconds
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    {columns}                     -- the settings that can be searched (a number is NULL if not stated)
    sampler_written TEXT NOT NULL,  -- the names in the file, if another program wrote it
    spacing_written TEXT NOT NULL,
    stopped_at INTEGER NOT NULL,
    tool TEXT NOT NULL,           -- '' if the image has no settings, and those in the columns say nothing
    branch INTEGER NOT NULL,      -- whether the image is a branch of another one
    family TEXT NOT NULL,         -- digest of the first ancestor, or of the image itself if it is no branch
    series TEXT NOT NULL          -- digest of the settings without the seed, or the id if there are no settings
);
CREATE INDEX pictures_by_seed ON pictures(seed);
CREATE INDEX pictures_by_family ON pictures(family);
CREATE TABLE settings(
    row INTEGER PRIMARY KEY,      -- as in pictures
    request TEXT NOT NULL,        -- JSON
    made_with TEXT NOT NULL,      -- JSON
    unstated TEXT NOT NULL        -- settings that the file of another program does not state, separated by spaces
);
CREATE TABLE stacks(              -- a row is outdated if `before` is no longer the image before
    row INTEGER PRIMARY KEY,      -- as in pictures
    before INTEGER NOT NULL,      -- row of the image before
    joins INTEGER NOT NULL        -- 1 if the image belongs to the stack of the image before, 2 if not decided
);
CREATE INDEX stacks_joined ON stacks(row, before) WHERE joins = 1;
CREATE INDEX stacks_undecided ON stacks(row, before) WHERE joins = 2;
CREATE VIRTUAL TABLE words USING fts5(
    prompt, negative, class, style, model, note, tags, every, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2"
);
"""
INDEX_SCHEMA = _INDEX.replace(
    "{columns}", " ".join(f"{name} {kind}{' NOT NULL' * (kind == 'TEXT')}," for name, kind in COLUMNS.items())
)
USER_DATA_SCHEMA = """
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
    picture TEXT NOT NULL,        -- id
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
    content TEXT PRIMARY KEY,     -- SHA-256 of a file whose settings another program removed
    bytes INTEGER NOT NULL,
    picture TEXT NOT NULL,        -- id
    record TEXT NOT NULL          -- JSON of the settings that were in the file
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.hidden(
    picture TEXT PRIMARY KEY,     -- a deleted image of an imported folder, where its file stays
    deletion TEXT NOT NULL        -- name of the deletion in the trash folder
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.originals(
    picture TEXT PRIMARY KEY,     -- an id that files with different pixels carried
    content TEXT NOT NULL,        -- digest of the bytes of the original
    pixels TEXT NOT NULL          -- digest of its pixels
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept.image_sets(
    collection TEXT PRIMARY KEY COLLATE NOCASE,
    state TEXT NOT NULL           -- JSON of `ImageSet` in studio/image_sets.py
) WITHOUT ROWID;
"""


class UnreadableRow(sqlite3.DatabaseError):
    """Error raised when a row of the gallery index contains a value that GDM Studio never writes, which means that the
    database is damaged.
    """


class DamagedUserData(sqlite3.DatabaseError):
    """Error raised when the database of the user data is damaged or missing. `storage.repair` then recovers it."""


class ReadOnly(sqlite3.Connection):
    """Read-only SQLite connection to an in-memory copy of the gallery index, used while the disk is not writable.

    `reason` is the error of the failed write.
    """

    reason: sqlite3.Error


def connect(index: Path, user_data: Path, *, refused: sqlite3.Error | None = None) -> sqlite3.Connection:
    """Open the gallery's index (schema `main`) and user data (schema `kept`) in one SQLite connection. If the disk is
    not writable or `refused` is given, the connection is a `ReadOnly`. Raises sqlite3.Error, or DamagedUserData.
    """
    if refused is None:
        try:
            return _open_for_writing(index, user_data)
        except sqlite3.OperationalError as error:
            if not is_refused(error) or any(map(forbids_writing, (index, user_data))):
                raise
            refused = error
    try:
        return _open_in_memory(index, user_data, refused)
    except sqlite3.Error:
        raise refused from None


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Context manager for a write transaction of an SQLite connection. It waits for other writers and rolls back on an
    error.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # Some errors end the transaction by themselves.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def is_damaged(error: sqlite3.Error) -> bool:
    """Return True if an SQLite error proves that the database file is damaged."""
    return isinstance(error, UnreadableRow) or _get_primary_code(error) in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def may_be_damage(error: sqlite3.Error) -> bool:
    """Return True unless an SQLite error has a temporary cause, such as a lock, a missing drive or a full disk."""
    return _get_primary_code(error) not in _TEMPORARY_ERRORS


def forbids_writing(path: Path) -> bool:
    """Return True if the header of a database file forbids writing, which only happens if the file is damaged.

    Returns False if the file does not exist.
    """
    with contextlib.suppress(OSError), open(path, "rb") as file:
        header = file.read(20)
        return len(header) == 20 and not {*header[18:20]} <= {1, 2}
    return False


def is_refused(error: sqlite3.Error) -> bool:
    """Return True if an SQLite error means that the disk of the database is full or not writable."""
    return _get_primary_code(error) in _WRITE_ERRORS


def is_busy(error: sqlite3.Error) -> bool:
    """Return True if an SQLite error means that another program locks the database."""
    return _get_primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def cannot_open(error: sqlite3.Error) -> bool:
    """Return True if an SQLite error means that the database file cannot be opened or read."""
    return _get_primary_code(error) in _OPEN_ERRORS


def _open_for_writing(index: Path, user_data: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(index, timeout=BUSY_TIMEOUT, isolation_level=None)
    try:
        _use_wal(connection, "main")
        connection.execute("PRAGMA main.synchronous = NORMAL")
        # Negative numbers are KiB.
        connection.execute("PRAGMA main.cache_size = -16384")
        _create_tables(connection)
        _attach(connection, user_data)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_in_memory(index: Path, user_data: Path, reason: sqlite3.Error) -> ReadOnly:
    """Open a read-only connection to an in-memory copy of the gallery index, for a disk that is not writable.

    Raises sqlite3.Error. The copy lacks the changes in the journal, because SQLite cannot read a journal without
    writing.
    """
    connection = sqlite3.connect("file::memory:", uri=True, isolation_level=None, factory=ReadOnly)
    connection.reason = reason
    try:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_open_immutable(index)) as known:
            known.backup(connection)
        _create_tables(connection)
        if user_data.exists():
            connection.execute("ATTACH ? AS kept", (immutable_uri(user_data),))
        else:
            connection.execute("ATTACH ':memory:' AS kept")
            for statement in USER_DATA_SCHEMA.split(";")[:-1]:
                connection.execute(statement)
            connection.set_authorizer(_deny_user_data)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_immutable(index: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{immutable_uri(index)}&mode=ro", uri=True)


def _deny_user_data(action: int, _table: str | None, _column: str | None, schema: str | None, _by: str | None) -> int:
    """SQLite authorizer callback that denies writes to the user data on a `ReadOnly` connection, where the changes
    would be lost.
    """
    is_write = action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
    return sqlite3.SQLITE_DENY if is_write and schema == "kept" else sqlite3.SQLITE_OK


def immutable_uri(path: Path) -> str:
    """Return an SQLite URI that opens a database read-only, without locks and without its journal."""
    return f"{path.absolute().as_uri()}?immutable=1"


def _get_primary_code(error: sqlite3.Error) -> int:
    """Return the primary SQLite result code of an error, without the extended part."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def database_error(path: Path, error: sqlite3.Error) -> StorageError:
    """Convert an SQLite error in the index or the user data to the StorageError that the user sees.

    For a damaged database, the message asks the user to move the file away. The index is then rebuilt from the image
    files, and the user data restored from backups.
    """
    sentence: str
    match _get_primary_code(error):
        case sqlite3.SQLITE_FULL:
            sentence = translatable(
                "The disk of {folder} is full; free some space, then try again.", folder=path.parent
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            sentence = translatable("Another GDM Studio is busy with the gallery; try again in a moment.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR:
            sentence = translatable(
                "{path} of the gallery cannot be written; check its disk and permissions.", path=path
            )
        case _ if may_be_damage(error):
            sentence = translatable(
                "{path} of the gallery cannot be used ({error}); move it out of the way, then try again.",
                path=path,
                error=error,
            )
        case _:
            sentence = translatable(
                "{path} of the gallery cannot be used ({error}); try again.", path=path, error=error
            )
    return StorageError(sentence)


def remove(path: Path) -> None:
    """Delete an SQLite database and its journal files.

    Raises StorageError. Anything at their paths that is not a regular file, such as a folder, is renamed instead.
    """
    move_aside(*database_files(path))
    for part in database_files(path):
        try:
            part.unlink(missing_ok=True)
        except OSError as error:
            raise problem_with(part, error) from error


def move_aside(*needed: Path) -> list[Path]:
    """Rename folders, pipes and other non-regular files that are at the paths of a database, so that SQLite can create
    its files. Returns the new paths.

    Raises StorageError. SQLite would block on a pipe and fail on a folder or a broken link.
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


def file_identities(*paths: Path) -> tuple[tuple[int, int], ...]:
    """Return the (device number, inode) of each file, or (0, 0) for a missing file.

    A changed value shows that another file has replaced the database.
    """
    found = []
    for path in paths:
        try:
            status = path.stat()
            found.append((status.st_dev, status.st_ino))
        except OSError:
            found.append((0, 0))
    return tuple(found)


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of the gallery index. Tables of another version of the index are dropped first."""
    if _is_current(connection):
        return
    with transaction(connection):
        # Another process may have created the tables in the meantime.
        if _is_current(connection):
            return
        if _is_current(connection, _WITHOUT_PLAIN_PICTURES) and _has_column(connection, "files", "readable"):
            _forget_plain_pictures(connection)
            _reread_other_tools(connection)
        elif _is_current(connection, _WITH_UNSTATED_DEFAULTS):
            _reread_other_tools(connection)
        else:
            _drop_all(connection)
            for statement in INDEX_SCHEMA.split(";")[:-1]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _is_current(connection: sqlite3.Connection, wanted: int = VERSION) -> bool:
    if version(connection) != wanted:
        return False
    there = {name: kind for _, name, kind, *_ in connection.execute("PRAGMA main.table_info(pictures)")}
    return COLUMNS.items() <= there.items()


def _forget_plain_pictures(connection: sqlite3.Connection) -> None:
    """Bring an index of the version before to the current one. The next scan reads only those files again that this
    version did not show.

    The table is copied, since some versions of SQLite cannot drop its last column because of the comments in its
    definition.
    """
    columns = "path, source, mtime, bytes, claimed, picture, previous, content, pixels"
    connection.execute(f"CREATE TABLE before AS SELECT {columns} FROM files WHERE claimed != ''")
    connection.execute("DROP TABLE files")
    for statement in INDEX_SCHEMA.split(";")[:-1]:
        if "TABLE files(" in statement or " ON files(" in statement:
            connection.execute(statement)
    connection.execute(f"INSERT INTO files({columns}) SELECT {columns} FROM before")
    connection.execute("DROP TABLE before")


def _reread_other_tools(connection: sqlite3.Connection) -> None:
    """Bring an index of version 10 to the current one. The next scan reads the files of other programs again, whose
    stamps no file has.
    """
    connection.execute("ALTER TABLE settings ADD COLUMN unstated TEXT NOT NULL DEFAULT ''")
    connection.execute("CREATE TABLE before AS SELECT * FROM pictures")
    connection.execute("DROP TABLE pictures")
    for statement in INDEX_SCHEMA.split(";")[:-1]:
        if "TABLE pictures(" in statement or " ON pictures(" in statement:
            connection.execute(statement)
    connection.execute("INSERT INTO pictures SELECT * FROM before")
    connection.execute("DROP TABLE before")
    others = "FROM pictures WHERE tool NOT IN ('', ?)"
    connection.execute(f"UPDATE files SET mtime = -1 WHERE picture IN (SELECT id {others})", (TOOL,))
    connection.execute(f"UPDATE settings SET unstated = ? WHERE row IN (SELECT row {others})", (OUTDATED, TOOL))


def _has_column(connection: sqlite3.Connection, table: str, column: str) -> bool:
    return any(name == column for _, name, *_ in connection.execute(f"PRAGMA main.table_info({table})"))


def _drop_all(connection: sqlite3.Connection) -> None:
    """Drop all tables of the gallery index. Virtual tables are dropped first because SQLite then deletes their shadow
    tables.
    """
    order = "ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
    tables = connection.execute(f"SELECT name FROM sqlite_master WHERE type = 'table' {order}").fetchall()
    for (name,) in tables:
        connection.execute('DROP TABLE IF EXISTS "{}"'.format(name.replace('"', '""')))


def version(connection: sqlite3.Connection, schema: str = "main") -> int:
    """Return the schema version of a database, which SQLite stores as `user_version`."""
    version: int = connection.execute(f"PRAGMA {schema}.user_version").fetchone()[0]
    return version


def _attach(connection: sqlite3.Connection, user_data: Path) -> None:
    try:
        connection.execute("ATTACH ? AS kept", (str(user_data),))
        _use_wal(connection, "kept")
        connection.execute("PRAGMA kept.synchronous = FULL")
        if _is_foreign(connection):
            raise DamagedUserData("Another program's database is in its place.")
        # Version 0, the first, had fewer tables.
        if version(connection, "kept") < USER_DATA_VERSION:
            with transaction(connection):
                for statement in USER_DATA_SCHEMA.split(";")[:-1]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA kept.user_version = {USER_DATA_VERSION}")
    except sqlite3.Error as error:
        if may_be_damage(error):
            raise DamagedUserData(str(error)) from error
        raise


def _is_foreign(connection: sqlite3.Connection) -> bool:
    """Return True if another program created the file that is attached as user data: it contains tables, but none of
    ours.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM kept.sqlite_master WHERE type = 'table'")}
    return bool(tables) and "favourites" not in tables


def database_files(path: Path) -> list[Path]:
    """Return the paths of an SQLite database file and its two journal files (`-wal` and `-shm`)."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]


# Primary error codes of SQLite for a database that another process or connection is using.
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


def _use_wal(connection: sqlite3.Connection, schema: str) -> None:
    """Switch a database of the gallery to write-ahead logging (WAL), so that it can be read during a write.

    This is retried, because SQLite does not wait when two processes switch at the same time.
    """
    for attempt in range(50):
        try:
            if connection.execute(f"PRAGMA {schema}.journal_mode").fetchone()[0] != "wal":
                connection.execute(f"PRAGMA {schema}.journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # A full or read-only disk stays so.
            if attempt == 49 or error.sqlite_errorcode & 0xFF not in _IN_USE:
                raise
            time.sleep(0.02)
