"""Reports on a training run in its folder: a PNG with test images, a diagnosis, and the number of test images that copy
training images.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gdm_studio.common.atomic_files import make_folder, open_replacement, write
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.loaded_model import LoadedModel
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.training.diagnosis import Diagnosis, count_copies
from gdm_studio.training.run_state_file import DIAGNOSIS, FEWEST, FEWEST_HELD_OUT, HELD_OUT, SHEETS

# Maximum number of images that are compared, and side of their thumbnails in pixels.
_MAX_COMPARED = 1000
_THUMBNAIL_SIDE = 32


def write_report(
    out: Path, seen: int, images: Sequence[np.ndarray], *, side: int, diagnosis: Diagnosis | None, copies: int | None
) -> None:
    """Write a report on a training run to its folder: a PNG with a row of test images, and the diagnosis after `seen`
    samples.

    Each image (H, W, 4) is scaled to `side` pixels. `copies` is the number of test images that copy training images, or
    None if unknown.
    """
    sheet = Image.new("RGB", (side * len(images), side), "white")
    for place, rgba in enumerate(images):
        image = Image.fromarray(rgba).convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
        sheet.paste(image, (place * side, 0), image)
    make_folder(out / SHEETS)
    with open_replacement(out / SHEETS / f"{seen:08}.png") as file:
        sheet.save(file, "PNG")
    facts: dict[str, Any] = {"seen": seen, "copies": copies}
    if diagnosis is not None:
        facts |= asdict(diagnosis)
    write(out / DIAGNOSIS, json.dumps(facts).encode())


def held_out_count(images: int) -> int:
    """Return how many of a folder's images are held out of training for the diagnosis.

    There are none if the folder is small.
    """
    return round(HELD_OUT * images) if images >= FEWEST else 0


def generate_images(model: LoadedModel, requests: Iterable[Request]) -> Iterator[np.ndarray]:
    """Generate a test image (H, W, 4), uint8, for each request with a model that is being trained."""
    library = _SingleModelLibrary(model)
    for request in requests:
        yield next(event.rgba for event in generate(request, library) if isinstance(event, Result))


class _SingleModelLibrary(Library):
    """Model library that returns the model in training for every name, so that images can be generated with it."""

    def __init__(self, model: LoadedModel) -> None:
        super().__init__()
        self._model = model

    def card(self, name: str) -> ModelCard:
        return self._model.card

    def load(self, name: str, **kind: Any) -> LoadedModel:
        return self._model

    def is_loaded(self, name: str, **kind: Any) -> bool:
        return True

    def make_room(self, name: str, **kind: Any) -> bool:
        return False


class CopyDetector:
    """Detector of generated images that copy training images, calibrated by the distances of held-out images."""

    def __init__(self, learned: Iterable[Image.Image], held_out: Iterable[Image.Image]) -> None:
        self._training_thumbnails = _make_thumbnails(learned)
        self._held_out_thumbnails = _make_thumbnails(held_out)

    def count(self, samples: Sequence[np.ndarray]) -> int | None:
        """Return how many of the generated images (H, W, 4) copy a training image.

        Returns None if there are fewer than FEWEST_HELD_OUT held-out images, too few to estimate the first percentile
        of their distances without false alarms.
        """
        if len(self._held_out_thumbnails) < FEWEST_HELD_OUT:
            return None
        return count_copies(
            _make_thumbnails(map(Image.fromarray, samples)), self._training_thumbnails, self._held_out_thumbnails
        )


def fit(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Crop an RGBA image around its centre to the aspect ratio of `size`, and scale it to that size."""
    scale = min(image.width / size[0], image.height / size[1])
    width, height = (max(1, round(side * scale)) for side in size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    box = (left, top, left + width, top + height)
    # Premultiplied, so that hidden colours of transparent pixels do not bleed into the others.
    return image.convert("RGBa").resize(size, Image.Resampling.LANCZOS, box=box).convert("RGBA")


def _make_thumbnails(images: Iterable[Image.Image]) -> Tensor:
    """Reduce at most _MAX_COMPARED images to thumbnails (n, side, side, 3) over white, in 0 … 1, to detect copies."""
    found = [_make_thumbnail(image.convert("RGBA")) for image, _ in zip(images, range(_MAX_COMPARED), strict=False)]
    return torch.stack(found) if found else torch.zeros(0, _THUMBNAIL_SIDE, _THUMBNAIL_SIDE, 3)


def _make_thumbnail(image: Image.Image) -> Tensor:
    small = fit(image, (_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    white = Image.new("RGBA", small.size, "white")
    white.alpha_composite(small)
    return torch.from_numpy(np.asarray(white.convert("RGB")).astype(np.float32) / 255)
