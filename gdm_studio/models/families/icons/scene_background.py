"""Plain backgrounds of scenes: a soft sky and a ground in a rounded field."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from gdm_studio.models.families.icons.recolor import Pixels
from gdm_studio.models.prompts.relations import Background

# Colours (RGB, 0 … 255) of the skies at the top and at the horizon, and the light that falls on the ground.
SKIES = {
    "day": ((110, 184, 236), (172, 216, 244), (1.0, 1.0, 1.0)),
    "night": ((38, 44, 92), (74, 88, 146), (0.9, 0.75, 0.8)),
    "sunset": ((236, 140, 110), (250, 214, 150), (0.95, 0.8, 0.75)),
}
# Colours of the grounds at the horizon and at the bottom.
GROUNDS = {
    "sea": ((64, 150, 200), (40, 112, 170)),
    "meadow": ((150, 204, 110), (112, 176, 84)),
    "snow": ((240, 246, 250), (218, 230, 240)),
    "desert": ((240, 214, 156), (222, 186, 120)),
}
# Height of the horizon from the top, for objects on the ground and in it.
HORIZON, HIGH_HORIZON = 0.62, 0.2
# Margin and radius of the corners, as fractions of the side.
MARGIN, RADIUS = 0.03, 0.16
# Factor by which the field is drawn larger, for smooth corners.
OVERSAMPLE = 4


def draw_background(background: Background, side: int) -> Pixels:
    """Draw a background as straight RGBA (side, side, 4). Without a sky, it is that of the day."""
    top, horizon, light = SKIES[background.sky or "day"]
    heights = (np.arange(side) + 0.5) / side
    limit = (HIGH_HORIZON if background.inside else HORIZON) if background.ground else 1.0
    rows = _blend(top, horizon, np.clip(heights / limit, 0, 1))
    if background.ground:
        near, far = (np.array(colour) * light for colour in GROUNDS[background.ground])
        ground = _blend(near, far, np.clip((heights - limit) / (1 - limit), 0, 1))
        rows = np.where((heights >= limit)[:, None], ground, rows)
    large = OVERSAMPLE * side
    mask = Image.new("L", (large, large))
    inset = MARGIN * large
    ImageDraw.Draw(mask).rounded_rectangle((inset, inset, large - inset, large - inset), RADIUS * large, fill=255)
    alpha = np.array(mask.resize((side, side), Image.Resampling.BOX))
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[..., :3] = rows[:, None].round()
    pixels[..., 3] = alpha
    return pixels


def _blend(first: object, last: object, shares: np.ndarray) -> np.ndarray:
    """Return the mixtures (rows, 3) of two colours."""
    share = shares[:, None]
    return np.asarray(first) * (1 - share) + np.asarray(last) * share
