"""The words that a model met in training, and what it makes of those that it did not."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from os.path import commonprefix
from typing import TYPE_CHECKING
from unicodedata import category

from gdm_studio.models.typed import from_plain

if TYPE_CHECKING:
    from gdm_studio.networks.tokenizer import Lexicon

ENDINGS = ("s", "es")  # of plurals, which are met with their word
LEAST_LETTERS = 4  # of a word that can be said to be misspelt: shorter ones are alike by chance
MOST_TOLD = 6  # words in a sentence: it stands under a prompt that may have hundreds
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Reading:
    """A word of a prompt, in small letters and without accents, that the model never met.

    `read_as` is the thing that it is drawn as instead, "" where the model can only guess; `near` is then the word that
    it did meet and of which this one seems to be a misspelling, "" where there is none.
    """

    word: str
    read_as: str = ""
    near: str = ""

    @property
    def facts(self) -> dict[str, str | None]:
        """As other programs are told it."""
        return {"word": self.word, "read_as": self.read_as or None, "near": self.near or None}


@dataclass(frozen=True)
class Readings:
    """How a tokenizer puts a prompt into words that captions have, as `Lexicon` takes it."""

    emoji: dict[str, str] = field(default_factory=dict)  # their names
    things: dict[str, tuple[str, ...]] = field(default_factory=dict)  # with the words that are read as each


@dataclass(frozen=True)
class Vocabulary:
    """Knows a model's words; needs no network and no torch. Its texts are long, and taken apart when first needed."""

    captions: str  # the words of its training captions with spaces between, as `compact` writes them
    existing: str = ""  # words that exist, met or not, with spaces between
    readings: str = "{}"  # as JSON

    @cached_property
    def met(self) -> frozenset[str]:
        return frozenset(self.captions.split())

    @cached_property
    def _existing(self) -> frozenset[str]:
        return frozenset(self.existing.split())

    @cached_property
    def _lexicon(self) -> Lexicon:
        from gdm_studio.networks.tokenizer import Lexicon

        told = from_plain(Readings, json.loads(self.readings))
        return Lexicon(told.emoji, told.things)

    def unmet(self, prompt: str) -> list[Reading]:
        """What the model never met, in the order of the prompt and each word once; marks do not count."""
        from gdm_studio.networks.tokenizer import words_of

        written = "".join(" " if is_emoji else part for part, is_emoji in self._lexicon.parts(prompt))
        words = [word for word in dict.fromkeys(words_of(written)) if _says_something(word)]
        return [reading for reading in map(self._reading, words) if reading is not None]

    def _reading(self, word: str) -> Reading | None:
        if thing := self._lexicon.thing(word):
            return Reading(word, read_as=thing)
        if word in self.met or any(word.removesuffix(ending) in self.met for ending in ENDINGS):
            return None
        return Reading(word, near="" if word in self._existing else meant(word, self.met))


def compact(texts: Iterable[str]) -> str:
    """Every word of these captions once, sorted, with spaces between."""
    from gdm_studio.networks.tokenizer import words_of

    words = {word for text in texts for word in words_of(text)}
    return " ".join(sorted(word for word in words if _says_something(word)))


def sentence(unmet: Iterable[Reading], model: str) -> str:
    """For people, without a full stop: `"pooch" is read as "dog"; "frobnicate" is unknown to Icons`; "" for none."""
    found = list(unmet)
    told, more = found[:MOST_TOLD], len(found) - MOST_TOLD
    clauses = [_clause(reading, model) for reading in told if reading.read_as or reading.near]
    unknown = [f'"{reading.word}"' for reading in told if not (reading.read_as or reading.near)]
    if unknown:
        together = " and ".join(filter(None, (", ".join(unknown[:-1]), unknown[-1])))
        clauses.append(f"{together} {'is' if len(unknown) == 1 else 'are'} unknown to {model}")
    return "; ".join([*clauses, *([f"{more} more were never met"] if more > 0 else [])])


def _clause(reading: Reading, model: str) -> str:
    if reading.read_as:
        return f'"{reading.word}" is read as "{reading.read_as}"'
    return f'"{reading.word}" is unknown to {model}, which knows "{reading.near}"'


def _says_something(word: str) -> bool:
    return any(mark.isalnum() or category(mark) == "So" for mark in word)  # a letter, or an emoji without a name


def meant(word: str, among: Collection[str]) -> str:
    """Which of these words one typing error makes it (Damerau 1964), "" for none; rather one letter short, and late."""
    if len(word) < LEAST_LETTERS:
        return ""
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]  # hardly ever is the first letter wrong
    slips = {head + tail[1:] for head, tail in cuts}
    slips |= {head + tail[1::-1] + tail[2:] for head, tail in cuts}
    slips |= {head + letter + rest for head, tail in cuts for letter in LETTERS for rest in (tail, tail[1:])}
    found = sorted(slip for slip in slips if slip in among)
    return max(found, key=lambda slip: (len(slip), len(commonprefix([slip, word]))), default="")
