"""The register of samplers, and the menu they stand in."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import Knob, knobs_of
from gdm_studio.maths.path import Step

SamplerFn = Callable[..., Iterator[Step]]
# (denoise, x, path, noise, *, start=0, carry=(), knobs…): `start` steps are done already, x stands at path[start]

# The menu: its groups, and who stands where in them.
GROUPS: dict[str, tuple[str, ...]] = {
    # the best picture for 10 to 30 evaluations
    "Fast and good": ("dpmpp_2m", "dpmpp_2m_sde", "unipc", "deis"),
    # what the papers and other tools began with
    "Classic": ("euler", "heun", "ddim", "ddpm", "ddpm_large", "dpm2", "dpmpp_2s", "lms", "plms", "pndm"),
    # fresh noise on the way
    "Stochastic": ("euler_a", "dpmpp_sde", "dpmpp_2s_a", "dpmpp_3m_sde", "dpm2_a", "edm", "restart"),
    # exact with many steps, or to a tolerance
    "High order": ("dpmpp_3m", "unipc_3", "ode_rk45"),
    # made for certain models, or to be studied
    "Special": (
        *("lcm", "flow_euler", "flow_heun", "analytic_ddpm", "analytic_ddim", "ddpm_learned"),
        *("pc", "pc_ancestral", "ncsn", "ncsnv2", "cold_2", "cold_1"),
    ),
}

# What a sampler may need beside the denoiser: the keyword argument it takes, and who must have it.
NEEDS = {
    "reverse_variance": "a model with measured score norms",  # maths.analytic.analytic_variance(…)
    "learned_variance": "a model that predicts its variance",  # (x, at) -> v of Nichol and Dhariwal, eq. 15
    "degrade": "a model of Cold Diffusion",  # (x0, at, eps) -> x of the process
}
# Straight steps to what is predicted, without noise: all that a model offering "own_steps" can be run by.
PLAIN = ("euler", "flow_euler")


@dataclass(frozen=True)
class SamplerSpec:
    """A menu entry: a generator with its presets, and what people and programs need to know about it."""

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
    knobs: tuple[Knob, ...] = ()


_registered: dict[str, SamplerSpec] = {}


def sampler(
    name: str,
    *,
    title: str,
    summary: str,
    paper: str,
    order: int = 1,  # of convergence on the probability-flow ODE
    calls_per_step: int = 1,  # evaluations of the denoiser
    stochastic: bool = False,
    affine: bool = True,  # an affine denoiser makes x an affine function of the start and the draws
    steps: tuple[int, int] = (10, 50),  # from few to many, where it does what it is for
    default_steps: int = 20,
    default_spacing: str = "karras",
    temperature: str = "",  # a sentence where temperature acts or costs otherwise than with the others
    own_law: bool = False,  # with many steps its law is not quite the model's: `temperature` says what becomes of it
    needs: str = "",  # one of NEEDS
    preset: dict[str, float] | None = None,  # knobs fixed for this entry; stacking decorators gives several entries
) -> Callable[[SamplerFn], SamplerFn]:
    """Registers a generator under a name that is new and stands in GROUPS."""
    group = next((group for group, names in GROUPS.items() if name in names), "")
    if not group or needs not in ("", *NEEDS):
        raise ValueError(f"{name!r} stands in none of GROUPS, or has an unknown need {needs!r}")

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
            knobs=knobs_of(fn, preset=fixed),
        )
        return fn

    return register


def in_menu_order() -> dict[str, SamplerSpec]:
    """Every sampler of GROUPS by its name; raises KeyError for one whose file has not been imported."""
    return {name: _registered[name] for names in GROUPS.values() for name in names}


def check_suits(spec: SamplerSpec, offers: Container[str]) -> None:
    """Raises BadRequest unless a model offering these of NEEDS can be run by that sampler.

    A model that undoes a degradation offers "degrade" and can be run by the samplers made for that alone; one whose
    predictions are the steps of a chain of its own offers "own_steps" and can be run by PLAIN alone.
    """
    if spec.needs and spec.needs not in offers:
        raise BadRequest(f"{spec.title} needs {NEEDS[spec.needs]}; choose another scheduler.")
    if "degrade" in offers and spec.needs != "degrade":
        raise BadRequest(f"This model undoes a degradation, which {spec.title} cannot do; choose a Cold scheduler.")
    if "own_steps" in offers and spec.name not in PLAIN:
        raise BadRequest(f"The steps of this model are its own, which {spec.title} would change; choose Euler.")
