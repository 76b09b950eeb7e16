"""User data about images: favourites, tags, notes, and saved searches."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.text_normalization import to_single_line, without_surrogates

if TYPE_CHECKING:
    from gdm_studio.gallery.database_connection import Connection

# Maximum length of a note in characters.
MAX_NOTE = 20_000


@dataclass(frozen=True)
class Tag:
    """Tag assigned by the user, with the number of gallery images that have it."""

    name: str
    count: int


@dataclass(frozen=True)
class SavedSearch:
    """A search query of the gallery that the user saved under a name."""

    name: str
    query: str
    # Seconds since 1970.
    created: float


class Favourites:
    """The images that the user marked as favourites. The marks are stored in the gallery's user data."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set(self, picture_id: str | Iterable[str], on: bool) -> int:
        """Mark or unmark images as favourites, and return how many were changed. The marks are preserved when the index
        is rebuilt and when image files are renamed or copied.
        """
        ids = [picture_id] if isinstance(picture_id, str) else list(picture_id)
        return self._connection.run_on_user_data(set_favourites, ids, on)


class Tags:
    """The tags that the user gave to images, stored in the gallery's user data."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Tag]:
        """Return all tags that at least one image has, sorted by name, each with its number of images."""
        return self._connection.run_on_user_data(_read_tags)

    def set(self, ids: Iterable[str], name: str, on: bool = True) -> int:
        """Add a tag to images, or remove it if `on` is False, and update the full-text search. Returns how many images
        were changed.

        Raises StorageError if the tag's name is empty.
        """
        pictures = list(ids)
        changed = self._connection.run_on_user_data(_set_tag, pictures, name, on)
        self._connection.run(lambda index: index.refresh_words(pictures))
        return changed


class Notes:
    """The notes that the user wrote about images. The gallery's search includes their text."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set(self, picture_id: str, text: str) -> None:
        """Save the note that the user wrote about an image, or delete it if the text is "".

        Raises StorageError if the text exceeds MAX_NOTE characters.
        """
        self._connection.run_on_user_data(_set_note, picture_id, text)
        self._connection.run(lambda index: index.refresh_words([picture_id]))


class Searches:
    """The search queries that the user saved in the gallery."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[SavedSearch]:
        """Return all search queries that the user saved, sorted by name."""
        return self._connection.run_on_user_data(_read_searches)

    def save(self, name: str, query: str) -> str:
        """Save a search query under a name, replacing an earlier query of that name.

        Return the name as stored, which may be shortened.
        """
        return self._connection.run_on_user_data(_save_search, name, query)

    def delete(self, name: str) -> None:
        """Delete a saved search query by its name. Do nothing if no query has that name."""
        self._connection.run_on_user_data(_delete_search, name)


def set_favourites(db: sqlite3.Connection, pictures: Iterable[str], on: bool) -> int:
    """Mark the images with the given ids as favourites in the user data, or unmark them if `on` is False. Returns how
    many were changed.
    """
    with transaction(db):
        before = db.total_changes
        if on:
            rows = [(picture, time.time()) for picture in pictures]
            db.executemany("INSERT OR IGNORE INTO kept.favourites VALUES (?, ?)", rows)
        else:
            db.executemany("DELETE FROM kept.favourites WHERE id = ?", [(picture,) for picture in pictures])
        return db.total_changes - before


def _read_tags(db: sqlite3.Connection) -> list[Tag]:
    """Return all tags in the database, sorted by name, each with its image count."""
    sql = """
        SELECT min(tag), count(pictures.id) FROM kept.tags LEFT JOIN main.pictures ON pictures.id = picture
        GROUP BY tag ORDER BY tag
    """
    return [Tag(*found) for found in db.execute(sql)]


def _set_tag(db: sqlite3.Connection, pictures: Iterable[str], name: str, on: bool) -> int:
    plain = to_single_line(name)
    if not plain:
        raise StorageError("A tag needs a name; write a word or two.")
    ids = list(pictures)
    with transaction(db):
        before = db.total_changes
        if on:
            # If a tag differs only in case from an existing tag, the existing spelling is used.
            known = db.execute("SELECT tag FROM kept.tags WHERE tag = ? LIMIT 1", (plain,)).fetchone()
            rows = [(picture, known[0] if known else plain) for picture in ids]
            db.executemany("INSERT OR IGNORE INTO kept.tags VALUES (?, ?)", rows)
        else:
            db.executemany("DELETE FROM kept.tags WHERE picture = ? AND tag = ?", [(each, plain) for each in ids])
        return db.total_changes - before


def _set_note(db: sqlite3.Connection, picture: str, text: str) -> None:
    plain = without_surrogates(text.strip())
    if len(plain) > MAX_NOTE:
        raise StorageError(f"A note can have {MAX_NOTE:,} characters, this one has {len(plain):,}; shorten it.")
    with transaction(db):
        if plain:
            db.execute("INSERT OR REPLACE INTO kept.notes VALUES (?, ?, ?)", (picture, plain, time.time()))
        else:
            db.execute("DELETE FROM kept.notes WHERE picture = ?", (picture,))


def _read_searches(db: sqlite3.Connection) -> list[SavedSearch]:
    return [SavedSearch(*found) for found in db.execute("SELECT * FROM kept.searches ORDER BY name")]


def _save_search(db: sqlite3.Connection, name: str, query: str) -> str:
    plain = to_single_line(name) or to_single_line(query)
    if not plain:
        raise StorageError("There is nothing to save; search for something first.")
    with transaction(db):
        row = (plain, without_surrogates(query.strip()), time.time())
        db.execute("INSERT OR REPLACE INTO kept.searches VALUES (?, ?, ?)", row)
    return plain


def _delete_search(db: sqlite3.Connection, name: str) -> None:
    db.execute("DELETE FROM kept.searches WHERE name = ?", (to_single_line(name),))
