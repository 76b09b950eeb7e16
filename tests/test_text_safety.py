"""Escaping and shortening of foreign text for display."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import SENTENCE, escape_unsafe, shorten, shorten_values, to_ascii_json

CONTROL_CODES = [
    *range(32),
    *range(127, 160),
    0x61C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0xDC9B,
]


def test_no_control_character_is_left() -> None:
    for code in CONTROL_CODES:
        shown = escape_unsafe(f"a{chr(code)}b")
        assert shown[0] + shown[-1] == "ab" and len(shown) > 3, hex(code)
        assert all(unicodedata.category(each) not in ("Cc", "Cs") for each in shown)


@pytest.mark.parametrize("text", ["a red fox", "Café 黒い猫", "👩\u200d🚀 🏴\U000e0067", "نیم\u200cفاصله", "C:\\x", ""])
def test_other_text_is_not_changed(text: str) -> None:
    assert escape_unsafe(text) == text


def test_control_characters_are_replaced_by_escapes() -> None:
    assert escape_unsafe("\x1b[31m\n\t\u202e\x9b\0") == "\\x1b[31m\\n\\t\\u202e\\x9b\\x00"


def test_ascii_json_is_read_back_unchanged() -> None:
    text = "".join(map(chr, [*CONTROL_CODES, *range(0x20, 0x7F), 0x9ED2, sys.maxunicode]))
    line = to_ascii_json({text: [text, 1.5, None]})
    assert line.isascii() and line.isprintable()
    assert json.loads(line) == {text: [text, 1.5, None]}


@pytest.mark.parametrize(
    "value", ["a" * 100_000, "a b " * 25_000, "it's " * 20_000, "9" * 5_000, '"' * 30_000, "' 'x" * 20_000, "\\" * 999]
)
def test_an_error_repeats_only_the_start_of_a_value(value: str) -> None:
    said = str(BadRequest(f"There is no style called {value!r}; choose one of noto, twemoji."))
    assert len(said) <= SENTENCE
    assert said.startswith("There is no style called ") and said.endswith("; choose one of noto, twemoji.")
    assert len(shorten(value)) == 80
    assert value[0] not in "a9" or len(said) < 160


@pytest.mark.parametrize(
    "sentence",
    [
        f"There is no picture at {'/'.join(['a folder'] * 40)}/x.png; name a file.",
        f"C:{chr(92).join(['folder'] * 50)} is full.",
        f"Choose one of {', '.join(f'name-{number}' for number in range(150))}.",
        "It is the models' own; the pictures' sizes are kept, and what was the prompt's stays the prompt's.",
        "There is no style called 'x'.",
        "",
    ],
)
def test_other_errors_are_not_changed(sentence: str) -> None:
    assert shorten_values(sentence) == sentence == str(BadRequest(sentence))
