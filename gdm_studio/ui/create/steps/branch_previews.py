"""Sequence of a branch's step previews, beginning with the steps that the branch shares with its parent image."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import overload

from gdm_studio.request.generation_events import Run, View


@dataclass(frozen=True, eq=False)
class SharedSteps:
    """Step previews that a branch shares with its parent image: the first `count` of the parent's `views`.

    `views` may later be updated with better previews.
    """

    views: Sequence[View]
    count: int


NOTHING = SharedSteps((), 0)


class BranchViews(Sequence[View]):
    """Sequence of all step previews of a branch, numbered consecutively: the steps shared with its parent image,
    followed by the branch's own steps.

    `of` is the total number of the branch's own steps.
    """

    def __init__(self, shared: SharedSteps, own: Sequence[View], *, of: int) -> None:
        self._shared_steps = shared
        self._own_views = own
        self._own_total = of

    def __len__(self) -> int:
        return self._shared_steps.count + len(self._own_views)

    @overload
    def __getitem__(self, index: int) -> View: ...
    @overload
    def __getitem__(self, index: slice) -> list[View]: ...
    def __getitem__(self, index: int | slice) -> View | list[View]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        before = self._shared_steps.count
        view = self._shared_steps.views[place] if place < before else self._own_views[place - before]
        return replace(view, index=place + 1, of=before + self._own_total)


def shared_views(run: Run, earlier: Iterable[Run | None]) -> list[SharedSteps]:
    """Return the steps that each image of a run shares with its parent image, one entry per image.

    Parent images are looked up in the runs `earlier`. `NOTHING` stands for an image whose parent is not among them.
    """
    branch, count = run.request.branch, run.request.count
    if branch is None:
        return [NOTHING] * count
    by_digest: dict[str, SharedSteps] = {}
    for other in filter(None, earlier):
        request, common = other.request.checked(), branch.step - other.first
        for place, views in enumerate(other.views):
            if 0 < common <= len(views):
                by_digest.setdefault(request.picture(place).digest(), SharedSteps(views, common))
    parent = branch.parent.checked()
    shared_steps = (
        [by_digest.get(parent.picture(image).digest(), NOTHING) for image in range(parent.count)]
        if by_digest
        else [NOTHING]
    )
    # Several branches can share a single parent image.
    return shared_steps if len(shared_steps) == count else shared_steps * count
