"""Measurement of the feature cache: images of a model with and without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.cache_errors import CacheError
from gdm_studio.models.model_card import Example, ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Request


def measure_cache(
    library: Library, card: ModelCard, intervals: Sequence[int], *, images: int, device: str = "auto"
) -> Iterator[dict[int, CacheError]]:
    """Generate images of a model with its default settings, without the feature cache and with each interval, and yield
    the errors by interval after each image: the means over all images so far.

    The prompts are the model's examples. The first image is generated twice, since it also loads the model. Raises
    BadRequest for a model without reusable features, ModelError and DeviceError.
    """
    if not card.accepts.caches_features:
        raise BadRequest(f"{card.name} cannot reuse features of earlier steps.")
    examples = card.examples or (Example(""),)
    seconds = dict.fromkeys((1, *intervals), 0.0)
    difference = dict.fromkeys(intervals, 0.0)
    for number in range(images):
        example = examples[number % len(examples)]
        own = replace(card.default_request(), model=card.name, device=device)
        request = replace(own, prompt=example.prompt, style=example.style or own.style, seed=example.seed + number)
        if number == 0:
            _generate(library, request)
        exact, spent = _generate(library, request)
        seconds[1] += spent
        for interval in intervals:
            image, spent = _generate(library, replace(request, cache_interval=interval))
            seconds[interval] += spent
            difference[interval] += float(np.abs(image - exact).mean())
        yield {each: CacheError(seconds[each] / seconds[1], difference[each] / (number + 1)) for each in intervals}


def _generate(library: Library, request: Request) -> tuple[np.ndarray, float]:
    """Generate an image. Returns it as premultiplied channels 0 … 255, and the duration of its steps in seconds."""
    spent = 0.0
    image = np.zeros(0)
    for event in generate(request, library, steps_budget=0):
        if isinstance(event, StepEvent):
            spent += event.seconds
        elif isinstance(event, Result):
            image = event.rgba.astype(float)
    if image.shape[-1] == 4:
        image[..., :3] *= image[..., 3:] / 255
    return image, spent
