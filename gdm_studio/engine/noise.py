"""Random numbers that are keyed by image and step, so that an image does not depend on its batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from gdm_studio.maths.noise_path import Noise, NoiseLevel, NoisePath
from gdm_studio.models.loaded_model import VARIATION_NUMBERS, DrawingPlace, NoiseAt, Variation
from gdm_studio.request.generation_request import (
    CORRECTS_MEANINGS,
    DRAWS_NEAREST,
    FOCUSES,
    FOLLOWS_DRAWINGS,
    HAS_RARE_DRAWINGS,
    HAS_SILHOUETTES,
    HOLLOWS_GLYPHS,
    PLACES_DRAWINGS,
    PLACES_OBJECTS,
    READS_RARE_THINGS,
    READS_SENTENCES,
    SEED_CHOOSES,
    SEED_LIMIT,
    SHOWS_ALL_OBJECTS,
    SUITS_STYLE,
    Request,
)

# Number of the first draw for a denoiser's own use, above all draws of samplers within a step.
DENOISERS = 2**32
# Number of the draw that decides a seed's choices, above the draws of denoisers.
VARIATIONS = 2**33
# The noise ratio below which a branch keeps the choices of its parent. A different draft would mix with existing
# shapes.
DECIDED = 10.0
_MASK = 2**64 - 1


class KeyedNoise:
    """Source of standard normal noise for several images, generated on the CPU. The numbers depend only on the image's
    seed, the step, and the number of the draw within the step.

    The same seed gives the same numbers on every device and in every batch. Each image's noise is drawn separately,
    because torch's generator gives different numbers for different shapes. Step 0 is the start of the path.

    Noise is drawn one step ahead while the device is busy, in pinned memory for asynchronous copies to CUDA.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self._seeds = seeds
        self._generator = torch.Generator()
        # The noise drawn ahead, with its step, by draw number.
        self._drawn_ahead: dict[int, tuple[int, torch.Tensor]] = {}

    def __call__(self, step: int, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        """Return fp32 standard normal noise for one step, with one row per image and the shape and device of the tensor
        `like`.

        `draw` numbers several draws in the same step.
        """
        shape = like.shape[1:]
        pinned = like.device.type == "cuda"
        ready, rows = self._drawn_ahead.pop(draw, (-1, like))
        if ready != step or rows.shape[1:] != shape:
            rows = self._draw_rows(step, draw, shape, pinned)
        # On Metal, a non-blocking copy may read memory that has already been reused.
        there = rows.to(like.device, non_blocking=like.device.type != "mps")
        self._drawn_ahead[draw] = step + 1, self._draw_rows(step + 1, draw, shape, pinned)
        return there

    def _draw_rows(self, step: int, draw: int, shape: torch.Size, pinned: bool) -> torch.Tensor:
        rows = torch.stack([self._draw_row(seed, step, draw, shape) for seed in self._seeds])
        return rows.pin_memory() if pinned else rows

    def _draw_row(self, seed: int, step: int, draw: int, shape: torch.Size) -> torch.Tensor:
        key = seed
        for part in (step, draw):
            key = _mix(key ^ _mix(part))
        self._generator.manual_seed(key % SEED_LIMIT)
        return torch.randn(shape, generator=self._generator)


def blend_noise(parts: Sequence[tuple[float, Noise]]) -> Noise:
    """Return a noise source that is the weighted sum of several noise sources, for interpolation between seeds.

    The sum is standard normal if the squared weights add up to 1.
    """
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]

    def draw_blended(step: int, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        return sum((weight * noise(step, like, draw) for weight, noise in parts), torch.zeros_like(like))

    return draw_blended


def noise_of(request: Request, images: Sequence[int]) -> Noise:
    """Return the source of random noise for the given images of a request, with one row per image.

    If the request interpolates between seeds, the source blends their noise.
    """
    seeds = zip(*(request.picture(image).seed_weights() for image in images), strict=True)
    # The weights are the same for every image.
    weights = request.seed_weights().values()
    return blend_noise([(weight, KeyedNoise(rows)) for weight, rows in zip(weights, seeds, strict=True)])


def variations_of(
    request: Request, images: Sequence[int], path: NoisePath, place: DrawingPlace | None = None
) -> list[Variation | None]:
    """Return the random choices, other than the noise, that a model derives from each image's seed, such as the
    memorised training image to start from.

    `place` is the place of the drawing in the start image. A late branch uses its parent's choices; both have the same
    start image. The result contains None for versions without such choices.
    """
    return [_draw_variation(request.picture(image), path, place) for image in images]


def _draw_variation(request: Request, path: NoisePath, place: DrawingPlace | None) -> Variation | None:
    while request.branch is not None and path[request.branch.step].ratio < DECIDED:
        request = request.branch.parent
    if request.rules < SEED_CHOOSES:
        return None
    numbers = noise_of(request, (0,))(0, torch.empty(1, VARIATION_NUMBERS), VARIATIONS)
    return Variation(
        numbers[0],
        request.temperature,
        has_rare_drawings=request.rules >= HAS_RARE_DRAWINGS,
        has_silhouettes=request.rules >= HAS_SILHOUETTES,
        focuses=request.rules >= FOCUSES,
        places_objects=request.rules >= PLACES_OBJECTS,
        is_plain_icon=request.plain_icon,
        suits_style=request.plain_icon and request.rules >= SUITS_STYLE,
        draws_nearest=request.rules >= DRAWS_NEAREST,
        shows_all=request.rules >= SHOWS_ALL_OBJECTS,
        corrects_meanings=request.rules >= CORRECTS_MEANINGS,
        reads_sentences=request.rules >= READS_SENTENCES,
        hollows_glyphs=request.rules >= HOLLOWS_GLYPHS,
        follows_drawings=request.rules >= FOLLOWS_DRAWINGS,
        reads_rare_things=request.rules >= READS_RARE_THINGS,
        place=place if request.rules >= PLACES_DRAWINGS else None,
    )


def shift_steps(steps: int, noise: Noise) -> Noise:
    """Return a noise source with its step numbers shifted by `steps`, so that a later model stage does not reuse the
    noise of an earlier one.
    """
    if not steps:
        return noise

    def beyond(step: int, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        there: torch.Tensor = noise(steps + step, like, draw)
        return there

    return beyond


def denoiser_noise(noise: Noise, path: NoisePath, count: int) -> NoiseAt:
    """Return a source of random numbers for use inside the denoiser, for `count` images. At a noise level between two
    levels of the run, the noise of the higher level is used.
    """
    steps = {level: step for step, level in enumerate(path)}

    def at_level(at: NoiseLevel, like: torch.Tensor, draw: int = 0) -> torch.Tensor:
        step = steps.get(at)
        if step is None:
            step = max((each for each, level in enumerate(path) if level.ratio >= at.ratio), default=0)
        rows: torch.Tensor = noise(step, like[:count], DENOISERS + draw)
        return rows.repeat(len(like) // count, *(1,) * (like.ndim - 1))

    return at_level


def _mix(value: int) -> int:
    """Hash a number with the finaliser of splitmix64 (Steele et al. 2014), so that similar seeds give unrelated random
    numbers.
    """
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
