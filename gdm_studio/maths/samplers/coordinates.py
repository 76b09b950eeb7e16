"""Points between, above and beyond those of a path."""

from __future__ import annotations

import math

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes.coordinates import straight, sub_variance_preserving, variance_preserving


def on_curve(ratio: float, of: Point) -> Point:
    """The point with that sigma/alpha on the curve `of` lies on: VE (alpha = 1), VP, flow or sub-VP coordinates.

    `of` has 0 < alpha and 0 < sigma. On any other curve alpha stays as it is, which is right for a denoiser that
    reads x / alpha.
    """
    if of.alpha == 1:
        return Point(1.0, ratio)
    for curve in (variance_preserving, straight, sub_variance_preserving):
        if math.isclose(curve(of.ratio).alpha, of.alpha, rel_tol=1e-9):
            return curve(ratio)
    return Point(of.alpha, ratio * of.alpha)


def halfway(at: Point, to: Point) -> Point:
    """The point midway in log-SNR, on the curve of `at`; needs alpha > 0 and sigma > 0 at both."""
    return on_curve(math.sqrt(at.ratio * to.ratio), at)
