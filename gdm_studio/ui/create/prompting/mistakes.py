"""What is likely a slip in a prompt of AUTOMATIC1111's grammar, each with its place and a sentence on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from gdm_studio.models.grammar import FACTOR, MENTION, left_out
from gdm_studio.ui.create.prompting.names import Called, Names

MOST = 60  # characters of a name that are repeated
_BEGUN = re.compile(r"<(?:lora|lyco):[^<>\n]{0,80}")
_ELSEWHERE = re.compile(r"\bembedding:([\w\-. ]*[\w\-.])")  # as ComfyUI calls a learnt word
_CLOSING = {"(": ")", "[": "]"}


@dataclass(frozen=True)
class Mistake:
    """From `start` up to `end` of the prompt."""

    start: int
    end: int
    sentence: str


def mistakes(text: str, names: Names) -> list[Mistake]:
    """All of them, in the order of the prompt."""
    tags = [at.span() for at in (*MENTION.finditer(text), *left_out(text))]
    found = [*_brackets(text, tags), *_adapters(text, names), *_words(text, names, tags)]
    return sorted(found, key=lambda mistake: mistake.start)


def _brackets(text: str, tags: list[tuple[int, int]]) -> Iterator[Mistake]:
    opened: dict[str, list[int]] = {"(": [], "[": []}
    inside = {at for first, last in tags for at in range(first, last)}
    at = 0
    while at < len(text):
        mark = text[at]
        if mark == "\\":
            at += 1
        elif at not in inside and mark in opened:
            opened[mark].append(at)
        elif at not in inside and mark in ")]":
            kind = "(" if mark == ")" else "["
            if opened[kind]:
                opened[kind].pop()
            else:
                yield Mistake(at, at + 1, f"“{mark}” closes no bracket; take it out, or write “\\{mark}” for the sign.")
        at += 1
    for mark, places in opened.items():
        for place in places:
            said = f"“{mark}” is never closed; add “{_CLOSING[mark]}”, or write “\\{mark}” for the sign."
            yield Mistake(place, place + 1, said)


def _adapters(text: str, names: Names) -> Iterator[Mistake]:
    whole = set()
    for at in MENTION.finditer(text):
        whole.add(at.start())
        said = at[2].strip()
        called = names.adapters.get(said.removesuffix(".safetensors").lower())
        if called is None:
            yield Mistake(*at.span(), f"There is no LoRA called “{_cut(said)}”{_near(said, names.adapters)}.")
        elif not names.suits(called):
            yield Mistake(*at.span(), _foreign(called, names))
        elif strange := next((part for part in at[3].split(":")[1:] if not FACTOR.fullmatch(part)), None):
            yield Mistake(*at.span(), f"“{_cut(strange)}” is no number, so {_cut(said)} counts once.")
    for at in left_out(text):
        yield Mistake(*at.span(), f"{_cut(at[0])} names no LoRA, and is left out.")
    for at in _BEGUN.finditer(text):
        if at.start() not in whole:
            yield Mistake(*at.span(), "A LoRA is called like <lora:name:1>; this is read as words.")


def _words(text: str, names: Names, tags: list[tuple[int, int]]) -> Iterator[Mistake]:
    for at in _ELSEWHERE.finditer(text):
        said = at[1].removesuffix(".safetensors").removesuffix(".pt")
        there = names.words.get(said.lower())
        how = f"An embedding is called by its name alone: {there.name}." if there else ""
        missing = f"There is no embedding called “{_cut(said)}”{_near(said, names.words)}."
        yield Mistake(*at.span(), how or missing)
    foreign = [called for called in names.words.values() if not names.suits(called)]
    for called in foreign:
        for at in re.finditer(rf"(?<![\w:]){re.escape(called.name)}(?!\w)", text, re.IGNORECASE):
            if not any(first <= at.start() < last for first, last in tags):
                yield Mistake(*at.span(), f"{_foreign(called, names)[:-1]}, and read as a word.")


def _foreign(called: Called, names: Names) -> str:
    return f"{_cut(called.name)} is for {called.base}, this model is {names.base}."


def _near(said: str, among: Mapping[str, Called]) -> str:
    near = get_close_matches(said.lower(), list(among), n=1, cutoff=0.7)
    return f"; there is “{_cut(among[near[0]].name)}”" if near else "; put its file into the models folder"


def _cut(name: str) -> str:
    return name if len(name) <= MOST else f"{name[: MOST - 1]}…"
