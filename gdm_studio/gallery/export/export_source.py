"""Image to export and its upscaled versions, from which all exported sizes are resampled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from gdm_studio.common.image_file import read_rgba_array
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.gallery.metadata.containers import EmbeddedTexts, read_texts

# Limits of the longer side in pixels.
SMALLEST = 16
LARGEST = 8192
# Factor by which a disc is drawn larger and then reduced, to smooth its edge.
OVERSAMPLING = 4
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
# Rows that are blended with a background at a time. All at once would take four times the memory of the image.
_ROWS = 128


@dataclass(frozen=True)
class RegionArea:
    """Area of an image with its own prompt: levels (H, W), uint8, 255 in the region."""

    prompt: str
    levels: np.ndarray


@dataclass(frozen=True)
class Origins:
    """Images from which an image was generated, at its size. A format with layers exports them, too."""

    # The start image, RGBA (H, W, 4) with straight alpha.
    start: np.ndarray | None = None
    # The share of the generated pixels, (H, W) in 0 … 1, if a mask limits them.
    weights: np.ndarray | None = None
    regions: tuple[RegionArea, ...] = ()


@dataclass(frozen=True)
class ExportSource:
    """Image to export and its upscaled versions, as RGBA arrays (height, width, 4) with straight alpha.

    Each version is larger than the previous one by the upscaler's factor.
    """

    # Name of the exported files, without suffix.
    name: str
    levels: tuple[np.ndarray, ...]
    # The metadata texts of the file, by keyword.
    texts: Mapping[str, str] = field(default_factory=dict)
    # Reads the images from which the image was generated, at a size (width, height). Raises BadRequest.
    read_origins: Callable[[tuple[int, int]], Origins] = lambda size: Origins()

    @property
    def side(self) -> int:
        """The longer side of the image to export, in pixels, before any upscaling."""
        return max(self.levels[0].shape[:2])

    def is_short_of(self, side: int) -> bool:
        """Return True if an export with `side` pixels needs a larger version of the image than there is. The caller
        then upscales the image and passes the result to `enlarged`.
        """
        return max(self.levels[-1].shape[:2]) < side

    def enlarged(self, rgba: np.ndarray) -> ExportSource:
        """Return a copy of this object with an additional, larger version of the image, `rgba`, from an upscaler."""
        return replace(self, levels=(*self.levels, rgba))

    def at(self, side: int) -> Image.Image:
        """Return the exported image as RGBA, resampled to `side` pixels on the longer side.

        It is resampled from the smallest version that is large enough, with premultiplied alpha so that transparent
        pixels do not bleed into the edges.
        """
        level = next((rgba for rgba in self.levels if max(rgba.shape[:2]) >= side), self.levels[-1])
        height, width = level.shape[:2]
        scale = side / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = Image.fromarray(level)
        if size == picture.size:
            return picture
        # Bicubic, since in small icons Lanczos leaves a faint second edge inside flat colours.
        return picture.convert("RGBa").resize(size, Image.Resampling.BICUBIC).convert("RGBA")

    def square(self, side: int) -> Image.Image:
        """Return the image centred on a transparent square of `side` pixels."""
        return self.on_plate(side, side)

    def on_plate(
        self, width: int, height: int, *, share: float = 1.0, ground: Colour | None = None, disc: bool = False
    ) -> Image.Image:
        """Return the image centred on a background of `width` × `height` pixels, as icons require.

        The background is a rectangle, or an ellipse if `disc`, in the colour `ground`, or transparent without one. The
        image's longer side is the fraction `share` of the background's shorter side.
        """
        plate = Image.new("RGBA", (width, height), (0, 0, 0, 0) if ground is None or disc else (*ground, 255))
        if disc and ground is not None:
            mask = Image.new("L", (OVERSAMPLING * width, OVERSAMPLING * height))
            ImageDraw.Draw(mask).ellipse((0, 0, OVERSAMPLING * width - 1, OVERSAMPLING * height - 1), fill=255)
            plate.paste((*ground, 255), mask=mask.resize((width, height), Image.Resampling.BOX))
        picture = self.at(plate_side(width, height, share))
        place = ((width - picture.width) // 2, (height - picture.height) // 2)
        plate.alpha_composite(picture, place)
        return plate


def plate_side(width: int, height: int, share: float) -> int:
    """Return the longer side, in pixels, of the image on an icon's background. It is the fraction `share` of the
    background's shorter side.
    """
    return max(1, round(share * min(width, height)))


def on_background(picture: Image.Image, ground: Colour | None) -> Image.Image:
    """Composite an RGBA image on a background colour and return it as RGB.

    Without a colour, return the image unchanged.
    """
    if ground is None:
        return picture
    opaque = Image.new("RGB", picture.size)
    for top in range(0, picture.height, _ROWS):
        strip = picture.crop((0, top, picture.width, min(top + _ROWS, picture.height)))
        plate = Image.new("RGBA", strip.size, (*ground, 255))
        plate.alpha_composite(strip)
        opaque.paste(plate.convert("RGB"), (0, top))
    return opaque


def read_master(path: Path) -> ExportSource:
    """Read an image file for an export, with its metadata texts. Raises StorageError."""
    return ExportSource(path.stem, (read_rgba_array(path),), copied_texts(read_texts(path)))


def copied_texts(carried: EmbeddedTexts) -> dict[str, str]:
    """Return those texts of an image file that a copy of the image contains: the text chunks of a PNG file by keyword,
    or the A1111 text of a file in another format.
    """
    return carried.keywords or ({a1111_parameters.CHUNK: carried.settings} if carried.settings else {})
