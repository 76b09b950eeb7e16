"""A thumbnail cache in one SQLite file."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import decode_rgba, open_image, register_formats
from gdm_studio.gallery import database
from gdm_studio.gallery.folder_scan import SLICE
from gdm_studio.gallery.saved_image import Picture
from gdm_studio.gallery.storage.file_operations import make_folder

# Pixels of the longer side of the cached thumbnails; smaller images are cached in full size.
LEVELS = (128, 256, 512)
# Maximum size of the cache in bytes. Beyond it, the oldest thumbnails are deleted.
LIMIT = 2 * 2**30
_QUALITY = 85
# The file name in errors about a damaged thumbnail.
_ERROR_NAME = Path("thumbnail")
# The stamp of a file that is deleted or on a disconnected drive.
_MISSING_FILE = -1
# Version 2: colour profiles and the orientation of TIFFs are applied.
_VERSION = 2
_TABLE = """
    CREATE TABLE IF NOT EXISTS small(
        picture TEXT NOT NULL,
        level INTEGER NOT NULL,
        stamp INTEGER NOT NULL,   -- mtime of the image file in ns
        colours BLOB NOT NULL,    -- a JPEG, or a lossless WebP of an image that is no larger
        alpha BLOB,               -- the alpha channel beside a JPEG, as another JPEG
        UNIQUE (picture, level)
    )
"""
# (stamp, colours, alpha)
Entry = tuple[int, bytes, bytes | None]
T = TypeVar("T")
# Decodes a thumbnail from its colours, its alpha channel and the wanted side in pixels. None means that it is damaged.
Decode = Callable[[bytes, bytes | None, int], T | None]


def decode_thumbnail(colours: bytes, alpha: bytes | None, side: int) -> np.ndarray | None:
    """Decode a cached thumbnail to uint8 RGBA (height, width, 4), or return None if it is damaged.

    `colours` and `alpha` are the columns of the cache, and `side` is the wanted size in pixels.
    """
    try:
        small = _decode_channels(colours, side).convert("RGBA")
        if alpha is not None:
            # Raises ValueError if the channel is no grey image of the same size.
            small.putalpha(_decode_channels(alpha, side))
    except (StorageError, ValueError):
        return None
    return np.asarray(small)


class Thumbnails:
    """Cache of thumbnails in an SQLite file, usable from any number of threads.

    If the file cannot be written, thumbnails are created again every time.
    """

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._db: sqlite3.Connection | None = None
        # Guards the database; images are decoded outside the lock, in parallel.
        self._lock = threading.Lock()

    def get(self, pictures: Sequence[Picture], side: int, *, seconds: float = 60.0) -> dict[str, np.ndarray | None]:
        """Return the thumbnails of images, by id, as upright uint8 RGBA arrays (height, width, 4). The longer side is
        `side`, rounded up to one of LEVELS. Missing thumbnails are created for up to `seconds`, and are None if the
        file is damaged or missing.
        """
        return self.decoded(pictures, side, decode_thumbnail, seconds=seconds)

    def decoded(
        self, pictures: Sequence[Picture], side: int, decode: Decode[T], *, seconds: float
    ) -> dict[str, T | None]:
        """Return the thumbnails of images like `get`, decoded by the function `decode`."""
        until = time.perf_counter() + seconds
        cached = self._read_cached(pictures, side)
        found: dict[str, T | None] = {}
        missing: list[Picture] = []
        for picture in pictures:
            entry = cached.get(picture.id)
            is_valid = entry is not None and _read_stamp(picture.path) in (entry[0], _MISSING_FILE)
            small = decode(entry[1], entry[2], side) if entry and is_valid else None
            if small is None:
                missing.append(picture)
            else:
                found[picture.id] = small
        made = self.create(missing, side, seconds=until - time.perf_counter())
        return found | {
            picture_id: None if entry is None else decode(entry[1], entry[2], side)
            for picture_id, entry in made.items()
        }

    def create(self, pictures: Sequence[Picture], side: int, *, seconds: float) -> dict[str, Entry | None]:
        """Create and cache at least one thumbnail, and further ones until `seconds` have passed.

        Return the cache entries by image id, with None for damaged files.
        """
        until = time.perf_counter() + seconds
        made: dict[str, Entry | None] = {}
        rows: list[tuple[str, int, int, bytes, bytes | None]] = []
        for picture in pictures:
            if made and time.perf_counter() > until:
                break
            level = _choose_level(picture, side)
            made[picture.id] = entry = _create_entry(picture, level)
            if entry:
                rows.append((picture.id, level, *entry))
        if rows:
            self._store(rows)
        return made

    def create_in_steps(self, pictures: Sequence[Picture]) -> Iterator[int]:
        """Create and cache the thumbnails of the given images in steps of about 10 ms, and yield the number created in
        each step.
        """
        while pictures:
            made = self.create(pictures, LEVELS[0], seconds=SLICE)
            pictures = [picture for picture in pictures if picture.id not in made]
            yield len(made)

    def missing(self, ids: Sequence[str]) -> set[str]:
        """Return the ids of the images that have no thumbnail in the cache."""
        sql = f"SELECT picture FROM small WHERE level = ? AND picture IN ({', '.join('?' * len(ids))})"
        with self._lock, self._recover_from_errors():
            return set(ids) - {picture for (picture,) in self._open().execute(sql, (LEVELS[0], *ids))}
        return set(ids)

    def close(self) -> None:
        """Close the database of the thumbnail cache. The next call of any method reopens it."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None

    def _read_cached(self, pictures: Sequence[Picture], side: int) -> dict[str, Entry]:
        sql = """
            SELECT picture, stamp, colours, alpha FROM json_each(?) AS wanted
            JOIN small ON picture = json_extract(wanted.value, '$[0]') AND level = json_extract(wanted.value, '$[1]')
        """
        wanted = json.dumps([(picture.id, _choose_level(picture, side)) for picture in pictures])
        with self._lock, self._recover_from_errors():
            rows = self._open().execute(sql, (wanted,))
            return {picture: tuple(entry) for picture, *entry in rows if _is_entry(*entry)}
        return {}

    def _store(self, rows: list[tuple[str, int, int, bytes, bytes | None]]) -> None:
        with self._lock, self._recover_from_errors():
            with database.transaction(db := self._open()):
                db.executemany("INSERT OR REPLACE INTO small VALUES (?, ?, ?, ?, ?)", rows)
            self._prune(db)

    def _prune(self, db: sqlite3.Connection) -> None:
        """Delete the oldest tenth of the thumbnails if the cache exceeds its size limit.

        SQLite reuses the freed space.
        """
        count, size, free = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in _SIZES)
        if (count - free) * size > self._limit:
            oldest = "SELECT rowid FROM small ORDER BY rowid LIMIT (SELECT count(*) / 10 + 1 FROM small)"
            db.execute(f"DELETE FROM small WHERE rowid IN ({oldest})")

    @contextlib.contextmanager
    def _recover_from_errors(self) -> Iterator[None]:
        """Context manager that ignores SQLite errors of the thumbnail cache, such as a full disk, and deletes the cache
        if it is damaged.
        """
        try:
            yield
        except sqlite3.Error as error:
            if self._db is not None and database.may_be_damage(error):
                self._db.close()
                self._db = None
                with contextlib.suppress(StorageError):
                    database.remove(self.path)

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            try:
                database.move_aside(*database.database_files(self.path))
                self._db = _connect(self.path)
            except (sqlite3.Error, StorageError):
                with contextlib.suppress(StorageError):
                    database.remove(self.path)
                try:
                    self._db = _connect(self.path)
                except (sqlite3.Error, StorageError):
                    self._db = _connect(None)
        return self._db


_SIZES = ("page_count", "page_size", "freelist_count")


def _connect(path: Path | None) -> sqlite3.Connection:
    """Open or create the database of the thumbnail cache, in memory if `path` is None.

    Raises sqlite3.Error and StorageError.
    """
    if path is not None:
        make_folder(path.parent)
    db = sqlite3.connect(path or ":memory:", timeout=1.0, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA page_size = 8192")
    db.execute("PRAGMA journal_mode = WAL")
    # Thumbnails lost in a power cut are created again.
    db.execute("PRAGMA synchronous = OFF")
    # 1024 KiB are enough, because a blob is read once and the operating system caches the file.
    db.execute("PRAGMA cache_size = -1024")
    if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        db.execute("DROP TABLE IF EXISTS small")
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute(_TABLE)
    return db


def _choose_level(picture: Picture, side: int) -> int:
    """Return the level at which an image's thumbnail is cached: the size in pixels, one of LEVELS.

    It is at least `side`, unless the image itself is smaller.
    """
    wanted = min(side, max(picture.size))
    return next((level for level in LEVELS if level >= wanted), LEVELS[-1])


def _read_stamp(path: Path) -> int:
    """Return the modification time of an image file in ns, or _MISSING_FILE if the file is missing.

    A cached thumbnail is valid while this time stays the same.
    """
    try:
        return min(path.stat().st_mtime_ns, 2**63 - 1)
    except OSError:
        return _MISSING_FILE


def _create_entry(picture: Picture, level: int) -> Entry | None:
    """Create the cache entry of an image's thumbnail (modification time, colours, alpha channel).

    Returns None if the file is damaged or missing.
    """
    stamp = _read_stamp(picture.path)
    try:
        small = _load_small(picture.path, level)
    except StorageError:
        return None
    if max(picture.size) <= level:
        return stamp, _encode(small, "WEBP", lossless=True, exact=True, quality=0, method=0), None
    alpha = small.getchannel("A")
    opaque = alpha.getextrema() == (255, 255)
    colours = _encode(small.convert("RGB"), "JPEG", quality=_QUALITY)
    return stamp, colours, None if opaque else _encode(alpha, "JPEG", quality=_QUALITY)


def _is_entry(stamp: object, colours: object, alpha: object) -> bool:
    """Return True if the values of a row in the thumbnail cache have the right types, which a damaged database does not
    guarantee.
    """
    return isinstance(stamp, int) and isinstance(colours, bytes) and isinstance(alpha, bytes | None)


def _decode_channels(data: bytes, side: int) -> Image.Image:
    with open_image(_ERROR_NAME, data) as image:
        # Decodes a JPEG at a fraction of its size.
        image.draft(image.mode, (side, side))
        image.load()
        return image


def _load_small(path: Path, side: int) -> Image.Image:
    """Load an image file as an upright RGBA image whose sides are at most `side` pixels. Raises StorageError."""
    with open_image(path, may_shrink=True, least_side=side) as file:
        return _shrink(Image.fromarray(decode_rgba(file)), side)


def _shrink(image: Image.Image, side: int) -> Image.Image:
    """Shrink an image to sides of at most `side` pixels, with premultiplied alpha so that transparent pixels do not
    bleed into the edges.
    """
    if max(image.size) <= side:
        return image
    opaque = image.getchannel("A").getextrema()[0] == 255
    image = image.convert("RGB" if opaque else "RGBa")
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image.convert("RGBA")


def _encode(image: Image.Image, image_format: str, **options: object) -> bytes:
    register_formats()
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()
