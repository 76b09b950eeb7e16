"""Board of an image set: images in the same style for a list of subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gdm_studio.request.generation_request import SEED_LIMIT, Request
from gdm_studio.request.prompt_expansion import drawn_if_possible
from gdm_studio.ui.create.board.board_model import Board


@dataclass(eq=False, kw_only=True)
class SetBoard(Board):
    """Board of an image set: images in the same style for a list of subjects, `things`.

    `settings` contains the generation settings that all images share, and `family` those with which they are
    generated, by the fast version of the model if it is used.
    """

    settings: Request
    family: Request
    # The subject of each cell, as it is written in the list.
    things: list[str]
    # Number of seeds used so far.
    seeds_used: int
    # Digests of the cells that are kept when the others are generated again.
    locked: set[str] = field(default_factory=set)

    def members(self) -> list[tuple[str, Request]]:
        """Return a pair (subject, request) for each cell of the image set that has a request."""
        return [(thing, request) for thing, request in zip(self.things, self.requests, strict=True) if request]

    def set_members(self, members: Sequence[tuple[str, Request]]) -> None:
        """Replace the cells of the set, given as (subject, request) pairs. Images that already exist for a request are
        reused.
        """
        self.things = [thing for thing, _ in members]
        self.set_requests([request for _, request in members])

    def request_for(self, subject: str) -> Request:
        """Return the request of a new cell, with a seed that the image set has not used yet."""
        return drawn_if_possible(replace(self.family, prompt=subject, seed=self.next_seed()))

    def next_seed(self) -> int:
        """Return a seed that the image set has not used yet."""
        self.seeds_used += 1
        return (self.settings.seed + self.seeds_used - 1) % SEED_LIMIT

    def unlocked(self) -> list[int]:
        """Return the indices of the cells that are not locked."""
        return [index for index, digest in enumerate(self.digests) if digest not in self.locked]

    def name(self) -> str:
        """Return the name of the image set's gallery collection, or its requested name if it does not exist yet."""
        return self.collection.name or self.collection.wanted

    def title(self, indices: Sequence[int]) -> str:
        """Return the title of an image cell, which is its subject, if `indices` contains exactly one cell. Otherwise
        return "".
        """
        request = self.requests[indices[0]] if len(indices) == 1 else None
        return request.prompt if request is not None else ""
