"""Batches of the built-in model and its upscaler: which images, crops, prompts and noise belong together."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.training.icons.autoencoder_recipe import VaeRecipe
from gdm_studio.training.icons.decoder_recipe import DecoderRecipe, DecoderTraining, crop_pairs
from gdm_studio.training.icons.pose_augmented_pairs import PosedDrawings
from gdm_studio.training.icons.posed_drafts_recipe import PosedRecipe
from gdm_studio.training.icons.text_recipe import TextRecipe
from gdm_studio.training.lora.base_models import IconsBase
from gdm_studio.training.upscaler.images import Pyramid
from gdm_studio.training.upscaler.recipe import UpscalerRecipe, draw_batch
from tests.helpers import tiny_model

NONE = Path("none")
SIDE, COUNT = 64, 12


class Coordinates:
    """Pictures whose red is their index, and whose green and blue are the column and row of each pixel."""

    size, count = SIDE, COUNT

    def rgba(self, indices: Any) -> np.ndarray:
        down, across = np.mgrid[:SIDE, :SIDE]
        pictures = [np.stack([0 * down + 20 * int(index), across, down, 0 * down + 255], -1) for index in indices]
        return np.stack(pictures).astype(np.uint8)


def levels(x: Tensor) -> Tensor:
    """Return the levels 0 … 255 of images (N, 4, H, W) in −1 … 1."""
    return ((x + 1) * 127.5).round().long()


def corners(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the index of each picture (N,), and the column and row of the top left pixel of its crop."""
    found = levels(x)
    side = found.shape[-1]
    steps = torch.arange(side)
    left, top = found[:, 1, 0, 0], found[:, 2, 0, 0]
    assert torch.equal(found[:, 1], (left[:, None] + steps)[:, None].expand(-1, side, -1)), "an upright crop"
    assert torch.equal(found[:, 2], (top[:, None] + steps)[:, :, None].expand(-1, -1, side))
    assert (found[:, 3] == 255).all() and (found[:, 0] == found[:, :1, :1, :1][:, 0]).all()
    return found[:, 0, 0, 0] // 20, left, top


def assert_noise_of_every_second_row(noise: Tensor, most: float) -> None:
    """Check noise (N, …) with a standard deviation ~ U(0, most) in every second row, and none in the others."""
    assert not noise[::2].any()
    deviations = noise[1::2].flatten(1).std(dim=1)
    assert deviations.max() < 1.25 * most and deviations.min() < 0.1 * most
    assert float(deviations.mean()) == pytest.approx(most / 2, rel=0.15)


def test_an_autoencoder_is_trained_on_crops_and_in_every_fourth_step_on_whole_pictures() -> None:
    recipe = VaeRecipe(data=NONE, batch=256, crop=32, noise=0.3)
    training, held_out = np.arange(0, 12, 2), np.arange(1, 12, 2)
    vars(recipe).update(pictures=Coordinates(), split=(training, held_out))
    model = AutoencoderKL(tiny_model.VAE)
    for step in range(8):
        x, noise, more = recipe.draw(model, np.random.default_rng(step), step)
        is_whole = step % 4 == 0
        # Four crops have as many pixels as a picture.
        assert x.shape == ((64, 4, 64, 64) if is_whole else (256, 4, 32, 32))
        index, left, top = corners(x)
        assert set(index.tolist()) == set(training), "held-out pictures are not trained on"
        assert noise.shape == more.shape == model.posterior(x[:1])[0].expand(len(x), -1, -1, -1).shape
        assert noise.std().item() == pytest.approx(1, abs=0.03)
        assert_noise_of_every_second_row(more, 0.3)
        if not is_whole:
            for place in (left, top):
                assert place.min() <= 2 and place.max() >= 30
                assert place.float().mean().item() == pytest.approx(16, abs=3)
            assert abs(np.corrcoef(left, top)[0, 1]) < 0.3


def test_a_decoder_is_trained_on_predictions_and_on_noisy_latents_of_the_same_pictures() -> None:
    recipe = DecoderRecipe(data=NONE, vae=NONE, words=NONE, run=NONE, batch=400, crop=64, noise=0.3)
    chosen = np.array([1, 4, 6, 11])
    numbers = torch.tensor([1.0, 4, 6, 11])[:, None, None, None].expand(-1, 4, 16, 16)
    vars(recipe).update(pictures=Coordinates(), training_images=chosen, true_latents=numbers)
    model = DecoderTraining(AutoencoderKL(tiny_model.VAE), -numbers)
    latents, x = recipe.draw(model, np.random.default_rng(0), 0)
    index, *_ = corners(x)
    assert set(index.tolist()) == set(chosen)
    own = index[:, None, None, None].float()
    assert torch.equal(latents[::2], -own[::2].expand_as(latents[::2])), "predictions as they are"
    assert_noise_of_every_second_row((latents - own) * (torch.arange(400) % 2)[:, None, None, None], 0.3)


def test_crops_show_what_the_crops_of_the_latents_encode() -> None:
    down, across = torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij")
    latents = torch.stack([across, down]).expand(200, -1, -1, -1)
    x = torch.from_numpy(Coordinates().rgba(np.arange(200) % COUNT)).permute(0, 3, 1, 2).float() / 127.5 - 1
    parts, shown = crop_pairs(latents, x, 24, np.random.default_rng(0))
    assert parts.shape == (200, 2, 6, 6) and shown.shape == (200, 4, 24, 24)
    index, left, top = corners(shown)
    assert torch.equal(index, torch.arange(200) % COUNT)
    assert torch.equal(4 * parts[:, 0, 0, 0].long(), left) and torch.equal(4 * parts[:, 1, 0, 0].long(), top)
    assert torch.equal(parts[:, :, 5, 5] - parts[:, :, 0, 0], torch.full((200, 2), 5.0))
    assert {*left.tolist()} == {*top.tolist()} == {*range(0, 41, 4)} and not torch.equal(left, top)


def assert_shares(dropped: list[Tensor], shares: list[float]) -> None:
    """Check that booleans (N,) are True for their shares of the rows, independently of each other."""
    for number, (one, share) in enumerate(zip(dropped, shares, strict=True)):
        deviation = (share * (1 - share) / len(one)) ** 0.5
        assert one.double().mean().item() == pytest.approx(share, abs=4 * deviation)
        for other, its in zip(dropped[:number], shares, strict=False):
            both = share * its
            deviation = (both * (1 - both) / len(one)) ** 0.5
            assert (one & other).double().mean().item() == pytest.approx(both, abs=4 * deviation)


def test_posed_drawings_are_drawn_with_the_stated_noise_and_dropped_prompts() -> None:
    shares = [0.3, 0.2, 0.4]
    recipe = PosedRecipe(
        data=NONE, vae=NONE, words=NONE, init=NONE, batch=8000, drop_text=shares[0], drop_style=shares[1],
        drop_words=shares[2], log_sigma_mean=0.3, log_sigma_spread=1.5,
    )  # fmt: skip
    pairs = PosedDrawings(*torch.zeros(2, 50, 4, 3, 3), torch.zeros(50, 3))
    model: Any = SimpleNamespace(networks=SimpleNamespace(device="cpu"), pairs=pairs)
    rows, sigma, noise, *has = recipe.draw(model, np.random.default_rng(0), 0)
    assert np.bincount(rows, minlength=50) / 8000 == pytest.approx(np.full(50, 1 / 50), abs=0.008)
    logs = sigma.log()
    assert logs.mean().item() == pytest.approx(0.3, abs=0.07) and logs.std().item() == pytest.approx(1.5, abs=0.05)
    assert noise.shape == (8000, 4, 3, 3) and noise.std().item() == pytest.approx(1, abs=0.02)
    assert_shares([~each for each in has], shares)


def test_drawings_are_drawn_by_their_odds_with_the_stated_prompts_drafts_and_noise() -> None:
    recipe = TextRecipe(
        batch=6000, prior_rows=2, drop_text=0.3, drop_style=0.2, drop_draft=0.5, noise_draft=0.25,
        log_sigma_mean=0.9, log_sigma_spread=1.4,
    )  # fmt: skip
    odds = np.array([0.4, 0.1, 0.1, 0.4, 0.0])
    drawings = SimpleNamespace(latents=torch.zeros(5, 4, 3, 3), prompts=torch.zeros(5, 7, 3))
    model: Any = SimpleNamespace(networks=SimpleNamespace(device="cpu"), drawings=drawings, odds=odds)
    batch = recipe.draw(model, np.random.default_rng(0), 0)
    own, (sigma, noise, has_draft, level, draft_noise), more = batch[:4], batch[4:9], batch[9:]
    assert all(each.shape == (6000, 2) for each in more) and not torch.equal(more[0][:, 0], own[0])
    for rows, picks, has_text, has_style in (own, tuple(each.flatten() for each in more)):
        assert np.bincount(rows, minlength=5) / len(rows) == pytest.approx(odds, abs=0.03)
        assert np.bincount(picks, minlength=7) / len(picks) == pytest.approx(np.full(7, 1 / 7), abs=0.02)
        assert_shares([~has_text, ~has_style], [0.3, 0.2])
    logs = sigma.log()
    assert logs.mean().item() == pytest.approx(0.9, abs=0.08) and logs.std().item() == pytest.approx(1.4, abs=0.05)
    is_noisy = level > 0
    assert_shares([~has_draft, ~own[2]], [0.5, 0.3])
    assert not (is_noisy & ~has_draft).any() and is_noisy.double().mean().item() == pytest.approx(0.25, abs=0.025)
    logs = level[is_noisy].log()
    assert logs.mean().item() == pytest.approx(-0.5, abs=0.08) and logs.std().item() == pytest.approx(0.8, abs=0.06)
    for each in (noise, draft_noise):
        assert each.shape == (6000, 4, 3, 3) and each.std().item() == pytest.approx(1, abs=0.02)
    assert abs((noise * draft_noise).mean().item()) < 0.02


def pyramid() -> Pyramid:
    """Return pictures of three sizes, each of which is the mean of the next one, with their index and coordinates.

    The softened ones have a blue of 255.
    """
    levels = []
    for side in (16, 32, 64):
        pixel = 256 // side
        down, across = pixel * np.mgrid[:side, :side] + pixel // 2
        rows = [np.stack([0 * down + 20 * index, across, down // 2, 0 * down + 255], -1) for index in range(COUNT)]
        levels.append(np.stack(rows).astype(np.uint8))
    softened = levels[1].copy()
    softened[..., 2] = 255
    return Pyramid(tuple(levels), softened)


@pytest.mark.parametrize("doublings", [1, 2])
def test_an_upscaler_learns_from_the_same_crop_of_the_same_picture_at_each_size(doublings: int) -> None:
    recipe = UpscalerRecipe(data=NONE, batch=300, crop=8, twice=float(doublings - 1), soft=0.0)
    sides = set()
    for seed in range(12):
        small, *truths = draw_batch(pyramid(), recipe, np.random.default_rng(seed))
        side = 8 // doublings
        assert small.shape == (300, 4, side, side) and len(truths) == doublings
        assert {*(255 * small[:, 0, 0, 0] / 20).round().int().tolist()} == {*range(COUNT)}
        for one, other in pairwise((small, *truths)):
            assert (torch.nn.functional.avg_pool2d(other, 2) - one).abs().max() < 1.1 / 255
        sides.add(round(float(255 * (small[0, 1, 0, 1] - small[0, 1, 0, 0]))))
    # Of one doubling, the larger pictures are drawn too.
    assert sides == ({16, 8} if doublings == 1 else {16})


@pytest.mark.slow
def test_an_upscaler_learns_from_softened_crops_of_the_same_picture() -> None:
    recipe = UpscalerRecipe(data=NONE, batch=400, crop=8, twice=0.0, soft=0.6)
    counts = []
    for seed in range(12):
        small, truth = draw_batch(pyramid(), recipe, np.random.default_rng(seed))
        sharp = torch.nn.functional.avg_pool2d(truth, 2)
        is_decoded, is_sharp = (small[:, 2] > 0.95).all((1, 2)), (small - sharp).abs().amax((1, 2, 3)) < 1.1 / 255
        is_blurred = ~is_decoded & ~is_sharp
        assert not ((small - sharp)[is_decoded][:, :2].abs() > 1.1 / 255).any()
        # Blur and noise of less than a pixel leave the place.
        assert (small - sharp)[is_blurred][:, :2].mean((2, 3)).abs().max() < 0.05
        counts.append([float(each.float().mean()) for each in (is_sharp, is_decoded, is_blurred)])
    for sharp_share, decoded, blurred in counts:
        assert sharp_share == pytest.approx(0.4, abs=0.1)
        assert decoded == pytest.approx(0.42, abs=0.1) or decoded == 0 and blurred == pytest.approx(0.6, abs=0.1)
    assert 0 < sum(row[1] > 0 for row in counts) < 12


def test_a_lora_learns_with_the_drafts_whose_edges_are_those_of_its_image() -> None:
    def drawing(left: int, *, level: int = 0) -> Tensor:
        picture = torch.full((1, 64, 64, 4), 255, dtype=torch.uint8)
        picture[:, 16:48, left : left + 24, :3] = level
        return picture

    lefts = [40, 8, 20, 11, 30, 9]
    pictures = torch.cat([drawing(8), *(drawing(left, level=120) for left in lefts)])
    model: Any = SimpleNamespace(preview=lambda latents: pictures)
    base: Any = SimpleNamespace(model=model, device=torch.device("cpu"))
    candidates = [(torch.zeros(1),) * 3 + (torch.zeros(1, 4, 8, 8),) + (torch.tensor([float(left)]),) for left in lefts]
    chosen = IconsBase._choose_nearest(base, candidates, torch.zeros(4, 8, 8))
    assert [int(parts[4]) for parts in chosen] == [8, 9, 11, 20]
    assert IconsBase._choose_nearest(base, candidates[:1], torch.zeros(4, 8, 8)) == candidates[:1]
