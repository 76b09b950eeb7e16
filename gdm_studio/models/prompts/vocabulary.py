"""Vocabulary of a model: the words of its training captions, and how other words are interpreted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from unicodedata import category

from gdm_studio.models.dataclass_json import from_json

if TYPE_CHECKING:
    from gdm_studio.models.prompts.word_tokenizer import Lexicon

# Plural endings. A plural counts as known if its singular is.
ENDINGS = ("s", "es")
# Number of CLIP's most frequent tokens that are taken for ordinary words if they have LEAST_LETTERS, or more.
MOST_FREQUENT_SHORT, MOST_FREQUENT = 16_000, 40_000
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
    # True if the `MEANINGS` of words are read. False for requests older than CORRECTS_MEANINGS.
    corrects_meanings: bool = True
    # True if prompts are read as sentences. False for requests older than READS_SENTENCES.
    reads_sentences: bool = True
    # True if rarely drawn things are read in scenes. False for requests older than READS_RARE_THINGS.
    reads_rare_things: bool = True

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
    def without_meanings(self) -> Vocabulary:
        """Copy of the vocabulary for prompts whose plurals may be keywords of other drawings."""
        return replace(self, corrects_meanings=False)

    @cached_property
    def without_sentences(self) -> Vocabulary:
        """Copy of the vocabulary for prompts of which the objects of most verbs are left out."""
        return replace(self, reads_sentences=False)

    @cached_property
    def without_rare_things(self) -> Vocabulary:
        """Copy of the vocabulary for prompts of whose scenes rarely drawn things are left out."""
        return replace(self, reads_rare_things=False)

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

    def spell(self, word: str, translated: frozenset[str] = frozenset()) -> str | None:
        """Return the known word that an unknown word (lower case, without accents) seems to misspell, or "" if there is
        none. Returns None for words that are known or exist in the language, whose spelling is right.

        The words `translated` are known by a dictionary. Older requests do not correct a word to one of them.
        """
        from gdm_studio.models.prompts.word_classes import OBJECT_VERBS, VERBS

        if word in self._existing_words or word in VERBS | OBJECT_VERBS or self.knows(word) or _is_ordinary(word):
            return None
        return self._correct(word, translated)

    def _correct(self, word: str, translated: frozenset[str] = frozenset()) -> str:
        """Return the word that an unknown word seems to misspell, or "" if there is none. Words that are only read as
        others count too, except for older requests.
        """
        from gdm_studio.models.prompts.spelling import correct_spelling, find_meant_word, is_likely_correction

        if not self.shows_all:
            return correct_spelling(word, self.met)
        found = find_meant_word(word, _join(self._read_words, translated), self._right_words)
        # A rare word that resembles another rare one only distantly, as "platypus" does "platanus", is right.
        return "" if self.reads_rare_things and not is_likely_correction(word, found) else found

    @cached_property
    def _read_words(self) -> frozenset[str]:
        """Set of the words of the training captions and those that are read as others."""
        return self.met | self._lexicon.read_words

    @cached_property
    def _right_words(self) -> frozenset[str]:
        """Set of the words that exist in the language, and of other ordinary ones."""
        from gdm_studio.models.prompts.spelling import rank_words

        return self._existing_words.union(filter(_is_ordinary, rank_words()))

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
        from gdm_studio.models.prompts.word_classes import forms

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
        from gdm_studio.models.prompts.word_classes import LONGEST

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
        near = "" if word in self._existing_words else self._correct(word)
        return Reading(word, near="" if near and _is_ordinary(word) else near)


def compact(texts: Iterable[str]) -> str:
    """Return the distinct words of training captions, sorted and separated by spaces, as stored in a vocabulary."""
    from gdm_studio.models.prompts.word_tokenizer import words_of

    words = {word for text in texts for word in words_of(text)}
    return " ".join(sorted(word for word in words if _has_content(word)))


def _has_form(word: str, among: Collection[str]) -> bool:
    """Return True if the collection `among` contains a word or its singular."""
    return word in among or any(word.removesuffix(ending) in among for ending in ENDINGS)


# One set for all words, whose hash is computed once.
@lru_cache(maxsize=8)
def _join(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
    return first | second


def _is_ordinary(word: str) -> bool:
    """Return True if a word is ordinary English, and hence not misspelt: a token of CLIP, whose training captions
    contained it often. Rarer tokens, especially short ones, are also abbreviations, parts of names and misspellings.
    """
    from gdm_studio.models.prompts.spelling import LEAST_LETTERS, rank_words

    rank = rank_words().get(word)
    return rank is not None and rank < (MOST_FREQUENT if len(word) > LEAST_LETTERS else MOST_FREQUENT_SHORT)


def _has_content(word: str) -> bool:
    # Emoji have the Unicode category "So".
    return any(mark.isalnum() or category(mark) == "So" for mark in word)
