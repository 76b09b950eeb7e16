"""The half-done state of a build on disk: every picture's pixels, and whether they are there."""

import shutil
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.errors import StorageError


class Mark(IntEnum):
    """What is known of a picture."""

    MISSING = 0  # still to be drawn
    DRAWN = 1
    ABSENT = 2  # the archive has no such icon


class Scratch:
    """`count` pictures of side `size` in `folder`, kept from an earlier run if it had the same `key`.

    A picture's mark is set after its pixels, so a process killed between the two draws it again. StorageError
    where the disk has no room for this and for the result beside it.
    """

    def __init__(self, folder: Path, key: str, count: int, size: int) -> None:
        key_file = folder / "key"
        if not key_file.is_file() or key_file.read_text() != key:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            _ask_for_room(folder, 2 * count * size * size * 4)
            np.memmap(folder / "marks.u8", np.uint8, mode="w+", shape=(count,)).flush()
            np.memmap(folder / "pictures.u8", np.uint8, mode="w+", shape=(count, size, size, 4)).flush()
            key_file.write_text(key)
        self.marks: NDArray[np.uint8] = np.memmap(folder / "marks.u8", np.uint8, mode="r+", shape=(count,))
        self.pixels: NDArray[np.uint8] = np.memmap(
            folder / "pictures.u8", np.uint8, mode="r+", shape=(count, size, size, 4)
        )

    def missing(self) -> list[int]:
        """Indices still to be drawn, in order."""
        return [int(index) for index in np.flatnonzero(self.marks == Mark.MISSING)]

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep (size, size, 4) uint8 as picture `index`."""
        self.pixels[index] = pixels
        self.marks[index] = Mark.DRAWN

    def mark_absent(self, index: int) -> None:
        """Say that picture `index` cannot be had."""
        self.marks[index] = Mark.ABSENT

    def flush(self) -> None:
        """Write through to the disk."""
        for array in (self.pixels, self.marks):
            if isinstance(array, np.memmap):
                array.flush()

    def close(self) -> None:
        """Let go of the files, so that systems which lock open ones can delete them."""
        self.flush()
        del self.pixels, self.marks


def _ask_for_room(folder: Path, needed: int) -> None:
    """Ask first: a mapped file that outgrows its disk ends the process without a word."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"{folder.parent} needs {needed / 1e9:.1f} GB and has {free / 1e9:.1f} GB free; "
            "choose another disk, or a smaller --size or --subset."
        )
