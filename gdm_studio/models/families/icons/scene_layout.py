"""Layout of a scene: the drawings of several objects, placed by the relations between them.

Places follow from the visible parts of the drawings (their silhouettes) and from the usual sizes of the objects.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.models.families.icons.recolor import Pixels
from gdm_studio.models.families.icons.scene_background import draw_background
from gdm_studio.models.prompts.object_kinds import (
    BODY,
    CONTAINER,
    EYES,
    FEET,
    HAND,
    HEAD,
    LIVING,
    NECK,
    OPEN,
    SKY,
    WORN,
    ObjectKind,
)
from gdm_studio.models.prompts.relations import GRID, Arrangement, Link, Relation

# Power by which differences of size are reduced, and the largest ratio of two sizes in an image.
SIZE_POWER, LARGEST_RATIO = 0.4, 2.2
# Minimum alpha, of 255, of a pixel that counts as part of a drawing.
VISIBLE = 48
# Fraction of its greatest width from which on a drawing carries others: a table at its top, but not at its candle.
WIDE = 0.6
# Distance of neighbouring objects, as a fraction of the smaller width, and the margins of the image.
GAP, MARGIN, MARGIN_IN_FIELD = 0.06, 0.05, 0.12
# Gap of three or more objects in a row, which overlap slightly to be larger.
ROW_GAP = -0.02
# Least fraction of a drawing that is visible in a scene, and the side (pixels) of the image in which it is measured.
LEAST_VISIBLE, MEASURED_SIDE = 0.5, 96
# Number of steps in which two blocks that hide each other are separated.
MOST_MOVES = 24
# Least ratio of height and width of a rider who sits astride, with the legs behind the mount. Others are on top of it.
UPRIGHT = 1.5
# Height of the head of a drawing that is wider below, as a fraction of the height of the drawing.
BODY_HEAD = 0.45
# Height and width of a child's body below the neck, as fractions of those of an adult with the same head, and the part
# of an adult's height from the top in which the neck is sought.
CHILD_BODY, NECK_RANGE = (0.6, 0.8), (0.12, 0.3)
# An object under another one moves aside in steps of this fraction of the other's width, up to this number of steps,
# until at most the last fraction of it covers the other one.
SIDE_STEP, SIDE_STEPS, MOST_OVERLAP = 0.1, 4, 0.4
# A mount is flat, as a broom is, if its height is at most this fraction of its width.
FLAT = 0.45
# Least ratio of the axes of a drawing that is levelled under others, and the angles (degrees) that are levelled.
ELONGATED, LEVEL, STEEP = 1.8, 8.0, 65.0

Mask = NDArray[np.bool_]
# Function that chooses one of two sides for a purpose, −1 or 1.
ChooseSide = Callable[[str], int]


@dataclass(frozen=True)
class SceneObject:
    """Object of a scene: its drawing (side, side, 4), its kind and whether it is only a face."""

    drawing: Pixels
    kind: ObjectKind = ObjectKind()
    is_face: bool = False


@dataclass
class _Item:
    """Drawing of one object, cropped to its visible part, with its box in the scene. y grows downwards."""

    pixels: Pixels
    kind: ObjectKind
    is_face: bool
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0
    # Greater numbers are in front.
    depth: float = 0.0
    is_placed: bool = False

    @property
    def mask(self) -> Mask:
        """Silhouette of the drawing, or all of it if nothing is visible."""
        visible = self.pixels[..., 3] >= VISIBLE
        return visible if visible.any() else np.ones_like(visible)

    def resize(self, extent: float) -> None:
        """Set the size by the square root of the box's area."""
        height, width = self.pixels.shape[:2]
        scale = extent / math.sqrt(width * height)
        self.width, self.height = width * scale, height * scale

    @property
    def extent(self) -> float:
        return math.sqrt(self.width * self.height)


@dataclass
class _Block:
    """Group of objects that is placed as one."""

    items: Sequence[_Item]

    @property
    def left(self) -> float:
        return min(item.left for item in self.items)

    @property
    def right(self) -> float:
        return max(item.left + item.width for item in self.items)

    @property
    def top(self) -> float:
        return min(item.top for item in self.items)

    @property
    def bottom(self) -> float:
        return max(item.top + item.height for item in self.items)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def depth(self) -> float:
        return max(item.depth for item in self.items)

    @property
    def kind(self) -> ObjectKind:
        return self.items[0].kind

    def move(self, right: float, down: float) -> None:
        for item in self.items:
            item.left += right
            item.top += down

    def scale(self, factor: float) -> None:
        """Scale the block around its upper left corner."""
        left, top = self.left, self.top
        for item in self.items:
            item.left, item.top = left + (item.left - left) * factor, top + (item.top - top) * factor
            item.width *= factor
            item.height *= factor

    def surface(self) -> tuple[float, float]:
        """Return the height of the surface on which others stand, and the middle of it."""
        if len(self.items) > 1:
            return self.top, self.middle
        item = self.items[0]
        row = _surface_row(item.mask)
        columns = np.flatnonzero(item.mask[row])
        height, width = item.mask.shape
        across = (float(columns[0]) + float(columns[-1]) + 1) / 2 / width
        return item.top + item.height * row / height, item.left + item.width * across

    def seat(self) -> tuple[float, float]:
        """Return the height of a mount's back, above the middle of its silhouette, and the middle of it."""
        if len(self.items) > 1:
            return self.top, self.middle
        item = self.items[0]
        height, width = item.mask.shape
        back = item.mask[:, width // 3 : max(width - width // 3, width // 3 + 1)]
        tops = np.argmax(back, axis=0)[back.any(0)]
        row = float(np.median(tops)) if len(tops) else 0.0
        return item.top + item.height * row / height, item.left + item.width / 2

    def edges(self, fraction: float) -> tuple[float, float]:
        """Return the left and right end of the silhouette at a height, as a fraction from its top."""
        if len(self.items) > 1:
            return self.left, self.right
        item = self.items[0]
        height, width = item.mask.shape
        columns = np.flatnonzero(item.mask[min(int(fraction * height), height - 1)])
        if not len(columns):
            return item.left, item.left + item.width
        return item.left + item.width * columns[0] / width, item.left + item.width * (columns[-1] + 1) / width

    def head(self, *, finds_bodies: bool = False) -> tuple[float, float, float, float]:
        """Return the box of the head (left, top, right, bottom), without what stands out of it, such as ears. With
        `finds_bodies`, the head of a drawing that is much wider below, such as a penguin, is its upper part.
        """
        item = self.items[0]
        aspect = item.height / item.width
        share = 1.0 if item.is_face or aspect < 1.2 else 0.55 if aspect < 1.7 else 0.33
        if finds_bodies and share == 1 and not item.is_face and _is_body(item.mask):
            share = BODY_HEAD
        rows = item.mask[: max(round(share * len(item.mask)), 1)]
        widths = rows.sum(1)
        first = int(np.argmax(widths >= 0.5 * widths.max()))
        columns = np.flatnonzero(rows[first:].any(0))
        height, width = item.mask.shape
        return (
            item.left + item.width * float(columns[0]) / width,
            item.top + item.height * first / height,
            item.left + item.width * float(columns[-1] + 1) / width,
            item.top + item.height * share,
        )


def draw_scene(
    objects: Sequence[SceneObject],
    arrangement: Arrangement,
    choose_side: ChooseSide,
    *,
    shows_all: bool = True,
    places_clearly: bool = True,
) -> tuple[Pixels, list[Pixels]]:
    """Draw a scene of objects.

    All images are straight RGBA. With `shows_all`, at least LEAST_VISIBLE of each drawing is visible. It is False for
    requests of earlier versions, and so is `places_clearly`, with which things are held half over their holder, and
    what is under a tree stands beside its trunk. Returns the scene, and the visible part of each object in it, uint8
    (side, side).
    """
    items = place_objects(objects, arrangement, choose_side, shows_all=shows_all, places_clearly=places_clearly)
    return _compose(items, len(objects[0].drawing), arrangement)


def place_objects(
    objects: Sequence[SceneObject],
    arrangement: Arrangement,
    choose_side: ChooseSide,
    *,
    shows_all: bool = True,
    places_clearly: bool = True,
) -> list[_Item]:
    """Return the drawings of a scene's objects with their places, see `draw_scene`."""
    carrying = {
        at for link in arrangement.links if link.relation in (Relation.ON, Relation.RIDING) for at in link.second
    }
    items = [
        _Item(_crop(_level_drawing(each.drawing) if at in carrying else each.drawing), each.kind, each.is_face)
        for at, each in enumerate(objects)
    ]
    largest = max(item.kind.size**SIZE_POWER for item in items)
    for item in items:
        item.resize(max(item.kind.size**SIZE_POWER, largest / LARGEST_RATIO))
    layout = _Layout(items, arrangement, choose_side, shows_all, places_clearly)
    layout.place()
    return items


class _Layout:
    """Placement of the objects of a scene, one relation after another."""

    def __init__(
        self,
        items: Sequence[_Item],
        arrangement: Arrangement,
        choose_side: ChooseSide,
        shows_all: bool,
        places_clearly: bool,
    ) -> None:
        self.items = items
        self.arrangement = arrangement
        self.choose_side = choose_side
        self.shows_all = shows_all
        self.placers = _PLACERS | (_PLACERS_OF_WHOLE if shows_all else {})
        if places_clearly:
            self.placers[Relation.HOLDING] = partial(_place_held, covers_hands=True)
            self.placers[Relation.UNDER] = _place_at_foot

    def place(self) -> None:
        """Place all objects: first those of the first group, then each other group at the objects placed before."""
        for arranged, group in self.arrangement.rows:
            _arrange([_Block([self.items[at]]) for at in group], arranged)
        links = [*self._iter_links()]
        first = links[0].first if links else tuple(range(len(self.items)))
        self._start(first)
        while links:
            link = next((link for link in links if self._touches(link)), links[0])
            links.remove(link)
            self._place_link(link)

    def _iter_links(self) -> Iterator[Link]:
        """Yield the relations without each "with" that a pronoun specifies, as in "a table with a lamp on it". What is
        worn keeps its place: "a dog with a hat on it".
        """
        found = {(link.first, link.second) for link in self.arrangement.links}
        for link in self.arrangement.links:
            is_specified = (link.second, link.first) in found
            first, second = (self.items[group[0]].kind for group in (link.first, link.second))
            is_worn = resolve(link.relation, first, second) is Relation.WEARING
            if link.relation is not Relation.WITH or not is_specified or is_worn:
                yield link

    def _touches(self, link: Link) -> bool:
        return any(self.items[at].is_placed for at in (*link.first, *link.second))

    def _start(self, group: Sequence[int]) -> None:
        self._join(group)
        for at in group:
            self.items[at].is_placed = True

    def _join(self, group: Sequence[int]) -> _Block:
        """Arrange the objects of a group that are not placed yet beside each other, and return them as a block."""
        blocks = [[self.items[at] for at in row] for _, row in self.arrangement.rows if {*row} <= {*group}]
        in_rows = {at for _, row in self.arrangement.rows for at in row}
        blocks += [[self.items[at]] for at in group if at not in in_rows]
        if len(blocks) > 1 and not any(self.items[at].is_placed for at in group):
            _arrange([_Block(block) for block in blocks], "")
        return _Block([self.items[at] for at in group])

    def _place_link(self, link: Link) -> None:
        if not self._touches(link):
            self._start(link.first)
        if link.relation is Relation.BETWEEN and len(link.second) > 1:
            self._place_between(link)
            return
        # Each thing that is held or worn has a place of its own.
        is_own = link.relation in (Relation.WITH, Relation.HOLDING, Relation.WEARING, Relation.BETWEEN)
        is_row = any({*row} == {*link.second} for _, row in self.arrangement.rows)
        groups = [(at,) for at in link.second] if is_own and not is_row else [link.second]
        for group in groups:
            self._place_pair(link.relation, link.first, group)

    def _place_pair(self, relation: Relation, first: Sequence[int], second: Sequence[int]) -> None:
        upper, lower = self._join(first), self._join(second)
        is_second_new = not self.items[second[0]].is_placed
        if not is_second_new and self.items[first[0]].is_placed:
            return
        relation = resolve(relation, upper.kind, lower.kind)
        mover, fixed = (lower, upper) if is_second_new else (upper, lower)
        placed = _Block([item for item in self.items if item.is_placed])
        side = self.choose_side(f"side {min(*first, *second)} {max(*first, *second)}")
        self.placers[relation](_Pair(upper, lower, mover, fixed, placed, side))
        for item in mover.items:
            item.is_placed = True
        if self.shows_all:
            self._uncover(mover, fixed, side, is_sideways=relation in _SIDEWAYS)

    def _uncover(self, mover: _Block, fixed: _Block, side: int, *, is_sideways: bool) -> None:
        """Move a block away from another one, and if necessary from all others, until at least LEAST_VISIBLE of each
        object is visible.
        """
        placed = [item for item in self.items if item.is_placed]
        moved = {id(item) for item in mover.items}
        for block in (fixed, _Block([item for item in placed if id(item) not in moved])):
            if is_sideways:
                sign = math.copysign(1, mover.middle - block.middle or side)
            else:
                sign = math.copysign(1, mover.top + mover.bottom - block.top - block.bottom)
            # After the last of these steps, the blocks do not overlap.
            step = sign * ((mover.width + block.width) if is_sideways else (mover.height + block.height)) / MOST_MOVES
            for _ in range(MOST_MOVES):
                if min(find_visible_shares(placed)) >= LEAST_VISIBLE:
                    return
                mover.move(step if is_sideways else 0.0, 0.0 if is_sideways else step)

    def _place_between(self, link: Link) -> None:
        """Place an object between others. It is in front of them."""
        half = (len(link.second) + 1) // 2
        order = [*link.second[:half], *link.first, *link.second[half:]]
        _arrange([_Block([self.items[at]]) for at in order], "")
        for at in link.first:
            self.items[at].depth += 1
        for at in order:
            self.items[at].is_placed = True


@dataclass
class _Pair:
    """Two blocks in a relation: `first` is the subject of the relation and `second` its object. `mover` is placed and
    `fixed` is not moved. `placed` are all objects placed before.
    """

    first: _Block
    second: _Block
    mover: _Block
    fixed: _Block
    placed: _Block
    side: int

    def fit(self, block: _Block, width: tuple[float, float]) -> None:
        """Limit the width of a block to a range. If it is placed already, the other one is scaled instead."""
        factor = min(max(block.width, width[0]), width[1]) / block.width
        if block is self.mover:
            self.mover.scale(factor)
        else:
            self.mover.scale(1 / factor)

    def put(self, right: float, down: float, depth: float) -> None:
        """Move the first block by a distance, or the second one by the opposite distance. `depth` is that of the first
        block in front of the second one.
        """
        sign = 1 if self.mover is self.first else -1
        self.mover.move(sign * right, sign * down)
        base = self.fixed.depth
        for item in self.mover.items:
            item.depth = base + sign * depth


def resolve(relation: Relation, first: ObjectKind, second: ObjectKind) -> Relation:
    """Return the place that a relation means for objects of two kinds: clothes are worn, small things are held."""
    if relation in (Relation.WITH, Relation.IN, Relation.WEARING) and second.role in WORN and first.role == LIVING:
        return Relation.WEARING
    if relation is Relation.WEARING:
        relation = Relation.WITH
    if relation in (Relation.WITH, Relation.HOLDING):
        is_smaller = second.size < 0.75 * first.size
        if first.role == LIVING and (relation is Relation.HOLDING or second.role != LIVING):
            return Relation.HOLDING if is_smaller or relation is Relation.HOLDING else Relation.BESIDE
        return Relation.BESIDE
    if relation is Relation.UNDER and second.role == SKY:
        return Relation.UNDER
    if relation is Relation.BETWEEN:
        return Relation.BESIDE
    return relation


def _place_on(pair: _Pair) -> None:
    """Stand the first block on the surface of the second one, which is at least nearly as wide."""
    first, second = pair.first, pair.second
    pair.fit(second, (0.9 * first.width, 4 * first.width))
    surface, middle = second.surface()
    down = surface + 0.05 * second.height + 0.03 * first.height - first.bottom
    pair.put(middle - first.middle, down, 1)


def _place_riding(pair: _Pair) -> None:
    """Seat the first block behind the second one, or stand it on a flat one such as a skateboard."""
    first, second = pair.first, pair.second
    if second.height < 0.45 * second.width:
        _place_on(pair)
        return
    pair.fit(second, (1.15 * first.width, 6 * first.width))
    if second.height < 0.8 * first.height:
        pair.fit(second, (second.width * 0.8 * first.height / second.height,) * 2)
    surface, middle = second.surface()
    depth = min(0.45 * first.height, 0.7 * (second.bottom - surface))
    pair.put(middle - first.middle, surface + depth - first.bottom, -1)


def _place_rider(pair: _Pair) -> None:
    """Seat the first block on the back of the second one, which is larger: a person astride, an animal on top."""
    first, second = pair.first, pair.second
    is_flat = second.height < FLAT * second.width
    pair.fit(second, ((1.5 if is_flat else 1.15) * first.width, 6 * first.width))
    if not is_flat and second.height < 0.8 * first.height:
        pair.fit(second, (second.width * 0.8 * first.height / second.height,) * 2)
    seat, middle = second.seat()
    if first.height > UPRIGHT * first.width and not is_flat:
        depth = min(0.4 * first.height, 0.7 * (second.bottom - seat))
        pair.put(middle - first.middle, seat + depth - first.bottom, -1)
    else:
        pair.put(middle - first.middle, seat + 0.1 * first.height - first.bottom, 1)


def _place_in(pair: _Pair) -> None:
    """Put the first block into a container, which hides its lower part, or else before a larger object."""
    first, second = pair.first, pair.second
    is_large = second.kind.size > 3 * first.kind.size and second.kind.role != CONTAINER
    if second.kind.role == OPEN or is_large:
        pair.fit(second, (1.8 * first.width, 5 * first.width))
        is_on_ground = second.kind.role == OPEN and first.kind.size > 0.3
        bottom = second.bottom if is_on_ground else second.top + 0.45 * second.height + 0.5 * first.height
        pair.put(second.middle - first.middle, bottom - first.bottom, 1)
        return
    pair.fit(second, (1.2 * first.width, 3 * first.width))
    surface, middle = second.surface()
    down = surface + min(0.33 * first.height, 0.6 * (second.bottom - surface)) - first.bottom
    pair.put(middle - first.middle, down, -1)


def _place_under(pair: _Pair) -> None:
    """Put the first block below an object of the sky, or at the foot of the second one, which towers above it."""
    first, second = pair.first, pair.second
    if second.kind.role == SKY:
        pair.put(second.middle - first.middle, second.bottom + GAP * first.height - first.top, 1)
        return
    pair.fit(second, (1.3 * first.width, 4 * first.width))
    if second.height < 1.5 * first.height:
        pair.fit(second, (second.width * 1.5 * first.height / second.height,) * 2)
    pair.put(second.middle - first.middle, second.bottom + 0.04 * first.height - first.bottom, 1)


def _place_at_foot(pair: _Pair) -> None:
    """Put the first block below the second one, as near to its middle as leaves most of the first one before nothing:
    in the middle under a table, and at the side of a tree.
    """
    _place_under(pair)
    first, second = pair.first, pair.second
    if second.kind.role == SKY:
        return
    right = pair.side * SIDE_STEP * second.width
    for _ in range(SIDE_STEPS):
        if _overlap(first, second) <= MOST_OVERLAP:
            break
        pair.put(right, 0.0, 1)


def _overlap(first: _Block, second: _Block) -> float:
    """Return the fraction of the silhouettes of a block that is before those of another one."""
    behind = [replace(item, depth=0.0) for item in first.items]
    items = [*behind, *(replace(item, depth=1.0) for item in second.items)]
    shares = find_visible_shares(items)[: len(behind)]
    areas = [item.width * item.height for item in behind]
    return 1 - sum(share * area for share, area in zip(shares, areas, strict=True)) / sum(areas)


def _place_beside(pair: _Pair) -> None:
    """Put the moved block at a side of all others, on their ground."""
    mover, placed = pair.mover, pair.placed
    gap = GAP * min(mover.width, placed.width)
    left = placed.right + gap if pair.side > 0 else placed.left - gap - mover.width
    mover.move(left - mover.left, placed.bottom - mover.bottom)
    for item in mover.items:
        item.depth = pair.fixed.depth


def _place_behind(pair: _Pair) -> None:
    """Put the first block behind the second one, so that it is visible at its side."""
    first, second = pair.first, pair.second
    is_covered = first.width < 0.8 * second.width
    right = pair.side * (0.5 if is_covered else 0.35) * max(second.width, first.width)
    pair.put(second.middle + right - first.middle, second.bottom - 0.1 * second.height - first.bottom, -1)


def _place_before(pair: _Pair) -> None:
    """Put the first block before the second one, a little below and at a side."""
    first, second = pair.first, pair.second
    right = pair.side * 0.25 * second.width
    pair.put(second.middle + right - first.middle, second.bottom + 0.12 * first.height - first.bottom, 1)


def _place_above(pair: _Pair) -> None:
    """Put the first block above the second one."""
    first, second = pair.first, pair.second
    right = pair.side * 0.15 * second.width
    pair.put(second.middle + right - first.middle, second.top - GAP * first.height - first.bottom, 1)


def _place_held(pair: _Pair, *, covers_hands: bool = False) -> None:
    """Put the second block to the hand of the first one: at the edge of its silhouette below the middle. Long things
    are held at their lower end.

    With `covers_hands`, half of the thing is over its holder, and a face holds it below itself. Otherwise most of the
    thing is beside its holder.
    """
    holder, held = pair.first, pair.second
    extent = math.sqrt(holder.width * holder.height)
    least, most, outside = (0.4, 0.6, 0.0) if covers_hands else (0.45, 0.7, 0.3)
    factor = min(max(math.sqrt(held.width * held.height), least * extent), most * extent)
    pair.mover.scale(factor / math.sqrt(held.width * held.height))
    share = 0.95 if covers_hands and holder.items[0].is_face else 0.6
    left, right = holder.edges(share)
    hand = right if pair.side > 0 else left
    is_long = held.height > 1.2 * held.width
    grip = held.bottom - 0.12 * held.height if is_long else (held.top + held.bottom) / 2
    place = held.middle - pair.side * outside * held.width
    pair.put(place - hand, grip - (holder.top + share * holder.height), -1)


def _place_worn(pair: _Pair, *, finds_bodies: bool = False) -> None:
    """Put the second block to the part of the first one at which it is worn. With `finds_bodies`, it is put on bodies
    of any form, and below a face.
    """
    wearer, worn = pair.first, pair.second
    left, top, right, bottom = wearer.head(finds_bodies=finds_bodies)
    width, height, middle = right - left, bottom - top, (left + right) / 2
    role = worn.kind.role
    is_tall = wearer.height >= 1.7 * wearer.width
    body = wearer.edges(0.4 if finds_bodies and is_tall else 0.65)
    widths = {HEAD: 0.85 * width, EYES: 0.8 * width, NECK: 0.7 * width, BODY: 1.15 * (body[1] - body[0])}
    wanted = widths.get(role, 0.5 * width)
    pair.fit(worn, (wanted, wanted))
    if role == HEAD:
        down = top + 0.16 * height - worn.bottom
    elif role == EYES:
        down = top + 0.36 * height - (worn.top + worn.bottom) / 2
    elif role == NECK:
        down = bottom - 0.08 * height - worn.top
    elif role == BODY:
        down = max(bottom, wearer.top + 0.3 * wearer.height) - worn.top
        if finds_bodies and not wearer.items[0].is_face:
            down = wearer.top + (0.22 if is_tall else 0.4) * wearer.height - worn.top
    elif role == HAND:
        middle = wearer.edges(0.6)[0 if pair.side < 0 else 1]
        down = wearer.top + 0.6 * wearer.height - (worn.top + worn.bottom) / 2
    else:
        assert role == FEET
        down = wearer.bottom + 0.02 * wearer.height - worn.bottom
        if finds_bodies and wearer.height < 1.2 * wearer.width:
            down = wearer.bottom - 0.2 * worn.height - worn.top
    pair.put(worn.middle - middle, -down, -1)


_PLACERS: dict[Relation, Callable[[_Pair], None]] = {
    Relation.ON: _place_on,
    Relation.UNDER: _place_under,
    Relation.IN: _place_in,
    Relation.BESIDE: _place_beside,
    Relation.BEHIND: _place_behind,
    Relation.BEFORE: _place_before,
    Relation.ABOVE: _place_above,
    Relation.HOLDING: _place_held,
    Relation.WEARING: _place_worn,
    Relation.RIDING: _place_riding,
}
# Further functions that show all objects of a scene.
_PLACERS_OF_WHOLE: dict[Relation, Callable[[_Pair], None]] = {
    Relation.RIDING: _place_rider,
    Relation.WEARING: partial(_place_worn, finds_bodies=True),
}
# Relations whose objects are moved apart to the side. Those of others are moved up and down.
_SIDEWAYS = frozenset((Relation.BESIDE, Relation.BEHIND, Relation.BEFORE, Relation.HOLDING))


def _arrange(blocks: Sequence[_Block], arranged: str) -> None:
    """Place blocks beside each other on one ground, or in a grid of two columns."""
    columns = 2 if arranged == GRID else len(blocks)
    top = 0.0
    for start in range(0, len(blocks), columns):
        line = blocks[start : start + columns]
        height = max(block.height for block in line)
        right = 0.0
        for block in line:
            block.move(right - block.left, top + height - block.bottom)
            right = block.right + (GAP if len(line) < 3 else ROW_GAP) * block.width
        top += height * (1 + 2 * GAP)


def _compose(items: Sequence[_Item], side: int, arrangement: Arrangement) -> tuple[Pixels, list[Pixels]]:
    """Fit a scene into an image of this side, and draw its objects from back to front."""
    field = draw_background(arrangement.background, side) if arrangement.background else None
    margin = MARGIN if field is None else MARGIN_IN_FIELD
    scene = _Block(items)
    room = (1 - 2 * margin) * side
    scale = room / max(scene.width, scene.height)
    across = (side - scale * scene.width) / 2
    down = (side - scale * scene.height) / 2
    if field is not None and arrangement.background and arrangement.background.ground:
        down = side - margin * side - scale * scene.height
    whole = Image.fromarray(field) if field is not None else Image.new("RGBA", (side, side))
    areas = [np.zeros((side, side), np.float32) for _ in items]
    left, top = scene.left, scene.top
    for at in sorted(range(len(items)), key=lambda at: (items[at].depth, at)):
        item = items[at]
        size = max(round(item.width * scale), 1), max(round(item.height * scale), 1)
        place = round(across + (item.left - left) * scale), round(down + (item.top - top) * scale)
        layer = Image.new("RGBA", (side, side))
        layer.paste(Image.fromarray(item.pixels).resize(size, Image.Resampling.LANCZOS), place)
        whole.alpha_composite(layer)
        opacity = np.array(layer)[..., 3].astype(np.float32) / 255
        for area in areas:
            area *= 1 - opacity
        areas[at] += opacity
    return np.array(whole), [(255 * area).round().astype(np.uint8) for area in areas]


def find_visible_shares(items: Sequence[_Item]) -> list[float]:
    """Return the fraction of each object's silhouette that is not behind others."""
    scene = _Block(items)
    scale = MEASURED_SIDE / max(scene.width, scene.height)
    shares = [1.0] * len(items)
    before = np.zeros((MEASURED_SIDE + 1, MEASURED_SIDE + 1), np.bool_)
    for at in sorted(range(len(items)), key=lambda at: (items[at].depth, at), reverse=True):
        item = items[at]
        size = max(round(item.width * scale), 1), max(round(item.height * scale), 1)
        left, top = round((item.left - scene.left) * scale), round((item.top - scene.top) * scale)
        mask = np.array(Image.fromarray(item.mask).resize(size, Image.Resampling.NEAREST))
        region = before[top : top + size[1], left : left + size[0]]
        mask = mask[: region.shape[0], : region.shape[1]]
        shares[at] = 1 - float((mask & region).sum()) / max(float(mask.sum()), 1.0)
        region |= mask
    return shares


def _crop(pixels: Pixels) -> Pixels:
    """Return the part of a drawing that is visible, or all of it if nothing is."""
    visible = pixels[..., 3] >= VISIBLE
    rows, columns = np.flatnonzero(visible.any(1)), np.flatnonzero(visible.any(0))
    if not len(rows):
        return pixels
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _level_drawing(pixels: Pixels) -> Pixels:
    """Return an elongated drawing turned so that its longer axis is level, as a skateboard that carries others is."""
    rows, columns = np.nonzero(pixels[..., 3] >= VISIBLE)
    if len(rows) < 2:
        return pixels
    variances, axes = np.linalg.eigh(np.cov(np.stack([columns, rows]).astype(np.float64)))
    along = axes[:, 1] if axes[0, 1] >= 0 else -axes[:, 1]
    angle = math.degrees(math.atan2(float(along[1]), float(along[0])))
    ratio = math.sqrt(float(variances[1]) / max(float(variances[0]), 1e-6))
    if ratio < ELONGATED or not LEVEL < abs(angle) < STEEP:
        return pixels
    return np.array(Image.fromarray(pixels).rotate(angle, Image.Resampling.BICUBIC, expand=True))


def shape_as_child(pixels: Pixels) -> Pixels:
    """Return the drawing of a standing adult (height, width, 4) with the proportions of a child: the same head on a
    smaller body, in an image of the same size. The neck is the narrowest row below the top.
    """
    adult = _crop(pixels)
    height, width = adult.shape[:2]
    visible = adult[..., 3] >= VISIBLE
    first, last = (int(share * height) for share in NECK_RANGE)
    if last - first < 2:
        return pixels
    neck = first + int(np.argmin(visible[first:last].sum(1)))
    columns = np.flatnonzero(visible[neck])
    middle = float(columns.mean()) if len(columns) else width / 2
    size = max(round(CHILD_BODY[1] * width), 1), max(round(CHILD_BODY[0] * (height - neck)), 1)
    child = Image.new("RGBA", (pixels.shape[1], pixels.shape[0]))
    body = Image.fromarray(adult[neck:]).resize(size, Image.Resampling.LANCZOS)
    child.paste(body, (round(middle * (1 - CHILD_BODY[1])), neck))
    child.paste(Image.fromarray(adult[:neck]))
    return np.array(child)


def _is_body(mask: Mask) -> bool:
    """Return True if a silhouette is much wider in its lower half than at its top, as a body is below its head."""
    widths = mask.sum(1)
    upper, lower = (widths[int(a * len(mask)) : int(b * len(mask)) + 1].mean() for a, b in ((0.1, 0.3), (0.5, 0.8)))
    return bool(upper < 0.7 * lower)


def _surface_row(mask: Mask) -> int:
    """Return the first row from the top at which a silhouette is wide."""
    spans = np.array([columns[-1] - columns[0] + 1 if len(columns := np.flatnonzero(row)) else 0 for row in mask])
    return int(np.argmax(spans >= WIDE * spans.max()))
