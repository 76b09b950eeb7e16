"""A normalizing flow alone: an invertible map from noise to data, trained by the exact likelihood.

A coupling layer keeps one half of the numbers and moves the other, y_2 = x_2·e^{s(x_1)} + t(x_1) (Dinh et al. 2016,
equation 7). It is inverted without inverting s or t, and its log determinant is the sum of s. The loss is the exact
−log p(x) = −log N(z; 0, I) − log |det ∂z/∂x|, without a bound.

An invertible map cannot tear the plane: where the data have separate modes, bridges of low density remain between them.
Diffusion models have no such limit, because their maps change with the noise level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.families.papers.family import ONE_STEP
from gdm_studio.networks.papers.point_networks import CouplingFlow, CouplingFlowConfig
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.systems.one_step_generators import OneStepRecipe
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.recipe import Batch, Cooldown, LearningRate, Objective, Optimizers, Samples, Threads

NORMALIZING_FLOW = System(
    name="normalizing-flow",
    title="Normalizing flow",
    year=2016,
    authors="Dinh, Sohl-Dickstein, Bengio",
    paper="arXiv:1605.08803",
    tags=(ONE_STEP, "flow", "likelihood", "points"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "An invertible network maps noise to data, so that the likelihood is exact; shown with points in the plane.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "As many numbers as the data have, N(0, I)."),
    learned=QT_TRANSLATE_NOOP("System", "An invertible map, by the exact likelihood."),
    step=QT_TRANSLATE_NOOP("System", "A single step: noise goes through all layers."),
    objective="−log N(z; 0, I) − log |det ∂z/∂x|",
    trains=("generator",),
    samplers=("euler",),
    claim=Claim(
        QT_TRANSLATE_NOOP("System", "−log p of held-out points in nats above that of the true distribution"),
        "flow_likelihood",
        Range(0, 0.5),
        "points",
        2.7,
        "a flow without coupling layers, a Gaussian",
        terms=terms(states=0.12, spread=(1, 1.65), shares=0.12, fresh=0.15),
    ),
)


def negative_log_likelihood(network: CouplingFlow, points: Tensor) -> Tensor:
    """Return the negative log-likelihood of each point under the flow, in nats (N, P), for points (N, 1, P, 2)."""
    z, log_determinant = network.inverse(points)
    found: Tensor = 0.5 * (z.square() + math.log(2 * math.pi)).sum(dim=-1) - log_determinant
    return found


@dataclass(frozen=True, kw_only=True)
class NormalizingFlowRecipe(OneStepRecipe):
    """Training recipe for a normalizing flow from Gaussian noise to 2-D points, by maximum likelihood."""

    name: ClassVar[str] = "normalizing-flow"
    system: ClassVar[System] = NORMALIZING_FLOW
    learns: ClassVar[tuple[str, ...]] = ("points",)

    samples: Samples = 1_000_000
    batch: Batch = 512
    learning_rate: LearningRate = 2e-3
    cooldown: Cooldown = 500_000
    optimizer: Optimizers = "adamw"
    threads: Threads = 1

    def networks(self) -> dict[str, nn.Module]:
        return {"generator": CouplingFlow(CouplingFlowConfig())}

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        points, _ = self.random_images(rng, self.batch)
        return (points,)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network: Any = model["generator"]

        def loss(points: Tensor) -> Tensor:
            return negative_log_likelihood(network, points).mean()

        optimizers = OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate)
        return (Objective("nats", loss, list(network.parameters()), optimizers),)
