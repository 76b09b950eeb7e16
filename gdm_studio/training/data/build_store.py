"""Intermediate state of a dataset build on disk: the rendered images and their status."""

import shutil
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common.errors import StorageError


class IconStatus(IntEnum):
    """Status of an icon during a dataset build: not rendered yet, rendered, or absent from the archive."""

    MISSING = 0
    DRAWN = 1
    ABSENT = 2


class BuildStore:
    """Store on disk for the rendered images of a dataset build, so that an interrupted build can be resumed.

    It has space for `count` images with side `size`, and continues an earlier build with the same `key`. The status of
    an image is written after its pixels, so that a killed build renders the image again. Raises StorageError if the
    disk has too little space for the store and the final dataset.
    """

    def __init__(self, folder: Path, key: str, count: int, size: int) -> None:
        key_file = folder / "key"
        if not key_file.is_file() or key_file.read_text() != key:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            _check_space(folder, 2 * count * size * size * 4)
            np.memmap(folder / "marks.u8", np.uint8, mode="w+", shape=(count,)).flush()
            np.memmap(folder / "pictures.u8", np.uint8, mode="w+", shape=(count, size, size, 4)).flush()
            key_file.write_text(key)
        self.marks: NDArray[np.uint8] = np.memmap(folder / "marks.u8", np.uint8, mode="r+", shape=(count,))
        self.pixels: NDArray[np.uint8] = np.memmap(
            folder / "pictures.u8", np.uint8, mode="r+", shape=(count, size, size, 4)
        )

    def missing(self) -> list[int]:
        """Return the indices of the images that still have to be rendered, in ascending order."""
        return [int(index) for index in np.flatnonzero(self.marks == IconStatus.MISSING)]

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Store the pixels (size, size, 4), uint8, of a rendered image under its index, and record that the image is
        rendered.
        """
        self.pixels[index] = pixels
        self.marks[index] = IconStatus.DRAWN

    def mark_absent(self, index: int) -> None:
        """Mark the image `index` as absent, because the archive has no icon for it."""
        self.marks[index] = IconStatus.ABSENT

    def flush(self) -> None:
        """Write all rendered images and their status to disk."""
        for array in (self.pixels, self.marks):
            if isinstance(array, np.memmap):
                array.flush()

    def close(self) -> None:
        """Write all rendered images to disk and close the files of the store.

        Open files cannot be deleted on some systems.
        """
        self.flush()
        del self.pixels, self.marks


def _check_space(folder: Path, needed: int) -> None:
    """Raise StorageError if the disk has less than `needed` bytes free for the dataset.

    Without this check, a memory-mapped file that exceeds the disk would kill the process without an error message.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"{folder.parent} needs {needed / 1e9:.1f} GB and has {free / 1e9:.1f} GB free; "
            "choose another disk, or a smaller --size or --subset."
        )
