"""Pictures of imported folders that were deleted here: their files stay, and the gallery shows them no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gdm_studio.gallery.database import transaction


def add(db: sqlite3.Connection, pictures: Iterable[str], deletion: str) -> None:
    """Hides pictures, by their ids, until `deletion` is restored."""
    with transaction(db):
        rows = [(picture, deletion) for picture in pictures]
        db.executemany("INSERT OR REPLACE INTO kept.hidden VALUES (?, ?)", rows)


def restore(db: sqlite3.Connection, deletion: str) -> list[str]:
    """Ends the hiding of what went with `deletion`; their ids."""
    with transaction(db):
        found = db.execute("DELETE FROM kept.hidden WHERE deletion = ? RETURNING picture", (deletion,)).fetchall()
    return [picture for (picture,) in found]


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """{deletion: how many it hides}."""
    return dict(db.execute("SELECT deletion, count(*) FROM kept.hidden GROUP BY deletion").fetchall())
