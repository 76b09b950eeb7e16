"""Hybrids of diffusion with GANs and VAEs: their exact properties, with almost no training."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from gdm_studio.common.errors import ModelError
from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.exact import Mixture, seeded
from gdm_studio.maths.exact.distance import total_variation
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.posterior import posterior_sigma
from gdm_studio.maths.processes import tabulated, vp, vp_sde
from gdm_studio.maths.processes.coordinates import PURE_NOISE
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.models.straight_alpha import to_premultiplied
from gdm_studio.networks.papers.small_convolutional_networks import Generator, GeneratorConfig
from gdm_studio.papers.claims.checks import MEASUREMENTS
from gdm_studio.papers.claims.claim_inputs import ClaimContext
from gdm_studio.papers.systems import diffflow
from gdm_studio.papers.systems.ddgan import alpha_bars
from gdm_studio.papers.systems.ddpm import DdpmRecipe
from gdm_studio.papers.systems.latent_diffusion import LatentRecipe
from gdm_studio.papers.systems.lsgm import cross_entropy
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.papers.training.noise_levels import noise_levels_of
from gdm_studio.training.loop import train
from tests.papers.test_serving import CARD, network
from tests.papers.toy import SMALL, write_pictures

NOTHING = Conditioning(factors={"style_flat": 0.0, "colour_red": 0.0})


def loaded(file: Path) -> Any:
    """Load a model and return its only stage."""
    (stage,) = Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32).stages
    return stage


# denoising diffusion GAN

GRID = np.array([[x, y] for x in range(-2, 3) for y in range(-2, 3)]) / math.sqrt(2)


def drawn_from(grid: Mixture) -> Callable[[np.ndarray, NoiseLevel], np.ndarray]:
    """Return a function that draws exactly from p(x_0 | x), as a perfect generator would."""
    rng = np.random.default_rng(0)

    def draw(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        shares = grid.responsibilities(x, at)
        modes = (shares.cumsum(axis=1) < rng.random((len(x), 1))).sum(axis=1).clip(0, len(shares[0]) - 1)
        spread = at.alpha**2 * grid.variances[0] + at.sigma**2
        mean = grid.means[modes] + at.alpha * grid.variances[0] / spread * (x - at.alpha * grid.means[modes])
        return mean + np.sqrt(grid.variances[0] / spread) * at.sigma * rng.normal(size=x.shape)

    return draw


@pytest.mark.parametrize(("drawn", "near", "astray"), [(True, 0.990, 0.015), (False, 0.142, 0.53)])
def test_four_steps_are_enough_for_drawn_pictures_and_not_for_their_mean(
    drawn: bool, near: float, astray: float
) -> None:
    """25 modes in four steps: the share of points at one of them, and how far the shares of modes are from even."""
    grid = Mixture(np.full(25, 1 / 25), GRID, np.full(25, 0.05**2))
    path = tabulated(alpha_bars(4)).path("linspace", 4)
    x = np.random.default_rng(1).normal(size=(5000, 2))
    for step in SAMPLERS["ddpm"].fn(drawn_from(grid) if drawn else grid.denoise, x, path, seeded(2)):
        x = step.x
    at_a_mode = np.sqrt(((x[:, None] - grid.means) ** 2).sum(axis=2)).min(axis=1) < 3 * 0.05
    assert at_a_mode.mean() == pytest.approx(near, abs=0.02)
    assert total_variation(grid.mode_shares(x), grid.weights) == pytest.approx(astray, abs=0.03)


def test_the_steps_that_a_generator_makes_are_the_samplers() -> None:
    path = tabulated(alpha_bars(4)).path("linspace", 4)
    at, to = noise_levels_of(torch.tensor([[*path[1], *path[2]]], dtype=torch.float64))
    spread = SAMPLERS["ddpm"].fn(lambda x, at: x * 0, np.zeros(1), path, lambda *_: np.ones(1), start=1)
    assert float(posterior_sigma(at, to)) == pytest.approx(float(next(iter(spread)).x[0]), abs=1e-9)


def test_a_denoiser_draws_numbers_of_its_own_at_every_point(tmp_path: Path) -> None:
    card = CARD | {"process": "tabulated", "process_numbers": {"alpha_bars": alpha_bars(4)}, "prediction": "x0"}
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network(told=4 + 8)}, card, {"latent": 8})
    stage = loaded(file)
    path = stage.diffusion.process.path("linspace", 4)
    x = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(3))[:1].repeat(2, 1, 1, 1)

    def found(seeds: tuple[int, int], at: NoiseLevel) -> torch.Tensor:
        return stage.denoiser([NOTHING] * 2, path, denoiser_noise(KeyedNoise(seeds), path, 2))(x, at)  # type: ignore

    one = found((5, 6), path[1])
    assert (one == found((5, 6), path[1])).all() and (one[0] != one[1]).any()
    assert (one[0] != found((7, 6), path[1])[0]).any() and (one[1] == found((7, 6), path[1])[1]).all()
    shown = torch.cat([torch.zeros(1, 4), KeyedNoise([5])(1, x[:1], 2**32).flatten(1)[:, :8]], dim=1)
    with torch.no_grad():
        expected = stage.networks["denoiser"](x[:1], torch.tensor([2 / 4]), shown)
    assert torch.allclose(one[:1], expected, atol=1e-5)


@pytest.mark.parametrize("habits", [
    {"latent": 8}, {"latent": -1}, {"latent": 10**9}, {"mixes": [0.5]}, {"beside": "picture"}, {"begins": "noised"},
])  # fmt: skip
def test_habits_that_do_not_fit_the_networks_are_refused(tmp_path: Path, habits: dict[str, Any]) -> None:
    write_model(file := tmp_path / "toy.safetensors", {"denoiser": network()}, CARD, habits)
    with pytest.raises(ModelError):
        loaded(file)


# DiffuseVAE


def test_noise_towards_a_picture_is_the_usual_chain_beside_it() -> None:
    """Formulation 2 as its paper writes it, step by step, against DDPM's own sampler in x′ = x − x̂."""
    path, draws = vp("linear", 100).path("linspace", 20), seeded(4)
    beside = np.random.default_rng(5).uniform(-1, 1, (3, 8))

    def eps(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        """Predict the noise from x_t and x̂ by an arbitrary function."""
        return np.tanh(1.5 * x - beside) * at.sigma + 0.3 * np.cos(beside)

    x = draws(0, beside) + beside
    for place, (at, to) in enumerate(zip(path, path[1:], strict=False), start=1):
        found = ((x - beside - at.sigma * eps(x, at)) / at.alpha).clip(-1, 1)
        beta = 1 - (at.alpha / to.alpha) ** 2
        first = beta * to.alpha / at.sigma**2
        second = at.alpha / to.alpha * to.sigma**2 / at.sigma**2
        spread = math.sqrt(beta) * to.sigma / at.sigma
        x = first * found + second * x + (1 - second) * beside + spread * draws(place, x)

    def denoise(moved: np.ndarray, at: NoiseLevel) -> np.ndarray:
        return ((moved - at.sigma * eps(moved + beside, at)) / at.alpha).clip(-1, 1)

    for step in SAMPLERS["ddpm"].fn(denoise, draws(0, beside), path, draws):
        moved = step.x
    assert np.abs(x - beside - moved).max() < 1e-6


@pytest.mark.parametrize("scale", [0.0, 1.0, 50.0])
def test_with_the_true_noise_the_picture_comes_back_whatever_stands_beside_it(scale: float) -> None:
    rng = np.random.default_rng(6)
    x0, beside = rng.uniform(-1, 1, (2, 3, 8)) * np.array([1, scale])[:, None, None]
    path, draws = vp("linear", 100).path("linspace", 50), seeded(7)

    def denoise(moved: np.ndarray, at: NoiseLevel) -> np.ndarray:
        x = moved + beside  # what the network is shown, and the noise that it finds there
        eps = (x - at.alpha * x0 - beside) / at.sigma
        return (moved - at.sigma * eps) / at.alpha

    for step in SAMPLERS["ddpm"].fn(denoise, draws(0, x0), path, draws):
        x = step.x
    assert np.abs(x - x0).max() < 1e-5


@pytest.mark.parametrize("kind", ["picture", "sum"])
def test_the_generators_picture_stands_beside_x_all_the_way(tmp_path: Path, kind: str) -> None:
    torch.manual_seed(2)
    generator = Generator(GeneratorConfig(latent=8, told=4, size=8, width=16, widest=16))
    nn.init.normal_(generator.conv_out.weight)
    parts = {"denoiser": network(channels=8), "generator": generator}
    write_model(file := tmp_path / "toy.safetensors", parts, CARD, {"beside": kind})
    stage = loaded(file)
    path = stage.diffusion.process.path("linspace", 3)
    noise = denoiser_noise(KeyedNoise([5, 6]), path, 2)
    x = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(3))
    begun = stage.start([NOTHING] * 2, path, KeyedNoise([5, 6]), x)
    assert torch.allclose(begun, KeyedNoise([5, 6])(0, x)), "it begins in noise"
    denoise = stage.denoiser([NOTHING] * 2, path, noise)
    with torch.no_grad():
        beside = stage.networks["generator"](noise(PURE_NOISE, x).flatten(1)[:, :8], torch.zeros(2, 4))
        for at in path[:2]:
            shown = torch.cat([x + beside if kind == "sum" else x, beside], dim=1)
            time = torch.full((2,), stage.diffusion.process.timestep(at) / 1000)
            eps = stage.networks["denoiser"](shown, time, torch.zeros(2, 4))[:, :4]
            assert torch.allclose(denoise(x, at), (x - at.sigma * eps) / at.alpha, rtol=1e-3, atol=1e-3)
            assert torch.allclose(denoise(x[:1], at), denoise(x, at)[:1], rtol=1e-4), "and is each picture's own"


# among latents


def test_a_cross_entropy_is_what_its_denoising_form_says() -> None:
    """Cross-entropy of q = N(0.7, 0.3) and p = N(0, 1), whose noise is predicted by σ·z: 1.31394 nats."""
    mean, variance = 0.7, 0.3
    for earliest, nats in ((1e-5, 1.31392), (1e-2, 1.31413)):
        sde = vp_sde().sde
        assert sde is not None
        least, most = (sde.at(t).sigma ** 2 for t in (earliest, 1.0))
        even = (torch.arange(200_000).double() + 0.5) / 200_000
        noise = least * (most / least) ** even
        error = (1 - noise).square() + noise * (1 - noise) * (mean**2 + variance)
        assert float(cross_entropy(error, noise, least, most, 1).mean()) == pytest.approx(nats, abs=1e-5)


def test_a_share_of_what_is_predicted_is_that_of_plain_noise(tmp_path: Path) -> None:
    mixes, made = (0.0, 0.25, 0.5, 1.0), network()
    card = CARD | {"process": "vp_sde"}
    write_model(one := tmp_path / "one.safetensors", {"denoiser": made}, card, {})
    write_model(two := tmp_path / "two.safetensors", {"denoiser": made}, card, {"mixes": mixes})
    plain, mixed = loaded(one), loaded(two)
    path = plain.diffusion.process.path("linspace", 3)
    x, at = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(3)), path[1]
    noise = denoiser_noise(KeyedNoise([5, 6]), path, 2)
    x0, found = (each.denoiser([NOTHING] * 2, path, noise)(x, at) for each in (plain, mixed))
    eps, shares = (x - at.alpha * x0) / at.sigma, torch.tensor(mixes)[:, None, None]
    assert torch.allclose((x - at.alpha * found) / at.sigma, shares * eps + (1 - shares) * at.sigma * x, atol=1e-4)


@pytest.fixture(scope="module")
def latent(tmp_path_factory: pytest.TempPathFactory) -> tuple[LatentRecipe, Path]:
    """Train a recipe without interruption, and return the recipe and its folder."""
    folder = tmp_path_factory.mktemp("latent")
    recipe = LatentRecipe(data=write_pictures(folder / "pictures"), **SMALL, vae_samples=64)
    for _ in train(recipe, folder / "out"):
        pass
    return recipe, folder / "out"


@pytest.mark.slow
def test_latents_have_unit_deviation_and_pictures_come_back(latent: tuple[LatentRecipe, Path]) -> None:
    recipe, out = latent
    stage = loaded(out / recipe.product)
    rgba = torch.from_numpy(recipe.pictures.rgba).repeat_interleave(32, dim=1).repeat_interleave(32, dim=2)
    codes = stage.encode(rgba)
    assert codes.shape == (24, 8, 2, 2)
    assert float(codes.std()) == pytest.approx(1, abs=0.02) and float(codes.mean()) == pytest.approx(0, abs=0.02)
    for read in (stage.decode, stage.fast_decode, stage.preview):
        again = read(codes)
        assert again.shape == rgba.shape and again.dtype == torch.uint8
        error = to_premultiplied(again) - to_premultiplied(rgba)
        assert -10 * math.log10(float(error.square().mean()) / 4) > 20
    assert 25 < stage.card.figures["psnr"] < 60


@pytest.mark.slow
def test_a_run_of_three_lessons_goes_on_to_the_same_weights(latent: tuple[LatentRecipe, Path], tmp_path: Path) -> None:
    recipe, out = latent
    for _ in range(2):  # left in the middle of the first lesson, and of the second
        taken = [step.phase for _, step in zip(range(3), train(recipe, tmp_path), strict=False)]
    assert taken == ["autoencoder", "even", "even"]
    for _ in train(recipe, tmp_path):
        pass
    once, twice = load_file(out / recipe.product), load_file(tmp_path / recipe.product)
    assert once.keys() == twice.keys() and all((once[name] == twice[name]).all() for name in once)


@pytest.mark.slow
def test_a_learned_way_is_compared_with_the_fixed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The learned one's nats less the fixed one's, of the same seed, and so of three."""
    nats = {"learned": (1.0, 2.5, 2.0), "fixed": (5.0, 4.0, 4.5)}

    @dataclass(frozen=True, kw_only=True)
    class Known(diffflow.DiffFlowRecipe):
        """Recipe that trains its networks, but reports known figures."""

        def figures(self, model: nn.ModuleDict) -> dict[str, float]:
            assert ("drift" in model) == (self.way == "learned") and super().figures(model)["nats"] > 0
            return {"nats": nats[self.way][self.seed]}

    def short(**settings: Any) -> Known:
        return Known(**{**settings, "steps": 3, "width": 8, "samples": 256, "cooldown": 128, "batch": 128})

    monkeypatch.setattr(diffflow, "DiffFlowRecipe", short)
    context = ClaimContext(Library(), Path("none"))
    found = MEASUREMENTS["nats_beside_fixed"](context, diffflow.DIFFFLOW)
    assert (found.low, found.value, found.high) == (-4.0, pytest.approx(-8 / 3), -1.5)
    broken = MEASUREMENTS["nats_beside_fixed"](replace(context, broken=True), diffflow.DIFFFLOW)
    assert (broken.low, broken.high) == (0, 0)


def test_what_is_said_of_a_model_is_measured_once(tmp_path: Path) -> None:
    """Count the measurements of a model whose file is written twice, without and with the figures."""
    counted: list[str] = []

    @dataclass(frozen=True, kw_only=True)
    class Counted(DdpmRecipe):
        def figures(self, model: nn.ModuleDict) -> dict[str, float]:
            counted.append(self.name)
            return {"toy": 0.5}

    settings = {name: value for name, value in SMALL.items() if name in DdpmRecipe.__dataclass_fields__}
    recipe = Counted(data=write_pictures(tmp_path / "pictures"), **settings)
    recipe.finish(recipe.model(tmp_path), tmp_path, 64)
    card = Library().card(str(tmp_path / recipe.product))
    figures = {"samples_seen": 64, "samples_seen_before": SMALL["even"], "toy": 0.5}
    assert counted == ["ddpm"] and card.figures == figures and card.score_norms
