"""Functions that accept numbers, numpy arrays or torch tensors, without importing torch."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.maths.noise_path import Array

np: Any = LazyModule("numpy")


def is_number(value: Array) -> bool:
    """Return True if the value is a plain number, and False if it is an array or a tensor."""
    return isinstance(value, float | int)


def log(x: Array) -> Array:
    """Return the natural logarithm of a number, or of each element of an array or tensor."""
    if is_number(x):
        return math.log(x)
    return x.log() if hasattr(x, "log") else np.log(x)


def exp(x: Array) -> Array:
    """Return the exponential of a number, or of each element of an array or tensor."""
    if is_number(x):
        return math.exp(x)
    return x.exp() if hasattr(x, "exp") else np.exp(x)


def hypot(x: Array, y: Array) -> Array:
    """Return √(x² + y²) for two numbers, or for each pair of elements of two arrays or tensors."""
    return math.hypot(x, y) if is_number(x) and is_number(y) else (x * x + y * y) ** 0.5


def array_of(values: Sequence[float], like: Array) -> Array:
    """Create a one-dimensional array or tensor from numbers, with the type, precision and device of `like`.

    On a GPU this waits for the device.
    """
    return like.new_tensor(values) if hasattr(like, "new_tensor") else np.asarray(values, like.dtype)


def weighted(weights: Iterable[float], values: Iterable[Array]) -> Array:
    """Return the weighted sum of arrays: the sum of weight · value over all pairs. There must be at least one pair.
    Extra elements of the longer sequence are ignored.
    """
    return reduce(operator.add, map(operator.mul, weights, values))


def image_mean(x: Array) -> Array:
    """Return the mean of each image in a batch, which reduces the shape (N, …) to (N, 1, …).

    For a scalar or a row of scalars (N,), returns the input.
    """
    axes = tuple(range(1, getattr(x, "ndim", 0)))
    return x.mean(axis=axes, keepdims=True) if axes else x


def image_deviation(x: Array) -> Array:
    """Return the standard deviation of each image in a batch, which reduces the shape (N, …) to (N, 1, …)."""
    return image_mean((x - image_mean(x)) ** 2) ** 0.5


def image_norm(x: Array) -> Array:
    """Return the root mean square of each image in a batch, which reduces the shape (N, …) to (N, 1, …)."""
    return image_mean(x * x) ** 0.5


def patch_norm(x: Array, side: int) -> Array:
    """Return the root of the sum of squares over all channels of each square patch of images (N, C, H, W), repeated for
    its pixels: (N, 1, H, W). H and W must be multiples of `side`.
    """
    count, _, height, width = x.shape
    squares = (x * x).sum(1).reshape(count, height // side, side, width // side, side)
    sums = squares.sum(4).sum(2) ** 0.5
    shape = (count, height // side, 1, width // side, 1)
    spread = sums.reshape(*shape) + 0 * squares
    return spread.reshape(count, 1, height, width)


def image_quantile(x: Array, share: float) -> Array:
    """Return the interpolated quantile `share` (0 … 1) of each image's values, which reduces the shape (N, …) to (N, 1,
    …).
    """
    # The multiplication copies x, because numpy's `sort` works in place. (It returns None, unlike torch's.)
    rows = x.reshape(x.shape[0], -1) * 1
    ordered = rows.sort(axis=-1)
    rows = rows if ordered is None else ordered[0]
    place = share * (rows.shape[1] - 1)
    low = min(int(place), rows.shape[1] - 2) if rows.shape[1] > 1 else 0
    high = min(low + 1, rows.shape[1] - 1)
    value = rows[:, low] + (place - low) * (rows[:, high] - rows[:, low])
    return value.reshape(-1, *(1,) * (len(x.shape) - 1))
