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


def shared(run: Run, image: int, earlier: Iterable[Run | None]) -> Shared:
    """The steps that picture `image` of a branch has from another, as far as a run in `earlier` has made that."""
    branch = run.request.picture(image).branch
    if branch is None:
        return NOTHING
    wanted = branch.parent.checked().digest()
    for other in earlier:
        if other is None:
            continue
        for place, views in enumerate(other.views):
            count = branch.step - other.first
            if 0 < count <= len(views) and other.request.picture(place).checked().digest() == wanted:
                return Shared(views, count)
    return NOTHING
