"""How a prompt could go on from the cursor: adapters, learnt words, words that the model met, former prompts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gdm_studio.ui.create.prompting.names import Called, Names

MOST, MOST_PAST = 8, 4
SHORTEST = 3  # letters of a word, from which on it is completed; of a prompt, one less
_TAG = re.compile(r"<(?:l|lo|lor|lora|ly|lyc|lyco|(?:lora|lyco):(?P<named>[^<>:]*)|(?P<bare>[^<>:\s]*))$")
_WORD = re.compile(r"[\w\-]+$")


@dataclass(frozen=True)
class Entry:
    """Put in the place of the prompt from `start` up to `end`; `note` says what it is."""

    text: str
    start: int
    end: int
    note: str = ""


@dataclass(frozen=True)
class Known:
    """What prompts are completed with: names, where their grammar has any; words, sorted; former prompts."""

    names: Names | None = None
    words: Sequence[str] = ()
    past: Sequence[str] = ()


def completions(text: str, cursor: int, known: Known) -> list[Entry]:
    """What could stand there, the likeliest first; nothing in the middle of a word."""
    if text[cursor : cursor + 1].isalnum():
        return []
    before = text[:cursor]
    if known.names is not None and (tag := _TAG.search(before)):
        begun = (tag["named"] or tag["bare"] or "").strip().lower()
        called = _called(begun, known.names.adapters.values(), known.names)
        return [
            Entry(f"<lora:{each.name}:1>", tag.start(), _tag_end(text, cursor), each.kind)
            for each in islice(called, MOST)
        ]
    return [*_past(text, cursor, known.past), *_words(before, known)][:MOST]


def _called(begun: str, among: Iterable[Called], names: Names) -> Iterator[Called]:
    suiting = [each for each in among if names.suits(each)]
    yield from (each for each in suiting if each.name.lower().startswith(begun))
    yield from (each for each in suiting if begun in each.name.lower()[1:] and not each.name.lower().startswith(begun))


def _tag_end(text: str, cursor: int) -> int:
    """Where the adapter ends that the cursor is in, where it was written to its end before."""
    rest = re.match(r"[^<>,\s]*>", text[cursor:])
    return cursor + rest.end() if rest else cursor


def _past(text: str, cursor: int, past: Iterable[str]) -> Iterator[Entry]:
    begun = text.strip().casefold()
    if text[cursor:].strip() or len(begun) < SHORTEST - 1:
        return iter(())
    found = (prompt for prompt in past if prompt.casefold().startswith(begun) and prompt.casefold() != begun)
    return (Entry(prompt, 0, len(text), "used before") for prompt in islice(found, MOST_PAST))


def _words(before: str, known: Known) -> Iterator[Entry]:
    word = _WORD.search(before)
    if word is None or len(word[0]) < SHORTEST:
        return
    begun = word[0].lower()
    if known.names is not None:
        for each in _called(begun, known.names.words.values(), known.names):
            if each.name.lower() != begun:
                yield Entry(each.name, *word.span(), "embedding")
    going_on = [each for each in known.words if each.startswith(begun) and each != begun]
    for met in sorted(going_on, key=len):
        yield Entry(met, *word.span())

