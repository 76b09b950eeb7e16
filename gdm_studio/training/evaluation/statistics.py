"""The mathematics of the figures: retrieval, distances between clouds of features, nearness, hue. Plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdm_studio.training.data.colours import dominant_colour

HUES = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")

Vectors = NDArray[np.floating]


class Interval(NamedTuple):
    """A mean over draws, and the range that holds 95 % of them."""

    mean: float
    low: float
    high: float


def interval(values: Sequence[float] | NDArray[np.floating]) -> Interval:
    """Mean, 2.5th and 97.5th percentile."""
    low, high = np.percentile(values, (2.5, 97.5))
    return Interval(float(np.mean(values)), float(low), float(high))


def draws(groups: Sequence[str], among: int, *, times: int, seed: int) -> list[NDArray[np.int64]]:
    """`times` random choices of `among` indices (all groups, where there are fewer), no two of the same group."""
    rng = np.random.default_rng(seed)
    names = np.array(groups)
    chosen = []
    for _ in range(times):
        order = rng.permutation(len(names))
        firsts = np.sort(np.unique(names[order], return_index=True)[1])
        chosen.append(order[firsts][:among])
    return chosen


def recall_at_1(queries: Vectors, answers: Vectors) -> float:
    """Share of the unit vectors (n, d) in `queries` whose nearest among `answers` (n, d) is the one in the same row."""
    return float(np.mean((queries @ answers.T).argmax(axis=1) == np.arange(len(queries))))


def frechet_distance(one: Vectors, other: Vectors) -> float:
    """Squared Fréchet distance of Gaussians fitted to features (n, d) and (m, d) (Heusel et al. 2017, equation 6).

    |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½); by nature too large for few samples, so only of use beside another one
    over as many.
    """
    (mean, covariance), (other_mean, other_covariance) = _moments(one), _moments(other)
    values, basis = np.linalg.eigh(covariance)
    root = (basis * np.sqrt(np.maximum(values, 0))) @ basis.T
    mixed = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ other_covariance @ root), 0)).sum()
    spread = np.trace(covariance) + np.trace(other_covariance) - 2 * mixed
    return float(np.square(mean - other_mean).sum() + spread)


def kernel_distance(one: Vectors, other: Vectors) -> float:
    """Unbiased squared maximum mean discrepancy under (x·y/d + 1)³ (Bińkowski et al. 2018); about 0 for like clouds."""

    def kernel(a: Vectors, b: Vectors) -> NDArray[np.float64]:
        return (a.astype(np.float64) @ b.astype(np.float64).T / a.shape[1] + 1) ** 3

    def within(a: Vectors) -> float:
        table = kernel(a, a)
        return float((table.sum() - np.trace(table)) / (len(a) * (len(a) - 1)))

    return within(one) + within(other) - 2 * float(kernel(one, other).mean())


def nearest_distance(vectors: NDArray[np.generic], known: NDArray[np.generic]) -> NDArray[np.float32]:
    """Euclidean distance of each of (n, …) arrays to the nearest of (m, …) known ones, which may lie on disk."""
    queries = vectors.reshape(len(vectors), -1).astype(np.float32)
    closest = np.full(len(queries), np.inf, np.float32)
    for begin in range(0, len(known), 1024):
        part = known[begin : begin + 1024].reshape(-1, queries.shape[1]).astype(np.float32)
        closest = np.minimum(closest, (np.square(part).sum(axis=1) - 2 * queries @ part.T).min(axis=1))
    return np.sqrt(np.maximum(closest + np.square(queries).sum(axis=1), 0))


def share_memorised(made: Vectors, fresh: Vectors, percentile: float = 1) -> float:
    """Share of the distances `made` that lie below a percentile of those of pictures that training never saw."""
    return float(np.mean(made < np.percentile(fresh, percentile)))


def dominant_hue(rgba: NDArray[np.uint8]) -> str:
    """The hue that covers most of a straight-alpha picture (H, W, 4), neutral colours aside; "" where there is none."""
    levels = rgba[..., :3] // 8
    colours, which = np.unique(levels.reshape(-1, 3), axis=0, return_inverse=True)
    areas = np.bincount(which.ravel(), weights=rgba[..., 3].ravel().astype(float))
    covered = dict.fromkeys(HUES, 0.0)
    for (red, green, blue), area in zip(colours.tolist(), areas, strict=True):
        name = _colour_of(red, green, blue)
        if name in covered:
            covered[name] += area
    hue = max(covered, key=lambda name: covered[name])
    return hue if covered[hue] else ""


def _moments(features: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean (d,) and covariance (d, d) of features (n, d)."""
    return features.mean(axis=0, dtype=np.float64), np.cov(features.astype(np.float64), rowvar=False)


@cache
def _colour_of(red: int, green: int, blue: int) -> str:
    """What the captions call a colour, given in 32 levels a channel."""
    return dominant_colour(np.array([[[8 * red + 4, 8 * green + 4, 8 * blue + 4, 255]]], np.uint8))
