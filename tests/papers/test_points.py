"""DiffFlow: its bound of a Gaussian chain in closed form, its training, and its points as the engine moves them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.cli.main import run
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.models.model_library import Library
from gdm_studio.networks.papers.point_networks import PointNetwork, PointNetworkConfig
from gdm_studio.papers.systems.diffflow import SETS, Chain, DiffFlowRecipe
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.studio.model_compatibility import fit_request
from gdm_studio.training.loop import train
from gdm_studio.ui.create.panel.menu_entries import scheduler_choices


@pytest.mark.parametrize(("steps", "nats"), [(10, 2.637), (20, 1.972), (40, 1.536), (80, 1.227), (160, 1.017)])
def test_the_bound_of_a_gaussian_chain_is_known(steps: int, nats: float) -> None:
    """Bound of N(0, 1/4), whose entropy is 0.7258 nats, on the VP SDE with its exact score.

    The bound is a square of normal numbers, so that its mean follows from its values at each of them alone.
    """

    def beta(t: torch.Tensor) -> torch.Tensor:
        return 0.1 + 19.9 * t

    def score(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        kept = (-(0.1 * t + 9.95 * t * t)).exp()
        return -x / (1 - 0.75 * kept)

    chain = Chain(
        [place / steps for place in range(steps + 1)],
        lambda x, t: -beta(t) / 2 * x, score, lambda t: math.sqrt(0.1 + 19.9 * t),
    )  # fmt: skip
    units = torch.cat([torch.zeros(1, steps + 1), torch.eye(steps + 1), -torch.eye(steps + 1)]).double()
    found = chain.nats(0.5 * units[:, :1], units[:, 1:].T[..., None])
    assert float(found[0] + 0.5 * (found[1:] - found[0]).sum()) == pytest.approx(nats, abs=1e-3)


def test_points_are_drawn_by_the_backward_process() -> None:
    """x_i = x_{i+1} − (f − g²·s)(x_{i+1}, t_{i+1})·Δt + g_{i+1}·√Δt·ΔB_i, written out for fields that are not linear
    (Zhang and Chen 2021, equation 5).
    """
    times = (0.0, 0.1, 0.4, 1.0)
    chain = Chain(times, lambda x, t: t - x.sin(), lambda x, t: (t + 1) * x.cos(), lambda t: 0.5 + t)
    noise = torch.randn(4, 5, 2, generator=torch.manual_seed(1), dtype=torch.float64)
    x = noise[3].numpy()
    for here, there, forward in ((0.4, 1.0, 2), (0.1, 0.4, 1), (0.0, 0.1, 0)):
        size, step = 0.5 + there, there - here
        moved = (there - np.sin(x)) - size**2 * (there + 1) * np.cos(x)
        x = x - moved * step + size * math.sqrt(step) * noise[forward].numpy()
    assert chain.draw(noise).numpy() == pytest.approx(x, abs=1e-12)


def test_drawn_points_have_the_variance_of_the_data() -> None:
    """The VP SDE with the exact score of N(0, 1/4) reverses itself. Draws are linear in the noise, so that the sum of
    the squared coefficients is their variance.
    """
    found = []
    for steps in (250, 500):
        chain = Chain(
            [place / steps for place in range(steps + 1)],
            lambda x, t: -(0.1 + 19.9 * t) / 2 * x,
            lambda x, t: -x / (1 - 0.75 * (-(0.1 * t + 9.95 * t * t)).exp()),
            lambda t: math.sqrt(0.1 + 19.9 * t),
        )
        found.append(float(chain.draw(torch.eye(steps + 1, dtype=torch.float64)[:, :, None]).square().sum()))
    assert 2 * found[1] - found[0] == pytest.approx(0.25, abs=5e-4), "without steps of finite length"
    assert found[1] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("kind", SETS)
def test_points_are_about_as_far_spread_as_noise(kind: str) -> None:
    points = SETS[kind](4000, np.random.default_rng(0))
    assert points.shape == (4000, 2) and 0.6 < points.std() < 1.4 and abs(points.mean()) < 0.1
    assert np.abs(points).max() < 3


@pytest.mark.slow
@pytest.mark.parametrize("way", ["learned", "fixed"])
def test_both_ways_learn_the_bound(tmp_path: Path, way: str) -> None:
    recipe = DiffFlowRecipe(
        steps=8, way=way, samples=10_240, batch=128, warmup=500, cooldown=3000, learning_rate=1e-2
    )  # fmt: skip
    lines: list[str] = []
    for _ in train(recipe, tmp_path, on_log=lines.append):
        pass
    before, after = (found["nats"] for found in map(json.loads, lines) if "nats" in found)
    assert after < before - 0.1
    assert (tmp_path / recipe.product).is_file() == (way == "learned")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a model with random weights, and return its file."""
    recipe = DiffFlowRecipe(steps=6, width=16)
    model, made = recipe.model(tmp_path), torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3, generator=made)
    recipe.finish(model, tmp_path, 0)
    return tmp_path / recipe.product


def test_the_engine_moves_points_as_the_chain_says(file: Path) -> None:
    library = Library()
    (stage,) = library.load(str(file), device=torch.device("cpu"), dtype=torch.float32).stages
    assert stage.card.latent == (1, 512, 2) and stage.card.accepts.labels == tuple(SETS)
    request = Request(**{**vars(stage.card.default_request()), "model": str(file), "label": "rings", "seed": 3})
    events = list(generate(request, library))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    recipe, told = DiffFlowRecipe(steps=6, width=16), torch.tensor([[0.0, 1.0, 0.0]]).expand(512, -1)
    chain, path = recipe.chain(stage.networks, told), stage.diffusion.process.path("linspace", 6)
    own = denoiser_noise(noise := KeyedNoise([3]), path, 1)
    x = noise(0, torch.zeros(1, 1, 512, 2))
    with torch.no_grad():
        for step, at, place in zip(steps, path, range(6, 0, -1), strict=False):
            now, then = chain.times[place], chain.times[place - 1]
            moved = chain.backward_mean(x[0, 0], now, now - then) + math.sqrt(now - then) * own(at, x)[0, 0]
            x = moved[None, None]
            assert torch.allclose(step.x, x, atol=2e-3), "a step of the engine is one of the chain"
            assert torch.allclose(step.denoised, x, atol=1e-2), "and is seen as what is predicted"
            x = step.x
    (picture,) = (event.rgba for event in events if isinstance(event, Result))
    assert picture.shape == (256, 256, 4) and 500 < (picture[..., 3] > 0).sum() < 512 * 5
    rest = generate(request, library, resume=steps[2])
    assert all((event.rgba == picture).all() for event in rest if isinstance(event, Result))
    branch = Request(**{**vars(request), "label": "grid", "branch": Branch(request, 2)})
    (other,) = (event.rgba for event in generate(branch, library) if isinstance(event, Result))
    assert (other != picture).any()


def test_points_are_moved_by_plain_steps_alone(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Others would add noise to where the chain went, or go on straight where it turned."""
    card = Library().card(str(file))
    offered = [choice.id for choice in scheduler_choices(card) if not choice.refused]
    assert offered == ["euler", "flow_euler"] and card.default_request().sampler in offered
    fitting, left_out = fit_request(Request(model=card.name, sampler="dpmpp_2m_sde"), card)
    assert (fitting.sampler, left_out) == (card.default_request().sampler, ["scheduler"])
    asked = ["generate", "--model", str(file), "--steps", "2", "--out", str(tmp_path)]
    assert run([*asked, "--sampler", "euler_a"]) == 2
    assert "steps of this model are its own, which Euler a would change; choose Euler." in capsys.readouterr().err
    assert run([*asked, "--sampler", "flow_euler"]) == 0


def test_points_that_cannot_be_are_refused(file: Path) -> None:
    library = Library()
    card = library.card(str(file))
    with pytest.raises(BadRequest):
        card.checked(Request(model=card.name, label="squares"))
    network = PointNetwork(PointNetworkConfig(told=3, width=16))
    facts = {
        "name": "toy", "date": "2026-01-01", "author": "GDM Studio", "licence": "Apache-2.0", "size": 64, "channels": 4,
        "latent": [1, 8, 2], "prediction": "x0", "process": "edm", "data_scale": 1.0, "labels": list(SETS),
    }  # fmt: skip
    for parts, change in (
        ({"score": network}, {"latent": [1, 8, 3]}),
        ({"score": network}, {"labels": ["one"]}),
        ({"drift": network}, {}),
    ):
        write_model(other := file.with_name("other.safetensors"), parts, facts | change, {})
        with pytest.raises(ModelError):
            library.load(str(other), device=torch.device("cpu"), dtype=torch.float32)
