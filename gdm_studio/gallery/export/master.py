"""A picture to be exported: itself, its enlargements, and from these every smaller size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from gdm_studio.gallery.metadata import a1111
from gdm_studio.gallery.metadata.containers import carry
from gdm_studio.picture_file import read_rgba

SMALLEST, LARGEST = 16, 2048  # pixels of the longer side
ROUND = 4  # times larger that a disc is drawn before it is reduced
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Master:
    """Straight-alpha RGBA arrays (height, width, 4), each twice the size of the one before; never changed."""

    name: str  # of the files made from it, without suffix
    levels: tuple[np.ndarray, ...]
    texts: Mapping[str, str] = field(default_factory=dict)  # the metadata of its file, by keyword

    @property
    def side(self) -> int:
        """Pixels of the longer side as it came."""
        return max(self.levels[0].shape[:2])

    def is_short_of(self, side: int) -> bool:
        """Whether its largest level is smaller: then `enlarged` has to come before a sharp picture of that size."""
        return max(self.levels[-1].shape[:2]) < side

    def enlarged(self, rgba: np.ndarray) -> Master:
        """With its largest level at twice the size, as the upscaler made it."""
        return replace(self, levels=(*self.levels, rgba))

    def at(self, side: int) -> Image.Image:
        """RGBA with a longer side of `side` pixels, from the smallest level that has as many.

        Resampled with alpha taken into account, so that what is transparent lends no colour to an edge.
        """
        level = next((rgba for rgba in self.levels if max(rgba.shape[:2]) >= side), self.levels[-1])
        height, width = level.shape[:2]
        scale = side / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = Image.fromarray(level)
        if size == picture.size:
            return picture
        # Bicubic, since Lanczos leaves a second, faint edge inside flat colours at a few pixels' size.
        return picture.convert("RGBa").resize(size, Image.Resampling.BICUBIC).convert("RGBA")

    def square(self, side: int) -> Image.Image:
        """The picture in the middle of a transparent square."""
        return self.on_plate(side, side)

    def on_plate(
        self, width: int, height: int, *, share: float = 1.0, ground: Colour | None = None, disc: bool = False
    ) -> Image.Image:
        """The picture over `share` of the shorter side of a plate, in its middle; the plate may be a disc."""
        plate = Image.new("RGBA", (width, height), (0, 0, 0, 0) if ground is None or disc else (*ground, 255))
        if disc and ground is not None:
            mask = Image.new("L", (ROUND * width, ROUND * height))
            ImageDraw.Draw(mask).ellipse((0, 0, ROUND * width - 1, ROUND * height - 1), fill=255)
            plate.paste((*ground, 255), mask=mask.resize((width, height), Image.Resampling.BOX))
        picture = self.at(plate_side(width, height, share))
        place = ((width - picture.width) // 2, (height - picture.height) // 2)
        plate.alpha_composite(picture, place)
        return plate


def plate_side(width: int, height: int, share: float) -> int:
    """Pixels of the longer side of a picture that covers `share` of the shorter side of a plate."""
    return max(1, round(share * min(width, height)))


def over(picture: Image.Image, ground: Colour | None) -> Image.Image:
    """The picture over a colour, opaque; as it is where there is none."""
    if ground is None:
        return picture
    plate = Image.new("RGBA", picture.size, (*ground, 255))
    plate.alpha_composite(picture)
    return plate.convert("RGB")


def read_master(path: Path) -> Master:
    """The picture in a PNG, JPEG or WebP file, with what the file says of how it was made. Raises StorageError."""
    return Master(path.stem, (np.array(read_rgba(path)),), _texts(path))


def _texts(path: Path) -> dict[str, str]:
    """Those of a PNG under their keywords; of another file the one that most tools write."""
    carried = carry(path)
    return carried.keywords or ({a1111.CHUNK: carried.settings} if carried.settings else {})
