"""The register of spacings, and the menu they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gdm_studio.errors import BadRequest

# (a process's rising ratios, steps) -> falling ratios; one that needs the model's table gets it as a third
Spacing = Callable[..., list[float]]

# The menu: its groups, and who stands where in them. Who stands in none is of an earlier version: it is kept for what
# was made with it, and offered no more.
GROUPS: dict[str, tuple[str, ...]] = {
    "By noise": ("karras", "exponential", "polyexponential", "logsnr", "kl_optimal", "beta_sigmas"),
    "By timesteps": (
        *("linspace", "normal", "trailing", "simple", "sgm_uniform", "leading", "leading_1", "quadratic"),
        *("beta", "beta57", "lcm_50"),
    ),
    "Measured": ("optimal",),
}


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
    group: str = ""

    def pick(
        self, ratios: Sequence[float], steps: int, table: Mapping[int, Sequence[float]] | None = None
    ) -> list[float]:
        """`steps` ratios, falling, all above 0; raises BadRequest where the spacing has no such number of steps."""
        if not self.needs_table:
            return self.fn(ratios, steps)
        if not table:
            raise BadRequest(f"This model has no table for the spacing {self.title!r}; choose another spacing.")
        return self.fn(ratios, steps, table)


_registered: dict[str, SpacingSpec] = {}


def spacing(
    name: str, *, title: str, summary: str, paper: str, needs_table: bool = False
) -> Callable[[Spacing], Spacing]:
    """Registers a spacing under a name that must be new."""
    group = next((group for group, names in GROUPS.items() if name in names), "")

    def register(fn: Spacing) -> Spacing:
        if name in _registered:
            raise ValueError(f"a spacing named {name!r} exists already")
        _registered[name] = SpacingSpec(name, title, summary, paper, fn, needs_table, group)
        return fn

    return register


def in_menu_order() -> dict[str, SpacingSpec]:
    """Every spacing by its name, those of GROUPS first; raises KeyError for one whose file has not been imported."""
    return {name: _registered[name] for names in GROUPS.values() for name in names} | _registered
