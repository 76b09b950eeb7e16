"""Training phase with equal weights for all noise levels, for systems whose own loss neglects high noise levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np
from torch import Tensor, nn

from gdm_studio.papers.training.denoising_loss import DenoisingLossRecipe
from gdm_studio.papers.training.model_file import SEEN_BEFORE
from gdm_studio.papers.training.noise_levels import noise_levels_of
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Objective, Phase


@dataclass(frozen=True, kw_only=True)
class EvenPhase(Phase[nn.ModuleDict]):
    """First training phase of a denoiser, in which the loss weights all noise levels equally.

    Its loss is E‖F − target‖² of the network output F. The optimum does not depend on the weighting, but losses like
    DDPM's give hardly any weight to high noise levels. With such a loss alone, a small network learns textures first,
    and takes about a hundred times as long to learn shapes.
    """

    name: ClassVar[str] = "even"

    recipe: DenoisingLossRecipe

    @property
    def draw_seed(self) -> int:
        return self.seed + 1

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.recipe.draw(model, rng, step)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        recipe, network = self.recipe, model["denoiser"]

        def loss(x0: Tensor, x: Tensor, levels: Tensor, cond: Tensor, *beside: Tensor) -> Tensor:
            at, _ = noise_levels_of(levels)
            output, *_ = recipe.predict(network, x, at, cond, *beside).chunk(recipe.outputs, dim=1)
            found: Tensor = recipe.diffusion.loss(output, x0, x, at)
            return found

        (own,) = recipe.objectives(model)
        return (replace(own, name="loss", loss=loss),)


@dataclass(frozen=True, kw_only=True)
class EvenStartRecipe(DenoisingLossRecipe):
    """Base class of training recipes whose own loss neglects high noise levels, so that a phase with equal weights
    precedes it.

    Training starts with an `EvenPhase`, unless it starts from another model's weights.
    """

    even: Annotated[
        int, Option("Even start", "samples with equal noise weights, before the own loss", 0, may_change=True)
    ] = 160_000

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        if not self.even or self.init is not None:
            return (self,)
        even_phase = EvenPhase(
            samples=self.even,
            batch=self.batch,
            learning_rate=self.learning_rate,
            seed=self.seed,
            recipe=self,
            warmup=min(self.warmup, self.even // 10),
        )
        return even_phase, self

    @property
    def earlier_training(self) -> dict[str, Any]:
        return super().earlier_training or {SEEN_BEFORE: self.even}
