"""Files of saved denoising steps, one per image, stored in the library. The oldest ones are deleted when a size limit
is exceeded.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from gdm_studio.gallery.storage import file_operations

# Hidden in the library folder, so that it moves with the library.
FOLDER = ".steps"
SUFFIX = ".steps"


class StepsFiles:
    """The files in the library that contain the saved denoising steps of images, one file per image.

    Methods raise StorageError.
    """

    def __init__(self, library: Path) -> None:
        self._library = library

    def path(self, picture_id: str) -> Path:
        """Return the path of the file with an image's saved denoising steps. The file may not exist."""
        return self._library / self.inside(picture_id)

    def inside(self, picture_id: str) -> str:
        """Return the path of the file with an image's saved denoising steps, relative to the library folder."""
        return f"{FOLDER}/{picture_id[:2]}/{picture_id}{SUFFIX}"

    def write(self, picture_id: str, steps: bytes) -> None:
        """Save the encoded denoising steps of an image to its file in the library."""
        path = self.path(picture_id)
        file_operations.make_folder(path.parent)
        file_operations.write(path, steps)

    def total_size(self) -> int:
        """Return the total size of all files with saved denoising steps, in bytes."""
        return sum(size for _, size, _ in self._list_files())

    def prune(self, limit: float) -> int:
        """Delete the oldest files of saved denoising steps until they take up at most `limit` bytes.

        Return the number of deleted files.
        """
        existing = self._list_files()
        total = sum(size for _, size, _ in existing)
        deleted = 0
        for _, size, path in sorted(existing):
            if total <= limit:
                break
            # On a read-only disk the file cannot be deleted.
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size
                deleted += 1
        return deleted

    def _list_files(self) -> list[tuple[int, int, Path]]:
        """Return (modification time in ns, size in bytes, path) of every file with saved denoising steps in the
        library.
        """
        found = []
        for folder, _, names in os.walk(self._library / FOLDER):
            for name in names:
                path = Path(folder, name)
                if name.endswith(file_operations.PART):
                    file_operations.remove_abandoned(path)
                elif name.endswith(SUFFIX):
                    with contextlib.suppress(OSError):
                        status = path.stat()
                        found.append((status.st_mtime_ns, status.st_size, path))
        return found
