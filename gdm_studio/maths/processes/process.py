"""Forward processes: the noise levels from an image to noise, and the distribution of the noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.arrays import is_number
from gdm_studio.maths.noise_path import CLEAN, Array, Noise, NoiseLevel, NoisePath
from gdm_studio.maths.processes.coordinates import variance_preserving
from gdm_studio.maths.schedules.table_interpolation import locate, locate_each, look_up
from gdm_studio.maths.spacings import SPACINGS

# (standard normal numbers (N, …), at) -> the process's own noise at this level, of mean 0 and variance 1
Law = Callable[[Array, NoiseLevel], Array]
# (x0 (N, C, H, W), at, standard normal numbers that decide all random parts) -> the degraded image
Degradation = Callable[[Array, NoiseLevel, Array], Array]


def gaussian(eps: Array, at: NoiseLevel) -> Array:
    """Return Gaussian noise `eps` unchanged. This is the noise distribution of nearly every process."""
    return eps


@dataclass(frozen=True)
class Sde:
    """Stochastic differential equation of a forward process, dx = drift(t)·x dt + diffusion(t) dw, for t_min ≤ t ≤
    t_max.

    `at(t)` is the noise level of its exact marginal, and `time` is the inverse of `at`.
    """

    drift: Callable[[float], float]
    diffusion: Callable[[float], float]
    at: Callable[[float], NoiseLevel]
    time: Callable[[NoiseLevel], float]
    t_min: float = 1e-5
    t_max: float = 1.0


@dataclass(frozen=True)
class Process:
    """Forward process that turns images to noise, x = alpha·x0 + sigma·z, with strictly rising `ratios[t]` =
    sigma/alpha at timesteps t = 0 … T−1.

    Since the ratio rises along every process, it identifies a noise level. `coordinates` converts a ratio to its noise
    level. The last ratio may be infinite (alpha = 0). A cold process has a `degradation` instead of noise. Its noise
    levels are severities, with alpha = 1 − severity and sigma = severity.
    """

    name: str
    title: str
    ratios: tuple[float, ...]
    coordinates: Callable[[float], NoiseLevel]
    # The SDE, or None if the process has discrete time only.
    sde: Sde | None = None
    # Distribution of the noise.
    law: Law = gaussian
    degradation: Degradation | None = None

    def __post_init__(self) -> None:
        if not self.ratios or any(high <= low for low, high in pairwise((0.0, *self.ratios))):
            raise BadRequest(f"The noise of the process {self.name!r} must rise from above 0 with every timestep.")

    @property
    def cold(self) -> bool:
        """True if the process degrades images by something other than noise, such as blur (cold diffusion)."""
        return self.degradation is not None

    def path(self, spacing: str, steps: int, *, table: Mapping[int, Sequence[float]] | None = None) -> NoisePath:
        """Return the noise path for a run: `steps` + 1 noise levels from most noise to none, distributed by a named
        spacing.

        `table` is the model's own table (steps -> ratios), for spacings that need one. Raises BadRequest if the spacing
        does not support this number of steps.
        """
        return (*(self.coordinates(ratio) for ratio in SPACINGS[spacing].pick(self.ratios, steps, table)), CLEAN)

    def at(self, t: float) -> NoiseLevel:
        """Return the noise level of a timestep, which need not be an integer.

        Ratios are interpolated in their logarithm. Timesteps outside the table are clamped to its ends.
        """
        return self.coordinates(look_up(self.ratios, t))

    def timestep(self, at: NoiseLevel) -> Array:
        """Return the timestep at which the process reaches a noise level. It need not be an integer.

        This is the inverse of `at`, elementwise for arrays.
        """
        return locate(self.ratios, at.ratio) if is_number(at.sigma) else locate_each(self.ratios, at.sigma / at.alpha)

    def degrade(self, x0: Array, at: NoiseLevel, eps: Array) -> Array:
        """Add noise to (or degrade) clean images x0 for a noise level, using the standard normal numbers `eps`. At a
        clean level, x0 itself is returned.

        For Gaussian noise, `at` may contain arrays that broadcast with x0.
        """
        if is_number(at.sigma) and at == CLEAN:
            return x0
        if self.degradation is not None:
            return self.degradation(x0, at, eps)
        return at.alpha * x0 + at.sigma * self.law(eps, at)

    def prior(self, noise: Noise, like: Array, first: NoiseLevel) -> Array:
        """Return the initial noisy state x of a run that starts at the noise level `first`.

        It is noise with the standard deviation of a noisy standardised image. A cold process starts from a degraded
        image of a single colour, with a trace of noise to break its symmetry (Bansal et al. 2022, arXiv:2208.09392,
        section 5.2). `like` is then (N, C, H, W).
        """
        eps = noise(0, like)
        if self.degradation is not None:
            one_colour = 0.5 * eps[..., :1, :1] + 0 * eps
            return self.degradation(one_colour, first, eps) + 0.002 * eps
        return math.hypot(first.alpha, first.sigma) * self.law(eps, first)

    def noise(self, normal: Noise, path: NoisePath) -> Noise:
        """Convert a source of normal noise to a source of noise with this process's distribution. The result is for a
        sampler that visits the noise levels of `path`.
        """
        if self.law is gaussian:
            return normal

        def own(step: int, like: Array, draw: int = 0) -> Array:
            at = path[step] if path[step].sigma else path[step - 1]
            return self.law(normal(step, like, draw), at)

        return own


def shifted(process: Process, shift: float) -> Process:
    """Adapt a process to images that are `shift` times as wide and high as those for which it was designed.

    Every ratio is multiplied by `shift`, so that the log-SNR becomes log-SNR − 2·ln(shift). Averaged down to the
    original size, images then have the original signal-to-noise ratio (Hoogeboom et al. 2023, arXiv:2301.11093, section
    3.1). Only the table changes; its levels are on the same curve, so an SDE remains valid.
    """
    if not 0 < shift < math.inf:
        raise BadRequest(f"A resolution shift must be a number above 0, not {shift!r}.")
    return process if shift == 1 else replace(process, ratios=tuple(ratio * shift for ratio in process.ratios))


def with_zero_terminal_snr(process: Process, last_alpha_bar: float = 0.0) -> Process:
    """Rescale alpha of a process so that it ends in pure noise (zero terminal SNR) and starts at the same noise level
    as before.

    alpha′ = (alpha − alpha_T)·alpha_1 / (alpha_1 − alpha_T) (Lin et al. 2024, arXiv:2305.08891, algorithm 1).
    `last_alpha_bar` replaces the last alpha′², 0, for networks that predict the noise. Raises BadRequest unless
    alpha² + sigma² = 1.
    """
    if process.coordinates is not variance_preserving:
        raise BadRequest("Only a variance-preserving process can be rescaled to end in pure noise.")
    alphas = [process.coordinates(ratio).alpha for ratio in process.ratios]
    first, last = alphas[0], alphas[-1]
    rescaled = [(alpha - last) * first / (first - last) for alpha in alphas]
    # The first ratio is taken from the table, since sigma / alpha computed from 1 − alpha² would lose digits there.
    ratios = [math.sqrt((1 - alpha) * (1 + alpha)) / alpha for alpha in rescaled[1:-1]]
    end = math.sqrt((1 - last_alpha_bar) / last_alpha_bar) if last_alpha_bar else math.inf
    return replace(process, ratios=(process.ratios[0], *ratios, end), sde=None)
