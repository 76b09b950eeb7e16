"""The lessons of the sketch of `icons`: first with the text encoder, later alone, until it knows most pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdm_studio.models.precision import quickly
from gdm_studio.training.icons_networks import Trained
from gdm_studio.training.recipe import Batch, Objective, Phase, Warmup
from gdm_studio.training.schedule import Schedule, step_rng

# (model, rng, count) -> indices of pictures (count,) and token ids (count, L) of their captions
Picked = Callable[[Trained, np.random.Generator, int], tuple[NDArray[np.int64], Tensor]]
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


@dataclass(frozen=True, kw_only=True, eq=False)
class MemoryPhase(Phase[Trained]):
    """The same error, of a sketch whose text encoder stays as it is.

    So each prompt is encoded once: a sample costs a tenth of one of `SketchPhase`, and the sketch gets to know some
    thousands of pictures by heart.
    """

    name: ClassVar[str] = "memory"
    PROMPTS: ClassVar[int] = 300_000  # drawn beforehand, at most
    ENCODED: ClassVar[int] = 512  # of them at once

    picked: Picked
    latents: Tensor  # (count, C, h, w) fp16, one a picture
    batch: Batch = 512
    warmup: Warmup = 25_600

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)

    def draw(self, model: Trained, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, prompts, pooled = self._prompts(model)
        some = torch.from_numpy(rng.integers(len(pictures), size=self.batch))
        return self.latents[pictures[some]].float(), pooled[prompts[some]]

    @cache  # noqa: B019 - as long as the run
    def _prompts(self, model: Trained) -> tuple[Tensor, Tensor, Tensor]:
        """The pictures drawn beforehand (m,), the places of their prompts, and these as pooled text (n, D)."""
        pictures, ids = self.picked(model, step_rng(self.seed, 0), min(self.PROMPTS, self.samples))
        different, places = ids.unique(dim=0, return_inverse=True)
        with torch.inference_mode():
            parts = [model.text(part.to(model.device))[2].cpu() for part in different.split(self.ENCODED)]
        return torch.from_numpy(pictures), places, torch.cat(parts)

    def objectives(self, model: Trained) -> Sequence[Objective]:
        assert model.unet.sketch is not None  # the recipe has this phase only where there is one
        model.text.requires_grad_(False)
        sketch = model.unet.sketch
        optimizer = torch.optim.AdamW(sketch.parameters(), betas=(0.9, 0.99), weight_decay=0.0, fused=True)

        def loss(x0: Tensor, pooled: Tensor) -> Tensor:
            with quickly(x0.device):
                drawn = sketch(pooled, x0.shape[-2:])
            return (drawn.float() - x0).square().mean()

        return (Objective("loss", loss, list(sketch.parameters()), [optimizer]),)
