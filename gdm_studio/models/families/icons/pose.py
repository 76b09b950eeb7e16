"""Poses of drawings: mirroring, rotation, stretching and shifts chosen by the seed."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.models.families.icons.choice import SeedChoice
from gdm_studio.models.families.icons.recolor import Pixels

# Words of things that mean something else when they are mirrored.
ONE_SIDED = frozenset(
    ("1st", "2nd", "3rd", "abc", "alphabet", "am", "arrow", "atm", "backward", "button", "calendar", "cd", "clock")
    + ("clockwise", "code", "currency", "date", "digit", "dollar", "down", "dvd", "earth", "euro", "file", "first")
    + (
        "flag",
        "flags",
        "font",
        "forward",
        "globe",
        "graph",
        "hundred",
        "id",
        "input",
        "joker",
        "keycap",
        "last",
        "left",
    )
    + ("letter", "letters", "license", "map", "mark", "math", "medal", "moon", "music", "musical", "next", "note")
    + ("notes", "number", "oclock", "ok", "pause", "play", "pm", "points", "pound", "previous", "quarter", "question")
    + ("redo", "refresh", "right", "second", "sign", "signal", "sos", "speech", "squared", "symbol", "sync")
    + ("temperature", "text", "third", "thirty", "time", "timer", "tm", "trademark", "undo", "usd", "vs", "watch")
    + ("wifi", "word", "write", "yen", "zodiac", "zzz")
)
# Words of things that look wrong when they are tilted.
UPRIGHT = ONE_SIDED | frozenset(
    ("ambulance", "automobile", "bank", "bed", "boat", "bridge", "building", "bus", "cabinet", "cactus", "camera")
    + ("car", "castle", "chair", "church", "city", "computer", "couch", "desk", "door", "elevator", "factory", "fence")
    + ("fountain", "glass", "hospital", "hotel", "house", "hut", "lamp", "laptop", "lighthouse", "locomotive", "mosque")
    + ("mountain", "mug", "office", "oven", "phone", "picture", "pot", "printer", "rail", "refrigerator", "school")
    + ("screen", "shelf", "ship", "shrine", "sofa", "stadium", "store", "synagogue", "table", "taxi", "television")
    + ("temple", "tent", "tower", "tractor", "train", "tram", "tree", "truck", "tv", "van", "volcano", "wardrobe")
    + ("bin", "box", "cake", "coffee", "cup", "sailboat", "scooter", "tea", "washing", "window", "wine")
)
# Fraction of a side that stays empty around a posed drawing.
MARGIN = 0.04
# Minimum alpha, of 255, of a pixel that counts as part of the drawing.
VISIBLE = 16
# Standard deviations at temperature 1. Angles are in degrees, stretch and size are logarithms, warps are fractions of
# the change of scale, and moves are fractions of the side.
TURN, UPRIGHT_TURN, SHEAR, STRETCH, SIZE, WARP, MOVE = 6.0, 1.0, 0.05, 0.09, 0.10, 0.16, 0.03
# Numbers are limited to this many standard deviations.
MOST = 2.0


@dataclass(frozen=True)
class Pose:
    """Geometric variation of a drawing: it is mirrored, then rotated (degrees), sheared, stretched, warped and shifted.

    `warps` change the proportions along x, along y, and between top and bottom. The axes stay straight.
    """

    mirrored: bool = False
    turn: float = 0.0
    shear: float = 0.0
    stretch: float = 0.0
    size: float = 1.0
    warps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    move: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def drawn(cls, choice: SeedChoice, words: AbstractSet[str]) -> Pose:
        """Choose a random pose, determined by the seed, that suits the thing named by `words`. For example, letters are
        not mirrored, and buildings are hardly rotated.
        """
        spread = choice.spread

        def number(place: int, deviation: float) -> float:
            return deviation * spread * min(max(choice.number(place), -MOST), MOST)

        one_sided = not ONE_SIDED.isdisjoint(words) or any(len(word) == 1 and word not in "ai" for word in words)
        upright = not UPRIGHT.isdisjoint(words)
        # The drawing is mirrored if a normal number exceeds a limit. The probability rises with the temperature up to
        # ½.
        is_mirrored = choice.number(0) > max(1 - spread, 0) * 0.6
        return cls(
            mirrored=is_mirrored and not one_sided,
            turn=number(1, UPRIGHT_TURN if upright else TURN),
            shear=number(2, 0.4 * SHEAR if upright else SHEAR),
            stretch=number(3, STRETCH),
            size=math.exp(-abs(number(4, SIZE))),
            warps=(number(5, WARP), number(6, WARP), number(7, 0.7 * WARP)),
            move=(number(8, MOVE), number(9, MOVE)),
        )

    def apply(self, pixels: Pixels) -> Pixels:
        """Mirror, rotate and distort a drawing, straight RGBA (H, W, 4), as this pose specifies.

        The result is reduced and shifted to stay within the margins.
        """
        side = len(pixels)
        straight = torch.from_numpy(np.array(pixels)).float() / 255
        colours = torch.cat([straight[..., :3] * straight[..., 3:], straight[..., 3:]], -1).permute(2, 0, 1)[None]
        box = _box(colours)
        if box is None:
            return pixels
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        # At half size, no pose leaves the frame.
        box = _box(self._sampled(colours, centre, 0.5, (-centre[0], -centre[1])))
        if box is None:
            return pixels
        extent = [2 * end + centre[place % 2] for place, end in enumerate(box)]
        # Fit the drawing into the frame, around the same centre.
        limit = 1 - 2 * MARGIN
        scale = min(self.size, *(2 * limit / max(extent[axis + 2] - extent[axis], 1e-3) for axis in (0, 1)))
        shift = []
        for axis in (0, 1):
            low, high = (centre[axis] + scale * (extent[end] - centre[axis]) for end in (axis, axis + 2))
            wanted = 2 * self.move[axis]
            shift.append(min(max(wanted, -limit - low), limit - high))
        posed = self._sampled(colours, centre, scale, (shift[0], shift[1]))[0].permute(1, 2, 0)
        alpha = posed[..., 3:].clamp(0, 1)
        rgb = torch.where(alpha > 1 / 510, posed[..., :3] / alpha.clamp(min=1 / 510), 0).clamp(0, 1)
        found: Pixels = torch.cat([rgb, alpha], -1).mul(255).round().to(torch.uint8).numpy()
        assert found.shape == (side, side, 4)
        return found

    def _sampled(
        self, colours: Tensor, centre: tuple[float, float], scale: float, shift: tuple[float, float]
    ) -> Tensor:
        """Resample a premultiplied image (1, 4, H, W) in this pose. Coordinates range from −1 to 1."""
        side = colours.shape[-1]
        line = (torch.arange(side) + 0.5) * 2 / side - 1
        y, x = torch.meshgrid(line, line, indexing="ij")
        x = (x - centre[0] - shift[0]) / scale
        y = (y - centre[1] - shift[1]) / scale
        x = x * math.exp(-self.stretch)
        y = y * math.exp(self.stretch)
        angle = math.radians(self.turn)
        x, y = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        x = x + math.tan(self.shear) * y
        across, along, top = self.warps
        x = x + across * torch.sin(math.pi * x.clamp(-1, 1)) / math.pi
        y = y + along * torch.sin(math.pi * y.clamp(-1, 1)) / math.pi + top * (1 + torch.cos(math.pi * y)) / 4
        x = -x if self.mirrored else x
        grid = torch.stack([x + centre[0], y + centre[1]], -1)[None]
        return F.grid_sample(colours, grid, mode="bicubic", padding_mode="zeros", align_corners=False)


def _box(colours: Tensor) -> tuple[float, float, float, float] | None:
    """Return the bounding box (left, top, right, bottom) of the visible pixels of an image (1, 4, H, W), in coordinates
    from −1 to 1, or None if all are transparent.
    """
    seen = colours[0, 3] * 255 >= VISIBLE
    if not bool(seen.any()):
        return None
    side = seen.shape[-1]
    columns = seen.any(0).nonzero()[:, 0]
    rows = seen.any(1).nonzero()[:, 0]
    left, right = int(columns[0]), int(columns[-1]) + 1
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    return 2 * left / side - 1, 2 * top / side - 1, 2 * right / side - 1, 2 * bottom / side - 1
