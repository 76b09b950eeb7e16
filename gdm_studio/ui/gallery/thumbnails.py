"""Small pictures for the cells in sight, read few at a time: the newest wish first, stale ones dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from gdm_studio.ui.gallery.list_model import PictureModel
from gdm_studio.ui.look.imaging import qimage

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.gallery import Picture
    from gdm_studio.ui.tasks import Tasks

THREADS = 2
BATCHES = range(12, 33)  # how many are read between two looks at what is wanted now: a sixteenth of what is
Read = Callable[[Sequence["Picture"], int], Mapping[str, "np.ndarray | None"]]  # of so many pixels a side or more


class ThumbnailReader:
    """Answers the `thumbnails_wanted` of lists with `read`, called in threads of its own; `close()` in the end.

    What one call of `read` leaves out, for want of time, is asked for again when its cell is painted.
    """

    def __init__(self, read: Read, tasks: Tasks) -> None:
        self._read, self._tasks = read, tasks
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gallery-thumbnails")
        self._wanted: dict[PictureModel, list[Picture]] = {}
        self._under_way: set[Any] = set()
        self._workers = 0
        self._closed = False

    def serve(self, model: PictureModel) -> None:
        model.thumbnails_wanted.connect(lambda pictures: self._want(model, pictures))

    def close(self) -> None:
        """Begins no other batch."""
        self._closed = True
        self._threads.shutdown(wait=False)

    def _want(self, model: PictureModel, pictures: list[Picture]) -> None:
        """These and no others of this list, in this order."""
        self._wanted[model] = pictures
        while not self._closed and self._workers < min(THREADS, -(-len(pictures) // BATCHES.start)):
            self._workers += 1
            self._tasks.start(self._work())

    async def _work(self) -> None:
        """Batch by batch what is wanted at the time, until nothing is."""
        try:
            while not self._closed and (next_ones := self._next()):
                model, pictures = next_ones
                side, ids = model.side(), {picture.id for picture in pictures}
                self._under_way |= ids
                work = partial(self._images, pictures, side)
                try:
                    images = await asyncio.get_running_loop().run_in_executor(self._threads, work)
                finally:
                    self._under_way -= ids
                if not self._closed:  # else the list may be gone
                    model.set_thumbnails(images, side)
        finally:
            self._workers -= 1

    def _next(self) -> tuple[PictureModel, list[Picture]] | None:
        for model, wanted in self._wanted.items():
            left = [picture for picture in wanted if picture.id not in self._under_way]
            batch = min(max(len(left) // 16, BATCHES.start), BATCHES.stop - 1)
            self._wanted[model] = left[batch:]
            if left:
                return model, left[:batch]
        return None

    def _images(self, pictures: Sequence[Picture], side: int) -> dict[Any, QImage | None]:
        found = self._read(pictures, side).items()
        return {picture_id: None if rgba is None else _fitted(rgba, side) for picture_id, rgba in found}


def _fitted(rgba: np.ndarray, side: int) -> QImage:
    """At most `side` wide and high, as Qt paints soonest; its averaging takes a tenth of the time of a filter."""
    image = qimage(rgba).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
