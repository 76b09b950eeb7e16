"""DDPM: an image is noised in a thousand small steps, and a network learns to reverse them.

The forward process is x_t = √(1 − β_t)·x_{t−1} + √β_t·ε (equation 2), in closed form x_t = √ᾱ_t·x_0 + √(1 − ᾱ_t)·ε (4).
The backward step is x_{t−1} = c1·x̂_0 + c2·x_t + σ_t·z (6, 7, algorithm 2), where x̂_0 follows from the network's
prediction (11).

The loss may compare the noise (14), the image, x_{t−1} (8), v or the score. Each of them determines x̂_0. For the noise
loss, the network outputs v = √ᾱ_t·ε − √(1 − ᾱ_t)·x_0, from which ε_θ is computed.

The variance σ_t² is β_t, β̃_t, or a second output of the network (Nichol and Dhariwal 2021, equations 15 and 16).

Departures from the papers: a phase with equal weights for all levels precedes the loss, there are no flips of the
images, and variances are at least the square of half an 8-bit level. L_vlb takes the timesteps of L_simple, without
importance sampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.posterior import posterior_mean, posterior_variance, transition_variance
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.vp import vp
from gdm_studio.maths.variational_bound import step_term
from gdm_studio.models.families.papers.method_parts import Clipping, Part
from gdm_studio.papers.system_description import NO_GUIDANCE, Claim, Range, System, terms
from gdm_studio.papers.training.denoising_recipe import NoiseSchedule
from gdm_studio.papers.training.even_start import EvenStartRecipe
from gdm_studio.training.options import Option

# The weight of L_vlb, a sum over all timesteps, relative to L_simple (Nichol and Dhariwal 2021, section 3.1).
BOUND = 1e-3
TARGETS = ("epsilon", "x0", "previous", "v", "score")

DDPM = System(
    name="ddpm",
    title="DDPM",
    year=2020,
    authors="Ho, Jain, Abbeel",
    paper="arXiv:2006.11239",
    tags=("diffusion", "discrete time"),
    idea=QT_TRANSLATE_NOOP(
        "System", "A picture is noised in a thousand small steps, and a network learns to reverse one step."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "The noise in x_t, with equal weight for every noise level."),
    step=QT_TRANSLATE_NOOP(
        "System", "Removes one of a thousand parts of the noise, and adds a little fresh noise of a fixed variance."
    ),
    objective="E‖ε − ε_θ(x_t, t)‖²",
    trains=("denoiser",),
    samplers=("ddpm_large", "ddpm"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "share of points at one of 25 modes minus the error of the modes’ shares, at 100 steps"
        ),
        "points_at_modes",
        Range(0.8, 0.97),
        "points",
        0.0,
        "a network that is not given the noise level",
        terms=terms(
            prediction=0.12, states=0.1, spread=(0.7, 1.1), shares=0.12, step=0.001, range=(0.999, 1.001), fresh=0.15
        ),
    ),
    parents=("diffusion-2015", "ncsn"),
    settings=NO_GUIDANCE,
)
LEARNED = System(
    name="ddpm-learned",
    title="Improved DDPM",
    year=2021,
    authors="Nichol, Dhariwal",
    paper="arXiv:2102.09672",
    tags=("diffusion", "discrete time", "learned variance"),
    idea=QT_TRANSLATE_NOOP(
        "System", "The network also predicts the variance of each backward step, learned from the variational bound."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "The noise in x_t, and the variance of a backward step, between β̃_t and β_t."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's, with fresh noise of the predicted variance."),
    objective="E‖ε − ε_θ(x_t, t)‖² + 0.001·E Σ_t KL(q(x_{t−1} | x_t, x_0) ‖ p_θ(x_{t−1} | x_t))",
    trains=("denoiser",),
    samplers=("ddpm_learned",),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "bound of held-out points in bits per coordinate minus the best one of three fixed variances"
        ),
        "learned_variance_bound",
        Range(-0.06, -0.03),
        "points",
        0.0,
        "the variance of an untrained network",
        terms=terms(prediction=0.045, states=0.09, spread=(0.9, 1.2), shares=0.09, step=0.001, fresh=0.15),
    ),
    parents=("ddpm",),
)


@dataclass(frozen=True, kw_only=True)
class DdpmRecipe(EvenStartRecipe):
    """Training recipe for DDPM, with options for the noise schedule, the chain's length and the loss target."""

    name: ClassVar[str] = "ddpm"
    system: ClassVar[System] = DDPM

    noise: NoiseSchedule = "linear"
    timesteps: Annotated[int, Option("Timesteps", "length of the chain", 2, 100_000)] = 1000
    target: Annotated[str, Option("Target", "the quantity compared by the loss", choices=TARGETS)] = "epsilon"

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

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return L_simple, E‖ε − ε_θ(x_t, t)‖² (equation 14), or the squared error of another target."""
        if self.target == "epsilon":
            return self.noise_error(output, x0, x, at).square().mean()
        return (output - self.diffusion.target(x0, x, at)).square().mean()

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        return (Clipping(),)


@dataclass(frozen=True, kw_only=True)
class LearnedRecipe(DdpmRecipe):
    """Training recipe for improved DDPM, whose network also learns the variance of each backward step (loss L_hybrid).

    The paper prefers the cosine schedule.
    """

    name: ClassVar[str] = "ddpm-learned"
    system: ClassVar[System] = LEARNED

    noise: NoiseSchedule = "cosine"

    @property
    def outputs(self) -> int:
        return 2

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return L_hybrid = L_simple + 0.001·L_vlb (Nichol and Dhariwal 2021, equation 16)."""
        prediction, variance = output.chunk(2, dim=1)
        simple = super().loss(prediction, x0, x, at, to)
        # Detached, so that the bound trains only the variance.
        found = self.diffusion.to_x0(prediction.detach(), x, at)
        # The bound is a sum over all timesteps. It is estimated by the mean over the drawn timesteps, times their
        # number.
        weight = BOUND * len(self.noise_levels)
        return simple + weight * bound(x0, found, (variance + 1) / 2, at, to).mean()


def bound(x0: Tensor, found: Tensor, share: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
    """Return the term of DDPM's variational bound for one backward step, in bits per dimension, for each image (N,).

    It is KL(q(x_to | x_at, x_0) ‖ p(x_to | x_at)). The mean of p is computed from the prediction `found` of x_0. The
    variance of p is exp(v·log β + (1 − v)·log β̃) with v = `share`, where β̃ is at least the square of half a level.
    Where `to` is clean, the term is −log p(x_0 | x_at) for 8-bit images (Ho et al. 2020, equation 13).
    """
    large = torch.as_tensor(transition_variance(at, to)).clamp(min=1 / 510**2)
    small = torch.as_tensor(posterior_variance(at, to)).clamp(min=1 / 510**2)
    log_variance = share * large.log() + (1 - share) * small.log()
    first, _ = posterior_mean(at, to)
    kl = step_term(small, (first * (x0 - found)).square(), log_variance)
    deviation = (0.5 * log_variance).exp()
    levels = -log_of_level(x0, found, deviation)
    nats = torch.where(torch.as_tensor(to.sigma) > 0, kl, levels)
    return nats.flatten(1).mean(dim=1) / math.log(2)


def log_of_level(x0: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """Return the log probability that a Gaussian sample rounds to the same 8-bit pixel value as x0.

    The Gaussian has the given mean and standard deviation. The lowest and the highest of the 256 values extend to
    infinity.
    """
    above = torch.special.ndtr((x0 + 1 / 255 - mean) / deviation)
    below = torch.special.ndtr((x0 - 1 / 255 - mean) / deviation)
    above = torch.where(x0 > 0.999, torch.ones_like(above), above)
    below = torch.where(x0 < -0.999, torch.zeros_like(below), below)
    return (above - below).clamp(min=1e-12).log()
