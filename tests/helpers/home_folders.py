"""Home folders of the tests. One that a test left unchanged serves the next test under another name.

Most tests don't use their folder. Creating and removing its four folders takes 20 ms on a disk, and renaming it 1 ms.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

# Name below the home folder, mode, inode, size, and time of the last change of each file and folder.
Snapshot = frozenset[tuple[str, int, int, int, int]]


class HomeFolders:
    """Home folders below `parent`, which `fill` provides with their first content.

    Every folder has a path of its own, because the program caches in memory what it has read from a path.
    """

    def __init__(self, parent: Path, fill: Callable[[Path], object]) -> None:
        self._parent = parent
        self._fill = fill
        self._numbers = count()
        self._unused: tuple[Path, Snapshot] | None = None

    def take(self) -> tuple[Path, Snapshot]:
        """Return a new home folder and its content."""
        home = self._parent / f"home-{next(self._numbers)}"
        if self._unused is not None:
            unused, content = self._unused
            self._unused = None
            unused.rename(home)
            return home, content
        home.mkdir()
        self._fill(home)
        return home, snapshot(home)

    def give_back(self, home: Path, content: Snapshot) -> None:
        """Keep the folder for the next test if it still has this content, or remove it."""
        if self._unused is None and _is_unchanged(home, content):
            self._unused = home, content
        else:
            _allow_changes(home)
            # A thread or a process that is about to end may still write.
            shutil.rmtree(home, ignore_errors=True)


def snapshot(home: Path) -> Snapshot:
    """Return what identifies the content of a folder and of all folders below."""
    found = [(".", home.lstat())]
    for folder, folders, files in os.walk(home):
        paths = [Path(folder, name) for name in (*folders, *files)]
        found += [(str(path.relative_to(home)), path.lstat()) for path in paths]
    return frozenset(
        (name, status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns) for name, status in found
    )


def _allow_changes(home: Path) -> None:
    """Allow the user to remove all files below a folder, from whose folders a test may have taken this right."""
    for path in (home, *(Path(folder, name) for folder, names, _ in os.walk(home) for name in names)):
        if not path.is_symlink():
            with suppress(OSError):
                path.chmod(0o700)


def _is_unchanged(home: Path, content: Snapshot) -> bool:
    try:
        return snapshot(home) == content
    except OSError:
        return False
