"""Command-line options of recipes, declared by annotations of the recipes' fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.numeric_parameters import check_number


@dataclass(frozen=True)
class Option:
    """Description of a training option for the command line: its title, help text, and number range or choices."""

    title: str
    help: str
    low: float = 0
    high: float = 1_000_000_000
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeclaredOption:
    """Training option with the name, type and default of the recipe field that declares it."""

    name: str
    # One of int, float, str and Path.
    kind: type
    option: Option
    required: bool
    default: Any = None

    @property
    def flag(self) -> str:
        """Name of the option on the command line, such as `--learning-rate`."""
        return f"--{self.name.replace('_', '-')}"


def options_of(recipe: type) -> tuple[DeclaredOption, ...]:
    """Return the command-line options of a training recipe in order.

    They are its fields annotated with `Annotated[…, Option(…)]`.
    """
    hints = get_type_hints(recipe, include_extras=True)
    found = []
    for field in fields(recipe):
        for option in getattr(hints[field.name], "__metadata__", ()):
            if isinstance(option, Option):
                required = not isinstance(field.default, str | int | float | Path | NoneType)
                default = None if required else field.default
                found.append(DeclaredOption(field.name, _find_type(hints[field.name]), option, required, default))
    return tuple(found)


def checked_options(recipe: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Check the values of a recipe's options, and return those that are not None.

    Raises BadRequest for a value out of range.
    """
    given = {offered: values.get(offered.name) for offered in options_of(recipe)}
    for offered, value in given.items():
        if value is not None and offered.kind in (int, float):
            check_number(offered.flag, value, offered.option.low, offered.option.high)
        if value is not None and offered.option.choices and value not in offered.option.choices:
            raise BadRequest(f"{offered.flag} must be one of {', '.join(offered.option.choices)}, not {value!r}.")
    return {offered.name: value for offered, value in given.items() if value is not None}


def _find_type(hint: Any) -> type:
    """Return the type of an option's values from its annotation, such as `Path` for `Annotated[Path | None, …]`."""
    if get_origin(hint) is Annotated:
        return _find_type(get_args(hint)[0])
    if isinstance(hint, UnionType):
        return _find_type(next(part for part in get_args(hint) if part is not NoneType))
    kind: type = hint
    return kind
