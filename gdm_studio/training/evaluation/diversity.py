"""How much pictures of one prompt differ, and whether they differ more as temperature rises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from gdm_studio.training.evaluation.drawing import Drawings
from gdm_studio.training.evaluation.figures import Measured
from gdm_studio.training.evaluation.lists import fixed_prompts

TEMPERATURES = (0.5, 1.0, 1.5)
SEEDS = 16
PROMPTS = 10  # the first of the fixed ones


class Diversity(NamedTuple):
    """Mean pairwise RMS (0 … 1, premultiplied RGBA) between the pictures of one prompt, for each temperature."""

    prompt: str
    rms: tuple[float, ...]

    @property
    def rises(self) -> bool:
        return all(low < high for low, high in pairwise(self.rms))


def rising(drawings: Drawings, *, quick: bool = False) -> Iterator[Measured]:
    """For how many of the first fixed prompts it rises; in `details` the mean at each temperature."""
    prompts = [asked.prompt for asked in fixed_prompts()[: 2 if quick else PROMPTS]]
    rows = list(diversity(drawings, prompts, seeds=4 if quick else SEEDS))
    means = np.mean([row.rms for row in rows], axis=0)
    details = {f"at {temperature:g}": float(mean) for temperature, mean in zip(TEMPERATURES, means, strict=True)}
    title, count = "diversity rises with temperature", sum(row.rises for row in rows)
    yield Measured("diversity_rises_with_temperature", title, count, len(rows), "prompts", "all", details)


def diversity(
    drawings: Drawings, prompts: Sequence[str], *, seeds: int = SEEDS, temperatures: Sequence[float] = TEMPERATURES
) -> Iterator[Diversity]:
    """One item a prompt."""
    for prompt in prompts:
        rms = []
        for temperature in temperatures:
            base = replace(drawings.base, prompt=prompt, temperature=temperature)
            requests = [replace(base, seed=seed) for seed in range(1, seeds + 1)]
            rms.append(mean_pairwise_rms(list(drawings.draw(f"“{prompt}” at {temperature:g}", requests))))
        yield Diversity(prompt, tuple(rms))


def mean_pairwise_rms(pictures: Sequence[np.ndarray]) -> float:
    """Mean over pairs of the root mean square difference of premultiplied RGBA, in 0 … 1."""
    flat = [premultiplied(picture).ravel() for picture in pictures]
    return float(np.mean([np.sqrt(np.mean((one - other) ** 2)) for one, other in combinations(flat, 2)]))


def premultiplied(rgba: np.ndarray) -> np.ndarray:
    """(…, 4) uint8 straight alpha to float32 in 0 … 1, colours times alpha."""
    values = rgba.astype(np.float32) / 255
    values[..., :3] *= values[..., 3:]
    return values
