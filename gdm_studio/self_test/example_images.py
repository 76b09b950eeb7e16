"""Captioned images for a model's self-test: the example images of the built-in model Icons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from gdm_studio.common.image_file import read_rgba
from gdm_studio.models.model_card import sample_path
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN


@dataclass(frozen=True)
class CaptionedImage:
    """Test image for a model's self-test, uint8 RGBA (H, W, 4) with straight alpha, with its caption and the id of its
    style in the built-in model.
    """

    caption: str
    style: str
    rgba: np.ndarray


def captioned_images(library: Library, side: tuple[int, int], count: int) -> list[CaptionedImage]:
    """Return up to `count` test images: the built-in model's example images, resized to `side` (width, height). Raises
    ModelError or StorageError.
    """
    card = library.card(BUILT_IN)
    found = []
    for example in card.examples[:count]:
        path = sample_path(card, "example", example.prompt)
        if path is None or not path.is_file():
            continue
        # Premultiplied, so that the colours of transparent pixels do not bleed into edges.
        large = read_rgba(path).convert("RGBa").resize(side, Image.Resampling.LANCZOS).convert("RGBA")
        found.append(CaptionedImage(example.prompt, example.style, np.asarray(large)))
    return found
