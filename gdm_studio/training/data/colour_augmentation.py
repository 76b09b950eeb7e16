"""Colour augmentation of training icons.

Glyphs are tinted, and the hues of blue-only sets and some other images are shifted.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdm_studio.models.families.icons.recolor import commonest_hue, hue_chroma_value, rgb_of
from gdm_studio.training.data.catalogue import Entry, kind
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import BLUE_SETS, EMOJI_SETS, ONE_COLOUR_SETS

Pixels = NDArray[np.uint8]

# The hue in degrees and the brightness factor of each colour. Brown is a dark orange.
HUES = {
    "red": (357.0, 1.0),
    "orange": (25.0, 1.0),
    "yellow": (47.0, 1.0),
    "green": (135.0, 1.0),
    "blue": (215.0, 1.0),
    "purple": (272.0, 1.0),
    "pink": (322.0, 1.0),
    "brown": (22.0, 0.52),
}
# The shades of each ink, as 0xRRGGBB. Every second glyph stays black.
INKS = {
    "black": (0x000000, 0x1B1F27),
    "red": (0xE53935, 0xC62828),
    "orange": (0xFB8C00, 0xFF7A1A),
    "yellow": (0xFDD835, 0xF5C518),
    "green": (0x43A047, 0x2E9E6B),
    "blue": (0x1E66D0, 0x2F88FF),
    "purple": (0x8E24AA, 0x7A55E0),
    "pink": (0xE64A9A, 0xF06AB0),
    "brown": (0x6D4C41, 0x7B4B2A),
    "grey": (0x757575, 0x8A8F98),
}
# Hues within this distance of the dominant hue, in degrees, are shifted. Others are not, such as the green leaf of a
# recoloured apple.
SPREAD = 45.0
# The minimum fraction of the visible area that must be recoloured. With less, the colour would not describe the object.
LEAST_SHARE = 0.35
LEAST_CHROMA = 0.2


@dataclass(frozen=True)
class Tinted:
    """Recoloured version of an icon, an additional training image.

    `tint` is the name of its new colour, or "" for the original colours.
    """

    pixels: Pixels
    tint: str


def colour_versions(entry: Entry, pixels: Pixels) -> list[Tinted]:
    """Return the colour versions of an icon that are used for training: the original, a recoloured version, or both.

    Icons of single-colour sets are recoloured. Some objects of other sets get an additional version. The choice depends
    only on the icon's name.
    """
    draw = _hash(entry)
    if entry.set in ONE_COLOUR_SETS:
        name = "black" if draw % 2 else list(INKS)[draw // 2 % len(INKS)]
        shades = INKS[name]
        return [Tinted(_apply_ink(pixels, shades[draw // 32 % len(shades)]), name)]
    if entry.set in BLUE_SETS:
        return [_shift_hue(pixels, list(HUES)[draw % len(HUES)], spread=180.0, least_share=0.0) or Tinted(pixels, "")]
    plain = Tinted(pixels, "")
    if entry.set not in EMOJI_SETS or kind(entry) != "thing" or draw % 3 == 0:
        return [plain]
    others = (
        _shift_hue(pixels, name, spread=SPREAD, least_share=LEAST_SHARE) for name in _rotate_colour_names(draw // 3)
    )
    other = next(filter(None, others), None)
    return [plain, other] if other else [plain]


def _rotate_colour_names(draw: int) -> list[str]:
    """Return the names of all colours to which an icon can be recoloured, in cyclic order. The number `draw` selects
    the first colour.

    If an icon cannot be recoloured to one of them, the next is tried.
    """
    names = list(HUES)
    first = draw % len(names)
    return names[first:] + names[:first]


def _hash(entry: Entry) -> int:
    return int.from_bytes(hashlib.sha256(f"{entry.set}/{entry.style}/{entry.name}".encode()).digest()[:6], "big")


def _apply_ink(pixels: Pixels, ink: int) -> Pixels:
    inked = pixels.copy()
    inked[..., :3] = np.array([ink >> 16, ink >> 8 & 255, ink & 255], np.uint8)
    inked[inked[..., 3] == 0] = 0
    return inked


def _shift_hue(pixels: Pixels, name: str, *, spread: float, least_share: float) -> Tinted | None:
    """Recolour an icon to the colour `name` by rotating its dominant hue and all hues within `spread` degrees of it.

    Returns None if the icon has too little colour or already has this colour, or if the result would have another
    colour name.
    """
    hue, chroma, value = hue_chroma_value(pixels)
    opacity = pixels[..., 3] / 255.0
    coloured = (chroma > LEAST_CHROMA) & (opacity > 0)
    if not coloured.any():
        return None
    commonest = commonest_hue(hue[coloured], (opacity * chroma)[coloured])
    away = (hue - commonest + 180) % 360 - 180
    near = coloured & (np.abs(away) <= spread)
    hue_wanted, brightness = HUES[name]
    turn = hue_wanted - commonest - float(np.average(away[near], weights=(opacity * chroma)[near]))
    if opacity[near].sum() < least_share * opacity.sum() or dominant_colour(_mask_pixels(pixels, near)) == name:
        return None if spread < 180 else Tinted(pixels, name)
    turned = pixels.copy()
    turned[near, :3] = rgb_of((hue[near] + turn) % 360, brightness * chroma[near], brightness * value[near])
    # The name must fit the result. A dark green that is shifted to yellow, for example, looks brown.
    is_named = spread == 180 or dominant_colour(_mask_pixels(turned, near)) == name
    return Tinted(turned, name) if is_named else None


def _mask_pixels(pixels: Pixels, where: NDArray[np.bool_]) -> Pixels:
    return np.where(where[..., None], pixels, np.uint8(0))
