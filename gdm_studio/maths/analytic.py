"""Analytic-DPM: the reverse variance that is best in likelihood, in closed form from one number per noise level."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Point

ReverseVariance = Callable[[Point, Point, float], float]  # (at, to, eta) -> variance of the noise to add, per number

_LEAST = 1e-15  # of G and 1 − G, so that their logarithms exist


class ScoreNorms(NamedTuple):
    """(log ratio, G) at rising ratios, G = E‖eps_hat‖² / d: how much of the noise the model sees, from 0 to 1."""

    table: tuple[tuple[float, float], ...]

    @classmethod
    def measured(cls, ratios: Sequence[float], errors: Sequence[float], elements: int) -> ScoreNorms:
        """From the denoising errors at rising `ratios`: each the sum of (eps_hat − eps)² over `elements` numbers.

        G = 1 − that mean. For the exact denoiser this is E‖eps_hat‖² / d (Bao et al. 2022, arXiv:2201.06503, eq. 8),
        since its error is orthogonal to it, at a hundredth of the Monte-Carlo noise where the ratio is large; for any
        other it is what makes the variance optimal for an imperfect mean (Bao et al. 2022, arXiv:2206.07309, eq. 9).
        A row at an infinite ratio, where there is nothing to see, is left out.
        """
        shares = (min(max(error / elements, _LEAST), 1.0) for error in errors)
        pairs = zip(ratios, shares, strict=True)
        return cls(tuple((math.log(ratio), 1 - share) for ratio, share in pairs if ratio < math.inf))

    def covariance(self, point: Point) -> float:
        """Mean variance of x0 given x, ratio²·(1 − G), all of the data's variance at alpha = 0."""
        return _inverse(_inverse(point.ratio**2) + self.precision(point))

    def precision(self, point: Point) -> float:
        """1/Cov − 1/ratio², which is 1/variance for Gaussian data at any noise: therefore what is interpolated, in
        its logarithm over log ratio, and level beyond both ends of the table."""
        if not self.table:
            raise BadRequest("This model has no measured score norms; choose a sampler other than Analytic-DPM.")
        where = math.inf if point.alpha == 0 else math.log(point.ratio) if point.sigma else -math.inf
        right = bisect_right(self.table, where, key=lambda row: row[0])
        if right in (0, len(self.table)):
            return math.exp(_log_precision(self.table[max(right - 1, 0)]))
        before, after = self.table[right - 1], self.table[right]
        share = (where - before[0]) / (after[0] - before[0])
        return math.exp((1 - share) * _log_precision(before) + share * _log_precision(after))


def analytic_variance(norms: ScoreNorms, *, temperature: float = 1.0, data_scale: float = 1.0) -> ReverseVariance:
    """(at, to, eta) -> the optimal reverse variance for a model of these norms, tempered as its denoiser is.

    1/Cov_tau = 1/Cov + (1/tau − 1)/s², as for Gaussian data; the last step (to.sigma = 0) has the variance Cov.
    """
    colder = (_inverse(temperature) - 1) / data_scale**2

    def variance(at: Point, to: Point, eta: float) -> float:
        precision = max(norms.precision(at) + colder, _LEAST)
        return optimal_variance(at, to, covariance=_inverse(_inverse(at.ratio**2) + precision), eta=eta)

    return variance


def optimal_variance(at: Point, to: Point, *, covariance: float, eta: float = 1.0) -> float:
    """lam² + w²·Cov(x0 | x_at): the noise of the step, and what its mean cannot know of x0; finite at alpha = 0.

    Cov is ratio²·(1 − G) by the score norm G (Bao et al. 2022, theorem 1 and eq. 11).
    """
    return fixed_variance(at, to, eta=eta) + x0_weight(at, to, eta=eta) ** 2 * covariance


def fixed_variance(at: Point, to: Point, *, eta: float = 1.0) -> float:
    """lam² of q(x_to | x_at, x0) in the DDIM family (Song et al. 2021, eq. 16); eta 1 is DDPM's beta-tilde."""
    return (eta * to.sigma / at.sigma) ** 2 * max(at.sigma**2 - (at.alpha / to.alpha * to.sigma) ** 2, 0.0)


def x0_weight(at: Point, to: Point, *, eta: float = 1.0) -> float:
    """w in the mean k·x_at + w·x0 of q(x_to | x_at, x0): alpha′ − alpha·√(sigma′² − lam²)/sigma."""
    direction = math.sqrt(max(to.sigma**2 - fixed_variance(at, to, eta=eta), 0.0))
    return to.alpha - at.alpha * direction / at.sigma


def step_kl(at: Point, to: Point, *, covariance: float, variance: float) -> float:
    """E KL(q(x_to | x_at, x0) ‖ N(mean, variance)), nats per number, for the DDPM chain and a denoiser whose mean
    squared error is `covariance`; for the last step (to.sigma = 0) −E log p(x0 | x_at). With `optimal_variance` it is
    the least possible, log(variance / beta-tilde) / 2 (Bao et al. 2022, theorem 3)."""
    spread = x0_weight(at, to) ** 2 * covariance
    if to.sigma == 0:
        return (math.log(2 * math.pi * variance) + spread / variance) / 2
    exact = fixed_variance(at, to)
    return ((exact + spread) / variance - 1 - math.log(exact / variance)) / 2


def prior_kl(at: Point, *, second_moment: float) -> float:
    """E KL(q(x_at | x0) ‖ N(0, alpha² + sigma²)), nats per number, for data with E x0² = `second_moment`."""
    prior = at.alpha**2 + at.sigma**2
    return ((at.sigma**2 + at.alpha**2 * second_moment) / prior - 1 - math.log(at.sigma**2 / prior)) / 2


def _log_precision(row: tuple[float, float]) -> float:
    log_ratio, g = row
    return math.log(max(g, _LEAST)) - math.log(max(1 - g, _LEAST)) - 2 * log_ratio


def _inverse(value: float) -> float:
    return 1 / value if value else math.inf
