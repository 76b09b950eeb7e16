"""The register of spacings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Spacing = Callable[[Sequence[float], int], list[float]]


@dataclass(frozen=True)
class SpacingSpec:
    """`fn(ratios, steps)` picks `steps` falling noise ratios out of a process's rising table."""

    name: str
    title: str
    summary: str
    paper: str
    fn: Spacing


SPACINGS: dict[str, SpacingSpec] = {}


def spacing(name: str, *, title: str, summary: str, paper: str) -> Callable[[Spacing], Spacing]:
    """Registers a spacing under a name that must be new."""

    def register(fn: Spacing) -> Spacing:
        if name in SPACINGS:
            raise ValueError(f"a spacing named {name!r} exists already")
        SPACINGS[name] = SpacingSpec(name, title, summary, paper, fn)
        return fn

    return register
