"""Conversion of an image to noise, by DDIM inversion or by the forward process."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gdm_studio.common.errors import BadRequest, DeviceError
from gdm_studio.engine import image_inputs
from gdm_studio.engine.conditioning import colours_for, encode_image
from gdm_studio.engine.guided_denoiser import time_steps, wrap_denoiser
from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.engine.pipeline import Pipeline, load_model
from gdm_studio.maths.noise_path import Step
from gdm_studio.maths.samplers import inversion
from gdm_studio.models.forward_process import noise_level_at, start_step
from gdm_studio.models.loaded_model import LoadedModel
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library
from gdm_studio.models.region_adapters import denoiser_of
from gdm_studio.request.generation_events import Phase, StepEvent
from gdm_studio.request.generation_request import Request


def invert(request: Request, library: Library) -> Iterator[Phase | StepEvent]:
    """Compute the noise from which the sampler would generate `request.image`, yielding a StepEvent per step.

    The noise is `step.x` of the last event, with a single row. A request with `inverted` starts from this noise. Raises
    BadRequest, ModelError or DeviceError.
    """
    request = library.card(request.model).checked(replace(request, inverted=True, count=1, branch=None))
    if not request.image:
        raise BadRequest("Choose a picture to invert first.")
    model = yield from load_model(request, library, devices.resolve(request.device))
    pipeline = Pipeline(model, request, (0,))
    spent = 0.0
    first = start_step(model.stages[0].diffusion.process, pipeline.path, request.strength)
    try:
        for step, seconds in time_steps(inversion_steps(pipeline, first)):
            spent += seconds
            yield StepEvent((0,), step, pipeline.path[first:][::-1], seconds, model, spent)
    except (RuntimeError, MemoryError) as error:
        if not devices.is_out_of_memory(error):
            raise
        raise DeviceError("There is too little memory to find the noise; close other programs, then try.") from error


def inversion_steps(pipeline: Pipeline, index: int) -> Iterator[Step]:
    """Yield the DDIM inversion steps that convert the start image to the noise at path[index], from which DDIM at eta 0
    reproduces the image. Guidance and temperature are off, since they increase the error. The pipeline must have a
    single stage.
    """
    (stage,) = pipeline.stages
    assert stage.start_image is not None
    path = stage.path[index:]
    plain = replace(pipeline.request, guidance_scale=1.0, temperature=1.0, controls={})
    alone = replace(pipeline, request=plain, images=pipeline.images[:1])
    noise = denoiser_noise(alone.noise(stage), path, 1)
    unguided = denoiser_of(stage.model, alone.conditioning(stage, guided=stage.is_guided(plain)), path, noise)
    denoise = wrap_denoiser(unguided, plain, path, diffusion=stage.model.diffusion, mixture=stage.mixture)
    return inversion.invert(denoise, stage.start_image.data, path, refinements=inversion.REFINEMENTS)


def preview_noised(model: LoadedModel, image: str, strength: float, *, seed: int = 0) -> np.ndarray:
    """Return a stored start image after adding the noise of an image-to-image strength in 0 … 1, decoded as RGBA uint8
    (H, W, 4).
    """
    stage = model.stages[0]
    process = stage.diffusion.process
    picture = image_inputs.load(image)
    rgba = image_inputs.fit_image(picture, model.card.sizes()[0])
    if image_inputs.has_matte(picture, is_masked=False):
        rgba = colours_for(stage, rgba)
    x0 = encode_image(stage, rgba)
    at = noise_level_at(process, strength)
    x = process.degrade(x0, at, KeyedNoise([seed])(0, x0))
    x /= math.hypot(at.alpha, at.sigma)
    decoded = stage.fast_decode(x)
    return (stage.preview(x) if decoded is None else decoded)[0].numpy()
