"""Safe display of untrusted text, whose control characters could act on a terminal and whose bidirectional marks could
reorder the surrounding text.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

# Characters that are unsafe in terminals and in the window: C0 and C1 controls, line separators, bidirectional marks
# and lone surrogates.
UNSAFE_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb]"
)
# The maximum length in characters of a value that an error repeats, such as a name or a number.
VALUE = 80
# The maximum length of an error message in characters.
SENTENCE = 2_000
_QUOTED = re.compile(rf"(?<!\w)(['\"])(.{{{VALUE + 1},}}?)\1(?!\w)", re.DOTALL)
# Matches a word that is longer than any file name, so that it cannot be part of a path.
_OVERLONG_WORD = re.compile(r"[^\s/\\]{256,}")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_unsafe(text: object) -> str:
    r"""Return a string on one line with unsafe characters escaped, such as \x1b.

    Use it for prompts, names, paths and error messages.
    """
    return UNSAFE_CHARACTERS.sub(lambda match: _escape_character(match[0]), str(text))


def is_encodable(text: str) -> bool:
    """Return True if a string has no lone surrogates, so that it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shorten(text: object, max_length: int = VALUE) -> str:
    """Convert a value to text for display, cut off after `max_length` characters with an ellipsis."""
    shown = str(text)
    return shown if len(shown) <= max_length else f"{shown[: max_length - 1]}…"


def shorten_values(sentence: str, max_length: int = SENTENCE) -> str:
    """Shorten the long values in an error message: quoted strings, and words longer than any file name."""
    if len(sentence) > 2 * max_length:
        sentence = f"{sentence[:max_length]}…{sentence[-max_length:]}"
    sentence = _QUOTED.sub(lambda match: f"{match[1]}{shorten(match[2])}{match[1]}", sentence)
    sentence = _OVERLONG_WORD.sub(lambda match: shorten(match[0]), sentence)
    return (
        sentence if len(sentence) <= max_length else f"{sentence[: max_length // 2]}…{sentence[-(max_length // 2) :]}"
    )


def to_ascii_json(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON in plain ASCII, which is safe to print in any terminal.

    Scalars and arrays of numpy and torch become Python numbers and lists. NaN and infinities, which JSON lacks, become
    null.
    """
    return json.dumps(_convert_to_plain(value), indent=indent, allow_nan=False).replace("\x7f", "\\u007f")


def _convert_to_plain(value: Any) -> Any:
    """Convert a value to types that JSON supports: NaN becomes None, and arrays become lists."""
    if isinstance(value, dict):
        return {key: _convert_to_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_convert_to_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return _convert_to_plain(value.tolist())
    return value


def _escape_character(character: str) -> str:
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
