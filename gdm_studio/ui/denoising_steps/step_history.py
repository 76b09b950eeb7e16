"""Saved steps of an image, which can be viewed, resumed or used as a branch point."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gdm_studio.jobs.engine_service import EngineObject
from gdm_studio.request.generation_events import Result, Run
from gdm_studio.studio import step_history_calls

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.learning.step_numbers import StepNumbers
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.worker_thread import EngineStream, WorkerThread

T = TypeVar("T")


class StepHistory:
    """Denoising steps of an image as a finished `run`. The engine has the tensors, and reads them from the steps file
    again if it was restarted.

    Initially, steps stored in the file have a fast approximate preview, and every other step shows the preview of the
    next stored one. Repeated calls of `sharpen()` compute and decode all steps exactly. Steps are counted from 1.
    """

    def __init__(self, worker: WorkerThread, handle: EngineObject, run: Run) -> None:
        self._worker = worker
        self._handle = handle
        self.run = run
        weakref.finalize(self, worker.release, handle)

    @classmethod
    async def load(cls, worker: WorkerThread, source: Path | bytes, *, between_jobs: bool = False) -> StepHistory:
        """Load an image's denoising steps from a steps file, or from the content of one.

        Raises StorageError if they cannot be read, and ModelError if their model is missing.
        """
        handle = EngineObject(step_history_calls.open_history, (source,))
        return cls(worker, handle, await worker.call(step_history_calls.history_run, handle, between_jobs=between_jobs))

    @property
    def held(self) -> int:
        """Memory used by the previews of the denoising steps in the window, in bytes."""
        pictures = {
            id(each): each.nbytes for view in self.run.views[0] for each in (view.predicted, view.noisy, view.noise)
        }
        return sum(pictures.values())

    async def sharpen(self) -> bool:
        """Replace one approximate step preview with an exactly decoded one, when no job is running. Return False if all
        previews are exact. A decoded preview, such as the saved image at the last step, is not replaced.
        """
        view = await self._worker.call(step_history_calls.sharpen, self._handle, between_jobs=True)
        if view is None:
            return False
        if not self.run.views[0][view.index - 1].decoded:
            self.run.views[0][view.index - 1] = view
            self.run.revision += 1
        return True

    async def resume_point(self, index: int, request: Request) -> bytes:
        """Serialise step `index`, so that `request`, usually a branch, can resume from it.

        Raises BadRequest if this machine computes a step that differs from the saved one.
        """
        return await self._call(step_history_calls.resume_point, index, request)

    async def picture(self, index: int) -> Result:
        """Decode the image predicted at step `index`, as a result that can be saved. Raises BadRequest."""
        return await self._call(step_history_calls.picture, index)

    async def decoded(self, index: int) -> np.ndarray:
        """Decode the image predicted at step `index` to uint8 RGBA (height, width, 4)."""
        return await self._call(step_history_calls.decoded, index)

    async def numbers(self, index: int, file: str) -> StepNumbers:
        """Return the noise levels, coefficients and other numbers of step `index`, for the view that explains the step.

        See `step_numbers.image_step`.
        """
        return await self._call(step_history_calls.numbers, index, file)

    async def measured_numbers(self, index: int, file: str) -> StepNumbers:
        """Return the numbers of step `index` with the effect of guidance, when no job is running."""
        function = step_history_calls.measured_numbers
        return await self._worker.call(function, self._handle, index, file, between_jobs=True)

    def frames(self, view_mode: str) -> AbstractContextManager[EngineStream[np.ndarray]]:
        """Return a context manager for a stream of the decoded images of all steps, as RGBA for a film.

        `view_mode` is one of the view modes LOOKS.
        """
        return self._worker.stream(step_history_calls.frames, self._handle, view_mode)

    async def _call(self, function: Callable[..., T], *args: Any) -> T:
        return await self._worker.call(function, self._handle, *args)
