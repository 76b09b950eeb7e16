"""A reader for JSON files that may be damaged or hostile, with limits for their size and depth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import MALFORMED as MALFORMED

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 200
# The maximum number of digits of an integer. Every integer of this length fits into a float.
MAX_DIGITS = 300


def read_json(path: Path, *, max_bytes: int = MAX_BYTES) -> Any:
    """Read the JSON value in a file that may be damaged or hostile.

    Raises StorageError if the file cannot be read, and ValueError if it is malformed.
    """
    return parse_json(atomic_files.read(path, max_bytes=max_bytes), max_bytes=max_bytes)


def parse_json(text: str | bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Parse a JSON string. Raises ValueError if it is malformed, too long, or nested too deeply.

    A number beyond the range of a float becomes infinite, whether it is written as 1e999 or in digits.
    """
    if len(text) > max_bytes:
        raise ValueError("the text is too long")
    if not isinstance(text, str):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    try:
        value = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("the text is nested too deeply") from error
    if text.count("[") + text.count("{") > max_depth:
        _check_depth(value, max_depth)
    return value


def _parse_integer(digits: str) -> float:
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


# The decoder is created once, since thousands of small strings are parsed at a time.
_DECODER = json.JSONDecoder(parse_int=_parse_integer)


def _check_depth(value: Any, max_depth: int) -> None:
    level = [value] if type(value) in (dict, list) else []
    for _ in range(max_depth + 1):
        if not level:
            return
        children = [child for each in level for child in (each.values() if type(each) is dict else each)]
        level = [each for each in children if type(each) in (dict, list)]
    raise ValueError("the text is nested too deeply")
