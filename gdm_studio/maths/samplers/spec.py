"""The register of samplers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from gdm_studio.maths.knobs import Knob, knobs_of
from gdm_studio.maths.path import Step

SamplerFn = Callable[..., Iterator[Step]]
# (denoise, x, path, noise, *, start=0, carry=(), knobs…): `start` steps are done already, x stands at path[start]


@dataclass(frozen=True)
class SamplerSpec:
    """A menu entry: a generator with its presets, and what people and programs need to know about it."""

    name: str
    title: str
    summary: str
    paper: str
    fn: SamplerFn
    order: int = 1
    calls_per_step: int = 1
    stochastic: bool = False
    default_steps: int = 20
    default_spacing: str = "karras"
    knobs: tuple[Knob, ...] = field(default=())


SAMPLERS: dict[str, SamplerSpec] = {}


def sampler(
    name: str,
    *,
    title: str,
    summary: str,
    paper: str,
    order: int = 1,  # of convergence on the probability-flow ODE
    calls_per_step: int = 1,  # evaluations of the denoiser
    stochastic: bool = False,
    default_steps: int = 20,
    default_spacing: str = "karras",
    preset: dict[str, float] | None = None,  # knobs fixed for this entry; stacking decorators gives several entries
) -> Callable[[SamplerFn], SamplerFn]:
    """Registers a generator under a name that must be new."""

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
            order=order,
            calls_per_step=calls_per_step,
            stochastic=stochastic,
            default_steps=default_steps,
            default_spacing=default_spacing,
            knobs=knobs_of(fn, preset=fixed),
        )
        return fn

    return register
