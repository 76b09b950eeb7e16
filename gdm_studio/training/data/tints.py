"""Colours put on drawings: glyphs are inked, blue-only sets and some pictures more are turned to another hue."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdm_studio.models.recolouring import commonest_hue, hue_chroma_value, rgb_of
from gdm_studio.training.data.catalogue import Entry, kind
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import BLUE_SETS, EMOJI_SETS, ONE_COLOUR_SETS

Pixels = NDArray[np.uint8]

HUES = {  # degrees, and how bright the turned colours become: brown is a dark orange
    "red": (357.0, 1.0),
    "orange": (25.0, 1.0),
    "yellow": (47.0, 1.0),
    "green": (135.0, 1.0),
    "blue": (215.0, 1.0),
    "purple": (272.0, 1.0),
    "pink": (322.0, 1.0),
    "brown": (22.0, 0.52),
}
INKS = {  # shades of one name, 0xRRGGBB; every second glyph stays black
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
SPREAD = 45.0  # degrees about the commonest hue that are turned; leaves of a turned apple stay green
LEAST_SHARE = 0.35  # of the visible area that a turn must reach, or the colour would not be the thing's
LEAST_CHROMA = 0.2


@dataclass(frozen=True)
class Tinted:
    """A version of a drawing; `tint` is the name of the colour it was given, "" for the drawing as it is."""

    pixels: Pixels
    tint: str


def versions(entry: Entry, pixels: Pixels) -> list[Tinted]:
    """What a drawing teaches: itself, in another colour where its set has one only; things now and then twice.

    The choice hangs on the drawing's name alone.
    """
    draw = _draw(entry)
    if entry.set in ONE_COLOUR_SETS:
        name = "black" if draw % 2 else list(INKS)[draw // 2 % len(INKS)]
        shades = INKS[name]
        return [Tinted(_inked(pixels, shades[draw // 32 % len(shades)]), name)]
    if entry.set in BLUE_SETS:
        return [_turned(pixels, list(HUES)[draw % len(HUES)], spread=180.0, least_share=0.0) or Tinted(pixels, "")]
    plain = Tinted(pixels, "")
    if entry.set not in EMOJI_SETS or kind(entry) != "thing" or draw % 3 == 0:
        return [plain]
    others = (_turned(pixels, name, spread=SPREAD, least_share=LEAST_SHARE) for name in _from(draw // 3))
    other = next(filter(None, others), None)
    return [plain, other] if other else [plain]


def _from(draw: int) -> list[str]:
    """The colours, a drawn one first: where nobody would call what comes out so, the next is tried."""
    names = list(HUES)
    first = draw % len(names)
    return names[first:] + names[:first]


def _draw(entry: Entry) -> int:
    return int.from_bytes(hashlib.sha256(f"{entry.set}/{entry.style}/{entry.name}".encode()).digest()[:6], "big")


def _inked(pixels: Pixels, ink: int) -> Pixels:
    inked = pixels.copy()
    inked[..., :3] = np.array([ink >> 16, ink >> 8 & 255, ink & 255], np.uint8)
    inked[inked[..., 3] == 0] = 0
    return inked


def _turned(pixels: Pixels, name: str, *, spread: float, least_share: float) -> Tinted | None:
    """The drawing with its commonest hue, and those within `spread` degrees, turned to the one called `name`.

    None where there is too little colour to turn, where it has that colour already, or where nobody would call what
    comes out so.
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
    if opacity[near].sum() < least_share * opacity.sum() or dominant_colour(_alone(pixels, near)) == name:
        return None if spread < 180 else Tinted(pixels, name)
    turned = pixels.copy()
    turned[near, :3] = rgb_of((hue[near] + turn) % 360, brightness * chroma[near], brightness * value[near])
    # a dark green turned to yellow is brown to the eye
    is_named = spread == 180 or dominant_colour(_alone(turned, near)) == name
    return Tinted(turned, name) if is_named else None


def _alone(pixels: Pixels, where: NDArray[np.bool_]) -> Pixels:
    return np.where(where[..., None], pixels, np.uint8(0))
