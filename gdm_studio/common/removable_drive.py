"""Detection of a removed drive.

The mount point of such a drive often remains, as an ordinary folder on another disk.
"""

from __future__ import annotations

import os
from pathlib import Path

from gdm_studio.common.errors import StorageError


class RemovableDrive:
    """The drive of a folder into which several files are written.

    It is the drive found by the first `check`. If another drive is found later, but the last written file still exists,
    it counts as the same drive, connected again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._device: int | None = None
        self._last: Path | None = None

    def check(self) -> None:
        """Raise StorageError if the drive was removed.

        Call this before a file is written, so that none goes to the mount point.
        """
        device = _device(self._folder)
        if self._device not in (None, device) and not (self._last and os.path.lexists(self._last)):
            place = self._folder
            raise StorageError(f"The drive of {place} is not connected; connect it, or choose another folder.")
        self._device = device

    def record_write(self, path: Path) -> None:
        """Record the file that was just written. Raises StorageError if the drive has been removed."""
        self.check()
        self._last = path


def _device(folder: Path) -> int | None:
    """Return the device id of a folder, or of its nearest existing parent. Returns None if none can be read.

    The path ends with a dot, which wakes drives that are mounted when they are accessed.
    """
    for place in (folder, *folder.absolute().parents):
        try:
            return os.stat(os.path.join(place, ".")).st_dev
        except OSError:
            continue
    return None
