"""Functions from a noise ratio r = sigma / alpha to a noise level (alpha, sigma), finite at r = infinity.

Each one describes the curve of a forward process.
"""

from __future__ import annotations

import math

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.noise_path import NoiseLevel

PURE_NOISE = NoiseLevel(0.0, 1.0)


def variance_preserving(ratio: float) -> NoiseLevel:
    """Return the noise level with a given noise ratio in a variance-preserving process, alpha² + sigma² = 1."""
    if ratio == math.inf:
        return PURE_NOISE
    alpha = 1 / math.sqrt(1 + ratio * ratio)
    return NoiseLevel(alpha, ratio * alpha)


def variance_exploding(ratio: float) -> NoiseLevel:
    """Return the noise level with a given noise ratio in a variance-exploding process, alpha = 1. Raises BadRequest for
    an infinite ratio.
    """
    if ratio == math.inf:
        raise BadRequest("A variance-exploding process always keeps its picture; choose a finite largest noise.")
    return NoiseLevel(1.0, ratio)


def sub_variance_preserving(ratio: float) -> NoiseLevel:
    """Return the noise level with a given noise ratio in the sub-VP process, sigma = 1 − alpha², alpha = e^−asinh(r /
    2).

    Song et al. 2021, arXiv:2011.13456, eq. 29.
    """
    if ratio == math.inf:
        return PURE_NOISE
    alpha = 2 / (ratio + math.hypot(ratio, 2))
    return NoiseLevel(alpha, ratio * alpha)


def straight(ratio: float) -> NoiseLevel:
    """Convert a noise ratio to the noise level of rectified flow, in which noisy images lie on the straight line
    between image and noise: alpha = 1 − sigma.
    """
    if ratio == math.inf:
        return PURE_NOISE
    alpha = 1 / (1 + ratio)
    return NoiseLevel(alpha, ratio * alpha)


def on_curve(ratio: float, of: NoiseLevel) -> NoiseLevel:
    """Return the noise level with the noise ratio `ratio` in the forward process to which the noise level `of` belongs.

    The known curves are VE (alpha = 1), VP, flow and sub-VP. On any other curve alpha is unchanged, which is right for
    a denoiser that sees only x / alpha. `of` must have alpha > 0 and sigma > 0.
    """
    if of.alpha == 1:
        return NoiseLevel(1.0, ratio)
    for curve in (variance_preserving, straight, sub_variance_preserving):
        if math.isclose(curve(of.ratio).alpha, of.alpha, rel_tol=1e-9):
            return curve(ratio)
    return NoiseLevel(of.alpha, ratio * of.alpha)


def halfway(at: NoiseLevel, to: NoiseLevel) -> NoiseLevel:
    """Return the noise level whose log-SNR is midway between two levels of the same process.

    Both levels must have alpha > 0 and sigma > 0.
    """
    return on_curve(math.sqrt(at.ratio * to.ratio), at)
