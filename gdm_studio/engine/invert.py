"""A picture on its way to noise: along the forward process, or back along the path it could have come."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gdm_studio.engine import devices, inputs, starts
from gdm_studio.engine.denoising import denoiser, path_of
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.starts import Source
from gdm_studio.errors import BadRequest, DeviceError
from gdm_studio.maths.path import Path, Step
from gdm_studio.maths.samplers.inversion import invert as ddim_backwards
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.models.process import point_at, start_of
from gdm_studio.request import Request
from gdm_studio.run import Advance, Phase

REFINEMENTS = 2.0  # evaluations more a step: with 20 steps the way back ends within 0.2 % of the latents


def invert(request: Request, library: Library) -> Iterator[Phase | Advance]:
    """The noise that `request.image` would be made from, step by step; `request.inverted` then starts from it.

    The path of an Advance begins at the picture, `step.x` of the last is the noise, and its pictures are one.
    Raises BadRequest, ModelError or DeviceError.
    """
    request = replace(library.card(request.model).checked(request), count=1, branch=None)
    if not request.image:
        raise BadRequest("There is no picture whose noise could be found; choose one.")
    device, dtype = devices.resolve(request.device), devices.resolve_dtype(request.dtype)
    if not library.is_loaded(request.model, device=device, dtype=dtype):
        yield Phase("loading the model")
    model = library.load(request.model, device=device, dtype=dtype)
    source = starts.source_of(model, request)
    assert source is not None
    path = path_of(model, request)
    path = path[start_of(model.process, path, request.strength) :]
    spent, began = 0.0, time.perf_counter()
    try:
        for step in inverting(model, request, source, path):
            seconds = time.perf_counter() - began
            spent += seconds
            yield Advance((0,), step, path[::-1], seconds, model, spent)
            began = time.perf_counter()
    except (RuntimeError, MemoryError) as error:
        if not devices.is_out_of_memory(error):
            raise
        raise DeviceError("There is too little memory to find its noise; close other programs, then try.") from error


def inverting(model: LoadedModel, request: Request, source: Source, path: Path) -> Iterator[Step]:
    """Steps of one row from the picture at path[-1] to the noise at path[0], under the prompt and nothing else.

    Guidance and temperature bend the path, and errors grow along one that is bent: without them, DDIM at eta 0 from
    that noise makes the picture again.
    """
    plain = replace(request, guidance_scale=1.0, temperature=1.0, controls={})
    denoise = denoiser(model, plain, 1, path)
    return ddim_backwards(denoise, source.latents, path, refinements=REFINEMENTS)


def noised(model: LoadedModel, image: str, strength: float, *, seed: int = 0) -> np.ndarray:
    """The kept picture `image` at this strength (0 … 1) of the forward process, as it looks: RGBA uint8 (H, W, 4)."""
    x0 = starts.encoded(model, inputs.fitted(image, model.card.sizes()[0]))
    at = point_at(model.process, strength)
    x = model.process.degrade(x0, at, KeyedNoise([seed])(0, x0))
    return model.glimpse(x / math.hypot(at.alpha, at.sigma))[0].numpy()
