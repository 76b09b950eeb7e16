"""A picture on its way to noise: along the forward process, or back along the path it could have come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gdm_studio.engine import devices, inputs
from gdm_studio.engine.beginning import inverting
from gdm_studio.engine.course import Course
from gdm_studio.engine.loading import loading
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.engine.sources import encoded
from gdm_studio.engine.timing import timed
from gdm_studio.errors import BadRequest, DeviceError
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.models.process import point_at, start_of
from gdm_studio.request import Request
from gdm_studio.run import Advance, Phase


def invert(request: Request, library: Library) -> Iterator[Phase | Advance]:
    """The noise that `request.image` would be made from, step by step; `request.inverted` then starts from it.

    The path of an Advance begins at the picture, `step.x` of the last is the noise, and its pictures are one.
    Raises BadRequest, ModelError or DeviceError.
    """
    request = library.card(request.model).checked(replace(request, inverted=True, count=1, branch=None))
    if not request.image:
        raise BadRequest("There is no picture whose noise could be found; choose one.")
    model = yield from loading(request, library, devices.resolve(request.device))
    course, spent = Course(model, request, (0,)), 0.0
    first = start_of(model.stages[0].diffusion.process, course.path, request.strength)
    try:
        for step, seconds in timed(inverting(course, first)):
            spent += seconds
            yield Advance((0,), step, course.path[first:][::-1], seconds, model, spent)
    except (RuntimeError, MemoryError) as error:
        if not devices.is_out_of_memory(error):
            raise
        raise DeviceError("There is too little memory to find its noise; close other programs, then try.") from error


def noised(model: LoadedModel, image: str, strength: float, *, seed: int = 0) -> np.ndarray:
    """The kept picture `image` at this strength (0 … 1) of the forward process, as it looks: RGBA uint8 (H, W, 4)."""
    stage = model.stages[0]
    process, x0 = stage.diffusion.process, encoded(stage, inputs.fitted(image, model.card.sizes()[0]))
    at = point_at(process, strength)
    x = process.degrade(x0, at, KeyedNoise([seed])(0, x0))
    return stage.glimpse(x / math.hypot(at.alpha, at.sigma))[0].numpy()
