"""Loading of thumbnails in batches for the visible cells."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from gdm_studio.gallery.thumbnails import decode_thumbnail
from gdm_studio.ui.gallery.list_model import PictureModel
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.theme.theme import are_lost_on_plate

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.ui.tasks import Tasks

THREADS = 2
# Range of the number of thumbnails in a batch, which is an eighth of those requested.
BATCHES = range(12, 49)
# Seconds after which a thread that waits for Python's lock takes it from one that computes. The usual 5 ms would often
# pass after every thumbnail, which takes 0.1 ms to decode, while the window's thread paints those that are there.
SWITCH_INTERVAL = 0.0005
# Seconds between two updates of a list. Each one repaints the list and searches it for what is still missing.
FRAME = 1 / 60
# Returns thumbnails of pictures, with at most that many pixels a side, by picture id.
Read = Callable[[Sequence["Picture"], int], Mapping[str, QImage | None]]
# Pixel format that Qt paints fastest.
PAINTED = QImage.Format.Format_ARGB32_Premultiplied
# Formats of the cache by the first bytes of a file.
FORMS = {b"RIFF": b"webp", b"\xff\xd8\xff": b"jpeg"}
# Last bytes of a JPEG.
JPEG_END = b"\xff\xd9"
# Largest side in pixels that is decoded here; no thumbnail in the cache is larger.
LONGEST = 512


class ThumbnailReader:
    """Background loader of gallery thumbnails, which answers the lists' `thumbnails_wanted` signals.

    It calls `read` on its own threads. `read` may omit thumbnails if it runs out of time; they are requested again when
    their cells are painted. A list gets the thumbnails of several batches at once, at most once per frame, and the last
    ones without a delay.
    """

    def __init__(self, read: Read, tasks: Tasks) -> None:
        sys.setswitchinterval(min(SWITCH_INTERVAL, sys.getswitchinterval()))
        self._read = read
        self._tasks = tasks
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gallery-thumbnails")
        self._requests: dict[PictureModel, list[Picture]] = {}
        # Lists and ids of pictures whose thumbnails are being read, or wait for the next update of the list.
        self._pending_ids: set[tuple[PictureModel, Any]] = set()
        # Number of batches that are being read.
        self._read_count = 0
        # Loaded thumbnails that their lists do not have yet, by list and side.
        self._loaded_images: dict[tuple[PictureModel, int], tuple[dict[Any, QImage | None], set[Any]]] = {}
        self._updated_at = 0.0
        # Calls `_update_lists` at the next frame.
        self._update_timer: asyncio.TimerHandle | None = None
        self._workers = 0
        self._is_closed = False

    def close(self) -> None:
        """Stop loading thumbnails once the running batches are complete."""
        self._is_closed = True
        if self._update_timer is not None:
            self._update_timer.cancel()
        self._threads.shutdown(wait=False)

    def request(self, model: PictureModel, pictures: list[Picture]) -> None:
        """Replace all pending thumbnail requests of a list with requests for the given images, in this order."""
        self._requests[model] = [picture for picture in pictures if (model, picture.id) not in self._pending_ids]
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
                self._pending_ids |= reading
                self._read_count += 1
                work = partial(self._read_images, pictures, side)
                try:
                    images, lost = await asyncio.get_running_loop().run_in_executor(self._threads, work)
                except BaseException:
                    self._pending_ids -= reading
                    raise
                finally:
                    self._read_count -= 1
                # Those that are left out may be requested again.
                self._pending_ids -= {(model, picture.id) for picture in pictures if picture.id not in images}
                loaded_images, loaded_lost = self._loaded_images.setdefault((model, side), ({}, set()))
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
        if loop.time() >= due or not (self._read_count or any(self._requests.values())):
            self._update_lists()
        elif self._update_timer is None:
            self._update_timer = loop.call_at(due, self._update_lists)

    def _update_lists(self) -> None:
        if self._update_timer is not None:
            self._update_timer.cancel()
            self._update_timer = None
        self._updated_at = asyncio.get_running_loop().time()
        loaded, self._loaded_images = self._loaded_images, {}
        # All lists get their thumbnails, also if one of them raises.
        with contextlib.ExitStack() as updates:
            for (model, side), (images, lost) in loaded.items():
                self._pending_ids -= {(model, picture_id) for picture_id in images}
                # After `close()` the list may be deleted.
                if not self._is_closed:
                    updates.callback(model.set_thumbnails, images, side, lost=lost)

    def _take_batch(self) -> tuple[PictureModel, list[Picture]] | None:
        for model, requested in self._requests.items():
            batch = min(max(len(requested) // 8, BATCHES.start), BATCHES.stop - 1)
            self._requests[model] = requested[batch:]
            if requested:
                return model, requested[:batch]
        return None

    def _read_images(self, pictures: Sequence[Picture], side: int) -> tuple[Mapping[Any, QImage | None], set[Any]]:
        """Read thumbnails, and return them by picture id with the ids of those that vanish on the colour "plate"."""
        images = self._read(pictures, side)
        known = {picture_id: image for picture_id, image in images.items() if image is not None}
        lost = are_lost_on_plate(list(known.values()))
        return images, {picture_id for picture_id, is_lost in zip(known, lost, strict=True) if is_lost}


def decode_for_painting(colours: bytes, alpha: bytes | None, side: int) -> QImage | None:
    """Decode a cached thumbnail and fit it into `side` pixels, in the pixel format that Qt paints fastest.

    Returns None if it is damaged. Qt decodes and scales without Python's lock, so that threads do it in parallel.
    Pillow decodes what Qt cannot, such as WebP without Qt's plugin.
    """
    image = _read_image(colours, None if alpha else side)
    if image is not None and alpha:
        image = _with_alpha(image, _read_image(alpha, None))
    if image is None:
        rgba = decode_thumbnail(colours, alpha, side)
        image = None if rgba is None else to_qimage(rgba)
    return None if image is None else _fit(image.convertToFormat(PAINTED), side)


def _read_image(data: bytes, side: int | None) -> QImage | None:
    """Decode an image file, fitted into `side` pixels if given and it is larger, or return None if Qt cannot."""
    form = next((form for start, form in FORMS.items() if data.startswith(start)), None)
    # Qt decodes what is there of a JPEG that was cut off.
    if form is None or (form == b"jpeg" and not data.endswith(JPEG_END)):
        return None
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, form)
    size = reader.size()
    longest = max(size.width(), size.height())
    if not 0 < longest <= LONGEST:
        return None
    if side is not None and longest > side:
        fitted = size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(fitted.expandedTo(QSize(1, 1)))
    image = reader.read()
    return None if image.isNull() else image


def _with_alpha(colours: QImage, alpha: QImage | None) -> QImage | None:
    """Return an image with an alpha channel, or None if that is no grey image of the same size."""
    if alpha is None or alpha.format() != QImage.Format.Format_Grayscale8 or alpha.size() != colours.size():
        return None
    image = colours.convertToFormat(QImage.Format.Format_ARGB32)
    image.setAlphaChannel(alpha)
    return image


def _fit(image: QImage, side: int) -> QImage:
    """Scale an image down to at most `side` pixels.

    Qt averages pixels, which takes a tenth of a resampling filter's time.
    """
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
