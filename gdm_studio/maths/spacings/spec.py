"""The register of spacings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gdm_studio.errors import BadRequest

# (a process's rising ratios, steps) -> falling ratios; one that needs the model's table gets it as a third
Spacing = Callable[..., list[float]]


@dataclass(frozen=True)
class SpacingSpec:
    """`fn(ratios, steps)` picks `steps` falling noise ratios out of a process's rising table.

    Where `needs_table`, it is `fn(ratios, steps, table)` with the model's own table: steps -> ratios.
    """

    name: str
    title: str
    summary: str
    paper: str
    fn: Spacing
    needs_table: bool = False

    def pick(
        self, ratios: Sequence[float], steps: int, table: Mapping[int, Sequence[float]] | None = None
    ) -> list[float]:
        """`steps` ratios, falling, all above 0; raises BadRequest where the spacing has no such number of steps."""
        if not self.needs_table:
            return self.fn(ratios, steps)
        if not table:
            raise BadRequest(f"This model has no table for the spacing {self.title!r}; choose another spacing.")
        return self.fn(ratios, steps, table)


SPACINGS: dict[str, SpacingSpec] = {}


def spacing(
    name: str, *, title: str, summary: str, paper: str, needs_table: bool = False
) -> Callable[[Spacing], Spacing]:
    """Registers a spacing under a name that must be new."""

    def register(fn: Spacing) -> Spacing:
        if name in SPACINGS:
            raise ValueError(f"a spacing named {name!r} exists already")
        SPACINGS[name] = SpacingSpec(name, title, summary, paper, fn, needs_table)
        return fn

    return register
