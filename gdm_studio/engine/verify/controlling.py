"""Guidance, temperature and thresholds as the engine applies them, each and all together, written a second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gdm_studio.engine.verify.exact_model import (
    LAWS,
    STYLE,
    STYLED,
    Driven,
    ExactLibrary,
    Law,
    driven,
    furthest,
    request,
)
from gdm_studio.engine.verify.noise import draws
from gdm_studio.engine.verify.row import Row, at_least, at_most, equal
from gdm_studio.engine.verify.written import Written, analytic, ddim, heun
from gdm_studio.engine.verify.written_multistep import dpmpp_2m
from gdm_studio.maths.processes import vp
from gdm_studio.request import Request, Toward

LINEAR = vp("linear")
STEPS = 10
ROUNDING = 1e-5
SEEN = 1e-3
WIDE = 0.5  # standard deviation of the data, as the model's card says it


def asking(**fields: Any) -> Request:
    """A request with these fields, of STEPS steps."""
    return request(sampler="ddim", steps=STEPS, **fields)


def run_of(wanted: Request, library: ExactLibrary | None = None) -> Driven:
    """The engine's run of it."""
    return driven(wanted, library or ExactLibrary(LINEAR, data_scale=WIDE))


def answer_to(wanted: Request, ratios: list[float]) -> Callable[[np.ndarray, float], np.ndarray]:
    """x0 under the request's settings, from the papers of each."""
    control = {"guidance_rescale": 0.0, "guidance_from": 0.0, "guidance_until": 1.0, **wanted.controls}
    scale, tau, against = wanted.guidance_scale, wanted.temperature, LAWS[wanted.negative_prompt]

    def told(y: np.ndarray, r: float) -> np.ndarray:
        up = STYLED if wanted.style else 0.0
        laws = {wanted.prompt: 1.0 if wanted.toward is None else 1 - wanted.toward.amount}
        if wanted.toward is not None:
            laws[wanted.toward.prompt] = wanted.toward.amount
        known = [(share, LAWS[name]) for name, share in laws.items()]
        parts = [share * Law(law.mean + up, law.apart, law.variance).answer(y, r) for share, law in known]
        return np.asarray(sum(parts))

    def answer(y: np.ndarray, r: float) -> np.ndarray:
        x0 = told(y, r)
        share = max(i for i, ratio in enumerate(ratios[:-1]) if ratio >= r * (1 - 1e-9)) / STEPS
        if scale != 1 and control["guidance_from"] - 1e-9 <= share < control["guidance_until"] - 1e-9:
            x0 = _guided(x0, against.answer(y, r), scale, control["guidance_rescale"])
        x0 = x0 + WIDE**2 * (1 - tau) / (tau * WIDE**2 + r * r) * (x0 - y)
        return _bounded(x0, control.get("dynamic_threshold", 0.0), control.get("clip", 0.0))

    return answer


CASES: dict[str, Request] = {
    "guidance 3": asking(guidance_scale=3.0),
    "guidance 0": asking(guidance_scale=0.0),
    "guidance 3 away from a negative prompt": asking(guidance_scale=3.0, negative_prompt="left"),
    "guidance 3, a style": asking(guidance_scale=3.0, style=STYLE),
    "rescale 0.7": asking(guidance_scale=6.0, controls={"guidance_rescale": 0.7}),
    "guidance from 0.2": asking(guidance_scale=3.0, controls={"guidance_from": 0.2}),
    "guidance until 0.8": asking(guidance_scale=3.0, controls={"guidance_until": 0.8}),
    "guidance from 0.35 until 0.75": asking(
        guidance_scale=3.0, controls={"guidance_from": 0.35, "guidance_until": 0.75}
    ),
    "temperature 0.5": asking(temperature=0.5),
    "temperature 1.6": asking(temperature=1.6),
    "guidance 3, temperature 0.5": asking(guidance_scale=3.0, temperature=0.5),
    "dynamic threshold 0.8": asking(guidance_scale=9.0, controls={"dynamic_threshold": 0.8}),
    "dynamic threshold 0.8 at 1.2 deviations": asking(
        guidance_scale=9.0, controls={"dynamic_threshold": 0.8, "clip": 1.2}
    ),
    "clip 1.3": asking(guidance_scale=3.0, controls={"clip": 1.3}),
    "half-way to another prompt and seed": asking(toward=Toward("left", 77, 0.5)),
    "all of them": asking(
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


def controlling() -> Iterator[Row]:
    """Guidance, its interval, rescaling, temperature, thresholds as the engine applies them, written anew"""
    plain = run_of(asking())
    writings: dict[str, Written] = {"ddim": partial(ddim, eta=0.0), "heun": heun}
    for title, wanted in CASES.items():
        for sampler, writing in writings.items():
            run = run_of(replace(wanted, sampler=sampler))
            ys = writing(answer_to(wanted, run.ratios), *_begin(run))
            yield at_most(f"{title}, {sampler}: off by", furthest(list(run.ys()), list(ys)), ROUNDING)
            if sampler == "ddim":
                effect = furthest(list(run.ys())[-1:], list(plain.ys())[-1:])
                yield at_least(f"{title}: effect on the picture", effect, SEEN)
    yield from _evaluations()
    yield from _colder()


def _guided(told: np.ndarray, untold: np.ndarray, scale: float, rescale: float) -> np.ndarray:
    """Ho and Salimans 2022, eq. 6; Lin et al. 2024, eq. 15 and 16."""
    x0 = untold + scale * (told - untold)
    axes = tuple(range(1, x0.ndim))
    spread = told.std(axis=axes, keepdims=True) / x0.std(axis=axes, keepdims=True)
    return np.asarray(rescale * x0 * spread + (1 - rescale) * x0)


def _bounded(x0: np.ndarray, share: float, clip: float) -> np.ndarray:
    """Saharia et al. 2022, section 2.3, with the bound in place of 1; three deviations where no other is set."""
    if share:
        bound = (clip or 3.0) * WIDE
        sizes = np.quantile(np.abs(x0).reshape(len(x0), -1), share, axis=1).reshape(-1, 1, 1, 1)
        limit = np.maximum(sizes, bound)
        x0 = np.clip(x0, -limit, limit) / limit * bound
    return np.clip(x0, -clip * WIDE, clip * WIDE) if clip else x0


def _begin(run: Driven) -> tuple[np.ndarray, list[float], Callable[..., np.ndarray]]:
    """Where a second writing begins: y, the ratios, the draws."""
    return run.start / run.path[0].alpha, run.ratios, draws(request(), run.start.shape)


def _evaluations() -> Iterator[Row]:
    """Both predictions are asked for within the interval alone: step i of n where from ≤ i/n < until."""
    for begin, end in ((0.0, 1.0), (0.2, 0.8), (0.35, 0.75), (0.5, 0.5)):
        run = run_of(asking(guidance_scale=3.0, controls={"guidance_from": begin, "guidance_until": end}))
        rows = [asked.rows // run.start.shape[0] for asked in run.asked]
        inside = [2 if begin <= i / STEPS < end else 1 for i in range(STEPS)]
        wrong = sum(one != other for one, other in zip(rows, inside, strict=True))
        yield equal(f"guidance from {begin:g} until {end:g}: steps with the wrong predictions", wrong, 0, tolerance=0)


def _colder() -> Iterator[Row]:
    """On Gaussian data of the card's deviation temperature is that of colder data, in every kind of sampler."""
    line = LAWS["line"]
    for tau in (0.25, 0.6, 1.7):
        cool = Law(line.mean, 0.0, tau * line.variance)
        writings: dict[str, Written] = {
            "ddim": partial(ddim, eta=0.0),
            "euler_a": partial(ddim, eta=1.0),
            "dpmpp_2m_sde": partial(dpmpp_2m, eta=1.0),
            "analytic_ddpm": partial(analytic, eta=1.0, variance=cool.variance, last_noise=0.0),
            "analytic_ddim": partial(analytic, eta=0.0, variance=cool.variance, last_noise=0.0),
        }
        for name, writing in writings.items():
            library = ExactLibrary(LINEAR, data_scale=WIDE, variance=line.variance)
            run = run_of(replace(asking(temperature=tau, prompt="line"), sampler=name), library)
            away = furthest(list(run.ys()), list(writing(cool.answer, *_begin(run))))
            yield at_most(f"{name}, temperature {tau:g}: from colder data, off by", away, ROUNDING)
