"""Conventions of inpainting masks: white or colours on black, strokes on transparency, and a hole in an image."""

from __future__ import annotations

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable

# The level up to which a mask marks nothing, out of 255.
FAINTEST = 3
# The difference of a pixel's channels from which it has a colour.
_MIN_COLOUR_DIFFERENCE = 32
# A drawing has at most this many colours on this share of its pixels; a picture has more. Colours are compared in
# steps of 1/32.
_DRAWING_COLOURS = 4
_DRAWING_SHARE = 0.95
# Levels that count as black and white.
_MAX_BLACK_LEVEL = 16
_MIN_WHITE_LEVEL = 240
# The fraction of opaque pixels on the frame of the image from which a hole counts as marked. White strokes may touch
# the frame, since white marks.
_MIN_FRAME_SHARE = 0.5
_MIN_WHITE_FRAME_SHARE = 0.95


def mask_levels(rgba: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the levels of a mask, uint8 (H, W) with 255 where the image is redrawn, and True if its transparent part
    is redrawn.

    `rgba` is uint8 (H, W, 4) with straight alpha, in any of these forms:

    - opaque: white marks and black does not. Greys mark in part, and every colour marks as white does.
    - strokes of a few colours on a transparent ground mark by their opacity.
    - black and white with transparent parts: white marks.
    - anything else with a transparent hole: the hole marks, as in ComfyUI's editor, GIMP and OpenAI's API.
    """
    alpha = rgba[..., 3]
    if alpha.min() == 255:
        return _measure_brightness(rgba[..., :3]), False
    seen = rgba[alpha >= 128][:, :3]
    if not len(seen):
        # Faint strokes, or nothing but a hole.
        return (alpha.copy(), False) if alpha.max() > FAINTEST else (255 - alpha, True)
    if _is_drawing(seen):
        brightness = seen.max(axis=-1)
        is_dark = bool((brightness <= _MAX_BLACK_LEVEL).any())
        if is_dark and bool((brightness > _MAX_BLACK_LEVEL).mean() > 1 - _DRAWING_SHARE):
            opacity = alpha.astype(np.uint32)
            return ((_measure_brightness(rgba[..., :3]) * opacity + 127) // 255).astype(np.uint8), False
        frame = np.concatenate([alpha[0], alpha[-1], alpha[1:-1, 0], alpha[1:-1, -1]])
        limit = _MIN_WHITE_FRAME_SHARE if seen.min() >= _MIN_WHITE_LEVEL else _MIN_FRAME_SHARE
        if (frame >= 128).mean() < limit:
            return alpha.copy(), False
    return 255 - alpha, True


def check_marks(levels: np.ndarray) -> None:
    """Raise BadRequest if a mask, uint8 (H, W), marks no pixels."""
    if levels.max() <= FAINTEST:
        template = QT_TRANSLATE_NOOP(
            "Errors", "The mask marks nothing to redraw; paint it white, or make it transparent, where that should be."
        )
        raise BadRequest(translatable(template))


def _measure_brightness(rgb: np.ndarray) -> np.ndarray:
    """Return the brightness of a mask's pixels, uint8 (H, W), where the brightest of every colour is 255.

    Greys keep their level, since soft masks mark in part.
    """
    levels = rgb.max(axis=-1)
    is_coloured = levels - rgb.min(axis=-1) >= _MIN_COLOUR_DIFFERENCE
    if not is_coloured.any():
        return levels
    levels = levels.astype(np.uint32)
    hues = 3 * rgb.argmax(axis=-1) + rgb.argmin(axis=-1)
    for hue in np.unique(hues[is_coloured]):
        of_hue = is_coloured & (hues == hue)
        levels[of_hue] = levels[of_hue] * 255 // levels[of_hue].max()
    return levels.astype(np.uint8)


def _is_drawing(colours: np.ndarray) -> bool:
    """Return True if nearly all of the given pixels, uint8 (N, 3), have one of a few colours."""
    steps = (colours >> 3).astype(np.uint32)
    counts = np.bincount((steps[:, 0] << 10) + (steps[:, 1] << 5) + steps[:, 2])
    return bool(np.sort(counts)[-_DRAWING_COLOURS:].sum() >= _DRAWING_SHARE * len(colours))
