"""The lessons: every number in their texts is measured, their buttons change one thing, their exercises are checked."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from gdm_studio.common import paths
from gdm_studio.learning.lessons import LESSONS, Lesson, LiveState, Trial
from gdm_studio.learning.lessons.latents import count_latent_values
from gdm_studio.learning.lessons.memorisation import nearest, training_points
from gdm_studio.learning.point_runs import (
    COUNT,
    DENSITIES,
    PlaneRun,
    PlaneSettings,
    Predict,
    density_of,
    distance_curve,
    exact_prediction,
    forward,
    measure_distance,
    process_of,
    run_plane,
    score_field,
    true_distribution,
)
from gdm_studio.learning.step_numbers import plane_step
from gdm_studio.maths.guidance import guided
from gdm_studio.maths.noise_path import NoiseLevel, eps_of
from gdm_studio.training import toy_point_denoiser
from gdm_studio.training.toy_point_denoiser import PlaneNetwork
from gdm_studio.ui.learn.controller import TRAINING_STEPS
from gdm_studio.ui.learn.controls import CHANGES

BY_NAME = {lesson.name: lesson for lesson in LESSONS}
# Numbers of formulas and examples, which follow from no measurement: those of the exercises are computed below.
FORMULA = {"0", "1", "2"}
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def texts(lesson: Lesson) -> str:
    exercise = lesson.exercise
    parts = [part.text if isinstance(part, Trial) else part for part in lesson.parts]
    return "\n".join([*parts, exercise.question, exercise.right, exercise.hint])


@cache
def first_run(name: str, **changes: object) -> PlaneRun:
    settings = replace(BY_NAME[name].settings, **changes)
    return forward(settings) if BY_NAME[name].is_forward else run_plane(settings)


def trial_value(name: str, setting: str) -> float:
    return next(part.value for part in BY_NAME[name].parts if isinstance(part, Trial) and part.name == setting)


def curve(name: str, evaluations: int, **changes: object) -> float:
    return dict(distance_curve(replace(BY_NAME[name].settings, **changes)))[evaluations]


def middle_alpha(process: str) -> float:
    return process_of(process).at(len(process_of(process).ratios) / 2).alpha


def icons() -> dict:
    return json.loads((paths.resources() / "models" / "icons-2" / "card.json").read_text())


# The measured value of every number in the texts of a lesson, but for those of FORMULA.
CLAIMS: dict[str, dict[str, Callable[[], float]]] = {
    "noise": {
        "1000": lambda: len(process_of("vp-linear").ratios),
        "40": lambda: BY_NAME["noise"].settings.steps,
        "0.28": lambda: middle_alpha("vp-linear"),
        "0.70": lambda: middle_alpha("vp-cosine"),
        "50": lambda: process_of("ve").at(999).sigma,
        "0.71": lambda: math.sqrt(1 / 2),
        "0.7": lambda: math.sqrt(1 / 2),
    },
    "score": {
        "1500": lambda: TRAINING_STEPS,
        "0.6": lambda: 0.6,
        "0.8": lambda: math.sqrt(1 - 0.6**2),
        "0.5": lambda: 0.5,
        "0.875": lambda: (1 - 0.6 * 0.5) / 0.8,
    },
    "samplers": {
        "5": lambda: first_run("samplers").steps,
        "0.23": lambda: first_run("samplers").distances[-1],
        "20": lambda: trial_value("samplers", "steps"),
        "0.05": lambda: first_run("samplers", steps=20).distances[-1],
        "12": lambda: 12,
        "0.04": lambda: curve("samplers", 12, sampler="dpmpp_2m"),
        "0.08": lambda: curve("samplers", 12),
        "45": lambda: 45,
        "0.1": lambda: 0.1,
    },
    "guidance": {
        "4": lambda: trial_value("guidance", "guidance_scale"),
        "0.97": lambda: first_run("guidance").x[-1][:, 0].std(),
        "0.52": lambda: first_run("guidance", guidance_scale=4.0).x[-1][:, 0].std(),
        "0.5": lambda: trial_value("guidance", "temperature"),
        "0.2": lambda: 0.2,
        "3": lambda: 3,
        "1.1": lambda: 0.2 + 3 * (0.5 - 0.2),
    },
    "latents": {
        "1.5": lambda: 1.5,
        "512": lambda: 512,
        "3": lambda: 3,
        "786432": lambda: 512 * 512 * 3,
        "64": lambda: 512 / 8,
        "4": lambda: 4,
        "16384": lambda: count_latent_values(512),
        "48": lambda: 512 * 512 * 3 / count_latent_values(512),
        "256": lambda: icons()["size"],
        "4096": lambda: math.prod(icons()["latent"]),
        "50": lambda: trial_value("latents", "steps"),
        "1024": lambda: 1024,
        "8": lambda: 8,
        "128": lambda: 1024 / 8,
        "65536": lambda: count_latent_values(1024),
    },
    "memorisation": {
        "5": lambda: len(set(nearest(first_run("memorisation").x[-1])[0])),
        "2000": lambda: COUNT,
    },
}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_number_of_a_lesson_is_measured(name: str) -> None:
    found = set(NUMBER.findall(texts(BY_NAME[name]).replace(BY_NAME[name].title, ""))) - FORMULA
    assert found == CLAIMS[name].keys()
    for shown, measure in CLAIMS[name].items():
        decimals = len(shown.partition(".")[2])
        assert round(float(measure()), decimals) == float(shown), shown


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_lessons_are_short_and_their_buttons_change_one_setting(lesson: Lesson) -> None:
    assert len(texts(lesson).split()) <= 350
    trials = [part for part in lesson.parts if isinstance(part, Trial)]
    assert trials
    for trial in trials:
        assert trial.name in CHANGES
        changed = replace(lesson.settings, **{trial.name: trial.value})
        assert [
            field.name
            for field in fields(changed)
            if getattr(changed, field.name) != getattr(lesson.settings, field.name)
        ] == [trial.name]
        if trial.name != "denoiser":
            assert np.isfinite(run_plane(changed).x[-1]).all()


def state(name: str, at: NoiseLevel | None = None, number: float | None = None, **changes: object) -> LiveState:
    run = first_run(name, **changes)
    return LiveState(run, at or run.path[-1], number)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("score", 0.875, 0.5),
        ("guidance", 1.1, 0.8),
        ("latents", 65536, 16384),
        ("memorisation", 5, 2000),
    ],
)
def test_an_exercise_with_a_number_is_checked(name: str, right: float, wrong: float) -> None:
    exercise = BY_NAME[name].exercise
    assert exercise.asks_number
    assert exercise.is_right(state(name, number=right))
    assert not exercise.is_right(state(name, number=wrong)) and not exercise.is_right(state(name))


def test_the_balance_of_data_and_noise_is_checked_by_the_slider() -> None:
    exercise = BY_NAME["noise"].exercise
    balanced = min(first_run("noise").path, key=lambda at: abs(at.alpha - at.sigma))
    assert exercise.is_right(state("noise", balanced))
    assert not exercise.is_right(state("noise", process_of("vp-linear").at(500)))
    assert not exercise.is_right(state("noise"))
    for process, said in (("vp-linear", "near 0.7 with VP"), ("ve", "near 1 with VE")):
        levels = (process_of(process).at(time) for time in np.linspace(1, 999, 5000))
        balanced = min(levels, key=lambda at: abs(at.alpha - at.sigma))
        assert exercise.is_right(state("noise", balanced)) and said in exercise.hint
        assert round(balanced.alpha, 1) == float(said.split()[1])


@pytest.mark.slow
def test_the_least_number_of_steps_is_checked_by_the_plane() -> None:
    exercise = BY_NAME["samplers"].exercise
    right = [steps for steps in range(8, 15) if exercise.is_right(state("samplers", steps=steps))]
    assert right == [11]
    assert first_run("samplers", steps=11).distances[-1] < 0.1 <= first_run("samplers", steps=10).distances[-1]
    assert not exercise.is_right(state("samplers", steps=9, sampler="dpmpp_2m")), "another sampler"
    few, many = (exercise.hint_after(state("samplers", steps=steps)) for steps in (10, 20))
    assert few == exercise.hint and "fewer steps" in many
    assert exercise.hint_after(state("samplers", steps=20, sampler="dpmpp_2m")) == exercise.hint


@pytest.mark.slow
def test_statements_without_numbers_hold() -> None:
    # Lesson 1: with the roots the variance stays 1, and without them it falls.
    rng = np.random.default_rng(0)
    x, eps = rng.normal(size=100_000), rng.normal(size=100_000)
    assert np.var(math.sqrt(0.9) * x + math.sqrt(0.1) * eps) == pytest.approx(1, abs=0.01)
    assert np.var(0.9 * x + 0.1 * eps) < 0.85
    for at in process_of("vp-linear").path("trailing", 10):
        assert at.alpha**2 + at.sigma**2 == pytest.approx(1)
    assert {at.alpha for at in process_of("ve").path("trailing", 10)} == {1.0}
    assert process_of("vp-linear").at(999).alpha < 0.01
    # Lesson 1: VE's α stays 1, but the chart's α / √(α² + σ²) falls; other processes do shrink the data.
    ratios = [at.alpha / math.hypot(*at) for at in process_of("ve").path("trailing", 10)]
    assert all(np.diff(ratios) > 0) and ratios[0] < 0.05 < 0.9 < ratios[-1]
    for name in ("subvp", "flow"):
        assert process_of(name).at(999).alpha < 0.05
    # Lesson 1: the end is Gaussian noise with mean 0 and variance 1.
    end = first_run("noise").x[0]
    assert np.abs(end.mean(axis=0)).max() < 0.05 and end.var(axis=0) == pytest.approx([1, 1], abs=0.08)
    assert (np.abs(end) < 1).mean() == pytest.approx(math.erf(1 / math.sqrt(2)), abs=0.02)
    # Lesson 1: α is the product of the roots. The betas are those of DDPM's paper.
    betas = np.linspace(1e-4, 0.02, 1000)
    assert process_of("vp-linear").at(999).alpha == pytest.approx(np.sqrt(1 - betas).prod())
    # Lesson 2: the prediction follows from v, too.
    at = NoiseLevel(0.6, 0.8)
    assert 0.6 * 1.0 - 0.8 * (0.6 * eps_of(1.0, 0.5, at) - 0.8 * 0.5) == pytest.approx(0.5)
    # Lesson 2: the best guess in the middle is the middle, where no data is.
    two = density_of("two_modes").mixture
    at = process_of("vp-linear").at(500)
    assert two.denoise(np.zeros((1, 2)), at) == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    assert np.exp(two.log_density(np.zeros((1, 2)), NoiseLevel(1.0, 0.0)))[0] < 0.001
    # Lesson 2: the arrows point to the middle of all data at high noise, and to the nearest mode at low noise.
    places = rng.uniform(-2, 2, size=(200, 2))
    score = BY_NAME["score"].settings
    for ratio, ends in ((900, np.zeros((1, 2))), (20, two.means)):
        at = process_of("vp-linear").at(ratio)
        goals = (at.alpha * ends - places[:, None]) if len(ends) > 1 else -places[:, None]
        goal = goals[np.arange(len(places)), np.linalg.norm(goals, axis=2).argmin(axis=1)]
        arrows = score_field(score, at, places)
        cosines = (arrows * goal).sum(axis=1) / np.linalg.norm(arrows, axis=1) / np.linalg.norm(goal, axis=1)
        assert np.median(cosines) > 0.99, ratio
    # Lesson 2: at every level the arrows point to α times the guess.
    for ratio in (900, 300, 20):
        at = process_of("vp-linear").at(ratio)
        np.testing.assert_allclose(
            at.sigma * score_field(score, at, places), at.alpha * two.denoise(places, at) - places
        )
    # Lesson 3: a single step ends near the average of all data.
    assert np.abs(first_run("samplers", steps=1).x[-1]).max() < 0.1
    # Lesson 3: DDIM has the noise levels of its settings for any data, and DDPM's ends depend on its noise.
    spirals, rings = (run_plane(PlaneSettings(density=name, steps=5)) for name in ("spiral", "ring"))
    assert spirals.path == rings.path
    # Lesson 3: 0 is the distance of a distribution from itself. A shift counts along a line, on average over lines.
    spiral = true_distribution(BY_NAME["samplers"].settings)
    true = spiral.sample(COUNT, seed=101)
    assert measure_distance(true, spiral) == 0
    assert measure_distance(true + [0.5, 0], spiral) == pytest.approx(0.5 * 2 / math.pi, rel=0.01)
    # Lesson 3: the last step is x′ = x̂₀, earlier steps are not; η is 0 for DDIM and 1 for DDPM.
    for sampler, eta in (("ddim", 0.0), ("ddpm", 1.0), ("dpmpp_2m", None)):
        run = first_run("samplers", sampler=sampler)
        last, earlier = (plane_step(run, step) for step in (run.steps, run.steps - 1))
        assert last.coefficients == ("x′ = 1·x̂₀",) and earlier.coefficients != last.coefficients
        assert [each.value for each in last.levels if each.symbol == "η"] == ([] if eta is None else [eta])
    # Lesson 4: temperature multiplies the predicted noise by a number above 1 if it is below 1, and below 1 otherwise.
    at, moons = process_of("vp-linear").at(300), PlaneSettings(density="moons")
    plain = score_field(moons, at, places)
    for temperature, is_above in ((0.5, True), (1.5, False)):
        factors = score_field(replace(moons, temperature=temperature), at, places) / plain
        assert factors == pytest.approx(factors[0, 0]) and (factors[0, 0] > 1) == is_above
    # Lesson 4: without guidance the class has no effect, and a scale of 1 is the plain guess with the class.
    guesses = [guided(lambda x, at: (0.5, 0.2), scale)(0.0, at) for scale in (0.0, 1.0)]
    assert guesses == pytest.approx([0.2, 0.5])
    # Lesson 4: temperature acts without a class, and guidance leaves the true distribution.
    cold, warm = (run_plane(PlaneSettings(density="two_modes", temperature=each)) for each in (0.5, 1.0))
    assert cold.x[-1][:, 1].var() < 0.6 * warm.x[-1][:, 1].var()
    assert first_run("guidance", guidance_scale=4.0).distances[-1] > 5 * first_run("guidance").distances[-1]
    # Lesson 5: the densities of the page have variance 1.
    for name in DENSITIES:
        mixture = true_distribution(PlaneSettings(density=name))
        spread = mixture.variances + (mixture.means**2).sum(axis=1) / 2
        assert mixture.weights @ spread == pytest.approx(1)
    # Lesson 6: the exact denoiser copies, with few steps, another seed or another sampler too.
    for changes in ({}, {"steps": 20}, {"seed": 9}, {"sampler": "ddpm"}):
        assert (nearest(first_run("memorisation", **changes).x[-1])[1] < 0.3).mean() > 0.95, changes
    # Lesson 6: the errors of training and held-out pictures agree at high noise. The gap opens at middle and low noise.
    settings = BY_NAME["memorisation"].settings
    trained, held_out = (
        [error(exact_prediction(settings), ratio, *known) for ratio in (900, 250, 50)] for known in ((True,), ())
    )
    gaps = [other / one for one, other in zip(trained, held_out, strict=True)]
    assert gaps[0] == pytest.approx(1, abs=0.05) and 1.2 < gaps[1] < 2 < 10 < gaps[2]


def error(predict: Predict, ratio: float, is_training: bool = False) -> float:
    """Return the mean squared error of a denoiser for the training points of lesson 6, or for points of a Gaussian with
    the same mean and variance, which are held out.
    """
    rng = np.random.default_rng(3)
    points = np.repeat(training_points(), 400, axis=0) if is_training else rng.normal(size=(2000, 2))
    process = process_of(BY_NAME["memorisation"].settings.process)
    x = process.degrade(points, process.at(ratio), rng.normal(size=points.shape))
    return float(((predict(x, process.at(ratio), None) - points) ** 2).mean())


@pytest.mark.slow
def test_a_network_copies_more_the_longer_it_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toy_point_denoiser, "BATCH", 256)
    lesson = BY_NAME["memorisation"]
    settings = replace(lesson.settings, denoiser="x0")
    network = PlaneNetwork(density_of(settings.density, settings.lines), process_of(settings.process), "x0")
    between, held_out, trained = [], [], []
    for steps in (200, 1000):
        while network.steps < steps:
            network.step()
        predict = network.predictor()
        between.append((nearest(run_plane(settings, predict).x[-1])[1] > 0.25).mean())
        held_out.append(error(predict, 50))
        trained.append(error(predict, 50, is_training=True))
    assert between[0] > 0.9 > 0.3 > between[1]
    # The exact denoiser is the end of the training: until then, the error for held-out points falls, then rises.
    assert error(exact_prediction(settings), 50) > 1.1 * held_out[1] and held_out[1] < 0.5 * held_out[0]
    assert error(exact_prediction(settings), 50, is_training=True) < trained[1] < 0.1 * trained[0]


@pytest.mark.slow
def test_a_network_that_predicts_the_noise_starts_badly_at_high_noise() -> None:
    settings = BY_NAME["score"].settings
    density, process = density_of(settings.density), process_of(settings.process)
    found = {}
    for prediction in ("edm", "epsilon"):
        network = PlaneNetwork(density, process, prediction)
        for _ in range(100):
            network.step()
        for ratio in (100, 900):
            at = process.at(ratio)
            x = density.mixture.sample(500, seed=3, at=at)
            wrong = network.predictor()(x, at, None) - density.mixture.denoise(x, at)
            found[prediction, ratio] = float((wrong**2).mean())
    assert found["epsilon", 900] > 100 * found["epsilon", 100] and found["epsilon", 900] > 100 * found["edm", 900]
