"""Measurement of a model's score norms, which are used by Analytic-DPM and the spacing "optimal" and stored in the
card.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from torch import Tensor

from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.optimal_variance import ScoreNorms
from gdm_studio.models.loaded_model import Conditioning, Stage
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request

# The number of noise levels. The norms are smooth in the logarithm of the noise ratio, and are interpolated between
# them.
LEVELS = 32
BATCH = 32


def measure_score_norms(
    stage: Stage,
    latents: Tensor,
    conditions: Sequence[Conditioning],
    *,
    levels: int = LEVELS,
    seed: int = 0,
) -> Iterator[ScoreNorms]:
    """Measure the score norms (the fraction of the noise that a model predicts) at `levels` log-spaced noise ratios,
    yielding them after each level. `latents` (N, …) are encoded images. The relative error is about 1/√(numbers in
    `latents`).
    """
    ratios = _select_ratios(stage, levels)
    errors: list[float] = []
    process = stage.diffusion.process
    for level, ratio in enumerate(ratios):
        at = process.coordinates(ratio)
        error = drawn = 0.0
        for first in range(0, len(latents), BATCH):
            x0 = latents[first : first + BATCH]
            noise = KeyedNoise([seed + row for row in range(first, first + len(x0))])
            path = (at,)
            denoise = stage.denoiser(conditions[first : first + len(x0)], path, denoiser_noise(noise, path, len(x0)))
            eps = noise(level, x0)
            found = denoise(process.degrade(x0, at, eps), at)
            # eps_hat − eps is computed as (x0 − found)/ratio, without the cancellation that subtraction suffers at low
            # noise.
            error += float(((x0 - found).double() / ratio).square().sum())
            drawn += float(eps.double().square().sum())
        # The error is relative to the drawn noise rather than to its expectation. At low noise the two errors nearly
        # cancel.
        errors.append(error / drawn * latents.numel())
        yield ScoreNorms.measured(ratios[: level + 1], errors, latents.numel())


def generate_latents(library: Library, requests: Sequence[Request]) -> Iterator[Tensor]:
    """Generate images and yield their final latents (n, C, h, w), for measuring score norms without the training
    images.
    """
    for request in requests:
        for event in generate(request, library):
            if isinstance(event, StepEvent) and event.step.index == event.step.of:
                yield event.step.x


def _select_ratios(stage: Stage, count: int) -> list[float]:
    finite = [ratio for ratio in stage.diffusion.process.ratios if math.isfinite(ratio)]
    low = math.log(finite[0])
    high = math.log(finite[-1])
    return [math.exp(low + (high - low) * level / (count - 1)) for level in range(count)]
