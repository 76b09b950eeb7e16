"""The register of samplers, in the order and the groups of the menu."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from functools import partial

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import Knob, knobs_of
from gdm_studio.maths.path import Step

SamplerFn = Callable[..., Iterator[Step]]
# (denoise, x, path, noise, *, start=0, carry=(), knobs…): `start` steps are done already, x stands at path[start]

GROUPS = (
    "Fast and good",  # the best picture for 10 to 30 evaluations
    "Classic",  # what the papers and other tools began with
    "Stochastic",  # fresh noise on the way
    "High order",  # exact with many steps, or to a tolerance
    "Special",  # made for certain models, or to be studied
)

# What a sampler may need beside the denoiser: the keyword argument it takes, and who must have it.
NEEDS = {
    "reverse_variance": "a model with measured score norms",  # maths.analytic.analytic_variance(…)
    "learned_variance": "a model that predicts its variance",  # (x, at) -> v of Nichol and Dhariwal, eq. 15
    "degrade": "a model of Cold Diffusion",  # (x0, at, eps) -> x of the process
}


@dataclass(frozen=True)
class SamplerSpec:
    """A menu entry: a generator with its presets, and what people and programs need to know about it."""

    name: str
    title: str
    summary: str
    paper: str
    fn: SamplerFn
    group: str = "Classic"
    order: int = 1
    calls_per_step: int = 1
    stochastic: bool = False
    affine: bool = True
    steps: tuple[int, int] = (10, 50)
    default_steps: int = 20
    default_spacing: str = "karras"
    temperature: str = ""
    needs: str = ""
    knobs: tuple[Knob, ...] = field(default=())


SAMPLERS: dict[str, SamplerSpec] = {}


def sampler(
    name: str,
    *,
    title: str,
    summary: str,
    paper: str,
    group: str,  # one of GROUPS
    order: int = 1,  # of convergence on the probability-flow ODE
    calls_per_step: int = 1,  # evaluations of the denoiser
    stochastic: bool = False,
    affine: bool = True,  # an affine denoiser makes x an affine function of the start and the draws
    steps: tuple[int, int] = (10, 50),  # from few to many, where it does what it is for
    default_steps: int = 20,
    default_spacing: str = "karras",
    temperature: str = "",  # a sentence where temperature does not act as on the others
    needs: str = "",  # one of NEEDS
    preset: dict[str, float] | None = None,  # knobs fixed for this entry; stacking decorators gives several entries
) -> Callable[[SamplerFn], SamplerFn]:
    """Registers a generator under a name that must be new."""
    if group not in GROUPS or needs not in ("", *NEEDS):
        raise ValueError(f"{name!r} has an unknown group {group!r} or need {needs!r}")

    def register(fn: SamplerFn) -> SamplerFn:
        if name in SAMPLERS:
            raise ValueError(f"a sampler named {name!r} exists already")
        fixed = preset or {}
        SAMPLERS[name] = SamplerSpec(
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
            needs=needs,
            knobs=knobs_of(fn, preset=fixed),
        )
        return fn

    return register


def grouped() -> dict[str, tuple[SamplerSpec, ...]]:
    """The menu: every group of GROUPS with its samplers."""
    return {group: tuple(spec for spec in SAMPLERS.values() if spec.group == group) for group in GROUPS}


def check_suits(spec: SamplerSpec, offers: Container[str]) -> None:
    """Raises BadRequest unless a model offering these of NEEDS can be run by that sampler.

    A model that undoes a degradation offers "degrade" and can be run by the samplers made for that alone.
    """
    if spec.needs and spec.needs not in offers:
        raise BadRequest(f"{spec.title} needs {NEEDS[spec.needs]}; choose another scheduler.")
    if "degrade" in offers and spec.needs != "degrade":
        raise BadRequest(f"This model undoes a degradation, which {spec.title} cannot do; choose a Cold scheduler.")
