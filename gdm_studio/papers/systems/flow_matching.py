"""Flow matching: a network learns the velocity of straight lines from noise to images.

The line is x_t = (1 − t)·x_0 + t·ε with velocity ε − x_0. The network learns its expectation given x_t, E‖v_θ(x_t, t) −
(ε − x_0)‖² (Lipman et al. 2022, equation 23; Liu et al. 2022, equation 1), with t uniform in 0 … 1. The ODE dx/dt =
v_θ(x, t) then has the same marginals as the lines.

It is a diffusion model with another noise schedule: α = 1 − t and σ = t. Its paths from noise to image are less curved
than those of a variance-preserving process, so that even steps in t may be long.

Departures from the papers: t starts at 0.001, and lines join independent pairs of noise and image, without optimal
transport and without reflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from torch import Tensor

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, flow
from gdm_studio.papers.system_description import NO_GUIDANCE, Claim, Range, System, terms
from gdm_studio.papers.training.denoising_loss import DenoisingLossRecipe
from gdm_studio.papers.training.noise_levels import NoiseLevels, UniformTimes

# The range of t in training. At 0 there is no noise, and at 1 no image.
TIMES = (1e-3, 1.0)

FLOW_MATCHING = System(
    name="flow-matching",
    title="Flow matching",
    year=2022,
    authors="Lipman, Chen, Ben-Hamu, Nickel, Le; Liu, Gong, Liu",
    paper="arXiv:2210.02747 and 2209.03003",
    tags=("flow", "continuous time"),
    idea=QT_TRANSLATE_NOOP(
        "System", "Pictures and noise are joined by straight lines, and a network learns the velocity along them."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "The velocity ε − x_0, the mean over all lines through a point."),
    step=QT_TRANSLATE_NOOP("System", "A step along the velocity, without fresh noise."),
    objective="E‖v_θ(x_t, t) − (ε − x_0)‖², t uniform in [0, 1]",
    trains=("denoiser",),
    samplers=("flow_euler", "flow_heun"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System",
            "excess distance of points at 8 even steps over that of DDPM’s network by DDIM, after equal training",
        ),
        "straight_lines",
        Range(0.35, 0.7),
        "points",
        1.0,
        "DDPM’s network by DDIM",
        terms=terms(prediction=0.145, states=0.09, spread=(0.9, 1.2), shares=0.1, order=(1.9, 2.2), fresh=0.15),
    ),
    parents=("score-sde-vp", "ddim"),
    settings=NO_GUIDANCE,
)


@dataclass(frozen=True, kw_only=True)
class FlowMatchingRecipe(DenoisingLossRecipe):
    """Training recipe for flow matching: a network learns the velocity along straight lines from noise to images."""

    name: ClassVar[str] = "flow-matching"
    system: ClassVar[System] = FLOW_MATCHING

    @property
    def predicts(self) -> str:
        return "flow"

    @cached_property
    def process(self) -> Process:
        return flow()

    @property
    def training_levels(self) -> NoiseLevels:
        return UniformTimes(lambda t: NoiseLevel(1 - t, t), *TIMES)

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return the training loss, the squared error of the predicted velocity: E‖v_θ(x_t, t) − (ε − x_0)‖² (Lipman et
        al. 2022, equation 23).
        """
        found: Tensor = self.diffusion.loss(output, x0, x, at)
        return found

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"steps": 25}
