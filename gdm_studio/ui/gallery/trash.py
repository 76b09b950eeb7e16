"""Deleted pictures on their way into the system's trash."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile

from gdm_studio import preferences
from gdm_studio.errors import StorageError

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery


def empty_bin(gallery: Gallery) -> None:
    """On closing: what was deleted goes to the trash, or what was deleted a month ago, as people set it.

    What the trash does not take waits on; it can be restored the next time.
    """
    from gdm_studio.gallery.holding import MONTH

    with contextlib.suppress(StorageError):
        gallery.empty_held(to_trash, older_than=0.0 if preferences.load().empty_bin_on_exit else MONTH)


def to_trash(path: Path) -> None:
    """Puts a file into the system's trash; raises StorageError."""
    if not QFile.moveToTrash(str(path)):
        raise StorageError(f"{path} cannot be put into the trash; delete it yourself, or restore it.")
