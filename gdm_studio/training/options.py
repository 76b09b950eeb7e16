"""Options: the fields of a recipe that people set, described once beside the field itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import check_number


@dataclass(frozen=True)
class Option:
    """How a field is offered: numbers from `low` to `high` inclusive, or one of `choices`; `help` says what it is."""

    title: str
    help: str
    low: float = 0
    high: float = 1_000_000_000
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offered:
    """An option with what the field says: its name, its kind and, unless it has to be given, its default."""

    name: str
    kind: type  # int, float, str or Path
    option: Option
    required: bool
    default: Any = None

    @property
    def flag(self) -> str:
        """What it is called on the command line."""
        return f"--{self.name.replace('_', '-')}"


def options_of(recipe: type) -> tuple[Offered, ...]:
    """The fields of a dataclass annotated with `Annotated[…, Option(…)]`, in their order."""
    hints = get_type_hints(recipe, include_extras=True)
    found = []
    for field in fields(recipe):
        for mark in getattr(hints[field.name], "__metadata__", ()):
            if isinstance(mark, Option):
                required = not isinstance(default := field.default, str | int | float | Path | NoneType)
                found.append(
                    Offered(field.name, _kind(hints[field.name]), mark, required, None if required else default)
                )
    return tuple(found)


def checked_options(recipe: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not None; raises BadRequest for one out of its range."""
    given = {offered: values.get(offered.name) for offered in options_of(recipe)}
    for offered, value in given.items():
        if value is not None and offered.kind in (int, float):
            check_number(offered.flag, value, offered.option.low, offered.option.high)
        if value is not None and offered.option.choices and value not in offered.option.choices:
            raise BadRequest(f"{offered.flag} must be one of {', '.join(offered.option.choices)}, not {value!r}.")
    return {offered.name: value for offered, value in given.items() if value is not None}


def _kind(hint: Any) -> type:
    """The type that a value is read as: `Path` of `Annotated[Path | None, …]`."""
    if get_origin(hint) is Annotated:
        return _kind(get_args(hint)[0])
    if isinstance(hint, UnionType):
        return _kind(next(part for part in get_args(hint) if part is not NoneType))
    kind: type = hint
    return kind
