"""What a model was taught, to compare its pictures with: pairs of a caption and a style, and every drawing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.atomic import make_folder, replacing
from gdm_studio.errors import BadRequest, StudioError
from gdm_studio.models.card import ModelCard
from gdm_studio.training.data.dataset import Pictures, Row, in_subset, open_pictures
from gdm_studio.training.evaluation import statistics
from gdm_studio.training.evaluation.drawing import Show, kept_in

SIDE = 64  # pixels a side that pictures are compared at with all drawings
AT_ONCE = 256  # pictures

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Taught:
    """The training pictures in the styles of a model."""

    pictures: Pictures
    rows: Sequence[Row]  # in these styles, tinted ones included
    size: int  # of the model's pictures
    known: NDArray[np.uint8]  # (len(rows), SIDE, SIDE, 4) premultiplied, which may lie on disk

    def drawings(self, rows: Sequence[Row]) -> NDArray[np.uint8]:
        """(n, size, size, 4) these training drawings at the model's size, straight alpha."""
        return straight(self.reduced(rows, self.size))

    def reduced(self, rows: Sequence[Row], side: int) -> Floats:
        """(n, side, side, 4) these training drawings, as `reduced` gives them."""
        return reduced(self.pictures.rgba([row["index"] for row in rows]), side)

    def nearest(self, pictures: NDArray[np.uint8]) -> Floats:
        """For each picture (H, W, 4) its root mean square distance to the nearest of all drawings: 0 … 1."""
        small = 255 * reduced(pictures, SIDE)
        apart: Floats = statistics.nearest_distance(small, self.known) / np.float32(255 * small[0].size**0.5)
        return apart


def open_taught(data: Path, card: ModelCard, show: Show) -> Taught:
    """Reads what there is to compare with; small copies of the drawings are kept. Raises StudioError."""
    pictures, styles = open_pictures(data), {style.id for style in card.styles}
    check_size(data, pictures, card.size)
    check_size(data, pictures, SIDE)
    rows = [row for row in pictures.rows if row["style"] in styles]
    if not rows:
        raise StudioError(f"{data} has no picture in a style of {card.name}; add pictures.")
    return Taught(pictures, rows, card.size, _small(data, pictures, rows, show))


def check_size(data: Path, pictures: Pictures, size: int) -> None:
    """Raises BadRequest where the pictures cannot be reduced to `size` pixels by whole areas."""
    if pictures.size < size or pictures.size % size:
        raise BadRequest(
            f"{data} has pictures of {pictures.size} pixels, which cannot be reduced to {size}; make others with  "
            f"gdm-studio data icons --subset all --size {size}"
        )


def seen_pairs(rows: Iterable[Row], count: int) -> list[Row]:
    """`count` plain things in emoji-like styles, chosen by a hash of their names whatever others there are.

    Only where one drawing alone has the caption in its style: of two, a picture could be like either.
    """
    plain = [row for row in rows if in_subset(row, "narrow") and not row["tint"] and not row["tone"]]
    drawn = Counter((row["caption"], row["style"]) for row in plain)
    sole = [row for row in plain if drawn[row["caption"], row["style"]] == 1]
    return sorted(sole, key=lambda row: digest(row["set"], row["name"]))[:count]


def seed_of(row: Row) -> int:
    """The seed that the counterpart of a training picture is drawn with."""
    return int.from_bytes(digest(row["set"], row["name"])[:4], "big")


def digest(*names: str) -> bytes:
    """What choices hang on that nobody is to make by hand."""
    return hashlib.sha256("/".join(names).encode()).digest()


def reduced(rgba: NDArray[np.uint8], side: int) -> Floats:
    """(n, H, W, 4) straight uint8 to (n, side, side, 4) premultiplied in 0 … 1, by the mean over areas.

    H = W is a multiple of `side`.
    """
    out = np.empty((len(rgba), side, side, 4), np.float32)
    for begin in range(0, len(rgba), AT_ONCE):
        values = rgba[begin : begin + AT_ONCE].astype(np.float32) / 255
        values[..., :3] *= values[..., 3:]
        block = values.shape[1] // side
        out[begin : begin + AT_ONCE] = values.reshape(-1, side, block, side, block, 4).mean(axis=(2, 4))
    return out


def straight(premultiplied: Floats) -> NDArray[np.uint8]:
    """(n, H, W, 4) premultiplied in 0 … 1 to straight uint8."""
    alpha = premultiplied[..., 3:]
    colours = np.divide(premultiplied[..., :3], alpha, out=np.zeros_like(premultiplied[..., :3]), where=alpha > 1 / 510)
    return (255 * np.concatenate([colours, alpha], axis=-1).clip(0, 1)).round().astype(np.uint8)


def _small(data: Path, pictures: Pictures, rows: Sequence[Row], show: Show) -> NDArray[np.uint8]:
    """All these drawings at SIDE pixels, premultiplied; read from disk where they were made before."""
    indices = [row["index"] for row in rows]
    about = (data / "meta.json").read_bytes() + json.dumps(indices).encode()
    path = kept_in() / f"taught-{hashlib.sha256(about).hexdigest()[:16]}.npy"
    if not path.exists():
        small = np.empty((len(rows), SIDE, SIDE, 4), np.uint8)
        for begin in range(0, len(rows), AT_ONCE):
            part = pictures.rgba(indices[begin : begin + AT_ONCE])
            small[begin : begin + len(part)] = (255 * reduced(part, SIDE)).round()
            show("training drawings", begin + len(part), len(rows))
        make_folder(path.parent)
        with replacing(path, durable=False) as file:
            np.save(file, small)
    kept: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return kept
