"""What a network is shown of a noisy picture and what its answer means: the one place that knows preconditioning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gdm_studio.maths.path import Array, Point
from gdm_studio.maths.predictions import PREDICTIONS, Scales, c_noise
from gdm_studio.maths.processes import Process

Network = Callable[..., Array]  # (c_in · x, time, *told) -> F, shaped like x


@dataclass(frozen=True)
class Diffusion:
    """A forward process and what a network predicts on it; sampling and every loss go through the same lines.

    Wherever a point is asked for, `alpha` and `sigma` are numbers or, for a batch whose samples stand at different
    points, arrays that broadcast with x, such as (N, 1, 1, 1).
    """

    process: Process
    prediction: str  # a key of PREDICTIONS
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
        (time,) = _each(at, lambda point: (c_noise(self.prediction, self.process, point),))
        return time

    def scales(self, at: Point) -> Scales:
        """c_skip, c_out and c_in: numbers, or shaped like `at.sigma`."""
        return Scales(*_each(at, lambda point: PREDICTIONS[self.prediction](point, self.data_scale)))


def _each(at: Point, values: Callable[[Point], Sequence[float]]) -> Sequence[Array]:
    """The values at a point; where it holds arrays, arrays of the values at each of its points.

    Those of a batch are the same numbers as those of its points one by one, to the last bit.
    """
    alpha: Array
    sigma: Array
    alpha, sigma = at
    if not hasattr(sigma, "shape"):
        return values(at)
    sigmas = sigma.reshape(-1).tolist()
    alphas = alpha.reshape(-1).tolist() if hasattr(alpha, "shape") else [alpha] * len(sigmas)
    columns = zip(*(values(Point(*point)) for point in zip(alphas, sigmas, strict=True)), strict=True)
    return [_as(sigma, column) for column in columns]


def _as(array: Array, values: Sequence[float]) -> Array:
    """The values as an array of that kind and shape."""
    if hasattr(array, "new_tensor"):  # a tensor of torch, which is not to be imported here
        return array.new_tensor(values).reshape(array.shape)
    return np.asarray(values, array.dtype).reshape(array.shape)
