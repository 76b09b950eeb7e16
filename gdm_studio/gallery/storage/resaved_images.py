"""Library images that another program saved again without metadata. They are recognised by their content."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.gallery.id_conflicts import stored_id
from gdm_studio.gallery.metadata import read
from gdm_studio.gallery.metadata import record as ours
from gdm_studio.gallery.metadata.generation_settings import parse_request
from gdm_studio.gallery.saved_image import Picture
from gdm_studio.gallery.storage import file_operations


def remember(db: sqlite3.Connection, path: Path, before: Picture) -> Picture | None:
    """Record that another program saved an image again to `path` without its settings, so that `recognise` can identify
    the file. `before` is the original image.

    Returns the new version of the image, or None if the file is unreadable or `before` is not a library image of this
    program.
    """
    # Other tools reuse the names of their files for other images.
    if before.source or before.tool != ours.TOOL:
        return None
    try:
        size = read(path).size
        content = file_operations.read(path)
    except StorageError:
        return None
    record = {
        "created": before.created,
        "request": json.loads(before.request.to_json()),
        "stopped_at": before.stopped_at,
        "made_with": dict(before.made_with),
    }
    claimed = stored_id(before.id)
    row = (_digest_content(content), len(content), claimed, json.dumps(record))
    db.execute("INSERT OR REPLACE INTO kept.adopted VALUES (?, ?, ?, ?)", row)
    return replace(before, id=claimed, path=path, size=size)


def recognise(db: sqlite3.Connection, path: Path, size: int) -> Picture | None:
    """Return the image in a file that another program saved without its settings. Returns None unless `remember` has
    recorded the same content. `size` is the file size in bytes.
    """
    if db.execute("SELECT 1 FROM kept.adopted WHERE bytes = ?", (size,)).fetchone() is None:
        return None
    try:
        content = file_operations.read(path)
        pixels = read(path).size
    except StorageError:
        return None
    found = db.execute(
        "SELECT picture, record FROM kept.adopted WHERE content = ?", (_digest_content(content),)
    ).fetchone()
    if found is None:
        return None
    try:
        record = ours.Record.from_json(json.dumps({**parse_json(found[1]), "id": found[0]}))
    except MALFORMED:
        return None
    if record is None:
        return None
    return Picture(
        id=record.id,
        path=path,
        created=record.created,
        size=pixels,
        request=parse_request(json.dumps(dict(record.values)))[0],
        stopped_at=record.stopped_at,
        made_with=record.made_with,
    )


def _digest_content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
