"""The drive that a folder is on: pulled out, its mount point is a folder like any other, on another disk."""

from __future__ import annotations

import os
from pathlib import Path

from gdm_studio.errors import StorageError


class Drive:
    """Of one folder that files are put into one after another, as it was at the first `check`.

    Another device in its place is the same drive connected anew where the last file that was put there is there still.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._device: int | None = None
        self._last: Path | None = None

    def check(self) -> None:
        """Raises StorageError where the folder's drive is no longer there: before anything is written in its place."""
        device = _device(self._folder)
        if self._device not in (None, device) and not (self._last and os.path.lexists(self._last)):
            place = self._folder
            raise StorageError(f"The drive of {place} is not connected any more; connect it, or choose another folder.")
        self._device = device

    def wrote(self, path: Path) -> None:
        """Remembers a file that has just been written there; raises StorageError where it went into its place."""
        self.check()
        self._last = path


def _device(folder: Path) -> int | None:
    """Of the folder, or of what it would be made in. The dot wakes drives that are mounted when they are entered."""
    for place in (folder, *folder.absolute().parents):
        try:
            return os.stat(os.path.join(place, ".")).st_dev
        except OSError:
            continue
    return None
