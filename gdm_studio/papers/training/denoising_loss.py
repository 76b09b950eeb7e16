"""Training recipes whose loss compares the output of a denoising network with its target, image by image."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.papers.training.denoising_recipe import DenoisingRecipe
from gdm_studio.papers.training.noise_levels import noise_levels_of, stack_levels
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.recipe import Objective


@dataclass(frozen=True, kw_only=True)
class DenoisingLossRecipe(DenoisingRecipe):
    """Base class of training recipes that add noise to images and minimise a loss of the network's output.

    A system states its loss. The default batch contains images at random noise levels.
    """

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, cond = self.random_images(rng, self.batch)
        return self.noisy_batch(rng, self.data_of(model, pictures), cond)

    def noisy_batch(self, rng: np.random.Generator, x0: Tensor, cond: Tensor) -> tuple[Tensor, ...]:
        """Add noise of random levels to the clean images x0, and return a training batch.

        The batch is (x0, noisy x, levels (N, 4), conditioning). Each row of `levels` contains the alpha and sigma of x,
        then the alpha and sigma of the previous noise level.
        """
        jumps = self.training_levels.draw(rng, self.batch)
        eps = normal(rng, *x0.shape)
        if not self.has_gaussian_noise:
            # Other processes accept only one noise level per call.
            rows = [self.process.degrade(x0[[i]], at, eps[[i]]) for i, (at, _) in enumerate(jumps)]
            x = torch.cat(rows)
        else:
            x = self.process.degrade(x0, stack_levels([at for at, _ in jumps]), eps)
        levels = torch.tensor([[*at, *to] for at, to in jumps], dtype=torch.float32)
        return x0, x, levels, cond

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["denoiser"]

        def loss(x0: Tensor, x: Tensor, levels: Tensor, cond: Tensor, *beside: Tensor) -> Tensor:
            at, to = noise_levels_of(levels)
            return self.loss(self.predict(network, x, at, cond, *beside), x0, x, at, to)

        optimizers = OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate)
        return (Objective("loss", loss, list(network.parameters()), optimizers),)

    @abstractmethod
    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return the training loss of the network's output for noisy images x at the noise level `at`.

        `to` is the next lower noise level, which the losses of some systems need.
        """

    def noise_error(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel) -> Tensor:
        """Return the error of the predicted noise, ε − ε_θ = α/σ·(x̂_0 − x_0), for any quantity that the network
        predicts.
        """
        return (self.diffusion.to_x0(output, x, at) - x0) * (at.alpha / at.sigma)
