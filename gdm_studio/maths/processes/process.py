"""A forward process: how a picture turns into noise, and which points a path back may visit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gdm_studio.errors import BadRequest
from gdm_studio.maths.elementwise import is_number
from gdm_studio.maths.path import CLEAN, Array, Noise, Path, Point
from gdm_studio.maths.schedules.table import locate, locate_each, look_up
from gdm_studio.maths.spacings import SPACINGS

# (standard normal numbers (N, …), at) -> the process's own noise there, of mean 0 and variance 1
Law = Callable[[Array, Point], Array]
# (x0 (N, C, H, W), at, standard normal numbers that decide what is random) -> the picture, degraded
Degradation = Callable[[Array, Point, Array], Array]


def gaussian(eps: Array, at: Point) -> Array:
    """The noise of nearly every process: the normal numbers themselves."""
    return eps


@dataclass(frozen=True)
class Sde:
    """dx = drift(t)·x dt + diffusion(t) dw, for t_min ≤ t ≤ t_max; `at(t)` is its exact marginal, `time` undoes it."""

    drift: Callable[[float], float]
    diffusion: Callable[[float], float]
    at: Callable[[float], Point]
    time: Callable[[Point], float]
    t_min: float = 1e-5
    t_max: float = 1.0


@dataclass(frozen=True)
class Process:
    """x = alpha·x0 + sigma·z; `ratios[t]` = sigma/alpha at timestep t = 0 … T−1, strictly rising.

    The ratio rises along every process, so that it alone says where a point is: `coordinates` turns it into one. The
    last ratio may be infinite (alpha = 0). A cold process has a `degradation` in place of noise; its points are
    severities, alpha = 1 − severity and sigma = severity.
    """

    name: str
    title: str
    ratios: tuple[float, ...]
    coordinates: Callable[[float], Point]
    sde: Sde | None = None  # where the process is one in continuous time
    law: Law = gaussian  # of the noise
    degradation: Degradation | None = None

    def __post_init__(self) -> None:
        if not self.ratios or any(high <= low for low, high in pairwise((0.0, *self.ratios))):
            raise BadRequest(f"The noise of the process {self.name!r} must rise from above 0 with every timestep.")

    @property
    def cold(self) -> bool:
        """Whether pictures are degraded in another way than by noise."""
        return self.degradation is not None

    def path(self, spacing: str, steps: int, *, table: Mapping[int, Sequence[float]] | None = None) -> Path:
        """`steps` + 1 points from most noise to none, at the places the spacing of that name chooses.

        `table` is the model's own (steps -> ratios), for the spacings that need one. Raises BadRequest where the
        spacing has no such number of steps.
        """
        return (*(self.coordinates(ratio) for ratio in SPACINGS[spacing].pick(self.ratios, steps, table)), CLEAN)

    def at(self, t: float) -> Point:
        """The point of a (fractional) timestep, interpolated in log-ratio, clamped to the table."""
        return self.coordinates(look_up(self.ratios, t))

    def timestep(self, at: Point) -> Array:
        """The (fractional) timestep of a point: the inverse of `at`; where the point holds arrays, one of each."""
        return locate(self.ratios, at.ratio) if is_number(at.sigma) else locate_each(self.ratios, at.sigma / at.alpha)

    def degrade(self, x0: Array, at: Point, eps: Array) -> Array:
        """q(x | x0), shaped like x0, made of standard normal numbers `eps`; exactly x0 where `at` is clean.

        Of Gaussian noise `at` may hold arrays that broadcast with x0.
        """
        if is_number(at.sigma) and at == CLEAN:
            return x0
        if self.degradation is not None:
            return self.degradation(x0, at, eps)
        return at.alpha * x0 + at.sigma * self.law(eps, at)

    def prior(self, noise: Noise, like: Array, first: Point) -> Array:
        """The start of a path at `first`: noise, at the size a standardised picture would have there.

        A cold process starts from a picture of one colour, degraded, and a trace of noise to break its symmetry
        (Bansal et al. 2022, arXiv:2208.09392, section 5.2); `like` is then (N, C, H, W).
        """
        eps = noise(0, like)
        if self.degradation is not None:
            one_colour = 0.5 * eps[..., :1, :1] + 0 * eps
            return self.degradation(one_colour, first, eps) + 0.002 * eps
        return math.hypot(first.alpha, first.sigma) * self.law(eps, first)

    def noise(self, normal: Noise, path: Path) -> Noise:
        """What a sampler draws on `path`: noise of this process's law at the point of each step, from `normal`."""
        if self.law is gaussian:
            return normal

        def own(step: int, like: Array, draw: int = 0) -> Array:
            at = path[step] if path[step].sigma else path[step - 1]
            return self.law(normal(step, like, draw), at)

        return own
