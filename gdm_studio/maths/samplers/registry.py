"""Registry of samplers, and their order in the menu."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.lazy_import import LazyFunction
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths import registry_tables
from gdm_studio.maths.noise_path import Step
from gdm_studio.maths.numeric_parameters import Param, params_of

# A sampler: (denoise, x, path, noise, *, start=0, history=(), parameters…) -> steps. The first `start` steps are
# already done, and x is at path[start].
SamplerFn = Callable[..., Iterator[Step]]

# The menu: groups of sampler names, in order.
GROUPS: dict[str, tuple[str, ...]] = {
    # These give the best images for 10 to 30 evaluations.
    QT_TRANSLATE_NOOP("Setting", "Fast and good"): ("dpmpp_2m", "dpmpp_2m_sde", "unipc", "deis"),
    # These are the defaults of the papers and of other tools.
    QT_TRANSLATE_NOOP("Setting", "Classic"): (
        "euler",
        "heun",
        "ddim",
        "ddpm",
        "ddpm_large",
        "dpm2",
        "dpmpp_2s",
        "lms",
        "plms",
        "pndm",
    ),
    # These add fresh noise.
    QT_TRANSLATE_NOOP("Setting", "Stochastic"): (
        "euler_a",
        "dpmpp_sde",
        "dpmpp_2s_a",
        "dpmpp_3m_sde",
        "dpm2_a",
        "edm",
        "restart",
    ),
    # These are exact with many steps, or to a tolerance.
    QT_TRANSLATE_NOOP("Setting", "High order"): ("dpmpp_3m", "unipc_3", "ode_rk45"),
    # These are for particular models, or for study.
    QT_TRANSLATE_NOOP("Setting", "Special"): (
        *("lcm", "flow_euler", "flow_heun", "analytic_ddpm", "analytic_ddim", "ddpm_learned"),
        *("pc", "pc_ancestral", "ncsn", "ncsnv2", "cold_2", "cold_1"),
    ),
}

# The requirements of samplers in addition to the denoiser: the keyword argument, and the models that provide it.
NEEDS = {
    # The result of `maths.optimal_variance.analytic_variance`.
    "reverse_variance": "a model with measured score norms",
    # (x, at) -> v of Nichol and Dhariwal 2021, eq. 15.
    "learned_variance": "a model that predicts its variance",
    # (x0, at, eps) -> x, the `degrade` method of the process.
    "degrade": "a model of Cold Diffusion",
}
# Samplers that step straight to the prediction without noise. A model that offers "own_steps" can use no others.
EULER_SAMPLERS = ("euler", "flow_euler")


@dataclass(frozen=True)
class SamplerSpec:
    """Entry in the registry of samplers: a sampler's function, its title and summary for the user, its properties and
    its parameters.
    """

    name: str
    title: str
    summary: str
    paper: str
    fn: SamplerFn
    group: str
    order: int = 1
    calls_per_step: int = 1
    stochastic: bool = False
    affine: bool = True
    steps: tuple[int, int] = (10, 50)
    default_steps: int = 20
    default_spacing: str = "karras"
    temperature: str = ""
    own_law: bool = False
    needs: str = ""
    params: tuple[Param, ...] = ()


_registered: dict[str, SamplerSpec] = {}


def sampler(
    name: str,
    *,
    title: str,
    summary: str,
    paper: str,
    order: int = 1,
    calls_per_step: int = 1,
    stochastic: bool = False,
    affine: bool = True,
    steps: tuple[int, int] = (10, 50),
    default_steps: int = 20,
    default_spacing: str = "karras",
    temperature: str = "",
    own_law: bool = False,
    needs: str = "",
    preset: dict[str, float] | None = None,
) -> Callable[[SamplerFn], SamplerFn]:
    """Return a decorator that registers a sampler function under a new name from GROUPS.

    Stacked decorators register several samplers with the same function.

    :param order: order of convergence on the probability-flow ODE.
    :param calls_per_step: number of evaluations of the denoiser in a step.
    :param affine: True if x is an affine function of the start and the draws for every affine denoiser.
    :param steps: smallest and largest useful number of steps.
    :param temperature: a sentence, if the temperature has another effect or cost than with other samplers.
    :param own_law: True if even with many steps the distribution differs from the model's, as `temperature` explains.
    :param needs: one of NEEDS.
    :param preset: parameters that are fixed for this name.
    """
    group = next((group for group, names in GROUPS.items() if name in names), "")
    if not group or needs not in ("", *NEEDS):
        raise ValueError(f"{name!r} is not in GROUPS, or has an unknown need {needs!r}")

    def register(fn: SamplerFn) -> SamplerFn:
        if name in _registered:
            raise ValueError(f"a sampler named {name!r} exists already")
        fixed = preset or {}
        _registered[name] = SamplerSpec(
            name=name,
            title=title,
            summary=summary,
            paper=paper,
            fn=partial(fn, **fixed) if fixed else fn,
            group=group,
            order=order,
            calls_per_step=calls_per_step,
            stochastic=stochastic,
            affine=affine,
            steps=steps,
            default_steps=default_steps,
            default_spacing=default_spacing,
            temperature=temperature,
            own_law=own_law,
            needs=needs,
            params=params_of(fn, preset=fixed),
        )
        return fn

    return register


def listed_samplers() -> dict[str, SamplerSpec]:
    """Return all samplers by name, in the order of the menu (GROUPS), as `registry_tables` lists them. The file of a
    sampler is imported when its function is first called.
    """
    return {entry["name"]: _spec_of(**entry) for entry in registry_tables.SAMPLERS}


def _spec_of(
    *, name: str, module: str, function: str, preset: dict[str, float], params: tuple[dict[str, Any], ...], **facts: Any
) -> SamplerSpec:
    fn: SamplerFn = LazyFunction(module, function)
    group = next(group for group, names in GROUPS.items() if name in names)
    return SamplerSpec(
        name=name,
        fn=partial(fn, **preset) if preset else fn,
        group=group,
        params=tuple(Param(**param) for param in params),
        **facts,
    )


def registered_samplers() -> dict[str, SamplerSpec]:
    """Return the samplers of all imported files by name."""
    return dict(_registered)


def check_suits(spec: SamplerSpec, offers: Container[str]) -> None:
    """Raise BadRequest unless the sampler can be used with a model that has the features `offers` (names from NEEDS).

    A model that reverses a degradation provides "degrade", and can only use samplers that need it. A model whose
    predictions are the steps of its own chain provides "own_steps", and can only use EULER_SAMPLERS.
    """
    if spec.needs and spec.needs not in offers:
        raise BadRequest(f"{spec.title} needs {NEEDS[spec.needs]}; choose another scheduler.")
    if "degrade" in offers and spec.needs != "degrade":
        raise BadRequest(f"This model undoes a degradation, which {spec.title} cannot do; choose a Cold scheduler.")
    if "own_steps" in offers and spec.name not in EULER_SAMPLERS:
        raise BadRequest(f"The steps of this model are its own, which {spec.title} would change; choose Euler.")
