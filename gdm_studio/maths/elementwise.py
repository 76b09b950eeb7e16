"""Functions of a number, or of each number of an array: of numpy, or of torch, which is not to be imported here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gdm_studio.maths.later import Later
from gdm_studio.maths.path import Array

np: Any = Later("numpy")


def is_number(value: Array) -> bool:
    """Whether it is a number and no array."""
    return isinstance(value, float | int)


def log(x: Array) -> Array:
    """The natural logarithm."""
    if is_number(x):
        return math.log(x)
    return x.log() if hasattr(x, "log") else np.log(x)


def hypot(x: Array, y: Array) -> Array:
    """√(x² + y²)."""
    return math.hypot(x, y) if is_number(x) and is_number(y) else (x * x + y * y) ** 0.5


def array_of(values: Sequence[float], like: Array) -> Array:
    """One axis of these values, of the kind, precision and device of `like`. A GPU waits for them."""
    return like.new_tensor(values) if hasattr(like, "new_tensor") else np.asarray(values, like.dtype)
