"""Integrity checks of the gallery's databases: their pages, tables, column types and rows."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path

from gdm_studio.common.json_reader import parse_json
from gdm_studio.gallery import database

# {declared type: types that SQLite stores for it}
_STORED_TYPES = {"TEXT": ("text",), "REAL": ("real", "integer"), "INTEGER": ("integer",), "": ("text",)}
Check = Callable[[sqlite3.Connection], str]
# {table: (name, declared type) of each column}
Columns = dict[str, list[tuple[str, str]]]


@cache
def index_columns() -> Columns:
    """Return the names and types of all columns that an intact gallery index has, by table."""
    return _read_columns(database.INDEX_SCHEMA)


@cache
def user_data_columns(version: int = database.USER_DATA_VERSION) -> Columns:
    """Return the names and types of all columns that an intact database of user data of this version has, by table."""
    columns = _read_columns(database.USER_DATA_SCHEMA.replace("kept.", ""))
    return {table: found for table, found in columns.items() if database.ADDED_IN.get(table, 0) <= version}


def find_index_flaw(path: Path) -> str:
    """Check the gallery index and return a description of its damage, or "" if it is intact.

    The whole file is read over a separate connection. A full disk, a lock or a missing drive does not count as damage.
    """
    return _find_flaw(path, _find_index_flaw)


class DatabaseState(StrEnum):
    """Condition of a database file, as `state_of` determines it."""

    SOUND = "sound"
    MISSING = "missing"
    # Pages are damaged, or the file is no database.
    DAMAGED = "damaged"
    # It was written by a later version of GDM Studio.
    NEWER = "newer"
    # This user may not read it.
    FORBIDDEN = "forbidden"
    # Another program locks it, or changes it where this user may only read.
    BUSY = "busy"
    # It cannot be checked now: its disk is full or does not answer, or memory is missing.
    UNREACHABLE = "unreachable"


def state_of(path: Path, newest: int = database.VERSION) -> DatabaseState:
    """Determine the condition of a database file quickly, without changing it: only damaged content counts as damage.

    `newest` is the newest version of its tables that this program reads.
    """
    try:
        with open(path, "rb") as file:
            file.read(1)
    except FileNotFoundError:
        return DatabaseState.MISSING
    except PermissionError:
        return DatabaseState.FORBIDDEN
    except IsADirectoryError:
        return DatabaseState.DAMAGED
    except OSError:
        return DatabaseState.UNREACHABLE
    try:
        return _check_quickly(f"{path.absolute().as_uri()}?mode=ro", newest)
    except sqlite3.Error as error:
        if database.is_busy(error):
            return DatabaseState.BUSY
        if not (database.is_refused(error) or database.forbids_writing(path)):
            return DatabaseState.DAMAGED if database.may_be_damage(error) else DatabaseState.UNREACHABLE
    # SQLite cannot read a database and its journal where it may not write the journal's index. Without the journal, the
    # file is an earlier state, unless another program is just changing it.
    try:
        found = _check_quickly(database.immutable_uri(path), newest)
    except sqlite3.Error as error:
        found = DatabaseState.DAMAGED if database.may_be_damage(error) else DatabaseState.UNREACHABLE
    if database.forbids_writing(path):
        return DatabaseState.DAMAGED
    with contextlib.suppress(OSError):
        journal = database.database_files(path)[1]
        if found is DatabaseState.DAMAGED and journal.stat().st_size:
            return DatabaseState.BUSY
    return found


def _check_quickly(uri: str, newest: int) -> DatabaseState:
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=database.BUSY_TIMEOUT)) as db:
        verdict: str = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            return DatabaseState.DAMAGED
        return DatabaseState.NEWER if database.version(db) > newest else DatabaseState.SOUND


def find_user_data_flaw_in(path: Path) -> str:
    """Check the database file of the user data. Return a description of the damage, or "" if it is intact. See
    `find_index_flaw`.
    """
    return _find_flaw(
        path,
        lambda db: find_user_data_flaw(db, "main") or _find_unreadable_row(db, user_data_columns(database.version(db))),
    )


def find_user_data_flaw(db: sqlite3.Connection, schema: str = "kept") -> str:
    """Check an open database of user data and return a description of its damage, or "" if it is intact.

    Databases of later program versions may have other tables, so only their pages are checked. Raises sqlite3.Error.
    """
    verdict: str = db.execute(f"PRAGMA {schema}.quick_check(1)").fetchone()[0]
    if verdict != "ok":
        return verdict
    version = database.version(db, schema)
    if version > database.USER_DATA_VERSION:
        return ""
    columns = user_data_columns(version)
    return _find_strange_table(db, columns, schema) or _find_strange_type(db, columns, schema)


def _find_flaw(path: Path, check: Check) -> str:
    with contextlib.suppress(OSError):
        if not path.is_file():
            return "it is not a file" if path.exists() else ""
        if database.forbids_writing(path):
            return "its header forbids writing"
    try:
        try:
            return _check(sqlite3.connect(path, timeout=database.BUSY_TIMEOUT), check)
        except sqlite3.Error as error:
            if database.may_be_damage(error):
                raise
            return _check(sqlite3.connect(database.immutable_uri(path), uri=True), check)
    except sqlite3.Error as error:
        if database.may_be_damage(error):
            return str(error)
        return str(error) if database.cannot_open(error) and _is_readable(path) else ""


def _check(db: sqlite3.Connection, check: Check) -> str:
    with contextlib.closing(db):
        return check(db)


def _find_index_flaw(db: sqlite3.Connection) -> str:
    verdict: str = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        return verdict
    if database.version(db) != database.VERSION:
        return "it is of another version"
    columns = {table: found for table, found in index_columns().items() if not table.startswith("words_")}
    if flaw := _find_strange_table(db, columns, "main") or _find_strange_type(db, columns, "main"):
        return flaw
    # A read-only database raises OperationalError here, so its full-text table cannot be checked.
    with contextlib.suppress(sqlite3.OperationalError):
        db.execute("INSERT INTO words(words) VALUES ('integrity-check')")
        db.rollback()
    flaw = _find_unreadable_row(db, columns)
    try:
        for request, made_with in db.execute("SELECT request, made_with FROM settings"):
            parse_json(request)
            parse_json(made_with)
    except ValueError:
        return "settings cannot be read"
    return flaw


def _find_strange_table(db: sqlite3.Connection, expected: Columns, schema: str) -> str:
    for table, columns in expected.items():
        there = [(name, kind) for _, name, kind, *_ in db.execute(f"PRAGMA {schema}.table_info({table})")]
        if [name for name, _ in there] != [name for name, _ in columns]:
            return f"{table} is another table"
    return ""


def _find_strange_type(db: sqlite3.Connection, expected: Columns, schema: str) -> str:
    for table, columns in expected.items():
        tests = [
            f"typeof({name}) NOT IN ({', '.join(map(repr, [*_STORED_TYPES[kind], '']))})" for name, kind in columns
        ]
        if db.execute(f"SELECT 1 FROM {schema}.{table} WHERE {' OR '.join(tests)} LIMIT 1").fetchone():
            return f"a row of {table} has a value of another type"
    return ""


def _find_unreadable_row(db: sqlite3.Connection, expected: Columns) -> str:
    """Read all rows of the expected tables to check that they are readable. Returns "", or raises sqlite3.Error, for
    example if a string is not valid UTF-8.
    """
    for table in expected:
        for _ in db.execute(f"SELECT * FROM {table}"):
            pass
    return ""


def _read_columns(statements: str) -> Columns:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(statements)
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [(name, kind) for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})")] for table in tables
        }


def _is_readable(path: Path) -> bool:
    """Return True if a database file can be read completely, which means that an SQLite error was not caused by the
    disk.
    """
    try:
        with open(path, "rb") as file:
            while file.read(2**20):
                pass
    except OSError:
        return False
    return True
