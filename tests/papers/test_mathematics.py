"""Formulas of the systems against exact results: laws of chains, bounds, posteriors, figures of the judge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.posterior import posterior_mean
from gdm_studio.maths.processes import vp
from gdm_studio.papers.claims.checks import bit_states_error
from gdm_studio.papers.systems.ddpm import TARGETS, bound
from gdm_studio.papers.systems.diffusion2015 import BinomialChain, BinomialRecipe, bits_of_bound, draw_bits, heartbeats
from gdm_studio.papers.training import quality_classifier
from gdm_studio.papers.training.training_images import open_dataset
from gdm_studio.training.captioned_folder import CaptionedImage, classes_of
from gdm_studio.training.loop import train
from tests.papers.toy import CLASSES, write_pictures

X0 = torch.linspace(-1, 1, 12).reshape(3, 1, 2, 2).double()


def arrays(point: NoiseLevel) -> NoiseLevel:
    return NoiseLevel(*(torch.full((3, 1, 1, 1), value).double() for value in point))  # type: ignore[arg-type]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("t", [0, 1, 40, 99])
def test_every_target_says_the_same_picture(target: str, t: int) -> None:
    diffusion = Diffusion(vp("linear", 100), target)
    at = diffusion.process.at(t)
    x = diffusion.process.degrade(X0, at, torch.randn(3, 1, 2, 2, generator=torch.manual_seed(0)).double())
    learned = diffusion.target(X0, x, arrays(at))
    assert torch.allclose(diffusion.x0(lambda *_: learned, x, at), X0, atol=1e-9)
    if target == "previous":
        to = CLEAN if t == 0 else diffusion.process.at(t - 1)
        first, second = posterior_mean(arrays(at), arrays(to))
        assert torch.allclose(learned, first * X0 + second * x, atol=1e-9)


def test_the_step_forward_and_the_closed_form_are_one_law() -> None:
    process = vp("linear", 50, options={"beta_end": 0.2})
    points = [CLEAN, *map(process.at, range(50))]
    alpha, variance = 1.0, 0.0
    for before, after in zip(points, points[1:], strict=False):
        beta = 1 - (after.alpha / before.alpha) ** 2
        alpha, variance = math.sqrt(1 - beta) * alpha, (1 - beta) * variance + beta
    assert (alpha, math.sqrt(variance)) == pytest.approx(tuple(points[-1]), abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_bound_of_a_step_is_the_divergence_of_gaussians(share: float) -> None:
    process = vp("linear", 100)
    at, to = process.at(60), process.at(59)
    found = X0 + 0.1
    said = bound(X0, found, torch.full_like(X0, share), arrays(at), arrays(to))
    beta = at.sigma**2 - (at.alpha / to.alpha * to.sigma) ** 2
    small = beta * (to.sigma / at.sigma) ** 2
    variance = math.exp(share * math.log(beta) + (1 - share) * math.log(small))
    c1 = to.alpha - at.alpha / to.alpha * (to.sigma / at.sigma) ** 2 * at.alpha
    exact = torch.distributions.kl_divergence(
        torch.distributions.Normal(torch.zeros(()).double(), math.sqrt(small)),
        torch.distributions.Normal(torch.tensor(c1 * 0.1).double(), math.sqrt(variance)),
    )
    assert torch.allclose(said, exact / math.log(2), rtol=1e-9)


def test_levels_of_a_picture_add_up_to_one() -> None:
    from gdm_studio.papers.systems.ddpm import log_of_level

    levels = torch.linspace(-1, 1, 256).double()
    for mean, deviation in ((0.1, 0.3), (-0.98, 0.02), (1.2, 0.1)):
        logs = log_of_level(levels, torch.full_like(levels, mean), torch.full_like(levels, deviation))
        assert float(logs.exp().sum()) == pytest.approx(1, abs=1e-6)


# bits


def test_coins_forget_everything_and_posteriors_are_bayes() -> None:
    coins, t = BinomialChain(12), torch.arange(1.0, 13).double()[:, None]
    kept = torch.cumprod(1 - coins.beta(t), dim=0)
    assert torch.allclose(kept, coins.alpha_bar(t), atol=1e-12) and float(coins.alpha_bar(t)[-1]) == 0
    for x0 in (0.0, 1.0):
        for x in (0.0, 1.0):
            for step in (2, 7, 12):
                at = torch.tensor([[float(step)]]).double()
                share = x0 * coins.alpha_bar(at - 1) + (1 - coins.alpha_bar(at - 1)) / 2  # q(x_{t−1} = 1 | x_0)
                beta = coins.beta(at)
                arrives = {before: 1 - beta / 2 if before == x else beta / 2 for before in (0.0, 1.0)}
                bayes = share * arrives[1.0] / (share * arrives[1.0] + (1 - share) * arrives[0.0])
                told = coins.posterior(torch.tensor([[x]]).double(), torch.tensor([[x0]]).double(), at)
                assert torch.allclose(told, bayes, atol=1e-12)


def best_guess(coins: BinomialChain):  # type: ignore[no-untyped-def]
    """Return the function P(x_0 = 1 | x_t) of heartbeats in closed form, a sum over the five possible sequences."""
    five = torch.from_numpy(np.stack([heartbeats(1, FixedPhase(phase))[0] for phase in range(5)])).double()

    def guess(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        one = five * coins.alpha_bar(t[:1]) + (1 - coins.alpha_bar(t[:1])) / 2
        logs = x @ one.clamp(min=1e-300).log().T + (1 - x) @ (1 - one).clamp(min=1e-300).log().T
        return logs.softmax(dim=1) @ five

    return guess


class FixedPhase:
    """A generator that draws one phase."""

    def __init__(self, phase: int) -> None:
        self.phase = phase

    def integers(self, high: int, size: tuple[int, int]) -> np.ndarray:
        return np.full(size, self.phase)


@pytest.mark.parametrize(("steps", "bits"), [(10, 2.870), (50, 2.403)])
def test_the_best_steps_back_bound_heartbeats_ever_closer(steps: int, bits: float) -> None:
    coins = BinomialChain(steps)
    rows = torch.from_numpy(heartbeats(500, np.random.default_rng(1))).double()
    assert bits_of_bound(coins, best_guess(coins), rows, draws=2000) == pytest.approx(bits, abs=0.06)


def test_coins_tossed_back_to_known_bits_have_the_shares_of_the_chain() -> None:
    """Steps by q(x_{t−1} | x_t, x_0) pass through the marginals q(x_t | x_0), with (1 − ᾱ_t)/2 of the bits flipped."""
    rows = torch.from_numpy(heartbeats(1000, np.random.default_rng(4)))
    uniform = torch.rand(21, 1000, 20, generator=torch.Generator().manual_seed(2))
    assert bit_states_error(BinomialChain(20), rows, uniform) < 0.03
    assert torch.equal(draw_bits(BinomialChain(20), lambda x, t: rows, uniform), rows)


def test_coins_tossed_back_are_heartbeats() -> None:
    coins = BinomialChain(200)
    uniform = torch.rand(201, 64, 20, generator=torch.Generator().manual_seed(2)).double()
    made = draw_bits(coins, best_guess(coins), uniform)
    assert float((made.reshape(64, 4, 5).sum(dim=2) == 1).double().mean()) > 0.9


@pytest.mark.slow
def test_a_network_learns_the_bound_of_bits(tmp_path: Path) -> None:
    recipe = BinomialRecipe(steps=20, samples=40_000, batch=250, width=64, warmup=1000, cooldown=20_000)
    lines: list[str] = []
    losses = [step.loss for step in train(recipe, tmp_path, on_log=lines.append)]
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:10])
    assert (tmp_path / recipe.product).is_file()


# the judge


def test_coverage_and_recall_see_what_is_left_out() -> None:
    rng = np.random.default_rng(0)
    real = np.concatenate([rng.normal(place, 0.1, (60, 2)) for place in range(5)]).astype(np.float32)
    again = np.concatenate([rng.normal(place, 0.1, (60, 2)) for place in range(5)]).astype(np.float32)
    assert quality_classifier.coverage(real, again) > 0.8 and quality_classifier.recall(real, again) > 0.9
    assert quality_classifier.coverage(real, again[:180]) == pytest.approx(
        0.6 * quality_classifier.coverage(real, again), abs=0.06
    )
    assert quality_classifier.recall(real, again[:180]) == pytest.approx(0.6, abs=0.06)


def test_an_image_that_is_deleted_while_the_folder_is_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_pictures(tmp_path / "pictures", each=2)
    deleted = data / "left" / "0.png"

    def classes(folder: Path, images: Sequence[CaptionedImage]) -> list[str]:
        deleted.unlink()
        return classes_of(folder, images)

    monkeypatch.setattr("gdm_studio.papers.training.training_images.classes_of", classes)
    pictures = open_dataset(data, 8)
    assert len(pictures.rgba) == len(pictures.label) == len(pictures.shares) == 7
    assert pictures.problems.unreadable == [deleted]


@pytest.mark.slow
def test_a_judge_learns_to_tell_classes_apart(tmp_path: Path) -> None:
    data = write_pictures(tmp_path / "pictures", each=8)
    pictures = open_dataset(data, 8)
    assert pictures.labels == CLASSES and pictures.cond_width == 4
    learnt, held = pictures.split(drawings=True)
    assert len(held) == 4 and not set(learnt) & set(held)
    recipe = quality_classifier.JudgeRecipe(
        data=data, size=8, hold="drawings", samples=1600, batch=32, ema_halflife=200, threads=1
    )
    for _ in train(recipe, tmp_path / "out"):
        pass
    found = quality_classifier.load_judge(tmp_path / "out" / recipe.product)
    labels = [CLASSES[place] for place in pictures.label]
    large = pictures.rgba.repeat(4, axis=1).repeat(4, axis=2)
    assert found.accuracy(large, labels) == found.accuracy(pictures.rgba, labels) > 0.5
    assert found.real.shape == (32, 96)
