"""EDM: the noise level itself is the time, and scaled inputs and outputs make every level equally hard to learn.

The noisy image is x = x_0 + σ·ε. The denoiser is D(x; σ) = c_skip·x + c_out·F(c_in·x, c_noise) (Karras et al. 2022,
equation 7), where the coefficients give the input and the target of the network F unit variance (table 1). The noise
levels of training are log-normal, ln σ ~ N(P_mean, P_std²), since the levels between are the ones that are worth
learning.

Sampling follows the ODE dx/dσ = (x − D(x; σ))/σ by Heun's method (algorithm 1), at levels that are denser at low noise
(equation 5, ρ = 7).

Departures from the paper: σ_data is measured on the data, and images are not augmented.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

from torch import Tensor

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, edm
from gdm_studio.papers.system_description import NO_GUIDANCE, Claim, Range, System, terms
from gdm_studio.papers.training.denoising_loss import DenoisingLossRecipe
from gdm_studio.papers.training.noise_levels import LogNormalSigmas, NoiseLevels
from gdm_studio.training.options import Option

EDM = System(
    name="edm",
    title="EDM",
    year=2022,
    authors="Karras, Aittala, Aila, Laine",
    paper="arXiv:2206.00364",
    tags=("diffusion", "continuous time"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "The parts of a diffusion model are separated: training levels, scaling of the network, sampler and its steps.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise of the largest σ, which hides the picture."),
    learned=QT_TRANSLATE_NOOP(
        "System", "The clean picture, by a network whose inputs and outputs are scaled to unit variance."
    ),
    step=QT_TRANSLATE_NOOP(
        "System", "Follows the ODE by Heun's method: a step, a second evaluation at its end, and the mean of both."
    ),
    objective="E_σ λ(σ)·‖D(x_0 + σ·ε; σ) − x_0‖², ln σ ~ N(P_mean, P_std²)",
    trains=("denoiser",),
    samplers=("heun", "edm", "euler"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "error of points by Heun’s method over that by Euler’s, at 35 evaluations of the network each"
        ),
        "heun_error",
        Range(0.4, 0.8),
        "points",
        1.0,
        "Euler’s method on both sides",
        terms=terms(
            local=(0.1, 0.25),
            fine=0.32,
            order=(1.9, 2.2),
            prediction=0.07,
            states=0.09,
            spread=(0.9, 1.2),
            shares=0.1,
            fresh=0.15,
        ),
    ),
    parents=("score-sde-ve", "ddim"),
    settings=NO_GUIDANCE,
)


@dataclass(frozen=True, kw_only=True)
class EdmRecipe(DenoisingLossRecipe):
    """Training recipe for EDM (Karras et al. 2022), with log-normal noise levels of equal weight in the loss."""

    name: ClassVar[str] = "edm"
    system: ClassVar[System] = EDM

    least: Annotated[float, Option("Least noise", "the smallest sigma of sampling", 1e-4, 1)] = 0.002
    most: Annotated[float, Option("Most noise", "the largest sigma of sampling", 1, 1000)] = 80.0
    mean: Annotated[float, Option("Mean", "P_mean, the mean of ln sigma in training", -10, 10)] = -1.2
    spread: Annotated[float, Option("Spread", "P_std, the deviation of ln sigma in training", 0.01, 10)] = 1.2

    @property
    def predicts(self) -> str:
        return "edm"

    @cached_property
    def process(self) -> Process:
        return edm(self.least, self.most)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"sigma_min": self.least, "sigma_max": self.most}

    @property
    def training_levels(self) -> NoiseLevels:
        return LogNormalSigmas(self.mean, self.spread)

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return the training loss, the weighted squared error of the denoiser D: E λ(σ)·‖D(x; σ) − x_0‖² with λ =
        1/c_out² (equations 7 and 8).

        This is the squared error of the network's output F, with equal weight for all noise levels.
        """
        found: Tensor = self.diffusion.loss(output, x0, x, at)
        return found

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"steps": 18, "spacing": "karras"}
