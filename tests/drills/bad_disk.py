"""Disks that fail for a child process: full or read-only, made by the system itself in the way that it allows here."""

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
    """What a child does to itself before it works: limits of the system that nothing in the program knows of."""

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
    """A folder on a small disk of its own where one can be mounted, else on the usual one; `mounted` says which."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.mounted = sys.platform == "linux" and _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "drill", folder)

    def close(self) -> None:
        """Takes it away with all that is on it."""
        if self.mounted:
            _run("umount", "-l", self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def full(self, left: int) -> Iterator[Handicap]:
        """Only `left` bytes can still be written, or in one file where there is no disk of its own."""
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
        """Nothing can be written; the one who tries may have to be another user."""
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
    """A drive with a library on it: pulled out, its mount point is empty, or the whole of it is gone where none can be
    mounted. With `leaving` an empty folder stays where the library was, as where that is the mount point itself."""

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
        """Raises AssertionError where something was written to the empty mount point meanwhile."""
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
