"""Cases of the comparison with diffusers for reference images and fills, on small models with made-up weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tests.parity.numbers import FOLDER

FILE = FOLDER / "references.json"
PROMPT = "a red house beside a lake"
STEPS = 4
# Width and height of the generated image.
SIZE = (160, 128)
EVERY_LATENT, EVERY_PIXEL = 331, 1999


@dataclass(frozen=True)
class ReferenceCase:
    """An image of a kind of `tiny_transformers.KINDS`, with reference images of these sizes (width, height)."""

    kind: str
    distilled_guidance: float = 0.0
    references: tuple[tuple[int, int], ...] = ()
    # Whether a part of an image is filled.
    fills: bool = False


CASES: Mapping[str, ReferenceCase] = {
    "FLUX.2 Klein, one reference": ReferenceCase("klein", references=((128, 96),)),
    "FLUX.2 Klein, three references": ReferenceCase("klein", references=((128, 96), (96, 160), (64, 64))),
    "FLUX.1 Kontext": ReferenceCase("flux1 kontext", 2.5, references=((112, 96),)),
    "FLUX.1 Fill": ReferenceCase("flux1 fill", 30.0, fills=True),
}


def image(number: int, width: int, height: int) -> np.ndarray:
    """Return a made-up image, uint8 RGB (height, width, 3)."""
    numbers = np.random.default_rng(number)
    coarse = numbers.uniform(0, 255, (height // 16, width // 16, 3))
    return np.kron(coarse, np.ones((16, 16, 1))).round().astype(np.uint8)


def mask(width: int, height: int) -> np.ndarray:
    """Return a mask, uint8 (height, width), with 255 where the image is filled. Its edges lie between latents."""
    found = np.zeros((height, width), np.uint8)
    found[20:101, 37:130] = 255
    return found
