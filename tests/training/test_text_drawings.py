"""Drafts, poses and prompts of drawings that train from text, and how far a draft is moved to similar drawings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gdm_studio.models.families.icons.start_drawing_choice import LARGEST_SPAN_SHARE, NEIGHBOURS, SPAN_SHARE
from gdm_studio.models.loaded_model import VARIATION_NUMBERS
from gdm_studio.training.icons import text_drawings
from gdm_studio.training.icons.pose_augmented_pairs import TRANSFERRED, _PairMaker
from gdm_studio.training.icons.text_drawings import DRAFT_SPREAD, _pose_pictures, _SourceDrawing, _TrainingDataBuilder
from tests.papers.oracle import assert_uniform, normal


def moved_share(moved: Tensor, own: Tensor, other: Tensor) -> Tensor:
    """Return the share of the way from `own` to `other` (n, K) that `moved` has gone, and check that it is on it."""
    shares = ((moved - own) / (other - own)).double()
    torch.testing.assert_close(shares, shares.mean(dim=1, keepdim=True).expand_as(shares), atol=1e-3, rtol=1e-3)
    return shares.mean(dim=1)


def test_a_draft_is_moved_to_similar_drawings_by_an_even_share() -> None:
    """All neighbours of a drawing are the same here, so that their mixture is known."""
    components = normal(1, 400, 6)
    maker: Any = SimpleNamespace(
        neighbours=((torch.arange(400) + 7) % 400)[:, None].expand(-1, NEIGHBOURS),
        rng=np.random.default_rng(0),
        recall=SimpleNamespace(components=components, step=0.25),
        sketch=SimpleNamespace(from_components=lambda given, size: given),
        model=SimpleNamespace(device="cpu", card=SimpleNamespace(latent=(4, 8, 8))),
    )
    rows = [*range(0, 400, 2), *range(1, 400, 2)]
    own, moved = _TrainingDataBuilder._mix_latents(maker, rows).chunk(2)
    torch.testing.assert_close(own, 0.25 * components[rows])
    others = 0.25 * components[(torch.tensor(rows) + 7) % 400]
    assert_uniform(moved_share(moved, own, others), 0, DRAFT_SPREAD)


def test_a_posed_draft_is_moved_by_the_temperature_of_its_seed_or_transferred() -> None:
    components, transferred = normal(1, 600, 6), normal(2, 600, 6)
    maker: Any = SimpleNamespace(
        device="cpu",
        components=components,
        neighbours=((torch.arange(600) + 7) % 600)[:, None].expand(-1, NEIGHBOURS),
        transferred=transferred,
        is_transferable=np.arange(600) < 400,
        rng=np.random.default_rng(0),
    )
    picked, temperatures = np.arange(600), np.linspace(0.2, 1.3, 600)
    found = _PairMaker._shift_components(maker, picked, normal(3, 600, VARIATION_NUMBERS), temperatures)
    is_transferred = (found == transferred).all(dim=1)
    assert not is_transferred[400:].any()
    assert float(is_transferred[:400].float().mean()) == pytest.approx(TRANSFERRED, abs=0.06)
    own, others = components, components[(torch.arange(600) + 7) % 600]
    shares = moved_share(*(each[~is_transferred] for each in (found, own, others)))
    expected = np.minimum(SPAN_SHARE * temperatures, LARGEST_SPAN_SHARE)[~is_transferred.numpy()]
    assert shares.numpy() == pytest.approx(expected, abs=1e-3)


def sources(count: int) -> list[_SourceDrawing]:
    return [_SourceDrawing(f"thing {index}", 5, 1.0, (), index) for index in range(count)]


def pictures(count: int) -> Tensor:
    """Return opaque pictures in −1 … 1, of which no two are alike."""
    found = normal(4, count, 4, 8, 8).clamp(-1, 1).repeat_interleave(4, dim=2).repeat_interleave(4, dim=3)
    found[:, 3] = 1
    return found


def test_a_draft_has_the_pose_and_the_hue_of_its_drawing() -> None:
    same = pictures(40)
    turned = list(np.linspace(-180, 180, 40))
    posed, drafts = _pose_pictures(sources(40), same, same, turned, np.random.default_rng(0))
    assert torch.equal(posed, drafts)
    assert sum(not torch.allclose(one, other, atol=0.02) for one, other in zip(posed, same, strict=True)) > 36


def test_prompts_know_which_pose_has_another_hue(monkeypatch: pytest.MonkeyPatch) -> None:
    own, count = pictures(6), 6
    turned = [0.0, 4.0, -29.0, 31.0, -120.0, 179.0]
    seen: list[tuple[Tensor, list[bool]]] = []

    def prompts(sources: Any, images: Tensor, is_tinted: Any, *_: Any) -> Tensor:
        seen.append((images, list(is_tinted)))
        return torch.full((count, 2, 3), len(seen))

    monkeypatch.setattr(text_drawings, "_compose_prompts", prompts)
    monkeypatch.setattr(text_drawings, "draw_hue_turns", lambda rng, words: turned)
    monkeypatch.setattr(text_drawings, "_decode", lambda vae, latents: latents)
    monkeypatch.setattr(text_drawings, "_encode_pictures", lambda vae, images: images)
    maker: Any = SimpleNamespace(
        _mix_latents=lambda rows: torch.cat([own, -own]), model=SimpleNamespace(vae=None), poses=1, tokenizer=None,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    latents, drafts, told = _TrainingDataBuilder.chunk(maker, sources(count))
    assert latents.shape == drafts.shape == (6, 2, 4, 32, 32)
    assert torch.equal(latents[:, 0], own.half()) and torch.equal(drafts[:, 0], (-own).half())
    assert told[:, :, 0, 0].tolist() == [[1, 2]] * count
    (first, plain), (second, tinted) = seen
    assert plain == [False] * 6 and tinted == [False, False, False, True, True, True]
    assert torch.equal(first, own) and torch.equal(latents[:, 1], second)
