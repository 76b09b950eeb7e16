"""The index of the gallery: a database of image files and their settings, with full-text search."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gdm_studio.common.errors import StudioError
from gdm_studio.common.json_reader import MALFORMED, MAX_DEPTH, parse_json
from gdm_studio.gallery import database
from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.folder_scan import File, Stamp
from gdm_studio.gallery.id_conflicts import UNKNOWN, ConflictingFile, Content, IdConflict, Resolution, stored_id
from gdm_studio.gallery.metadata.generation_settings import parse_request
from gdm_studio.gallery.metadata.record import TOOL
from gdm_studio.gallery.saved_image import Picture, seconds_of
from gdm_studio.gallery.search_query import Query, Styles, parse
from gdm_studio.gallery.search_terms import OTHER_NAMES, SEARCHED
from gdm_studio.gallery.similarity import SimilaritySearch
from gdm_studio.gallery.storage import integrity, resaved_images
from gdm_studio.gallery.text_normalization import to_fulltext
from gdm_studio.request.generation_request import SETTINGS, Request
from gdm_studio.request.prompt_templates import escape
from gdm_studio.request.setting import Setting

# A timestamp after all images.
LAST = 2**62
# Number of the newest images whose prompts are suggested.
RECENT = 5000
# Maximum number of files with the same id whose existence is checked. Contents are compared if there are more.
_MAX_RIVALS = 20

# Length of a request's JSON from which it is parsed when it is read, about 1 ms.
_LONG_REQUEST = 20_000
# Tables of the user data whose rows each contain an image id.
_USER_DATA_TABLES = ("favourites", "tags", "notes", "collected")
_TAG_SEPARATOR = "\x1f"
_TAGS = f"(SELECT group_concat(tag, '{_TAG_SEPARATOR}') FROM kept.tags WHERE picture = pictures.id)"
_NOTE = "(SELECT text FROM kept.notes WHERE picture = pictures.id)"
_COLUMNS = f"""
    pictures.id, pictures.path, pictures.source, pictures.created, width, height, request, stopped_at,
    pictures.tool, pictures.model, made_with, unstated, {_TAGS}, {_NOTE},
    EXISTS (SELECT 1 FROM kept.favourites WHERE favourites.id = pictures.id), json_valid(request)
"""
_PICTURE = (
    str,
    str,
    str,
    float,
    int,
    int,
    str,
    int,
    str,
    str,
    str,
    str,
    (str, type(None)),
    (str, type(None)),
    int,
    int,
)
_TEXT_FIELDS = {"tool", *(word for word, setting in SEARCHED.items() if not setting.is_number)}


class Index:
    """Index of the gallery: an SQLite database of images and their settings, for use from one thread. A `moment` is an
    image's unique creation timestamp in µs since 1970, which serves as its key and sort order. Methods raise
    sqlite3.Error.
    """

    def __init__(self, path: Path, *, user_data: Path, root: Path, refused: sqlite3.Error | None = None) -> None:
        self.root = root
        self.styles: Styles = ()
        # Set by the connection.
        self.similarity: SimilaritySearch | None = None
        self._db = database.connect(path, user_data, refused=refused)
        # Cache of `values`, cleared when images are added or removed.
        self._values: dict[str, list[str]] = {}
        try:
            if flaw := integrity.find_user_data_flaw(self._db):
                raise database.DamagedUserData(flaw)
            self._has_originals = database.version(self._db, "kept") >= database.ADDED_IN["originals"]
            self.filled: bool = self._db.execute("SELECT count(*) FROM filled WHERE source = ''").fetchone()[0] > 0
        except BaseException:
            self._db.close()
            raise
        self._files = (path, user_data)
        self.identity = database.file_identities(*self._files)

    @property
    def is_current(self) -> bool:
        """True if the database files on disk are still those that are open. False if another process has replaced them,
        so that the index must be reopened.
        """
        return database.file_identities(*self._files) == self.identity

    def versions(self) -> tuple[object, ...]:
        """Return a value that changes whenever another process modifies or replaces one of the gallery's databases."""
        numbers = [self._db.execute(f"PRAGMA {name}.data_version").fetchone()[0] for name in ("main", "kept")]
        return (self.identity, *numbers)

    @property
    def connection(self) -> sqlite3.Connection:
        """SQLite connection to the index and the user data, for queries that have no method in this class."""
        return self._db

    @property
    def refused(self) -> sqlite3.Error | None:
        """The SQLite error of a refused write, or None if both databases are writable. After such an error, the index
        is in memory and the user data are read-only.
        """
        return self._db.reason if isinstance(self._db, database.ReadOnly) else None

    def page(self, text: str, *, after: Picture | None, limit: int) -> list[Picture]:
        """Return up to `limit` images that match the search `text`, newest first, starting after the image `after` if
        it is given.
        """
        query = parse(text, self.styles, self._find_similar_rows)
        source, where, values = _build_from_clause(query)
        key = "words.rowid" if query.match else "pictures.row"
        row = _compute_row(after.created) if after else LAST
        sql = f"""
            SELECT {_COLUMNS} FROM (SELECT {key} AS found FROM {source} WHERE {where} AND {key} < ?
                                    ORDER BY {key} DESC LIMIT ?)
            JOIN pictures ON pictures.row = found JOIN settings ON settings.row = found ORDER BY found DESC
        """
        return [self._parse_row(found) for found in self._db.execute(sql, (*values, row, limit))]

    def count(self, text: str) -> int:
        """Return the number of indexed images that match the search `text`."""
        source, where, values = _build_from_clause(parse(text, self.styles, self._find_similar_rows))
        found: int = self._db.execute(f"SELECT count(*) FROM {source} WHERE {where}", values).fetchone()[0]
        return found

    def moments(self, text: str, *, before: int, limit: int) -> list[int]:
        """Return the creation timestamps, in µs since 1970, of the indexed images that match the search `text`, newest
        first. Only timestamps before `before` are returned, at most `limit`.
        """
        query = parse(text, self.styles, self._find_similar_rows)
        source, where, values = _build_from_clause(query)
        key = "words.rowid" if query.match else "pictures.row"
        sql = f"SELECT {key} FROM {source} WHERE {where} AND {key} < ? ORDER BY {key} DESC LIMIT ?"
        return [moment for (moment,) in check_types(self._db.execute(sql, (*values, before, limit)), int)]

    def prompts_by_row(self, limit: int) -> list[tuple[int, str]]:
        """Return (row number, prompts) of every image in the index, in arbitrary order.

        The prompts that an interpolation mixes are separated by line breaks. They are truncated to `limit` characters
        together.
        """
        sql = "SELECT rowid, substr(prompt, 1, ?) FROM words"
        return list(check_types(self._db.execute(sql, (limit,)), int, str))

    def content_version(self) -> object:
        """Return a value that changes whenever this or another process writes to the gallery index.

        Caches of search results compare it.
        """
        return self._db.total_changes, self.versions()

    def _find_similar_rows(self, field: str, value: str) -> list[int]:
        return self.similarity.rows(self, field, value) if self.similarity is not None else []

    def at(self, moments: Iterable[int]) -> list[Picture]:
        """Return the indexed images with the given creation timestamps, newest first.

        Timestamps without an image are skipped.
        """
        return self._select_pictures("pictures.row IN (SELECT value FROM json_each(?))", json.dumps(list(moments)))

    def ids_at(self, moments: Iterable[int]) -> list[str]:
        """Return the ids of the indexed images with the given creation timestamps, newest first.

        Timestamps without an image are skipped.
        """
        sql = "SELECT id FROM pictures WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row DESC"
        return [picture_id for (picture_id,) in check_types(self._db.execute(sql, (json.dumps(list(moments)),)), str)]

    def get(self, picture_id: str) -> Picture | None:
        """Return the image with this id from the index, or None if it is not indexed."""
        return next(iter(self._select_pictures("pictures.id = ?", picture_id)), None)

    def family(self, picture_id: str) -> list[Picture]:
        """Return all images that branched from the same first image, newest first, including the given image."""
        return self._select_pictures("family = (SELECT family FROM pictures WHERE id = ?)", picture_id)

    def values(self, field: str) -> list[str]:
        """Return the values of a search field such as `model` among the indexed images, most frequent first.

        The search bar suggests them.
        """
        if field in OTHER_NAMES:
            return [value for own in OTHER_NAMES[field] for value in self.values(own)]
        if field in _TEXT_FIELDS and field not in self._values:
            sql = f"SELECT {field} FROM pictures WHERE {field} != '' GROUP BY {field} ORDER BY count(*) DESC"
            self._values[field] = [value for (value,) in check_types(self._db.execute(sql), str)]
        return self._values.get(field, [])

    def models(self, limit: int) -> list[tuple[str, int]]:
        """Return (model name, number of images) of the models with the most images in the gallery, at most `limit`,
        as this and other programs wrote them into their files.
        """
        sql = "SELECT model, count(*) FROM pictures WHERE model != '' GROUP BY model ORDER BY count(*) DESC LIMIT ?"
        return list(check_types(self._db.execute(sql, (limit,)), str, int))

    def tools(self) -> list[tuple[str, int]]:
        """Return (program, number of images that it generated), most images first. The program "" stands for the images
        without settings.
        """
        sql = "SELECT tool, count(*) FROM pictures GROUP BY tool ORDER BY count(*) DESC, tool"
        return list(check_types(self._db.execute(sql), str, int))

    def prompts(self, limit: int) -> list[str]:
        """Return up to `limit` distinct prompts of the newest RECENT images, newest first, as the user typed them.

        If a prompt was generated from a template, the template is returned.
        """
        sql = """
            SELECT template, CASE WHEN template = '' THEN prompt ELSE '' END AS literal FROM (
                SELECT row, json_extract(request, '$.prompt') AS prompt,
                    ifnull(json_extract(request, '$.template'), '') AS template
                FROM (
                    SELECT row, CASE WHEN json_valid(request) THEN request ELSE '{}' END AS request
                    FROM settings ORDER BY row DESC LIMIT ?
                )
            ) WHERE prompt != '' GROUP BY template, literal ORDER BY max(row) DESC LIMIT ?
        """
        found = check_types(self._db.execute(sql, (RECENT, limit)), str, str)
        return [template or escape(literal) for template, literal in found]

    def has_pictures(self) -> bool:
        """Return True if the index contains at least one image of the library. Imported folders do not count."""
        sql = "SELECT 1 FROM files WHERE source = '' AND picture != '' LIMIT 1"
        return self._db.execute(sql).fetchone() is not None

    def files_of(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Return (imported folder, path) for every file of the given images, including copies.

        The folder is "" for files in the library.
        """
        sql = "SELECT source, path FROM files WHERE picture = ?"
        return [found for picture_id in ids for found in check_types(self._db.execute(sql, (picture_id,)), str, str)]

    def stamps(self, paths: Sequence[str]) -> dict[str, Stamp]:
        """Return {path: (modification time in ns, size in bytes)} of the image files in `paths`, as they were when they
        were indexed.
        """
        sql = "SELECT path, mtime, bytes FROM files WHERE path IN (SELECT value FROM json_each(?))"
        found = check_types(self._db.execute(sql, (json.dumps(paths),)), str, int, int)
        return {path: (mtime, size) for path, mtime, size in found}

    def indexed_paths(self, source: str, *, after: str, limit: int) -> list[str]:
        """Return up to `limit` indexed file paths of the library or an imported folder, in alphabetical order, starting
        after the path `after`.
        """
        sql = "SELECT path FROM files WHERE source = ? AND path > ? ORDER BY path LIMIT ?"
        return [path for (path,) in check_types(self._db.execute(sql, (source, after, limit)), str)]

    def add(self, files: Sequence[File]) -> None:
        """Add image files to the index, or update their entries, in one transaction."""
        with transaction(self._db):
            for file in files:
                self._add(file)

    def picture_at(self, path: str) -> str:
        """Return the image id that the index assigns to the file `path`. Returns "" if the file is not indexed, or if
        it shares its id with other files and has not been compared with them yet.
        """
        found = check_types(self._db.execute("SELECT picture FROM files WHERE path = ?", (path,)), str)
        return next((picture_id for (picture_id,) in found), "")

    def unresolved_ids(self) -> list[str]:
        """Return the image ids that occur in several files and for which it is still undecided whether these are
        copies.
        """
        sql = "SELECT DISTINCT claimed FROM files WHERE picture = '' AND claimed != ''"
        return [claimed for (claimed,) in check_types(self._db.execute(sql), str)]

    def conflict(self, claimed: str) -> IdConflict:
        """Return the conflict about the image id `claimed`: all files that contain it, with their digests."""
        sql = """
            SELECT path, source, mtime, bytes, picture, previous, content, pixels FROM files WHERE claimed = ?
            ORDER BY path
        """
        rows = check_types(self._db.execute(sql, (claimed,)), str, str, int, int, str, str, str, str)
        claimants = tuple(
            ConflictingFile(path, source, (mtime, size), picture, previous, Content(data, pixels))
            for path, source, mtime, size, picture, previous, data, pixels in rows
        )
        moments = check_types(self._db.execute("SELECT created FROM pictures WHERE id = ?", (claimed,)), float)
        return IdConflict(claimed, claimants, next((created for (created,) in moments), None), self.original(claimed))

    def original(self, claimed: str) -> Content | None:
        """Return the content of the original image if files with different contents share the image id `claimed`, or
        None if all these files are equal.
        """
        if not self._has_originals:
            return None
        sql = "SELECT content, pixels FROM kept.originals WHERE picture = ?"
        found = check_types(self._db.execute(sql, (claimed,)), str, str)
        return next((Content(*digests) for digests in found), None)

    def decide(self, conflict: IdConflict, resolution: Resolution, files: Sequence[File]) -> None:
        """Record which of several files with the same image id are copies and which are separate images.

        `files` are the files whose image id changes. If a file has changed in the meantime, nothing is recorded and the
        conflict is resolved again later.
        """
        with transaction(self._db):
            if self.conflict(conflict.claimed) != conflict:
                return
            for path, content in resolution.contents.items():
                values = (content.data, content.pixels, path)
                self._db.execute("UPDATE files SET content = ?, pixels = ? WHERE path = ?", values)
            self._remember_original(conflict, resolution)
            before = {each.path: each.image or each.previous for each in conflict.claimants}
            decided = [
                (file, picture) for file in files if (picture := self._resolve_picture(file, conflict, resolution))
            ]
            for file, picture in decided:
                self._copy_user_data(before[file.path], picture)
            for file, _ in decided:
                self._forget_file(file.path)
            # Sorted so that the original comes before its edited versions.
            for file, picture in sorted(decided, key=lambda pair: pair[1].id):
                self._add_to_results(file, conflict.claimed, picture, resolution.contents.get(file.path, UNKNOWN))

    def _remember_original(self, conflict: IdConflict, resolution: Resolution) -> None:
        """Record which content owns a shared image id in the user data, so that the decision survives a rebuild of the
        index. Nothing is recorded if all files with the id have the same content.
        """
        if conflict.original or not resolution.original or len(set(resolution.images.values())) < 2:
            return
        if self.refused is None:
            values = (conflict.claimed, resolution.original.data, resolution.original.pixels)
            self._db.execute("INSERT OR REPLACE INTO kept.originals VALUES (?, ?, ?)", values)

    def _resolve_picture(self, file: File, conflict: IdConflict, resolution: Resolution) -> Picture | None:
        """Return the image of a conflicting file with the id that the resolution assigned to it, or None if the file
        has changed in the meantime.
        """
        picture = self._identify(file)
        if picture is None or picture.id != conflict.claimed:
            return None
        return replace(picture, id=resolution.images[file.path])

    def forget(self, paths: Iterable[str]) -> None:
        """Remove deleted image files from the index. An image disappears with its last file."""
        with transaction(self._db):
            for path in paths:
                self._forget_file(path)

    def hide(self, ids: Iterable[str]) -> None:
        """Remove images of imported folders from the index, but remember their files, so that later scans do not add
        them again.
        """
        with transaction(self._db):
            for picture_id in ids:
                for (row,) in self._db.execute("SELECT row FROM pictures WHERE id = ?", (picture_id,)).fetchall():
                    self._remove(row)

    def forget_source(self, source: str) -> None:
        """Remove all files of an imported folder, and their images, from the gallery index."""
        while paths := self.indexed_paths(source, after="", limit=5_000):
            self.forget(paths)
        self._db.execute("DELETE FROM filled WHERE source = ?", (source,))

    def tidy(self) -> None:
        """Delete index entries (images and their search data) whose file is no longer indexed.

        Rebuilding the index would not replace them.
        """
        known = "SELECT 1 FROM files WHERE files.path = pictures.path AND files.picture = pictures.id"
        with transaction(self._db):
            self._db.execute(f"DELETE FROM pictures WHERE NOT EXISTS ({known})")
            for table, key in (("settings", "row"), ("stacks", "row"), ("words", "rowid")):
                self._db.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT row FROM pictures)")

    def begin_filling(self) -> None:
        """Record that the first scan of the library has started, so that queries return the images indexed so far and
        do not start another scan.
        """
        self.filled = True

    def mark_filled(self, source: str, device: int) -> None:
        """Record that all files of a folder have been read into the index. `device` is the device number of the
        folder's disk.
        """
        self._db.execute("INSERT OR REPLACE INTO filled VALUES (?, ?)", (source, device))
        self.filled = self.filled or not source

    def device(self, source: str) -> int | None:
        """Return the device number of the disk on which a folder was when all its files were indexed, or None if it was
        never fully indexed. A different number now means that the disk is not connected.
        """
        found = self._db.execute("SELECT device FROM filled WHERE source = ?", (source,)).fetchone()
        return found[0] if found else None

    def refresh_words(self, ids: Iterable[str]) -> None:
        """Update the full-text search after the notes or tags of the given images have changed."""
        with transaction(self._db):
            for picture_id in ids:
                found = self._db.execute(f"SELECT row, {_NOTE}, {_TAGS} FROM pictures WHERE id = ?", (picture_id,))
                for row, note, tags in found.fetchall():
                    values = (to_fulltext(note or ""), _format_tags(tags), row)
                    self._db.execute("UPDATE words SET note = ?, tags = ? WHERE rowid = ?", values)

    def close(self) -> None:
        self._db.close()

    def _select_pictures(self, where: str, *values: str) -> list[Picture]:
        source = "pictures JOIN settings ON settings.row = pictures.row"
        sql = f"SELECT {_COLUMNS} FROM {source} WHERE {where} ORDER BY pictures.row DESC"
        return [self._parse_row(found) for found in self._db.execute(sql, values)]

    def _add(self, file: File) -> None:
        picture = self._identify(file)
        if picture is None:
            self._forget_file(file.path)
            self._record_file(file)
            return
        claimed = picture.id
        sql = "SELECT mtime, bytes, claimed, picture, previous, content, pixels FROM files WHERE path = ?"
        rows = check_types(self._db.execute(sql, (file.path,)), int, int, str, str, str, str, str)
        mtime, size, claim, before, previous, *content = next(rows, (0, 0, "", "", "", "", ""))
        if before and (mtime, size, claim) == (*file.stamp, claimed):
            # The file has not changed since its image id was resolved.
            self._add_to_results(file, claimed, replace(picture, id=before), Content(*content))
        elif self._is_conflicting(claimed, file.path):
            if stored_id(before) != claimed:
                self._copy_user_data(before, picture)
            self._forget_file(file.path)
            self._record_file(file, claimed, previous=before or previous)
        else:
            if before and before != claimed:
                self._copy_user_data(before, picture)
                self._forget_file(file.path)
            self._add_to_results(file, claimed, picture)

    def _add_to_results(self, file: File, claimed: str, picture: Picture, content: Content = UNKNOWN) -> None:
        """Add an image to the search results, unless the user has hidden it or another file of the same image is
        already listed.
        """
        if self._is_hidden(picture.id):
            self._forget_file(file.path)
            self._record_file(file, claimed, picture.id, content=content)
            return
        self._record_file(file, claimed, picture.id, content=content)
        sql = "SELECT row, path, unstated FROM pictures LEFT JOIN settings USING (row) WHERE id = ?"
        there = self._db.execute(sql, (picture.id,)).fetchone()
        # The file from which an outdated row was read may be on a disconnected drive.
        if there and there[1] != file.path and there[2] != database.OUTDATED:
            return
        if there:
            self._remove(there[0])
        self._insert(there[0] if there else self._free_row(picture.created), file, picture)

    def _is_conflicting(self, claimed: str, path: str) -> bool:
        """Return True if another existing file contains the same image id. Files on a disconnected drive count too."""
        if self.original(claimed) is not None:
            return True
        sql = "SELECT path, source FROM files WHERE claimed = ? AND path != ? LIMIT ?"
        others = list(check_types(self._db.execute(sql, (claimed, path, _MAX_RIVALS)), str, str))
        return len(others) == _MAX_RIVALS or any(
            os.path.lexists(self.root / other) or (source and not os.path.isdir(source)) for other, source in others
        )

    def _identify(self, file: File) -> Picture | None:
        """Return the image in a file, or None if the file cannot be read.

        A file without settings may be one of our images that another program has saved again.
        """
        if file.picture is not None and file.picture.has_settings:
            return file.picture
        return self._recognise_resaved(file) or file.picture

    def _recognise_resaved(self, file: File) -> Picture | None:
        """Return the original image if another program saved this file again and removed its settings, or None if the
        file is not one of our images.
        """
        path = self.root / file.path
        if known := resaved_images.recognise(self._db, path, file.stamp[1]):
            return known
        own = "pictures.id = (SELECT picture FROM files WHERE path = ?1) AND pictures.path = ?1"
        before = self._select_pictures(own, file.path)
        return resaved_images.remember(self._db, path, before[0]) if before else None

    def _copy_user_data(self, old: str, new: Picture) -> None:
        """Copy the favourite mark, tags and other user data of an image to the edited version that replaced it in its
        file.
        """
        if not old or old == new.id or self.refused is not None:
            return
        is_same = stored_id(old) == stored_id(new.id)
        # For a file that contains no id, the id is a digest of the content, so it changes with the content.
        if not is_same and (before := self.get(old)):
            is_same = (before.request.prompt, before.request.seed) == (new.request.prompt, new.request.seed)
        if is_same:
            for table in _USER_DATA_TABLES:
                columns = [column[1] for column in self._db.execute(f"PRAGMA kept.table_info({table})")]
                own = "id" if table == "favourites" else "picture"
                copied = ", ".join("?1" if column == own else column for column in columns)
                sql = f"SELECT {copied} FROM kept.{table} WHERE {own} = ?2"
                self._db.execute(f"INSERT OR IGNORE INTO kept.{table} {sql}", (new.id, old))

    def _is_hidden(self, picture_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM kept.hidden WHERE picture = ?", (picture_id,)).fetchone() is not None

    def _record_file(
        self, file: File, claimed: str = "", picture: str = "", *, previous: str = "", content: Content = UNKNOWN
    ) -> None:
        ids = (claimed, picture, previous)
        values = (file.path, file.source, *file.stamp, *ids, content.data, content.pixels)
        self._db.execute(f"INSERT OR REPLACE INTO files VALUES ({', '.join('?' * len(values))})", values)

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
            **{word: _search_value(setting, picture) for word, setting in SEARCHED.items()},
            "model": _escape_surrogates(picture.model),
            "sampler_written": _escape_surrogates(picture.written.get("sampler", "")),
            "spacing_written": _escape_surrogates(picture.written.get("spacing", "")),
            "stopped_at": picture.stopped_at,
            "tool": picture.tool,
            "branch": request.branch is not None,
            "family": _find_first_request(request).digest() if picture.has_settings else picture.id,
            "series": _digest_without_seeds(request) if picture.has_settings else picture.id,
        }
        names = ", ".join(columns)
        placeholders = ", ".join("?" * len(columns))
        self._db.execute(f"INSERT INTO pictures({names}) VALUES ({placeholders})", tuple(columns.values()))
        made_with = json.dumps(dict(picture.made_with))
        self._db.execute(
            "INSERT INTO settings VALUES (?, ?, ?, ?)",
            (row, _escape_surrogates(request.to_json()), made_with, " ".join(sorted(picture.unstated))),
        )
        note, tags = self._db.execute(f"SELECT {_NOTE}, {_TAGS} FROM pictures WHERE row = ?", (row,)).fetchone()
        prompts = "\n".join(dict.fromkeys((request.prompt, *request.positive_prompts())))
        # A picture without settings is found by the words in the name of its file.
        label = request.label if picture.has_settings else picture.path.stem
        texts = (prompts, request.negative_prompt, label, request.style, picture.model, note or "")
        names = "rowid, prompt, negative, class, style, model, note, tags, every"
        values = (row, *map(to_fulltext, texts), _format_tags(tags))
        self._db.execute(f"INSERT INTO words({names}) VALUES (?,?,?,?,?,?,?,?,'all')", values)

    def _remove(self, row: int) -> None:
        self._values.clear()
        for table, key in (("pictures", "row"), ("settings", "row"), ("stacks", "row"), ("words", "rowid")):
            self._db.execute(f"DELETE FROM {table} WHERE {key} = ?", (row,))

    def _forget_file(self, path: str) -> None:
        own = "SELECT picture FROM files WHERE path = ?1"
        sql = f"SELECT row, id FROM pictures WHERE path = ?1 AND id = ({own})"
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
        """Return the database row number for an image's creation time or, if it is taken, the next free number.

        Files from an archive often have identical creation times.
        """
        row = _compute_row(created)
        while self._db.execute("SELECT 1 FROM pictures WHERE row = ?", (row,)).fetchone():
            near = "SELECT max(row) + 1 FROM pictures WHERE row BETWEEN ? AND ?"
            row = self._db.execute(near, (row, row + 1_000_000)).fetchone()[0]
        return row

    def _parse_row(self, found: tuple) -> Picture:
        """Convert a database row with the columns _COLUMNS to an image, whose request is parsed on first use.

        Raises database.UnreadableRow if the row is damaged.
        """
        try:
            return self._build_picture(found)
        except (*MALFORMED, StudioError) as error:
            raise database.UnreadableRow(f"A row of the index cannot be read: {error}") from error

    def _build_picture(self, found: tuple) -> Picture:
        _check(found, _PICTURE)
        picture_id, path, source, created, width, height, request, stopped_at, *more = found
        tool, model, made_with, unstated, tags, note, favourite, is_valid = more
        # SQLite is stricter than Python, which reads and writes infinite numbers.
        if not (request.startswith("{") and (is_valid or parse_json(request))):
            raise ValueError("the request is no JSON object")
        made = parse_json(made_with)
        return Picture(
            id=picture_id,
            path=self.root / path,
            created=created,
            size=(width, height),
            request=request if _is_parsed_later(request) else parse_request(request)[0],
            favourite=bool(favourite),
            stopped_at=stopped_at,
            seconds=seconds_of(made),
            tool=tool,
            made_with=made,
            tags=tuple(sorted((tags or "").split(_TAG_SEPARATOR), key=str.casefold)) if tags else (),
            note=note or "",
            model_written=None if tool == TOOL else model,
            source=source,
            unstated=frozenset(SETTINGS.keys() & unstated.split()),
        )


def _search_value(setting: Setting, picture: Picture) -> Any:
    """Return the value by which an image is found in a search for a setting. A setting that its file does not state is
    NULL if it is a number, else an empty text.
    """
    if setting.name in picture.unstated:
        return None if setting.is_number else ""
    return _escape_surrogates(setting.search_value(setting.value_in(picture.request)))


def _is_parsed_later(request: str) -> bool:
    """Return True if a request's JSON is parsed when it is first read, as most are, since a list does not read them.

    A long one is parsed on the gallery's thread, and so is one that may be nested too deeply to be parsed.
    """
    return len(request) < _LONG_REQUEST and request.count("{") + request.count("[") <= MAX_DEPTH


def check_types(rows: Iterable[tuple], *types: type) -> Iterator[tuple]:
    """Yield database rows unchanged after checking the types of their values.

    Raises database.UnreadableRow for a wrong type, which means that the database is damaged.
    """
    for row in rows:
        _check(row, types)
        yield row


def _check(row: tuple, types: tuple[type | tuple[type, ...], ...]) -> None:
    if not all(map(isinstance, row, types)):
        raise database.UnreadableRow("A row of the index has a value of another type.")


def _build_from_clause(query: Query) -> tuple[str, str, list[float | str]]:
    """Return the FROM clause, WHERE clause and values of the SQL query for a search.

    A CROSS JOIN makes SQLite read the full-text table first, because its rows are ordered by creation time.
    """
    if query.match and not query.where:
        return "words", "words MATCH ?", [query.match]
    if query.match:
        source = "words CROSS JOIN pictures ON pictures.row = words.rowid"
        return source, " AND ".join(["words MATCH ?", *query.where]), [query.match, *query.values]
    return "pictures", " AND ".join(["1", *query.where]), query.values


def _find_first_request(request: Request) -> Request:
    """Return the request of the first image in a series of branches, from which this image was branched directly or
    indirectly.
    """
    while request.branch is not None:
        request = request.branch.parent
    return request


def _digest_without_seeds(request: Request) -> str:
    """Return a digest of all settings of an image except its seeds. Successive images with equal digests form a
    stack.
    """
    branch = request.branch and replace(request.branch, parent=replace(request.branch.parent, seed=0))
    return replace(request, seed=0, toward=None, branch=branch).digest()


def _format_tags(tags: str | None) -> str:
    return to_fulltext((tags or "").replace(_TAG_SEPARATOR, " · "))


def _compute_row(created: float) -> int:
    return round(created * 1e6)


def _escape_surrogates(value: Any) -> Any:
    """Escape lone surrogates in a string before it is written to the gallery index, because SQLite rejects them.

    Other values are returned unchanged. A command line can contain lone surrogates. Parsing the JSON restores them.
    """
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
