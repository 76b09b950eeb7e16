"""Registry of samplers, and their order in the menu."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.lazy_import import LazyFunction
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths import registry_tables
from gdm_studio.maths.numeric_parameters import Param, params_of

if TYPE_CHECKING:
    from gdm_studio.maths.noise_path import Step

# A sampler: (denoise, x, path, noise, *, start=0, history=(), parameters…) -> steps. The first `start` steps are
# already done, and x is at path[start].
SamplerFn = Callable[..., "Iterator[Step]"]

# Name of the group of the samplers that suit most pictures.
FIRST = QT_TRANSLATE_NOOP("Setting", "First choices")
# The menu: groups of sampler names, in order.
GROUPS: dict[str, tuple[str, ...]] = {
    # The menu shows these first, and the others only on demand.
    FIRST: ("dpmpp_2m", "dpmpp_2m_sde", "unipc", "euler", "euler_a", "heun"),
    # These are the defaults of the papers and of other tools.
    QT_TRANSLATE_NOOP("Setting", "Classic"): (
        "deis",
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

# A sentence for each sampler that says when to choose it. Menus, the command line and the documentation show it.
WHEN = {
    "dpmpp_2m": QT_TRANSLATE_NOOP("Setting", "The first choice: the best picture for its time."),
    "dpmpp_2m_sde": QT_TRANSLATE_NOOP("Setting", "For finer detail, with 25 steps or more."),
    "unipc": QT_TRANSLATE_NOOP("Setting", "When few steps must do: good from 8 on."),
    "euler": QT_TRANSLATE_NOOP("Setting", "For the plainest way, to compare others with."),
    "euler_a": QT_TRANSLATE_NOOP("Setting", "For variety: each number of steps draws another picture."),
    "heun": QT_TRANSLATE_NOOP("Setting", "For exactness, where a step may take twice as long."),
    "deis": QT_TRANSLATE_NOOP("Setting", "Instead of DPM++ 2M, with few steps."),
    "ddim": QT_TRANSLATE_NOOP("Setting", "To match pictures of older programs, or to choose the fresh noise."),
    "ddpm": QT_TRANSLATE_NOOP("Setting", "To see the original method, with some hundred steps."),
    "ddpm_large": QT_TRANSLATE_NOOP("Setting", "To see the original's other choice of noise, with many steps."),
    "dpm2": QT_TRANSLATE_NOOP("Setting", "Instead of Heun, to compare."),
    "dpmpp_2s": QT_TRANSLATE_NOOP("Setting", "Where strong guidance makes DPM++ 2M harsh."),
    "lms": QT_TRANSLATE_NOOP("Setting", "To match older pictures, with 30 steps or more."),
    "plms": QT_TRANSLATE_NOOP("Setting", "To match early pictures of Stable Diffusion."),
    "pndm": QT_TRANSLATE_NOOP("Setting", "To match early pictures of diffusers."),
    "dpmpp_sde": QT_TRANSLATE_NOOP("Setting", "For rich detail at few steps, in twice the time."),
    "dpmpp_2s_a": QT_TRANSLATE_NOOP("Setting", "For variety with strong guidance."),
    "dpmpp_3m_sde": QT_TRANSLATE_NOOP("Setting", "For fine detail, with 30 steps or more."),
    "dpm2_a": QT_TRANSLATE_NOOP("Setting", "For variety, where a step may take twice as long."),
    "edm": QT_TRANSLATE_NOOP("Setting", "For the finest quality, with many steps."),
    "restart": QT_TRANSLATE_NOOP("Setting", "For the finest quality, when time does not matter."),
    "dpmpp_3m": QT_TRANSLATE_NOOP("Setting", "Instead of DPM++ 2M, with many steps."),
    "unipc_3": QT_TRANSLATE_NOOP("Setting", "Instead of UniPC, where guidance is weak or off."),
    "ode_rk45": QT_TRANSLATE_NOOP("Setting", "When a picture must be exact, whatever it takes."),
    "lcm": QT_TRANSLATE_NOOP("Setting", "With models distilled for one to eight steps."),
    "flow_euler": QT_TRANSLATE_NOOP("Setting", "With flow models, such as FLUX and SD 3."),
    "flow_heun": QT_TRANSLATE_NOOP("Setting", "With flow models, for exactness in twice the time."),
    "analytic_ddpm": QT_TRANSLATE_NOOP("Setting", "Instead of DDPM, for fewer steps."),
    "analytic_ddim": QT_TRANSLATE_NOOP("Setting", "Instead of DDIM, with a little fresh noise."),
    "ddpm_learned": QT_TRANSLATE_NOOP("Setting", "With models that predict their own variance."),
    "pc": QT_TRANSLATE_NOOP("Setting", "To study random corrections, with some hundred steps."),
    "pc_ancestral": QT_TRANSLATE_NOOP("Setting", "To study random corrections after DDPM's steps."),
    "ncsn": QT_TRANSLATE_NOOP("Setting", "To study annealed Langevin sampling; it is slow."),
    "ncsnv2": QT_TRANSLATE_NOOP("Setting", "To study the improved Langevin sampling; it is slow."),
    "cold_2": QT_TRANSLATE_NOOP("Setting", "With models of Cold Diffusion: the better way of the paper."),
    "cold_1": QT_TRANSLATE_NOOP("Setting", "With models of Cold Diffusion: the naive way, to compare."),
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
    when: str
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

    Stacked decorators register several samplers with the same function. WHEN has their sentences.

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
            when=WHEN.get(name, ""),
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
        when=WHEN[name],
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
