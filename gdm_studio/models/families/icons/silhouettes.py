"""Table of silhouettes: one-colour drawings from which the built-in model starts images of objects that it has not
memorised. Imports no torch.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter
from safetensors import safe_open
from safetensors.numpy import save

from gdm_studio.common.atomic_files import write
from gdm_studio.common.decompression import unpack
from gdm_studio.models.families.icons.recolor import Pixels
from gdm_studio.models.prompts.vocabulary import SILHOUETTES_KEY as KEY

# Maximum size in bytes of all masks, when unpacked.
MOST = 2**24
# Straight RGB colours of the bodies, from 0 to 255.
PALETTE = {
    "black": (84, 88, 98),
    "blue": (85, 145, 230),
    "brown": (178, 118, 70),
    "cream": (247, 232, 205),
    "darkgreen": (62, 132, 82),
    "darkred": (168, 60, 62),
    "gold": (240, 190, 70),
    "green": (120, 190, 95),
    "grey": (160, 168, 180),
    "orange": (240, 152, 72),
    "pink": (246, 166, 190),
    "purple": (160, 120, 215),
    "red": (226, 88, 80),
    "silver": (205, 212, 222),
    "skin": (246, 200, 150),
    "tan": (222, 184, 135),
    "teal": (80, 185, 180),
    "white": (244, 246, 250),
    "yellow": (250, 212, 85),
}
# Colour of an object that exists in every colour, and the colours from which the seed then chooses.
ANY_COLOUR = "any"
FREE_COLOURS = ("blue", "green", "orange", "purple", "red", "teal", "yellow")
# The colour of outlines and details.
INK = (44, 46, 61)
# Images are drawn with sides enlarged by this factor, and then reduced.
OVERSAMPLE = 2
# Margin on each side, width of the outline, and softness of its edge, as fractions of the side.
MARGIN, OUTLINE, SOFTNESS = 0.05, 0.012, 0.002
# Side in pixels of the image that is searched for holes.
HOLES_SIDE = 128
# Level of the blurred mask (of 255) above which a pixel belongs to the outline.
OUTLINE_LEVEL = 12
# Factor by which the edges of an enlarged mask are sharpened.
SHARPNESS = 4.0


@dataclass(frozen=True)
class Silhouettes:
    """Table of silhouettes (one-colour drawings) by the name of the object. Each entry has a mask of the object's body
    and a colour.
    """

    # (n, side, side) bool.
    masks: NDArray[np.bool_]
    # Row of the mask and colour (a key of PALETTE, or ANY_COLOUR) by name.
    drawings: Mapping[str, tuple[int, str]]
    # Names of memorised drawings by other names for which they serve too, such as "princess" by "queen".
    same_as: Mapping[str, str]

    @property
    def names(self) -> dict[str, str]:
        """Mapping from each object name that this table adds to the name of the drawing to use, for
        `Tokenizer.with_drawings`. A synonym uses the drawing of another name.
        """
        return {name: name for name in self.drawings} | dict(self.same_as)

    def __contains__(self, name: str) -> bool:
        return name in self.drawings

    def colours(self, name: str) -> tuple[str, ...]:
        """Return the colours in which an object's silhouette may be drawn. The seed selects one of them."""
        _, colour = self.drawings[name]
        return FREE_COLOURS if colour == ANY_COLOUR else (colour,)

    def draw(self, name: str, colour: str, side: int) -> Pixels:
        """Draw the silhouette of the object called `name`: a body in a colour of PALETTE with dark outlines, as
        straight RGBA (side, side, 4).
        """
        row, _ = self.drawings[name]
        large = OVERSAMPLE * side
        body = _enlarge(self.masks[row], large)
        shape = _add_outline(body)
        share = np.asarray(body, np.float32)[..., None] / 255
        rgb = np.array(INK) * (1 - share) + np.array(PALETTE[colour]) * share
        rgba = np.concatenate([rgb, np.asarray(shape, np.float32)[..., None]], axis=-1)
        picture = Image.fromarray(rgba.round().astype(np.uint8)).convert("RGBa")
        return np.array(picture.resize((side, side), Image.Resampling.LANCZOS).convert("RGBA"))

    def write(self, path: Path, **facts: str) -> None:
        """Save the table of silhouettes as a safetensors file, with `facts` in its header. Raises StorageError if the
        file cannot be written.
        """
        packed = np.frombuffer(lzma.compress(np.packbits(self.masks).tobytes(), preset=9), np.uint8)
        head = {"side": self.masks.shape[1], "drawings": self.drawings, "same_as": self.same_as}
        write(path, save({"masks": packed}, facts | {KEY: json.dumps(head, sort_keys=True)}))


def read_silhouettes(path: Path) -> Silhouettes:
    """Load a table of silhouettes from a safetensors file that `Silhouettes.write` has saved.

    Raises ValueError, TypeError, LookupError, AttributeError, OSError or SafetensorError for an invalid file.
    """
    with safe_open(path, "np") as file:
        head = json.loads(file.metadata()[KEY])
        packed = file.get_tensor("masks")
    side = head["side"]
    drawings = {name: (row, colour) for name, (row, colour) in head["drawings"].items()}
    count = 1 + max(row for row, _ in drawings.values())
    if type(side) is not int or side < 1 or not 0 < count * side * side <= 8 * MOST:
        raise ValueError("the masks have an invalid size")
    for row, colour in drawings.values():
        if type(row) is not int or row < 0 or colour not in (*PALETTE, ANY_COLOUR):
            raise ValueError(f"{row} in {colour} is no drawing")
    return Silhouettes(_unpack(packed, count, side), drawings, dict(head["same_as"]))


def _unpack(packed: NDArray[np.uint8], count: int, side: int) -> NDArray[np.bool_]:
    bits = unpack(packed.tobytes(), -(-count * side * side // 8))
    whole = np.unpackbits(np.frombuffer(bits, np.uint8), count=count * side * side)
    return whole.view(np.bool_).reshape(count, side, side)


def _enlarge(mask: NDArray[np.bool_], side: int) -> Image.Image:
    """Enlarge a mask to a smooth greyscale image (side, side) with values 0 … 255 and an empty margin."""
    inner = round(side * (1 - 2 * MARGIN))
    enlarged = Image.fromarray(mask.astype(np.uint8) * 255).resize((inner, inner), Image.Resampling.BICUBIC)
    smooth = enlarged.filter(ImageFilter.GaussianBlur(side / mask.shape[0] / 3))
    sharp = smooth.point([round(min(max(SHARPNESS * (level - 127.5) + 127.5, 0), 255)) for level in range(256)])
    whole = Image.new("L", (side, side))
    whole.paste(sharp, ((side - inner) // 2, (side - inner) // 2))
    return whole


def _add_outline(body: Image.Image) -> Image.Image:
    """Return the opacity of a silhouette, given a greyscale image of its `body`. The body is widened by an outline, and
    its holes are filled.
    """
    size = body.size
    spread = body.filter(ImageFilter.GaussianBlur(body.width * OUTLINE))
    shape = spread.point([255 * (level > OUTLINE_LEVEL) for level in range(256)])
    small = np.array(shape.resize((HOLES_SIDE, HOLES_SIDE), Image.Resampling.BOX)) > 127
    holes = _grow(~_find_outside(small) & ~small)
    filled = ImageChops.lighter(shape, Image.fromarray(holes.astype(np.uint8) * 255).resize(size))
    return filled.filter(ImageFilter.GaussianBlur(body.width * SOFTNESS))


def _find_outside(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask of the pixels outside a shape (side, side) that are connected with the edge of the image."""
    outside = np.zeros_like(shape)
    outside[[0, -1]] = True
    outside[:, [0, -1]] = True
    outside &= ~shape
    while True:
        further = _grow(outside) & ~shape
        if (further == outside).all():
            return outside
        outside = further


def _grow(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Enlarge a region, given as a mask (side, side), by one pixel upwards, downwards, left and right."""
    grown = region.copy()
    grown[1:] |= region[:-1]
    grown[:-1] |= region[1:]
    grown[:, 1:] |= region[:, :-1]
    grown[:, :-1] |= region[:, 1:]
    return grown
