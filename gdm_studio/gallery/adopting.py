"""Pictures of ours that another program saved over, leaving out what they say: known again by their content."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

from gdm_studio.errors import StorageError
from gdm_studio.gallery import files
from gdm_studio.gallery.metadata import ours, read
from gdm_studio.gallery.metadata.facts import request_from
from gdm_studio.gallery.picture import Picture


def adopt(db: sqlite3.Connection, path: Path, before: Picture) -> Picture | None:
    """The picture that `before` has become in the file at `path`, remembered from now on; None where it is none."""
    if before.source or before.tool != ours.TOOL:
        return None  # names of other tools' files are used again for other pictures
    try:
        size, content = read(path).size, files.read(path)
    except StorageError:
        return None
    record = {
        "created": before.created,
        "request": json.loads(before.request.to_json()),
        "stopped_at": before.stopped_at,
        "made_with": dict(before.made_with),
    }
    row = (_digest(content), len(content), before.id, json.dumps(record))
    db.execute("INSERT OR REPLACE INTO kept.adopted VALUES (?, ?, ?, ?)", row)
    return replace(before, path=path, size=size)


def adopted(db: sqlite3.Connection, path: Path, size: int) -> Picture | None:
    """The picture in a file of `size` bytes that was adopted earlier, wherever it lies now."""
    if db.execute("SELECT 1 FROM kept.adopted WHERE bytes = ?", (size,)).fetchone() is None:
        return None
    try:
        content, pixels = files.read(path), read(path).size
    except StorageError:
        return None
    found = db.execute("SELECT picture, record FROM kept.adopted WHERE content = ?", (_digest(content),)).fetchone()
    if found is None:
        return None
    record = json.loads(found[1])
    return Picture(
        id=found[0],
        path=path,
        created=record["created"],
        size=pixels,
        request=request_from(json.dumps(record["request"]))[0],
        stopped_at=record["stopped_at"],
        made_with=record["made_with"],
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
