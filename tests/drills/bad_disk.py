"""Full or read-only disks for a child process, created with the means that the operating system allows here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.drills import fault_points

SIZE = 48 * 2**20  # bytes of a disk of its own
NOBODY = 65534
BALLAST = ".ballast"


@dataclass(frozen=True)
class Handicap:
    """Resource limits or a user id that a child process takes on before its work."""

    largest_file: int = -1  # bytes; -1 for any
    user: int = -1  # whom it becomes; -1 for nobody else
    full_at: int = 0  # the point, as `fault_points` counts them, at which the disk is full; 0 for never
    home: str = ""  # where these points are

    def take_on(self) -> None:
        if self.largest_file >= 0:
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest_file, resource.RLIM_INFINITY))
        if self.user >= 0:
            os.setuid(self.user)
        if self.full_at:
            fault_points.install(self.full_at, fault_points.full, within=Path(self.home))


class Disk:
    """Folder on a small mounted disk, or on the default disk if none can be mounted; `mounted` says which."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.mounted = sys.platform == "linux" and _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "drill", folder)

    def close(self) -> None:
        """Remove the disk with all its files."""
        if self.mounted:
            _run("umount", "-l", self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def full(self, left: int) -> Iterator[Handicap]:
        """Leave room for only `left` more bytes, per file if the folder is not on its own disk."""
        if not self.mounted:
            yield Handicap(largest_file=left)
            return
        ballast = self.folder / BALLAST
        free = os.statvfs(self.folder)
        with open(ballast, "wb") as file, suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - left))
        try:
            yield Handicap()
        finally:
            ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[Handicap]:
        """Make the disk read-only; the returned handicap may switch the child to another user."""
        if self.mounted:
            assert _run("mount", "-o", "remount,ro", self.folder), "a file on it is open for writing"
            try:
                yield Handicap()
            finally:
                _run("mount", "-o", "remount,rw", self.folder)
            return
        paths = [self.folder, *self.folder.rglob("*")]
        modes = {path: path.stat().st_mode for path in paths}
        for path, mode in modes.items():
            path.chmod((mode | 0o444 | (0o111 if path.is_dir() else 0)) & ~0o222)
        try:
            yield Handicap(user=NOBODY if os.geteuid() == 0 else -1)
        finally:
            for path, mode in modes.items():
                path.chmod(mode)


class Drive:
    """Removable drive with a library.

    Unplugging leaves its mount point empty, or removes the whole folder if nothing can be mounted. With `leaving`, an
    empty folder stays in the library's place, as if that were the mount point.
    """

    def __init__(self, place: Path) -> None:
        self.library = place / "pictures"
        self._place, self._content = place, place.with_name(f"{place.name} content")
        self._content.mkdir(parents=True)
        self._place.mkdir()
        self._other = Disk(self._content)  # another device than the mount point
        self.mounted = self._other.mounted and self._mount()
        if not self.mounted:
            self._place.rmdir()
            self.put_back()

    def pull_out(self, *, leaving: bool = False) -> None:
        if self.mounted:
            assert _run("umount", "-l", self._place)
            if leaving:
                self.library.mkdir()
        else:
            self._place.rename(self._content)

    def put_back(self) -> None:
        """Raise AssertionError if the empty mount point was written to meanwhile."""
        if self.mounted:
            written = [path for path in self._place.rglob("*") if path != self.library]
            assert not written, f"written to the empty mount point: {written[:5]}"
            if self.library.exists():
                self.library.rmdir()
            assert self._mount()
        else:
            self._content.rename(self._place)

    def close(self) -> None:
        if self.mounted:
            _run("umount", "-l", self._place)
        self._other.close()

    def _mount(self) -> bool:
        return _run("mount", "--bind", self._content, self._place)


def _run(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
