"""Evaluation statistics in NumPy: retrieval, distances of feature sets, nearest neighbours and dominant hues."""

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
    """Mean of a measurement over random draws, with the range that contains the central 95 % of the draws."""

    mean: float
    low: float
    high: float


def interval(values: Sequence[float] | NDArray[np.floating]) -> Interval:
    """Summarise the values of a measurement by their mean, 2.5th percentile and 97.5th percentile."""
    low, high = np.percentile(values, (2.5, 97.5))
    return Interval(float(np.mean(values)), float(low), float(high))


def draw_subsets(groups: Sequence[str], among: int, *, times: int, seed: int) -> list[NDArray[np.int64]]:
    """Draw `times` random subsets of `among` indices each, with at most one index per group.

    The selections serve as candidates for retrieval. If there are fewer groups than `among`, each group is selected
    once.
    """
    rng = np.random.default_rng(seed)
    names = np.array(groups)
    chosen = []
    for _ in range(times):
        order = rng.permutation(len(names))
        firsts = np.sort(np.unique(names[order], return_index=True)[1])
        chosen.append(order[firsts][:among])
    return chosen


def recall_at_1(queries: Vectors, answers: Vectors) -> float:
    """Return the retrieval accuracy R@1: the fraction of `queries` whose nearest vector in `answers` has the same row
    index. Both are unit vectors (n, d).
    """
    return float(np.mean((queries @ answers.T).argmax(axis=1) == np.arange(len(queries))))


def frechet_distance(one: Vectors, other: Vectors) -> float:
    """Return the squared Fréchet distance between two sets of image features, (n, d) and (m, d), fitted by Gaussians.

    The distance is |m1 − m2|² + tr(C1 + C2 − 2 (C1 C2)^½) (Heusel et al. 2017, equation 6). It is biased upwards for
    few samples, so only values for equal sample counts can be compared.
    """
    (mean, covariance), (other_mean, other_covariance) = _compute_moments(one), _compute_moments(other)
    values, basis = np.linalg.eigh(covariance)
    root = (basis * np.sqrt(np.maximum(values, 0))) @ basis.T
    mixed = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ other_covariance @ root), 0)).sum()
    spread = np.trace(covariance) + np.trace(other_covariance) - 2 * mixed
    return float(np.square(mean - other_mean).sum() + spread)


def kernel_distance(one: Vectors, other: Vectors) -> float:
    """Return the kernel distance between two sets of image features, about 0 for sets of the same distribution.

    It is the unbiased squared maximum mean discrepancy with the kernel (x·y/d + 1)³ (Bińkowski et al. 2018).
    """

    def kernel(a: Vectors, b: Vectors) -> NDArray[np.float64]:
        return (a.astype(np.float64) @ b.astype(np.float64).T / a.shape[1] + 1) ** 3

    def within(a: Vectors) -> float:
        table = kernel(a, a)
        return float((table.sum() - np.trace(table)) / (len(a) * (len(a) - 1)))

    return within(one) + within(other) - 2 * float(kernel(one, other).mean())


def nearest_distance(vectors: NDArray[np.generic], known: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return the Euclidean distance from each of n arrays, such as images, to the nearest of m known arrays.

    `known` may be memory-mapped.
    """
    queries = vectors.reshape(len(vectors), -1).astype(np.float32)
    closest = np.full(len(queries), np.inf, np.float32)
    for begin in range(0, len(known), 1024):
        part = known[begin : begin + 1024].reshape(-1, queries.shape[1]).astype(np.float32)
        closest = np.minimum(closest, (np.square(part).sum(axis=1) - 2 * queries @ part.T).min(axis=1))
    return np.sqrt(np.maximum(closest + np.square(queries).sum(axis=1), 0))


def share_memorised(generated: Vectors, fresh: Vectors, percentile: float = 1) -> float:
    """Return the fraction of generated images that count as memorised, because their distance to the nearest training
    image is below a threshold.

    `generated` and `fresh` are the distances to the nearest training image, from generated and from held-out images.
    The limit is the given percentile of `fresh`.
    """
    return float(np.mean(generated < np.percentile(fresh, percentile)))


def dominant_hue(rgba: NDArray[np.uint8]) -> str:
    """Return the name of the hue that covers the largest area of a straight-alpha image (H, W, 4). The result is "" for
    an image without hues.

    Neutral colours are ignored.
    """
    levels = rgba[..., :3] // 8
    colours, indices = np.unique(levels.reshape(-1, 3), axis=0, return_inverse=True)
    areas = np.bincount(indices.ravel(), weights=rgba[..., 3].ravel().astype(float))
    covered = dict.fromkeys(HUES, 0.0)
    for (red, green, blue), area in zip(colours.tolist(), areas, strict=True):
        name = _name_colour(red, green, blue)
        if name in covered:
            covered[name] += area
    hue = max(covered, key=lambda name: covered[name])
    return hue if covered[hue] else ""


def _compute_moments(features: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean (d,) and the covariance (d, d) of a set of feature vectors (n, d)."""
    return features.mean(axis=0, dtype=np.float64), np.cov(features.astype(np.float64), rowvar=False)


@cache
def _name_colour(red: int, green: int, blue: int) -> str:
    """Return the colour name that captions use for a colour, given as red, green and blue in 0 … 31."""
    return dominant_colour(np.array([[[8 * red + 4, 8 * green + 4, 8 * blue + 4, 255]]], np.uint8))
