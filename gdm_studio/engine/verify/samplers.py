"""Every sampler as the engine runs it, step by step against a second writing of its paper, at several settings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np

from gdm_studio.engine.verify import written, written_multistep
from gdm_studio.engine.verify.exact_model import LAWS, Driven, ExactLibrary, driven, furthest, request
from gdm_studio.engine.verify.noise import draws
from gdm_studio.engine.verify.row import Row, at_least, at_most, equal, reported
from gdm_studio.engine.verify.written import Answer, Draw, Ratios, Written, Ys
from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import fade, vp
from gdm_studio.maths.samplers import SAMPLERS

LINEAR = vp("linear")
STEPS = 10
ROUNDING = 1e-5  # noise and starts are in single precision
SEEN = 1e-3  # a setting that moves a picture by less has no effect
LEARNED = 0.3  # the share v of a learned variance
COLD = ("cold_1", "cold_2")
Knobs = dict[str, float]


def rk45(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, tolerance: float) -> Ys:
    """The exact flow, which it follows to a tolerance; the step to no noise is the prediction."""
    for r, s in pairwise(ratios):
        y = LAWS["line"].flow(y, r, s) if s else answer(y, r)
        yield y


WRITTEN: dict[str, Written] = {
    "ddpm": partial(written.ddim, eta=1.0),
    "ddim": written.ddim,
    "euler": partial(written.ddim, eta=0.0),
    "flow_euler": partial(written.ddim, eta=0.0),
    "euler_a": partial(written.ddim, eta=1.0),
    "ddpm_large": written.ddpm_large,
    "ddpm_learned": partial(written.ddpm_learned, v=LEARNED),
    "analytic_ddpm": partial(written.analytic, eta=1.0, variance=LAWS["line"].variance),
    "analytic_ddim": partial(written.analytic, eta=0.0, variance=LAWS["line"].variance),
    "heun": written.heun,
    "flow_heun": written.flow_heun,
    "dpm2": written.dpm2,
    "dpm2_a": written.dpm2,
    "dpmpp_2s": written.dpmpp_2s,
    "dpmpp_2s_a": written.dpmpp_2s,
    "dpmpp_sde": written.dpmpp_sde,
    "dpmpp_2m": written_multistep.dpmpp_2m,
    "dpmpp_2m_sde": written_multistep.dpmpp_2m,
    "dpmpp_3m": written_multistep.dpmpp_3m,
    "dpmpp_3m_sde": written_multistep.dpmpp_3m,
    "edm": written.edm,
    "restart": written.restart,
    "lms": written_multistep.lms,
    "deis": written_multistep.deis,
    "plms": written_multistep.plms,
    "pndm": written_multistep.pndm,
    "unipc": partial(written_multistep.unipc, order=2),
    "unipc_3": partial(written_multistep.unipc, order=3),
    "ncsn": written.ncsn,
    "ncsnv2": written.ncsnv2,
    "pc": written.pc,
    "pc_ancestral": written.pc_ancestral,
    "lcm": written.lcm,
    "ode_rk45": rk45,
}
# settings as the samplers come, where those would take long or leave something out
USUAL: dict[str, Knobs] = {"edm": {"churn": 2.0}, "ncsn": {"each": 6.0}, "ode_rk45": {"tolerance": 1e-4}}
# each setting otherwise, and where it needs others to be seen, those
OTHERWISE: dict[str, tuple[Knobs, ...]] = {
    "ddim": ({"eta": 0.6}, {"eta": 1.0}),
    "analytic_ddpm": ({"last_noise": 0.7},),
    "analytic_ddim": ({"last_noise": 0.7},),
    "dpm2_a": ({"eta": 0.0}, {"eta": 0.6}),
    "dpmpp_2s_a": ({"eta": 0.0}, {"eta": 0.6}),
    "dpmpp_sde": ({"eta": 0.0}, {"eta": 0.6}),
    "dpmpp_2m_sde": ({"eta": 0.0}, {"eta": 0.6}),
    "dpmpp_3m": ({"curvature": 0.5},),
    "dpmpp_3m_sde": ({"eta": 0.6}, {"curvature": 0.5}),
    "edm": (
        {"churn": 0.0},
        {"churn": 40.0},
        {"churn": 2.0, "churn_above": 1.0},
        {"churn": 2.0, "churn_below": 5.0},
        {"churn": 2.0, "noise_scale": 1.08},
    ),
    "restart": ({"restarts": 0.0}, {"restarts": 3.0}, {"restart_at": 0.5}, {"restart_from": 20.0}),
    "unipc": ({"variant": 1.0},),
    "unipc_3": ({"variant": 1.0},),
    "ncsn": ({"each": 3.0}, {"each": 6.0, "step_size": 0.1}),
    "ncsnv2": ({"each": 3.0}, {"step_size": 0.1}),
    "pc": ({"snr": 0.0}, {"snr": 0.3}),
    "pc_ancestral": ({"snr": 0.0}, {"snr": 0.3}),
    "ode_rk45": ({"tolerance": 1e-7},),
}


def samplers() -> Iterator[Row]:
    """Every sampler and every setting of it, as the engine runs them: each step against its paper written anew"""
    for name in WRITTEN:
        if name not in SAMPLERS:
            continue
        if SAMPLERS[name].needs == "learned_variance":
            yield _learned(name)
            continue
        usual = _settings(name, USUAL.get(name, {}))
        first = _run(name, usual)
        yield at_most(f"{name}, {STEPS} steps: off by", _away(name, first, usual), _allowed(usual))
        for knobs in OTHERWISE.get(name, ()):
            yield from _set_otherwise(name, knobs, first)
        tried = {knob for knobs in OTHERWISE.get(name, ()) for knob in knobs}
        if knobs_there := SAMPLERS[name].knobs:
            missed = [knob.name for knob in knobs_there if knob.name not in tried]
            yield equal(f"{name}: settings that were not tried", len(missed), 0, tolerance=0)
    yield from _cold()
    yield reported("samplers that are not written a second time", len({*SAMPLERS} - {*WRITTEN, *COLD}))


def _set_otherwise(name: str, knobs: Knobs, first: Driven) -> Iterator[Row]:
    """The sampler with these settings, and how much they change of its first run."""
    title = f"{name}, {', '.join(f'{knob} {value:g}' for knob, value in knobs.items())}"
    settings = _settings(name, knobs)
    run = _run(name, settings)
    yield at_most(f"{title}: off by", _away(name, run, settings), _allowed(settings))
    if "tolerance" in knobs:
        yield at_least(f"{title}: evaluations more", len(run.asked) - len(first.asked), 1)
    else:
        yield at_least(f"{title}: effect on the picture", furthest(list(first.ys()), list(run.ys())), SEEN)


def _settings(name: str, knobs: Knobs) -> Knobs:
    """All the sampler's settings, the others as they come."""
    return {knob.name: knob.default for knob in SAMPLERS[name].knobs} | knobs


def _run(name: str, knobs: Knobs) -> Driven:
    library = ExactLibrary(LINEAR, variance=LAWS["line"].variance)
    return driven(request(sampler=name, knobs=knobs, prompt=_prompt(name), steps=STEPS), library)


def _prompt(name: str) -> str:
    """Two modes; one where the sampler's writing is for that alone."""
    return "line" if name.startswith("analytic") or name == "ode_rk45" else ""


def _away(name: str, run: Driven, knobs: Knobs) -> float:
    """The engine's largest distance from the second writing after any step."""
    draw = draws(request(), run.start.shape)
    ys = WRITTEN[name](LAWS[_prompt(name)].answer, run.start / run.path[0].alpha, run.ratios, draw, **knobs)
    return furthest(list(run.ys()), list(ys))


def _allowed(knobs: Knobs) -> float:
    """Rounding, or ten times the tolerance of what goes by one."""
    return max(ROUNDING, 10 * knobs.get("tolerance", 0.0))


def _learned(name: str) -> Row:
    """The sampler itself: no model here predicts its variance."""
    law, path = LAWS[""], LINEAR.path("karras", STEPS)
    shape = (2, 4, 4, 4)
    draw = draws(request(), shape)
    start = path[0].sigma * draw(0)

    def denoise(x: np.ndarray, at: Point) -> np.ndarray:
        return law.answer(x / at.alpha, at.ratio)

    fn = partial(SAMPLERS[name].fn, learned_variance=lambda x, at: LEARNED + 0 * x)
    steps = fn(denoise, start, path, lambda step, like, number=0: draw(step, number))
    found = [step.x / step.at.alpha for step in steps]
    ys = WRITTEN[name](law.answer, start / path[0].alpha, [at.ratio for at in path], draw)
    return at_most(f"{name}, v {LEARNED:g}, {STEPS} steps: off by", furthest(found, list(ys)), ROUNDING)


def _cold() -> Iterator[Row]:
    """Bansal et al. 2022, algorithms 1 and 2, on pictures that fade by the severities of the path."""
    for name in COLD:
        if name not in SAMPLERS:
            continue
        run = driven(request(sampler=name, spacing="linspace", prompt="line", steps=STEPS), ExactLibrary(fade()))
        x, found = run.start, []
        for (at, to), step in zip(pairwise(run.path), run.steps, strict=True):
            x0 = step.denoised.numpy()
            x = (1 - to.sigma) * x0 if name == "cold_1" else x - (1 - at.sigma) * x0 + (1 - to.sigma) * x0
            found.append(x)
        yield at_most(f"{name}, fading: off by", furthest([step.x.numpy() for step in run.steps], found), ROUNDING)
