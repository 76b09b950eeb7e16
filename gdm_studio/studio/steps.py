"""The steps of pictures as a script meets them: an image each, to look at, to keep and to branch off from."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.request import Request
from gdm_studio.run import Advance, Progress, Result

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.engine.steps import SavedStep
    from gdm_studio.studio.crew import Crew
    from gdm_studio.studio.work import Work

ELSEWHERE = "Steps that several devices made stay with them; make the pictures on one device to {} before the last."


@dataclass(frozen=True, eq=False)
class Step:
    """One denoising step of one picture of a request; the last one has the finished picture."""

    picture: int  # which of the request's, from 0
    moment: Moment  # it shares with the pictures made together
    finished: Result | None = None

    @property
    def index(self) -> int:
        """1 … `of`; a branch begins at the step after the one it leaves."""
        return self.moment.event.index

    @property
    def of(self) -> int:
        return self.moment.event.of

    @property
    def sigma(self) -> float:
        """The noise that is left after it, over the signal; 0 at the end."""
        return self.moment.event.path[self.index].ratio

    @property
    def request(self) -> Request:
        """What makes this picture again, alone."""
        return self.moment.request.picture(self.picture)

    @property
    def image(self) -> np.ndarray:
        """What the model predicts of the picture, the picture itself at last: uint8 (height, width, 3 or 4).

        Decoded when it is first asked for; steps that are not looked at take no time. Four channels are RGBA,
        straight alpha. Where several devices make the pictures, those before the last are quick looks.
        """
        return self.result.rgba

    @property
    def result(self) -> Result:
        """The same with what the gallery keeps of it."""
        return self.finished or self.moment.results[self.picture]

    @property
    def saved(self) -> SavedStep | None:
        """What the rest of the picture can be made from; None where it is finished. Raises BadRequest."""
        return None if self.index == self.of else self.moment.saved(self.picture)

    def __str__(self) -> str:
        return f"step {self.index} of {self.of}"


class Moment:
    """A step of pictures that are made together."""

    def __init__(self, event: Advance | Progress, request: Request) -> None:
        self.event, self.request = event, request

    @cached_property
    def results(self) -> dict[int, Result]:
        """What its pictures had become, by their number."""
        event = self.event
        if isinstance(event, Progress):
            alone = self.request.picture
            found = [Result(view.image, alone(view.image), view.predicted, event.index) for view in event.views]
        else:
            from gdm_studio.engine.results import reached

            found = reached(self.request, event)
        return {result.image: result for result in found}

    def saved(self, picture: int) -> SavedStep:
        """The step of one of them, to go on from or to branch off. Raises BadRequest."""
        if isinstance(self.event, Progress):
            raise BadRequest(ELSEWHERE.format("branch from one"))
        from gdm_studio.engine.steps import saved_steps

        return saved_steps(self.event, self.request)[self.event.images.index(picture)]


class Steps:
    """Pictures being made: every round of a `for` over it is a step, made when it is asked for.

    `pause()` ends the `for` before the next step, and another `for` over it goes on from there; `stop()` ends it for
    good. So does letting go of it.
    """

    def __init__(self, work: Work, crew: Crew, *, previews: float | None = None) -> None:
        self._work, self._steps = work, _made(work, crew, previews)
        self._paused = False  # which the work is not: what is not asked for is not made

    @property
    def request(self) -> Request:
        """All that decides the pictures."""
        return self._work.run.request

    def __iter__(self) -> Iterator[Step]:
        self._paused = False
        while not self._paused and (step := next(self._steps, None)) is not None:
            yield step

    def pause(self) -> None:
        """From any thread."""
        self._paused = True

    def stop(self) -> None:
        """Lets go of what is not finished; from the thread of the `for`."""
        self._steps.close()


def _made(work: Work, crew: Crew, previews: float | None) -> Generator[Step, None, None]:
    """The last step of a picture waits until it is decoded."""
    request, last = work.run.request, dict[int, Moment]()
    with closing(crew.carry_out(work, previews=previews)) as events:
        for event in events:
            if isinstance(event, Advance | Progress):
                moment = Moment(event, request)
                if event.index == event.of:
                    last |= dict.fromkeys(event.images, moment)
                else:
                    yield from (Step(image, moment) for image in event.images)
            elif isinstance(event, Result):
                work.let_go(event)
                yield Step(event.image, last.pop(event.image), event)
