"""Densities of points in the plane: Gaussian mixtures along lines, each with two classes of modes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.exact.mixture import Mixture

# A polyline: the coordinates of its corners.
Line = Sequence[tuple[float, float]]
# Number of modes with which a drawing is approximated.
MODES = 64


@dataclass(frozen=True)
class Density:
    """Distribution of points in the plane with two classes, for testing samplers and small models. It has mean 0 and
    variance 1 per coordinate, averaged over both coordinates.

    `classes` contains the class (0 or 1) of each mode.
    """

    mixture: Mixture
    classes: np.ndarray  # (k,)

    def only(self, label: int) -> Mixture:
        """Return the distribution of the points of one class (0 or 1)."""
        return self.mixture.tilted((self.classes == label).astype(float))

    def class_of(self, x: np.ndarray) -> np.ndarray:
        """Return the class of each point (n, 2), taken from the nearest mode, with the shape (n,)."""
        distances = -2 * x @ self.mixture.means.T + (self.mixture.means**2).sum(axis=1)
        nearest: np.ndarray = self.classes[distances.argmin(axis=1)]
        return nearest


def along(lines: Sequence[Line], *, width: float = 0.08, modes: int = MODES) -> Density:
    """Create a distribution of points that are spread evenly along polylines and blurred by Gaussian noise of standard
    deviation `width`.

    The first half of the lines (or of a single line) is class 0. `width` applies after scaling. Raises BadRequest if
    the lines have zero length.
    """
    ends = [np.asarray(line, dtype=float) for line in lines if len(line) > 1]
    lengths = [float(np.linalg.norm(np.diff(end, axis=0), axis=1).sum()) for end in ends]
    ends = [end for end, length in zip(ends, lengths, strict=True) if length > 0]
    lengths = [length for length in lengths if length > 0]
    if not ends:
        raise BadRequest("Draw a line of some length.")
    total = sum(lengths)
    # Every line has at least two modes, and no density more than `modes` if there are fewer lines than half of that.
    counts = [max(2, round(modes * length / total)) for length in lengths]
    parts = [_space_evenly(end, count) for end, count in zip(ends, counts, strict=True)]
    means = np.concatenate(parts)
    weights = np.concatenate([np.full(count, length / count) for count, length in zip(counts, lengths, strict=True)])
    if len(parts) == 1:
        classes = (np.arange(len(means)) >= len(means) / 2).astype(int)
    else:
        classes = np.repeat([int(index >= len(parts) / 2) for index in range(len(parts))], counts)
    return _standardise(weights / weights.sum(), means, classes, width)


def two_modes() -> Density:
    """Create a distribution of points with two round modes side by side."""
    return _standardise(np.full(2, 0.5), np.array([[-1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]), 0.2)


def ring() -> Density:
    """Create a distribution of points with eight round modes on a circle, whose classes alternate."""
    turns = 2 * math.pi * np.arange(8) / 8
    return _standardise(np.full(8, 1 / 8), np.stack([np.cos(turns), np.sin(turns)], axis=1), np.arange(8) % 2, 0.12)


def moons() -> Density:
    """Create a distribution of points along two interleaved half circles, one for each class."""
    turns = np.linspace(0, math.pi, 24)
    upper = list(zip(np.cos(turns), np.sin(turns), strict=True))
    lower = [(1 - x, 0.5 - y) for x, y in upper]
    return along([upper, lower])


def spiral() -> Density:
    """Create a distribution of points along a spiral of two turns. Its inner half is class 0."""
    turns = np.linspace(0.15, 1, 80)
    angles = 4 * math.pi * turns
    return along([list(zip(turns * np.cos(angles), turns * np.sin(angles), strict=True))], width=0.06)


def checkerboard() -> Density:
    """Create a distribution of points on the dark squares of a 4 × 4 board. The left half is class 0."""
    squares = [(x, y) for x in range(4) for y in range(4) if (x + y) % 2 == 0]
    offsets = [(dx, dy) for dx in (-0.25, 0.25) for dy in (-0.25, 0.25)]
    means = np.array([(x + dx, y + dy) for x, y in squares for dx, dy in offsets])
    classes = (means[:, 0] > 1.5).astype(int)
    return _standardise(np.full(len(means), 1 / len(means)), means, classes, 0.13)


def letters() -> Density:
    """Create a distribution of points along the letters X and O, one for each class."""
    turns = np.linspace(0, 2 * math.pi, 33)
    circle = list(zip(1.3 + 0.85 * np.cos(turns), np.sin(turns), strict=True))
    return along([[(-2, -1), (-0.6, 1)], [(-2, 1), (-0.6, -1)], circle[:17], circle[16:]])


# The densities by name, with their titles, in the order of the menu.
DENSITIES: dict[str, tuple[str, Callable[[], Density]]] = {
    "two_modes": (QT_TRANSLATE_NOOP("Density", "Two modes"), two_modes),
    "ring": (QT_TRANSLATE_NOOP("Density", "Ring"), ring),
    "moons": (QT_TRANSLATE_NOOP("Density", "Moons"), moons),
    "spiral": (QT_TRANSLATE_NOOP("Density", "Spiral"), spiral),
    "checkerboard": (QT_TRANSLATE_NOOP("Density", "Checkerboard"), checkerboard),
    "letters": (QT_TRANSLATE_NOOP("Density", "Letters"), letters),
}


def _space_evenly(corners: np.ndarray, count: int) -> np.ndarray:
    """Return `count` evenly spaced points along a polyline with the corners (n, 2), including both ends."""
    reached = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    places = np.linspace(0, reached[-1], count)
    return np.stack([np.interp(places, reached, corners[:, axis]) for axis in range(2)], axis=1)


def _standardise(weights: np.ndarray, means: np.ndarray, classes: np.ndarray, width: float) -> Density:
    """Create a distribution from modes of standard deviation `width`, after shifting and scaling their means so that
    the mean is 0 and the variance 1.
    """
    means = means - weights @ means
    variance = float(weights @ (means**2).sum(axis=1)) / 2
    means = means * math.sqrt((1 - width**2) / variance)
    return Density(Mixture(weights, means, np.full(len(weights), width**2)), classes)
