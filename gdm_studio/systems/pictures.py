"""The pictures that systems learn: the small set of icons, or a folder of one's own, with what is told of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gdm_studio.errors import BadRequest, StorageError, StudioError
from gdm_studio.models.families.icons_model import premultiplied
from gdm_studio.picture_file import read_rgba
from gdm_studio.training.data.dataset import open_pictures

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"}
HELD_OUT = 8  # one picture in so many is kept from whoever judges
LICENCE = "CC-BY-4.0"  # which goes with those of all the sets in the small one
STYLE, COLOUR = "style_", "colour_"  # how factors of these kinds begin


@dataclass(frozen=True)
class PictureSet:
    """`rgba` (N, S, S, 4) straight, `label` of each (−1 for none) and the share (N, M) that it has of each factor."""

    rgba: NDArray[np.uint8]
    labels: tuple[str, ...]
    label: NDArray[np.int64]
    factors: dict[str, str]  # names with their titles
    shares: NDArray[np.float32]

    @property
    def told(self) -> int:
        """Width of what a network is told."""
        return len(self.labels) + len(self.factors)

    @property
    def licence(self) -> str:
        """Of what learned from them: that of the small set, which alone has styles; "" where it is not known."""
        return LICENCE if any(name.startswith(STYLE) for name in self.factors) else ""

    @cached_property
    def data(self) -> Tensor:
        """(N, 4, S, S) premultiplied, in −1 … 1."""
        return premultiplied(torch.from_numpy(self.rgba))

    @cached_property
    def scale(self) -> float:
        """Standard deviation of the data."""
        return float(self.data.std())

    def parts(self, *, drawings: bool = False) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of most pictures, and of those held out: one rendering in eight that has another of its drawing
        among the rest, or whole `drawings`, one in eight, with all their tints; so too where none has another."""
        styles = [place for place, name in enumerate(self.factors) if name.startswith(STYLE)]
        alone = np.arange(len(self.label))[:, None] if not styles else self.shares[:, styles]
        _, drawn, counts = np.unique(
            np.column_stack([self.label, alone]), axis=0, return_inverse=True, return_counts=True
        )
        drawn, rng = drawn.reshape(-1), np.random.default_rng(0)
        if drawings or counts.max() < 2:  # one's own pictures are each drawn but once
            held = np.isin(drawn, rng.permutation(len(counts))[::HELD_OUT])
        else:
            last = {int(drawing): place for place, drawing in enumerate(drawn) if counts[drawing] > 1}
            several = np.array(list(last.values()), dtype=np.int64)
            held = np.isin(np.arange(len(drawn)), rng.permutation(several)[: len(drawn) // HELD_OUT])
        return np.flatnonzero(~held), np.flatnonzero(held)

    def rows(self, indices: NDArray[Any], *, label: NDArray[Any], factors: NDArray[Any]) -> Tensor:
        """(n, told) of pictures, of each its class and its factors where the booleans (n,) say so."""
        told = np.zeros((len(indices), self.told), np.float32)
        named = label & (self.label[indices] >= 0)
        told[np.flatnonzero(named), self.label[indices][named]] = 1
        told[:, len(self.labels) :] = self.shares[indices] * factors[:, None]
        return torch.from_numpy(told)


def open_set(folder: Path, size: int) -> PictureSet:
    """What `gdm-studio data icons` wrote, or pictures in folders named after their classes. Raises StudioError."""
    found = _icons(folder) if (folder / "meta.json").is_file() else _own(folder, size)
    if found.rgba.shape[1] != size:
        had = found.rgba.shape[1]
        raise BadRequest(f"The pictures in {folder} are of {had} pixels; give --size {had}, or make them anew.")
    return found


def _icons(folder: Path) -> PictureSet:
    pictures = open_pictures(folder)
    labels = tuple(dict.fromkeys(row["concept"] for row in pictures.rows))
    styles = list(dict.fromkeys(row["style"] for row in pictures.rows))
    colours = sorted({row["colour"] for row in pictures.rows if row["colour"]})
    shares = np.array([
        [*(row["style"] == style for style in styles), *(row["colour"] == colour for colour in colours)]
        for row in pictures.rows
    ], np.float32)  # fmt: skip
    factors = {f"{STYLE}{_name(style)}": style.replace("-", " ").capitalize() for style in styles}
    factors |= {f"{COLOUR}{_name(colour)}": colour.capitalize() for colour in colours}
    label = np.array([labels.index(row["concept"]) for row in pictures.rows])
    return PictureSet(pictures.rgba(pictures.indices()), labels, label, factors, shares)


def _own(folder: Path, size: int) -> PictureSet:
    try:
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise StorageError(f"{folder} cannot be read: {error.strerror or error}.") from error
    if not paths:
        raise StudioError(
            f"{folder} holds no pictures; name a folder of them, or one that  gdm-studio data icons --subset few "
            f"--size {size}  wrote."
        )
    named = [path.parent.relative_to(folder).as_posix() for path in paths]
    labels = tuple(sorted({name for name in named if name != "."}))
    label = np.array([labels.index(name) if name in labels else -1 for name in named])
    rgba = np.stack([square(np.asarray(read_rgba(path)), size) for path in paths])
    return PictureSet(rgba, labels, label, {}, np.zeros((len(paths), 0), np.float32))


def square(rgba: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The middle of a picture, at that size."""
    height, width = rgba.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = Image.fromarray(rgba[top : top + side, left : left + side])
    return np.array(middle.resize((size, size), Image.Resampling.BOX if side > size else Image.Resampling.NEAREST))


def _name(words: str) -> str:
    return words.replace("-", "_").replace(" ", "_")
