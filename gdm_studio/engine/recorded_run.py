"""Restoration of a run's state from its recorded steps."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from gdm_studio.denoising_steps.file_format import read_intact, to_bytes
from gdm_studio.denoising_steps.step_log import StepLog, full_entry
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.recorder import Recorder
from gdm_studio.maths.noise_path import Step
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request


def restore(recorded: bytes, request: Request, library: Library) -> StepEvent | None:
    """Return the last step of a run together with a Recorder of all its steps, or None if the recorded steps cannot be
    read.

    The model of the step is None, and its tensors are on the CPU.
    """
    log = read_intact(recorded, request)
    if log is None or not log.images or any(entry.step is None for entry in log.entries):
        return None
    steps = [entry.step for entry in log.entries if entry.step is not None]
    if len(steps) < 2:
        return None
    recorder = start_recorder(log, steps[0], request, library.card(request.model))
    for step in steps[1:]:
        recorder.add(step)
    spent = sum(entry.seconds for entry in log.entries[1:])
    seconds = log.entries[-1].seconds
    return StepEvent(log.images, steps[-1], log.path, seconds, None, spent=spent, first=steps[0].index, record=recorder)


def record(event: StepEvent) -> bytes:
    """Serialise a step and all steps before it, so that `restore` can read them."""
    log = event.record.log()
    entries = [full_entry(step.each(Tensor.cpu)) for step in event.record.steps]
    return to_bytes(replace(log, entries=(*log.entries, *entries)))


def start_recorder(log: StepLog, start: Step, request: Request, card: ModelCard) -> Recorder:
    """Create a Recorder for a run of `request` whose initial state is the step `start` of its log."""
    request = request.with_prompt_of(log.images[0])
    # A single row may be shared by all images, but each one needs its own here.
    each = start.each(lambda rows: rows.expand(len(log.images), *rows.shape[1:]))
    state = RunState(each.x, log.path, each.index, each.history, each.memory)
    card = card.for_request(request)
    return Recorder(card, forward_process(card), request, log.images, state, budget=None)
