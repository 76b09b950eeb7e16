"""Generation of a prompt file's images on this computer. (The module `cluster` uses other computers.)"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import NOTHING, Job
from gdm_studio.jobs.runner import Runner
from gdm_studio.jobs.workers.work_items import WorkItem, place_on_devices
from gdm_studio.request.generation_events import Phase, Result
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library


@dataclass(frozen=True, eq=False)
class PromptLine:
    """One line of a prompt file: its line number, its request, and the indices of the images to generate, optionally
    with the digests of their requests.
    """

    number: int
    request: Request
    images: tuple[int, ...]
    digests: Mapping[int, str] = field(default_factory=dict)


# A prompt line, and one of its finished images or the error that ends it.
LineEvent = tuple[PromptLine, Result | StudioError]


@dataclass(frozen=True)
class Callbacks:
    """Callbacks during the generation of a prompt file: `note` shows a message to the user, and `before_wait` can do
    other work before the wait for the next image.
    """

    # Called with a remark to show to the user.
    note: Callable[[str], object]
    # Called before a wait for the next image, when there is time for other work.
    before_wait: Callable[[], object] = lambda: None


def generate_lines(
    lines: Iterator[PromptLine], library: Library, places: Sequence[str], callbacks: Callbacks
) -> Generator[LineEvent, None, None]:
    """Generate the images of a prompt file, line by line or several lines in parallel on several devices, and yield
    their events. A line is taken from `lines` only when a device is free. An error in a line does not stop the others.
    """
    line_of: dict[Job, PromptLine] = {}

    def submit_next(running_job: Job | None) -> None:
        if (line := next(lines, None)) is None:
            return
        request = place_on_devices(line.request, places)
        work = WorkItem(request, list(line.images))
        line_of[runner.submit(request, NOTHING, work_items=[work], places=places, shares=True)] = line

    with Runner(Executor(library)) as runner, closing(runner.run(refill=submit_next)) as events:
        for job, event in events:
            if isinstance(event, StudioError):
                yield line_of.pop(job), event
            elif event is None:
                del line_of[job]
            elif isinstance(event, Result):
                yield line_of[job], event
                callbacks.before_wait()
            elif isinstance(event, Phase) and event.note:
                callbacks.note(event.note)
