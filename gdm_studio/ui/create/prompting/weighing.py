"""How often words of a prompt count, changed where the cursor is, in the notation of AUTOMATIC1111's web UI."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gdm_studio.models.grammar import FACTOR, MENTION, MORE, pairs

STEP = 0.1
_WEIGHT = re.compile(r":\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*$")  # at the end of what stands in a pair of brackets
_WORD = re.compile(r"[^\s.,\\/!?%^*;:{}=`~()\[\]<>|\"]+")


@dataclass(frozen=True)
class Weighed:
    """A prompt, and what is chosen in it from `start` up to `end`."""

    text: str
    start: int
    end: int


def weighed(text: str, start: int, end: int, by: float) -> Weighed | None:
    """The prompt in which what is chosen counts more by so much, and what is chosen then; None where that is nothing.

    That is the weight of an adapter that the cursor is in, else of the brackets around it, else the word. What comes
    to count once loses its brackets; nothing counts less than 0 but adapters.
    """
    for mention in MENTION.finditer(text):
        if mention.start() <= start and end <= mention.end():
            return _adapter(text, mention, start, by)
        if mention.start() < end and start < mention.end():
            return None
    for first, last in sorted(pairs(text, "(", ")").items(), reverse=True):  # the innermost first
        if _is_of(text, first, last, start, end):
            return _brackets(text, first, last, start, end, by)
    if start == end:
        word = next((at for at in _WORD.finditer(text) if at.start() <= start <= at.end()), None)
        if word is None or text[word.start() - 1 : word.start()] == ":":  # the number of a part that changes
            return None
        found = _anew(text, *word.span(), by)
        return found and Weighed(found.text, start + 1, start + 1)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return _anew(text, start, end, by)


def _adapter(text: str, mention: re.Match[str], cursor: int, by: float) -> Weighed:
    parts = mention[3].split(":")[1:] or ["1"]
    ends = [mention.start(3) + len(":".join(parts[: place + 1])) + 1 for place in range(len(parts))]
    which = next((place for place, end in enumerate(ends) if cursor <= end), 0) if mention[3] else 0
    factor = FACTOR.fullmatch(parts[which])
    parts[which] = (factor[1] or "") + _said(float(factor[2]) + by) if factor else _said(1.0 + by)
    head = text[: mention.end(2)]
    place = len(head) + sum(len(part) + 1 for part in parts[: which + 1])
    return Weighed(f"{head}:{':'.join(parts)}>{text[mention.end() :]}", place, place)


def _is_of(text: str, first: int, last: int, start: int, end: int) -> bool:
    """Whether what is chosen is the pair of brackets there, or the cursor is between or behind them."""
    if start == end:
        return first < start <= last + 1
    inside = text[first + 1 : last]
    told = _WEIGHT.search(inside)
    whole = (first, last + 1), (first + 1, last), (first + 1, first + 1 + (told.start() if told else len(inside)))
    return (start, end) in whole


def _brackets(text: str, first: int, last: int, start: int, end: int, by: float) -> Weighed | None:
    inside = text[first + 1 : last]
    told = _WEIGHT.search(inside)
    words = inside[: told.start()] if told else inside
    weight = max((float(told[1]) if told else MORE) + by, 0.0)
    opening, closing = ("", "") if _said(weight) == "1" else ("(", f":{_said(weight)})")
    begin = first + len(opening)
    if start == end:
        start = end = begin + min(max(start - first - 1, 0), len(words))
    else:
        start, end = begin, begin + len(words)
    return Weighed(f"{text[:first]}{opening}{words}{closing}{text[last + 1 :]}", start, end)


def _anew(text: str, start: int, end: int, by: float) -> Weighed | None:
    """Brackets around what counts once so far."""
    words = text[start:end]
    balanced = all(
        words.count(mark) - words.count("\\" + mark) == len(pairs(words, *kind))
        for kind in ("()", "[]")
        for mark in kind
    )
    if not words or not balanced:
        return None
    new = f"{text[:start]}({words}:{_said(1 + by)}){text[end:]}"
    return Weighed(new, start + 1, end + 1)


def _said(weight: float) -> str:
    return f"{round(weight, 3):g}"
