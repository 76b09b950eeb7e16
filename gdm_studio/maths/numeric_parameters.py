"""Parameters of samplers and guidance: keyword-only floats described in the function's signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from gdm_studio.common.errors import BadRequest


@dataclass(frozen=True)
class Param:
    """Description of a numeric parameter of a sampler or of guidance: its range `low` … `high`, and the title and
    summary shown to the user.

    Its name and default come from the function's signature.
    """

    title: str
    low: float = 0.0
    high: float = 1.0
    summary: str = ""
    name: str = ""
    default: float = 0.0
    # The heading in a model's settings; "" for conditioning that applies to every image.
    group: str = ""


def params_of(fn: Callable[..., Any], *, preset: Mapping[str, float]) -> tuple[Param, ...]:
    """Return the adjustable parameters of a sampler or guidance function: those annotated as `Annotated[float,
    Param(…)]` in its signature. Parameters with a fixed value in `preset` are omitted.
    """
    hints = get_type_hints(fn, include_extras=True)
    found = []
    for name, parameter in inspect.signature(fn).parameters.items():
        for mark in getattr(hints.get(name), "__metadata__", ()):
            if isinstance(mark, Param) and name not in preset:
                found.append(Param(mark.title, mark.low, mark.high, mark.summary, name, parameter.default))
    return tuple(found)


def checked_params(params: tuple[Param, ...], values: Mapping[str, float], *, of: str) -> dict[str, float]:
    """Validate parameter values given by the user, and return them with the defaults of all other parameters. Raises
    BadRequest for an unknown name or a value out of range.
    """
    known = {param.name: param for param in params}
    for name, value in values.items():
        if name not in known:
            has = f"its settings are {', '.join(known)}" if known else "it has none"
            raise BadRequest(f"{of} has no setting called {name!r}; {has}.")
        check_number(name, value, known[name].low, known[name].high)
    return {name: float(values.get(name, param.default)) for name, param in known.items()}


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Validate a number from the user. Raises BadRequest, naming the range, unless `value` is a number from `low` to
    `high`.

    The value is compared without conversion to a float, which would fail for a very large integer.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise BadRequest(f"{name} must be a number from {low:g} to {high:g}, not {value!r}.")
    if not low <= value <= high:
        raise BadRequest(f"{name} must be from {low:g} to {high:g}, not {value!r}.")
