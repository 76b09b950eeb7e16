"""Training phases of the draft network of `icons`, which predicts draft latents from a prompt.

It is first trained together with the text encoder, then alone until it has memorised most images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.training.icons.networks import IconsNetworks
from gdm_studio.training.learning_rate_schedule import Schedule, step_rng
from gdm_studio.training.recipe import Batch, Objective, Phase, Warmup

# A function (model, rng, count) -> (image indices (count,), tokens of their captions (count, L)).
DrawIndices = Callable[[IconsNetworks, np.random.Generator, int], tuple[NDArray[np.int64], Tensor]]
# A function (model, rng, count) -> (latents of images (count, C, h, w), tokens of their captions (count, L)).
DrawLatents = Callable[[IconsNetworks, np.random.Generator, int], tuple[Tensor, Tensor]]


@dataclass(frozen=True, kw_only=True)
class DraftPhase(Phase[IconsNetworks]):
    """Training phase of `icons` for the draft network, which predicts draft latents from a prompt. The text encoder is
    trained with it.

    Its loss is the squared error of the draft.
    """

    name: ClassVar[str] = "sketch"

    draw_latents: DrawLatents
    batch: Batch = 128
    warmup: Warmup = 6_400

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)

    def draw(self, model: IconsNetworks, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.draw_latents(model, rng, self.batch)

    def objectives(self, model: IconsNetworks) -> Sequence[Objective]:
        # The recipe only includes this phase if the model has a draft network.
        assert model.unet.sketch is not None
        parameters = [*model.text.parameters(), *model.unet.sketch.parameters()]
        optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.99), weight_decay=0.01, fused=True)

        def loss(x0: Tensor, ids: Tensor) -> Tensor:
            return (model.draft(model.text(ids), x0) - x0).square().mean()

        return (Objective("loss", loss, parameters, [optimizer]),)


@dataclass(frozen=True, kw_only=True, eq=False)
class MemorisationPhase(Phase[IconsNetworks]):
    """Training phase in which the draft network memorises training images. The text encoder is frozen.

    Each prompt is encoded only once, so that a sample costs a tenth of a sample of `DraftPhase`, and the draft network
    can memorise several thousand images.
    """

    name: ClassVar[str] = "memory"
    # The maximum number of prompts drawn in advance.
    PROMPTS: ClassVar[int] = 300_000
    # The batch size for encoding prompts.
    ENCODED: ClassVar[int] = 512

    draw_indices: DrawIndices
    # The latents (count, C, h, w) of all images in fp16.
    latents: Tensor
    batch: Batch = 512
    warmup: Warmup = 25_600

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)

    def draw(self, model: IconsNetworks, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, prompts, pooled = self._encode_prompts(model)
        some = torch.from_numpy(rng.integers(len(pictures), size=self.batch))
        return self.latents[pictures[some]].float(), pooled[prompts[some]]

    @cache  # noqa: B019 - the object lives as long as the run
    def _encode_prompts(self, model: IconsNetworks) -> tuple[Tensor, Tensor, Tensor]:
        """Draw random training images with prompts, and encode all prompts in advance. The text encoder is frozen, so
        the encodings do not change.

        Returns the image indices (m,), the index of each image's prompt (m,), and the pooled prompt encodings (n, D).
        """
        pictures, ids = self.draw_indices(model, step_rng(self.seed, 0), min(self.PROMPTS, self.samples))
        different, places = ids.unique(dim=0, return_inverse=True)
        with torch.inference_mode():
            parts = [model.text(part.to(model.device))[2].cpu() for part in different.split(self.ENCODED)]
        return torch.from_numpy(pictures), places, torch.cat(parts)

    def objectives(self, model: IconsNetworks) -> Sequence[Objective]:
        # The recipe only includes this phase if the model has a draft network.
        assert model.unet.sketch is not None
        model.text.requires_grad_(False)
        sketch = model.unet.sketch
        optimizer = torch.optim.AdamW(sketch.parameters(), betas=(0.9, 0.99), weight_decay=0.0, fused=True)

        def loss(x0: Tensor, pooled: Tensor) -> Tensor:
            with fast_autocast(x0.device):
                drawn = sketch(pooled, x0.shape[-2:])
            return (drawn.float() - x0).square().mean()

        return (Objective("loss", loss, list(sketch.parameters()), [optimizer]),)
