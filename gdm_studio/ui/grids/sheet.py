"""A grid and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.engine.grids import Grid
from gdm_studio.request import Request

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.run import Result


@dataclass(eq=False)
class Sheet:
    """A grid and what is made of it, by the digest of its request."""

    grid: Grid
    singles: list[Request | None]  # what each cell's picture is made by; None where the model cannot
    refused: dict[int, str]  # why, by cell
    results: dict[str, Result] = field(default_factory=dict)
    written: dict[str, Picture] = field(default_factory=dict)  # of the results, those in the gallery
    collection: str = ""

    def result(self, place: int) -> Result | None:
        single = self.singles[place]
        return self.results.get(single.digest()) if single is not None else None

    def missing(self) -> list[Request]:
        """What is still to make, each once."""
        wanted = {single.digest(): single for single in self.singles if single is not None}
        return [single for digest, single in wanted.items() if digest not in self.results]

    def unsaved(self) -> list[str]:
        wanted = {single.digest() for single in self.singles if single is not None}
        return [digest for digest in self.results if digest in wanted and digest not in self.written]
