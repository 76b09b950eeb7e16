"""Functions that change prompt weights at the cursor, in the notation of AUTOMATIC1111's web UI."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from gdm_studio.models.prompts.a1111_syntax import DIGITS, FACTOR, MORE, Tag, adapter_tags, bracket_pairs, parse_factor

STEP = 0.1
# Matches the weight at the end of a bracket's content.
_WEIGHT = re.compile(rf":\s*+({DIGITS})\s*+$")
_WORD = re.compile(r"[^\s.,\\/!?%^*;:{}=`~()\[\]<>|\"]+")


@dataclass(frozen=True)
class WeightedText:
    """Text of a prompt after a change of weight, with the range from `start` to `end` to be selected."""

    text: str
    start: int
    end: int


def change_weight(text: str, start: int, end: int, by: float) -> WeightedText | None:
    """Change the weight of the selected part of a prompt by `by`, and return the changed prompt with its selection.

    The change applies to the adapter tag around the cursor, else to the innermost brackets, else to the word. A weight
    of 1 removes the brackets. Only adapters can have negative weights. Returns None if nothing at the selection can
    have a weight.
    """
    for tag in adapter_tags(text):
        if tag.start <= start and end <= tag.end:
            return _weigh_adapter(text, tag, start, by)
        if tag.start < end and start < tag.end:
            return None
    # In reverse order of the opening brackets, the innermost pair comes first.
    for first, last in sorted(bracket_pairs(text, "(", ")").items(), reverse=True):
        if _is_selected(text, first, last, start, end):
            return _weigh_brackets(text, first, last, start, end, by)
    if start == end:
        word = next((at for at in _WORD.finditer(text) if at.start() <= start <= at.end()), None)
        # A word after a colon is a number of the grammar.
        if word is None or text[word.start() - 1 : word.start()] == ":":
            return None
        changed = _add_brackets(text, *word.span(), by)
        return changed and WeightedText(changed.text, start + 1, start + 1)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return _add_brackets(text, start, end, by)


def _weigh_adapter(text: str, tag: Tag, cursor: int, by: float) -> WeightedText:
    parts = tag.weights or ["1"]
    ends = accumulate((len(part) + 1 for part in parts), initial=tag.name_end)
    next(ends)
    which = next((place for place, end in enumerate(ends) if cursor <= end), 0) if tag.weights else 0
    factor = FACTOR.fullmatch(parts[which])
    parts[which] = (factor[1] or "") + _number_text(parse_factor(factor[2]) + by) if factor else _number_text(1.0 + by)
    head = text[: tag.name_end]
    place = len(head) + sum(len(part) + 1 for part in parts[: which + 1])
    return WeightedText(f"{head}:{':'.join(parts)}>{text[tag.end :]}", place, place)


def _is_selected(text: str, first: int, last: int, start: int, end: int) -> bool:
    """Return True if a pair of brackets is selected, or if the cursor is inside or directly behind the brackets without
    a selection.
    """
    if start == end:
        return first < start <= last + 1
    if first not in (start, start - 1):
        return False
    inside = text[first + 1 : last]
    weight_match = _WEIGHT.search(inside)
    whole = (
        (first, last + 1),
        (first + 1, last),
        (first + 1, first + 1 + (weight_match.start() if weight_match else len(inside))),
    )
    return (start, end) in whole


def _weigh_brackets(text: str, first: int, last: int, start: int, end: int, by: float) -> WeightedText | None:
    inside = text[first + 1 : last]
    weight_match = _WEIGHT.search(inside)
    content = inside[: weight_match.start()] if weight_match else inside
    weight = max((float(weight_match[1]) if weight_match else MORE) + by, 0.0)
    opening, closing = ("", "") if _number_text(weight) == "1" else ("(", f":{_number_text(weight)})")
    begin = first + len(opening)
    if start == end:
        start = end = begin + min(max(start - first - 1, 0), len(content))
    else:
        start, end = begin, begin + len(content)
    return WeightedText(f"{text[:first]}{opening}{content}{closing}{text[last + 1 :]}", start, end)


def _add_brackets(text: str, start: int, end: int, by: float) -> WeightedText | None:
    """Put weighted brackets around part of a prompt. Return None if that part is empty or has unbalanced brackets."""
    content = text[start:end]
    balanced = all(
        content.count(mark) - content.count("\\" + mark) == len(bracket_pairs(content, *kind))
        for kind in ("()", "[]")
        for mark in kind
    )
    if not content or not balanced:
        return None
    new = f"{text[:start]}({content}:{_number_text(1 + by)}){text[end:]}"
    return WeightedText(new, start + 1, end + 1)


def _number_text(weight: float) -> str:
    return f"{round(weight, 3):g}"
