"""Deleted pictures wait in a folder of our own, each under its path in the library, until the trash takes them."""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gdm_studio.errors import StorageError
from gdm_studio.gallery import files

MONTH = 30 * 86_400.0  # seconds
Trash = Callable[[Path], object]  # puts a file into the system's trash; raises StorageError


@dataclass(frozen=True)
class Undo:
    """Pictures deleted together; they wait in `folder`, each file under its path in the pictures folder."""

    folder: Path
    count: int  # of pictures
    deleted: float = 0.0  # seconds since 1970

    @property
    def name(self) -> str:
        return self.folder.name

    def files(self) -> list[Path]:
        """The pictures that wait, without what was kept beside them."""
        return [path for path in _files(self.folder) if not _beside(path.relative_to(self.folder))]


class HeldFolder:
    """The folder they wait in. What is inside was moved there by renaming, so a crash leaves each file whole."""

    def __init__(self, folder: Path, library: Path) -> None:
        self.folder, self._library = folder, library

    def take(self, paths: Iterable[str], count: int) -> Undo:
        """Moves these files of the library, by their paths in it, out of it: all or none. Raises StorageError."""
        now = time.time()
        undo = Undo(self.folder / f"{now:.6f}-{uuid.uuid4().hex[:8]}", count, now)
        try:
            for path in paths:
                if (self._library / path).exists() or not self._library.is_dir():
                    files.move(self._library / path, undo.folder / path, lasting=False)
        except StorageError:
            for _ in self.put_back(undo):
                pass
            raise
        files.sync_folder(undo.folder)
        return undo

    def put_back(self, undo: Undo, only: Collection[Path] = ()) -> Iterator[Path]:
        """Moves them back where they were, beside whatever has taken their name since; each picture's new path.

        With `only` those of its files alone; the others go on waiting.
        """
        for held in [path for path in _files(undo.folder) if not only or path in only]:
            path = held.relative_to(undo.folder)
            wanted = self._library / path
            if _beside(path):
                if not wanted.exists():
                    files.move(held, wanted, lasting=False)
                continue
            yield files.move_beside(held, wanted)
        files.sync_folder(self._library)
        if not undo.files():
            shutil.rmtree(undo.folder, ignore_errors=True)

    def waiting(self) -> list[Undo]:
        """All that can be put back, the last deleted first."""
        found = []
        with contextlib.suppress(OSError):
            for folder in self.folder.iterdir():
                if folder.name.partition("-")[0].replace(".", "", 1).isdecimal() and folder.is_dir():
                    found.append(replace(self.named(folder.name), count=len(self.named(folder.name).files())))
        return sorted(found, key=lambda undo: undo.deleted, reverse=True)

    def named(self, name: str) -> Undo:
        """The deletion of that name, as if it held nothing."""
        return Undo(self.folder / name, 0, float(name.partition("-")[0]))

    def empty(self, trash: Trash, *, older_than: float) -> int:
        """Gives to the trash what has waited for `older_than` seconds; the number of files.

        What was kept beside a picture is deleted once the picture is in the trash. Raises StorageError.
        """
        given = 0
        for undo in self.waiting():
            if time.time() - undo.deleted < older_than:
                continue
            for path in undo.files():
                trash(path)
                given += 1
            shutil.rmtree(undo.folder, ignore_errors=True)
        return given


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _beside(path: Path) -> bool:
    """Whether a path in the library is one of what is kept beside the pictures."""
    return path.parts[0].startswith(".")
