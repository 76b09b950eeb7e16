"""Claims of the systems: none holds for a system that does nothing, and ablations fail them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gdm_studio import papers
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.model_library import Library
from gdm_studio.papers import family_tree
from gdm_studio.papers.claims.checks import MEASUREMENTS, verify_claims
from gdm_studio.papers.claims.claim_inputs import ClaimContext
from gdm_studio.papers.claims.toy_point_measurements import Plane
from gdm_studio.papers.system_description import Measurement, Range, Summary, terms
from gdm_studio.papers.systems.ddpm import BOUND, DdpmRecipe, LearnedRecipe, bound
from gdm_studio.papers.systems.one_step_generators import VaeRecipe
from gdm_studio.papers.training.noise_levels import noise_levels_of
from gdm_studio.papers.training.training_images import POINT_SETS, open_dataset
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.training.loop import train
from tests.papers.toy import SMALL, fewer_points, write_pictures

QUICK = {"data": Path("points:grid"), "samples": 1024, "batch": 256, "warmup": 128, "cooldown": 256, "threads": 1}
# Shipped models of points whose claims take seconds to measure. The effects are as clear on a quarter of the points.
MEASURED_ON_FEWER = (
    *("es-ddpm", "vae", "tdpm", "diffusevae", "diffusevae-2", "normalizing-flow", "consistency", "flow-matching"),
    *("ddgan", "ddpm", "ddim", "analytic-dpm", "dp-trajectory", "classifier-free"),
    *("edm", "dpm-solver", "unipc", "pndm"),
)


@pytest.mark.parametrize("name", papers.REGISTRY)
def test_no_claim_holds_for_a_system_that_does_nothing(name: str) -> None:
    claim = papers.all_systems()[name].claim
    assert not claim.range.contains(claim.null), "a claim needs a margin"
    assert claim.figure in MEASUREMENTS
    assert claim.ablation and claim.outcome(Measurement(claim.null, claim.null, claim.null)) == "missed"
    assert all(interval.low < interval.high for interval in (claim.range, *claim.terms.values()))
    assert -math.inf < claim.range.low < claim.range.high < math.inf, "a claim has two sides"
    if claim.requires == "points":
        assert name == "lsgm" or {"states", "spread", "shares", "fresh"} <= set(claim.terms), (
            "collapse and excess are seen"
        )


def test_a_claim_holds_only_if_its_worse_end_does() -> None:
    claim = replace(papers.all_systems()["ddpm"].claim, range=Range(0.8, 0.97), terms=terms(spread=(0.7, 1.1)))
    spread = {"spread": Summary(0.9, 0.8, 1.0)}
    assert claim.outcome(Measurement(0.9, 0.85, 0.95, terms=spread)) == "holds"
    assert claim.outcome(Measurement(0.9, 0.75, 0.95, terms=spread)) == "undecided"
    assert claim.outcome(Measurement(0.7, 0.6, 0.95, terms=spread)) == "missed"
    assert claim.outcome(Measurement(0.98, 0.9, 0.99, terms=spread)) == "missed", "nothing is better than the truth"
    for found, outcome in ((Summary(0.9, 0.6, 1.0), "undecided"), (Summary(1.2, 1.0, 1.3), "missed")):
        measured = Measurement(0.9, 0.85, 0.95, terms={"spread": found})
        assert claim.outcome(measured) == outcome
        assert claim.missed_terms(measured) == (["spread"] if outcome == "missed" else [])
    assert claim.outcome(Measurement(0.9, 0.85, 0.95)) == "missed", "a term that was not measured"


def test_the_list_of_systems_shows_undecided_claims(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["systems", "mixture"]) == 0
    assert ", undecided " in capsys.readouterr().out


@pytest.fixture(scope="module")
def quick_context(shipped: Library) -> ClaimContext:
    """Return a context whose models of points generated few of them, which are shared by all claims."""
    return ClaimContext(shipped, Path("none"))


@pytest.fixture
def _fewer_points(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer_points(monkeypatch, seeds=2)


@pytest.mark.slow
def test_a_claim_about_points_holds_and_its_ablation_fails(shipped: Library) -> None:
    assert_holds("gamma", ClaimContext(shipped, Path("none")))


@pytest.mark.slow
@pytest.mark.usefixtures("_fewer_points")
@pytest.mark.parametrize("name", MEASURED_ON_FEWER)
def test_a_claim_about_fewer_points_holds_and_its_ablation_fails(name: str, quick_context: ClaimContext) -> None:
    assert_holds(name, quick_context)


def assert_holds(name: str, context: ClaimContext) -> None:
    """Check that a system's claim holds, and that it does not hold for its ablation."""
    chosen = {name: papers.all_systems()[name]}
    (own,) = verify_claims(context, chosen)
    (broken,) = verify_claims(replace(context, broken=True), chosen)
    assert own.passed is True and own.holds is True, own
    assert broken.passed is True and broken.holds is False, broken


def test_the_command_line_measures_an_ablation(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--systems", "vae", "--json"]) == 0
    assert run(["verify", "--systems", "vae", "--broken", "--json"]) == 0
    own, broken = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert own["holds"] and not broken["holds"] and own["value"] < 0.25 < broken["value"]
    assert own["count"] == 4096 and 0 < own["floor"] < own["value"] and "z" in broken["ablation"]
    saved = family_tree.load_measurements(family_tree.local_folder())["vae"]
    assert (saved.value, saved.ablated) == (own["value"], broken["value"])


def test_a_broken_system_that_passes_is_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gdm_studio.papers.claims import checks

    monkeypatch.setitem(checks.MEASUREMENTS, "modes_missed", lambda context, system: Measurement(0.1, 0.1, 0.1))  # type: ignore[attr-defined]
    assert run(["verify", "--systems", "vae", "--broken"]) == 1
    assert "✗" in capsys.readouterr().out


def test_a_saved_measurement_of_another_claim_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "figures.json").write_text(json.dumps({"vae": {"value": 0.96, "low": 0.9, "high": 1.0}}))
    assert family_tree.load_measurements(tmp_path) == {}
    family_tree.save_measurement(tmp_path, "vae", Measurement(0.1, 0.1, 0.1, 4096, 0.02), broken=False)
    family_tree.save_measurement(tmp_path, "vae", Measurement(0.9, 0.9, 0.9), broken=True)
    found = family_tree.load_measurements(tmp_path)["vae"]
    assert (found.value, found.count, found.floor, found.ablated) == (0.1, 4096, 0.02, 0.9)


def test_the_bound_is_weighted_as_a_sum_over_timesteps(tmp_path: Path) -> None:
    """L_hybrid = L_simple + 0.001·L_vlb, and L_vlb is a sum over T terms, of which one is drawn."""
    settings = {name: value for name, value in SMALL.items() if name in DdpmRecipe.__dataclass_fields__}
    for timesteps in (1000, 50):
        recipe = LearnedRecipe(data=write_pictures(tmp_path / str(timesteps)), **settings, timesteps=timesteps)
        x0, x, levels, _ = recipe.draw(recipe.model(tmp_path), np.random.default_rng(0), 0)
        at, to = noise_levels_of(levels)
        answer = 0.5 * torch.randn(len(x0), 8, 8, 8, generator=torch.Generator().manual_seed(3))
        simple = recipe.noise_error(answer[:, :4], x0, x, at).square().mean()
        found = recipe.diffusion.x0(lambda *_, answer=answer: answer[:, :4], x, at)
        term = bound(x0, found, (answer[:, 4:] + 1) / 2, at, to).mean()
        assert float(recipe.loss(answer, x0, x, at, to)) == pytest.approx(float(simple + 0.001 * timesteps * term))
    assert BOUND == 1e-3 and "Σ_t" in papers.all_systems()["ddpm-learned"].objective


# Points


def test_points_are_a_dataset_of_a_known_distribution() -> None:
    for name in POINT_SETS:
        points = open_dataset(Path(f"points:{name}"), 32)
        x = points.data[:, 0, 0].numpy()
        assert x.shape == (50_000, 2) and np.abs(x).max() < 2
        if not points.labels:
            assert points.mixture.mode_shares(x) == pytest.approx(points.mixture.weights, abs=0.01)
    with pytest.raises(BadRequest, match="grid"):
        open_dataset(Path("points:squares"), 32)


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a VAE of points briefly, and return its model file."""
    folder = tmp_path_factory.mktemp("vae")
    list(train(VaeRecipe(**QUICK), folder))
    return folder / "vae-points.safetensors"


ON_POINTS = (
    *("ddpm", "ddpm-learned", "ddgan", "tdpm", "es-ddpm", "diffusevae", "vae"),
    *("edm", "flow-matching", "consistency", "lsgm", "normalizing-flow"),
)


@pytest.mark.parametrize("name", ON_POINTS)
def test_a_system_trains_on_points_and_moves_them_in_the_engine(name: str, vae: Path, tmp_path: Path) -> None:
    kind = papers.recipe_of(name)
    extra: dict[str, Any] = {"even": 0} if "even" in kind.__dataclass_fields__ else {}
    extra |= {"start": vae} if name in ("tdpm", "es-ddpm") else {}
    extra |= {"start": Library().card("edm-points").path} if name == "consistency" else {}
    extra |= {"vae_samples": 512} if name == "diffusevae" else {}
    recipe = kind(**QUICK, **extra)
    losses = [step.loss for step in train(recipe, tmp_path)]
    assert np.isfinite(losses).all() and recipe.product == f"{name}-points.safetensors"
    file = tmp_path / recipe.product
    library = Library()
    card = library.card(str(file))
    assert card.latent == (1, 512, 2) and file.stat().st_size < 150_000
    assert not card.accepts.picture
    request = Request(**{**vars(card.default_request()), "model": str(file), "steps": 3, "seed": 4})
    events = list(generate(request, library))
    (picture,) = (event.rgba for event in events if isinstance(event, Result))
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    assert picture.shape == (256, 256, 4) and (picture[..., 3] > 0).any()
    assert len(torch.unique(steps[-1].x[0, 0, :, 0])) > 300, "points differ from each other"
    if card.accepts.steps:
        rest = generate(request, library, resume=steps[1])
        assert all((event.rgba == picture).all() for event in rest if isinstance(event, Result))
        branch = Request(**{**vars(request), "seed": 9, "branch": Branch(request, 1)})
        assert [event for event in generate(branch, library) if isinstance(event, Result)]


def test_an_exact_denoiser_has_the_bound_of_the_truth_and_no_excess() -> None:
    """The estimates of this package, applied to the exact denoiser: the entropy of the grid is −0.96 nats."""
    model = Plane.load(Library(), "ddpm-points")
    exact = model.exact_denoiser()
    assert abs(model.excess(model.mixture.sample(4096, seed=1))) < 0.01
    points = model.sample("ddpm", 60, 0, denoise=exact)
    assert model.at_modes(points) > 0.9 and abs(model.excess(points)) < 0.02
    true = model.draw_held_out(4096)
    again = model.sample("ddim", 5, 0, denoise=lambda x, at: true)
    assert np.allclose(again, true[0, 0].numpy(), atol=1e-5)
    entropy = -float(model.mixture.log_density(model.mixture.sample(20_000, seed=3), model.path(5)[-1]).mean())
    assert entropy == pytest.approx(2 * (0.5 * math.log(2 * math.pi * math.e * 0.03**2)) + math.log(25), abs=0.02)


def test_points_start_from_no_image(vae: Path) -> None:
    (stage,) = Library().load(str(vae), device=torch.device("cpu"), dtype=torch.float32).stages
    with pytest.raises(BadRequest, match="points"):
        stage.encode(torch.zeros(1, 8, 8, 4, dtype=torch.uint8))


def test_shipped_models_of_points_are_small() -> None:
    files = list((paths.resources() / "models" / "systems").glob("*-points.safetensors"))
    assert len(files) >= 6 and all(file.stat().st_size <= 100_000 for file in files)
