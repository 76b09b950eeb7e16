"""Pretraining and initial weights of the systems' denoisers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.distributions import Normal, kl_divergence

from gdm_studio.common.errors import StorageError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.memory.parallel_rows import whole_batches
from gdm_studio.models.model_library import Library
from gdm_studio.models.weight_storage.int8_channels import dequantized
from gdm_studio.papers.systems.ddpm import DdpmRecipe
from gdm_studio.papers.systems.gamma_diffusion import GammaRecipe
from gdm_studio.papers.systems.one_step_generators import VaeRecipe, adversarial_objectives
from gdm_studio.papers.systems.score_sde import VpRecipe
from gdm_studio.papers.systems.truncated_diffusion import TdpmRecipe
from gdm_studio.papers.training.denoising_recipe import DenoisingRecipe
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.loop import Run, train
from tests.papers.toy import SMALL, write_pictures

OF_ONE_STEP = {name: value for name, value in SMALL.items() if name in VaeRecipe.__dataclass_fields__}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("beginnings") / "pictures")


@pytest.fixture(scope="module")
def ddpm(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a model and return its file."""
    folder = tmp_path_factory.mktemp("ddpm")
    list(train(DdpmRecipe(data=data, **SMALL), folder))
    return folder / "ddpm.safetensors"


@pytest.mark.slow
def test_an_even_start_comes_before_the_systems_own_loss(data: Path, ddpm: Path, tmp_path: Path) -> None:
    recipe = DdpmRecipe(data=data, **SMALL)
    assert [phase.name for phase in recipe.phases] == ["even", "ddpm"]
    assert Library().card(str(ddpm)).figures["samples_seen_before"] == SMALL["even"]
    assert [phase.name for phase in DdpmRecipe(data=data, **SMALL | {"even": 0}).phases] == ["ddpm"]


@pytest.mark.parametrize("kind", [DdpmRecipe, VpRecipe, GammaRecipe])
def test_the_own_loss_is_that_of_the_noise_whatever_the_network_answers(
    data: Path, kind: type[DenoisingRecipe]
) -> None:
    """Derive the noise from a prediction of v: x_t = alpha·x0 + sigma·eps with v = alpha·eps − sigma·x0."""
    recipe = kind(data=data, **SMALL)
    rng = np.random.default_rng(0)
    x0, eps, wrong = (normal(rng, 3, 4, 8, 8) for _ in range(3))
    for ratio in (0.1, 1.0, 20.0):
        at = recipe.process.coordinates(ratio)
        x = at.alpha * x0 + at.sigma * eps
        assert recipe.predicts == "v"
        right = at.alpha * eps - at.sigma * x0
        assert float(recipe.noise_error(right, x0, x, at).abs().max()) < 1e-4
        other = (at.alpha * wrong - at.sigma * (x - at.sigma * wrong) / at.alpha) if ratio < 5 else right
        missed = recipe.noise_error(other, x0, x, at)
        assert torch.allclose(missed, (eps - wrong) if ratio < 5 else torch.zeros_like(missed), atol=1e-3)


def test_a_system_begins_with_the_weights_of_another(data: Path, ddpm: Path, tmp_path: Path) -> None:
    recipe = VpRecipe(data=data, **SMALL, init=ddpm)
    assert [phase.name for phase in recipe.phases] == ["score-sde-vp"]
    begun, plain = Run(recipe, tmp_path / "a", None), Run(VpRecipe(data=data, **SMALL), tmp_path / "b", None)
    again = Run(recipe, tmp_path / "c", None)
    own, given, other = (run.model["denoiser"].state_dict() for run in (begun, again, plain))
    assert all((own[name] == given[name]).all() for name in own)
    assert any((own[name] != other[name]).any() for name in own)
    list(train(recipe, tmp_path / "vp"))
    figures = Library().card(str(tmp_path / "vp" / "score-sde-vp.safetensors")).figures
    assert figures["begun_from"] == "ddpm"
    assert figures["samples_seen_before"] == SMALL["samples"] + SMALL["even"]


def test_weights_that_do_not_fit_are_refused(data: Path, tmp_path: Path, ddpm: Path) -> None:
    (tmp_path / "none.safetensors").write_bytes(b"nothing")
    for file in (tmp_path / "none.safetensors", tmp_path / "absent.safetensors"):
        with pytest.raises(StorageError, match="not a model file"):
            Run(VpRecipe(data=data, **SMALL, init=file), tmp_path / "run", None)


def test_pictures_drawn_together_are_the_same_but_for_their_last_bits(ddpm: Path) -> None:
    library = Library()
    request = Request(**{
        **vars(library.card(str(ddpm)).default_request()), "model": str(ddpm), "label": "left", "steps": 6, "count": 3,
    })  # fmt: skip

    def drawn() -> np.ndarray:
        return np.stack([each.rgba for each in generate(request, library) if isinstance(each, Result)]).astype(int)

    alone = drawn()
    with whole_batches():
        assert np.abs(drawn() - alone).max() <= 2
    assert (drawn() == alone).all()


def test_tdpm_may_begin_with_the_generator_of_another_model(data: Path, ddpm: Path, tmp_path: Path) -> None:
    list(train(VaeRecipe(data=data, **OF_ONE_STEP), tmp_path / "vae"))
    start = tmp_path / "vae" / "vae.safetensors"
    small = {name: value for name, value in SMALL.items() if name != "even"}
    run = Run(TdpmRecipe(data=data, **small, start=start), tmp_path / "a", None)
    weights = dequantized(load_file(start))
    own = run.model["generator"].state_dict()
    assert own and all(torch.equal(value, weights[f"generator.{name}"]) for name, value in own.items())
    run.take_step()
    assert run.seen == SMALL["batch"]
    for wrong in (ddpm, tmp_path / "none.safetensors"):
        with pytest.raises(StorageError, match="choose a model of `train vae` or `train gan`"):
            Run(TdpmRecipe(data=data, **small, start=wrong), tmp_path / "b", None)


def test_the_bound_of_a_vae_is_that_of_the_laws_it_names(data: Path, tmp_path: Path) -> None:
    recipe = VaeRecipe(data=data, **OF_ONE_STEP | {"batch": 4}, variance=0.3)
    model = recipe.model(tmp_path)
    x, told, noise = recipe.draw(model, np.random.default_rng(0), 0)
    mean, log_variance = model["encoder"](x, told).chunk(2, dim=1)
    q = Normal(mean, (log_variance / 2).exp())
    given = Normal(model["generator"](q.mean + q.stddev * noise, told), 0.3**0.5)
    nats = kl_divergence(q, Normal(0.0, 1.0)).sum() - given.log_prob(x).sum()
    (bound,) = recipe.objectives(model)
    assert bound.loss(x, told, noise).item() == pytest.approx(nats.item() / x.numel(), rel=1e-5)


def test_a_discriminator_is_kept_from_being_steep() -> None:
    class Plane(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.slope = torch.nn.Parameter(torch.tensor([3.0, 4.0]))

        def forward(self, pictures: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
            return pictures @ self.slope

    def loss(penalty: float) -> float:
        told_apart, _ = adversarial_objectives(
            torch.nn.Linear(1, 1), Plane(), lambda told, z: torch.zeros(len(z), 2), penalty
        )
        return told_apart.loss(torch.ones(10, 2), torch.zeros(10, 1), torch.zeros(10, 1)).item()

    assert loss(0.5) - loss(0.0) == pytest.approx(0.5 / 2 * 25)
