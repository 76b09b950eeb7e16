"""What a model makes of given noise by a sampler that draws none: its last latents, as other programs' are compared."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gdm_studio.engine.asking import asks_of
from gdm_studio.engine.denoising import under_controls
from gdm_studio.engine.sources import Known
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request import Request


def last_latents(model: Any, request: Request, x: Tensor, known: Known | None = None) -> Tensor:
    """Of a model with one stage, guided."""
    request = model.card.checked(request)
    path = model.card.points(model.diffusion.process, request.spacing, request.steps)
    bound = model.denoiser(asks_of(model.card, request, known, guided=True), path, no_noise)
    denoise = under_controls(bound, request, path, data_scale=1.0)
    *_, last = SAMPLERS[request.sampler].fn(denoise, x, path, no_noise)
    return last.x


def no_noise(*asked: Any) -> Tensor:
    raise AssertionError("these draw none")
