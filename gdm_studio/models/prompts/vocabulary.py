"""Vocabulary of a model: the words of its training captions, and how other words are interpreted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from os.path import commonprefix
from typing import TYPE_CHECKING
from unicodedata import category

from gdm_studio.models.dataclass_json import from_json

if TYPE_CHECKING:
    from gdm_studio.models.prompts.word_tokenizer import Lexicon

# Plural endings. A plural counts as known if its singular is.
ENDINGS = ("s", "es")
# Minimum length of a word whose spelling is corrected. Shorter words are similar by chance.
LEAST_LETTERS = 4
# Minimum length of a word in which two errors are corrected, and of a word whose letters are only in another order.
LONG, LONG_ANAGRAM = 8, 6
# Number of CLIP's most frequent tokens that are taken for ordinary words if they have LEAST_LETTERS, or more.
MOST_FREQUENT_SHORT, MOST_FREQUENT = 16_000, 40_000
# Maximum length of a word whose spelling is corrected, because the time is quadratic in the length.
MOST_LETTERS = 64
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Metadata key of a table of silhouettes, as JSON: the side of the masks, the drawings and the further names.
SILHOUETTES_KEY = "silhouettes"


@dataclass(frozen=True)
class Reading:
    """Unknown word of a prompt, which does not occur in the training captions, and the model's interpretation of it.
    The word is in lower case without accents.

    `read_as` is the object that is drawn instead, or "". If it is "", `near` is the known word that may have been
    misspelt, or "".
    """

    word: str
    read_as: str = ""
    near: str = ""

    @property
    def facts(self) -> dict[str, str | None]:
        """The unknown word and the model's interpretation of it as a dictionary, for JSON output."""
        return {"word": self.word, "read_as": self.read_as or None, "near": self.near or None}


@dataclass(frozen=True)
class Readings:
    """Tables that map words and emoji unknown to the model to words from its training captions. They are the arguments
    of `Lexicon`.
    """

    # Names by emoji.
    emoji: dict[str, str] = field(default_factory=dict)
    # Words that are read as an object, by the name of the object.
    things: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """Words of a model's training captions, and tables that replace unknown words. Does not import torch. Its long
    strings are parsed on first use.
    """

    # Words of the training captions, separated by spaces, as returned by `compact`.
    captions: str
    # Words that exist in the language, separated by spaces. Their spelling is not corrected.
    existing: str = ""
    # `Readings` as JSON.
    readings: str = "{}"
    # Names of further drawings as JSON, each with the name of the drawing, for `Tokenizer.with_drawings`.
    further: str = "{}"
    # True if relations such as "on" place the objects of a prompt. False for requests older than PLACES_OBJECTS.
    reads_relations: bool = True
    # True if things without a drawing are drawn as the nearest one. False for requests older than DRAWS_NEAREST.
    draws_nearest: bool = True
    # True if all objects of a scene are read. False for requests older than SHOWS_ALL_OBJECTS.
    shows_all: bool = True

    @cached_property
    def met(self) -> frozenset[str]:
        return frozenset(self.captions.split())

    @cached_property
    def without_further(self) -> Vocabulary:
        """Copy of the vocabulary without the additional names, such as those of silhouettes. It is used to reproduce
        images of earlier versions.
        """
        return replace(self, further="{}")

    @cached_property
    def without_relations(self) -> Vocabulary:
        """Copy of the vocabulary for prompts whose relations are not read."""
        return replace(self, reads_relations=False)

    @cached_property
    def without_nearest(self) -> Vocabulary:
        """Copy of the vocabulary for prompts whose things are not drawn as the nearest ones."""
        return replace(self, draws_nearest=False)

    @cached_property
    def of_fewer_objects(self) -> Vocabulary:
        """Copy of the vocabulary for prompts of which a noun without an article after "with" is left out."""
        return replace(self, shows_all=False)

    @cached_property
    def further_drawings(self) -> dict[str, str]:
        """Additional names that a prompt may contain: a mapping from each name to the silhouette or memorised training
        image that the model starts from.
        """
        return from_json(dict[str, str], json.loads(self.further))

    @cached_property
    def _existing_words(self) -> frozenset[str]:
        return frozenset(self.existing.split())

    @cached_property
    def _lexicon(self) -> Lexicon:
        from gdm_studio.models.prompts.word_tokenizer import Lexicon

        readings = from_json(Readings, json.loads(self.readings))
        return Lexicon(readings.emoji, readings.things).without(self.further_drawings)

    def unknown_words(self, prompt: str) -> list[Reading]:
        """Return the distinct words of a prompt that the model does not know, in order. Punctuation is ignored."""
        return list(map(self._read_word, self._find_unmet_words(prompt)))

    def knows(self, word: str) -> bool:
        """Return True if the model understands a word or its singular, or replaces it with a known object. The word is
        in lower case without accents.
        """
        return self._is_known_word(word) or _has_form(word, self._further_words) or bool(self._lexicon.thing(word))

    def replaces(self, word: str) -> bool:
        """Return True if the model understands a rare word (lower case, without accents) only because it replaces it
        with a known object. Words that are tokens of CLIP are not rare.
        """
        from gdm_studio.networks.stable_diffusion.tokenizer import whole_words

        if word in whole_words() or self._is_known_word(word) or _has_form(word, self._further_words):
            return False
        return bool(self._lexicon.thing(word))

    def spell(self, word: str) -> str | None:
        """Return the known word that an unknown word (lower case, without accents) seems to misspell, or "" if there is
        none. Returns None for words that are known or exist in the language, whose spelling is right.
        """
        from gdm_studio.models.prompts.subjects import OBJECT_VERBS, VERBS

        if word in self._existing_words or word in VERBS | OBJECT_VERBS or self.knows(word) or _is_ordinary(word):
            return None
        return correct_spelling(word, self.met)

    def exists(self, word: str) -> bool:
        """Return True if a word (lower case, without accents) exists in the language, known to the model or not."""
        return word in self._existing_words

    @cached_property
    def _further_words(self) -> frozenset[str]:
        """Set of all words that occur in the additional names, such as those of silhouettes (see
        `further_drawings`).
        """
        return frozenset(word for name in self.further_drawings for word in name.split())

    def is_further_drawing(self, name: str) -> bool:
        """Return True if a name, or its singular, is one of the additional names, such as those of silhouettes (see
        `further_drawings`).
        """
        from gdm_studio.models.prompts.subjects import forms

        return any(form in self.further_drawings for form in forms(name))

    def _find_unmet_words(self, prompt: str) -> list[str]:
        from gdm_studio.models.prompts.word_tokenizer import words_of

        written = "".join(" " if is_emoji else part for part, is_emoji in self._lexicon.split_emoji(prompt))
        others = self._iter_words_outside_drawings(words_of(written))
        words = [word for word in dict.fromkeys(others) if _has_content(word)]
        return [word for word in words if self._lexicon.thing(word) or not self._is_known_word(word)]

    def _iter_words_outside_drawings(self, words: Sequence[str]) -> Iterator[str]:
        """Yield the words of a prompt that do not belong to an additional name, such as that of a silhouette. Longer
        names are matched first.
        """
        from gdm_studio.models.prompts.subjects import LONGEST

        at = 0
        while at < len(words):
            sizes = range(min(LONGEST, len(words) - at), 0, -1) if self.further_drawings else ()
            size = next((size for size in sizes if self.is_further_drawing(" ".join(words[at : at + size]))), 0)
            if not size:
                yield words[at]
            at += size or 1

    def _is_known_word(self, word: str) -> bool:
        return _has_form(word, self.met)

    def _read_word(self, word: str) -> Reading:
        if thing := self._lexicon.thing(word):
            return Reading(word, read_as=thing)
        near = "" if word in self._existing_words else correct_spelling(word, self.met)
        return Reading(word, near="" if near and _is_ordinary(word) else near)


def compact(texts: Iterable[str]) -> str:
    """Return the distinct words of training captions, sorted and separated by spaces, as stored in a vocabulary."""
    from gdm_studio.models.prompts.word_tokenizer import words_of

    words = {word for text in texts for word in words_of(text)}
    return " ".join(sorted(word for word in words if _has_content(word)))


def _has_form(word: str, among: Collection[str]) -> bool:
    """Return True if the collection `among` contains a word or its singular."""
    return word in among or any(word.removesuffix(ending) in among for ending in ENDINGS)


def _is_ordinary(word: str) -> bool:
    """Return True if a word is ordinary English, and hence not misspelt: a token of CLIP, whose training captions
    contained it often. Rarer tokens, especially short ones, are also abbreviations, parts of names and misspellings.
    """
    rank = _rank_tokens().get(word)
    return rank is not None and rank < (MOST_FREQUENT if len(word) > LEAST_LETTERS else MOST_FREQUENT_SHORT)


def _rank_tokens() -> Mapping[str, int]:
    """Return the tokens of CLIP that are whole words. The more frequent ones have lower numbers."""
    from gdm_studio.networks.stable_diffusion.tokenizer import whole_words

    return whole_words()


def _has_content(word: str) -> bool:
    # Emoji have the Unicode category "So".
    return any(mark.isalnum() or category(mark) == "So" for mark in word)


# Unknown words occur several times in long prompts, and are read again after each key.
@lru_cache(maxsize=256)
def correct_spelling(word: str, among: frozenset[str]) -> str:
    """Return the word in the set `among`, or the plural in "-ies" of one, that differs from a possibly misspelt word by
    one typing error (Damerau 1964), or by two in a long word or in one with the same letters. Returns "" if there is no
    such word.

    Among several, the longest word is preferred, then a word with the same letters, then the more frequent English one
    if one error is enough, and then the word with the longest common prefix.
    """
    if not LEAST_LETTERS <= len(word) <= MOST_LETTERS:
        return ""
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]  # the first letter is hardly ever wrong
    slips = {head + tail[1:] for head, tail in cuts}
    slips |= {head + tail[1::-1] + tail[2:] for head, tail in cuts}
    slips |= {head + letter + rest for head, tail in cuts for letter in LETTERS for rest in (tail, tail[1:])}
    found = sorted(slip for slip in slips if slip in among)
    if not found:
        found = sorted(slip for slip in slips if slip.endswith("ies") and f"{slip[:-3]}y" in among)
    if not found and len(word) >= LONG_ANAGRAM:
        found = sorted(
            each
            for each in among
            if (len(word) >= LONG or sorted(each) == sorted(word)) and _has_two_errors(word, each)
        )

    ranks = _rank_tokens() if len(found) > 1 and found[0] in slips else {}

    def likeness(slip: str) -> tuple[int, bool, int, int]:
        rarity = ranks.get(slip, len(ranks))
        return len(slip), sorted(slip) == sorted(word), -rarity, len(commonprefix([slip, word]))

    return max(found, key=likeness, default="")


def _has_two_errors(word: str, other: str) -> bool:
    """Return True if two words with the same first letter differ by at most two typing errors: letters that are
    missing, added or replaced, or neighbours that are exchanged.
    """
    if word[0] != other[:1] or abs(len(word) - len(other)) > 2 or len({*word} ^ {*other}) > 4:
        return False
    # Rows of the table of distances between the beginnings of both words.
    before, row = list[int](), list(range(len(other) + 1))
    for at, letter in enumerate(word):
        further, before, row = before, row, [at + 1]
        for place, there in enumerate(other):
            row.append(min(before[place + 1] + 1, row[place] + 1, before[place] + (letter != there)))
            if at and place and letter == other[place - 1] and there == word[at - 1]:
                row[-1] = min(row[-1], further[place - 1] + 1)
    return row[-1] <= 2
