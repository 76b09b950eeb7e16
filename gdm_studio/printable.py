"""Foreign text as it can be shown: a terminal obeys some characters, and others turn round what stands beside them."""

from __future__ import annotations

import json
import re

# here and in the window: C0 and C1 controls, separators of lines, marks of direction, halves of surrogate pairs
HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: object) -> str:
    """`text` on one line, harmful characters as their escapes, such as \\x1b: of a prompt, name, path or error."""
    return HARMFUL.sub(lambda match: _escape(match[0]), str(text))


def json_line(value: object, *, indent: int | None = None) -> str:
    """`value` as JSON in plain ASCII: read back it is the same to the letter, whatever a terminal makes of it."""
    return json.dumps(value, indent=indent).replace("\x7f", "\\u007f")


def _escape(character: str) -> str:
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
