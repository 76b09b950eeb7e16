"""Builder of a model's dictionary: foreign words from Unicode CLDR, and rare English words from WordNet."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from gdm_studio.models.families.icons.family import config_of
from gdm_studio.models.prompts.translation_dictionary import (
    ENGLISH,
    FILE,
    QUALITIES,
    Language,
    key_of,
    write_dictionary,
)
from gdm_studio.models.prompts.word_classes import PEOPLE
from gdm_studio.models.prompts.word_tokenizer import Tokenizer, plain_emoji, words_of
from gdm_studio.training.data.catalogue import load_demand
from gdm_studio.training.data.package_downloads import CLDR, WORDNET, archive
from gdm_studio.training.data.thesaurus import member
from gdm_studio.training.table_builders.lexicon import WordNet

# The file with the function words, colours, numbers and endings of each language.
LANGUAGES = "languages.json"
# The counts of an emoji for its name and for a keyword.
NAME_COUNT = 3
KEYWORD_COUNT = 1
# The minimum similarity of the emoji of a keyword to those of its translation.
LEAST_SIMILARITY = 0.3
# The bonus of a translation that is in the names of all these emoji, and of one that is the name of an emoji whose name
# is the foreign word.
IN_NAMES_BONUS = 0.3
NAME_BONUS = 0.3
# The minimum share of a keyword's emoji whose names contain its translation, for few emoji by their number. Other
# keywords are only associated with the emoji.
LEAST_SHARE = 0.1
LEAST_SHARES = {1: math.inf, 2: 0.5}
# The maximum number of words of a phrase.
MOST_WORDS = 4
# The number of levels of hypernyms in which a known name is searched.
LEVELS = 2
# A sense with more hyponyms is too general for its name to be a good drawing ("animal").
WIDEST = 60
# WordNet's files of nouns that can be drawn: animals, artefacts, body parts, food, objects, people and plants.
DRAWABLE = frozenset(("05", "06", "08", "13", "17", "18", "20"))
# WordNet's files of animals and of people, and the name of any person.
ANIMAL_FILE, PEOPLE_FILE, PERSON = "05", "18", "person"
_NOUN = re.compile(r"(?!.*ing$)[a-z]{3,16}")
# The years of a person's life in a definition, as "(1871-1900)".
_YEARS = re.compile(r"\d{3,4}-\d{3,4}|born in \d{4}")

Uses = Mapping[str, Counter[str]]


def build(card: Path, *, source: Path | None = None) -> int:
    """Build a model's dictionary, for translating foreign and rare words to words that the model draws.

    The file is written beside the model's card. Returns its size in bytes. Raises StudioError.
    """
    facts = json.loads(card.read_text(encoding="utf-8"))
    tokenizer = Tokenizer(**config_of(card.with_name(f"{facts['name']}.safetensors"))["tokenizer"])
    packed = archive(CLDR, source)
    known = KnownNames(tokenizer, _read_annotations(packed, ENGLISH))
    by_hand = json.loads((files("gdm_studio.training.data") / LANGUAGES).read_text("utf-8"))
    rare = dict(rare_words(WordNet.read(archive(WORDNET, source)), tokenizer))
    languages = {
        name: _build_language(rest, {}, rare, {})
        if name == ENGLISH
        else known.language(rest, _read_annotations(packed, name))
        for name, rest in by_hand.items()
    }
    return write_dictionary(card.with_name(FILE), languages)


@dataclass(frozen=True)
class KnownNames:
    """Names of emoji that a model can draw, in English. A foreign word is translated to the English word with the most
    similar emoji.
    """

    tokenizer: Tokenizer
    # CLDR's English annotations, by emoji.
    english: Mapping[str, Any]

    @cached_property
    def drawn(self) -> dict[str, str]:
        """Name under which the model draws each emoji, for example "fox" for 🦊."""
        drawn = self.tokenizer.names.styles_of
        found = {}
        for char, title in self.tokenizer.emoji.items():
            whole = " ".join(words_of(title))
            # "snowman without snow" is usually called "snowman".
            plain = whole.partition(" without ")[0]
            if name := next((each for each in (plain, whole) if each in drawn), ""):
                found[char] = name
        return found

    @cached_property
    def words(self) -> Uses:
        """Dict from each English word that the model draws to the emoji that have the word as a name or keyword."""
        uses = _count_uses(self.english, self.drawn)
        for char, name in self.drawn.items():
            uses[name] |= Counter({char: NAME_COUNT})
        return {word: count for word, count in uses.items() if word in self.tokenizer.names.styles_of}

    @cached_property
    def of_emoji(self) -> dict[str, list[str]]:
        """Dict from each emoji to the English words that the model draws and that are the emoji's name or keywords."""
        found = defaultdict(list)
        for word, counts in self.words.items():
            for char in counts:
                found[char].append(word)
        return found

    def translate(self, counts: Counter[str]) -> str:
        """Translate a foreign word to the English word with the most similar emoji, or return "" if none is similar.

        `counts` are the counts of the foreign word's emoji. Words in the names of these emoji are preferred over other
        keywords, which are only associated with them. An emoji whose name is the foreign word itself counts most.
        """
        named = {self.drawn[char] for char, count in counts.items() if count >= NAME_COUNT}
        candidates = {
            word: _compute_similarity(counts, self.words[word]) for char in counts for word in self.of_emoji[char]
        }

        def score(word: str) -> tuple[float, int, str]:
            bonus = IN_NAMES_BONUS * self.share_in_names(word, counts) + NAME_BONUS * (word in named)
            return candidates[word] + bonus, -len(word), word

        best = max(candidates, key=score, default="")
        return best if best and candidates[best] >= LEAST_SIMILARITY else ""

    def share_in_names(self, word: str, chars: Collection[str]) -> float:
        """Return the fraction of the given emoji whose names contain the English word."""
        return sum(f" {word} " in f" {self.drawn[char]} " for char in chars) / len(chars)

    def language(self, by_hand: Mapping[str, Any], annotations: Mapping[str, Any]) -> Language:
        """Build the dictionary of a language from manually written words and its emoji annotations in Unicode CLDR."""
        uses: dict[str, Counter[str]] = defaultdict(Counter)
        for phrase, counts in _count_uses(annotations, self.drawn).items():
            uses[key_of(phrase)] |= counts
        names: dict[str, str] = {}
        words: dict[str, str] = {}
        associated: dict[str, str] = {}
        for key, counts in uses.items():
            if not key or key.isdigit() or not (english := self.translate(counts)):
                continue
            if max(counts.values()) >= NAME_COUNT:
                names[key] = english
            elif self.share_in_names(english, counts) >= LEAST_SHARES.get(len(counts), LEAST_SHARE):
                words[key] = english
            else:
                associated[key] = english
        return _build_language(by_hand, names, words, associated)


def rare_words(net: WordNet, tokenizer: Tokenizer) -> Iterator[tuple[str, str]]:
    """Yield pairs of an English noun that the model does not draw, and a related name that it draws.

    The name is a synonym in WordNet, or the nearest hypernym or hyponym.
    """
    drawn = tokenizer.names
    for word in sorted(net.keys_of):
        if not _NOUN.fullmatch(word) or word in drawn.styles_of or net.adjectives[word] >= len(net.keys_of[word]):
            continue
        if name := _find_nearest_name(net, tokenizer, word):
            yield key_of(word), name


def revised_people(net: WordNet, rare: Mapping[str, str], is_drawn: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield the words for people among `rare` (as from `rare_words`) whose related name usually means another kind of
    thing, each with the nearest hypernym that is in `PEOPLE`. "Reporter" was read as "anchor", since anchors of
    television are reporters, and anchors of ships are drawn.

    A word that also means an animal, such as "cuckoo", gets the nearest hypernym of that which `is_drawn`. A "hog" is a
    greedy person too, but a pig is another word for it.
    """
    for word, name in rare.items():
        keys: Sequence[str] = net.keys_of.get(word, ())
        files = [net.senses[key].file for key in keys]
        if files[:1] != [PEOPLE_FILE] or _find_usual_file(net, name) in ("", PEOPLE_FILE):
            continue
        if any(file != PEOPLE_FILE and name in net.senses[key].names for key, file in zip(keys, files, strict=True)):
            continue
        if ANIMAL_FILE in files:
            revised = _find_above(net, keys[files.index(ANIMAL_FILE)], is_drawn)
        else:
            revised = _find_above(net, keys[0], PEOPLE.__contains__) or PERSON
        if revised:
            yield word, revised


def _find_above(net: WordNet, key: str, is_wanted: Callable[[str], bool]) -> str:
    """Return the name of the nearest hypernym of a sense that is wanted, or "" if there is none."""
    senses: Sequence[str] = net.senses[key].above
    while senses:
        if found := next((name for key in senses for name in net.senses[key].names if is_wanted(name)), ""):
            return found
        senses = [above for each in senses for above in net.senses[each].above]
    return ""


def _find_usual_file(net: WordNet, name: str) -> str:
    """Return WordNet's file of the usual sense in which a name can be drawn, or "" if there is none."""
    senses = (net.senses[key] for key in net.keys_of.get(name, ()))
    drawable = (sense for sense in senses if sense.file in DRAWABLE and not _YEARS.search(sense.definition))
    return next((sense.file for sense in drawable), "")


def _find_nearest_name(net: WordNet, tokenizer: Tokenizer, word: str) -> str:
    """Return the nearest name in WordNet that the model draws: a synonym, hypernym or hyponym of a word. Returns "" if
    there is none.

    A word that the lexicon reads as something equally near is only replaced by a synonym.
    """
    first = net.keys_of[word][0]
    if net.senses[first].file not in DRAWABLE:
        # If the usual sense of a word cannot be drawn, no other sense is meant.
        return ""
    if found := _find_drawn_name(net, tokenizer, [first], word):
        return found
    if tokenizer.text_lexicon.thing(word):
        return ""
    above, below = [first], [first]
    for _ in range(LEVELS):
        above = [key for each in above for key in net.senses[each].above if len(net.senses[key].below) <= WIDEST]
        below = [key for each in below for key in net.senses[each].below]
        if found := _find_drawn_name(net, tokenizer, above, word) or _find_drawn_name(
            net, tokenizer, below[:WIDEST], word
        ):
            return found
    return ""


def _find_drawn_name(net: WordNet, tokenizer: Tokenizer, senses: Iterable[str], word: str) -> str:
    """Return the most requested name in the given WordNet senses for which a memorised training image exists. Returns
    "" if there is none.
    """
    known = tokenizer.names
    names = [name for key in senses for name in net.senses[key].names if name != word]
    drawn = [name for name in names if known.is_drawn(name) and isinstance(known.styles_of[name], int)]
    demand = load_demand()
    return max(drawn, key=lambda name: demand.get(name, 0.0), default="")


def _build_language(by_hand: Mapping[str, Any], *found: Mapping[str, str]) -> Language:
    """Combine manually written words with words from CLDR into the dictionary of a language."""
    small, own = ({key_of(word): english for word, english in by_hand[table].items()} for table in ("small", "words"))
    endings = tuple((key_of(ending), key_of(base)) for ending, base in by_hand["endings"])
    language = Language(small, own, endings=endings)

    def others(words: Mapping[str, str]) -> dict[str, str]:
        return {key: words[key] for key in sorted(words) if key not in small | own and not is_quality(key)}

    def is_quality(key: str) -> bool:
        # It may be inflected, as in "casa roja".
        translation = language.find(key)
        return translation is not None and translation[0] in QUALITIES

    names, words, associated = map(others, found)
    return Language(small, own | names, words, associated, endings, by_hand["adjectives_follow"])


def _count_uses(annotations: Mapping[str, Any], drawn: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Return the uses of words and phrases for emoji: a dict from each phrase to the emoji that have it as a name or
    keyword, with weights.

    Names weigh more than keywords. Only emoji that the model draws are counted.
    """
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for raw, entry in annotations.items():
        if (char := plain_emoji(raw)) not in drawn:
            continue
        for phrases, count in ((entry.get("default", ()), KEYWORD_COUNT), (entry.get("tts", ()), NAME_COUNT)):
            for phrase in phrases:
                if len(phrase.split()) <= MOST_WORDS:
                    text = phrase.lower()
                    uses[text] |= Counter({char: count})
    return uses


def _compute_similarity(one: Counter[str], other: Counter[str]) -> float:
    """Return the cosine similarity of two words, given as vectors of emoji weights."""
    product = sum(count * other[char] for char, count in one.items())
    return product / math.sqrt(sum(map(_square, one.values())) * sum(map(_square, other.values())))


def _square(value: int) -> int:
    return value * value


def _read_annotations(packed: Path, language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = member(packed, f"package/annotations/{language}/annotations.json")
    return found["annotations"]["annotations"]
