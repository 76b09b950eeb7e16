"""The first lesson of `icons`: text encoder and sketch learn the mean latents of each prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from gdm_studio.training.icons_networks import Trained
from gdm_studio.training.recipe import Batch, Objective, Phase, Warmup
from gdm_studio.training.schedule import Schedule

# (model, rng, count) -> latents (count, C, h, w) of pictures and token ids (count, L) of their captions
Described = Callable[[Trained, np.random.Generator, int], tuple[Tensor, Tensor]]


@dataclass(frozen=True, kw_only=True)
class SketchPhase(Phase[Trained]):
    """The squared error of the sketch alone."""

    name: ClassVar[str] = "sketch"

    drawn: Described
    batch: Batch = 128
    warmup: Warmup = 6_400

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)

    def draw(self, model: Trained, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.drawn(model, rng, self.batch)

    def objectives(self, model: Trained) -> Sequence[Objective]:
        assert model.unet.sketch is not None  # the recipe has this phase only where there is one
        parameters = [*model.text.parameters(), *model.unet.sketch.parameters()]
        optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.99), weight_decay=0.01, fused=True)

        def loss(x0: Tensor, ids: Tensor) -> Tensor:
            return (model.sketched(model.text(ids), x0) - x0).square().mean()

        return (Objective("loss", loss, parameters, [optimizer]),)
