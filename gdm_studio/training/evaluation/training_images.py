"""Training images of a model, for comparison with generated images."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common.atomic_files import make_folder, open_replacement
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.models.model_card import ModelCard
from gdm_studio.training.data.dataset import Pictures, Row, in_subset, open_pictures
from gdm_studio.training.evaluation import statistics
from gdm_studio.training.evaluation.cached_generator import ProgressCallback, cache_folder

# The side in pixels at which images are compared with all drawings.
SIDE = 64
# The batch size for images.
BATCH = 256

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TrainingImages:
    """Training images in the styles of a model, for finding generated images that resemble them."""

    pictures: Pictures
    # The manifest rows in these styles, including tinted versions.
    rows: Sequence[Row]
    # The side of the model's images in pixels.
    size: int
    # Small premultiplied copies of all images, (len(rows), SIDE, SIDE, 4). May be memory-mapped.
    known: NDArray[np.uint8]

    def load_drawings(self, rows: Sequence[Row]) -> NDArray[np.uint8]:
        """Load the training images of the given rows at the model's image size, as uint8 (n, size, size, 4) with
        straight alpha.
        """
        return to_straight_alpha(self.load_reduced(rows, self.size))

    def load_reduced(self, rows: Sequence[Row], side: int) -> Floats:
        """Load the training images of the given rows reduced to `side` pixels, as premultiplied floats (n, side, side,
        4) in 0 … 1.
        """
        return downscale(self.pictures.rgba([row["index"] for row in rows]), side)

    def nearest(self, pictures: NDArray[np.uint8]) -> Floats:
        """Return the distance (n,) of each generated image (H, W, 4) to the nearest training image.

        The distance is a root mean square in 0 … 1.
        """
        small = 255 * downscale(pictures, SIDE)
        apart: Floats = statistics.nearest_distance(small, self.known) / np.float32(255 * small[0].size ** 0.5)
        return apart


def open_training_images(data: Path, card: ModelCard, show: ProgressCallback) -> TrainingImages:
    """Load the training images in the styles of a model. Small copies of them are cached on disk.

    Raises StudioError.
    """
    pictures = open_pictures(data)
    styles = {style.id for style in card.styles}
    check_size(data, pictures, card.size)
    check_size(data, pictures, SIDE)
    rows = [row for row in pictures.rows if row["style"] in styles]
    if not rows:
        raise StudioError(f"{data} has no image in a style of {card.name}; add images.")
    return TrainingImages(pictures, rows, card.size, _load_small_copies(data, pictures, rows, show))


def check_size(data: Path, pictures: Pictures, size: int) -> None:
    """Raise BadRequest unless the dataset's images can be reduced to `size` pixels by an integer factor."""
    if pictures.size < size or pictures.size % size:
        raise BadRequest(
            f"{data} has images of {pictures.size} pixels, which cannot be reduced to {size}; build others with  "
            f"gdm-studio data icons --subset all --size {size}"
        )


def select_drawings(rows: Iterable[Row], count: int) -> list[Row]:
    """Select up to `count` training images of ordinary objects in emoji-like styles. A hash of their names makes the
    selection reproducible.

    A drawing is selected only if no other one has the same caption and style, since a generated image could resemble
    either.
    """
    plain = [row for row in rows if in_subset(row, "narrow") and not row["tint"] and not row["tone"]]
    drawn = Counter((row["caption"], row["style"]) for row in plain)
    unique = [row for row in plain if drawn[row["caption"], row["style"]] == 1]
    return sorted(unique, key=lambda row: digest(row["set"], row["name"]))[:count]


def seed_of(row: Row) -> int:
    """Return the seed for generating an image to compare with a training image. It depends only on the training
    image.
    """
    return int.from_bytes(digest(row["set"], row["name"])[:4], "big")


def digest(*names: str) -> bytes:
    """Return the SHA-256 digest of names. Sorting by this digest gives a reproducible order that nobody can influence
    by choice.
    """
    return hashlib.sha256("/".join(names).encode()).digest()


def downscale(rgba: NDArray[np.uint8], side: int) -> Floats:
    """Reduce straight-alpha uint8 images (n, H, W, 4) to `side` pixels by averaging areas.

    The result (n, side, side, 4) is premultiplied in 0 … 1. H = W must be a multiple of `side`.
    """
    out = np.empty((len(rgba), side, side, 4), np.float32)
    for begin in range(0, len(rgba), BATCH):
        values = rgba[begin : begin + BATCH].astype(np.float32) / 255
        values[..., :3] *= values[..., 3:]
        block = values.shape[1] // side
        out[begin : begin + BATCH] = values.reshape(-1, side, block, side, block, 4).mean(axis=(2, 4))
    return out


def to_straight_alpha(premultiplied: Floats) -> NDArray[np.uint8]:
    """Convert images with premultiplied alpha (n, H, W, 4) in 0 … 1 to uint8 images with straight alpha."""
    alpha = premultiplied[..., 3:]
    colours = np.divide(premultiplied[..., :3], alpha, out=np.zeros_like(premultiplied[..., :3]), where=alpha > 1 / 510)
    return (255 * np.concatenate([colours, alpha], axis=-1).clip(0, 1)).round().astype(np.uint8)


def _load_small_copies(
    data: Path, pictures: Pictures, rows: Sequence[Row], show: ProgressCallback
) -> NDArray[np.uint8]:
    """Return small copies of all training images, with SIDE pixels per side, as premultiplied uint8 (n, SIDE, SIDE, 4).
    They are cached on disk.
    """
    indices = [row["index"] for row in rows]
    key = (data / "meta.json").read_bytes() + json.dumps(indices).encode()
    path = cache_folder() / f"taught-{hashlib.sha256(key).hexdigest()[:16]}.npy"
    if not path.exists():
        small = np.empty((len(rows), SIDE, SIDE, 4), np.uint8)
        for begin in range(0, len(rows), BATCH):
            part = pictures.rgba(indices[begin : begin + BATCH])
            small[begin : begin + len(part)] = (255 * downscale(part, SIDE)).round()
            show("training drawings", begin + len(part), len(rows))
        make_folder(path.parent)
        with open_replacement(path, durable=False) as file:
            np.save(file, small)
    cached: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return cached
