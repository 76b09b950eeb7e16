"""Points between, above and beyond those of a path."""

from __future__ import annotations

import math

from gdm_studio.maths.path import Point


def on_curve(ratio: float, of: Point) -> Point:
    """The point with that sigma/alpha on the curve `of` lies on: VE (alpha = 1), VP, flow or sub-VP coordinates.

    `of` has 0 < alpha and 0 < sigma. On any other curve alpha stays as it is, which is right for a denoiser that
    reads x / alpha.
    """
    alpha, sigma = of
    if alpha == 1:
        return Point(1.0, ratio)
    if math.isclose(alpha * alpha + sigma * sigma, 1, rel_tol=1e-9):  # variance preserving
        alpha = 1 / math.hypot(1, ratio)
    elif math.isclose(alpha + sigma, 1, rel_tol=1e-9):  # straight paths
        alpha = 1 / (1 + ratio)
    elif math.isclose(alpha * alpha + sigma, 1, rel_tol=1e-9):  # sub-VP: sigma = 1 − alpha²
        alpha = 2 / (ratio + math.sqrt(ratio * ratio + 4))
    return Point(alpha, ratio * alpha)


def halfway(at: Point, to: Point) -> Point:
    """The point midway in log-SNR, on the curve of `at`; needs alpha > 0 and sigma > 0 at both."""
    return on_curve(math.sqrt(at.ratio * to.ratio), at)
