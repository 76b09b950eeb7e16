"""Measurement of selecting by word: the overlap (IoU) of the selected areas with those that the built-in model drew.

Run it by `python -m benches.word_selection [PICTURES]`. It needs a minute per 10 pictures on two cores.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from unittest import mock

import numpy as np

from gdm_studio.common.measurement import Measurement
from gdm_studio.engine.colour_selection import grow
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.word_maps import select_word
from gdm_studio.models.families.icons import model as icons
from gdm_studio.models.families.icons.object_collage import collage_areas
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.training.evaluation.evaluation_sets import NOUNS, colour_prompts

PICTURES = 40
STEPS = 12
GOAL = "at least 0.7"


def measure(library: Library, pictures: int) -> Iterator[Measurement]:
    """Measure the mean overlap in three kinds of pictures:

    - one thing on a transparent ground, found by the model, prompt and seed that drew it. The truth is its alpha.
    - the same on a noisy gradient, as a file from elsewhere of which only the word is known.
    - two things. The truth is the draft from which each was drawn, so that it measures the edges, not the recognition:
      the word maps of such prompts come from the drafts.
    """
    prompts = [prompt for prompt, _ in colour_prompts()]
    own, foreign, pairs = [], [], []
    for seed in range(pictures):
        request = Request(prompt=prompts[17 * seed % len(prompts)], seed=seed, steps=STEPS)
        word = request.prompt.split()[-1]
        rgba = _draw(request, library)
        truth = rgba[..., 3] >= 128
        own.append(_overlap(select_word(rgba, word, library, request, is_own=True), truth))
        elsewhere = Request(seed=seed, steps=STEPS)
        foreign.append(_overlap(select_word(_on_gradient(rgba, seed), word, library, elsewhere), truth))
    for seed in range(pictures):
        words = NOUNS[5 * seed % len(NOUNS)], NOUNS[(5 * seed + 1 + seed // len(NOUNS)) % len(NOUNS)]
        request = Request(prompt=f"a {words[0]} and a {words[1]}", seed=seed, steps=STEPS)
        drafts: list[Sequence[np.ndarray]] = []
        with mock.patch.object(icons, "make_collage", partial(_collage, drafts)):
            rgba = _draw(request, library)
        for word, truth in zip(words, _areas(rgba, collage_areas(drafts[0])), strict=True):
            pairs.append(_overlap(select_word(rgba, word, library, request, is_own=True), truth))
    for name, values in (("one thing, own run", own), ("one thing, other file", foreign), ("two things", pairs)):
        yield Measurement(f"{name}, mean of {len(values)}", statistics.mean(values), goal=GOAL)
        yield Measurement(f"{name}, share of 0.7 or more", statistics.mean(each >= 0.7 for each in values))


def _draw(request: Request, library: Library) -> np.ndarray:
    return next(event.rgba for event in generate(request, library, steps_budget=0) if isinstance(event, Result))


_MAKE_COLLAGE = icons.make_collage


def _collage(drafts: list[Sequence[np.ndarray]], pictures: Sequence[np.ndarray]) -> np.ndarray:
    drafts.append(pictures)
    return _MAKE_COLLAGE(pictures)


def _areas(rgba: np.ndarray, drafts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the opaque pixels of a picture that belong to each draft: to the one that is nearest."""
    opaque = rgba[..., 3] >= 128
    masks = [draft.copy() for draft in drafts]
    labels = np.full(opaque.shape, -1)
    for _ in range(64):
        for number, mask in enumerate(masks):
            labels[(labels < 0) & (mask >= 128)] = number
        masks = [grow(mask, 1) for mask in masks]
    return [opaque & (labels == number) for number in range(len(drafts))]


def _on_gradient(rgba: np.ndarray, seed: int) -> np.ndarray:
    """Return a picture on an opaque gradient of two colours with noise."""
    generator = np.random.default_rng(seed)
    height, width = rgba.shape[:2]
    down, across = np.mgrid[:height, :width] / max(height, width)
    colours = generator.integers(40, 216, (2, 3))
    share = (0.5 + 0.5 * np.sin(4 * across * generator.random() + 5 * down * generator.random()))[..., None]
    ground = share * colours[0] + (1 - share) * colours[1] + generator.normal(0, 6, (height, width, 1))
    alpha = rgba[..., 3:] / 255
    mixed = rgba[..., :3] * alpha + ground.clip(0, 255) * (1 - alpha)
    return np.concatenate([mixed.round().astype(np.uint8), np.full((height, width, 1), 255, np.uint8)], axis=-1)


def _overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    selected = mask > 0
    return float((selected & truth).sum() / max((selected | truth).sum(), 1))


if __name__ == "__main__":
    for each in measure(Library(), int(sys.argv[1]) if sys.argv[1:] else PICTURES):
        print(f"{each.name}: {each.value:.3f}", f"({each.goal})" if each.goal else "")
