"""Detection of a removed drive.

The mount point of a removed drive often remains as an ordinary folder of the system disk.
"""

from __future__ import annotations

import os
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.common.translation_markers import translatable


class RemovableDrive:
    """Drive to which several files are written, with a check that it is still connected.

    The first `check` identifies the drive. A different drive found later counts as the same one, reconnected, if it
    contains the last written file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._device_number: int | None = None
        self._last: Path | None = None

    def check(self) -> None:
        """Raise StorageError if the drive is no longer connected.

        Call this before writing each file, so that no file is written into the empty mount point.
        """
        device = _device_number(self._folder)
        if self._device_number not in (None, device) and not (self._last and os.path.lexists(self._last)):
            place = self._folder
            raise StorageError(
                translatable(
                    "The drive of {place} is not connected; connect it, or choose another folder.", place=place
                )
            )
        self._device_number = device

    def record_write(self, path: Path) -> None:
        """Record the path of a file that was just written. Raises StorageError if the drive has been removed."""
        self.check()
        self._last = path


def _device_number(folder: Path) -> int | None:
    """Return the device number of the disk that contains a folder. If the folder does not exist, the nearest existing
    parent folder is used.

    Returns None if none is readable. The path ends with "/.", which triggers automounted drives.
    """
    for place in (folder, *folder.absolute().parents):
        try:
            return os.stat(os.path.join(place, ".")).st_dev
        except OSError:
            continue
    return None
