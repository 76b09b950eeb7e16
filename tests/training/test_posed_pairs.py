"""Training pairs in random poses: which drawings, neighbours, partners and colours belong together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.models.families.icons.start_drawing_choice import NEIGHBOURS
from gdm_studio.training.icons import pose_augmented_pairs
from gdm_studio.training.icons.autoencoder_training import latent_scaling
from gdm_studio.training.icons.pose_augmented_pairs import (
    draw_hue_turns,
    find_nearest_of_style,
    memorised_images,
    turn_hues,
)
from tests.papers.oracle import normal


def test_memorised_drawings_are_posed_by_the_root_of_their_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {(5, 41): 2, (5, 42): 0, (6, 41): 3}
    found = names, np.array([10, 11, 12, 13]), np.array([0.04, 0.5, 0.36, 0.1])
    monkeypatch.setattr(pose_augmented_pairs, "drawings_of_styles", lambda *_: found)
    recall: Any = SimpleNamespace(rows=torch.tensor([[6, 40], [5, 42], [5, 41]]))  # the first has no image
    none: Any = None
    rows, images, odds = memorised_images(recall, none, none, subset="all")
    assert rows.tolist() == [1, 2] and images.tolist() == [10, 12]
    assert odds == pytest.approx([0.25, 0.75])


def test_neighbours_are_the_nearest_others_of_the_style() -> None:
    components, styles = normal(1, 30, 3), torch.arange(30) % 3
    styles[:18] = 0  # eighteen of a style, and few of the others
    found = find_nearest_of_style(components, styles)
    for index, row in enumerate(found.tolist()):
        others = [each for each in range(30) if styles[each] == styles[index] and each != index]
        others.sort(key=lambda each: float((components[each] - components[index]).norm()))  # noqa: B023
        expected = others[:NEIGHBOURS]
        assert row[: len(expected)] == expected
        assert {*row} <= {*others, index} and len(row) == NEIGHBOURS


def test_hues_are_turned_in_their_shares_and_never_those_that_a_word_names() -> None:
    """Half are not turned, a fifth by any angle, and three tenths by about ten degrees."""
    turns = np.array(draw_hue_turns(np.random.default_rng(0), [frozenset({"cat"})] * 6000))
    assert np.mean(turns == 0) == pytest.approx(0.5, abs=0.03)
    beyond = np.mean(abs(turns) > 40)
    assert beyond == pytest.approx(0.2 * 140 / 180, abs=0.02)
    near = turns[(turns != 0) & (abs(turns) < 25)]
    assert np.mean(abs(turns) < 25) - np.mean(turns == 0) == pytest.approx(0.3 * 0.9876 + 0.2 * 25 / 180, abs=0.03)
    assert near.mean() == pytest.approx(0, abs=1) and turns.min() < -170 and turns.max() > 170
    fixed = [frozenset({"red", "cat"})] * 200
    assert not any(draw_hue_turns(np.random.default_rng(0), fixed))


def test_a_hue_is_turned_about_the_grey_axis() -> None:
    """Red becomes green by 120 degrees, and grey stays."""
    images = torch.tensor([[0.6, 0.0, 0.0, 1.0], [0.3, 0.3, 0.3, 0.5]])[:, :, None, None]
    turned = turn_hues(images, torch.tensor([120.0, 77.0]))[:, :, 0, 0]
    torch.testing.assert_close(turned, torch.tensor([[0.0, 0.6, 0.0, 1.0], [0.3, 0.3, 0.3, 0.5]]))
    torch.testing.assert_close(turn_hues(images, torch.zeros(2)), images)


def test_a_collage_shows_the_two_things_that_its_prompt_names() -> None:
    """Collages are a twelfth of the pairs, and both things are of the same style."""
    styles = torch.arange(12) % 2
    maker: Any = SimpleNamespace(rng=np.random.default_rng(0), rows=np.arange(12), odds=np.full(12, 1 / 12))
    maker.styles, own = styles, pose_augmented_pairs._PairMaker

    def row(place: int) -> dict[str, Any]:
        row = {"caption": f"{place}", "words": [], "colour": "", "tint": "", "style": int(styles[place])}
        return row

    def pixels(picked: Any) -> tuple[torch.Tensor, torch.Tensor]:
        levels = torch.from_numpy((picked + 1) / 16).float()[:, None, None, None].expand(-1, 4, 32, 32)
        return levels.clone(), levels.clone()

    def encode(text: str, style: int) -> list[int]:
        numbers = [int(word) for word in text.split() if word.isdigit()]
        return [style, *numbers, *[-1] * (2 - len(numbers))]

    maker._get_row, maker._draw_pixels, maker._encode = row, pixels, lambda images: images
    maker._choose_partners = lambda picked: own._choose_partners(maker, picked)
    maker.tokenizer = SimpleNamespace(encode=encode)
    drafts, drawings, prompts = (torch.cat(part) for part in zip(*own.chunks(maker, 1500), strict=True))
    assert torch.equal(drafts, drawings)
    is_collage = prompts[:, 2] >= 0
    assert float(is_collage.float().mean()) == pytest.approx(0.08, abs=0.025)
    for image, (style, *named) in zip(drawings, prompts.tolist(), strict=True):
        # Where the two overlap, the levels are others.
        shown = {round(16 * float(level)) - 1 for level in image[3].diagonal()[[4, 27]]}
        assert shown == {*named} - {-1} and {int(styles[each]) for each in shown} == {style}
    assert any(first != second for _, first, second in prompts[is_collage].tolist())


def test_latents_are_scaled_to_a_mean_variance_of_one_and_half_the_differences_of_spread() -> None:
    spreads = np.array([0.1, 1.0, 10.0])
    means = normal(1, 4000, 3, 2, 2).numpy() * spreads[:, None, None] + np.array([3.0, -1, 0])[:, None, None]
    shift, scale = latent_scaling(means.astype(np.float32))
    latents = (means - shift[:, None, None]) * scale[:, None, None]
    assert latents.mean(axis=(0, 2, 3)) == pytest.approx(np.zeros(3), abs=1e-4)
    found = latents.std(axis=(0, 2, 3))
    assert np.mean(found**2) == pytest.approx(1, rel=1e-4)
    assert found[1:] / found[:-1] == pytest.approx([10**0.5] * 2, rel=0.02)
