"""Training images of the systems with their conditioning.

They are the small icon dataset or the user's own folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.common.image_file import read_rgba_array
from gdm_studio.maths.exact.mixture import Mixture
from gdm_studio.models.straight_alpha import to_premultiplied
from gdm_studio.training.captioned_folder import FolderProblems, PromptReader, classes_of, read_folder, read_no_prompt
from gdm_studio.training.data.dataset import open_pictures

# Maximum number of pixels of all images of a folder together, whose data then need 4 GB.
MOST_PIXELS = 250_000_000
# One image in HELD_OUT is excluded from the training of the judge.
HELD_OUT = 8
# A licence that is compatible with the licences of all icon sets in the small dataset.
LICENCE = "CC-BY-4.0"
# The name prefixes of style and colour factors.
STYLE = "style_"
COLOUR = "colour_"


@dataclass(frozen=True)
class ImageDataset:
    """Training images in memory, with a class for each image and factors such as style and colour."""

    # Images (N, S, S, 4) with straight alpha.
    rgba: NDArray[np.uint8]
    # The class names.
    labels: tuple[str, ...]
    # The class of each image, as an index of `labels` (N,); −1 for none.
    label: NDArray[np.int64]
    # The titles of the M factors, by the factor's name.
    factors: dict[str, str]
    # The strength of each factor in each image, in 0 … 1, (N, M).
    shares: NDArray[np.float32]
    # Files that were left out or cut.
    problems: FolderProblems = field(default_factory=FolderProblems)

    # True for a dataset of points in the plane.
    is_points: ClassVar[bool] = False

    def __len__(self) -> int:
        return len(self.rgba)

    @property
    def cond_width(self) -> int:
        """Length of the conditioning vector of an image: one number for each class and for each factor."""
        return len(self.labels) + len(self.factors)

    @property
    def licence(self) -> str:
        """Licence of models trained on this dataset, or "" if the licence is unknown.

        It is known for the small icon dataset, the only dataset with styles.
        """
        return LICENCE if any(name.startswith(STYLE) for name in self.factors) else ""

    @cached_property
    def data(self) -> Tensor:
        """All images as network inputs, a tensor (N, 4, S, S) with premultiplied alpha and values in −1 … 1."""
        return to_premultiplied(torch.from_numpy(self.rgba))

    @cached_property
    def scale(self) -> float:
        """Standard deviation of the training images' values, for scaling the inputs of diffusion."""
        return float(self.data.std())

    def split(self, *, drawings: bool = False) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Divide the images into a training set and a held-out set with one image in eight. Returns the indices of both
        sets.

        The held-out images are single renderings of drawings that also have a training rendering. With `drawings`, or
        if every drawing has only one rendering, whole drawings with all their colour variants are held out.
        """
        styles = [index for index, name in enumerate(self.factors) if name.startswith(STYLE)]
        style_of_each = np.arange(len(self.label))[:, None] if not styles else self.shares[:, styles]
        _, drawing_of_each, counts = np.unique(
            np.column_stack([self.label, style_of_each]), axis=0, return_inverse=True, return_counts=True
        )
        drawing_of_each = drawing_of_each.reshape(-1)
        rng = np.random.default_rng(0)
        if drawings or counts.max() < 2:
            is_held_out = np.isin(drawing_of_each, rng.permutation(len(counts))[::HELD_OUT])
        else:
            last = {int(drawing): index for index, drawing in enumerate(drawing_of_each) if counts[drawing] > 1}
            candidates = np.array(list(last.values()), dtype=np.int64)
            chosen = rng.permutation(candidates)[: len(drawing_of_each) // HELD_OUT]
            is_held_out = np.isin(np.arange(len(drawing_of_each)), chosen)
        return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)

    def conditioning(self, indices: NDArray[Any], *, label: NDArray[Any], factors: NDArray[Any]) -> Tensor:
        """Return the conditioning vectors of the images with these indices, as a tensor (n, cond_width).

        The booleans `label` and `factors` (n,) determine for each image whether its class and its factors are included.
        """
        conditioning = np.zeros((len(indices), self.cond_width), np.float32)
        has_label = label & (self.label[indices] >= 0)
        conditioning[np.flatnonzero(has_label), self.label[indices][has_label]] = 1
        conditioning[:, len(self.labels) :] = self.shares[indices] * factors[:, None]
        return torch.from_numpy(conditioning)


def grid() -> Mixture:
    """Return the distribution of the dataset `points:grid`: 25 equally weighted Gaussians on a square grid.

    Neighbouring modes are 14 standard deviations apart.
    """
    places = np.array([[x, y] for x in range(-2, 3) for y in range(-2, 3)])
    return Mixture(np.full(25, 1 / 25), 0.42 * places, np.full(25, 0.03**2))


def two_modes() -> Mixture:
    """Return a mixture of two distant 2-D Gaussians with the weights 0.2 and 0.8.

    Langevin dynamics without annealing reproduces the wrong weights (Song and Ermon 2019, section 3.2.2).
    """
    return Mixture(np.array([0.2, 0.8]), np.array([[-0.6, -0.6], [0.6, 0.6]]), np.full(2, 0.12**2))


def classes() -> Mixture:
    """Return a mixture of three overlapping 2-D Gaussians of equal weight at the corners of a triangle. Each Gaussian
    is a class.
    """
    turns = np.pi * (np.array([0, 1, 2]) * 2 / 3 + 1 / 2)
    return Mixture(np.full(3, 1 / 3), 0.5 * np.stack([np.cos(turns), np.sin(turns)], axis=1), np.full(3, 0.3**2))


# The known distributions of points. `--data points:NAME` trains on one of them.
POINT_SETS = {"grid": grid, "two-modes": two_modes, "classes": classes}
POINTS = "points:"
# The class names of the modes, for the distributions whose modes are classes.
POINT_CLASSES = {"classes": ("top", "left", "right")}
# The number of training points.
POINT_COUNT = 50_000
# The seed of the training points.
POINT_SEED = 0


@dataclass(frozen=True)
class PointDataset:
    """Training dataset of 2-D points, drawn from a known distribution.

    It has the interface of `ImageDataset`.
    """

    name: str
    mixture: Mixture

    is_points: ClassVar[bool] = True
    problems: ClassVar[FolderProblems] = FolderProblems()
    factors: ClassVar[dict[str, str]] = {}
    # The points are computed by a formula, so no dataset licence applies.
    licence: ClassVar[str] = "Apache-2.0"

    def __len__(self) -> int:
        return POINT_COUNT

    @property
    def model_suffix(self) -> str:
        """Suffix for the name of a model trained on these points: "classes" or "points"."""
        return "classes" if self.labels else "points"

    @property
    def labels(self) -> tuple[str, ...]:
        return POINT_CLASSES.get(self.name, ())

    @property
    def cond_width(self) -> int:
        return len(self.labels)

    @cached_property
    def label(self) -> NDArray[np.int64]:
        """Class of each point as an index of `labels`, or −1 if the points have no classes."""
        modes = self.mixture.sampled_modes(POINT_COUNT, seed=POINT_SEED)
        return modes.astype(np.int64) if self.labels else np.full(POINT_COUNT, -1, np.int64)

    @cached_property
    def data(self) -> Tensor:
        """The training points as a tensor (N, 1, 1, 2), a batch of N images of one point each."""
        return torch.from_numpy(self.mixture.sample(POINT_COUNT, seed=POINT_SEED)).float()[:, None, None]

    @cached_property
    def scale(self) -> float:
        """Standard deviation of the points' coordinates, for scaling the inputs of diffusion."""
        return float(self.data.std())

    def conditioning(self, indices: NDArray[Any], *, label: NDArray[Any], factors: NDArray[Any]) -> Tensor:
        """Return the conditioning vectors of training points: a one-hot class where `label` (n,) is True, and zeros
        elsewhere.

        `indices` (n,) selects the points.
        """
        known = np.zeros((len(indices), self.cond_width), np.float32)
        if self.labels:
            known[np.flatnonzero(label), self.label[indices][label]] = 1
        return torch.from_numpy(known)


def open_dataset(folder: Path, size: int, read_prompt: PromptReader = read_no_prompt) -> Any:
    """Load the images or points on which a system is trained.

    The folder is the output of `gdm-studio data icons`, or contains images whose classes are their subfolders or
    captions (see `classes_of` and `read_folder`). The name `points:NAME` loads a known distribution of points. Raises
    StudioError if there is no data, or if the prepared images have another size.
    """
    if str(folder).startswith(POINTS):
        name = str(folder).removeprefix(POINTS)
        if name not in POINT_SETS:
            raise BadRequest(f"There are no points called {name!r}; choose from {', '.join(POINT_SETS)}.")
        return PointDataset(name, POINT_SETS[name]())
    dataset = _load_icons(folder) if (folder / "meta.json").is_file() else _load_user_images(folder, size, read_prompt)
    side = dataset.rgba.shape[1]
    if side != size:
        raise BadRequest(f"The images in {folder} have {side} pixels; use --size {side}, or render them again.")
    return dataset


def _load_icons(folder: Path) -> ImageDataset:
    pictures = open_pictures(folder)
    labels = tuple(dict.fromkeys(row["concept"] for row in pictures.rows))
    styles = list(dict.fromkeys(row["style"] for row in pictures.rows))
    colours = sorted({row["colour"] for row in pictures.rows if row["colour"]})
    shares = np.array(
        [
            [*(row["style"] == style for style in styles), *(row["colour"] == colour for colour in colours)]
            for row in pictures.rows
        ],
        np.float32,
    )
    factors = {f"{STYLE}{_format_name(style)}": style.replace("-", " ").capitalize() for style in styles}
    factors |= {f"{COLOUR}{_format_name(colour)}": colour.capitalize() for colour in colours}
    label = np.array([labels.index(row["concept"]) for row in pictures.rows])
    return ImageDataset(pictures.rgba(pictures.indices()), labels, label, factors, shares)


def _load_user_images(folder: Path, size: int, read_prompt: PromptReader) -> ImageDataset:
    """Load the user's own images from a folder and its subfolders, with their classes.

    They are cropped to squares and resized to `size` pixels.
    """
    problems = FolderProblems()
    images = read_folder(folder, read_prompt, nested=True, problems=problems)
    if len(images) * size * size > MOST_PIXELS:
        raise BadRequest(
            f"{len(images):,} images of {size} pixels do not fit into memory; choose fewer or smaller ones."
        )
    loaded = []
    for each, name in zip(images, classes_of(folder, images), strict=True):
        try:
            loaded.append((name, crop_square(read_rgba_array(each.path), size)))
        except StorageError:
            # Only the header has been read before, and the user may have deleted the file meanwhile.
            problems.unreadable.append(each.path)
    if not loaded:
        raise StudioError(
            f"{folder} contains no images; choose a folder of images, or the output of  gdm-studio data icons "
            f"--subset few --size {size}."
        )
    labels = tuple(sorted({name for name, _ in loaded} - {""}))
    label = np.array([labels.index(name) if name else -1 for name, _ in loaded])
    rgba = np.stack([pixels for _, pixels in loaded])
    shares = np.zeros((len(loaded), 0), np.float32)
    return ImageDataset(rgba, labels, label, {}, shares, problems)


def crop_square(rgba: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Crop the largest central square of an RGBA image (H, W, 4), and resize it to `size` pixels."""
    height, width = rgba.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = Image.fromarray(rgba[top : top + side, left : left + side])
    return np.array(middle.resize((size, size), Image.Resampling.BOX if side > size else Image.Resampling.NEAREST))


def _format_name(words: str) -> str:
    return words.replace("-", "_").replace(" ", "_")
