"""Family tree of an image: the images that it was branched or edited from, and all their descendants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdm_studio.ui.denoising_steps.setting_changes import list_changes
from gdm_studio.ui.theme.safe_text import make_plain
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture


@dataclass(frozen=True)
class Member:
    """Row of an image's family tree: a related image, its description, and the lines that connect it to its relatives.

    `trunks` has a flag per ancestor, True if the vertical line of its generation continues below this row. `is_last` is
    True for the last child of its parent.
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
        """Depth of the image in the family tree, which is 0 if the image's parent is not in the tree."""
        return len(self.trunks)


def build_family_tree(pictures: Sequence[Picture]) -> list[Member]:
    """Arrange related images as the rows of a family tree, with parents before children and older images first.

    An image becomes a root if its parent is not in `pictures`.
    """
    oldest_first = sorted(pictures, key=lambda picture: picture.created)
    by_digest: dict[str, Picture] = {}
    for picture in sorted(oldest_first, key=lambda picture: (bool(picture.edited_from), picture.stopped_at > 0)):
        # If the same image was generated twice, the children belong to the first copy.
        by_digest.setdefault(picture.digest, picture)
    by_id = {picture.id: picture for picture in oldest_first}
    children: dict[str, list[Picture]] = {}
    for picture in oldest_first:
        # This image may be an earlier step of the finished image `whole`.
        whole = by_digest[picture.digest]
        parent = whole if picture.stopped_at and not whole.stopped_at else by_digest.get(picture.parent)
        parent = by_id.get(picture.edited_from, parent)
        children.setdefault(parent.id if parent else "", []).append(picture)
    return list(_iter_rows_below(children, "", ()))


def without_repeats(pictures: Sequence[Picture], picture_id: str) -> list[Picture]:
    """Return the related images, leaving out those that only repeat another one with all its settings. Of several equal
    images, the one with the id `picture_id` is kept, or else the first. Images that another one was edited from are
    kept, too.
    """

    def key(picture: Picture) -> tuple[str, int, str]:
        return picture.digest, picture.stopped_at, picture.id if picture.edited_from else ""

    kept_ids = {picture_id, *(picture.edited_from for picture in pictures)}
    kept_keys = {key(picture) for picture in pictures if picture.id in kept_ids}
    distinct = []
    for picture in pictures:
        if picture.id in kept_ids or key(picture) not in kept_keys:
            kept_keys.add(key(picture))
            distinct.append(picture)
    return distinct


def _iter_rows_below(children: dict[str, list[Picture]], parent: str, trunks: tuple[bool, ...]) -> Iterator[Member]:
    own_children = children.get(parent, [])
    for picture in own_children:
        is_last = picture is own_children[-1]
        yield Member(picture, *_describe(picture, is_alone=not parent), trunks, is_last)
        # Roots are not connected to each other.
        yield from _iter_rows_below(children, picture.id, (*trunks, not is_last and bool(parent)))


def _describe(picture: Picture, *, is_alone: bool) -> tuple[str, str]:
    """Return an image's title and its differences from its parent, for a row of the family tree.

    With `is_alone`, the parent is not in the gallery, so the description includes the parent's title.
    """
    request, branch = picture.request, picture.request.branch
    title = request.title
    if picture.edited_from:
        return title, translate("Family", "edited in another program")
    if picture.stopped_at and not is_alone:
        return title, translate("Family", "as it was at step {step}").format(step=picture.stopped_at)
    if branch is None:
        steps = translate("Family", "%n step(s)", "", request.steps)
        return title, translate("Family", "{steps} · seed {seed}").format(steps=steps, seed=request.seed)
    # The title already contains the prompt.
    before = replace(branch.parent, prompt=request.prompt)
    changed = list_changes(before, request)
    if is_alone:
        text = translate("Family", "from step {step} of “{title}”, which is not in the gallery")
    else:
        text = translate("Family", "from step {step}")
    return title, " · ".join([text.format(step=branch.step, title=branch.parent.title), *changed])
