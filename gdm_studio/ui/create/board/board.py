"""Model of a board: the request of each cell, and the finished results."""

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
    """Model of a board: one generation request per cell, and the finished results.

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
        """Finished results by request digest, including those of earlier boards."""
        return self.collection.results

    def set_requests(self, requests: Sequence[Request | None]) -> None:
        """Replace the requests of all cells. Results that match a new digest are reused."""
        self.requests = list(requests)
        self.digests = [request.digest() if request is not None else "" for request in requests]

    def set_request(self, index: int, request: Request) -> None:
        """Replace the request of one cell. A result that matches the new digest is reused."""
        self.requests[index] = request
        self.digests[index] = request.digest()

    def result(self, index: int) -> Result | None:
        """Return the result of the cell at `index`, or None if it is not finished."""
        return self.results.get(self.digests[index])

    def finished(self) -> dict[str, Result]:
        """Return the finished results of this board's own cells by request digest."""
        return {digest: self.results[digest] for digest in self.digests if digest in self.results}

    def finished_count(self) -> int:
        """Return the number of cells whose image is finished."""
        return sum(digest in self.results for digest in self.digests)

    def missing(self, order: Iterable[int] | None = None) -> dict[str, Request]:
        """Return the requests without a result, by digest.

        They are in the order of the cells, or of the cell indices in `order`.
        """
        found: dict[str, Request] = {}
        for index in range(len(self.requests)) if order is None else order:
            request = self.requests[index]
            if request is not None and self.digests[index] not in self.results:
                found.setdefault(self.digests[index], request)
        return found
