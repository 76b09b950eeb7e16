"""Toy problems of points: effects of a system's idea, measured with exact denoisers or shipped models."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from gdm_studio.cli.main import run
from gdm_studio.common.errors import BadRequest, ModelError, StorageError
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.maths.exact.distance import neighbour_auc
from gdm_studio.maths.noise_path import NoisePath
from gdm_studio.maths.processes import tabulated
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.schedules import SCHEDULES
from gdm_studio.models.model_library import Library
from gdm_studio.networks.papers.point_networks import CouplingFlow, CouplingFlowConfig
from gdm_studio.papers import all_systems, recipe_of
from gdm_studio.papers.claims.chain_bound import Side, chain_bounds, entropy
from gdm_studio.papers.claims.checks import MEASUREMENTS, restored_images
from gdm_studio.papers.claims.claim_inputs import ClaimContext
from gdm_studio.papers.claims.toy_point_measurements import COUNT, Plane, points_of
from gdm_studio.papers.systems.normalizing_flow import negative_log_likelihood
from gdm_studio.papers.training.training_images import open_dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plane() -> Plane:
    return Plane.load(Library(), "ddpm-points")


def excess(plane: Plane, path: NoisePath, x: torch.Tensor) -> float:
    """Return the excess distance of DDPM's steps along a path from x, with the exact denoiser."""
    for step in SAMPLERS["ddpm"].fn(plane.exact_denoiser(), x, path, KeyedNoise([0])):
        x = step.x  # type: ignore[assignment]
    return plane.excess(points_of(x))


def test_a_start_matters_only_where_the_chain_is_short(plane: Plane) -> None:
    """The curve of TDPM and ES-DDPM over T′: the best possible start, beside a Gaussian of its moments."""
    gains = {}
    for until in (50, 1000):
        path = plane.card.points(tabulated(SCHEDULES["linear"](1000)[:until]), "linspace", 10)
        exact = torch.from_numpy(plane.mixture.sample(COUNT, seed=500, at=path[0])).float()[None, None]
        spread = math.sqrt((path[0].alpha * plane.card.data_scale) ** 2 + path[0].sigma ** 2)
        gaussian = spread * torch.randn(exact.shape, generator=torch.manual_seed(0))
        gains[until] = excess(plane, path, gaussian) - excess(plane, path, exact)
    assert gains[50] > 0.025 and abs(gains[1000]) < 0.005


@pytest.mark.slow
def test_the_trajectory_of_the_better_bound_has_the_worse_points(plane: Plane) -> None:
    """The bound is not the quality of samples, as Watson et al. say of their method (2021, section 5)."""
    bounds, distances = {}, {}
    for spacing in ("optimal", "linspace"):
        path = plane.path(5, spacing)
        (bounds[spacing],) = chain_bounds(plane, path, Side("analytic_ddpm"), count=5000)
        distances[spacing] = excess(plane, path, plane.start(path, 0))
    assert bounds["optimal"] < bounds["linspace"] - 0.3 and distances["optimal"] > distances["linspace"] + 0.1


@pytest.mark.parametrize(("sampler", "v"), [("ddpm", 0.0), ("ddpm_large", 1.0)])
def test_the_bound_of_a_sampler_is_that_of_its_variance(plane: Plane, sampler: str, v: float) -> None:
    """A fixed variance and the learned one at its end are one chain, whose bound cannot be below the entropy."""
    path = plane.path(20)
    fixed = Side("ddpm_learned", {"learned_variance": lambda x, at: torch.full_like(x, v)})
    one, other = chain_bounds(plane, path, Side(sampler), fixed, count=500)
    assert one == pytest.approx(other, rel=1e-3) and one > entropy(plane, count=500)


def test_a_coupling_flow_is_invertible_and_knows_its_density() -> None:
    flow = CouplingFlow(CouplingFlowConfig(couplings=4, width=16))
    z = torch.randn(1, 200, 2, generator=torch.manual_seed(1)).double()
    assert torch.equal(flow.double()(z)[:, 0], z), "it starts as the identity"
    for each in flow.parameters():
        torch.nn.init.normal_(each, std=0.2, generator=torch.manual_seed(each.numel()))
    points = flow(z)
    again, log_determinant = flow.inverse(points)
    assert torch.allclose(again, z, atol=1e-9)
    moved = [torch.autograd.functional.jacobian(lambda one: flow(one[None, None]), row) for row in z[0, :5]]
    jacobian = torch.stack(moved).reshape(5, 2, 2)
    assert torch.allclose(log_determinant[0, :5], -jacobian.det().abs().log(), atol=1e-6)
    axis = torch.linspace(-12, 12, 400).double()
    field = torch.cartesian_prod(axis, axis)[None, None]
    with torch.no_grad():
        mass = (-negative_log_likelihood(flow, field)).exp().sum() * float(axis[1] - axis[0]) ** 2
    assert float(mass) == pytest.approx(1, abs=0.02)


def test_a_classifier_by_neighbours_sees_whether_two_samples_are_of_one_distribution() -> None:
    one, other = np.random.default_rng(0).normal(size=(2, 2000, 2))
    assert neighbour_auc(one, other) == pytest.approx(0.5, abs=0.02)
    assert neighbour_auc(one, other + [1, 0]) == pytest.approx(0.76, abs=0.04)
    assert neighbour_auc(one, other + [20, 0]) == 1


def test_points_have_classes() -> None:
    points = open_dataset(Path("points:classes"), 32)
    assert points.labels == ("top", "left", "right") and points.cond_width == 3
    for index, mean in enumerate(points.mixture.means):
        own = points.data[points.label == index, 0, 0].numpy()
        assert own.mean(axis=0) == pytest.approx(mean, abs=0.01)
    rows = points.conditioning(np.array([3, 4]), label=np.array([True, False]), factors=np.array([True, True]))
    assert rows[0].argmax() == points.label[3] and rows.sum() == 1


def test_a_class_is_drawn_in_the_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for model in ("ddpm-classes", "classifier-guidance-classes"):
        asked = ["generate", "--model", model, "--class", "top", "--steps", "10", "--out", str(tmp_path / model)]
        assert run(asked) == 0
        (file,) = (tmp_path / model).glob("*.png")
        rows, _ = np.nonzero(np.asarray(Image.open(file).convert("RGBA"))[..., 3])
        assert rows.mean() < 110, "the points of this class are above the middle, at 128"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [("cold", "points:grid", "learns from images"), ("normalizing-flow", "", "learns from points")],
)
def test_data_that_a_system_does_not_learn_from_is_refused(name: str, data: str, message: str, tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8)).save(tmp_path / "one.png")
    with pytest.raises(BadRequest, match=message):
        len(recipe_of(name)(data=Path(data or tmp_path), size=8).pictures)


def test_a_consistency_model_needs_a_teacher(tmp_path: Path) -> None:
    kind, shipped = recipe_of("consistency"), Library().card("ddpm-points").path
    for start in (None, tmp_path / "none.safetensors", shipped):
        with pytest.raises(StorageError, match="teacher"):
            kind(data=Path("points:grid"), start=start).model(tmp_path)


class Halving:
    """A stage whose latents are the image at half its side, in 3 channels: exactly as many numbers as the ablation."""

    def encode(self, rgba: torch.Tensor) -> torch.Tensor:
        return rgba[:, ::2, ::2, :3].permute(0, 3, 1, 2).float()

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        grey = torch.full((1, 16, 16, 4), 128, dtype=torch.uint8)
        return grey if latents.sum() < 0 else self.known

    known: torch.Tensor


def test_restored_images_are_compared_with_smaller_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rgba = np.random.default_rng(0).integers(0, 255, (16, 16, 4), np.uint8)
    rgba[..., 3] = 255
    Image.fromarray(rgba).save(tmp_path / "noise.png")
    system = all_systems()["stable-diffusion"]
    with pytest.raises(ModelError, match="needs a checkpoint"):
        restored_images(ClaimContext(Library(), Path("none"), data=tmp_path), system)
    stage = Halving()
    stage.known = torch.from_numpy(rgba[None])
    library = SimpleNamespace(
        cards=lambda: [SimpleNamespace(name="sd", family="stable_diffusion", size=16)],
        load=lambda *_, **__: SimpleNamespace(stages=[stage]),
    )
    context = ClaimContext(library, Path("none"), data=tmp_path)  # type: ignore[arg-type]
    assert MEASUREMENTS["restored_images"](context, system).value == 0, "restored exactly"
    broken = MEASUREMENTS["restored_images"](replace(context, broken=True), system)
    assert broken.value == 1 and not system.claim.range.contains(broken.value)


def test_the_committed_table_is_that_of_the_shipped_figures(tmp_path: Path) -> None:
    page = ROOT / "docs" / "systems.md"
    (copy := tmp_path / "systems.md").write_text(page.read_text("utf-8"), "utf-8")
    assert run(["systems", "--claims", str(copy)]) == 0
    assert copy.read_text("utf-8") == page.read_text("utf-8"), "run  gdm-studio systems --claims docs/systems.md"
    assert "| not measured |" in copy.read_text("utf-8")
    copy.write_text("no table", "utf-8")
    assert run(["systems", "--claims", str(copy)]) == 2


def test_simple_diffusion_shifts_towards_more_noise_for_larger_images(tmp_path: Path) -> None:
    """Log-SNR + 2·ln(64/side) (Hoogeboom et al. 2023, equation 5): at 128 pixels the noise ratio is twice as large."""
    Image.new("RGBA", (128, 128)).save(tmp_path / "one.png")
    ratios = [
        np.array(recipe_of("simple")(data=tmp_path, size=128, network=each).process.ratios)
        for each in ("whole", "ablated")
    ]
    assert ratios[0] / ratios[1] == pytest.approx(2)


@pytest.mark.parametrize("name", ["es-ddpm-points", "tdpm-points"])
def test_a_generated_start_is_noised_to_its_level(name: str) -> None:
    """x_T′ = √ᾱ_T′·x′ + √(1 − ᾱ_T′)·ε (Lyu et al. 2022, algorithm 1)."""
    plane = Plane.load(Library(), name)
    path = plane.path(10)
    eps = KeyedNoise([3])(0, torch.zeros(1, 1, COUNT, 2))
    images = plane.stage.generate(eps, torch.zeros(1, 0))
    added = plane.start(path, 3) - path[0].alpha * images
    assert float(added.std()) == pytest.approx(path[0].sigma, rel=0.03) and abs(float(added.mean())) < 0.02
    for other in (images, eps):
        assert abs(np.corrcoef(points_of(added).ravel(), points_of(other).ravel())[0, 1]) < 0.05


@pytest.mark.parametrize("name", ["vae-points", "gan-points", "normalizing-flow-points"])
def test_a_generator_maps_standard_normal_numbers_to_points(name: str) -> None:
    plane = Plane.load(Library(), name)
    network, seen = plane.stage.networks["generator"], []

    def listen(z: torch.Tensor, cond: torch.Tensor) -> torch.Tensor:
        seen.append(z)
        found: torch.Tensor = network(z, cond)
        return found

    stage = replace(plane.stage, networks={"generator": listen})
    points = replace(plane, stage=stage).sample("euler", 1, 3)
    assert np.allclose(points, points_of(network(seen[-1], torch.zeros(1, 0))), atol=1e-5)
    check_standard_normal(seen[-1])


def test_a_denoiser_sees_standard_normal_numbers_in_every_step() -> None:
    plane = Plane.load(Library(), "ddgan-points")
    network, seen = plane.stage.networks["denoiser"], []

    def listen(x: torch.Tensor, time: torch.Tensor, cond: torch.Tensor) -> torch.Tensor:
        seen.append(cond)
        found: torch.Tensor = network(x, time, cond)
        return found

    replace(plane, stage=replace(plane.stage, networks={"denoiser": listen})).sample("ddpm", 4, 3)
    assert len(seen) == 4
    for z in seen:
        check_standard_normal(z)


def check_standard_normal(z: torch.Tensor) -> None:
    """Check the moments of independent standard normal numbers (1, COUNT, 2)."""
    assert z.shape == (1, COUNT, 2) and abs(float(z.mean())) < 0.05
    moments = [float((z**power).mean()) for power in (2, 4)]
    assert moments == pytest.approx([1, 3], rel=0.1) and abs(float(z.prod(dim=-1).mean())) < 0.06
