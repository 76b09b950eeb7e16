"""Layout of the family tree: the columns are in the order of years, and each published diffusion system is placed near
its parents.

A line that crosses a column passes through a free lane in that column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# All systems before this year are in one column.
EARLY = 2016
# Heights of a system and of a lane, in rows.
NODE = 1.0
LANE = 0.4
# Number of sweeps to the right and back, after which the layout is stable.
SWEEPS = 12


@dataclass(frozen=True)
class LayoutNode:
    """Year and parents of a published diffusion system, which determine its position in the family tree."""

    year: int
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Computed positions of the published systems in the family tree, and the paths of the lines between them.

    `column` is the column of each system, and `rows` the vertical centre of each system and lane, in rows. `chains`
    lists the systems and lanes that the line from a parent to a child passes through. A lane is identified by (system,
    column).
    """

    headings: tuple[str, ...]
    column: Mapping[str, int]
    rows: Mapping[object, float]
    chains: Mapping[tuple[str, str], tuple[object, ...]]
    height: float


def compute_layout(systems: Mapping[str, LayoutNode]) -> Layout:
    """Compute the positions of published systems in the family tree. Columns follow the years, and rows are near those
    of the parents. The result is deterministic.

    A child from the same year as its parent is placed one column further to the right.
    """
    sub = {name: _depth_of(name, systems) for name in systems}
    keys = {name: (max(kin.year, EARLY - 1), sub[name]) for name, kin in systems.items()}
    order = sorted(set(keys.values()))
    column = {name: order.index(key) for name, key in keys.items()}
    chains: dict[tuple[str, str], tuple[object, ...]] = {}
    for name, kin in systems.items():
        for parent in kin.parents:
            lanes = [(parent, each) for each in range(column[parent] + 1, column[name])]
            chains[parent, name] = (parent, *lanes, name)
    places: list[list[object]] = [[] for _ in order]
    for name in systems:
        places[column[name]].append(name)
    for chain in chains.values():
        for lane in chain[1:-1]:
            if isinstance(lane, tuple) and lane not in places[lane[1]]:
                places[lane[1]].append(lane)
    near: dict[object, set[object]] = {place: set() for each in places for place in each}
    for chain in chains.values():
        for start, end in zip(chain, chain[1:], strict=False):
            near[start].add(end)
            near[end].add(start)
    follows = {lane: chain[place] for chain in chains.values() for place, lane in enumerate(chain[1:-1])}
    rows = _compute_rows(places, near, follows)
    height = max(sum(map(_height_of, each)) for each in places)
    return Layout(_create_headings(order, systems, keys), column, rows, chains, height)


def _depth_of(name: str, systems: Mapping[str, LayoutNode]) -> int:
    kin = systems[name]
    same = [_depth_of(each, systems) for each in kin.parents if systems[each].year == kin.year and kin.year >= EARLY]
    return 1 + max(same) if same else 0


def _create_headings(
    order: Sequence[tuple[int, int]], systems: Mapping[str, LayoutNode], keys: Mapping[str, tuple[int, int]]
) -> tuple[str, ...]:
    headings = []
    for key in order:
        years = sorted({kin.year for name, kin in systems.items() if keys[name] == key})
        headings.append(str(years[0]) if len(years) == 1 else f"{years[0]} – {years[-1]}")
    return tuple(headings)


def _compute_rows(
    places: list[list[object]], near: Mapping[object, set[object]], follows: Mapping[object, object]
) -> dict[object, float]:
    """Return the vertical positions of all published systems, and of the lanes through which lines pass. They do not
    overlap, and are close to those of connected systems.

    `follows` maps a lane to the node whose row it takes.
    """
    height = max(sum(map(_height_of, each)) for each in places)
    rows: dict[object, float] = {}
    for each in places:
        _arrange_column(each, {place: height / 2 for place in each}, rows, height)
    where = {place: number for number, each in enumerate(places) for place in each}
    for sweep in range(2 * SWEEPS):
        for each in places if sweep % 2 == 0 else reversed(places):
            wanted = {}
            for place in each:
                # Sweeps use the left and the right neighbours in turn. The last sweeps use both.
                side = [
                    other
                    for other in near[place]
                    if sweep >= 2 * SWEEPS - 4 or (where[other] < where[place]) == (sweep % 2 == 0)
                ]
                middle = sum(rows[other] for other in side) / len(side) if side else rows[place]
                wanted[place] = rows[follows[place]] if place in follows else middle
            _arrange_column(each, wanted, rows, height)
    return rows


def _arrange_column(
    column: list[object], wanted: Mapping[object, float], rows: dict[object, float], height: float
) -> None:
    """Compute the vertical positions of the systems and lines in one column, and store them in `rows`. They are in the
    order of the desired positions `wanted`, moved apart so that they neither overlap nor exceed the height.
    """
    column.sort(key=lambda place: (wanted[place], str(place)))
    foot = 0.0
    for place in column:
        rows[place] = max(wanted[place], foot + _height_of(place) / 2)
        foot = rows[place] + _height_of(place) / 2
    ceiling = height
    for place in reversed(column):
        rows[place] = min(rows[place], ceiling - _height_of(place) / 2)
        ceiling = rows[place] - _height_of(place) / 2


def _height_of(place: object) -> float:
    return NODE if isinstance(place, str) else LANE
