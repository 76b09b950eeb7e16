"""Poses of drawings: mirroring, rotation, stretching and shifting, chosen by the seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.models.families.icons.recolor import Pixels
from gdm_studio.models.families.icons.start_drawing_choice import SeedChoice

# Words for objects that mean something else when they are mirrored.
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
    + ("notes", "number", "oclock", "ok", "pause", "play", "pm", "points", "poster", "pound", "previous", "quarter")
    + ("question", "redo", "refresh", "right", "second", "sign", "signal", "sos", "speech", "squared", "symbol", "sync")
    + ("temperature", "text", "third", "thirty", "time", "timer", "tm", "trademark", "undo", "usd", "vs", "watch")
    + ("wifi", "word", "write", "yen", "zodiac", "zzz")
)
# Words for objects with letters or digits on their drawings, which older requests mirror.
LETTERED = frozenset(
    ("bank", "banknote", "coin", "compass", "convenience", "eighteen", "hotel", "money", "newspaper", "receipt", "slot")
    + ("stop", "taxi", "teacher")
)
# Words for objects that look wrong when they are tilted.
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
# Random numbers are limited to this many standard deviations.
MOST = 2.0


@dataclass(frozen=True)
class Pose:
    """Geometric variation of a draft image: it is mirrored, then rotated (degrees), sheared, stretched, warped and
    shifted.

    `warps` change the proportions along x, along y, and between top and bottom; the axes stay straight.
    """

    mirrored: bool = False
    turn: float = 0.0
    shear: float = 0.0
    stretch: float = 0.0
    size: float = 1.0
    warps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    move: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def choose(cls, choice: SeedChoice, words: AbstractSet[str]) -> Pose:
        """Choose a random pose, determined by the seed. Its limits depend on the object named by `words`: for example,
        letters are not mirrored, and buildings are hardly rotated.
        """
        spread = choice.spread

        def number(place: int, deviation: float) -> float:
            return deviation * spread * min(max(choice.number(place), -MOST), MOST)

        fixed = ONE_SIDED | LETTERED if choice.variation.corrects_meanings else ONE_SIDED
        one_sided = not fixed.isdisjoint(words) or any(len(word) == 1 and word not in "ai" for word in words)
        upright = not UPRIGHT.isdisjoint(words)
        # The drawing is mirrored if a normal number exceeds a limit. The probability rises with the temperature up to
        # ½.
        is_mirrored = choice.focus * choice.number(0) > max(1 - spread, 0) * 0.6
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
        """Mirror, rotate and distort an image, straight RGBA (H, W, 4), as this pose specifies.

        The result is reduced and shifted to stay within the margins.
        """
        side = len(pixels)
        straight = torch.from_numpy(np.array(pixels)).float() / 255
        colours = torch.cat([straight[..., :3] * straight[..., 3:], straight[..., 3:]], -1).permute(2, 0, 1)[None]
        posed, is_posed = pose_images(colours, [self])
        if not bool(is_posed[0]):
            return pixels
        image = posed[0].permute(1, 2, 0)
        alpha = image[..., 3:].clamp(0, 1)
        rgb = torch.where(alpha > 1 / 510, image[..., :3] / alpha.clamp(min=1 / 510), 0).clamp(0, 1)
        found: Pixels = torch.cat([rgb, alpha], -1).mul(255).round().to(torch.uint8).numpy()
        assert found.shape == (side, side, 4)
        return found


def pose_images(images: Tensor, poses: Sequence[Pose]) -> tuple[Tensor, Tensor]:
    """Apply one pose to each of N premultiplied RGBA images (N, 4, H, H) with values 0 … 1, on their device.

    Returns the posed images, whose values may slightly exceed this range, and a mask (N,) that is false for images
    without visible pixels, which are not posed. Each image is reduced and shifted to stay within the margins.
    """
    boxes, is_visible = _find_boxes(images)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    # At half size, no pose leaves the frame.
    half = torch.full_like(centres[:, 0], 0.5)
    small, is_visible_small = _find_boxes(_resample(images, poses, centres, half, -centres))
    extents = 2 * small + centres.repeat(1, 2)
    # Fit the drawing into the frame, around the same centre.
    limit = 1 - 2 * MARGIN
    fitting = 2 * limit / (extents[:, 2:] - extents[:, :2]).clamp(min=1e-3)
    sizes = boxes.new_tensor([pose.size for pose in poses])
    scales = torch.minimum(sizes, fitting.amin(1))
    wanted = 2 * boxes.new_tensor([pose.move for pose in poses])
    low = centres + scales[:, None] * (extents[:, :2] - centres)
    high = centres + scales[:, None] * (extents[:, 2:] - centres)
    shifts = torch.minimum(torch.maximum(wanted, -limit - low), limit - high)
    is_posed = is_visible & is_visible_small
    posed = _resample(images, poses, centres, scales, shifts)
    return torch.where(is_posed[:, None, None, None], posed, images), is_posed


def _resample(images: Tensor, poses: Sequence[Pose], centres: Tensor, scales: Tensor, shifts: Tensor) -> Tensor:
    """Resample premultiplied images (N, 4, H, H), each by its own pose. Coordinates range from −1 to 1.

    Centres and shifts are (N, 2), scales (N,), in double precision.
    """

    def column(values: Sequence[float] | Tensor) -> Tensor:
        return torch.as_tensor(values, dtype=torch.float32).to(images.device)[:, None, None]

    side = images.shape[-1]
    line = (torch.arange(side, device=images.device) + 0.5) * 2 / side - 1
    y, x = (axis[None] for axis in torch.meshgrid(line, line, indexing="ij"))
    scale = column(scales)
    x = (x - column(centres[:, 0]) - column(shifts[:, 0])) / scale
    y = (y - column(centres[:, 1]) - column(shifts[:, 1])) / scale
    x = x * column([math.exp(-pose.stretch) for pose in poses])
    y = y * column([math.exp(pose.stretch) for pose in poses])
    angles = [math.radians(pose.turn) for pose in poses]
    cosine = column([math.cos(angle) for angle in angles])
    sine = column([math.sin(angle) for angle in angles])
    x, y = x * cosine + y * sine, y * cosine - x * sine
    x = x + column([math.tan(pose.shear) for pose in poses]) * y
    across, along, top = (column([pose.warps[place] for pose in poses]) for place in range(3))
    x = x + across * torch.sin(math.pi * x.clamp(-1, 1)) / math.pi
    y = y + along * torch.sin(math.pi * y.clamp(-1, 1)) / math.pi + top * (1 + torch.cos(math.pi * y)) / 4
    x = x * column([-1.0 if pose.mirrored else 1.0 for pose in poses])
    grid = torch.stack([x + column(centres[:, 0]), y + column(centres[:, 1])], -1)
    return F.grid_sample(images, grid, mode="bicubic", padding_mode="zeros", align_corners=False)


def _find_boxes(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return the bounding boxes (N, 4) of the visible pixels of images (N, 4, H, H): left, top, right and bottom, in
    coordinates from −1 to 1 and double precision.

    The second result is a mask (N,) that is false for images without visible pixels; their box is the whole image.
    """
    seen = images[:, 3] * 255 >= VISIBLE
    side = seen.shape[-1]
    # Columns limit a box on the left and right, rows at the top and bottom.
    lines = torch.stack([seen.any(1), seen.any(2)], 1).byte()  # (N, 2, H)
    first = lines.argmax(2).double()
    last = side - lines.flip(2).argmax(2).double()
    return torch.cat([2 * first / side - 1, 2 * last / side - 1], 1), seen.flatten(1).any(1)
