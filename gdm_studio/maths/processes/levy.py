"""Noise that is not Gaussian: in y = x / alpha, a Lévy process L run for the time v = ratio², E L = 0, Var L = v.

Its increments are independent, so that noise added in two steps has exactly the law of noise added in one, and the
characteristic function of L(v) is exp(v·exponent(u)). As v grows each becomes Gaussian.
"""

from __future__ import annotations

import cmath
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdm_studio.maths.later import Later
from gdm_studio.maths.path import Array, Point
from gdm_studio.maths.processes.coordinates import variance_preserving
from gdm_studio.maths.processes.process import Process
from gdm_studio.maths.schedules import SCHEDULES, ratios

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = Later("numpy")


@dataclass(frozen=True)
class Gamma:
    """Centred gamma noise, skewed to one side (Nachmani et al. 2021, arXiv:2110.05948).

    At a point x/alpha holds theta0·(G − k), G ~ Gamma(k), k = ratio²/theta0²; that is the paper's scale
    theta_t = √abar_t·theta0 and shape k̄_t = (1/abar_t − 1)/theta0².
    """

    theta0: float

    def __call__(self, eps: Array, at: Point) -> Array:
        k = (at.ratio / self.theta0) ** 2
        return _made_of(eps, at, lambda z, rng: (rng.standard_gamma(k, z.shape) - k) / math.sqrt(k))

    def exponent(self, u: float) -> complex:
        """log E exp(i·u·L(v)) / v."""
        return (-cmath.log(1 - 1j * u * self.theta0) - 1j * u * self.theta0) / self.theta0**2

    def skewness(self, at: Point) -> float:
        """2 / √k."""
        return 2 * self.theta0 / at.ratio

    def excess_kurtosis(self, at: Point) -> float:
        """6 / k."""
        return 6 * (self.theta0 / at.ratio) ** 2


@dataclass(frozen=True)
class Mixture:
    """Gaussian noise and rare Gaussian jumps (Merton 1976): at every point a mixture of Gaussians of one mean.

    `share` of the variance is in jumps of standard deviation `jump` (in x/alpha). With n jumps, which has the Poisson
    probability of mean share·ratio²/jump², the variance in x/alpha is (1 − share)·ratio² + n·jump².
    """

    share: float
    jump: float

    def __call__(self, eps: Array, at: Point) -> Array:
        v = at.ratio**2

        def draw(z: Floats, rng: np.random.Generator) -> Floats:
            jumps = rng.poisson(self.share * v / self.jump**2, z.shape)
            return z * np.sqrt(1 - self.share + jumps * (self.jump**2 / v))

        return _made_of(eps, at, draw)

    def exponent(self, u: float) -> complex:
        """log E exp(i·u·L(v)) / v."""
        jumps = math.expm1(-((self.jump * u) ** 2) / 2) / self.jump**2
        return complex(-(1 - self.share) * u * u / 2 + self.share * jumps)

    def skewness(self, at: Point) -> float:
        """It is symmetric."""
        return 0.0

    def excess_kurtosis(self, at: Point) -> float:
        """3·share·(jump/ratio)²."""
        return 3 * self.share * (self.jump / at.ratio) ** 2


@dataclass(frozen=True)
class Laplace:
    """Symmetric noise with heavy tails (Madan and Seneta 1990): normal numbers times the root of a gamma one.

    At the noise ratio `scale` it is exactly Laplace's law; below it more peaked, above it nearer to Gaussian. In
    x/alpha it is scale·√G·z with G ~ Gamma(k), k = ratio²/scale².
    """

    scale: float

    def __call__(self, eps: Array, at: Point) -> Array:
        k = (at.ratio / self.scale) ** 2
        return _made_of(eps, at, lambda z, rng: z * np.sqrt(rng.standard_gamma(k, z.shape) / k))

    def exponent(self, u: float) -> complex:
        """log E exp(i·u·L(v)) / v."""
        return complex(-math.log1p((self.scale * u) ** 2 / 2) / self.scale**2)

    def skewness(self, at: Point) -> float:
        """It is symmetric."""
        return 0.0

    def excess_kurtosis(self, at: Point) -> float:
        """3 / k."""
        return 3 * (self.scale / at.ratio) ** 2


def gamma(theta0: float = 0.1, schedule: str = "linear", timesteps: int = 1000) -> Process:
    """DDPM with gamma noise; the paper's theta0 = 0.001 is Gaussian for all practical purposes after some steps."""
    return _process("gamma", "Gamma noise", Gamma(theta0), schedule, timesteps)


def mixture(share: float = 0.5, jump: float = 1.0, schedule: str = "linear", timesteps: int = 1000) -> Process:
    """DDPM with a Gaussian mixture for noise (the idea of Nachmani et al. 2021, arXiv:2106.07582), one that adds up."""
    return _process("mixture", "Gaussian mixture noise", Mixture(share, jump), schedule, timesteps)


def laplace(scale: float = 1.0, schedule: str = "linear", timesteps: int = 1000) -> Process:
    """DDPM with variance-gamma noise, Laplace's law where sigma/alpha = `scale`."""
    return _process("laplace", "Laplace noise", Laplace(scale), schedule, timesteps)


def _process(name: str, title: str, law: Callable[[Array, Point], Array], schedule: str, timesteps: int) -> Process:
    return Process(name, title, ratios(SCHEDULES[schedule](timesteps)), variance_preserving, law=law)


def _made_of(eps: Array, at: Point, draw: Callable[[Floats, np.random.Generator], Floats]) -> Array:
    """`draw` for every row of eps in float64, its randomness keyed by the row's own numbers; where x is pure noise,
    eps itself.

    The draws are made on the CPU, since small gamma numbers underflow in float32; on another device this waits.
    """
    if at.ratio == math.inf:
        return eps
    rows = np.atleast_1d(np.asarray(eps.cpu() if hasattr(eps, "cpu") else eps))
    drawn = np.stack([draw(row.astype(np.float64), _generator(row)) for row in rows])
    return _like(eps, drawn)


def _generator(row: NDArray[Any]) -> np.random.Generator:
    digest = hashlib.blake2b(np.ascontiguousarray(row).tobytes(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def _like(eps: Array, drawn: Floats) -> Array:
    if hasattr(eps, "new_tensor"):
        return eps.new_tensor(drawn)
    return drawn.reshape(np.shape(eps)).astype(np.asarray(eps).dtype)
