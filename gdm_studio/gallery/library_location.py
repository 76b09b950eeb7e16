"""Location of a library: its folder, and the paths and locks derived from it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from gdm_studio.common.removable_drive import RemovableDrive
from gdm_studio.gallery.storage.locks import LibraryLocks
from gdm_studio.gallery.storage.saved_step_files import StepsFiles
from gdm_studio.gallery.storage.trash_folder import TrashFolder


class Location:
    """The current library folder with its index, saved steps, trash and locks.

    `move_to` switches all attributes to another folder.
    """

    def __init__(self, folder: Path, data: Path, cache: Path) -> None:
        self._data = data
        self._cache = cache
        self.move_to(folder)

    def move_to(self, folder: Path) -> None:
        """Switch all paths and locks to another library folder. No files are moved."""
        self.folder = folder
        # Each library has its own index, so that two libraries do not overwrite each other's index.
        digest = hashlib.sha256(os.fsencode(os.path.abspath(folder))).hexdigest()[:12]
        self.index_path = self._cache / f"gallery-{digest}.sqlite"
        self.steps = StepsFiles(folder)
        self.drive = RemovableDrive(folder)
        self.locks = LibraryLocks(self._data / "using", folder)
        self.trash_folder = TrashFolder(self._data / "deleted", folder)
        # Modification times (ns) of the folders that the last scan read, to detect later changes.
        self.folder_times: dict[Path, int] = {}
