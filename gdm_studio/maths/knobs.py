"""Knobs: the keyword-only float parameters of a function, described once beside the parameter itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from gdm_studio.errors import BadRequest


@dataclass(frozen=True)
class Knob:
    """How a parameter is offered: `low` … `high` inclusive; `name` and `default` come from the signature."""

    title: str
    low: float = 0.0
    high: float = 1.0
    summary: str = ""
    name: str = ""
    default: float = 0.0
    group: str = ""  # the heading that it stands under, beside others of a model; "" for what every picture is told


def knobs_of(fn: Callable[..., Any], *, preset: Mapping[str, float]) -> tuple[Knob, ...]:
    """The knobs of `fn`: its keyword-only parameters annotated with `Annotated[float, Knob(…)]`, minus presets."""
    hints = get_type_hints(fn, include_extras=True)
    found = []
    for name, parameter in inspect.signature(fn).parameters.items():
        for mark in getattr(hints.get(name), "__metadata__", ()):
            if isinstance(mark, Knob) and name not in preset:
                found.append(Knob(mark.title, mark.low, mark.high, mark.summary, name, parameter.default))
    return tuple(found)


def checked_knobs(knobs: tuple[Knob, ...], values: Mapping[str, float], *, of: str) -> dict[str, float]:
    """`values` completed by the defaults; raises BadRequest for a name `of` does not have or a value out of range."""
    known = {knob.name: knob for knob in knobs}
    for name, value in values.items():
        if name not in known:
            has = f"its settings are {', '.join(known)}" if known else "it has none"
            raise BadRequest(f"{of} has no setting called {name!r}; {has}.")
        check_number(name, value, known[name].low, known[name].high)
    return {name: float(values.get(name, knob.default)) for name, knob in known.items()}


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raises BadRequest, with the range, unless `value` is a number from `low` to `high`.

    It is compared as it is: a whole number too large for a float cannot be converted, nor shown as one.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise BadRequest(f"{name} must be a number from {low:g} to {high:g}, not {value!r}.")
    if not low <= value <= high:
        raise BadRequest(f"{name} must be from {low:g} to {high:g}, not {value!r}.")
