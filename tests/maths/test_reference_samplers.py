"""Every sampler in the engine, and each of its settings, step by step against a reference from its paper."""

from __future__ import annotations

from functools import cache, partial
from itertools import pairwise

import numpy as np
import pytest

from gdm_studio.engine import guided_denoiser
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import fade, vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.verify.exact_model import LAWS, ExactLibrary, RecordedRun, furthest, request, run_engine
from gdm_studio.verify.keyed_noise import draws
from tests.maths import reference_multistep as multistep
from tests.maths import reference_samplers as single
from tests.maths.reference_samplers import Answer, Draw, Ratios, Reference, Ys

LINEAR = vp("linear")
STEPS = 10
# Tolerance for rounding, since noise and starts are in single precision.
ROUNDING = 1e-5
# Smallest change of an image by a parameter that has an effect.
VISIBLE = 1e-3
# The share v of a learned variance.
LEARNED = 0.3
COLD = ("cold_1", "cold_2")
Params = dict[str, float]


def rk45(answer: Answer, y: np.ndarray, ratios: Ratios, draw: Draw, *, tolerance: float) -> Ys:
    """Follow the exact flow, as an adaptive solver does to its tolerance; the last step is the prediction."""
    for r, s in pairwise(ratios):
        y = LAWS["line"].flow(y, r, s) if s else answer(y, r)
        yield y


REFERENCES: dict[str, Reference] = {
    "ddpm": partial(single.ddim, eta=1.0),
    "ddim": single.ddim,
    "euler": partial(single.ddim, eta=0.0),
    "flow_euler": partial(single.ddim, eta=0.0),
    "euler_a": partial(single.ddim, eta=1.0),
    "ddpm_large": single.ddpm_large,
    "ddpm_learned": partial(single.ddpm_learned, v=LEARNED),
    "analytic_ddpm": partial(single.analytic, eta=1.0, variance=LAWS["line"].variance),
    "analytic_ddim": partial(single.analytic, eta=0.0, variance=LAWS["line"].variance),
    "heun": single.heun,
    "flow_heun": single.flow_heun,
    "dpm2": single.dpm2,
    "dpm2_a": single.dpm2,
    "dpmpp_2s": single.dpmpp_2s,
    "dpmpp_2s_a": single.dpmpp_2s,
    "dpmpp_sde": single.dpmpp_sde,
    "dpmpp_2m": multistep.dpmpp_2m,
    "dpmpp_2m_sde": multistep.dpmpp_2m,
    "dpmpp_3m": multistep.dpmpp_3m,
    "dpmpp_3m_sde": multistep.dpmpp_3m,
    "edm": single.edm,
    "restart": single.restart,
    "lms": multistep.lms,
    "deis": multistep.deis,
    "plms": multistep.plms,
    "pndm": multistep.pndm,
    "unipc": partial(multistep.unipc, order=2),
    "unipc_3": partial(multistep.unipc, order=3),
    "ncsn": single.ncsn,
    "ncsnv2": single.ncsnv2,
    "pc": single.pc,
    "pc_ancestral": single.pc_ancestral,
    "lcm": single.lcm,
    "ode_rk45": rk45,
}
# Replacements for default parameters that would be slow or leave a part untested.
DEFAULTS: dict[str, Params] = {"edm": {"churn": 2.0}, "ncsn": {"each": 6.0}, "ode_rk45": {"tolerance": 1e-4}}
# Changed values for each parameter, with others that make its effect visible.
CHANGED: dict[str, tuple[Params, ...]] = {
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
IN_THE_ENGINE = [name for name in REFERENCES if SAMPLERS[name].needs != "learned_variance"]


def with_defaults(name: str, params: Params) -> Params:
    """Return all parameters of the sampler: `params`, and defaults for the others."""
    return {param.name: param.default for param in SAMPLERS[name].params} | params


def prompt_of(name: str) -> str:
    """Return the prompt: two modes, or one if the reference supports only one."""
    return "line" if name.startswith("analytic") or name == "ode_rk45" else ""


def run(name: str, params: Params) -> RecordedRun:
    library = ExactLibrary(LINEAR, variance=LAWS["line"].variance)
    return run_engine(request(sampler=name, knobs=params, prompt=prompt_of(name), steps=STEPS), library)


@cache
def default_run(name: str) -> RecordedRun:
    return run(name, with_defaults(name, DEFAULTS.get(name, {})))


def distance(name: str, found: RecordedRun, params: Params) -> float:
    """Return the engine's largest distance from the reference after any step."""
    draw = draws(request(), found.start.shape)
    answer = LAWS[prompt_of(name)].answer
    ys = REFERENCES[name](answer, found.start / found.path[0].alpha, found.ratios, draw, **params)
    return furthest(list(found.ys()), list(ys))


def allowed(params: Params) -> float:
    """Return the tolerance: rounding, or ten times the sampler's own tolerance."""
    return max(ROUNDING, 10 * params.get("tolerance", 0.0))


def test_every_sampler_has_a_reference() -> None:
    assert {*SAMPLERS} == {*REFERENCES, *COLD}


@pytest.mark.parametrize("name", IN_THE_ENGINE)
def test_every_step_of_a_sampler_equals_its_reference(name: str) -> None:
    params = with_defaults(name, DEFAULTS.get(name, {}))
    assert distance(name, default_run(name), params) <= allowed(params)


@pytest.mark.parametrize(
    ("name", "changed"),
    [(name, params) for name in IN_THE_ENGINE for params in CHANGED.get(name, ())],
    ids=lambda value: value if isinstance(value, str) else " ".join(f"{name} {each:g}" for name, each in value.items()),
)
def test_every_sampler_parameter_equals_its_reference_and_has_an_effect(name: str, changed: Params) -> None:
    params = with_defaults(name, changed)
    found = run(name, params)
    first = default_run(name)
    assert distance(name, found, params) <= allowed(params)
    if "tolerance" in changed:
        assert len(found.evaluations) - len(first.evaluations) >= 1
    else:
        assert furthest(list(first.ys()), list(found.ys())) >= VISIBLE


@pytest.mark.parametrize("name", [name for name in IN_THE_ENGINE if SAMPLERS[name].params])
def test_every_sampler_parameter_is_tested(name: str) -> None:
    tried = {param for params in CHANGED.get(name, ()) for param in params}
    assert [param.name for param in SAMPLERS[name].params if param.name not in tried] == []


def test_a_learned_variance_equals_its_reference() -> None:
    """Run the sampler directly, since no model here predicts a variance."""
    name = "ddpm_learned"
    law = LAWS[""]
    path = LINEAR.path("karras", STEPS)
    shape = (2, 4, 4, 4)
    draw = draws(request(), shape)
    start = path[0].sigma * draw(0)

    def denoise(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        return law.answer(x / at.alpha, at.ratio)

    fn = partial(SAMPLERS[name].fn, learned_variance=lambda x, at: LEARNED + 0 * x)
    steps = fn(denoise, start, path, lambda step, like, number=0: draw(step, number))
    found = [step.x / step.at.alpha for step in steps]
    ys = REFERENCES[name](law.answer, start / path[0].alpha, [at.ratio for at in path], draw)
    assert furthest(found, list(ys)) <= ROUNDING


@pytest.mark.parametrize("name", COLD)
def test_cold_samplers_equal_the_algorithms_of_their_paper(name: str) -> None:
    """Compare with Bansal et al. 2022, algorithms 1 and 2, on images that fade along the path."""
    found = run_engine(request(sampler=name, spacing="linspace", prompt="line", steps=STEPS), ExactLibrary(fade()))
    x = found.start
    wanted = []
    for (at, to), step in zip(pairwise(found.path), found.steps, strict=True):
        x0 = step.denoised.numpy()
        x = (1 - to.sigma) * x0 if name == "cold_1" else x - (1 - at.sigma) * x0 + (1 - to.sigma) * x0
        wanted.append(x)
    assert furthest([step.x.numpy() for step in found.steps], wanted) <= ROUNDING


def test_the_reference_detects_parameters_that_never_reach_the_sampler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Detect lost parameters, which only the images show because no formula is wrong."""
    model_arguments = guided_denoiser.sampler_arguments

    def without_settings(request, card, process):  # type: ignore[no-untyped-def]
        return {"eta": 0.0} | model_arguments(request, card, process) if request.sampler == "ddim" else {}

    monkeypatch.setattr(guided_denoiser, "sampler_arguments", without_settings)
    for eta, is_noticed in ((0.0, False), (0.6, True)):
        params = with_defaults("ddim", {"eta": eta})
        assert (distance("ddim", run("ddim", params), params) > allowed(params)) is is_noticed
