"""Registry of spacings, and their order in the menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.lazy_import import LazyFunction
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths import registry_tables

# (a process's rising ratios, steps) -> falling ratios. With `needs_table`, the model's table is a third argument.
Spacing = Callable[..., list[float]]

# The menu: groups of spacing names, in order. A spacing that is in no group comes from an earlier version. Old requests
# can still use it, but the menu does not contain it.
GROUPS: dict[str, tuple[str, ...]] = {
    QT_TRANSLATE_NOOP("Setting", "By noise"): (
        "karras",
        "exponential",
        "polyexponential",
        "logsnr",
        "kl_optimal",
        "beta_sigmas",
    ),
    QT_TRANSLATE_NOOP("Setting", "By timesteps"): (
        *("linspace", "normal", "trailing", "simple", "sgm_uniform", "leading", "leading_1", "quadratic"),
        *("beta", "beta57", "lcm_50"),
    ),
    QT_TRANSLATE_NOOP("Setting", "Measured"): ("optimal",),
}


@dataclass(frozen=True)
class SpacingSpec:
    """Entry in the registry of spacings. Its function `fn(ratios, steps)` chooses the falling noise ratios for the
    steps of a run.

    `ratios` is the rising table of a process. With `needs_table`, the function is `fn(ratios, steps, table)`, where
    `table` is the model's own mapping from a number of steps to ratios.
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
        """Choose `steps` falling noise ratios above 0 from a process's rising `ratios`. Raises BadRequest if this
        number of steps is not supported.
        """
        if not self.needs_table:
            return self.fn(ratios, steps)
        if not table:
            raise BadRequest(f"This model has no table for the spacing {self.title!r}; choose another spacing.")
        return self.fn(ratios, steps, table)


_registered: dict[str, SpacingSpec] = {}


def spacing(
    name: str, *, title: str, summary: str, paper: str, needs_table: bool = False
) -> Callable[[Spacing], Spacing]:
    """Return a decorator that registers a spacing function under a new name, with the title and summary shown to the
    user.
    """
    group = next((group for group, names in GROUPS.items() if name in names), "")

    def register(fn: Spacing) -> Spacing:
        if name in _registered:
            raise ValueError(f"a spacing named {name!r} exists already")
        _registered[name] = SpacingSpec(name, title, summary, paper, fn, needs_table, group)
        return fn

    return register


def listed_spacings() -> dict[str, SpacingSpec]:
    """Return all spacings by name, starting with those in the menu (GROUPS), as `registry_tables` lists them. The file
    of a spacing is imported when its function is first called.
    """
    return {entry["name"]: _spec_of(**entry) for entry in registry_tables.SPACINGS}


def _spec_of(*, name: str, module: str, function: str, **facts: Any) -> SpacingSpec:
    group = next((group for group, names in GROUPS.items() if name in names), "")
    return SpacingSpec(name=name, fn=LazyFunction(module, function), group=group, **facts)


def registered_spacings() -> dict[str, SpacingSpec]:
    """Return the spacings of all imported files by name."""
    return dict(_registered)
