"""Saved steps of an image in an engine, where they can be viewed, resumed or used as a branch point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.request.generation_events import Result, Run, State, StepEvent, View

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.denoising_steps.saved_step import SavedStep
    from gdm_studio.jobs.engine_service import EngineService
    from gdm_studio.learning.step_numbers import StepNumbers
    from gdm_studio.models.loaded_model import LoadedModel
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request


class OpenHistory:
    """Denoising steps of a saved image, loaded from its steps file as a finished `run`.

    Initially, steps stored in the file have a fast approximate
    preview, and every other step shows the preview of the next stored one. Repeated calls of `sharpen()` compute and
    decode all steps exactly. Steps are counted from 1.
    """

    def __init__(self, source: Path | bytes, library: Library) -> None:
        """Load an image's denoising steps from a steps file.

        Raises StorageError if they cannot be read, and ModelError if their model is missing.
        """
        from gdm_studio.engine.previews import Previews
        from gdm_studio.engine.step_history import load

        self._library, self._previews = library, Previews(budget=0)
        self._trajectory = load(source).with_exact_weights(library)
        self.run = Run(self._trajectory.request, state=State.DONE)
        self.run.path = self._trajectory.path[self._trajectory.first :]
        self.run.first = self._trajectory.first
        self.run.views[0].extend(self._create_first_views())
        self._unfinished_views = self._sharpened_views()

    def sharpen(self) -> View | None:
        """Decode one approximate step preview exactly, and return it. Return None if all previews are exact."""
        view = next(self._unfinished_views, None)
        if view is not None:
            self.run.views[0][view.index - 1] = view
        return view

    def saved(self, index: int) -> SavedStep:
        """Return the sampler's state at step `index`, from which the run can be resumed or branched.

        Raises BadRequest if this machine computes a step that differs from the saved one.
        """
        return self._trajectory.saved_step(self._trajectory.first + index, self._library)

    def picture(self, index: int) -> Result:
        """Decode the image predicted at step `index`, as a result that can be saved.

        Raises BadRequest like `saved()`.
        """
        return self._decode_result(self._advance(index, exact=True))

    def decoded(self, index: int) -> np.ndarray:
        """Decode the image predicted at step `index` to uint8 RGBA (height, width, 4)."""
        from gdm_studio.engine.previews import with_alpha

        return with_alpha(self._decode_result(self._advance(index)).rgba)

    def numbers(self, index: int, file: str, *, guidance: bool = False) -> StepNumbers:
        """Return the noise levels, coefficients and other numbers of step `index`, for the view that explains the step.

        See `step_numbers.image_step`.
        """
        from gdm_studio.learning.step_numbers import image_step

        place = self._trajectory.first + index
        return image_step(self._trajectory, place, self._library, file=file, guidance=guidance)

    def frames(self, view_mode: str) -> Iterator[np.ndarray]:
        """Yield the decoded image of every step as RGBA (height, width, 4) for a film.

        `view_mode` is one of the view modes LOOKS.
        """
        from gdm_studio.engine.step_animation import frames_of

        return frames_of(self._trajectory, self._library, view_mode)

    def _decode_result(self, advance: StepEvent) -> Result:
        from gdm_studio.engine.decoding import decode_partial_results

        (result,) = decode_partial_results(self.run.request, advance)
        return result

    def _create_first_views(self) -> list[View]:
        views: list[View] = []
        for place in reversed(self._trajectory.indices):
            index = place - self._trajectory.first
            if self._trajectory.is_stored(place):
                views += self._previews.views(self._advance(index))
            else:
                views.append(replace(views[-1], index=index, at=self._trajectory.path[place], decoded=False))
        return views[::-1]

    def _sharpened_views(self) -> Iterator[View]:
        # Decoding the stored steps is much faster than computing the others.
        yield from self._previews.decode_waiting()
        for place in self._trajectory.indices:
            if not self._trajectory.is_stored(place):
                yield from self._previews.views(self._advance(place - self._trajectory.first))
        yield from self._previews.decode_waiting()

    def _advance(self, index: int, *, exact: bool = False) -> StepEvent:
        from gdm_studio.denoising_steps.saved_step import to_device

        trajectory = self._trajectory
        step = trajectory.step(trajectory.first + index, self._library, exact=exact)
        model = loaded(self._library, trajectory.request)
        return StepEvent((0,), to_device(step, model.device), trajectory.path, 0.0, model, first=trajectory.first)


def open_history(service: EngineService, source: Path | bytes) -> OpenHistory:
    """Load an image's denoising steps from a steps file, or from the content of one.

    Raises StorageError if they cannot be read, and ModelError if their model is missing.
    """
    return OpenHistory(source, service.library)


def history_run(service: EngineService, history: OpenHistory) -> Run:
    """Return the steps of a history as a finished run, with a preview of every step."""
    return history.run


def sharpen(service: EngineService, history: OpenHistory) -> View | None:
    """Decode one approximate step preview exactly, and return it. Return None if all previews are exact."""
    return history.sharpen()


def resume_point(service: EngineService, history: OpenHistory, index: int, request: Request) -> bytes:
    """Serialise step `index`, so that `request`, usually a branch, can resume from it.

    Raises BadRequest if this machine computes a step that differs from the saved one.
    """
    from gdm_studio.jobs.run_calls import resume_point_of

    return resume_point_of(service.library, request, history.saved(index).step)


def picture(service: EngineService, history: OpenHistory, index: int) -> Result:
    """Decode the image predicted at step `index`, as a result that can be saved. Raises BadRequest."""
    return history.picture(index)


def decoded(service: EngineService, history: OpenHistory, index: int) -> np.ndarray:
    """Decode the image predicted at step `index` to uint8 RGBA (height, width, 4)."""
    return history.decoded(index)


def numbers(service: EngineService, history: OpenHistory, index: int, file: str) -> StepNumbers:
    """Return the noise levels, coefficients and other numbers of step `index`."""
    return history.numbers(index, file)


def measured_numbers(service: EngineService, history: OpenHistory, index: int, file: str) -> StepNumbers:
    """Return the numbers of step `index` with the effect of guidance, which runs the network."""
    return history.numbers(index, file, guidance=True)


def frames(service: EngineService, history: OpenHistory, view_mode: str) -> Iterator[np.ndarray]:
    """Return an iterator over the decoded images of all steps for a film, in a view mode."""
    return history.frames(view_mode)


def loaded(library: Library, request: Request) -> LoadedModel:
    """Return a request's model, cached or loaded from disk, on the request's device or the nearest available one.

    Raises ModelError.
    """
    from gdm_studio.models.memory import devices
    from gdm_studio.models.model_library import load_for_request

    device, dtype = devices.nearest_device_and_dtype(request, library.card(request.model))
    return load_for_request(library, request, device=device, dtype=dtype)


def is_loaded(service: EngineService, request: Request) -> bool:
    """Return True if a request's model is already in memory."""
    from gdm_studio.models.memory import devices
    from gdm_studio.models.model_library import load_arguments

    library = service.library
    try:
        device, dtype = devices.nearest_device_and_dtype(request, library.card(request.model))
    except ModelError:
        return False
    return library.is_loaded(request.model, device=device, dtype=dtype, **load_arguments(request))
