"""Command-line options of recipes, declared by annotations of the recipes' fields."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.numeric_parameters import check_number


@dataclass(frozen=True)
class Option:
    """Description of a training option for the command line: its title, help text, and number range or choices.

    `may_change` is True if a resumed run uses the new value from there on. Other options are fixed at the start.
    """

    title: str
    help: str
    low: float = 0
    high: float = 1_000_000_000
    choices: tuple[str, ...] = ()
    may_change: bool = False


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


def fixed_options(recipe: Any, out: Path) -> dict[str, Any]:
    """Return the options of a recipe that must not change when the run in the folder `out` is resumed.

    A path is a list of its spellings, so that a run may be moved together with its files.
    """
    found = {each.name: getattr(recipe, each.name) for each in options_of(type(recipe)) if not each.option.may_change}
    return {name: _spell_path(value, out) if isinstance(value, Path) else value for name, value in found.items()}


def changed_option(saved: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """Return the name of the first option that differs between two results of `fixed_options`, or None."""
    for name in saved.keys() & now.keys():
        one, other = saved[name], now[name]
        are_paths = isinstance(one, list) and isinstance(other, list)
        if set(one).isdisjoint(other) if are_paths else one != other:
            return name
    return None


def _spell_path(path: Path, out: Path) -> list[str]:
    spellings = [os.path.abspath(path)]
    # Paths on different drives of Windows have no relative path.
    with suppress(ValueError):
        spellings.append(os.path.relpath(path, out))
    # Points such as "points:grid" are no file.
    return spellings if os.path.lexists(path) else [*spellings, str(path)]


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
