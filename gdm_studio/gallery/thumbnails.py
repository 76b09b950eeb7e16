"""Small versions of pictures, made once and kept together in one file of the cache, quick to read while scrolling."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from gdm_studio.errors import StorageError
from gdm_studio.gallery import database
from gdm_studio.gallery.files import make_folder
from gdm_studio.gallery.folder import SLICE
from gdm_studio.gallery.picture import Picture
from gdm_studio.picture_file import read_rgba

LEVELS = (128, 256, 512)  # pixels of the longer side that are kept; smaller pictures as they are
LIMIT = 2 * 2**30  # bytes kept; beyond, those made first go
_QUALITY = 85
_GONE = -1  # for a stamp: its file is deleted, or its drive away
_VERSION = 1
_TABLE = """
    CREATE TABLE IF NOT EXISTS small(
        picture TEXT NOT NULL,
        level INTEGER NOT NULL,
        stamp INTEGER NOT NULL,   -- mtime in ns of the file it was made from
        colours BLOB NOT NULL,    -- a JPEG, or a lossless WebP where the picture itself is that small
        alpha BLOB,               -- of a JPEG that has some, as another
        UNIQUE (picture, level)
    )
"""
Entry = tuple[int, bytes, bytes | None]  # stamp, colours, alpha


class Thumbnails:
    """The file of them; any thread may ask. Where the cache cannot be written they are made again every time."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self.path, self._limit = path, limit
        self._db: sqlite3.Connection | None = None
        self._lock = threading.Lock()  # around the file; pictures are decoded outside it, side by side

    def get(self, pictures: Sequence[Picture], side: int, *, seconds: float = 60.0) -> dict[str, np.ndarray | None]:
        """{id: uint8 RGBA (height, width, 4)}, `side` pixels or up to the next of LEVELS on the longer side.

        Those that are kept come at once, others are made until `seconds` are over: what is missing then can be asked
        for again. None where the file is damaged, or gone and nothing of it is kept.
        """
        until = time.perf_counter() + seconds
        kept = self._kept(pictures, side)
        found: dict[str, np.ndarray | None] = {}
        missing: list[Picture] = []
        for picture in pictures:
            entry = kept.get(picture.id)
            is_valid = entry is not None and _stamp(picture.path) in (entry[0], _GONE)
            small = _unpacked(entry, side) if entry and is_valid else None
            if small is None:
                missing.append(picture)
            else:
                found[picture.id] = small
        made = self.make(missing, side, seconds=until - time.perf_counter())
        return found | {picture_id: entry and _unpacked(entry, side) for picture_id, entry in made.items()}

    def make(self, pictures: Sequence[Picture], side: int, *, seconds: float) -> dict[str, Entry | None]:
        """Makes and keeps `pictures`, the first at least, until `seconds` are over; None stands for what is damaged."""
        until = time.perf_counter() + seconds
        made: dict[str, Entry | None] = {}
        rows: list[tuple[str, int, int, bytes, bytes | None]] = []
        for picture in pictures:
            if made and time.perf_counter() > until:
                break
            level = _level(picture, side)
            made[picture.id] = entry = _packed(picture, level)
            if entry:
                rows.append((picture.id, level, *entry))
        if rows:
            self._keep(rows)
        return made

    def making(self, pictures: Sequence[Picture]) -> Iterator[int]:
        """Makes and keeps them in short steps; how many each made."""
        while pictures:
            made = self.make(pictures, LEVELS[0], seconds=SLICE)
            pictures = [picture for picture in pictures if picture.id not in made]
            yield len(made)

    def missing(self, ids: Sequence[str]) -> set[str]:
        """Those of `ids` of which nothing is kept."""
        sql = f"SELECT picture FROM small WHERE level = ? AND picture IN ({', '.join('?' * len(ids))})"
        with self._lock, self._made_anew_if_damaged():
            return set(ids) - {picture for (picture,) in self._opened().execute(sql, (LEVELS[0], *ids))}
        return set(ids)

    def close(self) -> None:
        """Lets go of the file; the next call opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None

    def _kept(self, pictures: Sequence[Picture], side: int) -> dict[str, Entry]:
        sql = """
            SELECT picture, stamp, colours, alpha FROM json_each(?) AS wanted
            JOIN small ON picture = json_extract(wanted.value, '$[0]') AND level = json_extract(wanted.value, '$[1]')
        """
        wanted = json.dumps([(picture.id, _level(picture, side)) for picture in pictures])
        with self._lock, self._made_anew_if_damaged():
            rows = self._opened().execute(sql, (wanted,))
            return {picture: tuple(entry) for picture, *entry in rows if _is_entry(*entry)}
        return {}

    def _keep(self, rows: list[tuple[str, int, int, bytes, bytes | None]]) -> None:
        with self._lock, self._made_anew_if_damaged():  # else the disk is full, or the cache read-only
            with database.transaction(db := self._opened()):
                db.executemany("INSERT OR REPLACE INTO small VALUES (?, ?, ?, ?, ?)", rows)
            self._prune(db)

    def _prune(self, db: sqlite3.Connection) -> None:
        """The file does not shrink, but what is deleted makes room for the next."""
        count, size, free = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in _SIZES)
        if (count - free) * size > self._limit:
            eldest = "SELECT rowid FROM small ORDER BY rowid LIMIT (SELECT count(*) / 10 + 1 FROM small)"
            db.execute(f"DELETE FROM small WHERE rowid IN ({eldest})")

    @contextlib.contextmanager
    def _made_anew_if_damaged(self) -> Iterator[None]:
        """Where the file does not allow it nothing is found, or kept; the next call has a new one for a damaged one."""
        try:
            yield
        except sqlite3.Error as error:
            if self._db is not None and database.may_be_damage(error):
                self._db.close()
                self._db = None
                with contextlib.suppress(StorageError):
                    database.remove(self.path)

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            try:
                database.clear_the_way(*database.parts(self.path))
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
    """The file, made where it is not there; nothing but memory without one. Raises sqlite3.Error, StorageError."""
    if path is not None:
        make_folder(path.parent)
    db = sqlite3.connect(path or ":memory:", timeout=1.0, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA page_size = 8192")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")  # a file of the cache: what a power cut takes is made again
    db.execute("PRAGMA cache_size = -1024")  # KiB: a blob is read once, and the system has it in memory anyway
    if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        db.execute("DROP TABLE IF EXISTS small")
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute(_TABLE)
    return db


def _level(picture: Picture, side: int) -> int:
    """What is kept of a picture for that side: no more than there is of it."""
    wanted = min(side, max(picture.size))
    return next((level for level in LEVELS if level >= wanted), LEVELS[-1])


def _stamp(path: Path) -> int:
    """When a file was last written, in ns."""
    try:
        return min(path.stat().st_mtime_ns, 2**63 - 1)
    except OSError:
        return _GONE


def _packed(picture: Picture, level: int) -> Entry | None:
    """A picture made small, as it is kept; None where its file is damaged or gone."""
    stamp = _stamp(picture.path)
    try:
        small = _small(picture.path, level)
    except StorageError:
        return None
    if max(picture.size) <= level:
        return stamp, _saved(small, "WEBP", lossless=True, exact=True, quality=0, method=0), None
    alpha = small.getchannel("A")
    opaque = alpha.getextrema() == (255, 255)
    colours = _saved(small.convert("RGB"), "JPEG", quality=_QUALITY)
    return stamp, colours, None if opaque else _saved(alpha, "JPEG", quality=_QUALITY)


def _is_entry(stamp: object, colours: object, alpha: object) -> bool:
    """Whether a row holds what belongs in it, which no damaged file promises."""
    return isinstance(stamp, int) and isinstance(colours, bytes) and isinstance(alpha, bytes | None)


def _unpacked(entry: Entry, side: int) -> np.ndarray | None:
    _, colours, alpha = entry
    try:
        small = _decoded(colours, side).convert("RGBA")
        if alpha is not None:
            small.putalpha(_decoded(alpha, side))
    except (OSError, ValueError):
        return None
    return np.asarray(small)


def _decoded(data: bytes, side: int) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=("WEBP", "JPEG"))  # without a look at how all others begin
    image.draft(image.mode, (side, side))  # a JPEG can be decoded at a fraction of its size
    image.load()
    return image


def _small(path: Path, side: int) -> Image.Image:
    """RGBA, upright, at most `side` wide and high. Raises StorageError."""
    try:
        with Image.open(path) as file:
            if file.mode.startswith("I"):
                return _shrunk(read_rgba(path), side)  # 16 bits, which Pillow would cut off
            file.draft("RGB", (side, side))
            image = ImageOps.exif_transpose(file)
            return _shrunk(image.convert("RGBA"), side)
    except (OSError, SyntaxError, ValueError, TypeError, struct.error, Image.DecompressionBombError) as error:
        raise StorageError(f"{path} is damaged and cannot be shown.") from error


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """Resampled with alpha taken into account, so that clear pixels lend no colour to an edge."""
    if max(image.size) <= side:
        return image
    opaque = image.getchannel("A").getextrema()[0] == 255
    image = image.convert("RGB" if opaque else "RGBa")
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image.convert("RGBA")


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
