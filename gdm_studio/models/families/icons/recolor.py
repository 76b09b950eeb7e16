"""Recolouring of drawings: the dominant hue is changed, while other hues and outlines are preserved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float64]

# Minimum saturation and value of a pixel that has a hue.
LEAST_SATURATION, LEAST_VALUE = 0.25, 0.2
# Minimum fraction of the visible area that has a hue. Below it, everything is recoloured.
LEAST_COLOURED = 0.15
# Minimum value of a pale pixel, which has no hue, and fraction of the visible area above which the pale pixels are the
# body of a drawing and other hues belong to its parts: petals around a yellow centre, a mug with coffee.
LEAST_PALE_VALUE, LEAST_PALE = 0.6, 0.58
# Fraction of the coloured area that is recoloured, nearest hues first.
MOST = 0.55
# Candidate distances from the dominant hue, in degrees.
SPREADS = (45.0, 70.0, 100.0, 180.0)
# Fraction of the differences in hue that is retained, and their limit in degrees.
SHADES = 0.35, 12.0


@dataclass(frozen=True)
class ColourTarget:
    """Colour to which a drawing is changed: hue in degrees, value (the largest channel) and saturation from 0 to 1."""

    hue: float
    value: float
    saturation: float


COLOURS = {
    "red": ColourTarget(357, 0.85, 0.8),
    "orange": ColourTarget(25, 0.95, 0.85),
    "yellow": ColourTarget(47, 0.97, 0.78),
    "golden": ColourTarget(43, 0.92, 0.75),
    "green": ColourTarget(135, 0.68, 0.62),
    "blue": ColourTarget(215, 0.85, 0.72),
    "purple": ColourTarget(272, 0.75, 0.6),
    "pink": ColourTarget(325, 0.96, 0.45),
    "brown": ColourTarget(22, 0.52, 0.62),
    "black": ColourTarget(220, 0.15, 0.15),
    "grey": ColourTarget(220, 0.6, 0.06),
    "gray": ColourTarget(220, 0.6, 0.06),
    "white": ColourTarget(220, 0.95, 0.03),
}
# Hues with the value and saturation that icons of this hue typically have, in ascending order.
TYPICAL_TONES = tuple(
    sorted((COLOURS[name].hue, COLOURS[name].value, COLOURS[name].saturation) for name in (
        "orange", "yellow", "green", "blue", "purple", "pink", "red",
    ))
)  # fmt: skip
# Colours that also darken lighter pixels.
DARK = {"brown", "black", "grey", "gray"}


def recolor(pixels: Pixels, colour: str, *, only_hues: bool = False) -> Pixels:
    """Change the dominant colour of a drawing to the named `colour`. Pixels of a similar hue change too. The drawing is
    straight RGBA (H, W, 4).

    Shading and small differences in hue are preserved. If the drawing has hardly any hue, it is recoloured entirely,
    and if most of it is pale, only its pale pixels. With `only_hues`, pale and black pixels are treated like others, as
    in versions before HAS_SILHOUETTES.
    """
    look = COLOURS[colour]
    tones = _compute_tones(pixels)
    found = _find_dominant_hue(tones)
    recoloured = tones.opacity > 0
    is_pale = False
    if found is not None and not only_hues:
        pale = recoloured & (tones.saturation < LEAST_SATURATION) & (tones.value > LEAST_PALE_VALUE)
        is_pale = bool(tones.opacity[pale & ~found[0]].sum() > LEAST_PALE * tones.opacity.sum())
        if is_pale:
            found, recoloured = None, pale
    if found is not None:
        chosen, away = found
        middle = np.average(away[chosen], weights=(tones.opacity * tones.chroma)[chosen] + 1e-6)
        share, most = SHADES
        hues = (look.hue + np.clip(share * (away[chosen] - middle), -most, most)) % 360
        richness = tones.saturation[chosen]
    else:
        chosen = recoloured
        hues = np.full(chosen.sum(), look.hue)
        richness = np.ones(chosen.sum())
    if not chosen.any():
        return pixels
    light = tones.value[chosen]
    seen = tones.opacity[chosen] * richness + 1e-6
    mean = float(np.average(light, weights=seen))
    gain = look.value / max(mean, 1e-3)
    if mean < LEAST_VALUE and not only_hues:
        # In a black drawing, a factor would enlarge noise.
        light = np.clip(light + look.value - mean, 0, 1)
    else:
        light = np.clip(light * (gain if is_pale or colour in DARK else max(1.0, gain)), 0, 1)
    richness = richness * look.saturation / max(float(np.average(richness, weights=seen)), 1e-3)
    turned = pixels.copy()
    turned[chosen, :3] = rgb_of(hues, np.clip(richness, 0, 1) * light, light)
    return turned


def shift_hue(pixels: Pixels, degrees: float, gain: float) -> Pixels:
    """Shift the dominant hue of a drawing, and similar hues, by `degrees`. The drawing is straight RGBA (H, W, 4).

    The brightness of the shifted pixels is multiplied by `gain`. Brightness and saturation also follow what is typical
    of the hues, because the green with the brightness of a yellow is neon. Pixels with little colour, such as outlines,
    are unchanged.
    """
    tones = _compute_tones(pixels)
    found = _find_dominant_hue(tones)
    if found is None:
        return pixels
    chosen, _ = found
    before = tones.hue[chosen]
    after = (before + degrees) % 360
    brighter, richer = (new / old for new, old in zip(_typical_tones(after), _typical_tones(before), strict=True))
    light = np.clip(tones.value[chosen] * gain * brighter, 0, 1)
    rich = np.clip(tones.saturation[chosen] * richer, 0, 1)
    turned = pixels.copy()
    turned[chosen, :3] = rgb_of(after, rich * light, light)
    return turned


def _typical_tones(hues: Numbers) -> tuple[Numbers, Numbers]:
    """Return the typical value (brightness) and saturation of icons for each of the given hues, in degrees."""
    known, values, saturations = zip(*TYPICAL_TONES, strict=True)
    return np.interp(hues, known, values, period=360), np.interp(hues, known, saturations, period=360)


class _Tones(NamedTuple):
    """Colour components of each pixel of an image, in arrays of shape (h, w). The hue is in degrees; the other
    components are from 0 to 1.
    """

    hue: Numbers
    chroma: Numbers
    saturation: Numbers
    value: Numbers
    opacity: Numbers


def _compute_tones(pixels: Pixels) -> _Tones:
    hue, chroma, value = hue_chroma_value(pixels)
    return _Tones(hue, chroma, chroma / np.maximum(value, 1e-3), value, pixels[..., 3] / 255.0)


def _find_dominant_hue(tones: _Tones) -> tuple[NDArray[np.bool_], Numbers] | None:
    """Find the dominant hue of an image. Returns a mask of the pixels with a similar hue, and the distance of each
    pixel's hue from the dominant one, in −180 … 180 degrees.

    Returns None if the image has hardly any hue.
    """
    opacity = tones.opacity
    coloured = (tones.saturation > LEAST_SATURATION) & (tones.value > LEAST_VALUE) & (opacity > 0.1)
    area = opacity[coloured].sum()
    if area <= LEAST_COLOURED * opacity.sum():
        return None
    weight = opacity * tones.chroma
    away = (tones.hue - commonest_hue(tones.hue[coloured], weight[coloured]) + 180) % 360 - 180
    reaching = (each for each in SPREADS if opacity[coloured & (np.abs(away) <= each)].sum() >= MOST * area)
    spread = next(reaching, SPREADS[-1])
    return (np.abs(away) <= spread) & (tones.saturation > 0.1) & (opacity > 0), away


def commonest_hue(hue: Numbers, weight: Numbers) -> float:
    """Return the hue, in degrees, that covers the largest area of an image. `weight` is the area of each pixel.

    This is the centre of the ten-degree bin that has, together with its two neighbours, the most weight.
    """
    area = np.bincount((hue // 10).astype(int), weights=weight, minlength=36)
    return 10.0 * float((area + np.roll(area, 1) + np.roll(area, -1)).argmax()) + 5


def hue_chroma_value(pixels: Pixels) -> tuple[Numbers, Numbers, Numbers]:
    """Convert the colours of an image to hue in degrees, chroma (max − min) and value (max) from 0 to 1. Each result
    has the shape (h, w).
    """
    rgb = pixels[..., :3] / 255.0
    value = rgb.max(-1)
    chroma = np.ptp(rgb, -1)
    red, green, blue = np.moveaxis(rgb, -1, 0)
    safe = np.where(chroma > 0, chroma, 1)
    sector = np.select(
        [value == red, value == green], [(green - blue) / safe % 6, (blue - red) / safe + 2], (red - green) / safe + 4
    )
    return sector * 60, chroma, value


def rgb_of(hue: Numbers, chroma: Numbers, value: Numbers) -> Pixels:
    """Convert colours from hue in degrees, chroma and value, each of shape (n,), to uint8 RGB of shape (n, 3)."""
    channels = []
    for offset in (5, 3, 1):
        k = (offset + hue / 60) % 6
        channels.append(value - chroma * np.clip(np.minimum(k, 4 - k), 0, 1))
    return np.round(np.stack(channels, -1) * 255).astype(np.uint8)
