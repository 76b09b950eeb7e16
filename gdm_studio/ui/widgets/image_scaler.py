"""Scaling of large images on a background thread, so that painting them never takes long."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap

from gdm_studio.ui.theme.imaging import image_over, scale_quickly, scale_to_pixmap, scaled_image, scaled_quickly
from gdm_studio.ui.widgets.pool_work import run_in_pool

if TYPE_CHECKING:
    import numpy as np

# Cost, in pixels of the result, up to which an image is scaled while it is painted: about 2 ms. A pixel of the source
# costs three times as much with the best filter, and as much with the quick one.
MAX_COST = 400_000
MAX_QUICK_COST = 600_000


@dataclass(frozen=True)
class Scaling:
    """Part of an image, in image pixels, and the size in device pixels at which it is shown.

    With `squares`, enlarged pixels stay squares.
    """

    part: tuple[float, float, float, float]
    width: int
    height: int
    squares: bool = False

    @classmethod
    def of(cls, part: QRectF, width: int, height: int, *, squares: bool = False) -> Scaling:
        """Return the scaling of a rectangle of an image."""
        return cls((part.x(), part.y(), part.width(), part.height()), width, height, squares)

    def cost(self) -> float:
        """Return the cost of scaling with the best filter."""
        return 3 * self.part[2] * self.part[3] + self.width * self.height

    def is_whole(self, rgba: np.ndarray) -> bool:
        """Return True if the whole image is shown."""
        return self.part == (0, 0, rgba.shape[1], rgba.shape[0])


class ImageScaler(QObject):
    """Cache of one scaled image. A large image is scaled on a background thread.

    Until it is ready, a part of the image is painted without a filter, and an image that replaces another one of the
    same size leaves that one in place.
    """

    # A better scaled version can be painted.
    improved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rgba: np.ndarray | None = None
        self._scaling: Scaling | None = None
        self._is_in_series = False
        # The scaled image, or the one that it replaces.
        self._pixmap: QPixmap | None = None
        # True if the pixmap is of the current image.
        self._is_current = False
        self._is_busy = False

    def scaled(self) -> tuple[Scaling, QPixmap] | None:
        """Return the image that is painted, which may still be the previous one, or None if no scaled one is ready."""
        return None if self._scaling is None or self._pixmap is None else (self._scaling, self._pixmap)

    def is_current(self, rgba: np.ndarray | None, scaling: Scaling) -> bool:
        """Return True if a scaled version of this image is ready."""
        return self._is_current and rgba is self._rgba and scaling == self._scaling

    def clear(self) -> None:
        """Forget the scaled image."""
        self._rgba = self._scaling = self._pixmap = None
        self._is_current = False

    def paint(
        self, painter: QPainter, target: QRectF, rgba: np.ndarray, scaling: Scaling, *, is_passing: bool = False
    ) -> None:
        """Paint a part of an image into a rectangle. With `is_passing`, the quick filter is enough."""
        if rgba is not self._rgba or scaling != self._scaling or is_passing is not self._is_in_series:
            self._scale(rgba, scaling, is_passing=is_passing)
        if self._pixmap is not None:
            painter.drawPixmap(target, self._pixmap, QRectF())
        else:
            painter.drawImage(target, image_over(rgba), QRectF(*scaling.part))

    def _scale(self, rgba: np.ndarray, scaling: Scaling, *, is_passing: bool) -> None:
        if scaling != self._scaling:
            # The previous image does not fit.
            self._pixmap = None
        self._rgba, self._scaling, self._is_in_series = rgba, scaling, is_passing
        self._is_current = False
        is_quick = scaling.is_whole(rgba) and not scaling.squares
        quick_cost = rgba.shape[0] * rgba.shape[1] + scaling.width * scaling.height
        if scaling.cost() <= MAX_COST and not (is_quick and is_passing):
            box = QRectF(*scaling.part)
            self._pixmap = scale_to_pixmap(rgba, box, scaling.width, scaling.height, squares=scaling.squares)
            self._is_current = True
            return
        if is_quick and quick_cost <= MAX_QUICK_COST:
            self._pixmap = scale_quickly(rgba, scaling.width, scaling.height)
            self._is_current = True
            if is_passing:
                return
        self._start()

    def _start(self) -> None:
        """Scale the current image on a background thread, if it is not busy with an earlier one."""
        rgba, scaling = self._rgba, self._scaling
        if self._is_busy or rgba is None or scaling is None:
            return
        self._is_busy = True
        is_quick = self._is_in_series and scaling.is_whole(rgba) and not scaling.squares

        def scale() -> QImage:
            with suppress(MemoryError):
                if is_quick:
                    return scaled_quickly(rgba, scaling.width, scaling.height)
                box = QRectF(*scaling.part)
                return scaled_image(rgba, box, scaling.width, scaling.height, squares=scaling.squares)
            return QImage()

        run_in_pool(scale, self, partial(self._on_scaled, rgba, scaling, is_quick))

    def _on_scaled(self, rgba: np.ndarray, scaling: Scaling, is_quick: bool, image: QImage) -> None:
        self._is_busy = False
        if self._rgba is None or scaling != self._scaling:
            self._start()
            return
        is_latest = rgba is self._rgba
        if image.isNull():
            # There is no memory for it, so the unfiltered image stays.
            return
        # In a fast series, an image that has been replaced is shown nevertheless, since each one would be too late.
        if is_latest or not self._is_current:
            self._pixmap = QPixmap.fromImage(image)
            self._is_current = is_latest
            self.improved.emit()
        if not is_latest or (is_quick and not self._is_in_series):
            self._start()
