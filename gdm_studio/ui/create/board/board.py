"""Model of a board: the generation request of each image cell, and the finished images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.request.request import Request

if TYPE_CHECKING:
    from gdm_studio.request.events import Result
    from gdm_studio.ui.create.board.board_collections import BoardCollection


@dataclass(eq=False)
class Board:
    """Model of a board, a page of image cells: one generation request per cell, and the images generated so far.

    Requests are identified by their digests, and cells with the same digest share one result. The request of a cell is
    None if the model cannot generate it; `refused` then maps the cell's index to the reason. `results` may also contain
    reusable results of earlier boards.
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
        """Finished images of this board and of earlier boards, by the digest of the request that generated them."""
        return self.collection.results

    def set_requests(self, requests: Sequence[Request | None]) -> None:
        """Replace the generation requests of all cells. An image that was already generated for one of the new requests
        is reused.
        """
        self.requests = list(requests)
        self.digests = [request.digest() if request is not None else "" for request in requests]

    def set_request(self, index: int, request: Request) -> None:
        """Replace the generation request of one cell. If an image was already generated for this request, it is
        reused.
        """
        self.requests[index] = request
        self.digests[index] = request.digest()

    def result(self, index: int) -> Result | None:
        """Return the finished image of the board cell at `index`, or None while it has not been generated."""
        return self.results.get(self.digests[index])

    def finished(self) -> dict[str, Result]:
        """Return the finished images of this board's cells by request digest, without the images of earlier boards."""
        return {digest: self.results[digest] for digest in self.digests if digest in self.results}

    def finished_count(self) -> int:
        """Return the number of cells of this board whose image has been generated."""
        return sum(digest in self.results for digest in self.digests)

    def missing(self, order: Iterable[int] | None = None) -> dict[str, Request]:
        """Return the generation requests of this board that have no image yet, by digest.

        They are in the order of the cells, or in the order of the cell indices in `order`.
        """
        found: dict[str, Request] = {}
        for index in range(len(self.requests)) if order is None else order:
            request = self.requests[index]
            if request is not None and self.digests[index] not in self.results:
                found.setdefault(self.digests[index], request)
        return found
