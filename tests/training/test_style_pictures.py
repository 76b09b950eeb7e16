"""The small pictures beside a model: found where they were written, small, and clear where the picture is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio.models.model_card import SAMPLE_SIDE, sample_path
from gdm_studio.training.sample_images import to_sample, write_samples
from tests.helpers.gaussian_model import CARD, GaussianLibrary


def test_every_style_and_example_gets_a_picture_where_it_is_looked_for(tmp_path: Path) -> None:
    card = replace(CARD, path=tmp_path / "gaussian.safetensors")
    plain = sample_path(card, "style", "plain")
    assert plain is not None and not plain.exists()
    paths = list(write_samples(GaussianLibrary(), card, prompt="a red disc"))
    found = [sample_path(card, "style", style.id) for style in card.styles]
    found += [sample_path(card, "example", example.prompt) for example in card.examples]
    assert found == paths and len(set(paths)) == 4
    first, dark = (np.asarray(Image.open(path).convert("RGBA")).astype(int) for path in paths[:2])
    assert first.shape == (SAMPLE_SIDE, SAMPLE_SIDE, 4) and np.abs(first - dark).mean() > 1


def test_a_small_picture_keeps_its_transparency_and_its_colours() -> None:
    rgba = np.zeros((256, 256, 4), np.uint8)
    rgba[64:192, 64:192] = (200, 30, 60, 255)
    made = np.asarray(to_sample(rgba).convert("RGBA"))
    assert made[0, 0, 3] == 0
    assert np.abs(made[SAMPLE_SIDE // 2, SAMPLE_SIDE // 2].astype(int) - (200, 30, 60, 255)).max() <= 4  # of a palette
    assert to_sample(rgba[..., :3]).convert("RGBA").getextrema()[3] == (255, 255)
