"""Typed access to the fields of JSON objects from other programs."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import decode_rgba, open_image
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.text_safety import shorten

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard

# Maximum nesting of a body. Clients nest four levels.
MAX_DEPTH = 24
# Maximum number of names of ignored fields in an answer, and of characters of each.
MAX_IGNORED = 64
MAX_NAME = 80
# Characters that no string may contain: halves of surrogate pairs, and NUL.
_NO_TEXT = re.compile("[\ud800-\udfff\0]")
_DATA_URL = re.compile(r"data:[\w/+.;=-]{0,80}?;base64,")
# Neutral values: an unknown field with one of these values requests nothing.
_NEUTRAL_VALUES: tuple[Any, ...] = (None, "", [], {})
_JSON_TYPES = {
    "text": "string",
    "whole": "integer",
    "number": "number",
    "flag": "boolean",
    "texts": "array",
    "array": "array",
    "object": "object",
}


class FieldError(BadRequest):
    """Error for an invalid value of a client's field, whose name is `field`."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class FieldRule:
    """Type of a field in a client interface, and its neutral values, with which the field requests nothing.

    `kind` is the name of a method of `Fields`. `fields` are the known fields of an object.
    """

    kind: str
    neutral: tuple[Any, ...] = ()
    fields: Mapping[str, FieldRule] = field(default_factory=dict)

    @property
    def json_schema(self) -> dict[str, Any]:
        """JSON schema of the field, which may also be null."""
        schema: dict[str, Any] = {"type": [_JSON_TYPES[self.kind], "null"]}
        if self.kind == "texts":
            schema["items"] = {"type": "string"}
        if self.fields:
            schema["properties"] = {name: rule.json_schema for name, rule in self.fields.items()}
        return schema


Rules = Mapping[str, FieldRule]


class Fields:
    """Fields of a JSON object that a client sent, with checks of their types.

    Unless stated otherwise, methods return None for an absent or null field. They raise BadRequest for a value of
    another type. Each field that a method returns counts as used; `ignored` lists the others. `prefix` precedes their
    names, such as "override_settings.".
    """

    def __init__(self, values: Mapping[str, Any], rules: Rules | None = None, *, prefix: str = "") -> None:
        self._values = values
        self._rules: Rules = rules or {}
        self._prefix = prefix
        self._used_names: set[str] = set()
        self._nested: dict[str, Fields] = {}

    @classmethod
    def parse(cls, body: bytes, rules: Rules | None = None) -> Fields:
        """Parse the body of a client's request, which must be a JSON object or empty.

        All its texts and numbers and the types of the fields in `rules` are checked now, whether or not they are used
        later. Raises BadRequest.
        """
        try:
            values = parse_json(body or b"{}", max_bytes=len(body) + 2, max_depth=MAX_DEPTH)
        except (ValueError, MemoryError) as error:
            raise BadRequest("The body is not valid JSON; send one JSON object.") from error
        if not isinstance(values, dict):
            raise BadRequest("The body must be one JSON object.")
        check_values(values)
        return cls.checked(values, rules)

    @classmethod
    def checked(cls, values: Mapping[str, Any], rules: Rules | None, *, prefix: str = "") -> Fields:
        """Return fields whose types were compared with `rules`. Raises BadRequest."""
        fields = cls(values, rules, prefix=prefix)
        for name, rule in fields._rules.items():
            if name in values:
                getattr(fields, rule.kind)(name)
        fields._used_names.clear()
        fields._nested.clear()
        return fields

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def names(self) -> list[str]:
        """Return the names of all fields that the client sent."""
        return list(self._values)

    def skip(self, *names: str) -> None:
        """Mark fields as used, because they belong to a feature that the client has switched off."""
        self._used_names.update(names)

    def skip_default(self, **values: Any) -> None:
        """Mark the fields of a feature that is switched off as used if they have the interface's default values."""
        self._used_names.update(name for name, value in values.items() if self._values.get(name) in value)

    def put_back(self, name: str) -> None:
        """Mark a field as unused again, because its value has no equivalent in this program."""
        self._used_names.discard(name)
        self._nested.pop(name, None)

    def ignored(self) -> list[str]:
        """Return the names of the fields that request something but were not used, in the client's order.

        A long list ends with the number of further names.
        """
        names = [shorten(name, MAX_NAME) for name in self._find_ignored()]
        more = len(names) - MAX_IGNORED
        return [*names[:MAX_IGNORED], f"{more} others"] if more > 0 else names

    def _find_ignored(self) -> Iterator[str]:
        for name, value in self._values.items():
            if name in self._nested:
                yield from self._nested[name]._find_ignored()
            elif name not in self._used_names and not _is_among(value, _NEUTRAL_VALUES):
                rule = self._rules.get(name)
                if rule is None or not _is_among(value, rule.neutral):
                    yield self._prefix + name

    def _take_value(self, name: str) -> Any:
        self._used_names.add(name)
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        value = self._take_value(name)
        if value is None:
            return None
        if not isinstance(value, str) or _NO_TEXT.search(value):
            raise BadRequest(f"{self._prefix}{name} must be text.")
        return value

    def whole(self, name: str, low: int | None = None, high: int | None = None) -> int | None:
        """Return the value of a field as an integer from `low` to `high`. A float without a fractional part is
        converted.
        """
        value = self.number(name)
        if value is None:
            return None
        if not math.isfinite(value) or value != int(value):
            raise BadRequest(f"{self._prefix}{name} must be a whole number, not {shorten(value)}.")
        self._check_range(name, value, low, high)
        return int(value)

    def number(self, name: str, low: float | None = None, high: float | None = None) -> float | int | None:
        """Return the value of a field as a number from `low` to `high`."""
        value = self._take_value(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise BadRequest(f"{self._prefix}{name} must be a number.")
        self._check_range(name, value, low, high)
        return value

    def _check_range(self, name: str, value: float, low: float | None, high: float | None) -> None:
        if (low is not None and value < low) or (high is not None and value > high):
            if low is None or high is None:
                limit = f"at least {low}" if high is None else f"at most {high}"
            else:
                limit = f"from {low} to {high}"
            raise BadRequest(f"{self._prefix}{name} must be {limit}, not {shorten(value)}.")

    def flag(self, name: str) -> bool:
        """Return the value of a field as a boolean, or False if the field is absent."""
        value = self._take_value(name)
        if value is not None and not isinstance(value, bool):
            raise BadRequest(f"{self._prefix}{name} must be true or false.")
        return bool(value)

    def texts(self, name: str) -> list[str]:
        """Return the value of a field as a list of strings, which is empty if the field is absent."""
        value = self._take_value(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise BadRequest(f"{self._prefix}{name} must be a list of texts.")
        return value

    def array(self, name: str) -> list[Any]:
        """Return the value of a field as a list, which is empty if the field is absent."""
        value = self._take_value(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadRequest(f"{self._prefix}{name} must be a list.")
        return value

    def object(self, name: str) -> Fields:
        """Return the fields of a nested JSON object, whose unused fields are among the ignored ones.

        There are none if the field is absent. A second call returns the same object.
        """
        if name in self._nested:
            return self._nested[name]
        value = self._take_value(name)
        if value is not None and not isinstance(value, dict):
            raise BadRequest(f"{self._prefix}{name} must be an object.")
        rule = self._rules.get(name)
        rules = rule.fields if rule is not None else None
        found = Fields.checked(value or {}, rules, prefix=f"{self._prefix}{name}.")
        self._nested[name] = found
        return found

    def is_nested(self, name: str) -> bool:
        """Return True if the parts of a nested field were read."""
        return name in self._nested

    def nested(self, name: str, fields: Fields) -> None:
        """Mark a nested field, whose parts were read as `fields`, as used. Its unused parts are among the ignored
        fields.
        """
        self._used_names.add(name)
        self._nested[name] = fields

    def raw(self, name: str) -> Any:
        """Return the value of a field that may have several types, or None if the field is absent."""
        return self._take_value(name)

    def scalars(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return the named fields whose values are strings, numbers or booleans, as a dictionary. They do not count as
        used.
        """
        found = {name: self._values.get(name) for name in names}
        return {name: value for name, value in found.items() if isinstance(value, str | int | float)}


def check_values(value: Any, path: str = "") -> None:
    """Check all strings and numbers in a JSON value that a client sent, at any depth.

    Raises BadRequest for a string that no file or response can contain, and for a number that is not finite. `path` is
    the name of the value.
    """
    if isinstance(value, str):
        if _NO_TEXT.search(value):
            raise BadRequest(f"{path or 'The body'} contains a character that is not text.")
    elif isinstance(value, int | float):
        if not math.isfinite(value):
            raise BadRequest(f"{path} must be a finite number.")
    elif isinstance(value, dict):
        for name, each in value.items():
            if _NO_TEXT.search(name):
                raise BadRequest("The name of a field contains a character that is not text.")
            check_values(each, f"{path}.{shorten(name, MAX_NAME)}" if path else shorten(name, MAX_NAME))
    elif isinstance(value, list):
        for each in value:
            check_values(each, path)


def _is_among(value: Any, values: tuple[Any, ...]) -> bool:
    """Return True if a value is one of `values`. Unlike in Python, True and False do not equal 1 and 0."""
    return any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in values)


def size_from(fields: Fields, card: ModelCard) -> tuple[int, int] | None:
    """Return the image size (width, height) that a client requests, or None if it requests none. A missing side
    defaults to the model's. Raises BadRequest.
    """
    width, height = fields.whole("width"), fields.whole("height")
    if width is None and height is None:
        return None
    default = card.sizes()[0]
    width = default[0] if width is None else width
    height = default[1] if height is None else height
    if min(width, height) < 8:
        raise BadRequest("width and height must be at least 8 pixels.")
    return width, height


def decode_base64(text: str, name: str) -> bytes:
    """Decode a file that a client sent in base64, with or without a data URL prefix.

    Raises BadRequest for anything else, such as a file URL.
    """
    head = _DATA_URL.match(text)
    try:
        return base64.b64decode("".join(text[head.end() if head else 0 :].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"{name} must be an image file in base64.") from error


def decode_image(text: str, name: str, *, max_pixels: int) -> np.ndarray:
    """Decode an image file that a client sent in base64 to RGBA uint8 (height, width, 4).

    Raises BadRequest if it is not an image or has too many pixels.
    """
    return decode_image_file(decode_base64(text, name), name, max_pixels=max_pixels)


def decode_image_file(data: bytes, name: str, *, max_pixels: int) -> np.ndarray:
    """Decode the content of an image file that a client sent to RGBA uint8 (height, width, 4).

    Raises BadRequest if it is not an image or has too many pixels.
    """
    try:
        with open_image(Path(f"The image in {name}"), data) as image:
            if image.width * image.height > max_pixels:
                raise BadRequest(f"The image in {name} has more than {max_pixels:,} pixels; send a smaller one.")
            return decode_rgba(image)
    except StorageError as error:
        raise BadRequest(str(error)) from error
