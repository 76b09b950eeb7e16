"""Denoising diffusion GAN: a chain of four long backward steps, each sampled by a generator.

A backward step of a long chain is nearly Gaussian. A step of a short chain is not, because x_t is compatible with many
images. Therefore x̂_0 = G(x_t, z, t) is sampled with a new z ~ N(0, I) at every step, and x_{t−1} is drawn from DDPM's
posterior q(x_{t−1} | x_t, x̂_0) (Xiao, Kreis and Vahdat 2022, section 3).

The generator G competes with a discriminator D(x_{t−1}, x_t, t) that distinguishes generated steps from real ones. The
loss is non-saturating, with an R1 penalty on D's gradient at real x_{t−1}. The chain is the VP SDE at t = 1/T … 1, with
noise that starts at t = 0.001.

Departures from the paper: z is part of the conditioning instead of a mapping network's input, the output has no tanh
but is clipped (with a small slope in training), and R1 is evaluated at every step, for an eighth of the batch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.posterior import posterior_mean, posterior_sigma, transition_sigma
from gdm_studio.maths.processes import Process, tabulated, vp_sde
from gdm_studio.models.families.papers.method_parts import Clipping, Part, RandomInput
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.systems.one_step_generators import adversarial_objectives
from gdm_studio.papers.training.denoising_recipe import DenoisingRecipe
from gdm_studio.papers.training.noise_levels import noise_levels_of
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Samples

# The time of the SDE before which data counts as free of noise.
BEGINS = 1e-3
# The slope of the clipping outside −1 … 1 in training. Values are clipped softly, so that they have a gradient.
LEAK = 0.01

DDGAN = System(
    name="ddgan",
    title="Denoising diffusion GAN",
    year=2021,
    authors="Xiao, Kreis, Vahdat",
    paper="arXiv:2112.07804",
    tags=("diffusion", "adversarial", "few steps"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "Four long steps; in each a generator samples a picture that explains x, where Gaussian steps use the mean.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP(
        "System", "To sample a picture that explains x_t, so that a discriminator cannot tell the steps from real ones."
    ),
    step=QT_TRANSLATE_NOOP(
        "System",
        "One of four long steps: samples a picture that explains x_t, then x_{t−1} from the posterior given both.",
    ),
    objective="E softplus(−D(x_{t−1}, x_t)) + E softplus(D(x̂_{t−1}, x_t)) + γ/2·‖∇D‖²; E softplus(−D(x̂_{t−1}, x_t))",
    trains=("denoiser", "discriminator"),
    samplers=("ddpm",),
    claim=Claim(
        QT_TRANSLATE_NOOP("System", "share of points at one of 25 modes in 4 steps minus that of exact Gaussian steps"),
        "four_step_modes",
        Range(0.3, 0.838),
        "points",
        0.0,
        "a z of zero",
        terms=terms(states=0.12, spread=(1, 2.9), shares=0.27, step=0.001, fresh=0.15),
    ),
    parents=("ddpm", "gan"),
)


def alpha_bars(steps: int) -> tuple[float, ...]:
    """Return alpha-bar (ᾱ_1 … ᾱ_T) of each of the `steps` long steps in the forward process of the denoising diffusion
    GAN.
    """
    sde = vp_sde().sde
    assert sde is not None
    times = [BEGINS + (1 - BEGINS) * index / steps for index in range(steps + 1)]
    first, *rest = (sde.at(time).alpha ** 2 for time in times)
    return tuple(each / first for each in rest)


class StepDiscriminator(nn.Module):
    """Discriminator that judges whether a backward step from x_t to x_{t−1} is real or generated.

    It is called with (x_{t−1}, conditioning, x_t, levels) and returns a logit for the step being real. The index of the
    step is determined from the sigma in `levels` and appended to the conditioning.
    """

    sigmas: Tensor

    def __init__(self, encoder: nn.Module, sigmas: Sequence[float]) -> None:
        super().__init__()
        self.encoder = encoder
        self.register_buffer("sigmas", torch.tensor(sigmas), persistent=False)

    def forward(self, before: Tensor, cond: Tensor, x: Tensor, levels: Tensor) -> Tensor:
        step = (levels[:, 1:2] - self.sigmas).abs().argmin(dim=1)
        known = torch.cat([cond, nn.functional.one_hot(step, len(self.sigmas)).to(cond)], dim=1)
        answers: Tensor = self.encoder(torch.cat([before, x], dim=1), known)
        return answers


@dataclass(frozen=True, kw_only=True)
class DdganRecipe(DenoisingRecipe):
    """Training recipe for the denoising diffusion GAN, which reverses diffusion in a few long steps.

    Its generator predicts the clean image from x_t and random numbers z. It is also conditioned on class and factors.
    """

    name: ClassVar[str] = "ddgan"
    system: ClassVar[System] = DDGAN

    samples: Samples = 120_000
    batch: Batch = 64
    learning_rate: LearningRate = 1e-3
    cooldown: Cooldown = 40_000
    steps: Annotated[int, Option("Steps", "T, length of the chain", 1, 64)] = 4
    latent: Annotated[int, Option("Latent", "size of the random input z of a step", 1, 1024)] = 64
    penalty: Annotated[float, Option("Penalty", "gamma of R1", 0, 1000)] = 0.5

    @cached_property
    def process(self) -> Process:
        return tabulated(alpha_bars(self.steps))

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"alpha_bars": list(alpha_bars(self.steps))}

    @property
    def predicts(self) -> str:
        return "x0"

    @property
    def cond_width(self) -> int:
        return super().cond_width + self.latent_numbers

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | dict(steps=self.steps, guidance_scale=1.0)

    def networks(self) -> dict[str, nn.Module]:
        cond = self.pictures.cond_width + self.steps
        encoder = self.new_encoder(condition_width=cond, channels=8, widest=64, spread=True)
        return super().networks() | {
            "discriminator": StepDiscriminator(encoder, [level.sigma for level in self.noise_levels])
        }

    def exported_networks(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {"denoiser": model["denoiser"]}

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        return Clipping(), RandomInput(self.latent_numbers)

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Draw a training batch of real backward steps from x_t to x_{t−1}, for the discriminator.

        Returns x_{t−1}, the conditioning, random inputs of the generator, x_t, and the noise levels of both.
        """
        x0, cond = self.random_images(rng, self.batch)
        levels = torch.tensor(
            [[*at, *to] for at, to in self.training_levels.draw(rng, self.batch)], dtype=torch.float32
        )
        at, to = noise_levels_of(levels)
        before = to.alpha * x0 + to.sigma * normal(rng, *x0.shape)
        kept: Any = at.alpha / to.alpha
        added = transition_sigma(at, to)
        inputs = normal(rng, self.batch, self.latent_numbers + math.prod(x0.shape[1:]))
        return before, cond, inputs, kept * before + added * normal(rng, *x0.shape), levels

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["denoiser"]

        def generate(cond: Tensor, inputs: Tensor, x: Tensor, levels: Tensor) -> Tensor:
            """Generate the less noisy image x_{t−1} from x_t with the GAN's generator.

            The first `latent` elements of `inputs` are z, the others are the noise of the posterior.
            """
            at, to = noise_levels_of(levels)
            count = self.latent_numbers
            z, noise = inputs[:, :count], inputs[:, count:].reshape(x.shape)
            x0 = network(self.diffusion.scaled_input(x, at), self.time(at), RandomInput.append(cond, z))
            first, second = posterior_mean(at, to)
            found = torch.lerp(x0.clamp(-1, 1), x0, LEAK)
            return first * found + second * x + posterior_sigma(at, to) * noise

        return adversarial_objectives(network, model["discriminator"], generate, self.penalty)
