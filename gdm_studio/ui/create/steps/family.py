"""The family of a picture: what it branched from and what branched from it, as the lines of a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.ui.create.steps.changes import changes
from gdm_studio.ui.look.plain import make_plain

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture


@dataclass(frozen=True)
class Member:
    """A line: a picture, its words, and how the tree leads to it.

    `trunks` says of every generation before its own whether a line goes on there to pictures below; `is_last` whether
    it is the last child of its parent.
    """

    picture: Picture
    title: str
    text: str
    trunks: tuple[bool, ...] = ()
    is_last: bool = True

    def __post_init__(self) -> None:
        make_plain(self, "title", "text")

    @property
    def generation(self) -> int:
        """0 where its parent is not in the tree."""
        return len(self.trunks)


def tree(pictures: Sequence[Picture]) -> list[Member]:
    """The pictures from parent to child, the older first; one whose parent is not among them stands by itself."""
    oldest_first = sorted(pictures, key=lambda picture: picture.created)
    by_digest: dict[str, Picture] = {}
    for picture in sorted(oldest_first, key=lambda picture: picture.stopped_at > 0):
        by_digest.setdefault(picture.digest, picture)  # of the same picture made twice, the first has the children
    children: dict[str, list[Picture]] = {}
    for picture in oldest_first:
        whole = by_digest[picture.digest]  # which the picture may be a step of
        parent = whole if picture.stopped_at and not whole.stopped_at else by_digest.get(picture.parent)
        children.setdefault(parent.id if parent else "", []).append(picture)
    return list(_lines(children, "", ()))


def _lines(children: dict[str, list[Picture]], parent: str, trunks: tuple[bool, ...]) -> Iterator[Member]:
    found = children.get(parent, [])
    for picture in found:
        is_last = picture is found[-1]
        yield Member(picture, *_words(picture, is_alone=not parent), trunks, is_last)
        # those who stand by themselves have no line to one another
        yield from _lines(children, picture.id, (*trunks, not is_last and bool(parent)))


def _words(picture: Picture, *, is_alone: bool) -> tuple[str, str]:
    """Whose picture it is; where it left its parent, and what it changed there.

    Of a picture that `is_alone` the parent is no picture of the gallery, and named.
    """
    request, branch = picture.request, picture.request.branch
    title = request.title
    if picture.stopped_at and not is_alone:
        return title, f"as it was at step {picture.stopped_at}"
    if branch is None:
        return title, f"{request.steps} steps · seed {request.seed}"
    changed = [each for each in changes(branch.parent, request) if each != "prompt"]  # which is the title
    left = f"from step {branch.step}"
    left += f" of “{branch.parent.title}”, which is not kept" if is_alone else ""
    return title, " · ".join([left, *changed])
