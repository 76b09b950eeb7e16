"""Forward processes with gamma, mixture or Laplace noise instead of Gaussian noise.

In y = x / alpha, the noise is a Lévy process L at the time v = ratio², with E L = 0 and Var L = v. The increments of a
Lévy process are independent. Noise added in two steps thus has exactly the distribution of noise added in one step. The
characteristic function of L(v) is exp(v·exponent(u)). As v grows, each kind of noise approaches a Gaussian.
"""

from __future__ import annotations

import cmath
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.maths.noise_path import Array, NoiseLevel
from gdm_studio.maths.processes.coordinates import variance_preserving
from gdm_studio.maths.processes.process import Process
from gdm_studio.maths.schedules import SCHEDULES, ratios

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = LazyModule("numpy")


@dataclass(frozen=True)
class Gamma:
    """Gamma noise, shifted to mean 0, which is skewed to one side (Nachmani et al. 2021, arXiv:2110.05948).

    At a noise level, the noise in x/alpha is theta0·(G − k) with G ~ Gamma(k) and k = ratio²/theta0². In the paper this
    is the scale theta_t = √abar_t·theta0 and the shape k̄_t = (1/abar_t − 1)/theta0².
    """

    theta0: float

    def __call__(self, eps: Array, at: NoiseLevel) -> Array:
        k = (at.ratio / self.theta0) ** 2
        return _draw_rows(eps, at, lambda z, rng: (rng.standard_gamma(k, z.shape) - k) / math.sqrt(k))

    def exponent(self, u: float) -> complex:
        """Return the characteristic exponent log E exp(i·u·L(v)) / v of the Lévy process L that generates gamma
        noise.
        """
        return (-cmath.log(1 - 1j * u * self.theta0) - 1j * u * self.theta0) / self.theta0**2

    def skewness(self, at: NoiseLevel) -> float:
        """Return the skewness of gamma noise at a noise level, 2 / √k."""
        return 2 * self.theta0 / at.ratio

    def excess_kurtosis(self, at: NoiseLevel) -> float:
        """Return the excess kurtosis of gamma noise at a noise level, 6 / k."""
        return 6 * (self.theta0 / at.ratio) ** 2


@dataclass(frozen=True)
class Mixture:
    """Gaussian noise with rare Gaussian jumps (Merton 1976). At every noise level it is a mixture of centred Gaussians.

    A fraction `share` of the variance is in jumps of standard deviation `jump` (in x/alpha). The number n of jumps has
    a Poisson distribution with mean share·ratio²/jump². Given n, the variance in x/alpha is (1 − share)·ratio² +
    n·jump².
    """

    share: float
    jump: float

    def __call__(self, eps: Array, at: NoiseLevel) -> Array:
        v = at.ratio**2

        def draw(z: Floats, rng: np.random.Generator) -> Floats:
            jumps = rng.poisson(self.share * v / self.jump**2, z.shape)
            return z * np.sqrt(1 - self.share + jumps * (self.jump**2 / v))

        return _draw_rows(eps, at, draw)

    def exponent(self, u: float) -> complex:
        """Return the characteristic exponent log E exp(i·u·L(v)) / v of the Lévy process L that generates mixture
        noise.
        """
        jumps = math.expm1(-((self.jump * u) ** 2) / 2) / self.jump**2
        return complex(-(1 - self.share) * u * u / 2 + self.share * jumps)

    def skewness(self, at: NoiseLevel) -> float:
        """Return the skewness of mixture noise, which is 0 because the noise is symmetric."""
        return 0.0

    def excess_kurtosis(self, at: NoiseLevel) -> float:
        """Return the excess kurtosis of mixture noise at a noise level, 3·share·(jump/ratio)²."""
        return 3 * self.share * (self.jump / at.ratio) ** 2


@dataclass(frozen=True)
class Laplace:
    """Symmetric noise with heavy tails (variance-gamma, Madan and Seneta 1990): a normal variable times the root of a
    gamma variable.

    At the noise ratio `scale` it is exactly Laplace distributed, below it more peaked, and above it closer to a
    Gaussian. In x/alpha it is scale·√G·z with G ~ Gamma(k), k = ratio²/scale².
    """

    scale: float

    def __call__(self, eps: Array, at: NoiseLevel) -> Array:
        k = (at.ratio / self.scale) ** 2
        return _draw_rows(eps, at, lambda z, rng: z * np.sqrt(rng.standard_gamma(k, z.shape) / k))

    def exponent(self, u: float) -> complex:
        """Return the characteristic exponent log E exp(i·u·L(v)) / v of the Lévy process L that generates
        variance-gamma noise.
        """
        return complex(-math.log1p((self.scale * u) ** 2 / 2) / self.scale**2)

    def skewness(self, at: NoiseLevel) -> float:
        """Return the skewness of variance-gamma noise, which is 0 because the noise is symmetric."""
        return 0.0

    def excess_kurtosis(self, at: NoiseLevel) -> float:
        """Return the excess kurtosis of variance-gamma noise at a noise level, 3 / k."""
        return 3 * (self.scale / at.ratio) ** 2


def gamma(theta0: float = 0.1, schedule: str = "linear", timesteps: int = 1000) -> Process:
    """Create DDPM's forward process with gamma noise in place of Gaussian noise.

    With the paper's theta0 = 0.001, it is practically Gaussian after a few steps.
    """
    return _create_process("gamma", "Gamma noise", Gamma(theta0), schedule, timesteps)


def mixture(share: float = 0.5, jump: float = 1.0, schedule: str = "linear", timesteps: int = 1000) -> Process:
    """Create DDPM's forward process with Gaussian noise and rare jumps, an infinitely divisible mixture.

    After Nachmani et al., arXiv:2106.07582.
    """
    return _create_process("mixture", "Gaussian mixture noise", Mixture(share, jump), schedule, timesteps)


def laplace(scale: float = 1.0, schedule: str = "linear", timesteps: int = 1000) -> Process:
    """Create DDPM's forward process with variance-gamma noise, which has a Laplace distribution at sigma/alpha =
    `scale`.
    """
    return _create_process("laplace", "Laplace noise", Laplace(scale), schedule, timesteps)


def _create_process(
    name: str, title: str, law: Callable[[Array, NoiseLevel], Array], schedule: str, timesteps: int
) -> Process:
    return Process(name, title, ratios(SCHEDULES[schedule](timesteps)), variance_preserving, law=law)


def _draw_rows(eps: Array, at: NoiseLevel, draw: Callable[[Floats, np.random.Generator], Floats]) -> Array:
    """Convert each row of normal noise `eps` to non-Gaussian noise by the function `draw`, in float64. The random
    generator of a row is seeded with the row's content.

    At an infinite noise ratio, eps is returned unchanged. The numbers are drawn on the CPU, since small gamma numbers
    underflow in float32. This waits for any other device.
    """
    if at.ratio == math.inf:
        return eps
    rows = np.atleast_1d(np.asarray(eps.cpu() if hasattr(eps, "cpu") else eps))
    drawn = np.stack([draw(row.astype(np.float64), _create_generator(row)) for row in rows])
    return _convert_like(eps, drawn)


def _create_generator(row: NDArray[Any]) -> np.random.Generator:
    digest = hashlib.blake2b(np.ascontiguousarray(row).tobytes(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def _convert_like(eps: Array, drawn: Floats) -> Array:
    if hasattr(eps, "new_tensor"):
        return eps.new_tensor(drawn)
    return drawn.reshape(np.shape(eps)).astype(np.asarray(eps).dtype)
