"""A drawing in another colour: what it is mostly made of takes the colour, what is of others and its outlines stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float64]

LEAST_SATURATION, LEAST_VALUE = 0.25, 0.2  # of what is said to have a hue
LEAST_COLOURED = 0.15  # of the visible area; with less all of it takes the colour
MOST = 0.55  # of what has a hue: so much goes along, the nearest hues first
SPREADS = (45.0, 70.0, 100.0, 180.0)  # degrees about the commonest hue
SHADES = 0.35, 12.0  # of the differences in hue that were there so much is kept, in degrees at most


@dataclass(frozen=True)
class Look:
    """What a colour is to look like: hue in degrees, value (its largest channel) and saturation, each 0 … 1."""

    hue: float
    value: float
    saturation: float


LOOKS = {
    "red": Look(357, 0.85, 0.8),
    "orange": Look(25, 0.95, 0.85),
    "yellow": Look(47, 0.97, 0.78),
    "golden": Look(43, 0.92, 0.75),
    "green": Look(135, 0.68, 0.62),
    "blue": Look(215, 0.85, 0.72),
    "purple": Look(272, 0.75, 0.6),
    "pink": Look(325, 0.96, 0.45),
    "brown": Look(22, 0.52, 0.62),
    "black": Look(220, 0.15, 0.15),
    "grey": Look(220, 0.6, 0.06),
    "gray": Look(220, 0.6, 0.06),
    "white": Look(220, 0.95, 0.03),
}
DARK = {"brown", "black", "grey", "gray"}  # what is lighter becomes as dark as these


def recoloured(pixels: Pixels, colour: str) -> Pixels:
    """Straight RGBA (H, W, 4) whose commonest hue, and those near it, have become the colour of that name in `LOOKS`.

    Light and shade stay, and small differences in hue. Where hardly anything has a hue, everything takes the colour.
    """
    look = LOOKS[colour]
    hue, chroma, value = hue_chroma_value(pixels)
    saturation, opacity = chroma / np.maximum(value, 1e-3), pixels[..., 3] / 255.0
    coloured = (saturation > LEAST_SATURATION) & (value > LEAST_VALUE) & (opacity > 0.1)
    if opacity[coloured].sum() > LEAST_COLOURED * opacity.sum():
        away, spread = _around_commonest(hue, opacity * chroma, coloured, opacity)
        chosen = (np.abs(away) <= spread) & (saturation > 0.1) & (opacity > 0)
        middle = np.average(away[chosen], weights=(opacity * chroma)[chosen] + 1e-6)
        share, most = SHADES
        hues = (look.hue + np.clip(share * (away[chosen] - middle), -most, most)) % 360
        richness = saturation[chosen]
    else:
        chosen = opacity > 0
        hues, richness = np.full(chosen.sum(), look.hue), np.ones(chosen.sum())
    if not chosen.any():
        return pixels
    light, seen = value[chosen], opacity[chosen] * richness + 1e-6
    gain = look.value / max(float(np.average(light, weights=seen)), 1e-3)
    light = np.clip(light * (gain if colour in DARK else max(1.0, gain)), 0, 1)
    richness = richness * look.saturation / max(float(np.average(richness, weights=seen)), 1e-3)
    turned = pixels.copy()
    turned[chosen, :3] = rgb_of(hues, np.clip(richness, 0, 1) * light, light)
    return turned


def _around_commonest(
    hue: Numbers, weight: Numbers, coloured: NDArray[np.bool_], opacity: Numbers
) -> tuple[Numbers, float]:
    """How far each pixel's hue is from the commonest, -180 … 180 degrees, and how far those go that change with it."""
    away = (hue - commonest_hue(hue[coloured], weight[coloured]) + 180) % 360 - 180
    enough = MOST * opacity[coloured].sum()
    reaching = (spread for spread in SPREADS if opacity[coloured & (np.abs(away) <= spread)].sum() >= enough)
    return away, next(reaching, SPREADS[-1])


def commonest_hue(hue: Numbers, weight: Numbers) -> float:
    """The middle, in degrees, of the ten degrees that with those beside them have most of these hues."""
    area = np.bincount((hue // 10).astype(int), weights=weight, minlength=36)
    return 10.0 * float((area + np.roll(area, 1) + np.roll(area, -1)).argmax()) + 5


def hue_chroma_value(pixels: Pixels) -> tuple[Numbers, Numbers, Numbers]:
    """Hue in degrees, chroma (max − min) and value (max) in 0..1, each (h, w)."""
    rgb = pixels[..., :3] / 255.0
    value, chroma = rgb.max(-1), np.ptp(rgb, -1)
    red, green, blue = np.moveaxis(rgb, -1, 0)
    safe = np.where(chroma > 0, chroma, 1)
    sector = np.select(
        [value == red, value == green], [(green - blue) / safe % 6, (blue - red) / safe + 2], (red - green) / safe + 4
    )
    return sector * 60, chroma, value


def rgb_of(hue: Numbers, chroma: Numbers, value: Numbers) -> Pixels:
    """(n, 3) uint8 of (n,) hue in degrees, chroma and value."""
    channels = []
    for offset in (5, 3, 1):
        k = (offset + hue / 60) % 6
        channels.append(value - chroma * np.clip(np.minimum(k, 4 - k), 0, 1))
    return np.round(np.stack(channels, -1) * 255).astype(np.uint8)
