"""The gallery's index: the files, what was asked for in each, and full-text search, newest first."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from gdm_studio.gallery import database
from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.folder import File, Stamp
from gdm_studio.gallery.metadata.facts import request_from
from gdm_studio.gallery.picture import Picture, seconds_of
from gdm_studio.gallery.query import Query, indexed, parse

_COLUMNS = (
    "pictures.id, pictures.path, pictures.created, width, height, request, stopped_at, tool, made_with, "
    "EXISTS (SELECT 1 FROM kept.favourites WHERE favourites.id = pictures.id)"
)
_NEWEST = 2**62  # a row after every picture


class Index:
    """One connection, for one thread. Methods raise sqlite3.Error."""

    def __init__(self, path: Path, *, favourites: Path, root: Path) -> None:
        self.root = root
        self._db = database.connect(path, favourites)
        self.filled: bool = self._db.execute("SELECT count(*) FROM filled").fetchone()[0] > 0

    def page(self, text: str, *, after: Picture | None, limit: int) -> list[Picture]:
        """Pictures that match the search `text`, newest first, from the one after `after`."""
        query = parse(text)
        source, where, values = _from(query)
        key = "words.rowid" if query.match else "pictures.row"
        row = _row(after.created) if after else _NEWEST
        sql = f"SELECT {_COLUMNS} FROM {source} WHERE {where} AND {key} < ? ORDER BY {key} DESC LIMIT ?"
        return [self._picture(found) for found in self._db.execute(sql, (*values, row, limit))]

    def count(self, text: str) -> int:
        query = parse(text)
        source, where, values = _from(query)
        if query.match and not query.where:
            source = "words"
        found: int = self._db.execute(f"SELECT count(*) FROM {source} WHERE {where}", values).fetchone()[0]
        return found

    def get(self, picture_id: str) -> Picture | None:
        found = self._db.execute(f"SELECT {_COLUMNS} FROM pictures WHERE id = ?", (picture_id,)).fetchone()
        return self._picture(found) if found else None

    def has_pictures(self) -> bool:
        return self._db.execute("SELECT 1 FROM pictures LIMIT 1").fetchone() is not None

    def files_of(self, ids: Iterable[str]) -> list[str]:
        """The paths of all files, copies included, of these pictures."""
        sql = "SELECT path FROM files WHERE picture = ?"
        return [path for picture_id in ids for (path,) in self._db.execute(sql, (picture_id,))]

    def known(self) -> dict[str, Stamp]:
        """{path: stamp} of every file looked at."""
        rows = self._db.execute("SELECT path, mtime, bytes FROM files")
        return {path: (mtime, size) for path, mtime, size in rows}

    def add(self, files: Sequence[File]) -> None:
        """Files looked at for the first time or again."""
        with transaction(self._db):
            for file in files:
                self._add(file)

    def forget(self, paths: Iterable[str]) -> None:
        """Files that are gone; a picture that has a copy left keeps its place."""
        with transaction(self._db):
            for path in paths:
                self._forget(path)

    def clear(self) -> None:
        with transaction(self._db):
            for table in ("filled", "files", "pictures", "words"):
                self._db.execute(f"DELETE FROM {table}")
        self.filled = False

    def mark_filled(self) -> None:
        """Every file has been looked at once; until then an index that was interrupted begins again."""
        self._db.execute("INSERT OR IGNORE INTO filled VALUES (1)")
        self.filled = True

    def favourite(self, picture_id: str, on: bool) -> None:
        if on:
            self._db.execute("INSERT OR IGNORE INTO kept.favourites VALUES (?, ?)", (picture_id, time.time()))
        else:
            self._db.execute("DELETE FROM kept.favourites WHERE id = ?", (picture_id,))

    @property
    def connection(self) -> sqlite3.Connection:
        """For what is kept beside the index."""
        return self._db

    def close(self) -> None:
        self._db.close()

    def _add(self, file: File) -> None:
        if file.picture is None:
            self._forget(file.path)
            self._note(file)
            return
        picture = file.picture
        before = self._db.execute("SELECT picture FROM files WHERE path = ?", (file.path,)).fetchone()
        if before and before[0] != picture.id:
            self._forget(file.path)
        self._note(file)
        there = self._db.execute("SELECT row, path FROM pictures WHERE id = ?", (picture.id,)).fetchone()
        if there and there[1] != file.path:
            return  # a copy of a picture that has a file already
        if there:
            self._remove(there[0])
        self._insert(there[0] if there else self._free_row(picture.created), file.path, picture)

    def _note(self, file: File) -> None:
        picture_id = file.picture.id if file.picture else ""
        values = (file.path, *file.stamp, picture_id)
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", values)

    def _insert(self, row: int, path: str, picture: Picture) -> None:
        request = picture.request
        self._db.execute(
            f"INSERT INTO pictures VALUES ({', '.join('?' * 18)})",
            (
                row,
                picture.id,
                path,
                row / 1e6,
                *picture.size,
                request.seed,
                request.steps,
                request.guidance_scale,
                request.temperature,
                request.sampler,
                request.spacing,
                _storable(request.model),
                _storable(request.style),
                picture.stopped_at,
                picture.tool,
                json.dumps(dict(picture.made_with)),
                _storable(request.to_json()),
            ),
        )
        texts = (request.prompt, request.negative_prompt, request.style, request.model)
        self._db.execute(
            "INSERT INTO words(rowid, prompt, negative, style, model, every) VALUES (?, ?, ?, ?, ?, 'all')",
            (row, *map(indexed, texts)),
        )

    def _remove(self, row: int) -> None:
        self._db.execute("DELETE FROM pictures WHERE row = ?", (row,))
        self._db.execute("DELETE FROM words WHERE rowid = ?", (row,))

    def _forget(self, path: str) -> None:
        held = "SELECT picture FROM files WHERE path = ?1"
        sql = f"SELECT row, id FROM pictures WHERE path = ?1 AND id = ({held})"
        shown = self._db.execute(sql, (path,)).fetchone()
        self._db.execute("DELETE FROM files WHERE path = ?", (path,))
        if shown is None:
            return
        row, picture_id = shown
        if copies := self.files_of([picture_id]):
            self._db.execute("UPDATE pictures SET path = ? WHERE row = ?", (copies[0], row))
        else:
            self._remove(row)

    def _free_row(self, created: float) -> int:
        """The row of that moment, or the next one free: files unpacked together can share their second."""
        row = _row(created)
        while self._db.execute("SELECT 1 FROM pictures WHERE row = ?", (row,)).fetchone():
            near = "SELECT max(row) + 1 FROM pictures WHERE row BETWEEN ? AND ?"
            row = self._db.execute(near, (row, row + 1_000_000)).fetchone()[0]
        return row

    def _picture(self, found: tuple) -> Picture:
        picture_id, path, created, width, height, request, stopped_at, tool, made_with, favourite = found
        made = json.loads(made_with)
        return Picture(
            id=picture_id,
            path=self.root / path,
            created=created,
            size=(width, height),
            request=request_from(request)[0],
            favourite=bool(favourite),
            stopped_at=stopped_at,
            seconds=seconds_of(made),
            tool=tool,
            made_with=made,
        )


def _from(query: Query) -> tuple[str, str, list[float | str]]:
    """(FROM, WHERE, values). CROSS JOIN holds SQLite to the order of the full-text table: newest first."""
    if query.match:
        source = "words CROSS JOIN pictures ON pictures.row = words.rowid"
        return source, " AND ".join(["words MATCH ?", *query.where]), [query.match, *query.values]
    return "pictures", " AND ".join(["1", *query.where]), query.values


def _row(created: float) -> int:
    return round(created * 1e6)


def _storable(text: str) -> str:
    """SQLite takes no lone surrogates, which a command line can hold; in JSON they stay what they were."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
