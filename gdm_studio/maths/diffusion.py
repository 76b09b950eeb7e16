"""What a network is shown of a noisy picture and what its answer means: the one place that knows preconditioning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from gdm_studio.maths.elementwise import array_of, is_number
from gdm_studio.maths.path import CLEAN, Array, Point
from gdm_studio.maths.predictions import PREDICTIONS, PREVIOUS, Scales, c_noise, previous
from gdm_studio.maths.processes import Process

Network = Callable[..., Array]  # (c_in · x, time, *told) -> F, shaped like x


@dataclass(frozen=True)
class Diffusion:
    """A forward process and what a network predicts on it; sampling and every loss go through the same lines.

    Wherever a point is asked for, `alpha` and `sigma` are numbers or, for a batch whose samples stand at different
    points, arrays that broadcast with x, such as (N, 1, 1, 1).
    """

    process: Process
    prediction: str  # a key of PREDICTIONS, or PREVIOUS
    data_scale: float = 1.0  # standard deviation of the data

    def x0(self, network: Network, x: Array, at: Point, *told: Array) -> Array:
        """The clean pictures that the network predicts from x: c_skip·x + c_out·F (Karras et al. 2022, equation 7)."""
        scales = self.scales(at)
        return scales.c_skip * x + scales.c_out * network(scales.c_in * x, self.time(at), *told)

    def target(self, x0: Array, x: Array, at: Point) -> Array:
        """The F that would make x0 of x: what the network's answer to `shown` is compared with (ibid., equation 8)."""
        scales = self.scales(at)
        return (x0 - scales.c_skip * x) / scales.c_out

    def shown(self, x: Array, at: Point) -> Array:
        """x as the network sees it, c_in·x."""
        return self.scales(at).c_in * x

    def time(self, at: Point) -> Array:
        """What the network is told of the noise: a number, or shaped like `at.sigma`."""
        return c_noise(self.prediction, self.process, at)

    def of_order_one(self, time: Array) -> Array:
        """What `time` says as the networks of `systems` are told it: the share of all timesteps, EDM's as it is."""
        return time if self.prediction == "edm" else time / len(self.process.ratios)

    def scales(self, at: Point) -> Scales:
        """c_skip, c_out and c_in: numbers, or arrays that broadcast with `at.sigma`."""
        if self.prediction == PREVIOUS:
            return previous(at, self.before(at))
        return PREDICTIONS[self.prediction](at, self.data_scale)

    def before(self, at: Point) -> Point:
        """The point one timestep nearer to the picture; where `at` holds arrays, one of each, with a wait for them."""
        if not is_number(at.sigma):
            like: Array = at.alpha
            pairs = zip(*(part.reshape(-1).tolist() for part in (like, cast(Array, at.sigma))), strict=True)
            parts = zip(*(self.before(Point(*pair)) for pair in pairs), strict=True)
            return Point(*(array_of(part, like).reshape(like.shape) for part in parts))
        timestep = self.process.timestep(at) - 1
        return CLEAN if timestep < -0.5 else self.process.at(timestep)
