"""Run of one job inside an engine: its events, previews and recorded steps."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StorageError
from gdm_studio.jobs.workers.work_items import renumber
from gdm_studio.request.generation_events import Event, Result, StepEvent, View

if TYPE_CHECKING:
    from gdm_studio.engine.previews import Previews
    from gdm_studio.engine.resume import StepWriter
    from gdm_studio.jobs.workers.work_items import WorkItem
    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_request import Request


class EngineRun:
    """Run of one job. It owns the tensors: the last step with all recorded steps, and the latents of previews."""

    def __init__(self, library: Library, budget: float | None = None, *, leaves_noise: bool = False) -> None:
        """Create the run of a job. `budget` is the fraction of a step's duration to spend on previews, or None for no
        previews. With `leaves_noise`, their noise is left to `draw_noise`.
        """
        self._library = library
        self._previews: Previews | None = None
        if budget is not None:
            from gdm_studio.engine.previews import Previews

            self._previews = Previews(budget, leaves_noise=leaves_noise)
        self._writer: StepWriter | None = None
        # The number in the job of the current work item's first image.
        self.first = 0
        # The last step. The numbers of its images are those in the request of its work item.
        self.last_step: StepEvent | None = None

    def generate(self, item: WorkItem) -> Generator[Event, None, None]:
        """Generate the images of a work item and yield its events. Steps have previews, if they were requested.

        The recorded steps are passed to the item's `keep_steps`, all of them at the latest when the generator ends.
        """
        self._writer = None
        self.first = item.first
        if item.keep_steps is not None:
            from gdm_studio.engine.resume import StepWriter

            self._writer = StepWriter(item.keep_steps)
        try:
            with closing(self._iter_events(item)) as events:
                for event in events:
                    yield renumber(self._record_step(event), item.first)
        finally:
            # An error while writing must not hide the reason for the end.
            with suppress(StorageError):
                self.flush()

    def flush(self) -> None:
        """Write the recorded steps that are not written yet, because a paused run may never continue.

        Raises the errors of `keep_steps`.
        """
        if self._writer is not None:
            self._writer.flush()

    def partial_results(self, request: Request) -> list[Result]:
        """Decode the images of the last step, as results with the number of that step."""
        from gdm_studio.engine.decoding import decode_partial_results
        from gdm_studio.models.memory.devices import nearest_device_and_dtype, resolve_dtype
        from gdm_studio.models.model_library import load_for_request

        step = self.last_step
        if step is None:
            return []
        model = step.model
        if model is None:
            card = self._library.card(request.model)
            device = step.step.denoised.device
            dtype = resolve_dtype(request.dtype, card, device)
            if str(device) == "cpu" and request.device != "cpu":
                # The steps were read from bytes, which are on the CPU.
                device, dtype = nearest_device_and_dtype(request, card)
            model = load_for_request(self._library, request, device=device, dtype=dtype)
            step = replace(step, step=step.step.each(lambda rows: rows.to(device)))
        return [
            renumber_result(each, self.first) for each in decode_partial_results(request, replace(step, model=model))
        ]

    def history(self, image: int) -> bytes:
        """Serialise the steps so far of an image of the last batch, or return b"" if it is not in that batch."""
        step = self.last_step
        image -= self.first
        if step is None or step.record is None or image not in step.images:
            return b""
        data: bytes = step.record.to_bytes(step.images.index(image), last=step.step)
        return data

    def improve_preview(self) -> View | None:
        """Decode one approximate preview exactly, and return it. Returns None if none is left to decode."""
        previews = self._previews
        return None if previews is None else self._decode(lambda: next(previews.decode_waiting(), None))

    def show_noise(self) -> None:
        """Draw the noise of each further step at once, because somebody looks at it."""
        if self._previews is not None:
            self._previews.leaves_noise = False

    def draw_noise(self, *, only_shown: bool = False) -> Iterator[View]:
        """Yield the views whose noise was left out, with their noise. With `only_shown`, only if somebody looks."""
        if self._previews is not None and not (only_shown and self._previews.leaves_noise):
            drawn = self._previews.draw_noise()
            while (view := self._decode(lambda: next(drawn, None))) is not None:
                yield view

    def decode_preview(self, image: int, index: int) -> View | None:
        """Decode the preview of step `index` of an image before all others, or return None if it cannot be decoded."""
        previews = self._previews
        return None if previews is None else self._decode(lambda: previews.decode_now(image, index))

    def stop_previews(self) -> None:
        """Decode no further previews of this run."""
        if self._previews is not None:
            self._previews.give_up()

    def forget_previews(self, image: int) -> None:
        """Free the memory of the previews of a finished image."""
        if self._previews is not None:
            self._previews.forget(image)

    def settle(self, *, keeps_step: bool) -> None:
        """Free the model and the previews of an ended run. With `keeps_step`, the last step stays in memory, so that
        unfinished images can be decoded.
        """
        self._previews = None
        self._writer = None
        if self.last_step is not None:
            self.last_step = replace(self.last_step, model=None, views=()) if keeps_step else None

    def _iter_events(self, item: WorkItem) -> Generator[Event, None, None]:
        if item.source is not None:
            return item.source(item.request, self._library)
        from gdm_studio.engine.resume import resume_run

        finished = set(range(item.request.count)) - set(item.left)
        return resume_run(item.request, self._library, finished=finished, progress=item.recorded_steps)

    def _record_step(self, event: Event) -> Event:
        """Record a step, and return its event with previews. Other events are returned unchanged."""
        if isinstance(event, Result) and self._writer is not None:
            # The caller may delete the recorded steps with the last image, and must not get further ones.
            self._writer.discard()
        if not isinstance(event, StepEvent):
            return event
        self.last_step = event
        if self._previews is not None:
            numbered = renumber(event, self.first)
            assert isinstance(numbered, StepEvent)
            # The numbers of the previews are those in the job.
            views = [replace(view, image=view.image - self.first) for view in self._previews.views(numbered)]
            event = replace(event, views=tuple(views))
        # The steps of a source, such as an inversion, are not recorded.
        if self._writer is not None and event.record is not None:
            self._writer.add(event)
        return event

    def _decode(self, decode: object) -> View | None:
        assert callable(decode)
        try:
            view: View | None = decode()
        except Exception:  # whatever fails in the decoder, the linear preview stays and the engine continues
            self.stop_previews()
            return None
        return view


def renumber_result(result: Result, first: int) -> Result:
    """Convert the image number of a result from its work item to its job."""
    return replace(result, image=first + result.image)
