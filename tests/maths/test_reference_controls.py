"""Guidance, temperature and thresholds in the engine against a reference written from the papers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from gdm_studio.maths.processes import vp
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.verify.exact_model import (
    LAWS,
    STYLE,
    STYLED,
    DataDistribution,
    ExactLibrary,
    RecordedRun,
    furthest,
    request,
    run_engine,
)
from gdm_studio.verify.keyed_noise import draws
from tests.maths.reference_multistep import dpmpp_2m
from tests.maths.reference_samplers import Reference, analytic, ddim, heun

LINEAR = vp("linear")
STEPS = 10
# Tolerance for rounding, since noise and starts are in single precision.
ROUNDING = 1e-5
# Smallest change of an image by a setting that has an effect.
VISIBLE = 1e-3
# Standard deviation of the data in the model's card.
DATA_SCALE = 0.5


def with_steps(**fields: Any) -> Request:
    """Return a request with these fields and STEPS steps."""
    return request(sampler="ddim", steps=STEPS, **fields)


def run_of(wanted: Request, library: ExactLibrary | None = None) -> RecordedRun:
    """Run the request in the engine."""
    return run_engine(wanted, library or ExactLibrary(LINEAR, data_scale=DATA_SCALE))


def answer_to(
    wanted: Request, ratios: list[float], prediction: str = "x0"
) -> Callable[[np.ndarray, float], np.ndarray]:
    """Return the denoiser for the request's settings, implemented from the papers.

    Guidance is rescaled on a network output of this prediction type.
    """
    control = {"guidance_rescale": 0.0, "guidance_from": 0.0, "guidance_until": 1.0, **wanted.controls}
    scale = wanted.guidance_scale
    tau = wanted.temperature
    against = LAWS[wanted.negative_prompt]

    def with_prompt(y: np.ndarray, r: float) -> np.ndarray:
        up = STYLED if wanted.style else 0.0
        laws = {wanted.prompt: 1.0 if wanted.toward is None else 1 - wanted.toward.amount}
        if wanted.toward is not None:
            laws[wanted.toward.prompt] = wanted.toward.amount
        known = [(share, LAWS[name]) for name, share in laws.items()]
        parts = [share * DataDistribution(law.mean + up, law.apart, law.variance).answer(y, r) for share, law in known]
        return np.asarray(sum(parts))

    def answer(y: np.ndarray, r: float) -> np.ndarray:
        x0 = with_prompt(y, r)
        share = max(i for i, ratio in enumerate(ratios[:-1]) if ratio >= r * (1 - 1e-9)) / STEPS
        if scale != 1 and control["guidance_from"] - 1e-9 <= share < control["guidance_until"] - 1e-9:
            outputs = (output_of(prediction, each, y, r) for each in (x0, against.answer(y, r)))
            x0 = x0_of(prediction, guided_output(*outputs, scale, control["guidance_rescale"]), y, r)
        x0 = x0 + DATA_SCALE**2 * (1 - tau) / (tau * DATA_SCALE**2 + r * r) * (x0 - y)
        return thresholded(x0, control.get("dynamic_threshold", 0.0), control.get("clip", 0.0))

    return answer


CASES: dict[str, Request] = {
    "guidance 3": with_steps(guidance_scale=3.0),
    "guidance 0": with_steps(guidance_scale=0.0),
    "guidance 3 away from a negative prompt": with_steps(guidance_scale=3.0, negative_prompt="left"),
    "guidance 3, a style": with_steps(guidance_scale=3.0, style=STYLE),
    "rescale 0.7": with_steps(guidance_scale=6.0, controls={"guidance_rescale": 0.7}),
    "guidance from 0.2": with_steps(guidance_scale=3.0, controls={"guidance_from": 0.2}),
    "guidance until 0.8": with_steps(guidance_scale=3.0, controls={"guidance_until": 0.8}),
    "guidance from 0.35 until 0.75": with_steps(
        guidance_scale=3.0, controls={"guidance_from": 0.35, "guidance_until": 0.75}
    ),
    "temperature 0.5": with_steps(temperature=0.5),
    "temperature 1.6": with_steps(temperature=1.6),
    "guidance 3, temperature 0.5": with_steps(guidance_scale=3.0, temperature=0.5),
    "dynamic threshold 0.8": with_steps(guidance_scale=9.0, controls={"dynamic_threshold": 0.8}),
    "dynamic threshold 0.8 at 1.2 deviations": with_steps(
        guidance_scale=9.0, controls={"dynamic_threshold": 0.8, "clip": 1.2}
    ),
    "clip 1.3": with_steps(guidance_scale=3.0, controls={"clip": 1.3}),
    "half-way to another prompt and seed": with_steps(toward=Interpolation("left", 77, 0.5)),
    "all of them": with_steps(
        guidance_scale=6.0,
        temperature=0.7,
        controls={
            "guidance_rescale": 0.4,
            "guidance_from": 0.2,
            "guidance_until": 0.8,
            "dynamic_threshold": 0.9,
            "clip": 1.4,
        },
    ),
}


def guided_output(with_prompt: np.ndarray, without_prompt: np.ndarray, scale: float, rescale: float) -> np.ndarray:
    """Return rescaled guidance (Ho and Salimans 2022, eq. 6; Lin et al. 2024, eq. 15 and 16)."""
    found = without_prompt + scale * (with_prompt - without_prompt)
    axes = tuple(range(1, found.ndim))
    spread = with_prompt.std(axis=axes, keepdims=True) / found.std(axis=axes, keepdims=True)
    return np.asarray(rescale * found * spread + (1 - rescale) * found)


def output_of(prediction: str, x0: np.ndarray, y: np.ndarray, r: float) -> np.ndarray:
    """Return eps, v or x0 of a variance-preserving process for x0, at y = x / alpha and r = sigma / alpha."""
    eps = (y - x0) / r
    alpha = (1 + r * r) ** -0.5
    return {"epsilon": eps, "v": alpha * eps - alpha * r * x0, "x0": x0}[prediction]


def x0_of(prediction: str, output: np.ndarray, y: np.ndarray, r: float) -> np.ndarray:
    """Return x0 for an output of `output_of`."""
    alpha = (1 + r * r) ** -0.5
    return {"epsilon": y - r * output, "v": alpha * alpha * y - alpha * r * output, "x0": output}[prediction]


def thresholded(x0: np.ndarray, share: float, clip: float) -> np.ndarray:
    """Return thresholded x0 (Saharia et al. 2022, section 2.3); the default bound is three standard deviations."""
    if share:
        bound = (clip or 3.0) * DATA_SCALE
        sizes = np.quantile(np.abs(x0).reshape(len(x0), -1), share, axis=1).reshape(-1, 1, 1, 1)
        limit = np.maximum(sizes, bound)
        x0 = np.clip(x0, -limit, limit) / limit * bound
    return np.clip(x0, -clip * DATA_SCALE, clip * DATA_SCALE) if clip else x0


def reference_inputs(run: RecordedRun) -> tuple[np.ndarray, list[float], Callable[..., np.ndarray]]:
    """Return the inputs of a reference sampler: y, the noise ratios and the draws."""
    return run.start / run.path[0].alpha, run.ratios, draws(request(), run.start.shape)


@cache
def plain_run() -> RecordedRun:
    return run_of(with_steps())


@pytest.mark.parametrize("sampler", ["ddim", "heun"])
@pytest.mark.parametrize("title", list(CASES))
def test_a_controlled_run_equals_the_reference_and_differs_from_a_plain_one(title: str, sampler: str) -> None:
    references: dict[str, Reference] = {"ddim": partial(ddim, eta=0.0), "heun": heun}
    wanted = CASES[title]
    found = run_of(replace(wanted, sampler=sampler))
    ys = references[sampler](answer_to(wanted, found.ratios), *reference_inputs(found))
    assert furthest(list(found.ys()), list(ys)) <= ROUNDING
    if sampler == "ddim":
        assert furthest(list(found.ys())[-1:], list(plain_run().ys())[-1:]) >= VISIBLE


@pytest.mark.parametrize("rules", [1, 2, 3])
@pytest.mark.parametrize("prediction", ["epsilon", "v", "x0"])
def test_guidance_is_rescaled_on_the_prediction_since_rules_3(prediction: str, rules: int) -> None:
    """Compare with Lin et al. 2024, and for images of earlier versions with the same formula on x0."""
    wanted = with_steps(guidance_scale=6.0, controls={"guidance_rescale": 0.7}, rules=rules)
    found = run_of(wanted, ExactLibrary(LINEAR, data_scale=DATA_SCALE, prediction=prediction))
    answers = {each: answer_to(wanted, found.ratios, each) for each in ("x0", prediction)}
    ys = {each: list(ddim(answer, *reference_inputs(found), eta=0.0)) for each, answer in answers.items()}
    last = ys[prediction if rules == 3 else "x0"][-1:]
    assert furthest(list(found.ys())[-1:], last) <= ROUNDING
    if prediction != "x0":
        assert furthest(ys["x0"][-1:], ys[prediction][-1:]) >= VISIBLE


@pytest.mark.parametrize("name", ["ddim", "euler_a", "dpmpp_2m_sde", "analytic_ddpm", "analytic_ddim"])
@pytest.mark.parametrize("tau", [0.25, 0.6, 1.7])
def test_temperature_equals_narrower_data(tau: float, name: str) -> None:
    """Temperature equals narrower Gaussian data of the card's deviation."""
    line = LAWS["line"]
    cool = DataDistribution(line.mean, 0.0, tau * line.variance)
    references: dict[str, Reference] = {
        "ddim": partial(ddim, eta=0.0),
        "euler_a": partial(ddim, eta=1.0),
        "dpmpp_2m_sde": partial(dpmpp_2m, eta=1.0),
        "analytic_ddpm": partial(analytic, eta=1.0, variance=cool.variance, last_noise=0.0),
        "analytic_ddim": partial(analytic, eta=0.0, variance=cool.variance, last_noise=0.0),
    }
    library = ExactLibrary(LINEAR, data_scale=DATA_SCALE, variance=line.variance)
    found = run_of(replace(with_steps(temperature=tau, prompt="line"), sampler=name), library)
    assert furthest(list(found.ys()), list(references[name](cool.answer, *reference_inputs(found)))) <= ROUNDING
