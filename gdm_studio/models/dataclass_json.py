"""Conversion between dataclasses and JSON, with strict checks of the field types.

Libraries such as msgspec or cattrs would not shorten this code, because unknown keys, lone surrogates and paths would
need custom hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from gdm_studio.common.lazy_import import LazyFunction
from gdm_studio.common.translation_markers import Sentence

T = TypeVar("T")
Read = Callable[[Any], Any]

SCALARS = (str, int, float, bool, NoneType)
# Metadata of a field whose type is a dataclass or None and is imported when the first value is read: the dataclass's
# module and name.
LATER = "imported later"


def to_json(value: Any) -> dict[str, Any]:
    """Convert a dataclass to dictionaries, lists and scalars that can be written as JSON.

    Paths remain as they are, so serialise the result with `json.dumps(…, default=str)`.
    """
    return {name: _convert_to_plain(getattr(value, name)) for name in _field_names(cast(Hashable, type(value)))}


def _convert_to_plain(value: Any) -> Any:
    """Return a field's value with dataclasses converted to dictionaries, also inside tuples, lists and dictionaries."""
    if type(value) in SCALARS:
        return value
    if isinstance(value, Sentence):
        from gdm_studio.common.translatable_json import sentence_to_json

        return sentence_to_json(value)
    if isinstance(value, tuple | list):
        return [_convert_to_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _convert_to_plain(each) for key, each in value.items()}
    return to_json(value) if is_dataclass(value) else value


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def from_json(kind: type[T], data: Any) -> T:
    """Create a dataclass of type `kind` from parsed JSON. Raises TypeError, ValueError or OverflowError if a field is
    missing, unknown or of the wrong type.

    Fields can be strings, numbers, paths, dataclasses, or tuples, unions and dicts (with string keys) of these.
    """
    return cast(T, _create_reader(cast(Hashable, kind))(data))


@cache
def _create_reader(kind: Any) -> Read:
    origin = get_origin(kind)
    args = get_args(kind)
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if kind is Any:
        return lambda value: value
    if origin in (Union, UnionType):
        return _union_reader(args)
    if origin is tuple:
        return _tuple_reader(args)
    if origin is dict:
        return _mapping_reader(_create_reader(args[1]))
    if kind is Path:
        return _read_path
    return _READERS[kind]


def _dataclass_reader(kind: Any) -> Read:
    later: dict[str, tuple[str, str]] = {
        field.name: field.metadata[LATER] for field in fields(kind) if LATER in field.metadata
    }
    hints = get_type_hints(kind, localns={name: Any for _, name in later.values()})
    readers = {
        field.name: _later_reader(*later[field.name]) if field.name in later else _create_reader(hints[field.name])
        for field in fields(kind)
        if field.init
    }

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"{value!r:.40} is not an object")
        if not value.keys() <= readers.keys():
            raise TypeError(f"{min(value.keys() - readers.keys())!r:.40} is not known")
        found = {}
        name = ""
        try:
            for name, each in value.items():
                found[name] = readers[name](each)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from error
        return kind(**found)

    return read


def _later_reader(module: str, name: str) -> Read:
    """Return a function that reads a dataclass, which it imports for the first value, or None."""

    def read(value: Any) -> Any:
        return None if value is None else _create_reader(getattr(import_module(module), name))(value)

    return read


def _union_reader(kinds: tuple[Any, ...]) -> Read:
    """Return a function that reads a JSON value of one of several types. Scalars of these types are returned unchanged;
    any other value is converted to the first type that is not a scalar.
    """
    plain = tuple(kind for kind in kinds if kind in SCALARS)
    others = [_create_reader(kind) for kind in kinds if kind not in SCALARS]

    def read(value: Any) -> Any:
        if type(value) in plain or (type(value) is int and float in plain):
            return _read_string(value) if isinstance(value, str) else value
        if not others:
            raise TypeError(f"it is {value!r:.40}")
        return others[0](value)

    return read


def _tuple_reader(kinds: tuple[Any, ...]) -> Read:
    alike = _create_reader(kinds[0]) if kinds[1:] == (...,) else None
    each = [_create_reader(kind) for kind in kinds] if alike is None else []

    def read(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError(f"{value!r:.40} is not a list")
        if alike is not None:
            return tuple(map(alike, value))
        if len(value) != len(each):
            raise ValueError(f"{len(value)} numbers, not {len(each)}")
        return tuple(one(entry) for one, entry in zip(each, value, strict=True))

    return read


def _mapping_reader(read_value: Read) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"{value!r:.40} is not an object")
        return {_read_string(key): read_value(each) for key, each in value.items()}

    return read


def _read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a lone surrogate, which can be neither shown nor written") from error
    return value


def _read_path(value: Any) -> Path:
    if not isinstance(value, str):  # lone surrogates are allowed, since they represent file names that are not UTF-8
        raise TypeError(f"{value!r:.40} is not a path")
    return Path(value)


def _read_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r:.40} is not a number")
    return float(value)


def _read_int(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r:.40} is not a whole number")
    return value


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r:.40} is neither true nor false")
    return value


def _read_none(value: Any) -> None:
    if value is not None:
        raise TypeError(f"{value!r:.40} is not null")


_READERS: dict[Any, Read] = {
    str: _read_string,
    Sentence: LazyFunction("gdm_studio.common.translatable_json", "sentence_from_json"),
    float: _read_float,
    int: _read_int,
    bool: _read_bool,
    NoneType: _read_none,
}
