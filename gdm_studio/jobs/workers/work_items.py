"""Work items: images of a job that are still to be generated, in this process or by workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gdm_studio.request.events import Event, Progress, Result, StepEvent
from gdm_studio.request.request import Request

if TYPE_CHECKING:
    from gdm_studio.common.errors import StudioError
    from gdm_studio.engine.resume import SaveSteps
    from gdm_studio.jobs.workers.request_files import RequestFiles
    from gdm_studio.models.library import Library


def place_on_devices(request: Request, devices: Sequence[str]) -> Request:
    """Return the request with the first of `devices` as its device, which is stored in the image files. "auto" stays.

    For images that a worker generates, the device of the worker is stored instead.
    """
    return request if request.device == "auto" else replace(request, device=devices[0])


@dataclass(eq=False)
class WorkItem:
    """Images of one request that are to be generated. `left` contains the images that no worker has started."""

    request: Request
    left: list[int]
    # Recorded steps to resume from, as written by `engine.resume`.
    recorded_steps: bytes = b""
    # Callback that records the steps of the images of one worker.
    keep_steps: SaveSteps | None = None
    # Number of image 0 in the job, if the job has several work items.
    first: int = 0
    # The files that a worker on another computer needs.
    files: RequestFiles | None = None
    # The error to report instead of generating the images, or None.
    refusal: StudioError | None = None
    # Callback that is polled often. While it returns True, no worker starts the item and its messages wait.
    is_paused: Callable[[], bool] = field(default_factory=lambda: lambda: False, init=False)
    # True once no image of the item is needed any more.
    is_dropped: bool = field(default=False, init=False)
    # Number of workers that were replaced because they failed on this item.
    replacements: int = field(default=0, init=False)

    @classmethod
    def of(cls, request: Request, *, made: Iterable[int] = (), recorded_steps: bytes = b"") -> WorkItem:
        """Return a work item with all images of a request that are not in `made`.

        Images resume from `recorded_steps`.
        """
        done = set(made)
        return cls(request, [image for image in range(request.count) if image not in done], recorded_steps)

    def take(self, count: int) -> list[int]:
        """Remove the next `count` images from `left` and return them."""
        taken = self.left[:count]
        self.left = self.left[count:]
        return taken


def single_items(requests: Sequence[Request]) -> list[WorkItem]:
    """Return one work item per request, each with a single image. Image i of the job belongs to request i."""
    return [WorkItem(request, [0], first=place) for place, request in enumerate(requests)]


class WorkList:
    """The queue of work items for the workers. `more` returns another item, or None if there is none at the moment."""

    def __init__(self, more: Callable[[], WorkItem | None]) -> None:
        self._more = more
        self._items: deque[WorkItem] = deque()

    def next(self) -> WorkItem | None:
        """Return the first item that has images left and is not paused, or None. The item stays in the queue."""
        self._items = deque(item for item in self._items if item.left)
        while (found := next((item for item in self._items if item.left and not item.is_paused()), None)) is None:
            if (item := self._more()) is None:
                return None
            self._items.append(item)
        return found

    def put_back(self, item: WorkItem, images: Iterable[int], recorded_steps: bytes = b"") -> None:
        """Put images of a lost worker back at the front of the queue. They resume from `recorded_steps`, if any."""
        item.recorded_steps = recorded_steps or item.recorded_steps
        item.left = sorted({*images, *item.left})
        if item in self._items:
            self._items.remove(item)
        self._items.appendleft(item)


def generate_here(items: Sequence[WorkItem], library: Library) -> Generator[Event, None, None]:
    """Generate work items one after another in this process, and yield the events of `engine.generate`."""
    from gdm_studio.engine.resume import resume_run

    for item in items:
        done = set(range(item.request.count)) - set(item.left)
        with closing(resume_run(item.request, library, finished=done, progress=item.recorded_steps)) as events:
            for event in events:
                yield renumber(event, item.first)


def renumber(event: Event, first: int) -> Event:
    """Return an event with image numbers of the job. The numbers start at `first`."""
    if not first:
        return event
    if isinstance(event, Result):
        return replace(event, image=first + event.image)
    if isinstance(event, StepEvent | Progress):
        event = replace(event, images=tuple(first + image for image in event.images))
    if isinstance(event, Progress):
        # In a set of requests, a record's image numbers belong to its own request, so the step itself is left out.
        views = tuple(replace(view, image=first + view.image) for view in event.views)
        return replace(event, views=views, full=None)
    return event
