"""What guidance and some samplers ask of whole pictures, in what numpy and torch share."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce

from gdm_studio.maths.path import Array


def weighted(weights: Iterable[float], values: Iterable[Array]) -> Array:
    """The sum of weight · value, as far as there are both; at least one pair."""
    return reduce(operator.add, map(operator.mul, weights, values))


def picture_mean(x: Array) -> Array:
    """The mean of every picture over all axes but the first, which are kept at length 1; (N, …) to (N, 1, …).

    A number alone, or a row of them, is its own mean: each is a picture.
    """
    axes = tuple(range(1, getattr(x, "ndim", 0)))
    return x.mean(axis=axes, keepdims=True) if axes else x


def picture_deviation(x: Array) -> Array:
    """The standard deviation of every picture's numbers, (N, …) to (N, 1, …)."""
    return picture_mean((x - picture_mean(x)) ** 2) ** 0.5


def picture_norm(x: Array) -> Array:
    """The root of the mean square of every picture, (N, …) to (N, 1, …)."""
    return picture_mean(x * x) ** 0.5


def picture_quantile(x: Array, share: float) -> Array:
    """The value that `share` (0 … 1) of each picture's numbers lie below, between neighbours; (N, …) to (N, 1, …)."""
    rows = x.reshape(x.shape[0], -1) * 1  # a copy: numpy sorts in place and returns nothing
    ordered = rows.sort(axis=-1)
    rows = rows if ordered is None else ordered[0]
    place = share * (rows.shape[1] - 1)
    low = min(int(place), rows.shape[1] - 2) if rows.shape[1] > 1 else 0
    high = min(low + 1, rows.shape[1] - 1)
    value = rows[:, low] + (place - low) * (rows[:, high] - rows[:, low])
    return value.reshape(-1, *(1,) * (len(x.shape) - 1))
