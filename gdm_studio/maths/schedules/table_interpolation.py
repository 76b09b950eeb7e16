"""Interpolation in a table of rising noise ratios, between timesteps and noise ratios."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

from gdm_studio.maths.arrays import array_of, log
from gdm_studio.maths.noise_path import Array

# Replaces infinity, which would turn neighbouring entries into NaN.
HUGE = 1e30


def ratios(alpha_bars: Iterable[float]) -> tuple[float, ...]:
    """Convert a noise schedule from falling alpha-bars in [0, 1) to rising noise ratios sigma / alpha. The ratio is
    infinite at alpha-bar 0.
    """
    return tuple(math.sqrt((1 - a) / a) if a else math.inf for a in alpha_bars)


def look_up(table: Sequence[float], t: float) -> float:
    """Return the noise ratio at a timestep of a noise schedule. The timestep need not be an integer.

    The logarithm of the ratio is interpolated. Timesteps outside the table are clamped to its ends.
    """
    left = min(max(math.floor(t), 0), len(table) - 2) if len(table) > 1 else 0
    share = min(max(t - left, 0.0), 1.0)
    if share == 0 or len(table) == 1:
        return table[left]
    if share == 1:
        return table[left + 1]
    low, high = table[left], table[left + 1]
    # An infinite ratio has no logarithm to interpolate. Towards it, 1 / ratio falls linearly to 0 instead.
    return low / (1 - share) if high == math.inf else math.exp((1 - share) * math.log(low) + share * math.log(high))


def locate(table: Sequence[float], ratio: float) -> float:
    """Return the timestep at which a noise schedule reaches a given ratio, the inverse of `look_up`. It need not be an
    integer.
    """
    if ratio <= table[0]:
        return 0.0
    if ratio >= table[-1]:
        return float(len(table) - 1)
    right = bisect_left(table, ratio)
    if table[right] == math.inf:
        return right - table[right - 1] / ratio
    low, high = math.log(table[right - 1]), math.log(table[right])
    return right - 1 + (math.log(ratio) - low) / (high - low)


def locate_each(table: Sequence[float], ratio: Array) -> Array:
    """Return the timesteps, not rounded, at which a noise schedule reaches each noise ratio in an array. The table is
    copied to the device of `ratio` once.
    """
    if len(table) == 1:
        return 0 * ratio
    known, logs = _arrays(tuple(table), ratio)
    last = len(table) - 1
    ratio = ratio.clip(table[0], min(table[-1], HUGE))
    right = (known < ratio[..., None]).sum(-1).clip(1, last)
    low, high = logs[right - 1], logs[right]
    share = (log(ratio) - low) / (high - low)
    # Towards an infinite ratio, 1 / ratio falls linearly to 0.
    if table[-1] == math.inf:
        beyond = right == last
        share = ~beyond * share + beyond * (1 - known[right - 1] / ratio)
    return right - 1 + share


def _arrays(table: tuple[float, ...], like: Array) -> tuple[Array, Array]:
    """Return a schedule's noise ratios and their logarithms as arrays of the same kind as `like`. The logarithm of an
    infinite ratio is replaced by a large finite number.
    """
    kind = (table, like.dtype, like.device)
    if kind not in _ARRAYS_BY_TABLE:
        logs = [math.log(min(ratio, HUGE)) for ratio in table]
        _ARRAYS_BY_TABLE[kind] = array_of(table, like), array_of(logs, like)
    return _ARRAYS_BY_TABLE[kind]


_ARRAYS_BY_TABLE: dict[tuple[Any, ...], tuple[Array, Array]] = {}
