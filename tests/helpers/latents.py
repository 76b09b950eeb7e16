"""Last latents of a deterministic sampler, for comparison with other implementations."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gdm_studio.engine.conditioning import EncodedStartImage, conditioning_of
from gdm_studio.engine.guided_denoiser import wrap_denoiser
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_request import Request


def last_latents(model: Any, request: Request, x: Tensor, known: EncodedStartImage | None = None) -> Tensor:
    """Run a deterministic sampler with guidance from the initial latents `x`, and return the final latents.

    The model must have a single stage.
    """
    request = model.card.checked(request)
    path = model.card.points(model.diffusion.process, request.spacing, request.steps)
    bound = model.denoiser(conditioning_of(model.card, request, known, guided=True), path, no_noise)
    denoise = wrap_denoiser(bound, request, path, diffusion=model.diffusion)
    *_, last = SAMPLERS[request.sampler].fn(denoise, x, path, no_noise)
    return last.x


def no_noise(*asked: Any) -> Tensor:
    raise AssertionError("a deterministic sampler drew noise")
