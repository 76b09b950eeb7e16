"""A grid and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.engine.grids import Grid
from gdm_studio.request import Request

if TYPE_CHECKING:
    from gdm_studio.run import Result
    from gdm_studio.ui.create.collected import Collected


@dataclass(eq=False)
class Sheet:
    """A grid and what is made of it, by the digest of its request."""

    grid: Grid
    singles: list[Request | None]  # what each cell's picture is made by; None where the model cannot
    refused: dict[int, str]  # why, by cell
    collected: Collected  # its pictures in the gallery
    results: dict[str, Result] = field(default_factory=dict)  # those of earlier axes with the same settings too
    digests: list[str] = field(init=False)  # of the singles, "" for None

    def __post_init__(self) -> None:
        self.digests = [single.digest() if single is not None else "" for single in self.singles]

    def result(self, place: int) -> Result | None:
        return self.results.get(self.digests[place])

    def made(self) -> dict[str, Result]:
        """Its own pictures that are finished."""
        return {digest: self.results[digest] for digest in self.digests if digest in self.results}

    def there(self) -> int:
        """How many cells have their picture."""
        return sum(digest in self.results for digest in self.digests)

    def missing(self) -> dict[str, Request]:
        """What is still to make, each once."""
        wanted = zip(self.digests, self.singles, strict=True)
        return {digest: single for digest, single in wanted if single is not None and digest not in self.results}
