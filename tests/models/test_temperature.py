"""Temperatures of the built-in models: images stay clean at every one of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.common import paths
from gdm_studio.engine.guided_denoiser import temperature_norms
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.studio.studio import Studio
from gdm_studio.training.evaluation.memorisation import mid_gradient_share

FAST = f"{BUILT_IN}-fast"


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path / "images")


def blur(studio: Studio, model: str, prompt: str, seed: int, temperature: float) -> float:
    """Return the share of medium gradients, which specks and blotches raise."""
    steps = 4 if model == FAST else 8
    (*_, last) = studio.generate(prompt, model=model, seed=seed, temperature=temperature, steps=steps)
    image = last.image
    assert image is not None
    return mid_gradient_share(np.asarray(image)[None])


@pytest.mark.slow
@pytest.mark.parametrize("model, prompts", [(FAST, ("an apple", "a guitar")), (BUILT_IN, ("a red fox",))])
def test_pictures_have_no_specks_at_any_temperature(studio: Studio, model: str, prompts: tuple[str, ...]) -> None:
    asked = [(prompt, seed) for prompt in prompts for seed in (100, 7)]
    usual = np.array([blur(studio, model, *each, 0.6) for each in asked])
    for temperature in (0.1, 0.2, 0.4):
        # Specks make it two to three times as large, in every one.
        shares = np.array([blur(studio, model, *each, temperature) for each in asked]) / usual
        assert shares.mean() < 1.2 and shares.max() < 1.4, (temperature, shares)
    for temperature in (1.0, 2.0):
        # The seed then chooses other drawings, with other lines.
        shares = np.array([blur(studio, model, *each, temperature) for each in asked]) / usual
        assert shares.mean() < 1.6, (temperature, shares)


def test_a_variant_tempers_by_the_norms_of_its_base(studio: Studio) -> None:
    base, fast = (Library().card(name) for name in (BUILT_IN, FAST))
    assert (
        fast.base_norms == base.score_norms
        and not fast.score_norms
        and not fast.sampler_features()
        and not base.base_norms
    )
    for rules, expected in ((5, base.score_norms), (4, None)):
        norms = temperature_norms(fast, Request(rules=rules))
        assert (norms and norms.table) == expected
    assert temperature_norms(base, Request(rules=4)) is not None and temperature_norms(base, Request(rules=1)) is None


def test_a_variant_of_a_derived_model_tempers_by_the_same_norms(studio: Studio) -> None:
    folder = paths.models_dir() / "mine"
    shutil.copytree(Path(str(paths.resources())) / "models" / BUILT_IN, folder)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    norms = card.pop("score_norms")
    (folder / "card.json").write_text(json.dumps(card | {"name": "mine", "base_norms": norms}), encoding="utf-8")
    fast = json.loads((folder / f"{FAST}.json").read_text(encoding="utf-8"))
    (folder / f"{FAST}.json").write_text(json.dumps(fast | {"name": "mine-fast"}), encoding="utf-8")
    for name in ("mine", "mine-fast"):
        assert Library().card(name).base_norms == tuple(map(tuple, norms))
