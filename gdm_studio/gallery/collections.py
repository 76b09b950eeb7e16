"""Collections: named groups of pictures that people put together, kept beside the favourites.

A picture that is deleted stays in its collections, and is there when it comes back.
"""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

from gdm_studio.errors import NameTaken
from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.words import on_one_line

_MEMBERS = "SELECT picture FROM kept.collected WHERE collection = ?"  # of the collection of a name


@dataclass(frozen=True)
class Collection:
    """`count` is that of the pictures that are there."""

    name: str
    created: float  # seconds since 1970
    count: int = 0


@dataclass(frozen=True)
class Removed:
    """A collection that was taken apart; its pictures are untouched."""

    collection: Collection
    pictures: tuple[str, ...]  # their ids


def all_of(db: sqlite3.Connection) -> list[Collection]:
    """Newest first."""
    sql = """
        SELECT name, abs(own.created), count(pictures.id) FROM kept.collections AS own
        LEFT JOIN kept.collected ON collection = name LEFT JOIN main.pictures ON pictures.id = picture
        GROUP BY name HAVING own.created > 0 OR count(pictures.id) ORDER BY abs(own.created) DESC, name
    """
    return [Collection(*found) for found in db.execute(sql)]


def create(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> str:
    """A new collection of these pictures; its name, numbered where there is such a one already."""
    wanted = on_one_line(name) or "Collection"
    with transaction(db):
        names = (wanted if number == 1 else f"{wanted} {number}" for number in itertools.count(1))
        free = next(name for name in names if not _is_listed(db, name))
        db.execute("INSERT OR REPLACE INTO kept.collections VALUES (?, ?)", (free, time.time()))
        _put(db, free, pictures)
    return free


def add(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> None:
    """Puts pictures into a collection that is there."""
    with transaction(db):
        if _exists(db, name):
            _put(db, name, pictures)


def take_out(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> None:
    """Takes pictures out of a collection."""
    with transaction(db):
        rows = [(name, picture) for picture in pictures]
        db.executemany("DELETE FROM kept.collected WHERE collection = ? AND picture = ?", rows)


def rename(db: sqlite3.Connection, name: str, wanted: str) -> str:
    """Another name for a collection, as it was stored; raises NameTaken where that is taken."""
    plain = on_one_line(wanted)
    if not plain or plain == name:
        return name
    with transaction(db):
        if plain.casefold() != name.casefold() and _is_listed(db, plain):
            raise NameTaken(f"There is a collection called {plain} already; choose another name.")
        db.execute("UPDATE OR REPLACE kept.collections SET name = ? WHERE name = ?", (plain, name))
        db.execute("UPDATE OR REPLACE kept.collected SET collection = ? WHERE collection = ?", (plain, name))
    return plain


def remove(db: sqlite3.Connection, name: str) -> Removed | None:
    """Takes a collection apart; None where there is none of that name."""
    with transaction(db):
        found = db.execute("SELECT name, created FROM kept.collections WHERE name = ?", (name,)).fetchone()
        if found is None:
            return None
        pictures = tuple(picture for (picture,) in db.execute(_MEMBERS, (name,)))
        db.execute("DELETE FROM kept.collections WHERE name = ?", (name,))
        db.execute("DELETE FROM kept.collected WHERE collection = ?", (name,))
    return Removed(Collection(*found), pictures)


def fade(db: sqlite3.Connection, name: str) -> None:
    """From now on a collection is listed only while pictures of it are there: it comes back with them."""
    with transaction(db):
        db.execute("UPDATE kept.collections SET created = -abs(created) WHERE name = ?", (name,))


def restore(db: sqlite3.Connection, removed: Removed) -> None:
    """Puts a collection together again; one of its name made since is joined to it."""
    with transaction(db):
        one = removed.collection
        db.execute("INSERT OR IGNORE INTO kept.collections VALUES (?, ?)", (one.name, one.created))
        _put(db, one.name, removed.pictures)


def _put(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> None:
    db.executemany("INSERT OR IGNORE INTO kept.collected VALUES (?, ?)", [(name, picture) for picture in pictures])


def _is_listed(db: sqlite3.Connection, name: str) -> bool:
    return name.casefold() in (one.name.casefold() for one in all_of(db))


def _exists(db: sqlite3.Connection, name: str) -> bool:
    return db.execute("SELECT 1 FROM kept.collections WHERE name = ?", (name,)).fetchone() is not None
