"""Foreign text as it can be shown."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest

from gdm_studio.printable import json_line, printable

OBEYED = [*range(32), *range(127, 160), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xDC9B]


def test_no_character_is_left_that_a_terminal_obeys() -> None:
    for code in OBEYED:
        shown = printable(f"a{chr(code)}b")
        assert shown[0] + shown[-1] == "ab" and len(shown) > 3, hex(code)
        assert all(unicodedata.category(each) not in ("Cc", "Cs") for each in shown)


@pytest.mark.parametrize("text", ["a red fox", "Café 黒い猫", "👩\u200d🚀 🏴\U000e0067", "نیم\u200cفاصله", "C:\\x", ""])
def test_all_other_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_escapes_say_what_was_there() -> None:
    assert printable("\x1b[31m\n\t\u202e\x9b\0") == "\\x1b[31m\\n\\t\\u202e\\x9b\\x00"


def test_json_is_the_same_once_it_is_read() -> None:
    text = "".join(map(chr, [*OBEYED, *range(0x20, 0x7F), 0x9ED2, sys.maxunicode]))
    line = json_line({text: [text, 1.5, None]})
    assert line.isascii() and line.isprintable()
    assert json.loads(line) == {text: [text, 1.5, None]}
