"""Prompts in ComfyUI's syntax: weights in round brackets, and nothing else.

`(a)` multiplies the weight by 1.1, and `(a:1.3)` sets it to 1.3. A backslash makes a round bracket a literal character.
Square brackets, AND, BREAK and tags, which have a meaning in AUTOMATIC1111's syntax, are text.
"""

from __future__ import annotations

import re

from gdm_studio.models.prompts.a1111_syntax import DEEPEST_WEIGHT, MORE, Weighted

_WEIGHT = re.compile(r":\s*+([+-]?(?:\d++(?:\.\d*+)?|\.\d++))\s*+$")
_PIECES = re.compile(r"\\[()]|[()]|[^()\\]++|\\")
# Words and characters with a meaning in AUTOMATIC1111's syntax.
_WORDS = re.compile(r"\b(AND|BREAK)\b")
_SPECIAL = re.compile(r"([()\[\]\\])")
_TAG = re.compile(r"<\w+:[^<>]*>")


def split_weights(prompt: str) -> list[Weighted]:
    """Split a prompt in ComfyUI's syntax into parts of equal weight. Takes linear time.

    Unlike in AUTOMATIC1111's syntax, a number replaces the weight of the enclosing brackets. Brackets that are not
    closed are text.
    """
    pieces = _PIECES.findall(prompt)
    closing = _match_brackets(pieces)
    parts: list[Weighted] = []
    # Weights of the open brackets, and the pieces at which they end.
    open_brackets: list[tuple[int, float]] = []
    weight = 1.0
    for place, piece in enumerate(pieces):
        if piece == "(" and place in closing:
            open_brackets.append((closing[place], weight))
            end = closing[place]
            number = _WEIGHT.search(pieces[end - 1]) if end - 1 > place else None
            weight = float(number[1]) if number is not None else weight * MORE
        elif open_brackets and place == open_brackets[-1][0]:
            _, weight = open_brackets.pop()
        else:
            text = piece[1:] if piece in ("\\(", "\\)") else piece
            if open_brackets and place == open_brackets[-1][0] - 1:
                text = _WEIGHT.sub("", text)
            if parts and parts[-1].weight == weight:
                parts[-1] = Weighted(parts[-1].text + text, weight)
            elif text:
                parts.append(Weighted(text, weight))
    return parts


def _match_brackets(pieces: list[str]) -> dict[int, int]:
    """Return the place of the closing bracket of each opening bracket that is closed, up to DEEPEST_WEIGHT levels."""
    waiting: list[int] = []
    found: dict[int, int] = {}
    for place, piece in enumerate(pieces):
        if piece == "(":
            waiting.append(place)
        elif piece == ")" and waiting:
            start = waiting.pop()
            if len(waiting) < DEEPEST_WEIGHT:
                found[start] = place
    return found


def has_tags(prompt: str) -> bool:
    """Return True if a prompt contains a tag such as `<lora:name:1>`, which ComfyUI reads as words."""
    return _TAG.search(prompt) is not None


def has_weights(prompt: str) -> bool:
    """Return True if the parts of a prompt have different weights."""
    return any(part.weight != 1 for part in split_weights(prompt))


def to_plain(prompt: str) -> str:
    """Return a prompt in ComfyUI's syntax without its brackets and weights, for text encoders that ignore them."""
    return "".join(part.text for part in split_weights(prompt))


def to_a1111(prompt: str) -> str:
    """Translate a prompt from ComfyUI's to AUTOMATIC1111's syntax, with the same words and weights.

    AND and BREAK become lower case, which encoders that distinguish no case read alike.
    """
    found = []
    for part in split_weights(prompt):
        text = _SPECIAL.sub(r"\\\1", _WORDS.sub(lambda word: word[0].lower(), part.text))
        found.append(text if part.weight == 1 else f"({text}:{part.weight:.6f})")
    return "".join(found)
