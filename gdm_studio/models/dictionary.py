"""Dictionary of a model: words of other languages, and rare English words, with English words that the model knows.

A change of a shipped dictionary changes the images of prompts that it translates. It therefore needs a new version of
the rules of requests, so that older images can be reproduced.
"""

from __future__ import annotations

import json
import lzma
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from gdm_studio.common.atomic import write
from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.header import strict_json
from gdm_studio.models.json_types import from_json
from gdm_studio.networks.drawing_names import STOP_WORDS

# Name of the dictionary's file, beside the weights.
FILE = "dictionary.xz"
# Maximum size of an unpacked dictionary in bytes.
MOST = 2**23
# Memory limit of the decompressor in bytes.
MEMORY = 2**28
ENGLISH = "en"
# Maximum number of units of a phrase.
LONGEST = 8
# Number of units of a prompt that are translated. The model reads far fewer.
MOST_UNITS = 200
# Minimum length of a word without its ending.
SHORTEST_STEM = 2
# Weights of words in the choice of the language: articles and prepositions, names of things or known English words, and
# other words, which languages share more often.
SMALL_WEIGHT = 4
NAME_WEIGHT = 3
WORD_WEIGHT = 2
# Kana and Chinese characters, which are written without spaces.
_UNSPACED = r"\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# One of these characters, or a word of another script with its combining marks.
_UNIT = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}][\u0300-\u036f]*)+")
_KANA = re.compile(r"[\u3040-\u30ff]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
_ARABIC_ARTICLE = "ال"


@dataclass(frozen=True)
class Unit:
    """A word of a text without accents and in lower case, or one Chinese or Japanese character, with its span."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Language:
    """Words of one language with their English translations.

    The keys are units joined by spaces, as `key_of` returns them. An empty translation drops the word. `small` are
    articles, conjunctions and prepositions, and `names` are the usual names of things and colours. `endings` are pairs
    of the ending of an inflected word and that of its base form.
    """

    small: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    endings: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if any(len(pair) != 2 for pair in self.endings):
            raise ValueError("an ending has no base form")

    def find(self, key: str) -> tuple[str, int] | None:
        """Return the translation of a word or phrase, which may be inflected, and its weight, or None."""
        tables = ((self.small, SMALL_WEIGHT), (self.names, NAME_WEIGHT), (self.words, WORD_WEIGHT))
        for each in (key, *self._base_forms(key)):
            for table, weight in tables:
                if each in table:
                    return table[each], weight
        return None

    def _base_forms(self, key: str) -> Iterator[str]:
        for ending, base in self.endings:
            if key.endswith(ending) and len(key) >= len(ending) + SHORTEST_STEM:
                yield key.removesuffix(ending) + base


@dataclass(frozen=True)
class TranslatedPart:
    """A phrase from `start` to `end` of a prompt, whose English words are from `first` to `last` of the translation."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True)
class Translation:
    """A prompt in words that a model knows. `parts` are the phrases that differ from the prompt, in their order."""

    text: str
    parts: tuple[TranslatedPart, ...] = ()

    def source(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of the prompt from which a span of the translation comes."""
        return self._source_of(first, is_end=False), self._source_of(last, is_end=True)

    def is_translated(self, first: int, last: int) -> bool:
        """Return True if a span of the translation contains words that the prompt does not."""
        return any(part.first < last and first < part.last for part in self.parts)

    def _source_of(self, place: int, *, is_end: bool) -> int:
        shift = 0
        for part in self.parts:
            if place < part.first or (is_end and place == part.first):
                break
            if place < part.last or (is_end and place == part.last):
                return part.end if is_end else part.start
            shift = part.end - part.last
        return place + shift


@dataclass(frozen=True)
class Dictionary:
    """The dictionary in a file, which is read on first use."""

    path: Path

    def translate(self, prompt: str, is_known: Callable[[str], bool]) -> Translation:
        """Translate a prompt to English words that a model knows.

        The language is the one in which most of the prompt is understood, if possible English. `is_known`
        returns True for an English word that the model knows, in lower case and without accents. Rare English words
        are replaced by known ones. Raises ModelError if the file is damaged.
        """
        languages = _read(self.path, self._stamp())
        units = units_of(prompt)[:MOST_UNITS]
        # A word with an accent is not English.
        english = [unit.text for unit in units if prompt[unit.start : unit.end].isascii()]
        best = sum(SMALL_WEIGHT if word in STOP_WORDS else NAME_WEIGHT * is_known(word) for word in english)
        chosen = _matches(languages.get(ENGLISH, Language()), units)
        for name, language in languages.items():
            if name != ENGLISH:
                found = _matches(language, units)
                score = sum(match.weight for match in found)
                if score > best:
                    best = score
                    chosen = found
        return _translation(prompt, chosen)

    def _stamp(self) -> int:
        try:
            return self.path.stat().st_mtime_ns
        except OSError as error:
            raise _damaged(self.path) from error


@dataclass(frozen=True)
class _Match:
    start: int
    end: int
    english: str
    weight: int


def units_of(text: str) -> list[Unit]:
    """Split a text into the units in which dictionaries are searched."""
    return [Unit(_plain(found[0]), *found.span()) for found in _UNIT.finditer(text)]


def key_of(text: str) -> str:
    """Return the key of a word or phrase in a dictionary."""
    return " ".join(unit.text for unit in units_of(text))


def write_dictionary(path: Path, languages: Mapping[str, Language]) -> int:
    """Write a dictionary. Returns the size of the file in bytes. Raises StorageError."""
    data = json.dumps({name: vars(each) for name, each in languages.items()}, ensure_ascii=False).encode()
    packed = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)
    write(path, packed)
    return len(packed)


@lru_cache(maxsize=2)
def _read(path: Path, modified: int) -> dict[str, Language]:
    try:
        data = lzma.LZMADecompressor(memlimit=MEMORY).decompress(path.read_bytes(), MOST)
        return {name: from_json(Language, each) for name, each in strict_json(data).items()}
    except (OSError, lzma.LZMAError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ModelError:
    return ModelError(f"{path.name} is damaged or missing; copy the model's whole folder again.")


def _matches(language: Language, units: Sequence[Unit]) -> list[_Match]:
    """Return the phrases of a language among units, the longest at each place."""
    found: list[_Match] = []
    at = 0
    while at < len(units):
        count = min(LONGEST, len(units) - at)
        while count:
            key = " ".join(unit.text for unit in units[at : at + count])
            if translation := language.find(key):
                english, weight = translation
                found.append(_Match(units[at].start, units[at + count - 1].end, english, count * weight))
                break
            count -= 1
        at += count or 1
    return found


def _translation(prompt: str, matches: Sequence[_Match]) -> Translation:
    text = ""
    parts = []
    at = 0
    for match in matches:
        text += prompt[at : match.start]
        if prompt[match.start : match.end].casefold() == match.english:
            text += prompt[match.start : match.end]
        else:
            # Chinese and Japanese words have no spaces between them.
            text += " " if text[-1:].isalnum() else ""
            parts.append(TranslatedPart(match.start, match.end, len(text), len(text) + len(match.english)))
            text += match.english
            text += " " if prompt[match.end : match.end + 1].isalnum() else ""
        at = match.end
    return Translation(text + prompt[at:], tuple(parts))


def _plain(unit: str) -> str:
    folded = unit.casefold().translate(_LIGATURES)
    if _KANA.match(folded):
        # Its marks belong to the sound.
        return folded
    marks_off = "".join(mark for mark in unicodedata.normalize("NFD", folded) if unicodedata.category(mark) != "Mn")
    plain = unicodedata.normalize("NFC", marks_off)
    is_defined = plain.startswith(_ARABIC_ARTICLE) and len(plain) > 2 * len(_ARABIC_ARTICLE)
    return plain.removeprefix(_ARABIC_ARTICLE) if is_defined else plain
