"""Loading of thumbnails in batches for the visible cells."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from gdm_studio.ui.gallery.list_model import PictureModel
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.theme.theme import is_lost_on_plate

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.gallery import Picture
    from gdm_studio.ui.tasks import Tasks

THREADS = 2
# Range of the number of thumbnails in a batch, which is an eighth of those requested.
BATCHES = range(12, 49)
# Seconds between two updates of a list. Each one repaints the list and searches it for what is still missing.
FRAME = 1 / 60
# Returns thumbnails of pictures, with at least that many pixels a side, by picture id.
Read = Callable[[Sequence["Picture"], int], Mapping[str, "np.ndarray | None"]]


class ThumbnailReader:
    """Background loader of gallery thumbnails, which answers the lists' `thumbnails_wanted` signals.

    It calls `read` on its own threads. `read` may omit thumbnails if it runs out of time; they are requested again when
    their cells are painted. A list gets the thumbnails of several batches at once, at most once per frame, and the last
    ones without a delay.
    """

    def __init__(self, read: Read, tasks: Tasks) -> None:
        self._read = read
        self._tasks = tasks
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gallery-thumbnails")
        self._requests: dict[PictureModel, list[Picture]] = {}
        # Lists and ids of pictures whose thumbnails are being read, or wait for the next update of the list.
        self._under_way: set[tuple[PictureModel, Any]] = set()
        # Number of batches that are being read.
        self._reads = 0
        # Loaded thumbnails that their lists do not have yet, by list and side.
        self._loaded: dict[tuple[PictureModel, int], tuple[dict[Any, QImage | None], set[Any]]] = {}
        self._updated_at = 0.0
        # Calls `_update_lists` at the next frame.
        self._update: asyncio.TimerHandle | None = None
        self._workers = 0
        self._is_closed = False

    def close(self) -> None:
        """Stop loading thumbnails once the running batches are complete."""
        self._is_closed = True
        if self._update is not None:
            self._update.cancel()
        self._threads.shutdown(wait=False)

    def request(self, model: PictureModel, pictures: list[Picture]) -> None:
        """Replace all pending thumbnail requests of a list with requests for the given images, in this order."""
        self._requests[model] = pictures
        while not self._is_closed and self._workers < min(THREADS, -(-len(pictures) // BATCHES.start)):
            self._workers += 1
            self._tasks.start(self._load_batches())

    async def _load_batches(self) -> None:
        """Load the requested thumbnails in batches until no requests are pending."""
        try:
            while not self._is_closed and (next_ones := self._take_batch()):
                model, pictures = next_ones
                side = model.side()
                reading = {(model, picture.id) for picture in pictures}
                self._under_way |= reading
                self._reads += 1
                work = partial(self._read_images, pictures, side)
                try:
                    images, lost = await asyncio.get_running_loop().run_in_executor(self._threads, work)
                except BaseException:
                    self._under_way -= reading
                    raise
                finally:
                    self._reads -= 1
                # Those that are left out may be requested again.
                self._under_way -= {(model, picture.id) for picture in pictures if picture.id not in images}
                loaded_images, loaded_lost = self._loaded.setdefault((model, side), ({}, set()))
                loaded_images |= images
                loaded_lost |= lost
                self._update_soon()
        finally:
            self._workers -= 1

    def _update_soon(self) -> None:
        """Pass the loaded thumbnails to their lists now, unless others were passed less than a frame ago and more are
        coming.
        """
        loop = asyncio.get_running_loop()
        due = self._updated_at + FRAME
        if loop.time() >= due or not (self._reads or any(self._requests.values())):
            self._update_lists()
        elif self._update is None:
            self._update = loop.call_at(due, self._update_lists)

    def _update_lists(self) -> None:
        if self._update is not None:
            self._update.cancel()
            self._update = None
        self._updated_at = asyncio.get_running_loop().time()
        loaded, self._loaded = self._loaded, {}
        # All lists get their thumbnails, also if one of them raises.
        with contextlib.ExitStack() as updates:
            for (model, side), (images, lost) in loaded.items():
                self._under_way -= {(model, picture_id) for picture_id in images}
                # After `close()` the list may be deleted.
                if not self._is_closed:
                    updates.callback(model.set_thumbnails, images, side, lost=lost)

    def _take_batch(self) -> tuple[PictureModel, list[Picture]] | None:
        for model, requested in self._requests.items():
            remaining = [picture for picture in requested if (model, picture.id) not in self._under_way]
            batch = min(max(len(remaining) // 8, BATCHES.start), BATCHES.stop - 1)
            self._requests[model] = remaining[batch:]
            if remaining:
                return model, remaining[:batch]
        return None

    def _read_images(self, pictures: Sequence[Picture], side: int) -> tuple[dict[Any, QImage | None], set[Any]]:
        """Read thumbnails, and return them by picture id with the ids of those that vanish on the colour "plate"."""
        thumbnails = self._read(pictures, side).items()
        images = {picture_id: None if rgba is None else _fit(rgba, side) for picture_id, rgba in thumbnails}
        return images, {
            picture_id for picture_id, image in images.items() if image is not None and is_lost_on_plate(image)
        }


def _fit(rgba: np.ndarray, side: int) -> QImage:
    """Scale an image down to at most `side` pixels, in the pixel format that Qt paints fastest.

    Qt averages pixels, which takes a tenth of a resampling filter's time.
    """
    image = to_qimage(rgba).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
