"""What people add to pictures besides collections: favourites, tags, notes; and their saved searches."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

from gdm_studio.errors import StorageError
from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.words import on_one_line, storable

LONGEST_NOTE = 20_000  # characters

_MARKS = ("favourites", "tags", "notes", "collected")  # tables with a picture's id in each row


@dataclass(frozen=True)
class Tag:
    """`count` is that of the pictures that are there."""

    name: str
    count: int


@dataclass(frozen=True)
class SavedSearch:
    """A query under a name."""

    name: str
    query: str
    created: float  # seconds since 1970


def favourite(db: sqlite3.Connection, pictures: Iterable[str], on: bool) -> None:
    """Marks or unmarks pictures by their ids."""
    with transaction(db):
        if on:
            rows = [(picture, time.time()) for picture in pictures]
            db.executemany("INSERT OR IGNORE INTO kept.favourites VALUES (?, ?)", rows)
        else:
            db.executemany("DELETE FROM kept.favourites WHERE id = ?", [(picture,) for picture in pictures])


def tags(db: sqlite3.Connection) -> list[Tag]:
    """Those in use, by name."""
    sql = """
        SELECT min(tag), count(pictures.id) FROM kept.tags LEFT JOIN main.pictures ON pictures.id = picture
        GROUP BY tag ORDER BY tag
    """
    return [Tag(*found) for found in db.execute(sql)]


def tag(db: sqlite3.Connection, pictures: Iterable[str], name: str, on: bool) -> None:
    """Puts a tag on pictures or takes it off; raises StorageError where the name has nothing in it."""
    plain = on_one_line(name)
    if not plain:
        raise StorageError("A tag needs a name; write a word or two.")
    ids = list(pictures)
    with transaction(db):
        if on:
            spelt = db.execute("SELECT tag FROM kept.tags WHERE tag = ? LIMIT 1", (plain,)).fetchone()
            rows = [(picture, spelt[0] if spelt else plain) for picture in ids]
            db.executemany("INSERT OR IGNORE INTO kept.tags VALUES (?, ?)", rows)
        else:
            db.executemany("DELETE FROM kept.tags WHERE picture = ? AND tag = ?", [(each, plain) for each in ids])


def note(db: sqlite3.Connection, picture: str, text: str) -> None:
    """Writes what people say of a picture; "" takes it away. Raises StorageError where it is too long."""
    plain = storable(text.strip())
    if len(plain) > LONGEST_NOTE:
        raise StorageError(f"A note can have {LONGEST_NOTE:,} characters, this one has {len(plain):,}; shorten it.")
    with transaction(db):
        if plain:
            db.execute("INSERT OR REPLACE INTO kept.notes VALUES (?, ?, ?)", (picture, plain, time.time()))
        else:
            db.execute("DELETE FROM kept.notes WHERE picture = ?", (picture,))


def carry_over(db: sqlite3.Connection, old: str, new: str) -> None:
    """Gives a picture all that people added to another, which it is a new version of."""
    for table in _MARKS:
        columns = [column[1] for column in db.execute(f"PRAGMA kept.table_info({table})")]
        own = "id" if table == "favourites" else "picture"
        taken = ", ".join("?1" if column == own else column for column in columns)
        db.execute(f"INSERT OR IGNORE INTO kept.{table} SELECT {taken} FROM kept.{table} WHERE {own} = ?2", (new, old))


def searches(db: sqlite3.Connection) -> list[SavedSearch]:
    """By name."""
    return [SavedSearch(*found) for found in db.execute("SELECT * FROM kept.searches ORDER BY name")]


def save_search(db: sqlite3.Connection, name: str, query: str) -> str:
    """Keeps a query under a name, replacing another of that name; the name as it was stored."""
    plain = on_one_line(name) or on_one_line(query)
    if not plain:
        raise StorageError("There is nothing to save; search for something first.")
    with transaction(db):
        row = (plain, storable(query.strip()), time.time())
        db.execute("INSERT OR REPLACE INTO kept.searches VALUES (?, ?, ?)", row)
    return plain


def remove_search(db: sqlite3.Connection, name: str) -> None:
    """Forgets a saved search, if there is one of that name."""
    db.execute("DELETE FROM kept.searches WHERE name = ?", (on_one_line(name),))
