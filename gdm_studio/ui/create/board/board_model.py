"""Model of a board: the generation request of each image cell, and the finished images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.create.board.board_collections import BoardCollection


@dataclass(eq=False)
class Board:
    """Board of images, such as a grid or a set: cells with a generation request and, once generated, an image.

    Cells whose requests have the same digest share one image. A cell's request is None if the model cannot generate it;
    `refused` then maps the cell's index to the reason. `results` may also contain images of earlier boards, for reuse.
    """

    requests: list[Request | None]
    collection: BoardCollection
    refused: dict[int, str] = field(default_factory=dict)
    # The digest of each cell's request, or "".
    digests: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.set_requests(self.requests)

    @property
    def results(self) -> dict[str, Result]:
        """Finished images of this board and of earlier boards, keyed by the digest of their generation request."""
        return self.collection.results

    def set_requests(self, requests: Sequence[Request | None]) -> None:
        """Replace the generation requests of all cells. Images that were already generated for a new request are
        reused.
        """
        self.requests = list(requests)
        self.digests = [request.digest() if request is not None else "" for request in requests]

    def set_request(self, index: int, request: Request) -> None:
        """Replace the generation request of one board cell, reusing its image if one was already generated."""
        self.requests[index] = request
        self.digests[index] = request.digest()

    def result(self, index: int) -> Result | None:
        """Return the finished image of the board cell at `index`, or None if it has not been generated yet."""
        return self.results.get(self.digests[index])

    def finished(self) -> dict[str, Result]:
        """Return the finished images of this board, keyed by request digest. Images of earlier boards are left out."""
        return {digest: self.results[digest] for digest in self.digests if digest in self.results}

    def finished_count(self) -> int:
        """Return the number of board cells whose image is finished."""
        return sum(digest in self.results for digest in self.digests)

    def missing(self, order: Iterable[int] | None = None) -> dict[str, Request]:
        """Return the board's generation requests that have no image yet, keyed by digest.

        They are in cell order, or in the order of the cell indices in `order`.
        """
        missing_requests: dict[str, Request] = {}
        for index in range(len(self.requests)) if order is None else order:
            request = self.requests[index]
            if request is not None and self.digests[index] not in self.results:
                missing_requests.setdefault(self.digests[index], request)
        return missing_requests
