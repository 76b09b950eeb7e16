"""Details of a client's images, such as a face, which are generated one after the other once the images are done."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StudioError
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.jobs.detail_redrawing import detail_requests, store_picture

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_library import Library
    from gdm_studio.request.generation_events import Result
    from gdm_studio.request.generation_request import Request
    from gdm_studio.server.adetailer import RequestedDetail


class DetailChain:
    """Runs that redraw the requested details of each image of a request, each on the result of the one before it.

    Details that are not found are left out, and so are all details of a model that cannot find words. The callback
    `report` receives the errors.
    """

    def __init__(self, details: Sequence[RequestedDetail], library: Library, report: Callable[[str], object]) -> None:
        self._details = details
        self._library = library
        self._report = report
        # Number, name of the stored image, and request of the images without details.
        self._images: list[tuple[int, str, Request]] = []
        # The requests of the details, which receives their results, once the images are done.
        self._requests: Generator[Request, Result, None] | None = None
        self._last_result: Result | None = None
        # The images with their details so far, by their numbers.
        self.results: dict[int, Result] = {}
        # Names of the fields of details that were left out.
        self.left_out: list[str] = []

    @property
    def titles(self) -> dict[int, str]:
        """Titles of the images without details, by their numbers, which those with details keep."""
        return {image: request.subject for image, _, request in self._images}

    def take_result(self, result: Result) -> None:
        """Store a finished image for its details, or continue with the result of a detail."""
        if self._requests is not None:
            self._last_result = result
            return
        try:
            name = store_picture(result.rgba)
        except StudioError as error:
            self._report(str(error))
            self.left_out += [each.field for each in self._details]
        else:
            self._images.append((result.image, name, result.request))

    def next_request(self) -> Request | None:
        """Return the request of the next run, or None if there is none. All images must have been taken."""
        if self._requests is None:
            self._requests = self._iterate_requests()
        try:
            return next(self._requests) if self._last_result is None else self._requests.send(self._last_result)
        except StopIteration:
            return None

    def _iterate_requests(self) -> Generator[Request, Result, None]:
        for image, name, request in self._images:
            for each in self._details:
                notes: list[Sentence] = []
                try:
                    if image in self.results:
                        name = store_picture(self.results[image].rgba)
                    chain = detail_requests(
                        name, [each.detail], self._library, request, made_by=request, note=notes.append
                    )
                    wanted = next(chain, None)
                    while wanted is not None:
                        result = yield wanted
                        self.results[image] = result
                        wanted = _send(chain, result.rgba)
                except StudioError as error:
                    self._report(str(error))
                    notes.append(Sentence(str(error)))
                if notes:
                    self.left_out.append(each.field)


def _send(chain: Generator[Request, np.ndarray, None], rgba: np.ndarray) -> Request | None:
    """Send an image to a generator, and return its next request, or None at the end."""
    try:
        return chain.send(rgba)
    except StopIteration:
        return None
