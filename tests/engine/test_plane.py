"""Runs on the plane: their densities, their exact denoiser, and a small network that learns it."""

from __future__ import annotations

import numpy as np
import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.learning.point_runs import (
    COUNT,
    PROCESSES,
    PlaneSettings,
    create_denoiser,
    density_of,
    distance_curve,
    distance_floor,
    forward,
    process_of,
    run_plane,
    samplers,
    score_field,
    true_distribution,
)
from gdm_studio.maths.exact import seeded
from gdm_studio.maths.exact.densities import DENSITIES, along
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.training.toy_point_denoiser import PlaneNetwork


@pytest.mark.parametrize("name", DENSITIES)
def test_densities_are_standardised_and_have_two_classes(name: str) -> None:
    density = density_of(name)
    mixture = density.mixture
    assert mixture.weights.sum() == pytest.approx(1)
    assert mixture.weights @ mixture.means == pytest.approx(np.zeros(2), abs=1e-12)
    spread = mixture.variances + (mixture.means**2).sum(axis=1) / 2
    assert mixture.weights @ spread == pytest.approx(1)
    shares = [mixture.weights[density.classes == label].sum() for label in (0, 1)]
    assert min(shares) > 0.4
    for label in (0, 1):
        drawn = density.only(label).sample(500, seed=1)
        assert (density.class_of(drawn) == label).mean() > 0.97


def test_a_drawing_becomes_a_density_along_its_lines() -> None:
    density = along([[(0, 0), (4, 0)], [(0, 2), (2, 2)]])
    upper = density.mixture.means[:, 1] > 0
    # Twice as long, twice as probable.
    assert density.mixture.weights[~upper].sum() == pytest.approx(2 / 3)
    assert (density.classes == upper).all()
    for lines in ([], [[(1, 1)]], [[(1, 1), (1, 1)]]):
        with pytest.raises(BadRequest, match="Draw a line"):
            along(lines)


def test_a_run_is_that_of_the_sampler_with_the_exact_denoiser() -> None:
    settings = PlaneSettings(density="moons", sampler="dpmpp_2s_a", steps=7, seed=3)
    run = run_plane(settings)
    process = process_of(settings.process)
    path = process.path(settings.spacing, 7)
    x = process.prior(seeded(3), np.zeros((COUNT, 2)), path[0])
    steps = list(SAMPLERS["dpmpp_2s_a"].fn(density_of("moons").mixture.denoise, x, path, seeded(3)))
    assert [np.array_equal(found, step.x) for found, step in zip(run.x[1:], steps, strict=True)] == [True] * 7
    assert np.array_equal(run.x[0], x) and run.path == path


@pytest.mark.parametrize("process", PROCESSES)
def test_samplers_end_in_the_density_and_the_process_in_noise(process: str) -> None:
    settings = PlaneSettings(density="two_modes", process=process, sampler="ddpm", steps=80)
    noise, found = forward(settings), run_plane(settings)
    least = distance_floor(settings)
    # The distance of an untouched prior is 0.6.
    assert found.distances[-1] < 3 * least
    assert noise.distances[0] < 2 * least and noise.distances[-1] < 2 * least


@pytest.mark.parametrize("name", [spec.name for spec in samplers()])
def test_every_offered_sampler_runs(name: str) -> None:
    run = run_plane(PlaneSettings(sampler=name, steps=12))
    assert len(run.x) == len(run.path) == len(run.denoised) and np.isfinite(run.x[-1]).all()


def test_guidance_and_temperature_act_on_the_points() -> None:
    first = PlaneSettings(density="moons", label=0, sampler="ddim")
    assert (run_plane(first).classes == 0).mean() > 0.97
    mild, strong = (
        run_plane(PlaneSettings(density="two_modes", label=0, guidance_scale=scale)).x[-1][:, 0].mean()
        for scale in (1.0, 4.0)
    )
    assert strong < mild < 0, "away from the other class"
    cold, warm = (run_plane(PlaneSettings(density="two_modes", temperature=tau)).x[-1] for tau in (0.3, 1.0))
    assert cold[:, 1].std() < 0.8 * warm[:, 1].std(), "closer to the modes"


def test_more_evaluations_come_closer_to_the_truth() -> None:
    curve = distance_curve(PlaneSettings(density="spiral"))
    evaluations, distances = zip(*curve, strict=True)
    assert evaluations == (2, 3, 4, 6, 8, 12, 20, 32, 50)
    assert distances[0] > 5 * distances[-1]
    heun, _ = zip(*distance_curve(PlaneSettings(density="spiral", sampler="heun")), strict=True)
    assert heun == tuple(2 * steps - 1 for steps in evaluations)


def test_the_field_is_the_gradient_of_the_log_density() -> None:
    settings = PlaneSettings(density="letters")
    at = process_of(settings.process).at(300)
    places = np.array([[0.3, -0.5], [1.1, 0.2]])
    true = true_distribution(settings)
    for axis in range(2):
        change = np.zeros(2)
        change[axis] = 1e-5
        slope = (true.log_density(places + change, at) - true.log_density(places - change, at)) / 2e-5
        assert score_field(settings, at, places)[:, axis] == pytest.approx(at.sigma * slope, rel=1e-5)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"density": "cube"}, "no density called 'cube'"), ({"process": "cube"}, "no process called 'cube'")],
)
def test_unknown_names_are_refused(wrong: dict, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        run_plane(PlaneSettings(**wrong))


@pytest.mark.slow
def test_a_network_learns_the_exact_denoiser() -> None:
    settings = PlaneSettings(density="two_modes", denoiser="edm")
    network = PlaneNetwork(density_of("two_modes"), process_of(settings.process), "edm")
    before = network.excess()
    for _ in range(500):
        network.step()
    assert network.excess() < 0.05 < 0.2 < before
    predict = network.predictor()
    run = run_plane(settings, predict)
    assert run.distances[-1] < 0.15
    # It knows the classes apart.
    only = run_plane(PlaneSettings(density="two_modes", label=1), predict)
    assert (only.classes == 1).mean() > 0.95
    assert create_denoiser(settings, predict)(run.x[0], run.path[0]).shape == (COUNT, 2)
    network.step()
    assert np.array_equal(run_plane(settings, predict).x[-1], run.x[-1]), "later training changes no earlier prediction"


def test_training_ends_after_a_total_of_steps_or_a_time() -> None:
    network = PlaneNetwork(density_of("two_modes"), process_of("vp-linear"), "edm")
    network.train(0.0, 5)
    assert network.steps == 1
    network.train(60.0, 5)
    assert network.steps == 5
