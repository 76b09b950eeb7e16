"""Checks of resumed runs: a run resumed from any step, or from the saved steps of an interrupted run, must give
bit-identical results.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from gdm_studio.engine.resume import StepWriter, resume_run
from gdm_studio.maths.noise_path import Step
from gdm_studio.maths.processes import fade, vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request
from gdm_studio.verify.check_result import Row, equal
from gdm_studio.verify.exact_model import ExactLibrary, request, run_engine

LINEAR = vp("linear")
STEPS = 7
# Langevin steps per level, and a churn so small that no step reaches its limit of fresh noise.
LOW = {"each": 2.0, "churn": 2.0}


def check_resuming() -> Iterator[Row]:
    """Check that runs resumed from any step, or from saved steps, give bit-identical results."""
    for name, spec in SAMPLERS.items():
        library = ExactLibrary(fade() if spec.needs == "degrade" else LINEAR, variance=0.25)
        if spec.needs and spec.needs not in library.card("").sampler_features():
            continue
        params = {param.name: LOW.get(param.name, param.default) for param in spec.params}
        wanted = request(sampler=name, steps=STEPS, knobs=params, prompt="", spacing="linspace")
        whole = run_engine(wanted, library).steps
        other = 0
        for k in range(1, STEPS):
            rest = run_engine(wanted, library, resume=whole[k - 1]).steps
            other += _count_differences(whole[k:], rest)
        yield equal(f"{name}: numbers that differ after resuming from step 1 … {STEPS - 1}", other, 0, tolerance=0)
        if spec.stochastic or any(step.history for step in whole):
            away = _resume_from_saved(wanted, library, whole)
            yield equal(f"{name}: numbers that differ after resuming from its saved steps", away, 0, tolerance=0)


def _resume_from_saved(wanted: Request, library: ExactLibrary, whole: Sequence[Step]) -> int:
    """Interrupt a run of three images after four steps, resume it from the saved steps with one image already finished,
    and return how many numbers differ from the uninterrupted run.
    """
    wanted = replace(wanted, count=3, batch=3)
    advances = [event for event in resume_run(wanted, library) if isinstance(event, StepEvent)]
    recorded = bytearray()
    keeper = StepWriter(lambda data, from_start: recorded.extend(data))
    for advance in advances[:4]:
        keeper.add(advance)
    keeper.flush()
    again = [
        event
        for event in resume_run(wanted, library, finished=[1], progress=bytes(recorded))
        if isinstance(event, StepEvent)
    ]
    rows = [0, 2]
    left = [replace(each.step, x=each.step.x[rows], denoised=each.step.denoised[rows]) for each in advances]
    return _count_differences(left, [each.step for each in again], with_history=False)


def _count_differences(wanted: Sequence[Step], found: Sequence[Step], *, with_history: bool = True) -> int:
    """Count the numbers that differ between two sequences of steps, including earlier predictions stored for multistep
    samplers. Zero means that the steps are bit-identical.
    """
    if [step.index for step in wanted] != [step.index for step in found]:
        return sum(step.x.numel() for step in wanted)
    pairs: list[tuple[torch.Tensor, torch.Tensor]] = []
    for one, other in zip(wanted, found, strict=True):
        pairs += [(one.x, other.x), (one.denoised, other.denoised)]
        pairs += zip(one.history, other.history, strict=True) if with_history else []
    return sum(int((one != other).sum()) for one, other in pairs)
