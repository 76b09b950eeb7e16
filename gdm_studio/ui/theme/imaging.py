"""Conversion of images between arrays and Qt, and scaling for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QColorSpace, QImage, QPixmap

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

# Pixels of the shorter side whose contrast is measured, and contrast below which a pixel is hardly visible.
SAMPLED, LEAST_CONTRAST = 32, 1.6
# Share of visible pixels below which the picture is lost.
FEW_DIFFERING = 0.05
# The share of a picture that a large area covers.
LARGE_AREA = 0.3
# Alpha from 0 to 255 from which a pixel counts.
LEAST_ALPHA = 64
# Largest bicubic enlargement of a picture.
BICUBIC = 3


def to_qimage(rgba: np.ndarray) -> QImage:
    """Convert an image array, uint8 RGBA or RGB (height, width, channels), to a QImage that owns its pixels."""
    return image_over(rgba).copy()


def image_over(rgba: np.ndarray) -> QImage:
    """Return a QImage over the pixels of an image array, uint8 RGBA or RGB (height, width, channels), which must exist
    as long as the QImage.
    """
    import numpy as np

    rgba = np.ascontiguousarray(rgba)
    height, width, channels = rgba.shape
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(rgba.data, width, height, channels * width, kind)


def grey_qimage(levels: np.ndarray) -> QImage:
    """Convert a grey image array, uint8 (height, width), to a QImage that owns its pixels."""
    import numpy as np

    levels = np.ascontiguousarray(levels)
    height, width = levels.shape
    return QImage(levels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def grey_array(image: QImage) -> np.ndarray:
    """Convert a grey QImage to an array, uint8 (height, width)."""
    import numpy as np

    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()


def rgba_array(image: QImage) -> np.ndarray:
    """Convert a QImage of any format and colour space to an array in sRGB, uint8 RGBA (height, width, 4)."""
    import numpy as np
    from PIL import ImageQt

    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    if image.colorSpace().isValid() and image.colorSpace() != srgb:
        image = image.convertedToColorSpace(srgb)
    return np.array(ImageQt.fromqimage(image).convert("RGBA"))


def straight_array(image: QImage) -> np.ndarray:
    """Return the pixels of a QImage as uint8 RGBA (height, width, 4) with straight alpha, in its own colour space. Any
    thread may call it.
    """
    import numpy as np

    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def are_lost_on(pictures: Sequence[QImage], ground: QColor) -> list[bool]:
    """Return for each picture whether it is transparent and hardly visible on a background colour: it covers little,
    and almost all of its pixels have about the luminance of the background. Any thread may call it.

    The pixels of all pictures are compared at once: for a thumbnail, calling numpy takes longer than its work.
    """
    import numpy as np

    places = [place for place, picture in enumerate(pictures) if picture.hasAlphaChannel()]
    lost = [False] * len(pictures)
    if not places:
        return lost
    samples = [_sample_pixels(pictures[place]) for place in places]
    counts = np.array([len(sample) for sample in samples])
    colours = np.concatenate(samples)
    # The picture of each pixel that is not transparent.
    owners = np.repeat(np.arange(len(places)), counts)[colours >= LEAST_ALPHA << 24]
    luminances = _luminance(colours[colours >= LEAST_ALPHA << 24]) + 0.05
    behind = _luminance_of(ground.rgb()) + 0.05
    differs = (luminances >= LEAST_CONTRAST * behind) | (luminances <= behind / LEAST_CONTRAST)
    opaque = np.bincount(owners, minlength=len(places))
    differing = np.bincount(owners[differs], minlength=len(places))
    # Large areas stay visible by their hue.
    is_small = (opaque > 0) & (opaque < LARGE_AREA * counts)
    for place, is_lost in zip(places, is_small & (differing < FEW_DIFFERING * opaque), strict=True):
        lost[place] = bool(is_lost)
    return lost


def _sample_pixels(picture: QImage) -> np.ndarray:
    """Return every nth pixel of every nth row of a QImage, as uint32 (n) 0xAARRGGBB with straight alpha. The shorter
    side has about SAMPLED of them.

    The picture is not scaled, since interpolation would mix the colours.
    """
    import numpy as np

    if picture.depth() != 32:
        picture = picture.convertToFormat(QImage.Format.Format_ARGB32)
    step = round(min(picture.width(), picture.height()) / SAMPLED) or 1
    rows = np.frombuffer(picture.constBits(), np.uint32).reshape(picture.height(), picture.width())
    pixels = np.ascontiguousarray(rows[::step, ::step])
    if picture.format() != QImage.Format.Format_ARGB32:
        height, width = pixels.shape
        sample = QImage(pixels.data, width, height, 4 * width, picture.format())
        # A conversion of the whole picture would take longer than all else.
        sample = sample.convertToFormat(QImage.Format.Format_ARGB32)
        pixels = np.frombuffer(sample.constBits(), np.uint32)
    return pixels.flatten()


@lru_cache(maxsize=16)
def _luminance_of(rgb: int) -> float:
    """Return the relative luminance of a colour given as 0xAARRGGBB."""
    import numpy as np

    return float(_luminance(np.array([rgb], np.uint32))[0])


def _luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance of sRGB colours, uint32 (n) as 0xAARRGGBB, from 0 to 1 (WCAG 2)."""
    red, green, blue = _luminance_tables()
    luminance: np.ndarray = red[colours >> 16 & 255] + green[colours >> 8 & 255] + blue[colours & 255]
    return luminance


@cache
def _luminance_tables() -> tuple[np.ndarray, ...]:
    """Return the contributions of red, green and blue to the luminance, by value from 0 to 255, as tables in fp32."""
    import numpy as np

    share = np.arange(256) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return tuple((weight * linear).astype(np.float32) for weight in (0.2126, 0.7152, 0.0722))


def scale_to_pixmap(rgba: np.ndarray, box: QRectF, width: int, height: int, *, squares: bool = False) -> QPixmap:
    """Crop an image to the rectangle `box` (in image pixels), and scale it to `width` × `height` device pixels.

    Colours are interpolated with premultiplied alpha, which avoids dark edges. With `squares`, enlarged pixels stay
    squares.
    """
    return QPixmap.fromImage(scaled_image(rgba, box, width, height, squares=squares))


def scaled_image(rgba: np.ndarray, box: QRectF, width: int, height: int, *, squares: bool = False) -> QImage:
    """Crop and scale an image like `scale_to_pixmap`, but return a QImage, which can be created on any thread."""
    # The import is here because the window does not need Pillow to open.
    from PIL import Image

    picture = Image.fromarray(rgba)
    if picture.mode == "RGBA":
        picture = picture.convert("RGBa")
    bounds = (box.left(), box.top(), box.right(), box.bottom())
    if squares:
        return _to_qimage(picture.resize((width, height), Image.Resampling.NEAREST, box=bounds))
    # Bicubic interpolation makes edges smooth, but its cost grows with the target size. Beyond a few times the source,
    # the bilinear interpolation of Qt looks the same and is forty times as fast.
    first = (min(width, ceil(BICUBIC * box.width())), min(height, ceil(BICUBIC * box.height())))
    smooth = picture.resize(first, Image.Resampling.BICUBIC, box=bounds, reducing_gap=2.0)
    return _to_qimage(smooth, QSize(width, height))


def scale_quickly(rgba: np.ndarray, width: int, height: int) -> QPixmap:
    """Scale an image to `width` × `height` device pixels, with the bilinear interpolation of Qt.

    It takes a tenth of the time of `scale_to_pixmap`, and edges are softer.
    """
    return QPixmap.fromImage(scaled_quickly(rgba, width, height))


def scaled_quickly(rgba: np.ndarray, width: int, height: int) -> QImage:
    """Scale an image like `scale_quickly`, but return a QImage, which can be created on any thread."""
    image = image_over(rgba).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    ratio, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(QSize(width, height), ratio, smooth)


def create_thumbnail(rgba: np.ndarray, side: int) -> QPixmap:
    """Scale an image (uint8 RGB or RGBA) to fit into a square of `side` device pixels."""
    height, width = rgba.shape[:2]
    scale = side / max(height, width)
    return scale_to_pixmap(
        rgba, QRectF(0, 0, width, height), max(1, round(width * scale)), max(1, round(height * scale))
    )


def sparse(rgba: np.ndarray, side: int) -> np.ndarray:
    """Return a large image with fewer pixels, by skipping rows and columns. The longer side keeps at least 4 · `side`
    pixels, enough for a sharp thumbnail of `side` pixels.
    """
    step = max(1, max(rgba.shape[:2]) // (4 * side))
    return rgba[::step, ::step]


def create_thumbnail_quickly(rgba: np.ndarray, side: int) -> QPixmap:
    """Create a thumbnail quickly by skipping most pixels of a large image before scaling."""
    step = max(1, max(rgba.shape[:2]) // (2 * side))
    seen = rgba[::step, ::step]
    return create_thumbnail(seen, min(side, max(seen.shape[:2])))


def _to_qimage(picture: Image, size: QSize | None = None) -> QImage:
    """Convert a Pillow image (opaque or with premultiplied alpha) to a QImage, scaled to `size` if given."""
    import numpy as np

    width, height = picture.size
    # Several times as fast as numpy.array(picture).
    pixels = np.frombuffer(bytearray(picture.tobytes()), np.uint8).reshape(height, width, -1)
    channels = pixels.shape[2]
    # Bicubic interpolation overshoots at edges. Premultiplied colours above their alpha would be wrong.
    if channels == 4:
        alpha = pixels[..., 3]
        # One channel at a time, because numpy takes several times as long for an inner axis of three values.
        for channel in range(3):
            np.minimum(pixels[..., channel], alpha, out=pixels[..., channel])
    kind = QImage.Format.Format_RGBA8888_Premultiplied if channels == 4 else QImage.Format.Format_RGB888
    image = QImage(pixels.data, width, height, channels * width, kind)
    if size is None or size == image.size():
        return image.copy()
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
