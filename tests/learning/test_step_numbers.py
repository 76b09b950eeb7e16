"""A step in numbers: its code computes the step, its formula has the step's noise levels, its sizes are measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.learning.point_runs import (
    PlaneSettings,
    density_of,
    forward,
    process_of,
    run_plane,
    samplers,
)
from gdm_studio.learning.step_numbers import StepNumbers, image_step, plane_step
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models import model_library as models
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import SECOND_PASS_SCALE
from gdm_studio.training.toy_point_denoiser import PlaneNetwork
from tests.helpers import tiny_stable
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.sampler_cases import SUITABLE_SAMPLERS, least_counts

# The samplers whose steps depend on the values, or have too many evaluations: their code calls the library.
BY_THE_LIBRARY = {"ode_rk45", "pc", "pc_ancestral", "ncsn", "restart"}


def executed(numbers: StepNumbers, **names: object) -> dict:
    found: dict = dict(names)
    exec(compile(numbers.code, "step", "exec"), found)
    return found


def value(numbers: StepNumbers, symbol: str) -> float:
    return next(each.value for each in (*numbers.levels, *numbers.sizes) if each.symbol == symbol)


@pytest.mark.parametrize("process", ["vp-linear", "flow"])
@pytest.mark.parametrize("name", [spec.name for spec in samplers() if spec.name != "ncsn"])
def test_the_code_computes_the_step_of_every_sampler(name: str, process: str) -> None:
    if (name, process) == ("ncsnv2", "flow"):
        pytest.skip("Langevin dynamics cannot start without any data.")
    run = run_plane(PlaneSettings(density="two_modes", process=process, sampler=name, steps=6, seed=3))
    for index in (1, 2, 4, 6):
        numbers = plane_step(run, index)
        x_next = executed(numbers)["x_next"]
        np.testing.assert_allclose(x_next, run.x[index], rtol=0, atol=1e-9, err_msg=numbers.code)
        assert bool(numbers.coefficients) == bool(numbers.evaluations)
        assert numbers.evaluations or name in BY_THE_LIBRARY


@pytest.mark.parametrize("name", ["ddim", "ddpm", "euler_a", "ddpm_large", "lcm", "dpmpp_2m", "dpmpp_2m_sde"])
def test_the_filled_formula_gives_the_step(name: str) -> None:
    run = run_plane(PlaneSettings(density="moons", sampler=name, steps=10))
    numbers = plane_step(run, 6)
    assert numbers.formula and len(numbers.filled) == len(numbers.formula)
    at, to = run.path[5], run.path[6]
    x, x0, past = run.x[5], run.denoised[5], run.history[5]
    z = executed(numbers).get("z", 0.0)
    text = " ".join(numbers.filled)
    for sign, python in {"−": "-", "·": "*", "²": "**2", "√(": "np.sqrt(", "e^(": "np.exp("}.items():
        text = text.replace(sign, python)
    names = {"np": np, "x": x, "x̂0": x0, "z": z, "ε": (x - at.alpha * x0) / at.sigma}
    last = text[text.rindex("x′ = ") + len("x′ = ") :].replace("x̂₀", "x̂0")
    if "D" in last:
        h, before = to.log_snr - at.log_snr, at.log_snr - run.path[4].log_snr
        names["D"] = x0 + h / (2 * before) * (x0 - past[0])
    np.testing.assert_allclose(eval(last, names), run.x[6], rtol=0, atol=0.02)


def test_levels_and_sizes_are_those_of_the_step() -> None:
    settings = PlaneSettings(density="two_modes", sampler="ddpm", label=1, guidance_scale=3.0)
    run = run_plane(settings)
    numbers = plane_step(run, 12)
    at, to = run.path[11], run.path[12]
    assert [value(numbers, symbol) for symbol in ("α", "σ", "α′", "σ′", "η")] == [*at, *to, 1.0]
    assert value(numbers, "‖x‖") == pytest.approx(np.sqrt((run.x[11] ** 2).mean()))
    assert value(numbers, "‖x̂₀‖") == pytest.approx(np.sqrt((run.denoised[11] ** 2).mean()))
    # The prediction is u + 3·(c − u), and guidance the difference c − u.
    density = density_of("two_modes")
    difference = density.only(1).denoise(run.x[11], at) - density.mixture.denoise(run.x[11], at)
    assert value(numbers, "‖Δ‖") == pytest.approx(np.sqrt((difference**2).mean()))
    assert f"{at.alpha:.4g}" in numbers.filled[0] and f"{at.alpha:.6g}" in "\n".join(numbers.lines)
    assert "Δ" not in "\n".join(plane_step(run_plane(replace(settings, label=None)), 12).lines)


def test_the_symbols_of_a_formula_are_explained() -> None:
    found = {}
    for sampler in ("ddim", "ddpm", "dpmpp_2m", "deis", "dpm2"):
        numbers = plane_step(run_plane(PlaneSettings(density="two_modes", sampler=sampler, steps=5)), 3)
        found[sampler] = [symbol for symbol, _ in numbers.symbols]
        assert all(f"{symbol}: {meaning}" in numbers.lines for symbol, meaning in numbers.symbols)
    assert found == {
        "ddim": [],
        "ddpm": ["z"],
        "dpmpp_2m": ["h", "h₋", "x̂₀₋", "past"],
        "deis": ["past", "w₁", "ε₋"],
        "dpm2": ["middle"],
    }
    # The first step has no previous one.
    first = plane_step(run_plane(PlaneSettings(density="two_modes", sampler="ddpm", steps=5)), 1)
    assert first.symbols == (("z", "fresh Gaussian noise"),)


def test_a_step_by_a_network_names_its_training() -> None:
    settings = PlaneSettings(density="two_modes", sampler="euler", denoiser="edm", steps=4)
    network = PlaneNetwork(density_of("two_modes"), process_of(settings.process), "edm")
    for _ in range(3):
        network.step()
    run = run_plane(settings, network.predictor())
    numbers = plane_step(run, 2, network.predictor(), training_steps=network.steps)
    assert "range(3)" in numbers.code
    np.testing.assert_allclose(executed(numbers)["x_next"], run.x[2], rtol=0, atol=1e-5)


def test_the_forward_process_has_no_steps_of_a_sampler() -> None:
    with pytest.raises(BadRequest, match="from noise to data"):
        plane_step(forward(PlaneSettings()), 3)


@pytest.fixture
def gaussian(monkeypatch: pytest.MonkeyPatch) -> GaussianLibrary:
    monkeypatch.setattr(models, "Library", GaussianLibrary)
    return GaussianLibrary()


def recorded(sampler: str, file: Path, **changes: object) -> step_history.Trajectory:
    request = Request(
        model="gaussian", prompt="a red disc", seed=4, steps=6, guidance_scale=2.0, device="cpu", sampler=sampler,
        knobs=least_counts(sampler),
    )  # fmt: skip
    events = generate(CARD.checked(replace(request, **changes)), GaussianLibrary(), steps_budget=10_000_000)
    (steps,) = (event.steps for event in events if isinstance(event, Result))
    file.write_bytes(steps)
    return step_history.load(file)


@pytest.mark.parametrize("sampler", SUITABLE_SAMPLERS)
def test_the_code_computes_the_step_of_an_image(sampler: str, gaussian: GaussianLibrary, tmp_path: Path) -> None:
    steps = recorded(sampler, tmp_path / "disc.steps")
    for index in (1, 3, 6):
        numbers = image_step(steps, index, gaussian, file=str(tmp_path / "disc.steps"))
        single = numbers.evaluations == 1
        # The predictions of a step with several evaluations are not recorded, so that its code needs the network.
        assert single != ("set denoise(x, at)" in numbers.code)
        if single:
            x_next = executed(numbers)["x_next"]
            assert torch.allclose(x_next, steps.step(index, gaussian).x, atol=1e-4), numbers.code
        else:
            compile(numbers.code, "step", "exec")
            assert SAMPLERS[sampler].calls_per_step > 1 or sampler in ("plms", "pndm")


def test_guidance_is_measured_with_the_network(gaussian: GaussianLibrary, tmp_path: Path) -> None:
    steps = recorded("ddim", tmp_path / "disc.steps", temperature=0.9)
    numbers = image_step(steps, 3, gaussian, file="disc.steps", guidance=True)
    assert "Δ" not in "\n".join(image_step(steps, 3, gaussian, file="disc.steps").lines)
    found = value(numbers, "‖Δ‖")
    # Twice the guidance scale changes a prediction twice as much as the scale itself.
    first = recorded("euler", tmp_path / "one.steps", guidance_scale=1.0, steps=6)
    other = recorded("euler", tmp_path / "two.steps", guidance_scale=3.0, steps=6)
    assert found > 0
    difference = other.step(1, gaussian).denoised - first.step(1, gaussian).denoised
    at_first = image_step(recorded("euler", tmp_path / "x.steps"), 1, gaussian, file="x.steps", guidance=True)
    assert value(at_first, "‖Δ‖") == pytest.approx(float(difference.square().mean().sqrt()) / 2, rel=1e-3)


@pytest.mark.slow
def test_the_stages_are_those_of_the_request(tmp_path: Path) -> None:
    """The second pass begins from new noise. Its later steps have its own path."""
    tiny_stable.write(paths.models_dir() / "tiny.safetensors")
    library = Library()
    request = Request(
        model="tiny", prompt="a fox", seed=1, steps=6, size=(64, 64), device="cpu", dtype="fp32", sampler="ddim",
        factors={SECOND_PASS_SCALE.name: 1.5},
    )  # fmt: skip
    events = generate(library.card("tiny").checked(request), library, steps_budget=10_000_000)
    (steps,) = (event.steps for event in events if isinstance(event, Result))
    (tmp_path / "fox.steps").write_bytes(steps)
    history = step_history.load(tmp_path / "fox.steps")
    with pytest.raises(BadRequest, match="Step 7 begins a stage"):
        image_step(history, 7, library, file="fox.steps")
    numbers = image_step(history, 8, library, file=str(tmp_path / "fox.steps"))
    assert torch.allclose(executed(numbers)["x_next"], history.step(8, library).x, atol=1e-4)


def test_other_steps_are_refused(gaussian: GaussianLibrary, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="There is no step 9"):
        image_step(recorded("ddim", tmp_path / "disc.steps"), 9, gaussian, file="disc.steps")
