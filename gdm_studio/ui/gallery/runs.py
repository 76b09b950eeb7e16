"""Runs of neighbours in sorted lists, and where two such lists differ."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

SLICE = 4096  # elements compared at once


def differences(before: array[int], after: array[int]) -> tuple[list[range], list[range]]:
    """Runs of places of `before` that have gone, and of `after` that have come."""
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    gone, come = set(old) - set(new), set(new) - set(old)
    takes = [place for place, moment in enumerate(old, head) if moment in gone]
    puts = [place for place, moment in enumerate(new, head) if moment in come]
    return runs_of(takes), runs_of(puts)


def _alike(one: array[int], other: array[int]) -> int:
    """With how many elements both begin alike."""
    count, most = 0, min(len(one), len(other))
    while count < most and one[count : count + SLICE] == other[count : count + SLICE]:
        count = min(count + SLICE, most)
    while count < most and one[count] == other[count]:
        count += 1
    return count


def runs_of(places: Sequence[int]) -> list[range]:
    """Ascending numbers as runs of neighbours."""
    runs: list[range] = []
    for place in places:
        if runs and runs[-1].stop == place:
            runs[-1] = range(runs[-1].start, place + 1)
        else:
            runs.append(range(place, place + 1))
    return runs
