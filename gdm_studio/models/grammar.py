"""The prompts of AUTOMATIC1111's web UI: weights, parts that change from step to step, breaks, adapters by name.

`(a)` counts 1.1 times, `[a]` 1/1.1, `(a:1.3)` 1.3 times; a backslash makes a bracket a letter. `[a:b:0.4]` is a for the
first 40 % of the steps and then b, `[a:b:7]` for 7 steps, `[b:7]` and `[a::7]` begin or end with nothing; `[a|b]` is a
and b in turn. BREAK begins a new window of tokens. `<lora:name:0.8>` adds an adapter, `<lora:name:0.8:0.5>` or
`<lora:name:te=0.8:unet=0.5>` with other weights for the text encoders and the U-Net; `<kind:name>` of any other kind
counts for nothing. What is none of this is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

MORE = 1.1  # times that what stands in round brackets counts
BREAK = re.compile(r"\s*\bBREAK\b\s*")
MENTION = re.compile(r"<(lora|lyco):([^:>]+)((?::[^:>]*)*)>")
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*")
FACTOR = re.compile(rf"((?:te|unet)=)?({NUMBER.pattern})")  # behind an adapter's name
_EXTRA = re.compile(r"<\w+:[^>]+>")  # what the web UI takes out of a prompt, whether it knows the kind or not
DEEPEST = 32  # of changes within changes; what is deeper is text
WEIGHT = re.compile(r":\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)")


@dataclass(frozen=True)
class Weighted:
    """Text that counts so many times."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class Mention:
    """An adapter called for by name."""

    name: str
    text: float = 1.0  # its weight in the text encoders
    unet: float = 1.0


@dataclass(frozen=True)
class Stretch:
    """What the prompt says up to and with step `until`: windows of tokens, begun anew by each BREAK."""

    until: int
    windows: tuple[tuple[Weighted, ...], ...]


def stretches(prompt: str, steps: int, *, plain: bool = False) -> list[Stretch]:
    """What a prompt says in a run of so many steps, stretch by stretch; a prompt that does not change has one, and so
    has one of plain words, in which nothing means anything else.
    """
    if plain:
        return [Stretch(steps, ((Weighted(prompt),),))]
    parts = _parsed(_EXTRA.sub("", prompt))
    until: dict[int, str] = {}
    for text, group in groupby(range(1, steps + 1), key=lambda step: _at(parts, step, steps)):
        until[max(group)] = text
    return [Stretch(step, windows(text)) for step, text in until.items()]


def mentions(prompt: str) -> list[Mention]:
    """The adapters that a prompt names, in its order; a weight that is no number counts as 1."""
    found = []
    for at in MENTION.finditer(prompt):
        placed, named = [], {}
        for part in at[3].split(":")[1:]:
            factor = FACTOR.fullmatch(part)
            if factor and factor[1]:
                named[factor[1]] = float(factor[2])
            else:
                placed.append(float(factor[2]) if factor else 1.0)
        text = named.get("te=", placed[0] if placed else 1.0)
        unet = named.get("unet=", placed[1] if len(placed) > 1 else text)
        found.append(Mention(at[2].strip(), text, unet))
    return found


def left_out(prompt: str) -> list[re.Match[str]]:
    """Where a prompt calls for what is no adapter, and is left out of the text: a hypernetwork."""
    return [at for at in _EXTRA.finditer(prompt) if not MENTION.fullmatch(at[0])]


def windows(text: str) -> tuple[tuple[Weighted, ...], ...]:
    """A text without parts that change, its brackets become weights."""
    found = _weighed(text)
    together: list[list[Weighted]] = [[]]
    for each in found:
        first, *others = BREAK.split(each.text)
        together[-1].append(Weighted(first, each.weight))
        together += [[Weighted(other, each.weight)] for other in others]
    if len(together) > 1 and not "".join(each.text for each in together[-1]).strip():
        del together[-1]  # a BREAK at the end begins nothing
    return tuple(tuple(_joined(window)) for window in together)


def _weighed(text: str) -> list[Weighted]:
    """Brackets read from left to right; one that is never closed lasts to the end, one never opened is a letter."""
    pieces: list[tuple[str, float]] = []
    opened: list[tuple[str, int]] = []  # which bracket, and the piece it stands before

    def close(kind: str, factor: float) -> bool:
        place = next((place for place in reversed(range(len(opened))) if opened[place][0] == kind), None)
        if place is None:
            return False
        _, first = opened.pop(place)
        pieces[first:] = [(piece, weight * factor) for piece, weight in pieces[first:]]
        return True

    at = 0
    while at < len(text):
        here = text[at]
        weight = WEIGHT.match(text, at)
        if here == "\\" and text[at + 1 : at + 2] in ("(", ")", "[", "]", "\\"):
            pieces.append((text[at + 1], 1.0))
            at += 2
            continue
        if weight and close("(", float(weight[1])):
            at = weight.end()
            continue
        if here in "([":
            opened.append((here, len(pieces)))
        elif not (here == ")" and close("(", MORE)) and not (here == "]" and close("[", 1 / MORE)):
            pieces.append((here, 1.0))
        at += 1
    while opened:
        close(opened[-1][0], MORE if opened[-1][0] == "(" else 1 / MORE)
    return _joined([Weighted(piece, weight) for piece, weight in pieces])


def _joined(parts: Sequence[Weighted]) -> list[Weighted]:
    """Neighbours of one weight together, what is empty left out."""
    groups = groupby((part for part in parts if part.text), key=lambda part: part.weight)
    return [Weighted("".join(part.text for part in group), weight) for weight, group in groups] or [Weighted("")]


@dataclass(frozen=True)
class _Scheduled:
    """One text and, after some steps, another."""

    before: _Parts
    after: _Parts
    when: str


@dataclass(frozen=True)
class _Alternation:
    """Texts in turn."""

    options: tuple[_Parts, ...]


_Parts = tuple["str | _Scheduled | _Alternation", ...]


def _at(parts: _Parts, step: int, steps: int) -> str:
    """What the parts say at a step, from 1 on."""
    found = []
    for part in parts:
        if isinstance(part, _Scheduled):
            share = float(part.when) * (steps if "." in part.when else 1)
            part = _at(part.before if step <= min(int(share), steps) else part.after, step, steps)
        elif isinstance(part, _Alternation):
            part = _at(part.options[(step - 1) % len(part.options)], step, steps)
        found.append(part)
    return "".join(found)


def _parsed(text: str, depth: int = 0) -> _Parts:
    """A text as what stands in it and what changes, from step to step."""
    if depth == DEEPEST:
        return (text,)
    found: list[str | _Scheduled | _Alternation] = []
    done = 0
    for first, last in _square(text):
        found.append(text[done:first])
        found += _bracketed(text[first + 1 : last], depth + 1)
        done = last + 1
    return (*found, text[done:])


def _bracketed(inside: str, depth: int) -> _Parts:
    """What stands in square brackets: parts that change, or text that counts less."""
    parts = _split(inside, ":")
    if len(parts) in (2, 3) and NUMBER.fullmatch(parts[-1]):
        before, after = ("", parts[0]) if len(parts) == 2 else parts[:2]
        return (_Scheduled(_parsed(before, depth), _parsed(after, depth), parts[-1].strip()),)
    options = _split(inside, "|")
    if len(options) > 1:
        return (_Alternation(tuple(_parsed(option, depth) for option in options)),)
    return ("[", *_parsed(inside, depth), "]")


def _square(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost square brackets open and close; those that do not are passed over."""
    ends = pairs(text, "[", "]")
    at = 0
    while at < len(text):
        if at in ends:
            yield at, ends[at]
            at = ends[at]
        at += 1


def _split(text: str, mark: str) -> list[str]:
    """The text cut at the marks that stand in no brackets."""
    hidden: set[int] = set()
    for opening, closing in ("()", "[]"):
        for first, last in pairs(text, opening, closing).items():
            hidden.update(range(first, last + 1))
    cuts = [at for at, letter in enumerate(text) if letter == mark and at not in hidden and text[at - 1 : at] != "\\"]
    return [text[first + 1 : last] for first, last in zip([-1, *cuts], [*cuts, len(text)], strict=True)]


def pairs(text: str, opening: str, closing: str) -> dict[int, int]:
    """Where each bracket that is closed opens, and where it is closed; a backslash makes one a letter."""
    opened: list[int] = []
    found: dict[int, int] = {}
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == opening:
            opened.append(at)
        elif text[at] == closing and opened:
            found[opened.pop()] = at
        at += 1
    return found
