"""Denoising diffusion gamma models: DDPM whose noise is skewed, each step's drawn from a gamma law.

x_t = √(1 − β_t)·x_{t−1} + g_t − E g_t with g_t ~ Γ(k_t, θ_t), θ_t = √ᾱ_t·θ_0, k_t = β_t/(ᾱ_t·θ_0²) (equation 10);
gamma laws add up, so that x_t comes of x_0 at once: k̄_t = (1/ᾱ_t − 1)/θ_0², of variance 1 − ᾱ_t exactly (13).
The loss is L1 (algorithm 1), the steps back are DDPM's with gamma noise of unit variance times σ_t (algorithm 2).
The skewness of x_t is 2/√k̄_t: with the paper's θ_0 = 0.001 that is Gaussian for all practical purposes; ours is 0.1.
What any such noise must keep is that x_t comes of x_0 in one draw, of known mean and variance: training needs it. A sum
of mixtures of Gaussians is such a mixture again, of more parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

from torch import Tensor, nn

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process, gamma, mixture
from gdm_studio.systems.recipe import EvenlyBegun, NoiseSchedule
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.options import Option


def _system(name: str, title: str, idea: str, paper: str, noise: str) -> System:
    return System(
        name=name,
        title=title,
        year=2021,
        authors="Nachmani, San Roman, Wolf",
        paper=paper,
        tags=("diffusion", "discrete time", "non-Gaussian"),
        idea=idea,
        starts=f"Noise drawn from {noise}.",
        learned="That noise in x_t, by its absolute error.",
        step=f"As DDPM's; the fresh noise is drawn from {noise}.",
        objective="E‖ε − ε_θ(x_t, t)‖₁, ε of the law of the noise at unit variance",
        trains=("denoiser",),
        samplers=("ddpm_large", "ddpm"),
        claim=Claim("Fréchet distance at 10 steps over that of DDPM at as many", "frechet_beside_ddpm_10", 1.0, "less",
                    "pair"),
        descends=("ddpm",),
    )  # fmt: skip


GAMMA = _system(
    "gamma", "DDGM", "DDPM whose noise is drawn from a gamma law, skewed to one side.", "arXiv:2110.05948",
    "a gamma law, centred",
)  # fmt: skip
MIXTURE = _system(
    "mixture", "Mixture noise", "DDPM whose noise is a mixture of Gaussians: rare jumps among small ones.",
    "arXiv:2106.07582", "a mixture of two Gaussians",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GammaRecipe(EvenlyBegun):
    """DDPM with gamma noise."""

    name: ClassVar[str] = "gamma"
    system: ClassVar[System] = GAMMA

    noise: NoiseSchedule = "linear"
    theta0: Annotated[float, Option("Theta", "scale of the noise of a clean picture: the more, the more skewed",
                                    1e-4, 2)] = 0.1  # fmt: skip

    @cached_property
    def process(self) -> Process:
        return gamma(self.theta0, self.noise)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"theta0": self.theta0, "schedule": self.noise}

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point, to: Point) -> Tensor:
        return self.missed_noise(answer, x0, x, at).abs().mean()

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"clips": True}


@dataclass(frozen=True, kw_only=True)
class MixtureRecipe(GammaRecipe):
    """DDPM with the noise of a mixture."""

    name: ClassVar[str] = "mixture"
    system: ClassVar[System] = MIXTURE

    share: Annotated[float, Option("Share", "of the variance that is in jumps", 0, 1)] = 0.5
    jump: Annotated[float, Option("Jump", "standard deviation of one", 1e-3, 100)] = 1.0

    @cached_property
    def process(self) -> Process:
        return mixture(self.share, self.jump, self.noise)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"share": self.share, "jump": self.jump, "schedule": self.noise}
