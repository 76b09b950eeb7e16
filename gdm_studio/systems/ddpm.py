"""DDPM: a picture is noised in a thousand small steps, and a network learns to take one of them back.

Forward, x_t = √(1 − β_t)·x_{t−1} + √β_t·ε (equation 2), all at once x_t = √ᾱ_t·x_0 + √(1 − ᾱ_t)·ε (4).
Backward, x_{t−1} = c1·x̂_0 + c2·x_t + σ_t·z (6, 7, algorithm 2), with x̂_0 from what the network predicts (11).
What is compared is a choice: the noise (14), the picture, x_{t−1} (8), v or the score; all say the same x̂_0. Where it
is the noise, the network's own answer is v = √ᾱ_t·ε − √(1 − ᾱ_t)·x_0, of which ε_θ follows.
The variance σ_t² is β_t or β̃_t, or a second answer of the network (Nichol and Dhariwal 2021, equations 15 and 16).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.vp import vp
from gdm_studio.systems.recipe import EvenlyBegun, NoiseSchedule
from gdm_studio.systems.system import UNGUIDED, Claim, System
from gdm_studio.training.options import Option

BOUND = 1e-3  # of L_vlb beside L_simple (Nichol and Dhariwal 2021, section 3.1)
TARGETS = ("epsilon", "x0", "previous", "v", "score")

DDPM = System(
    name="ddpm",
    title="DDPM",
    year=2020,
    authors="Ho, Jain, Abbeel",
    paper="arXiv:2006.11239",
    tags=("diffusion", "discrete time"),
    idea="A network learns to take back one of a thousand small steps of noise.",
    starts="Gaussian noise, N(0, I).",
    learned="The noise in x_t, every amount of it counted alike.",
    step="Takes back one of a thousand parts of the noise, and adds a little fresh noise of a fixed variance.",
    objective="E‖ε − ε_θ(x_t, t)‖²",
    trains=("denoiser",),
    samplers=("ddpm_large", "ddpm"),
    claim=Claim("the class of its pictures is recognised", "accuracy", 0.85, "more", "weights"),
    descends=("diffusion-2015", "ncsn"),
    settings=UNGUIDED,
)
LEARNED = System(
    name="ddpm-learned",
    title="Improved DDPM",
    year=2021,
    authors="Nichol, Dhariwal",
    paper="arXiv:2102.09672",
    tags=("diffusion", "discrete time", "learned variance"),
    idea="The network also says how much noise a step back is to add, learned from the variational bound.",
    starts="Gaussian noise, N(0, I).",
    learned="The noise in x_t, and where between β̃_t and β_t the variance of a step back lies.",
    step="As DDPM's, with fresh noise of the variance that the network says.",
    objective="E‖ε − ε_θ(x_t, t)‖² + 0.001·E KL(q(x_{t−1} | x_t, x_0) ‖ p_θ(x_{t−1} | x_t))",
    trains=("denoiser",),
    samplers=("ddpm_learned",),
    claim=Claim(
        "Fréchet distance at 25 steps over that of DDPM's large variance", "frechet_ratio_25", 1.0, "less", "weights"
    ),
    descends=("ddpm",),
)


@dataclass(frozen=True, kw_only=True)
class DdpmRecipe(EvenlyBegun):
    """DDPM on any schedule, for any of its targets."""

    name: ClassVar[str] = "ddpm"
    system: ClassVar[System] = DDPM

    noise: NoiseSchedule = "linear"
    timesteps: Annotated[int, Option("Timesteps", "of the chain", 2, 100_000)] = 1000
    target: Annotated[str, Option("Target", "what the loss compares", choices=TARGETS)] = "epsilon"

    @property
    def predicts(self) -> str:
        return super().predicts if self.target == "epsilon" else self.target

    @cached_property
    def process(self) -> Process:
        return vp(self.noise, self.timesteps)

    @property
    def card_process(self) -> str:
        return "vp"

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"schedule": self.noise, "timesteps": self.timesteps}

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point, to: Point) -> Tensor:
        if self.target == "epsilon":
            return super().loss(answer, x0, x, at, to)
        return (answer - self.diffusion.target(x0, x, at)).square().mean()

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"clips": True}


@dataclass(frozen=True, kw_only=True)
class LearnedRecipe(DdpmRecipe):
    """DDPM that learns its variance too, as `L_hybrid`; better on the cosine schedule, says its paper."""

    name: ClassVar[str] = "ddpm-learned"
    system: ClassVar[System] = LEARNED

    noise: NoiseSchedule = "cosine"

    @property
    def answers(self) -> int:
        return 2

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point, to: Point) -> Tensor:
        answer, variance = answer.chunk(2, dim=1)
        simple = super().loss(answer, x0, x, at, to)
        found = self.diffusion.x0(lambda *_: answer.detach(), x, at)  # the bound teaches the variance alone
        return simple + BOUND * bound(x0, found, (variance + 1) / 2, at, to).mean()


def posterior_mean(at: Point, to: Point) -> tuple[Tensor, Tensor]:
    """c1 and c2 of E[x_to | x_at, x_0] = c1·x_0 + c2·x_at (equation 7), for points of arrays."""
    second = at.alpha / to.alpha * (to.sigma / at.sigma) ** 2
    return to.alpha - second * at.alpha, second  # type: ignore[return-value]


def bound(x0: Tensor, found: Tensor, share: Tensor, at: Point, to: Point) -> Tensor:
    """KL(q(x_to | x_at, x_0) ‖ p(x_to | x_at)) in bits per number, a mean over each picture (N,).

    p has the mean that `found` for x_0 gives and the variance exp(v·log β + (1 − v)·log β̃), v = `share`. Where `to`
    is clean, −log p(x_0 | x_at) of pictures of 256 levels (Ho et al. 2020, equation 13), with β̃ of half a level.
    """
    large = at.sigma**2 - (at.alpha / to.alpha * to.sigma) ** 2
    small = torch.as_tensor((to.sigma / at.sigma) ** 2 * large).clamp(min=1 / 510**2)
    log_variance = share * torch.log(torch.as_tensor(large).clamp(min=1 / 510**2)) + (1 - share) * small.log()
    first, _ = posterior_mean(at, to)
    apart = (first * (x0 - found)).square()
    kl = 0.5 * (log_variance - small.log() + (small + apart) * (-log_variance).exp() - 1)
    deviation = (0.5 * log_variance).exp()
    levels = -log_of_level(x0, found, deviation)
    nats = torch.where(torch.as_tensor(to.sigma) > 0, kl, levels)
    return nats.flatten(1).mean(dim=1) / math.log(2)


def log_of_level(x0: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """log of the share of N(mean, deviation²) that rounds to x0's level of 256; the outermost reach to infinity."""
    above = torch.special.ndtr((x0 + 1 / 255 - mean) / deviation)
    below = torch.special.ndtr((x0 - 1 / 255 - mean) / deviation)
    above = torch.where(x0 > 0.999, torch.ones_like(above), above)
    below = torch.where(x0 < -0.999, torch.zeros_like(below), below)
    return (above - below).clamp(min=1e-12).log()
