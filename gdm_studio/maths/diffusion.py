"""Preconditioning: scales a noisy image for the network and converts its output. No other module depends on these
conventions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from gdm_studio.maths.arrays import array_of, is_number
from gdm_studio.maths.noise_path import CLEAN, Array, NoiseLevel
from gdm_studio.maths.predictions import PREDICTIONS, PREVIOUS, Scales, c_noise, previous
from gdm_studio.maths.processes import Process

# A network: (c_in · x, time, *conditioning) -> F, shaped like x.
Network = Callable[..., Array]


@dataclass(frozen=True)
class Diffusion:
    """Forward process together with the quantity that a network predicts. Sampling and every training loss convert
    between network outputs and images by these methods.

    The `alpha` and `sigma` of a `NoiseLevel` argument are numbers or, for a batch of samples at different noise levels,
    arrays that broadcast with x, such as (N, 1, 1, 1).
    """

    process: Process
    # A key of PREDICTIONS, or PREVIOUS.
    prediction: str
    # Standard deviation of the data.
    data_scale: float = 1.0

    def x0(self, network: Network, x: Array, at: NoiseLevel, *conditioning: Array) -> Array:
        """Evaluate the network on noisy images x and return the predicted clean images: c_skip·x + c_out·F (Karras et
        al. 2022, eq. 7).
        """
        return self.to_x0(network(self.scaled_input(x, at), self.time(at), *conditioning), x, at)

    def to_x0(self, output: Array, x: Array, at: NoiseLevel) -> Array:
        """Convert an output F of the network to the predicted clean images: c_skip·x + c_out·F."""
        scales = self.scales(at)
        return scales.c_skip * x + scales.c_out * output

    def target(self, x0: Array, x: Array, at: NoiseLevel) -> Array:
        """Return the training target for the network: the output F whose prediction from x equals the clean images x0.

        Karras et al. 2022, eq. 8.
        """
        scales = self.scales(at)
        return (x0 - scales.c_skip * x) / scales.c_out

    def loss(self, output: Array, x0: Array, x: Array, at: NoiseLevel) -> Array:
        """Return the mean squared error between the network's output F and its training target. This is EDM's loss with
        the weight 1/c_out².
        """
        return ((output - self.target(x0, x, at)) ** 2).mean()

    def scaled_input(self, x: Array, at: NoiseLevel) -> Array:
        """Return the network's input for noisy images: c_in·x."""
        return self.scales(at).c_in * x

    def skipped(self, x: Array, at: NoiseLevel) -> Array:
        """Return c_skip·x, the part of the predicted clean images that does not depend on the network's output."""
        return self.scales(at).c_skip * x

    def time(self, at: NoiseLevel) -> Array:
        """Return the network's time input for a noise level: a number, or an array shaped like `at.sigma`."""
        return c_noise(self.prediction, self.process, at)

    def of_order_one(self, time: Array) -> Array:
        """Scale the network's time input, as returned by `time`, to numbers of order one. The networks of the
        reimplemented published methods expect it in this form.

        The result is the fraction of all timesteps. EDM's time input is unchanged.
        """
        return time if self.prediction == "edm" else time / len(self.process.ratios)

    def scales(self, at: NoiseLevel) -> Scales:
        """Return the preconditioning coefficients c_skip, c_out and c_in at a noise level. They are numbers, or arrays
        that broadcast with `at.sigma`.
        """
        if self.prediction == PREVIOUS:
            return previous(at, self.previous_level(at))
        return PREDICTIONS[self.prediction](at, self.data_scale)

    def previous_level(self, at: NoiseLevel) -> NoiseLevel:
        """Return the noise level that is one timestep closer to the clean image. If the noise level contains GPU
        tensors, this call waits for the GPU.
        """
        if not is_number(at.sigma):
            like: Array = at.alpha
            pairs = zip(*(part.reshape(-1).tolist() for part in (like, cast(Array, at.sigma))), strict=True)
            parts = zip(*(self.previous_level(NoiseLevel(*pair)) for pair in pairs), strict=True)
            return NoiseLevel(*(array_of(part, like).reshape(like.shape) for part in parts))
        timestep = self.process.timestep(at) - 1
        return CLEAN if timestep < -0.5 else self.process.at(timestep)
