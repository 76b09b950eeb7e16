"""What is measured of a model once and kept in its card: its score norms, which Analytic-DPM and "optimal" go by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from torch import Tensor

from gdm_studio.engine.generate import generate
from gdm_studio.engine.noise import KeyedNoise, of_denoiser
from gdm_studio.maths.analytic import ScoreNorms
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import Ask, Stage
from gdm_studio.request import Request
from gdm_studio.run import Advance

LEVELS = 32  # of noise: the norms are smooth in the log-ratio, and are interpolated between them
BATCH = 32


def score_norms(
    stage: Stage,
    latents: Tensor,  # (N, …), of pictures the model was trained for, or of its own
    asks: Sequence[Ask],  # N
    *,
    levels: int = LEVELS,
    seed: int = 0,
) -> Iterator[ScoreNorms]:
    """The model's score norms at `levels` ratios even in their logarithm, after each level those so far.

    Every latent is noised once a level, and denoised under its prompt without guidance: the more latents, the less
    the error, of about 1/√(all their numbers). `card.json` takes the last one's `table` as "score_norms".
    """
    ratios = _even(stage, levels)
    errors: list[float] = []
    process = stage.diffusion.process
    for level, ratio in enumerate(ratios):
        at = process.coordinates(ratio)
        error = drawn = 0.0
        for first in range(0, len(latents), BATCH):
            x0 = latents[first : first + BATCH]
            noise, path = KeyedNoise([seed + row for row in range(first, first + len(x0))]), (at,)
            denoise = stage.denoiser(asks[first : first + len(x0)], path, of_denoiser(noise, path, len(x0)))
            eps = noise(level, x0)
            found = denoise(process.degrade(x0, at, eps), at)
            # eps_hat − eps = (x0 − found)/ratio, without the cancellation at little noise
            error += float(((x0 - found).double() / ratio).square().sum())
            drawn += float(eps.double().square().sum())
        # against the noise that was drawn, not the one expected: at little noise the two errors are nearly one
        errors.append(error / drawn * latents.numel())
        yield ScoreNorms.measured(ratios[: level + 1], errors, latents.numel())


def own_latents(library: Library, requests: Sequence[Request]) -> Iterator[Tensor]:
    """The latents (n, C, h, w) that the model ends in for each request: what to measure where there are no pictures."""
    for request in requests:
        for event in generate(request, library):
            if isinstance(event, Advance) and event.step.index == event.step.of:
                yield event.step.x


def _even(stage: Stage, count: int) -> list[float]:
    finite = [ratio for ratio in stage.diffusion.process.ratios if math.isfinite(ratio)]
    low, high = math.log(finite[0]), math.log(finite[-1])
    return [math.exp(low + (high - low) * level / (count - 1)) for level in range(count)]
