"""What the built-in model is worth, measured: diversity over temperature, and the sheet of forty prompts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gdm_studio import atomic
from gdm_studio.engine.generate import generate
from gdm_studio.models.card import ModelCard
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.training.data import similar
from gdm_studio.training.data.dataset import Pictures

TEMPERATURES = (0.5, 1.0, 1.5)
SEEDS = 16
DIVERSITY_PROMPTS = 10  # the first of the forty


@dataclass(frozen=True)
class Asked:
    """A prompt of the fixed sheet, the one answer that counts, and whether no training caption says it so."""

    prompt: str
    answer: str
    novel: bool


class Diversity(NamedTuple):
    """Mean pairwise RMS (0 … 1, premultiplied RGBA) between the pictures of one prompt, for each temperature."""

    prompt: str
    rms: tuple[float, ...]

    @property
    def rises(self) -> bool:
        return all(low < high for low, high in pairwise(self.rms))


def forty_prompts() -> list[Asked]:
    """The fixed prompts, in order; prompt i is drawn with seed i, counted from 1."""
    text = (files("gdm_studio.training") / "forty_prompts.json").read_text(encoding="utf-8")
    return [Asked(**entry) for entry in json.loads(text)]


def diversity(
    library: Library,
    prompts: Sequence[str],
    *,
    seeds: int = SEEDS,
    temperatures: Sequence[float] = TEMPERATURES,
    base: Request | None = None,  # model and settings; by default those of the built-in model's card
) -> Iterator[Diversity]:
    """How much pictures of one prompt differ, as temperature rises; one item a prompt."""
    base = base or default_request(library)
    for prompt in prompts:
        rms = []
        for temperature in temperatures:
            request = replace(base, prompt=prompt, seed=1, count=seeds, batch=4, temperature=temperature)
            rms.append(mean_pairwise_rms([result.rgba for result in results(request, library)]))
        yield Diversity(prompt, tuple(rms))


def draw_forty(library: Library, base: Request | None = None) -> Iterator[tuple[Asked, Result]]:
    """The fixed prompts drawn with seeds 1 to 40, one each, none left out."""
    base = base or default_request(library)
    for seed, asked in enumerate(forty_prompts(), start=1):
        for result in results(replace(base, prompt=asked.prompt, seed=seed), library):
            yield asked, result


def default_request(library: Library, model: str = "icons") -> Request:
    """A request with the defaults of the model's card."""
    return Request(model=model, **library.card(model).defaults)  # type: ignore[arg-type]


def results(request: Request, library: Library) -> list[Result]:
    """The finished pictures of a request."""
    return [event for event in generate(request, library) if isinstance(event, Result)]


def mean_pairwise_rms(pictures: Sequence[np.ndarray]) -> float:
    """Mean over pairs of the root mean square difference of premultiplied RGBA, in 0 … 1."""
    flat = [premultiplied(picture).ravel() for picture in pictures]
    return float(np.mean([np.sqrt(np.mean((one - other) ** 2)) for one, other in combinations(flat, 2)]))


def premultiplied(rgba: np.ndarray) -> np.ndarray:
    """(…, 4) uint8 straight alpha to float32 in 0 … 1, colours times alpha."""
    values = rgba.astype(np.float32) / 255
    values[..., :3] *= values[..., 3:]
    return values


def nearest(pictures: Sequence[np.ndarray], training: Pictures) -> list[int]:
    """For each picture (H, W, 4) the index of the training picture that looks most like it."""
    known = np.stack([similar.signature(picture) for picture in training.pixels])
    which, _ = similar.nearest(np.stack([similar.signature(picture) for picture in pictures]), known)
    return which.tolist()


def write_figures(card: ModelCard, figures: Mapping[str, float | str]) -> Path:
    """Adds measured figures to those in the file of a model's card; raises StorageError."""
    assert card.path is not None  # it was read from a folder
    path = card.path.with_name("card.json")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise atomic.problem(path, error) from error
    data["figures"] = {**data.get("figures", {}), **figures}
    atomic.write(path, json.dumps(data, ensure_ascii=False, indent=1).encode())
    return path
