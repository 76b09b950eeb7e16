"""Where the systems lie: columns by years, every system beside what it goes on from, lanes for lines that go far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

EARLY = 2016  # what was before stands in one column
NODE, LANE = 1.0, 0.4  # heights, in rows
SWEEPS = 12  # there and back, by when nothing moves any more


@dataclass(frozen=True)
class Kin:
    """A system, as far as the layout goes."""

    year: int
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """`columns` with their headings; `rows` says how far down, in rows, the middle of each system and lane is.

    A line runs through the places named in its chain, from a system to the one that goes on from it. A lane is named
    (system, column).
    """

    headings: tuple[str, ...]
    column: Mapping[str, int]
    rows: Mapping[object, float]
    chains: Mapping[tuple[str, str], tuple[object, ...]]
    height: float


def laid_out(systems: Mapping[str, Kin]) -> Layout:
    """The same for the same systems. What goes on from a system of its own year has a column more to the right."""
    sub = {name: _depth(name, systems) for name in systems}
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
        for one, other in zip(chain, chain[1:], strict=False):
            near[one].add(other)
            near[other].add(one)
    follows = {lane: chain[place] for chain in chains.values() for place, lane in enumerate(chain[1:-1])}
    rows = _settled(places, near, follows)
    height = max(sum(map(_size, each)) for each in places)
    return Layout(_headings(order, systems, keys), column, rows, chains, height)


def _depth(name: str, systems: Mapping[str, Kin]) -> int:
    kin = systems[name]
    same = [_depth(each, systems) for each in kin.parents if systems[each].year == kin.year and kin.year >= EARLY]
    return 1 + max(same) if same else 0


def _headings(
    order: Sequence[tuple[int, int]], systems: Mapping[str, Kin], keys: Mapping[str, tuple[int, int]]
) -> tuple[str, ...]:
    found = []
    for key in order:
        years = sorted({kin.year for name, kin in systems.items() if keys[name] == key})
        found.append(str(years[0]) if len(years) == 1 else f"{years[0]} – {years[-1]}")
    return tuple(found)


def _settled(
    places: list[list[object]], near: Mapping[object, set[object]], follows: Mapping[object, object]
) -> dict[object, float]:
    """Every place as near to the middle of its neighbours as there is room, without any on another; a lane goes on
    level with what it `follows`."""
    height = max(sum(map(_size, each)) for each in places)
    rows: dict[object, float] = {}
    for each in places:
        _stack(each, {place: height / 2 for place in each}, rows, height)
    where = {place: number for number, each in enumerate(places) for place in each}
    for sweep in range(2 * SWEEPS):
        for each in places if sweep % 2 == 0 else reversed(places):
            wanted = {}
            for place in each:
                # there by what is before, back by what follows, at last by both
                side = [other for other in near[place]
                        if sweep >= 2 * SWEEPS - 4 or (where[other] < where[place]) == (sweep % 2 == 0)]  # fmt: skip
                middle = sum(rows[other] for other in side) / len(side) if side else rows[place]
                wanted[place] = rows[follows[place]] if place in follows else middle
            _stack(each, wanted, rows, height)
    return rows


def _stack(column: list[object], wanted: Mapping[object, float], rows: dict[object, float], height: float) -> None:
    """In the order of what is wanted, pushed apart, and back up where they would go below the foot."""
    column.sort(key=lambda place: (wanted[place], str(place)))
    foot = 0.0
    for place in column:
        rows[place] = max(wanted[place], foot + _size(place) / 2)
        foot = rows[place] + _size(place) / 2
    ceiling = height
    for place in reversed(column):
        rows[place] = min(rows[place], ceiling - _size(place) / 2)
        ceiling = rows[place] - _size(place) / 2


def _size(place: object) -> float:
    return NODE if isinstance(place, str) else LANE
