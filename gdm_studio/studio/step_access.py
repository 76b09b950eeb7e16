"""Denoising steps for scripts. Each step can be displayed, saved or branched from."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.jobs.job import NOTHING
from gdm_studio.request.generation_events import Progress, Result, StepEvent
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.denoising_steps.saved_step import SavedStep
    from gdm_studio.jobs.job import Source
    from gdm_studio.jobs.runner import Runner
    from gdm_studio.jobs.workers.work_items import WorkItem

STEPS_ELSEWHERE = "Its steps stay in worker processes; use one device of this computer to {} before the last step."


@dataclass(frozen=True, eq=False)
class Step:
    """A denoising step of one image of a request. The last step contains the finished image."""

    # Number of the image in the request, from 0.
    picture: int
    # The step of the whole batch.
    moment: Moment
    finished: Result | None = None

    @property
    def index(self) -> int:
        """Number of this denoising step, from 1 to `of`. In a branch, counting continues after the parent's step."""
        return self.moment.event.index

    @property
    def of(self) -> int:
        return self.moment.event.of

    @property
    def sigma(self) -> float:
        """Noise-to-signal ratio of the image after this step, which is 0 after the last step."""
        return self.moment.event.path[self.index].ratio

    @property
    def request(self) -> Request:
        """Request that generates only the image of this step, derived from the request of the whole run."""
        return self.moment.request.picture(self.picture)

    @property
    def image(self) -> np.ndarray:
        """The predicted image, or the finished image at the last step, as a uint8 array (height, width, 3 or 4).

        It is decoded on first access. Four channels are RGBA with straight alpha. With several devices, images before
        the last step are fast previews.
        """
        return self.result.rgba

    @property
    def result(self) -> Result:
        """Result of this step: its image, together with the metadata that the gallery stores."""
        return self.finished or self.moment.results[self.picture]

    @property
    def saved(self) -> SavedStep | None:
        """The step as a `SavedStep`, from which a run can resume or branch, or None for a finished image.

        Raises BadRequest if the images are generated on several devices.
        """
        return None if self.index == self.of else self.moment.saved(self.picture)

    def __str__(self) -> str:
        return f"step {self.index} of {self.of}"


class Moment:
    """One denoising step of a batch, with the states of all its images."""

    def __init__(self, event: StepEvent | Progress, request: Request) -> None:
        self.event = event
        self.request = request

    @cached_property
    def results(self) -> dict[int, Result]:
        """Results of this step for all images of the batch, by the index of the image in the request. They are decoded
        on first access.
        """
        event = self.event
        if isinstance(event, Progress):
            alone = self.request.picture
            found = [Result(view.image, alone(view.image), view.predicted, event.index) for view in event.views]
        else:
            from gdm_studio.engine.decoding import decode_partial_results

            found = decode_partial_results(self.request, event)
        return {result.image: result for result in found}

    def saved(self, picture: int) -> SavedStep:
        """Return this step of one image as a `SavedStep`, from which a run can resume or branch.

        Raises BadRequest if the images are generated on several devices.
        """
        event = self.event.full if isinstance(self.event, Progress) else self.event
        if event is None:
            raise BadRequest(STEPS_ELSEWHERE.format("branch from one"))
        from gdm_studio.denoising_steps.saved_step import split_batch

        return split_batch(event, self.request)[event.images.index(picture)]


class Steps:
    """Denoising steps of a run, over which a script iterates. Each iteration of a `for` loop computes one step and
    yields it.

    `pause()` ends the loop before the next step; a new loop continues from there. `stop()` ends the run, and so does
    deleting the object.
    """

    def __init__(self, request: Request, steps: Generator[Step, None, None]) -> None:
        self._request = request
        self._steps = steps
        # The job itself is never paused, because a step that is not requested is not taken.
        self._is_paused = False

    @property
    def request(self) -> Request:
        """The complete request of the run, which fully determines the pixels of its images."""
        return self._request

    def __iter__(self) -> Iterator[Step]:
        self._is_paused = False
        while not self._is_paused and (step := next(self._steps, None)) is not None:
            yield step

    def pause(self) -> None:
        """End the `for` loop over the steps before its next step. May be called from any thread."""
        self._is_paused = True

    def stop(self) -> None:
        """End the run and discard its unfinished images. Call this from the thread of the loop."""
        self._steps.close()


def run_steps(
    request: Request,
    runner: Runner,
    *,
    source: Source | None = None,
    work_items: Sequence[WorkItem] = (),
    previews: float,
) -> Generator[Step, None, None]:
    """Submit a request to the runner and yield the denoising steps. The last step of an image is yielded after its
    decoding.
    """
    last = dict[int, Moment]()
    job = runner.submit(request, NOTHING, source=source, work_items=work_items)
    with closing(runner.run_job(job, previews=previews)) as events:
        for event in events:
            if isinstance(event, StepEvent | Progress):
                moment = Moment(event, request)
                if event.index == event.of:
                    last |= dict.fromkeys(event.images, moment)
                else:
                    yield from (Step(image, moment) for image in event.images)
            elif isinstance(event, Result):
                yield Step(event.image, last.pop(event.image), event)
