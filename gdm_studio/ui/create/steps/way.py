"""The steps of a branch after those of the picture it left, as one row of views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import overload

from gdm_studio.run import Run, View


@dataclass(frozen=True, eq=False)
class Shared:
    """The first `count` of the steps of another picture, whose views may still be made sharp."""

    views: Sequence[View]
    count: int


NOTHING = Shared((), 0)


class Way(Sequence[View]):
    """What is `shared` and then `own`, `of` steps in the end; counted through, as steps of the same way."""

    def __init__(self, shared: Shared, own: Sequence[View], *, of: int) -> None:
        self._shared, self._own, self._of = shared, own, of

    def __len__(self) -> int:
        return self._shared.count + len(self._own)

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
        before = self._shared.count
        view = self._shared.views[place] if place < before else self._own[place - before]
        return replace(view, index=place + 1, of=before + self._of)


def shared(run: Run, earlier: Iterable[Run | None]) -> list[Shared]:
    """By picture of a branch, the steps it has from another, as far as a run in `earlier` has made that."""
    branch, count = run.request.branch, run.request.count
    if branch is None:
        return [NOTHING] * count
    made: dict[str, Shared] = {}
    for other in filter(None, earlier):
        begun, common = other.request.checked(), branch.step - other.first
        for place, views in enumerate(other.views):
            if 0 < common <= len(views):
                made.setdefault(begun.picture(place).digest(), Shared(views, common))
    parent = branch.parent.checked()
    found = [made.get(parent.picture(image).digest(), NOTHING) for image in range(parent.count)] if made else [NOTHING]
    return found if len(found) == count else found * count  # one parent serves any number
