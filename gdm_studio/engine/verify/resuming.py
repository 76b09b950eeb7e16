"""A run gone on with from any of its steps, and pictures made again beside others: the same bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from gdm_studio.engine.resuming import StepsKept, going_on
from gdm_studio.engine.verify.exact_model import ExactLibrary, driven, request
from gdm_studio.engine.verify.row import Row, equal
from gdm_studio.engine.verify.samplers import LINEAR
from gdm_studio.maths.path import Step
from gdm_studio.maths.processes import fade
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request import Request
from gdm_studio.run import Advance

STEPS = 7
LOW = {"each": 2.0, "churn": 2.0}  # Langevin steps a level; so little fresh noise that no step has all it may have


def resuming() -> Iterator[Row]:
    """Going on from every step of every sampler, and from what a run had kept when it ended: the same bits"""
    for name, spec in SAMPLERS.items():
        library = ExactLibrary(fade() if spec.needs == "degrade" else LINEAR, variance=0.25)
        if spec.needs and spec.needs not in library.card("").offers():
            continue
        knobs = {knob.name: LOW.get(knob.name, knob.default) for knob in spec.knobs}
        wanted = request(sampler=name, steps=STEPS, knobs=knobs, prompt="", spacing="linspace")
        whole = driven(wanted, library).steps
        other = 0
        for k in range(1, STEPS):
            rest = driven(wanted, library, resume=whole[k - 1]).steps
            other += _other(whole[k:], rest)
        yield equal(f"{name}: numbers that differ after going on from step 1 … {STEPS - 1}", other, 0, tolerance=0)
        if spec.stochastic or any(step.carry for step in whole):
            away = _kept(wanted, library, whole)
            yield equal(f"{name}: numbers that differ after going on from what was kept", away, 0, tolerance=0)


def _kept(wanted: Request, library: ExactLibrary, whole: Sequence[Step]) -> int:
    """A run of three pictures that ended after four steps, its second picture alone wanted any more."""
    wanted = replace(wanted, count=3, batch=3)
    advances = [event for event in going_on(wanted, library) if isinstance(event, Advance)]
    stood = bytearray()
    keeper = StepsKept(lambda data, anew: stood.extend(data))
    for advance in advances[:4]:
        keeper.add(advance)
    keeper.flush()
    again = [event for event in going_on(wanted, library, made=[1], stood=bytes(stood)) if isinstance(event, Advance)]
    rows = [0, 2]
    left = [replace(each.step, x=each.step.x[rows], denoised=each.step.denoised[rows]) for each in advances]
    return _other(left, [each.step for each in again], carries=False)


def _other(wanted: Sequence[Step], found: Sequence[Step], *, carries: bool = True) -> int:
    """How many numbers of the steps are others, those of a history too."""
    if [step.index for step in wanted] != [step.index for step in found]:
        return sum(step.x.numel() for step in wanted)
    pairs: list[tuple[torch.Tensor, torch.Tensor]] = []
    for one, other in zip(wanted, found, strict=True):
        pairs += [(one.x, other.x), (one.denoised, other.denoised)]
        pairs += zip(one.carry, other.carry, strict=True) if carries else []
    return sum(int((one != other).sum()) for one, other in pairs)
