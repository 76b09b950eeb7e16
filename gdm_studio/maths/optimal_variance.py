"""Analytic-DPM: the maximum-likelihood reverse variance, computed from one measured number per noise level."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.posterior import posterior_variance, x0_weight
from gdm_studio.maths.variational_bound import last_term, step_term

# (at, to, eta) -> variance of the noise to add in the step, per number
ReverseVariance = Callable[[NoiseLevel, NoiseLevel, float], float]

# Lower bound of G and 1 − G, so that their logarithms exist.
_MIN_SCORE_NORM = 1e-15


class ScoreNorms(NamedTuple):
    """Table of a model's measured score norms G = E‖eps_hat‖² / d, by the logarithm of the noise ratio, from which
    Analytic-DPM computes its variances.

    The rows are (log ratio, G) at rising ratios. G, in 0 … 1, is the fraction of the noise that the model predicts.
    """

    table: tuple[tuple[float, float], ...]

    @classmethod
    def measured(cls, ratios: Sequence[float], errors: Sequence[float], elements: int) -> ScoreNorms:
        """Create the table of score norms from a model's denoising errors at rising noise `ratios`.

        `errors` are sums of (eps_hat − eps)² over `elements` numbers. G is 1 minus the mean squared error. For the
        exact denoiser this equals E‖eps_hat‖² / d (Bao et al. 2022, arXiv:2201.06503, eq. 8), since its error is
        orthogonal to its prediction. At large ratios, this estimator has a hundredth of the Monte Carlo noise. For any
        other denoiser, this G makes the variance optimal for an imperfect mean (Bao et al. 2022, arXiv:2206.07309, eq.
        9). A row at an infinite ratio, where there is no signal, is left out.
        """
        shares = (min(max(error / elements, _MIN_SCORE_NORM), 1.0) for error in errors)
        pairs = zip(ratios, shares, strict=True)
        return cls(tuple((math.log(ratio), 1 - share) for ratio, share in pairs if ratio < math.inf))

    def covariance(self, at: NoiseLevel) -> float:
        """Return the mean posterior variance of x0 given x at a noise level, ratio²·(1 − G). At alpha = 0 this is the
        variance of the data.
        """
        return _inverse(_inverse(at.ratio**2) + self.precision(at))

    def level_variance(self, at: NoiseLevel) -> float:
        """Return the variance of Gaussian data whose exact denoiser has the same score norm as the model at this noise
        level.
        """
        return _inverse(self.precision(at))

    def precision(self, at: NoiseLevel) -> float:
        """Return the data's contribution to the precision (inverse variance) of x0 given x at a noise level: 1/Cov −
        1/ratio², where Cov is `covariance`.

        For Gaussian data the result is 1/variance at every noise level, so it interpolates well. Its logarithm is
        interpolated linearly over the log ratio, and is constant beyond the ends of the table. Raises BadRequest for an
        empty table.
        """
        if not self.table:
            raise BadRequest("This model has no measured score norms; choose a sampler other than Analytic-DPM.")
        where = math.inf if at.alpha == 0 else math.log(at.ratio) if at.sigma else -math.inf
        right = bisect_right(self.table, where, key=lambda row: row[0])
        if right in (0, len(self.table)):
            return math.exp(_log_precision(self.table[max(right - 1, 0)]))
        before, after = self.table[right - 1], self.table[right]
        share = (where - before[0]) / (after[0] - before[0])
        return math.exp((1 - share) * _log_precision(before) + share * _log_precision(after))


def analytic_variance(
    norms: ScoreNorms, *, temperature: float = 1.0, data_scale: float | None = None
) -> ReverseVariance:
    """Return the function (at, to, eta) → variance of the noise that Analytic-DPM adds, at a given temperature.

    With `data_scale` s, 1/Cov_tau = 1/Cov + (1/tau − 1)/s². Without it, the variance that remains undecided at a noise
    level is multiplied by tau. The model's denoiser is tempered accordingly. Both formulas are exact for Gaussian data.
    The last step (to.sigma = 0) has the variance Cov.
    """
    colder = _inverse(temperature) - 1

    def variance(at: NoiseLevel, to: NoiseLevel, eta: float) -> float:
        precision = norms.precision(at)
        precision += precision * colder if data_scale is None else colder / data_scale**2
        precision = max(precision, _MIN_SCORE_NORM)
        return optimal_variance(at, to, covariance=_inverse(_inverse(at.ratio**2) + precision), eta=eta)

    return variance


def optimal_variance(at: NoiseLevel, to: NoiseLevel, *, covariance: float, eta: float = 1.0) -> float:
    """Return the maximum-likelihood variance of the reverse step from `at` to `to`: lam² + w²·Cov(x0 | x_at).

    lam² is the variance of the step's own noise (`posterior_variance`), w is `x0_weight`, and `covariance` is Cov per
    component, ratio²·(1 − G) with the score norm G (Bao et al. 2022, theorem 1 and eq. 11). The variance is finite at
    alpha = 0.
    """
    variance: float = posterior_variance(at, to, eta=eta) + x0_weight(at, to, eta=eta) ** 2 * covariance
    return variance


def bound_term(at: NoiseLevel, to: NoiseLevel, *, covariance: float, variance: float) -> float:
    """Return the contribution of one DDPM step to the likelihood bound, E KL(q(x_to | x_at, x0) ‖ N(mean, variance)),
    in nats per number.

    `covariance` is the denoiser's mean squared error. For the last step (to.sigma = 0) the result is −E log p(x0 |
    x_at). `optimal_variance` minimises it to log(variance / beta-tilde) / 2 (Bao et al. 2022, theorem 3).
    """
    apart = x0_weight(at, to) ** 2 * covariance
    if to.sigma == 0:
        return float(last_term(apart, math.log(variance)))
    return float(step_term(posterior_variance(at, to), apart, math.log(variance)))


def _log_precision(row: tuple[float, float]) -> float:
    log_ratio, g = row
    return math.log(max(g, _MIN_SCORE_NORM)) - math.log(max(1 - g, _MIN_SCORE_NORM)) - 2 * log_ratio


def _inverse(value: float) -> float:
    return 1 / value if value else math.inf
