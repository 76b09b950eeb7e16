"""Image prompts that both diffusers' pipelines and we use: with which IP-Adapters, weights and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs

FILE = FOLDER / "image_prompts.npz"
# Shapes (height, width) of the pictures.
SHAPES = ((250, 400), (300, 230))
# The levels of every fifth pixel are compared, along both axes.
EVERY = 5


@dataclass(frozen=True)
class Case:
    """Case of an image with image prompts."""

    # One of `tiny_stable.KINDS`.
    kind: str
    # For each adapter, whether it is an IP-Adapter Plus, its weight, and the numbers of its pictures.
    adapters: tuple[tuple[bool, float, tuple[int, ...]], ...]


CASES: Mapping[str, Case] = {
    "sd1.base": Case("sd1", ((False, 0.7, (0,)),)),
    "sd1.plus": Case("sd1", ((True, 1.0, (1,)),)),
    "sd1.two pictures": Case("sd1", ((False, 1.0, (0, 1)),)),
    "sd1.two adapters": Case("sd1", ((False, 0.5, (0,)), (True, 0.8, (1, 0)))),
    "sdxl.base": Case("sdxl", ((False, 0.8, (1,)),)),
}


def picture(number: int) -> np.ndarray:
    """Return a made-up picture, uint8 (height, width, 3), with large and small shapes."""
    height, width = SHAPES[number]
    coarse = inputs(f"image prompt {number}", 3, 4, 5).numpy().transpose(1, 2, 0)
    fine = inputs(f"grain {number}", 3, height, width).numpy().transpose(1, 2, 0)
    rows, columns = np.arange(height) * 4 // height, np.arange(width) * 5 // width
    found: np.ndarray = (128 + 60 * coarse[rows][:, columns] + 25 * fine).clip(0, 255).astype(np.uint8)
    return found
