"""Coordinates: where on (alpha, sigma) a noise ratio r = sigma / alpha lies. Each is finite at r = infinity."""

from __future__ import annotations

import math

from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Point

PURE_NOISE = Point(0.0, 1.0)


def variance_preserving(ratio: float) -> Point:
    """alpha² + sigma² = 1."""
    if ratio == math.inf:
        return PURE_NOISE
    alpha = 1 / math.sqrt(1 + ratio * ratio)
    return Point(alpha, ratio * alpha)


def variance_exploding(ratio: float) -> Point:
    """alpha = 1; an infinite ratio has no place here."""
    if ratio == math.inf:
        raise BadRequest("A variance-exploding process always keeps its picture; choose a finite largest noise.")
    return Point(1.0, ratio)


def sub_variance_preserving(ratio: float) -> Point:
    """sigma = 1 − alpha² (Song et al. 2021, arXiv:2011.13456, eq. 29): alpha = e^−asinh(r / 2)."""
    if ratio == math.inf:
        return PURE_NOISE
    alpha = 2 / (ratio + math.hypot(ratio, 2))
    return Point(alpha, ratio * alpha)


def straight(ratio: float) -> Point:
    """alpha = 1 − sigma, the straight line from a picture to noise."""
    if ratio == math.inf:
        return PURE_NOISE
    alpha = 1 / (1 + ratio)
    return Point(alpha, ratio * alpha)
