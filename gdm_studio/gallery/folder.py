"""What lies in a pictures folder."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.errors import StorageError
from gdm_studio.gallery import files
from gdm_studio.gallery.picture import Picture, load

_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
Stamp = tuple[int, int]  # (mtime in ns, bytes): where it is the same, so is the file


@dataclass(frozen=True)
class File:
    """A file that was looked at; `picture` is None where it holds no settings."""

    path: str  # relative to the pictures folder, with "/"
    stamp: Stamp
    picture: Picture | None


def picture_files(root: Path) -> dict[str, Stamp]:
    """{relative path: stamp} of every picture file in `root` and its subfolders, hidden ones left out.

    Temporary files that nobody writes any more are removed on the way.
    """
    found: dict[str, Stamp] = {}
    folders = [""]
    while folders:
        inside = folders.pop()
        with contextlib.suppress(OSError), os.scandir(root / inside) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    if entry.name.endswith(files.PART):
                        files.remove_abandoned(Path(entry.path))
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(f"{inside}{entry.name}/")
                elif entry.name.lower().endswith(_SUFFIXES) and _is_text(entry.name):
                    with contextlib.suppress(OSError):  # a link to nowhere, or a file that has just gone
                        found[inside + entry.name] = stamp_of(entry.stat())
    return found


def stamp_of(status: os.stat_result) -> Stamp:
    """As SQLite takes it: some disks hold times beyond 64 bits of nanoseconds, the year 2262."""
    return min(status.st_mtime_ns, 2**63 - 1), status.st_size


def looked_at(root: Path, path: str, stamp: Stamp) -> File:
    """The file, read. One that is no picture, or has gone by now, counts as one without settings."""
    try:
        return File(path, stamp, load(root / path))
    except StorageError:
        return File(path, stamp, None)


def _is_text(name: str) -> bool:
    """A name with bytes of another encoding cannot be stored."""
    with contextlib.suppress(UnicodeEncodeError):
        return bool(name.encode())
    return False
