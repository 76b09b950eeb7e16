"""Collections: named groups of images created by the user.

A deleted image remains in its collections and reappears in them when it is restored.
"""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.common.errors import NameTaken
from gdm_studio.common.translation_markers import translatable
from gdm_studio.common.unicode_names import comparable_name, find_by_name
from gdm_studio.gallery.database import ADDED_IN, transaction, version
from gdm_studio.gallery.text_normalization import to_single_line

if TYPE_CHECKING:
    from gdm_studio.gallery.database_connection import Connection

# The ids of the images in a collection.
_MEMBERS = "SELECT picture FROM kept.collected WHERE collection = ?"


@dataclass(frozen=True)
class Collection:
    """A named collection of images, with its number of images in the gallery."""

    name: str
    # Seconds since 1970.
    created: float
    count: int = 0


@dataclass(frozen=True)
class DeletedCollection:
    """A deleted collection, with the ids of its images so that it can be restored."""

    collection: Collection
    pictures: tuple[str, ...]
    # State of the image set in the collection, see `Collections.image_set`.
    image_set: str = ""


class Collections:
    """Collections of the gallery: named groups of images that the user can create, change, delete and restore."""

    def __init__(self, connection: Connection) -> None:
        self._run = connection.run_on_user_data

    def all(self) -> list[Collection]:
        """Return all collections of the gallery, newest first, with the number of images in each."""
        return self._run(_read_collections)

    def create(self, name: str, ids: Iterable[str]) -> str:
        """Create a collection of the given images and return its name. A number is appended if the name is already in
        use.
        """
        return self._run(_create, name, list(ids))

    def set(self, name: str, ids: Iterable[str], on: bool = True) -> int:
        """Add images to an existing collection, or remove them from it if `on` is False. Returns how many were added or
        removed.
        """
        return self._run(_add if on else _remove_images, name, list(ids))

    def rename(self, name: str, wanted: str, *, is_numbered: bool = False) -> str:
        """Rename a collection and return its new name as stored.

        If another collection has that name, a number is appended if `is_numbered` is True, or else NameTaken is raised.
        """
        return self._run(_rename, name, wanted, is_numbered)

    def delete(self, name: str) -> DeletedCollection | None:
        """Delete a collection (not its images), and return it for `restore`.

        Returns None if no collection has that name.
        """
        return self._run(_delete, name)

    def hide_when_empty(self, name: str) -> None:
        """Hide a collection while it has no images. It reappears when its images are restored."""
        self._run(_hide_when_empty, name)

    def restore(self, removed: DeletedCollection) -> None:
        """Restore a deleted collection, merging it with a newer one of the same name."""
        self._run(_restore, removed)

    def containing(self, picture_id: str) -> list[str]:
        """Return the names of the collections that contain an image, newest first."""
        return self._run(_find_containing, picture_id)

    def pictures(self, name: str) -> list[str]:
        """Return the ids of the images in a collection, also of deleted ones."""
        return self._run(_read_pictures, name)

    def image_set(self, name: str) -> str:
        """Return the state that was saved for the image set in a collection, or "" if there is none."""
        return self._run(_read_image_set, name)

    def save_image_set(self, name: str, state: str) -> None:
        """Save the state of the image set in a collection, as JSON. Does nothing if no collection has that name."""
        self._run(_save_image_set, name, state)


def _read_collections(db: sqlite3.Connection) -> list[Collection]:
    """Read all collections from the database, newest first, with the number of images in each."""
    sql = """
        SELECT name, abs(own.created), count(pictures.id) FROM kept.collections AS own
        LEFT JOIN kept.collected ON collection = name LEFT JOIN main.pictures ON pictures.id = picture
        GROUP BY name HAVING own.created > 0 OR count(pictures.id) ORDER BY abs(own.created) DESC, name
    """
    return [Collection(*found) for found in db.execute(sql)]


def _create(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> str:
    wanted = to_single_line(name) or "Collection"
    with transaction(db):
        free = _find_free_name(db, wanted)
        # A hidden collection of this name may have had a set.
        db.execute("DELETE FROM kept.image_sets WHERE collection = ?", (free,))
        db.execute("INSERT OR REPLACE INTO kept.collections VALUES (?, ?)", (free, time.time()))
        _insert_images(db, free, pictures)
    return free


def _add(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> int:
    name = _find_stored_name(db, name)
    with transaction(db):
        before = db.total_changes
        if _exists(db, name):
            _insert_images(db, name, pictures)
        return db.total_changes - before


def _remove_images(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> int:
    name = _find_stored_name(db, name)
    with transaction(db):
        before = db.total_changes
        rows = [(name, picture) for picture in pictures]
        db.executemany("DELETE FROM kept.collected WHERE collection = ? AND picture = ?", rows)
        return db.total_changes - before


def _rename(db: sqlite3.Connection, name: str, wanted: str, is_numbered: bool) -> str:
    plain = to_single_line(wanted)
    name = _find_stored_name(db, name)
    if not plain or plain == name:
        return name
    with transaction(db):
        if is_numbered:
            plain = _find_free_name(db, plain)
        if comparable_name(plain) != comparable_name(name) and _is_listed(db, plain):
            raise NameTaken(
                translatable("There is a collection called {name} already; choose another name.", name=plain)
            )
        db.execute("UPDATE OR REPLACE kept.collections SET name = ? WHERE name = ?", (plain, name))
        db.execute("UPDATE OR REPLACE kept.collected SET collection = ? WHERE collection = ?", (plain, name))
        if comparable_name(plain) != comparable_name(name):
            db.execute("DELETE FROM kept.image_sets WHERE collection = ?", (plain,))
        db.execute("UPDATE OR REPLACE kept.image_sets SET collection = ? WHERE collection = ?", (plain, name))
    return plain


def _delete(db: sqlite3.Connection, name: str) -> DeletedCollection | None:
    name = _find_stored_name(db, name)
    with transaction(db):
        found = db.execute("SELECT name, created FROM kept.collections WHERE name = ?", (name,)).fetchone()
        if found is None:
            return None
        pictures = tuple(_read_pictures(db, name))
        image_set = _read_image_set(db, name)
        db.execute("DELETE FROM kept.collections WHERE name = ?", (name,))
        db.execute("DELETE FROM kept.collected WHERE collection = ?", (name,))
        db.execute("DELETE FROM kept.image_sets WHERE collection = ?", (name,))
    return DeletedCollection(Collection(*found), pictures, image_set)


def _hide_when_empty(db: sqlite3.Connection, name: str) -> None:
    """Mark a collection so that it is hidden while it is empty. The mark is a negative creation time; `Collections.all`
    skips a marked collection that has no images.
    """
    with transaction(db):
        db.execute("UPDATE kept.collections SET created = -abs(created) WHERE name = ?", (name,))


def _restore(db: sqlite3.Connection, removed: DeletedCollection) -> None:
    with transaction(db):
        collection = removed.collection
        db.execute("INSERT OR IGNORE INTO kept.collections VALUES (?, ?)", (collection.name, collection.created))
        _insert_images(db, collection.name, removed.pictures)
        if removed.image_set:
            db.execute("INSERT OR IGNORE INTO kept.image_sets VALUES (?, ?)", (collection.name, removed.image_set))


def _find_containing(db: sqlite3.Connection, picture_id: str) -> list[str]:
    sql = """
        SELECT name FROM kept.collections JOIN kept.collected ON collection = name WHERE picture = ?
        ORDER BY abs(created) DESC, name
    """
    return [name for (name,) in db.execute(sql, (picture_id,))]


def _read_pictures(db: sqlite3.Connection, name: str) -> list[str]:
    return [picture for (picture,) in db.execute(_MEMBERS, (name,))]


def _read_image_set(db: sqlite3.Connection, name: str) -> str:
    if version(db, "kept") < ADDED_IN["image_sets"]:
        # A database that cannot be written is not migrated.
        return ""
    sql = "SELECT state FROM kept.image_sets WHERE collection = ?"
    return next((state for (state,) in db.execute(sql, (_find_stored_name(db, name),))), "")


def _save_image_set(db: sqlite3.Connection, name: str, state: str) -> None:
    name = _find_stored_name(db, name)
    with transaction(db):
        if _exists(db, name):
            db.execute("INSERT OR REPLACE INTO kept.image_sets VALUES (?, ?)", (name, state))


def _insert_images(db: sqlite3.Connection, name: str, pictures: Iterable[str]) -> None:
    db.executemany("INSERT OR IGNORE INTO kept.collected VALUES (?, ?)", [(name, picture) for picture in pictures])


def _is_listed(db: sqlite3.Connection, name: str) -> bool:
    return comparable_name(name) in (comparable_name(each.name) for each in _read_collections(db))


def _find_free_name(db: sqlite3.Connection, wanted: str) -> str:
    names = (wanted if number == 1 else f"{wanted} {number}" for number in itertools.count(1))
    return next(name for name in names if not _is_listed(db, name))


def _find_stored_name(db: sqlite3.Connection, name: str) -> str:
    """Return the name of a collection as stored, whose Unicode form and outer spaces may differ, or else `name`."""
    names = {found: found for (found,) in db.execute("SELECT name FROM kept.collections")}
    return find_by_name(names, name) or name


def _exists(db: sqlite3.Connection, name: str) -> bool:
    return db.execute("SELECT 1 FROM kept.collections WHERE name = ?", (name,)).fetchone() is not None
