"""Denoising diffusion gamma models: DDPM with skewed noise, which is drawn from a gamma distribution at each step.

The forward step is x_t = √(1 − β_t)·x_{t−1} + g_t − E g_t with g_t ~ Γ(k_t, θ_t), θ_t = √ᾱ_t·θ_0 and k_t =
β_t/(ᾱ_t·θ_0²) (equation 10). A sum of such gamma variables is a gamma variable. Therefore x_t can be drawn from x_0
directly, with k̄_t = (1/ᾱ_t − 1)/θ_0² and a variance of exactly 1 − ᾱ_t (13).

The loss is L1 (algorithm 1). The backward steps are DDPM's, where gamma noise of unit variance is multiplied by σ_t
(algorithm 2). The skewness of x_t is 2/√k̄_t. With the paper's θ_0 = 0.001 the noise is practically Gaussian, so here
θ_0 is 0.1.

Training only requires that x_t can be drawn from x_0 in one step with known mean and variance. A Gaussian mixture
satisfies this too, because a sum of Gaussian mixtures is a Gaussian mixture with more components.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, gamma, mixture
from gdm_studio.models.families.papers.method_parts import Clipping, Part
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.training.denoising_recipe import NoiseSchedule
from gdm_studio.papers.training.even_start import EvenStartRecipe
from gdm_studio.training.options import Option


def _describe_system(name: str, title: str, idea: str, paper: str, *, starts: str, step: str) -> System:
    return System(
        name=name,
        title=title,
        year=2021,
        authors="Nachmani, San Roman, Wolf",
        paper=paper,
        tags=("diffusion", "discrete time", "non-Gaussian"),
        idea=idea,
        starts=starts,
        learned=QT_TRANSLATE_NOOP("System", "The noise in x_t, by the absolute error."),
        step=step,
        objective=QT_TRANSLATE_NOOP("System", "E‖ε − ε_θ(x_t, t)‖₁, ε from the noise distribution at unit variance"),
        trains=("denoiser",),
        samplers=("ddpm_large", "ddpm"),
        claim=Claim(
            QT_TRANSLATE_NOOP(
                "System", "excess distance of points in 10 steps over that of DDPM with the better fixed variance"
            ),
            "noise_law",
            Range(0.2, 0.95),
            "points",
            1.0,
            "DDPM’s network with Gaussian noise",
            terms=terms(prediction=0.46, states=0.18, spread=(0.65, 2), shares=0.2, step=0.001, noise=0.1, fresh=0.15),
        ),
        parents=("ddpm",),
    )


GAMMA = _describe_system(
    "gamma",
    "DDGM",
    QT_TRANSLATE_NOOP("System", "DDPM with noise from a gamma distribution, skewed to one side."),
    "arXiv:2110.05948",
    starts=QT_TRANSLATE_NOOP("System", "Noise drawn from a centred gamma distribution."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's; the fresh noise is drawn from a centred gamma distribution."),
)
MIXTURE = _describe_system(
    "mixture",
    "Mixture noise",
    QT_TRANSLATE_NOOP("System", "DDPM with noise from a Gaussian mixture: rare large jumps among small ones."),
    "arXiv:2106.07582",
    starts=QT_TRANSLATE_NOOP("System", "Noise drawn from a mixture of two Gaussians."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's; the fresh noise is drawn from a mixture of two Gaussians."),
)


@dataclass(frozen=True, kw_only=True)
class GammaRecipe(EvenStartRecipe):
    """Training recipe for DDPM with an L1 loss and skewed noise from a gamma distribution instead of Gaussian noise."""

    name: ClassVar[str] = "gamma"
    system: ClassVar[System] = GAMMA

    noise: NoiseSchedule = "linear"
    theta0: Annotated[float, Option("Theta", "θ_0 of the gamma noise; more is more skewed", 1e-4, 2)] = 0.1

    @cached_property
    def process(self) -> Process:
        return gamma(self.theta0, self.noise)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"theta0": self.theta0, "schedule": self.noise}

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return the training loss, the mean absolute error of the noise: E‖ε − ε_θ(x_t, t)‖₁ (algorithm 1)."""
        return self.noise_error(output, x0, x, at).abs().mean()

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        return (Clipping(),)


@dataclass(frozen=True, kw_only=True)
class MixtureRecipe(GammaRecipe):
    """Training recipe for DDPM with an L1 loss and noise from a mixture of two Gaussians instead of a single
    Gaussian.
    """

    name: ClassVar[str] = "mixture"
    system: ClassVar[System] = MIXTURE

    share: Annotated[float, Option("Share", "share of the variance in jumps", 0, 1)] = 0.5
    jump: Annotated[float, Option("Jump", "standard deviation of a jump", 1e-3, 100)] = 1.0

    @cached_property
    def process(self) -> Process:
        return mixture(self.share, self.jump, self.noise)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"share": self.share, "jump": self.jump, "schedule": self.noise}
