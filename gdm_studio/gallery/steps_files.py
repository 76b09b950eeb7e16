"""The steps of pictures, kept beside them: one file of opaque bytes a picture, dropped when there are too many."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from gdm_studio.gallery import files

FOLDER = ".steps"  # hidden, in the pictures folder, so that it goes where the pictures go
SUFFIX = ".steps"


class StepsFiles:
    """The folder of them. Methods raise StorageError."""

    def __init__(self, library: Path) -> None:
        self._library = library

    def path(self, picture_id: str) -> Path:
        """Where a picture's steps are, if there are any."""
        return self._library / self.inside(picture_id)

    def inside(self, picture_id: str) -> str:
        """The same as a path in the library."""
        return f"{FOLDER}/{picture_id[:2]}/{picture_id}{SUFFIX}"

    def write(self, picture_id: str, steps: bytes) -> None:
        path = self.path(picture_id)
        files.make_folder(path.parent)
        files.write(path, steps)

    def held(self) -> int:
        """Bytes of all of them."""
        return sum(size for _, size, _ in self._all())

    def prune(self, limit: float) -> int:
        """Drops the oldest until `limit` bytes hold the rest; how many. A picture keeps all but its steps."""
        held = self._all()
        total, dropped = sum(size for _, size, _ in held), 0
        for _, size, path in sorted(held):
            if total <= limit:
                break
            with contextlib.suppress(OSError):  # where the disk is read-only, they simply stay
                path.unlink()
                total, dropped = total - size, dropped + 1
        return dropped

    def _all(self) -> list[tuple[int, int, Path]]:
        """(mtime in ns, bytes, path) of every file."""
        found = []
        for folder, _, names in os.walk(self._library / FOLDER):
            for name in names:
                path = Path(folder, name)
                if name.endswith(files.PART):
                    files.remove_abandoned(path)
                elif name.endswith(SUFFIX):
                    with contextlib.suppress(OSError):
                        status = path.stat()
                        found.append((status.st_mtime_ns, status.st_size, path))
        return found
