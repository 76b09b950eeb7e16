"""Typed access to the fields of JSON objects from other programs."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import apply_orientation, convert_to_8_bit, open_image
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.text_safety import shorten

if TYPE_CHECKING:
    from gdm_studio.models.card import ModelCard

# Maximum nesting of a body. Clients nest four levels.
MAX_DEPTH = 24
# Characters that no text may contain: halves of surrogate pairs, and NUL.
_NO_TEXT = re.compile("[\ud800-\udfff\0]")
_DATA_URL = re.compile(r"data:[\w/+.;=-]{0,80}?;base64,")


class Fields:
    """Fields of a JSON object that a client sent, with checks of their types.

    Unless stated otherwise, methods return None for an absent or null field. They raise BadRequest for a value of
    another type.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    @classmethod
    def parse(cls, body: bytes) -> Fields:
        """Parse the body of a client's request, which must be a JSON object or empty. Raises BadRequest."""
        try:
            values = parse_json(body or b"{}", max_bytes=len(body) + 2, max_depth=MAX_DEPTH)
        except (ValueError, MemoryError) as error:
            raise BadRequest("The body is not valid JSON; send one JSON object.") from error
        if not isinstance(values, dict):
            raise BadRequest("The body must be one JSON object.")
        return cls(values)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def names(self) -> frozenset[str]:
        """Return the names of all fields that the client sent."""
        return frozenset(self._values)

    def is_set(self, name: str) -> bool:
        """Return True if a client gave this field a value other than zero, false, or an empty text or list."""
        return self._values.get(name) not in (None, 0, False, "", "None", [], [""], {})

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or _NO_TEXT.search(value):
            raise BadRequest(f"{name} must be text.")
        return value

    def whole(self, name: str) -> int | None:
        """Return the value of a field as an integer. A float without a fractional part is converted."""
        value = self.number(name)
        if value is None:
            return None
        if not math.isfinite(value) or value != int(value):
            raise BadRequest(f"{name} must be a whole number, not {shorten(value)}.")
        return int(value)

    def number(self, name: str) -> float | int | None:
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise BadRequest(f"{name} must be a number.")
        return value

    def flag(self, name: str) -> bool:
        """Return the value of a field as a boolean, or False if the field is absent."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            raise BadRequest(f"{name} must be true or false.")
        return bool(value)

    def texts(self, name: str) -> list[str]:
        """Return the value of a field as a list of texts, which is empty if the field is absent."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise BadRequest(f"{name} must be a list of texts.")
        return value

    def object(self, name: str) -> Fields:
        """Return the fields of a nested JSON object. There are none if the field is absent."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            raise BadRequest(f"{name} must be an object.")
        return Fields(value or {})

    def scalars(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return the named fields whose values are texts, numbers or booleans, as a dictionary."""
        found = {name: self._values.get(name) for name in names}
        return {name: value for name, value in found.items() if isinstance(value, str | int | float)}


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
    data = decode_base64(text, name)
    try:
        with open_image(Path(f"The image in {name}"), data) as image:
            if image.width * image.height > max_pixels:
                raise BadRequest(f"The image in {name} has more than {max_pixels:,} pixels; send a smaller one.")
            return np.asarray(convert_to_8_bit(apply_orientation(image)).convert("RGBA"))
    except StorageError as error:
        raise BadRequest(str(error)) from error
