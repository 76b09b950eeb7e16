"""Pictures as arrays turned into what Qt paints, scaled well."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

BICUBIC = 3  # times the source: as far as a picture is enlarged bicubically


def qimage(rgba: np.ndarray) -> QImage:
    """A QImage with its own memory from uint8 RGBA or RGB (height, width, channels)."""
    import numpy as np

    rgba = np.ascontiguousarray(rgba)
    height, width, channels = rgba.shape
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(rgba.data, width, height, channels * width, kind).copy()


def grey_qimage(levels: np.ndarray) -> QImage:
    """A grey QImage with its own memory from uint8 (height, width)."""
    import numpy as np

    levels = np.ascontiguousarray(levels)
    height, width = levels.shape
    return QImage(levels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def grey_array(image: QImage) -> np.ndarray:
    """The levels of a grey QImage as uint8 (height, width)."""
    import numpy as np

    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()


def rgba_array(image: QImage) -> np.ndarray:
    """Any QImage as uint8 RGBA (height, width, 4)."""
    import numpy as np
    from PIL import ImageQt

    return np.array(ImageQt.fromqimage(image).convert("RGBA"))


def scaled(rgba: np.ndarray, box: QRectF, width: int, height: int, *, squares: bool = False) -> QPixmap:
    """The part `box` of a picture (in its pixels), resampled to width x height device pixels.

    Smooth with alpha taken into account, so that edges neither ring dark nor turn to stairs; or as `squares`.
    """
    from PIL import Image  # first needed with the first picture, after the window is up

    picture = Image.fromarray(rgba)
    if picture.mode == "RGBA":
        picture = picture.convert("RGBa")
    bounds = (box.left(), box.top(), box.right(), box.bottom())
    if squares:
        return _pixmap(picture.resize((width, height), Image.Resampling.NEAREST, box=bounds))
    # Bicubic is what rounds the stairs. Its work grows with the target, and beyond a few times the source
    # Qt's bilinear looks the same at a fortieth of the price: a step must not hold the window up.
    first = (min(width, ceil(BICUBIC * box.width())), min(height, ceil(BICUBIC * box.height())))
    smooth = picture.resize(first, Image.Resampling.BICUBIC, box=bounds, reducing_gap=2.0)
    return _pixmap(smooth, QSize(width, height))


def thumbnail(rgba: np.ndarray, side: int) -> QPixmap:
    """A picture made to fit a square of `side` device pixels, its proportions kept."""
    height, width = rgba.shape[:2]
    scale = side / max(height, width)
    return scaled(rgba, QRectF(0, 0, width, height), max(1, round(width * scale)), max(1, round(height * scale)))


def glance(rgba: np.ndarray, side: int) -> QPixmap:
    """The same of one that is looked at for a moment, whatever its size: of a large one every few pixels count."""
    sparse = max(1, max(rgba.shape[:2]) // (2 * side))
    seen = rgba[::sparse, ::sparse]
    return thumbnail(seen, min(side, max(seen.shape[:2])))


def _pixmap(picture: Image, size: QSize | None = None) -> QPixmap:
    """A pixmap of a premultiplied or opaque picture, brought to `size`."""
    import numpy as np

    pixels = np.array(picture)
    height, width, channels = pixels.shape
    if channels == 4:  # bicubic overshoots at edges; a colour above its alpha would come out in false colours
        np.minimum(pixels[..., :3], pixels[..., 3:], out=pixels[..., :3])
    kind = QImage.Format.Format_RGBA8888_Premultiplied if channels == 4 else QImage.Format.Format_RGB888
    image = QImage(pixels.data, width, height, channels * width, kind)
    if size is None or size == image.size():
        return QPixmap.fromImage(image.copy())
    smooth = Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
