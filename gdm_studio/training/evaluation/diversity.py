"""Measurement of how diverse the images of one prompt are, and how temperature increases this diversity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from gdm_studio.models.attribution import load_origins
from gdm_studio.training.evaluation.cached_generator import CachedGenerator
from gdm_studio.training.evaluation.evaluation_sets import fixed_prompts
from gdm_studio.training.evaluation.metrics import EvaluationResult

TEMPERATURES = (0.5, 1.0, 1.5)
SEEDS = 16
# The temperatures and the number of seeds for measuring the distance between seeds.
DISTANCE_TEMPERATURES = (0.2, 0.8, 1.5)
DISTANCE_SEEDS = 4
# The number of prompts, which are the first of the fixed list.
PROMPTS = 10


class Diversity(NamedTuple):
    """Diversity of the images that a model generates for one prompt, at each temperature.

    It is the mean pairwise root-mean-square difference (0 … 1, premultiplied RGBA).
    """

    prompt: str
    rms: tuple[float, ...]

    @property
    def rises(self) -> bool:
        return all(low < high for low, high in pairwise(self.rms))


def diversity_by_temperature(generator: CachedGenerator, *, quick: bool = False) -> Iterator[EvaluationResult]:
    """Count the prompts whose images become more diverse with every increase of the temperature.

    `details` contains the mean diversity at each temperature.
    """
    prompts = [asked.prompt for asked in fixed_prompts()[: 2 if quick else PROMPTS]]
    rows = list(measure_diversity(generator, prompts, seeds=4 if quick else SEEDS))
    means = np.mean([row.rms for row in rows], axis=0)
    details = {f"at {temperature:g}": float(mean) for temperature, mean in zip(TEMPERATURES, means, strict=True)}
    title, count = "diversity rises with temperature", sum(row.rises for row in rows)
    yield EvaluationResult("diversity_rises_with_temperature", title, count, len(rows), "prompts", "all", details)


def measure_seed_distances(generator: CachedGenerator, *, quick: bool = False) -> Iterator[EvaluationResult]:
    """Measure how much the images of one prompt differ between seeds, with and without a style.

    The value is the median over prompts of the median pairwise RMS difference of DISTANCE_SEEDS images, in levels of
    255, at the model's default temperature. `details` contains the same for DISTANCE_TEMPERATURES.
    """
    card = generator.library.card(generator.base.model)
    prompts = [asked.prompt for asked in fixed_prompts()][:: 16 if quick else 4]
    styles = {"in a style": card.unstyled or next((each.id for each in card.styles), ""), "in no style": ""}
    for name, style in styles.items():
        details = {}
        for temperature in (generator.base.temperature, *DISTANCE_TEMPERATURES):
            base = replace(generator.base, style=style, seed=1, count=DISTANCE_SEEDS, temperature=temperature)
            title = f"{name} at {temperature:g}"
            medians = [
                median_pairwise_rms(list(generator.generate(f"{title}: “{prompt}”", [replace(base, prompt=prompt)])))
                for prompt in prompts
            ]
            details[f"at {temperature:g}"] = 255 * float(np.median(medians))
        value = details[f"at {generator.base.temperature:g}"]
        goal = "≥ 40" if style else "≥ 60"
        key = f"seed_distance_{'styled' if style else 'unstyled'}"
        yield EvaluationResult(key, f"distance between seeds, {name}", value, unit="of 255", goal=goal, details=details)


def measure_seed_repeats(generator: CachedGenerator, *, quick: bool = False) -> Iterator[EvaluationResult]:
    """Measure how many images closely resemble a training image when they are generated with default settings from
    several seeds.

    There are 64 prompts with 4 seeds each.
    """
    card = generator.library.card(generator.base.model)
    origins = load_origins(card)
    if origins is None:
        return
    prompts = [asked.prompt for asked in fixed_prompts("prompts-2")][:: 16 if quick else 1]
    base = replace(generator.base, seed=1, count=DISTANCE_SEEDS)
    pictures = [
        picture
        for prompt in prompts
        for picture in generator.generate(f"repeats: “{prompt}”", [replace(base, prompt=prompt)])
    ]
    close = sum(origins.close(picture) is not None for picture in pictures)
    title = "images of prompts with 4 seeds close to a training drawing"
    yield EvaluationResult("seed_repeats", title, close, len(pictures), "pictures", "≤ 35 %")


def measure_diversity(
    generator: CachedGenerator,
    prompts: Sequence[str],
    *,
    seeds: int = SEEDS,
    temperatures: Sequence[float] = TEMPERATURES,
) -> Iterator[Diversity]:
    """Generate `seeds` images of each prompt at each temperature, and yield the diversity of each prompt.

    It is the mean pairwise RMS difference of the prompt's images at each temperature (premultiplied RGBA, 0 … 1).
    """
    for prompt in prompts:
        rms = []
        for temperature in temperatures:
            base = replace(generator.base, prompt=prompt, temperature=temperature)
            requests = [replace(base, seed=seed) for seed in range(1, seeds + 1)]
            rms.append(mean_pairwise_rms(list(generator.generate(f"“{prompt}” at {temperature:g}", requests))))
        yield Diversity(prompt, tuple(rms))


def mean_pairwise_rms(pictures: Sequence[np.ndarray]) -> float:
    """Return the mean root-mean-square difference between all pairs of images, with premultiplied RGBA in 0 … 1."""
    flat = [premultiply(picture).ravel() for picture in pictures]
    return float(np.mean([np.sqrt(np.mean((one - other) ** 2)) for one, other in combinations(flat, 2)]))


def median_pairwise_rms(pictures: Sequence[np.ndarray]) -> float:
    """Return the median root-mean-square difference between all pairs of images, with premultiplied RGBA in 0 … 1."""
    flat = [premultiply(picture).ravel() for picture in pictures]
    return float(np.median([np.sqrt(np.mean((one - other) ** 2)) for one, other in combinations(flat, 2)]))


def premultiply(rgba: np.ndarray) -> np.ndarray:
    """Convert straight-alpha uint8 images (…, 4) to premultiplied float32 in 0 … 1."""
    values = rgba.astype(np.float32) / 255
    values[..., :3] *= values[..., 3:]
    return values
