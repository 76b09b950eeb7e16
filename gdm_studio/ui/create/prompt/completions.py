"""Completions for the text at the cursor of a prompt: adapters, embeddings, known words and earlier prompts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gdm_studio.models.prompts.a1111_syntax import escape_brackets
from gdm_studio.request.prompt_templates import escape
from gdm_studio.ui.create.prompt.adapter_names import AdapterNames, NamedAddition
from gdm_studio.ui.translation import translate

MAX_ENTRIES, MAX_PAST = 8, 4
# Minimum length of a word to complete. A whole prompt needs one letter less.
MIN_LETTERS = 3
_TAG = re.compile(r"<(?:l|lo|lor|lora|ly|lyc|lyco|(?:lora|lyco):(?P<named>[^<>:]*)|(?P<bare>[^<>:\s]*))$")
_WORD = re.compile(r"(?<![\w\-])[\w\-]++$")


@dataclass(frozen=True)
class Entry:
    """Completion for a prompt: the string that replaces the characters from `start` to `end`, with a note about its
    kind.
    """

    text: str
    start: int
    end: int
    note: str = ""


@dataclass(frozen=True)
class KnownWords:
    """Words for completing prompts: names of adapters and embeddings, the sorted words that a model knows, and earlier
    prompts.

    `names` is None for a model without a prompt grammar.
    """

    names: AdapterNames | None = None
    words: Sequence[str] = ()
    past: Sequence[str] = ()
    # True for a prompt with variants and wildcards, False for a negative prompt.
    is_template: bool = False


def find_completions(text: str, cursor: int, known: KnownWords) -> list[Entry]:
    """Return completions for the prompt text before the cursor, best first. There are none if the cursor is inside a
    word.
    """
    if text[cursor : cursor + 1].isalnum():
        return []
    before = text[:cursor]
    if known.names is not None and (tag := _TAG.search(before)):
        prefix = (tag["named"] or tag["bare"] or "").strip().lower()
        matching = _matching_names(prefix, known.names.adapters.values(), known.names)
        return [
            Entry(_tag_of(each.name, known), tag.start(), _tag_end(text, cursor), each.kind)
            for each in islice(matching, MAX_ENTRIES)
        ]
    return [*_matching_prompts(text, cursor, known.past), *_words(before, known)][:MAX_ENTRIES]


def _tag_of(name: str, known: KnownWords) -> str:
    """Return the tag that names a LoRA, with braces escaped where they would be variants."""
    tag = f"<lora:{name}:1>"
    return escape(tag) if known.is_template else tag


def _matching_names(prefix: str, among: Iterable[NamedAddition], names: AdapterNames) -> Iterator[NamedAddition]:
    """Yield this model's adapters or embeddings whose names start with `prefix`, then those whose names contain it."""
    suitable = [each for each in among if names.suits(each)]
    yield from (each for each in suitable if each.name.lower().startswith(prefix))
    yield from (
        each for each in suitable if prefix in each.name.lower()[1:] and not each.name.lower().startswith(prefix)
    )


def _tag_end(text: str, cursor: int) -> int:
    """Return the end of the adapter tag that contains the cursor, as an index into `text`. For an unclosed tag, it is
    the cursor position.
    """
    rest = re.match(r"[^<>,\s]*>", text[cursor:])
    return cursor + rest.end() if rest else cursor


def _matching_prompts(text: str, cursor: int, past: Iterable[str]) -> Iterator[Entry]:
    prefix = text.strip().casefold()
    if text[cursor:].strip() or len(prefix) < MIN_LETTERS - 1:
        return iter(())
    matches = (prompt for prompt in past if prompt.casefold().startswith(prefix) and prompt.casefold() != prefix)
    return (
        Entry(prompt, 0, len(text), translate("Completions", "used before")) for prompt in islice(matches, MAX_PAST)
    )


def _words(before: str, known: KnownWords) -> Iterator[Entry]:
    word = _WORD.search(before)
    if word is None or len(word[0]) < MIN_LETTERS:
        return
    prefix = word[0].lower()
    # Longer words are no use after a finished one.
    if prefix in known.words:
        return
    if known.names is not None:
        for each in _matching_names(prefix, known.names.words.values(), known.names):
            if each.name.lower() != prefix:
                # Brackets in a name are no weights.
                name = escape_brackets(each.name)
                name = escape(name) if known.is_template else name
                yield Entry(name, *word.span(), translate("Completions", "embedding"))
    longer = [each for each in known.words if each.startswith(prefix) and each != prefix]
    for longer_word in sorted(longer, key=len):
        yield Entry(longer_word, *word.span())
