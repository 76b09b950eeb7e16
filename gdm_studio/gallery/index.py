"""The gallery's index: the files, what was asked for in each, and full-text search, newest first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gdm_studio.errors import StudioError
from gdm_studio.gallery import adopting, collections, database, marks, soundness
from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.folder import File, Stamp
from gdm_studio.gallery.metadata.facts import request_from
from gdm_studio.gallery.metadata.ours import TOOL
from gdm_studio.gallery.picture import Picture, seconds_of
from gdm_studio.gallery.query import Query, Styles, parse
from gdm_studio.gallery.terms import OTHER_NAMES, SEARCHED
from gdm_studio.gallery.words import indexed
from gdm_studio.request import Request

LAST = 2**62  # a moment after every picture
LATELY = 5000  # pictures that are looked through for prompts

_TAG_END = "\x1f"
_TAGS = f"(SELECT group_concat(tag, '{_TAG_END}') FROM kept.tags WHERE picture = pictures.id)"
_NOTE = "(SELECT text FROM kept.notes WHERE picture = pictures.id)"
_COLUMNS = f"""
    pictures.id, pictures.path, pictures.source, pictures.created, width, height, request, stopped_at,
    pictures.tool, made_with, {_TAGS}, {_NOTE},
    EXISTS (SELECT 1 FROM kept.favourites WHERE favourites.id = pictures.id)
"""
_PICTURE = (str, str, str, float, int, int, str, int, str, str, (str, type(None)), (str, type(None)), int)
_NAMED = {"tool", *(word for word, setting in SEARCHED.items() if not setting.is_number)}


class Index:
    """One connection, for one thread. Methods raise sqlite3.Error.

    A `moment` is when a picture was made, in µs since 1970: no two share one, so it is their key and their order.
    """

    def __init__(self, path: Path, *, favourites: Path, root: Path, refused: sqlite3.Error | None = None) -> None:
        self.root = root
        self.styles: Styles = ()
        self._db = database.connect(path, favourites, refused=refused)
        self._values: dict[str, list[str]] = {}  # answers of `values`, until pictures come or go
        try:
            if flaw := soundness.kept_flaw(self._db):
                raise database.DamagedKept(flaw)
            self.filled: bool = self._db.execute("SELECT count(*) FROM filled WHERE source = ''").fetchone()[0] > 0
        except BaseException:
            self._db.close()
            raise
        self._files = (path, favourites)
        self.identity = database.identity(*self._files)

    @property
    def is_current(self) -> bool:
        """Whether both files are still those that were opened: what is asked of others reaches nobody."""
        return database.identity(*self._files) == self.identity

    def versions(self) -> tuple[object, ...]:
        """What is another once somebody else has written into one of the two files, or put another in its place."""
        numbers = [self._db.execute(f"PRAGMA {name}.data_version").fetchone()[0] for name in ("main", "kept")]
        return (self.identity, *numbers)

    @property
    def connection(self) -> sqlite3.Connection:
        """For what is kept beside the index."""
        return self._db

    @property
    def refused(self) -> sqlite3.Error | None:
        """Why it is in memory, and what people add cannot be kept; None where all is on the disk."""
        return self._db.because if isinstance(self._db, database.ReadOnly) else None

    # finding

    def page(self, text: str, *, after: Picture | None, limit: int) -> list[Picture]:
        """Pictures that match the search `text`, newest first, from the one after `after`."""
        query = parse(text, self.styles)
        source, where, values = _from(query)
        key = "words.rowid" if query.match else "pictures.row"
        row = _row(after.created) if after else LAST
        sql = f"""
            SELECT {_COLUMNS} FROM (SELECT {key} AS found FROM {source} WHERE {where} AND {key} < ?
                                    ORDER BY {key} DESC LIMIT ?)
            JOIN pictures ON pictures.row = found JOIN settings ON settings.row = found ORDER BY found DESC
        """
        return [self._picture(found) for found in self._db.execute(sql, (*values, row, limit))]

    def count(self, text: str) -> int:
        source, where, values = _from(parse(text, self.styles))
        found: int = self._db.execute(f"SELECT count(*) FROM {source} WHERE {where}", values).fetchone()[0]
        return found

    def moments(self, text: str, *, before: int, limit: int) -> list[int]:
        """Those of the pictures that match, newest first, from the one before `before`."""
        query = parse(text, self.styles)
        source, where, values = _from(query)
        key = "words.rowid" if query.match else "pictures.row"
        sql = f"SELECT {key} FROM {source} WHERE {where} AND {key} < ? ORDER BY {key} DESC LIMIT ?"
        return [moment for (moment,) in _typed(self._db.execute(sql, (*values, before, limit)), int)]

    def at(self, moments: Iterable[int]) -> list[Picture]:
        """The pictures of these moments that are there, newest first."""
        return self._found("pictures.row IN (SELECT value FROM json_each(?))", json.dumps(list(moments)))

    def ids_at(self, moments: Iterable[int]) -> list[str]:
        """The ids of the pictures of these moments that are there, newest first."""
        sql = "SELECT id FROM pictures WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row DESC"
        return [picture_id for (picture_id,) in _typed(self._db.execute(sql, (json.dumps(list(moments)),)), str)]

    def get(self, picture_id: str) -> Picture | None:
        return next(iter(self._found("pictures.id = ?", picture_id)), None)

    def family(self, picture_id: str) -> list[Picture]:
        """Those that go back to the same first picture, itself included, newest first."""
        return self._found("family = (SELECT family FROM pictures WHERE id = ?)", picture_id)

    def values(self, field: str) -> list[str]:
        """What a field of the search language that takes names is in any picture, the most frequent first."""
        if field == "tag":
            return [tag.name for tag in marks.tags(self._db)]
        if field == "collection":
            return [one.name for one in collections.all_of(self._db)]
        if field in OTHER_NAMES:
            return [value for own in OTHER_NAMES[field] for value in self.values(own)]
        if field in _NAMED and field not in self._values:
            sql = f"SELECT {field} FROM pictures WHERE {field} != '' GROUP BY {field} ORDER BY count(*) DESC"
            self._values[field] = [value for (value,) in _typed(self._db.execute(sql), str)]
        return self._values.get(field, [])

    def models(self, most: int) -> list[tuple[str, int]]:
        """(name, number of pictures) of the models most used by this program."""
        sql = "SELECT model, count(*) FROM pictures WHERE tool = ? GROUP BY model ORDER BY count(*) DESC LIMIT ?"
        return list(_typed(self._db.execute(sql, (TOOL, most)), str, int))

    def prompts(self, most: int) -> list[str]:
        """Every prompt of the newest LATELY pictures once, the latest first."""
        sql = """
            SELECT prompt FROM (
                SELECT row, CASE WHEN json_valid(request) THEN json_extract(request, '$.prompt') END AS prompt
                FROM settings ORDER BY row DESC LIMIT ?
            ) WHERE prompt != '' GROUP BY prompt ORDER BY max(row) DESC LIMIT ?
        """
        return [prompt for (prompt,) in _typed(self._db.execute(sql, (LATELY, most)), str)]

    def has_pictures(self) -> bool:
        """Whether there is one of the pictures folder."""
        sql = "SELECT 1 FROM files WHERE source = '' AND picture != '' LIMIT 1"
        return self._db.execute(sql).fetchone() is not None

    # following the files

    def files_of(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """(source, path) of all files, copies included, of these pictures."""
        sql = "SELECT source, path FROM files WHERE picture = ?"
        return [found for picture_id in ids for found in _typed(self._db.execute(sql, (picture_id,)), str, str)]

    def stamps(self, paths: Sequence[str]) -> dict[str, Stamp]:
        """{path: stamp} of those of `paths` that have been looked at."""
        sql = "SELECT path, mtime, bytes FROM files WHERE path IN (SELECT value FROM json_each(?))"
        found = _typed(self._db.execute(sql, (json.dumps(paths),)), str, int, int)
        return {path: (mtime, size) for path, mtime, size in found}

    def known(self, source: str, *, after: str, limit: int) -> list[str]:
        """Paths of files looked at, in their order, from the one after `after`."""
        sql = "SELECT path FROM files WHERE source = ? AND path > ? ORDER BY path LIMIT ?"
        return [path for (path,) in _typed(self._db.execute(sql, (source, after, limit)), str)]

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

    def hide(self, ids: Iterable[str]) -> None:
        """Shows these pictures no more; their files stay looked at."""
        with transaction(self._db):
            for picture_id in ids:
                for (row,) in self._db.execute("SELECT row FROM pictures WHERE id = ?", (picture_id,)).fetchall():
                    self._remove(row)

    def forget_source(self, source: str) -> None:
        """All files of an imported folder."""
        while paths := self.known(source, after="", limit=5_000):
            self.forget(paths)
        self._db.execute("DELETE FROM filled WHERE source = ?", (source,))

    def tidy(self) -> None:
        """Drops what belongs to no file that was looked at: reading the files again would not replace it."""
        known = "SELECT 1 FROM files WHERE files.path = pictures.path AND files.picture = pictures.id"
        with transaction(self._db):
            self._db.execute(f"DELETE FROM pictures WHERE NOT EXISTS ({known})")
            for table, key in (("settings", "row"), ("words", "rowid")):
                self._db.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT row FROM pictures)")

    def begin_filling(self) -> None:
        """From here on it answers with what it has."""
        self.filled = True

    def mark_filled(self, source: str, device: int) -> None:
        """Every file of a folder has been looked at once, on this disk; until then a look begins again."""
        self._db.execute("INSERT OR REPLACE INTO filled VALUES (?, ?)", (source, device))
        self.filled = self.filled or not source

    def device(self, source: str) -> int | None:
        """The disk of a folder that has been looked at; None for one that has not."""
        found = self._db.execute("SELECT device FROM filled WHERE source = ?", (source,)).fetchone()
        return found[0] if found else None

    def refresh_words(self, ids: Iterable[str]) -> None:
        """Note and tags of these pictures are found as they now are."""
        with transaction(self._db):
            for picture_id in ids:
                found = self._db.execute(f"SELECT row, {_NOTE}, {_TAGS} FROM pictures WHERE id = ?", (picture_id,))
                for row, note, tags in found.fetchall():
                    values = (indexed(note or ""), _tag_words(tags), row)
                    self._db.execute("UPDATE words SET note = ?, tags = ? WHERE rowid = ?", values)

    def close(self) -> None:
        self._db.close()

    def _found(self, where: str, *values: str) -> list[Picture]:
        source = "pictures JOIN settings ON settings.row = pictures.row"
        sql = f"SELECT {_COLUMNS} FROM {source} WHERE {where} ORDER BY pictures.row DESC"
        return [self._picture(found) for found in self._db.execute(sql, values)]

    def _add(self, file: File) -> None:
        if file.picture is None:
            file = replace(file, picture=self._recognised(file))
        picture = file.picture
        if picture is None or self._is_hidden(picture.id):
            self._forget(file.path)
            self._note(file)
            return
        before = self._db.execute("SELECT picture FROM files WHERE path = ?", (file.path,)).fetchone()
        if before and before[0] and before[0] != picture.id:
            self._replace(before[0], picture)
            self._forget(file.path)
        self._note(file)
        there = self._db.execute("SELECT row, path FROM pictures WHERE id = ?", (picture.id,)).fetchone()
        if there and there[1] != file.path:
            return  # a copy of a picture that has a file already
        if there:
            self._remove(there[0])
        self._insert(there[0] if there else self._free_row(picture.created), file, picture)

    def _recognised(self, file: File) -> Picture | None:
        """The picture in a file that says nothing itself: another program has saved it over."""
        path = self.root / file.path
        if known := adopting.adopted(self._db, path, file.stamp[1]):
            return known
        before = self._found("pictures.path = ?", file.path)
        return adopting.adopt(self._db, path, before[0]) if before else None

    def _replace(self, old: str, new: Picture) -> None:
        """A file that carries no id is known by its content: edited, it is still what people marked."""
        before = self.get(old)
        if before and (before.request.prompt, before.request.seed) == (new.request.prompt, new.request.seed):
            marks.carry_over(self._db, old, new.id)

    def _is_hidden(self, picture_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM kept.hidden WHERE picture = ?", (picture_id,)).fetchone() is not None

    def _note(self, file: File) -> None:
        picture_id = file.picture.id if file.picture else ""
        values = (file.path, file.source, *file.stamp, picture_id)
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", values)

    def _insert(self, row: int, file: File, picture: Picture) -> None:
        self._values.clear()
        request = picture.request
        columns = {
            "row": row,
            "id": picture.id,
            "path": file.path,
            "source": file.source,
            "created": row / 1e6,
            "width": picture.size[0],
            "height": picture.size[1],
            **{word: _storable(setting.plain(setting.of(request))) for word, setting in SEARCHED.items()},
            "stopped_at": picture.stopped_at,
            "tool": picture.tool,
            "branch": request.branch is not None,
            "family": _first(request).digest(),
        }
        names, marks_ = ", ".join(columns), ", ".join("?" * len(columns))
        self._db.execute(f"INSERT INTO pictures({names}) VALUES ({marks_})", tuple(columns.values()))
        made_with = json.dumps(dict(picture.made_with))
        self._db.execute("INSERT INTO settings VALUES (?, ?, ?)", (row, _storable(request.to_json()), made_with))
        note, tags = self._db.execute(f"SELECT {_NOTE}, {_TAGS} FROM pictures WHERE row = ?", (row,)).fetchone()
        texts = (request.prompt, request.negative_prompt, request.label, request.style, request.model, note or "")
        names = "rowid, prompt, negative, class, style, model, note, tags, every"
        values = (row, *map(indexed, texts), _tag_words(tags))
        self._db.execute(f"INSERT INTO words({names}) VALUES (?,?,?,?,?,?,?,?,'all')", values)

    def _remove(self, row: int) -> None:
        self._values.clear()
        for table, key in (("pictures", "row"), ("settings", "row"), ("words", "rowid")):
            self._db.execute(f"DELETE FROM {table} WHERE {key} = ?", (row,))

    def _forget(self, path: str) -> None:
        held = "SELECT picture FROM files WHERE path = ?1"
        sql = f"SELECT row, id FROM pictures WHERE path = ?1 AND id = ({held})"
        shown = self._db.execute(sql, (path,)).fetchone()
        self._db.execute("DELETE FROM files WHERE path = ?", (path,))
        if shown is None:
            return
        row, picture_id = shown
        if copies := self.files_of([picture_id]):
            self._db.execute("UPDATE pictures SET source = ?, path = ? WHERE row = ?", (*min(copies), row))
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
        """The picture of a row of _COLUMNS; raises database.Unreadable where that cannot be one."""
        try:
            return self._picture_of(found)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, StudioError) as error:
            raise database.Unreadable(f"A row of the index cannot be read: {error}") from error

    def _picture_of(self, found: tuple) -> Picture:
        _check(found, _PICTURE)
        (picture_id, path, source, created, width, height, request, stopped_at,
         tool, made_with, tags, note, favourite) = found  # fmt: skip
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
            tags=tuple(sorted((tags or "").split(_TAG_END), key=str.casefold)) if tags else (),
            note=note or "",
            source=source,
        )


def _typed(rows: Iterable[tuple], *types: type) -> Iterator[tuple]:
    """The rows; raises database.Unreadable at one that holds something else than `types`."""
    for row in rows:
        _check(row, types)
        yield row


def _check(row: tuple, types: tuple[type | tuple[type, ...], ...]) -> None:
    if not all(map(isinstance, row, types)):
        raise database.Unreadable("A row of the index holds what cannot be in it.")


def _from(query: Query) -> tuple[str, str, list[float | str]]:
    """(FROM, WHERE, values). CROSS JOIN holds SQLite to the order of the full-text table: newest first."""
    if query.match and not query.where:
        return "words", "words MATCH ?", [query.match]
    if query.match:
        source = "words CROSS JOIN pictures ON pictures.row = words.rowid"
        return source, " AND ".join(["words MATCH ?", *query.where]), [query.match, *query.values]
    return "pictures", " AND ".join(["1", *query.where]), query.values


def _first(request: Request) -> Request:
    """The picture that a branch of branches goes back to."""
    while request.branch is not None:
        request = request.branch.parent
    return request


def _tag_words(tags: str | None) -> str:
    return indexed((tags or "").replace(_TAG_END, " · "))


def _row(created: float) -> int:
    return round(created * 1e6)


def _storable(value: Any) -> Any:
    """SQLite takes no lone surrogates, which a command line can hold; in JSON they stay what they were."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
