"""Whether the gallery's databases are as this program writes them: their pages, their tables, every row of them."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path

from gdm_studio.gallery import database

_TYPES = {"TEXT": ("text",), "REAL": ("real", "integer"), "INTEGER": ("integer",), "": ("text",)}  # as SQLite stores
Look = Callable[[sqlite3.Connection], str]
Columns = dict[str, list[tuple[str, str]]]  # {table: (name, declared type) of each column}


@cache
def index_columns() -> Columns:
    return _columns_of(database.INDEX)


@cache
def kept_columns() -> Columns:
    return _columns_of(database.KEPT.replace("kept.", ""))


def index_flaw(path: Path) -> str:
    """What is wrong with the index, read to its end by a connection of its own; "" where nothing is.

    What only says that the disk is full, locked or away is no flaw.
    """
    return _flaw_of(path, lambda db: _flaw_of_index(db))


def kept_flaw_at(path: Path) -> str:
    """What is wrong with what people added, as `index_flaw`."""
    return _flaw_of(path, lambda db: kept_flaw(db, "main") or _unreadable_row(db, kept_columns()))


def kept_flaw(db: sqlite3.Connection, schema: str = "kept") -> str:
    """What is wrong with what people added, in a database that is open; "" where nothing is.

    A later version may have other tables: only its pages are looked at. Raises sqlite3.Error.
    """
    verdict: str = db.execute(f"PRAGMA {schema}.quick_check(1)").fetchone()[0]
    if verdict != "ok":
        return verdict
    if database.version(db, schema) > database.KEPT_VERSION:
        return ""
    return _strange_table(db, kept_columns(), schema) or _strange_type(db, kept_columns(), schema)


def _flaw_of(path: Path, look: Look) -> str:
    with contextlib.suppress(OSError):
        if not path.is_file():
            return "it is not a file" if path.exists() else ""
        if database.forbids_writing(path):
            return "its header forbids writing"
    try:
        try:
            return _looked_at(sqlite3.connect(path, timeout=database.BUSY), look)
        except sqlite3.Error as error:
            if database.may_be_damage(error):
                raise
            return _looked_at(sqlite3.connect(database.unchanging(path), uri=True), look)
    except sqlite3.Error as error:
        if database.may_be_damage(error):
            return str(error)
        return str(error) if database.cannot_open(error) and _is_readable(path) else ""


def _looked_at(db: sqlite3.Connection, look: Look) -> str:
    with contextlib.closing(db):
        return look(db)


def _flaw_of_index(db: sqlite3.Connection) -> str:
    verdict: str = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        return verdict
    if database.version(db) != database.VERSION:
        return "it is of another version"
    columns = {table: found for table, found in index_columns().items() if not table.startswith("words_")}
    if flaw := _strange_table(db, columns, "main") or _strange_type(db, columns, "main"):
        return flaw
    with contextlib.suppress(sqlite3.OperationalError):  # which says that nothing can be written
        db.execute("INSERT INTO words(words) VALUES ('integrity-check')")
        db.rollback()
    flaw = _unreadable_row(db, columns)
    try:
        for request, made_with in db.execute("SELECT request, made_with FROM settings"):
            json.loads(request), json.loads(made_with)
    except ValueError:
        return "settings cannot be read"
    return flaw


def _strange_table(db: sqlite3.Connection, expected: Columns, schema: str) -> str:
    for table, columns in expected.items():
        there = [(name, kind) for _, name, kind, *_ in db.execute(f"PRAGMA {schema}.table_info({table})")]
        if [name for name, _ in there] != [name for name, _ in columns]:
            return f"{table} is another table"
    return ""


def _strange_type(db: sqlite3.Connection, expected: Columns, schema: str) -> str:
    for table, columns in expected.items():
        tests = [f"typeof({name}) NOT IN ({', '.join(map(repr, [*_TYPES[kind], '']))})" for name, kind in columns]
        if db.execute(f"SELECT 1 FROM {schema}.{table} WHERE {' OR '.join(tests)} LIMIT 1").fetchone():
            return f"a row of {table} holds what cannot be in it"
    return ""


def _unreadable_row(db: sqlite3.Connection, expected: Columns) -> str:
    for table in expected:
        for _ in db.execute(f"SELECT * FROM {table}"):  # raises where text is no UTF-8
            pass
    return ""


def _columns_of(statements: str) -> Columns:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(statements)
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [(name, kind) for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})")] for table in tables
        }


def _is_readable(path: Path) -> bool:
    """Whether the system itself can read the file to its end."""
    try:
        with open(path, "rb") as file:
            while file.read(2**20):
                pass
    except OSError:
        return False
    return True
