"""Denoising diffusion GAN: a chain of four long steps back, each drawn by a generator that may draw many things.

A step back of a long chain is nearly Gaussian, one of a short chain is not: x_t may come of many pictures. So the
picture that a step goes by is drawn, x̂_0 = G(x_t, z, t) with z ~ N(0, I) anew at every step, and x_{t−1} follows from
q(x_{t−1} | x_t, x̂_0), DDPM's own posterior (Xiao, Kreis and Vahdat 2022, section 3). G learns to deceive a
discriminator D(x_{t−1}, x_t, t) that tells such steps from real ones, non-saturating, D's gradient at real x_{t−1} kept
small (R1). The chain is the VP SDE's at t = 1/T … 1, as if noise began at t = 0.001.
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

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process, tabulated, vp_sde
from gdm_studio.networks.generator import Encoder, EncoderConfig
from gdm_studio.systems.adversaries import adversaries
from gdm_studio.systems.ddpm import posterior_mean
from gdm_studio.systems.recipe import DenoisingRecipe, points_of, usual
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Samples
from gdm_studio.training.schedule import normal

BEGINS = 1e-3  # time at which the SDE is taken to have no noise yet
LEAK = 0.01  # share of what lies beyond −1 … 1 that training lets through, so that it has a gradient

DDGAN = System(
    name="ddgan",
    title="Denoising diffusion GAN",
    year=2022,
    authors="Xiao, Kreis, Vahdat",
    paper="arXiv:2112.07804",
    tags=("diffusion", "adversarial", "few steps"),
    idea="Four long steps; in each a generator draws what x may come of, where Gaussian steps take the mean of it.",
    starts="Gaussian noise, N(0, I).",
    learned="To draw a picture that x_t may come of, such that another network cannot tell its steps from real ones.",
    step="One of four long ones: a picture is drawn that x_t may come of, and x_{t−1} from the posterior of both.",
    objective="E softplus(−D(x_{t−1}, x_t)) + E softplus(D(x̂_{t−1}, x_t)) + γ/2·‖∇D‖²; E softplus(−D(x̂_{t−1}, x_t))",
    trains=("denoiser", "discriminator"),
    samplers=("ddpm",),
    claim=Claim("coverage of the real pictures at 4 steps less that of DDPM's Gaussian steps", "coverage_above_ddpm_4",
                0.1, "more", "pair"),
    descends=("ddpm", "gan"),
)  # fmt: skip


def alpha_bars(steps: int) -> tuple[float, ...]:
    """ᾱ_1 … ᾱ_T of the chain."""
    sde = vp_sde().sde
    assert sde is not None
    times = [BEGINS + (1 - BEGINS) * place / steps for place in range(steps + 1)]
    first, *rest = (sde.at(time).alpha ** 2 for time in times)
    return tuple(each / first for each in rest)


def posterior_deviation(at: Point, to: Point) -> Tensor:
    """√β̃ of q(x_to | x_at, x_0), for points of arrays (Ho et al. 2020, equation 7)."""
    large: Any = at.sigma**2 - (at.alpha / to.alpha * to.sigma) ** 2
    return to.sigma / at.sigma * large.clamp(min=0).sqrt()


class Pairs(nn.Module):
    """`discriminator(before, told, x, levels) -> answers`: whether x_{t−1} and x_t are a real step of the chain."""

    sigmas: Tensor

    def __init__(self, config: EncoderConfig, sigmas: Sequence[float]) -> None:
        super().__init__()
        self.encoder = Encoder(config)
        self.register_buffer("sigmas", torch.tensor(sigmas), persistent=False)

    def forward(self, before: Tensor, told: Tensor, x: Tensor, levels: Tensor) -> Tensor:
        step = (levels[:, 1:2] - self.sigmas).abs().argmin(dim=1)
        known = torch.cat([told, nn.functional.one_hot(step, len(self.sigmas)).to(told)], dim=1)
        answers: Tensor = self.encoder(torch.cat([before, x], dim=1), known)
        return answers


@dataclass(frozen=True, kw_only=True)
class DdganRecipe(DenoisingRecipe):
    """The generator is a denoiser that is told z beside class and factors."""

    name: ClassVar[str] = "ddgan"
    system: ClassVar[System] = DDGAN

    samples: Samples = 120_000
    batch: Batch = 64
    learning_rate: LearningRate = 1e-3
    cooldown: Cooldown = 40_000
    steps: Annotated[int, Option("Steps", "T, of the chain", 1, 64)] = 4
    latent: Annotated[int, Option("Latent", "numbers that a step is drawn from", 1, 1024)] = 64
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
    def told(self) -> int:
        return super().told + self.latent

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | usual(steps=self.steps, guidance_scale=1.0)

    def networks(self) -> dict[str, nn.Module]:
        told = self.pictures.told + self.steps
        config = EncoderConfig(told=told, channels=8, size=self.size, widest=64, spread=True)
        return super().networks() | {"discriminator": Pairs(config, [point.sigma for point in self.points])}

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return {"denoiser": model["denoiser"]}

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"clips": True, "latent": self.latent}

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Real steps x_{t−1} and x_t, what is told, and the numbers that others are drawn from."""
        x0, told = self.shown(rng, self.batch)
        levels = torch.tensor([[*at, *to] for at, to in self.jumps(rng, self.batch)], dtype=torch.float32)
        at, to = points_of(levels)
        before = to.alpha * x0 + to.sigma * normal(rng, *x0.shape)
        kept: Any = at.alpha / to.alpha
        added = (at.sigma**2 - (kept * to.sigma) ** 2).clamp(min=0).sqrt()
        given = normal(rng, self.batch, self.latent + math.prod(x0.shape[1:]))
        return before, told, given, kept * before + added * normal(rng, *x0.shape), levels

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["denoiser"]

        def made(told: Tensor, given: Tensor, x: Tensor, levels: Tensor) -> Tensor:
            """x̂_{t−1}: z is the first of the numbers, the posterior's noise is the others."""
            at, to = points_of(levels)
            z, noise = given[:, : self.latent], given[:, self.latent :].reshape(x.shape)
            x0 = network(self.diffusion.shown(x, at), self.time(at), torch.cat([told, z], dim=1))
            first, second = posterior_mean(at, to)
            found = torch.lerp(x0.clamp(-1, 1), x0, LEAK)
            return first * found + second * x + posterior_deviation(at, to) * noise

        return adversaries(network, model["discriminator"], made, self.penalty)
