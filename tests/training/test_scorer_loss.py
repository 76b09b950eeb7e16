"""The scorer's loss against its formula, and the captions, matches and shifts of its batches."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio.training.evaluation.scorer import SIDE, to_input
from gdm_studio.training.evaluation.scorer_training import (
    GREY,
    NOISE,
    SHIFT,
    ScorerBatchSampler,
    augment,
    matching_loss,
)
from tests.papers.oracle import normal

NAMES = ["cat", "cat", "dog", "cat", "fish", "dog", "door", "tree"]
ROWS = [
    {"concept": name, "caption": f"a {name}", "words": [f"{name} word"], "style": "flat" if index % 3 else "line"}
    for index, name in enumerate(NAMES)
]


def test_a_scorer_learns_all_matches_in_both_directions_and_the_style() -> None:
    """Radford et al. 2021, figure 3, where several captions may match: each has an equal part of the probability.

    Further captions are wrong answers for an image, but no image is looked for that fits them.
    """
    features, named, styled = normal(1, 3, 5), normal(2, 3, 4), normal(3, 3, 2)
    texts = normal(4, 5, 4)
    scorer: Any = SimpleNamespace(
        image=lambda x: features,
        match=lambda given: named,
        text=lambda words, starts: texts,
        style=lambda given: styled,
        log_scale=torch.tensor(1.2),
    )
    same = torch.tensor([[1, 0, 1, 0, 1], [0, 1, 0, 0, 0], [1, 0, 1, 1, 0]], dtype=torch.bool)
    styles = torch.tensor([0, 1, 1])
    found = matching_loss(scorer, normal(5, 3, 4, 8, 8), texts, texts, same, styles, style_weight=0.3)

    def unit(rows: Any) -> Any:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    scores = np.exp(1.2) * unit(named.double().numpy()) @ unit(texts.double().numpy()).T

    def entropy(scores: Any, matches: Any) -> float:
        """Return −Σ q·log p, the mean over the rows, where q is even among the matches of a row."""
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return float(np.mean([-row[which].mean() for row, which in zip(logs, matches, strict=True)]))

    matches = same.numpy()
    expected = (entropy(scores, matches) + entropy(scores[:, :3].T, matches[:, :3].T)) / 2
    expected += 0.3 * entropy(styled.double().numpy(), np.eye(2, dtype=bool)[styles])
    assert found.item() == pytest.approx(expected, rel=1e-5)


def test_a_caption_matches_all_images_of_its_concept() -> None:
    batch = ScorerBatchSampler(ROWS, 512, 0.25)
    picked = np.array([0, 2, 3, 4, 1, 2])
    synonyms = []
    for seed in range(60):
        texts, same, styles = batch(picked, np.random.default_rng(seed))
        assert len(texts) == 6 + 5, "further captions: one of each concept"
        concepts = [text.removeprefix("a ").removesuffix(" word") for text in texts]
        assert concepts[:6] == [NAMES[index] for index in picked] and {*concepts[6:]} == {*NAMES}
        assert same.tolist() == [[NAMES[index] == concept for concept in concepts] for index in picked]
        assert [batch.styles[style] for style in styles] == [ROWS[index]["style"] for index in picked]
        synonyms += [text.endswith(" word") for text in texts]
    assert np.mean(synonyms) == pytest.approx(0.25, abs=0.06)
    assert len(ScorerBatchSampler(ROWS, 2, 0.25)(picked, np.random.default_rng(0))[0]) == 6 + 2


def test_a_scorer_sees_its_images_shifted_with_noise() -> None:
    pictures = np.zeros((300, SIDE, SIDE, 4), np.uint8)
    pictures[..., :3] = round(255 * GREY)
    pictures[:, 30, 20] = 255
    x = augment(pictures, np.random.default_rng(0))
    noise = x - to_input(pictures)
    corner = noise[:, :, :8, :8]  # empty, whatever the shift
    assert corner.std().item() == pytest.approx(NOISE, rel=0.02) and abs(corner.mean().item()) < 0.1 * NOISE
    places = x[:, 3].flatten(1).argmax(dim=1)
    down, right = (places // SIDE - 30).numpy(), (places % SIDE - 20).numpy()
    for moves in (down, right):
        assert {*moves.tolist()} == {*range(-SHIFT, SHIFT + 1)}
        assert abs(moves.mean()) < 0.25 * SHIFT
    assert abs(np.corrcoef(down, right)[0, 1]) < 0.2
