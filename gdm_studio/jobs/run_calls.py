"""Calls of an engine about the runs of jobs and about its devices."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.jobs.engine_run import EngineRun
from gdm_studio.jobs.job import ReachedStep
from gdm_studio.maths.noise_path import Step
from gdm_studio.request.generation_events import Result, View
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.jobs.engine_service import EngineService
    from gdm_studio.models.model_library import Library


@dataclass(frozen=True)
class RunReference:
    """Reference to the run of a job. An engine that does not know the run restores it from its recorded steps."""

    key: str
    request: Request
    recorded: bytes


def find_run(service: EngineService, wanted: RunReference) -> EngineRun:
    """Return the run of a job. If it is not in memory, it is restored from its recorded steps.

    Without recorded steps, the run has no last step.
    """
    if (run := service.find_run(wanted.key)) is not None:
        return run
    run = EngineRun(service.library)
    if wanted.recorded:
        from gdm_studio.engine.recorded_run import restore

        run.last_step = restore(wanted.recorded, wanted.request, service.library)
    return service.adopt(wanted.key, run)


def forget(service: EngineService, key: str) -> None:
    """Release an object or a run of the engine."""
    service.forget(key)


def device_names(service: EngineService, name: str) -> list[str]:
    """Resolve a request's device setting to the names of devices. Raises DeviceError."""
    from gdm_studio.models.memory import devices

    return devices.device_names(name)


def partial_results(service: EngineService, wanted: RunReference, made: Sequence[int]) -> list[Result]:
    """Decode the images of a run's last step, except the finished ones in `made`. The results contain the number of the
    step.
    """
    results = find_run(service, wanted).partial_results(wanted.request)
    return [result for result in results if result.image not in made]


def reached_step(service: EngineService, wanted: RunReference) -> ReachedStep | None:
    """Return the last step that a run has computed, or None if it has none. The step may be newer than the last one of
    which the caller was notified.
    """
    run = find_run(service, wanted)
    step = run.last_step
    if step is None:
        return None
    return ReachedStep(tuple(run.first + image for image in step.images), step.index, step.of)


def resume_point(service: EngineService, wanted: RunReference, request: Request, count: int) -> bytes:
    """Serialise the first `count` images of a run's last step, so that the images of `request` can resume from it.

    Returns b"" if the run has no step.
    """
    from gdm_studio.engine.initial_state import rows_of

    event = find_run(service, wanted).last_step
    if event is None:
        return b""
    return resume_point_of(service.library, request, rows_of(event.step, range(count)))


def unfinished_history(service: EngineService, wanted: RunReference, image: int) -> bytes:
    """Serialise the steps so far of an image of a run's last batch, or return b"" if it is not in that batch."""
    return find_run(service, wanted).history(image)


def decode_preview(service: EngineService, key: str, image: int, index: int) -> View | None:
    """Decode the preview of step `index` of an image of a run before all others.

    Returns None if its latents are no longer in memory.
    """
    run = service.find_run(key)
    return None if run is None else run.decode_preview(image, index)


def show_noise(service: EngineService, key: str) -> None:
    """Draw the noise of the steps of a run, which is left out until somebody looks at it."""
    if (run := service.find_run(key)) is not None:
        run.show_noise()


def stop_previews(service: EngineService, key: str) -> None:
    """Decode no further previews of a run."""
    if (run := service.find_run(key)) is not None:
        run.stop_previews()


def forget_previews(service: EngineService, key: str, image: int) -> None:
    """Free the memory of the previews of a finished image in a run."""
    if (run := service.find_run(key)) is not None:
        run.forget_previews(image)


def resume_point_of(library: Library, request: Request, step: Step) -> bytes:
    """Serialise a denoising step together with the hash of the model's weights."""
    from gdm_studio.engine.resume import resume_point

    card = None
    # If the model is missing, the run itself reports it.
    with suppress(ModelError):
        card = library.card(request.model)
    return resume_point(request, step, card)
