"""Dictionary of a model, which translates foreign words and rare English words into English words that the model knows.

Changing a shipped dictionary changes the images of the prompts that it translates. It therefore requires a new version
of the generation rules (`Request.rules`), so that older images remain reproducible.
"""

from __future__ import annotations

import lzma
import re
import unicodedata
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice, takewhile
from operator import itemgetter
from pathlib import Path

from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.files.compressed_json import read_packed_json, table_error, write_packed_json
from gdm_studio.models.prompts.compounds import Compounds, read_compounds
from gdm_studio.models.prompts.modifiers import foreign_modifier_spans, modifier_spans, request_spans
from gdm_studio.models.prompts.vocabulary import Vocabulary
from gdm_studio.models.prompts.word_classes import (
    ADJECTIVES,
    COLOUR_WORDS,
    DETERMINERS,
    EXCLUDING,
    NUMBERS,
    PEOPLE,
    PREPOSITIONS,
    STOP_WORDS,
    forms,
)

# Name of the dictionary's file, beside the weights.
FILE = "dictionary.xz"
# Maximum size of an unpacked dictionary in bytes.
MOST = 2**23
ENGLISH = "en"
# Maximum number of units in a phrase.
LONGEST = 8
# Maximum number of units of a prompt that are translated. The model reads far fewer.
MOST_UNITS = 200
# Maximum number of languages, of endings in a language, and of characters in a translation.
MOST_LANGUAGES = 64
MOST_ENDINGS = 64
MOST_LETTERS = 100
# Maximum number of words of a prompt whose spelling is corrected, and minimum length of each.
MOST_CORRECTED, LEAST_CORRECTED = 8, 5
# Endings of plurals.
PLURALS = ("s", "x")
# Minimum length of a word without its ending.
SHORTEST_STEM = 2
# Languages in which the last of joined nouns names the object ("Laufschuh"). Minimum length of this noun, if the
# language is certain and otherwise, and of what precedes it.
JOINING = ("de", "nl")
LEAST_JOINED, LEAST_IF_UNCERTAIN, LEAST_BEFORE_JOINED = 4, 5, 3
# Weights of words in the choice of the language: articles and prepositions; names of objects or known English words;
# other words for objects, which languages share more often; and words that are only associated with objects.
SMALL_WEIGHT = 4
NAME_WEIGHT = 3
WORD_WEIGHT = 2
ASSOCIATED_WEIGHT = 1
# English words that are usually words of another language when they are the whole prompt.
MORE_COMMON_ELSEWHERE = frozenset(
    ("agua", "amor", "arc", "ballon", "berg", "cadenas", "chat", "chateau", "corona", "fleur", "fuego")
    + ("handy", "lit", "luna", "mais", "mamma", "neve", "ofen", "os", "porta", "regal", "rue", "see")
    + ("stella", "teddy", "teller", "toboggan", "vino")
)
# English words that describe or count an object but do not name one.
QUALITIES = (
    COLOUR_WORDS
    | ADJECTIVES
    | frozenset(NUMBERS)
    | {"angry", "beautiful", "big", "burning", "cute", "friendly", "happy", "sad", "snowy", "young"}
) - PEOPLE
# Negations, which no dictionary file contains, by language. They take precedence over the file's words.
NEGATIONS = {
    "ar": {"بدون": "without"},
    "de": {"ohne": "without", "nicht": "not", "kein": "no", "keine": "no", "keinen": "no", "weder": "no"},
    "es": {"sin": "without", "no": "not", "ni": "no"},
    "fr": {"sans": "without", "pas": "not", "aucun": "no", "aucune": "no", "ni": "no"},
    "it": {"senza": "without", "non": "not"},
    "nl": {"zonder": "without", "niet": "not", "geen": "no"},
    "pl": {"bez": "without", "nie": "not"},
    "pt": {"sem": "without", "nao": "not", "nem": "no"},
    "ru": {"без": "without", "не": "not"},
}
# Translation of a verb whose phrases name people ("骑自行车" is a person who cycles), unless they have a subject.
RIDING = "riding a"
# Prepositions of place that no dictionary file contains, by language, and those that end with "of" or "to". Newer
# requests read them.
PLACES = {
    "fr": {"devant": "in front of"},
    "it": {"sopra": "on"},
    "nl": {"naast": "next to"},
    "zh": {"骑": RIDING, "骑 着": RIDING, "骑 车": "riding a bicycle"},
}
_PLACES_OF = {
    "es": {"al lado": "next to", "delante": "in front of", "enfrente": "in front of", "frente": "in front of"}
    | {"encima": "on", "debajo": "under", "dentro": "in", "cerca": "near"},
    "fr": {"a cote": "next to", "en face": "in front of", "au dessus": "over", "au dessous": "under", "pres": "near"},
    "it": {"accanto": "next to", "vicino": "near", "davanti": "in front of"},
    "pt": {"ao lado": "next to", "em frente": "in front of", "em cima": "on", "debaixo": "under", "atras": "behind"}
    | {"dentro": "in", "perto": "near"},
}
# "Of" and "to" in these languages, also with an article, each with the English article.
_OF = {
    "es": {"de": "", "a": "", "del": " the", "al": " the"},
    "fr": {"de": "", "d un": " a", "d une": " a", "du": " the", "des": " the"},
    "it": {"a": "", "ad": "", "al": " the", "alla": " the", "allo": " the", "ai": " the", "alle": " the"},
    "pt": {"de": "", "a": "", "do": " the", "da": " the", "dos": " the", "das": " the"},
}
for _language, _places in _PLACES_OF.items():
    PLACES.setdefault(_language, {}).update(
        (f"{place} {of}", english + article)
        for place, english in _places.items()
        for of, article in _OF[_language].items()
    )
# English counts these like drinking glasses, other languages do not.
SPECTACLES, GLASSES = "eyeglasses", "glasses"
# Phrases that exclude an object in languages without spaces: "帽子のない", "没有帽子的". Particles and "and" end the
# object, and its length is limited, so that the search takes linear time.
EXCLUSIONS = {
    "ja": re.compile(
        r"[^\s、。，,とはもにでをのが]{1,12}?(?:[のが]い?ない(?![てたくで])|[のが]?無い(?![てたくで])"
        r"|(?<![洋い])(?:なし|無し|抜き)(?:の|(?=$|[\s、。，,])))"
    ),
    "zh": re.compile(r"(?<![沉淹埋出湮有])(?:没有|没(?=[带戴穿])|不带)[^\s、。，,的但和只也有与跟在坐站吃跑]{1,12}的?"),
}
# Words for one and several cups before a drink, for coffee and for tea, by language. The files translate these drinks
# as a cup of something else.
_CUPS_COFFEE_TEA = {
    "de": (("tasse", "tassen"), "kaffee", "tee"),
    "es": (("taza de", "tazas de"), "cafe", "te"),
    "fr": (("tasse de", "tasses de"), "cafe", "the"),
    "it": (("tazza di", "tazze di"), "caffe", "te"),
    "nl": (("kop", "koppen", "kopje", "kopjes"), "koffie", "thee"),
    "pl": (("filizanka", "filizanki"), "kawy", "herbaty"),
    "pt": (("xicara de", "xicaras de"), "cafe", "cha"),
    "ru": (("чашка", "чашки"), "кофе", "чая"),
}
# Names of drinks in cups, by language. They take precedence over the file's words, too.
CUPS = {
    language: {f"{cup} {drink}": english for cup in cups for drink, english in ((coffee, "coffee"), (tea, "tea"))}
    for language, (cups, coffee, tea) in _CUPS_COFFEE_TEA.items()
}
CUPS["de"]["tasse"] = "cup"
# In Romance languages, the word for pink is the noun for this flower.
PINK, ROSE = "pink", "rose"
# Frequent words of other languages that no English prompt contains.
FOREIGN = frozenset(
    ("ein", "eine", "einen", "der", "das", "und", "mit", "auf", "im", "un", "une", "le", "les", "et", "avec", "des")
    + ("el", "los", "las", "una", "con", "uno", "il", "della", "di", "het", "een", "en", "met", "och", "na", "uma")
)
# Paths, addresses, file names, and numbers ("20", "3b"), which belong to no language.
NO_LANGUAGE = re.compile(r"\S*(?:[\\@_]|/\S*/|\w\.\w)\S*|[\d\W]+|[a-zA-Z]*\d[a-zA-Z\d]*")
# Prompts with this many unknown words may be in another language.
FEW_UNKNOWN = 2
# Function that returns the correct spelling of a word, "" if there is none, and None if it must not be corrected.
Spell = Callable[[str], str | None]
# Kana and Chinese characters, whose words are written without spaces.
_UNSPACED = r"\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# One of these characters, or a word of another script with its combining marks.
_UNIT = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}][\u0300-\u036f]*)+")
_KANA = re.compile(r"[\u3040-\u30ff]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
_ARABIC_ARTICLE = "ال"


@dataclass(frozen=True)
class DictionaryUnit:
    """Smallest part of a prompt that can be looked up in a dictionary: a word (lower case, without accents), or a
    single Chinese or Japanese character, with its position in the prompt.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Language:
    """Vocabulary of one language in a model's dictionary, with English translations.

    The keys are units joined by spaces, as returned by `key_of`. An empty translation removes the word. `small`
    contains articles, conjunctions and prepositions, and `names` the common names of objects and colours. `associated`
    words are translated to an object that they merely suggest, as "holiday" for "happy". `endings` contains pairs
    (ending of an inflected word, ending of its base form). With `adjectives_follow`, an adjective comes after its noun.
    """

    small: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    associated: dict[str, str] = field(default_factory=dict)
    endings: tuple[tuple[str, ...], ...] = ()
    adjectives_follow: bool = False

    def __post_init__(self) -> None:
        if len(self.endings) > MOST_ENDINGS or any(len(pair) != 2 for pair in self.endings):
            raise ValueError("there are too many endings, or one has no base form")
        tables = (self.small, self.names, self.words, self.associated)
        if any(len(english) > MOST_LETTERS for table in tables for english in table.values()):
            raise ValueError("a translation is too long")

    def find(self, key: str, *, only_exact: bool = False) -> tuple[str, int] | None:
        """Look up a word or phrase, or the base form of an inflected one unless `only_exact`. Returns its translation
        and a weight, or None if this language does not contain it.

        A plural in -s or -x has the meaning of its singular if the singular is the more certain name of an object:
        "étoiles" are stars, not sparkles.
        """
        if only_exact:
            return self._look_up(key)
        exact = self._look_up(key)
        if exact is None:
            return next(filter(None, map(self._look_up, self._iter_base_forms(key, self.endings))), None)
        plurals = [(ending, base) for ending, base in self.endings if ending in PLURALS and not base]
        singulars = filter(None, map(self._look_up, self._iter_base_forms(key, plurals)))
        return max([exact, *(each for each in singulars if each[1] != SMALL_WEIGHT)], key=itemgetter(1))

    def find_joined(self, word: str, least: int) -> tuple[str, int] | None:
        """Return the translation of the longest noun, of at least `least` letters, that ends a word, and its weight.

        The translations of `words` are loose: "Helm" is a worker. One counts if names that end with the word mean such
        an object: "Babyflasche" is a baby bottle.
        """
        for start in range(LEAST_BEFORE_JOINED, len(word) - least + 1):
            found = self.find(word[start:], only_exact=least > LEAST_JOINED)
            if found and (
                found[1] == NAME_WEIGHT or (found[1] == WORD_WEIGHT and self._ends_name(word[start:], found[0]))
            ):
                return found
        return None

    def _ends_name(self, word: str, english: str) -> bool:
        """Return True if a longer name ends with a word, and its translation with that of the word."""
        bases = (word, *self._iter_base_forms(word, self.endings))
        return any(
            name != base and name.endswith(base) and object_name.endswith(english)
            for name, object_name in self.names.items()
            for base in bases
        )

    def _look_up(self, key: str) -> tuple[str, int] | None:
        """Return the translation of a word or phrase and its weight, or None if this language does not contain it."""
        tables = (
            (self.small, SMALL_WEIGHT),
            (self.names, NAME_WEIGHT),
            (self.words, WORD_WEIGHT),
            (self.associated, ASSOCIATED_WEIGHT),
        )
        return next(((table[key], weight) for table, weight in tables if key in table), None)

    def _iter_base_forms(self, key: str, endings: Iterable[tuple[str, ...]]) -> Iterator[str]:
        for ending, base in endings:
            if key.endswith(ending) and len(key) >= len(ending) + SHORTEST_STEM:
                yield key.removesuffix(ending) + base


@dataclass(frozen=True)
class Segment:
    """Part of a translated prompt, at the characters `first` … `last`, and the corresponding part of the original
    prompt, at `start` … `end`.
    """

    first: int
    last: int
    start: int
    end: int
    # True if the words differ from the prompt's.
    is_translated: bool = True

    @property
    def is_removed(self) -> bool:
        """True if these words of the prompt have no translation, so that they are missing in the translated prompt."""
        return self.first == self.last and self.start < self.end


@dataclass(frozen=True)
class Correction:
    """Misspelt word at the characters `start` … `end` of a prompt, and its correction in the same language."""

    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Translation:
    """Prompt translated into words that a model knows. The segments map each part of the translated text to its
    position in the original prompt.
    """

    text: str
    segments: tuple[Segment, ...] = ()
    # Ranges (start, end) of the original prompt with words that the dictionary knows but leaves as they are.
    unused: tuple[tuple[int, int], ...] = ()
    # The name of the prompt's language in the dictionary.
    language: str = ENGLISH
    # Phrases of the original prompt that exclude objects and were removed.
    exclusions: tuple[str, ...] = ()
    # Misspelt words of the original prompt, which are read as the words that they seem to misspell.
    corrections: tuple[Correction, ...] = ()
    # Ranges (start, end) of the original prompt that only ask for an image ("can you draw me"), and were removed.
    requests: tuple[tuple[int, int], ...] = ()

    @property
    def is_changed(self) -> bool:
        """True if at least one word of the prompt was translated or removed."""
        return any(segment.is_translated for segment in self.segments)

    @property
    def is_only_corrected(self) -> bool:
        """True if `text` is the prompt itself, with its spelling corrected."""
        changed = [(each.start, each.end) for each in self.segments if each.is_translated]
        return changed == [(each.start, each.end) for each in self.corrections]

    def source(self, first: int, last: int) -> tuple[int, int]:
        """Return the range (start, end) of the original prompt that corresponds to the range `first` … `last` of the
        translated text.
        """
        spans = []
        for segment in self._find_segments(first, last):
            if segment.is_translated:
                spans.append((segment.start, segment.end))
            else:
                shift = segment.start - segment.first
                spans.append((max(first, segment.first) + shift, min(last, segment.last) + shift))
        if not spans:
            return first, last
        return min(start for start, _ in spans), max(end for _, end in spans)

    def is_translated(self, first: int, last: int) -> bool:
        """Return True if the range `first` … `last` of the translated text contains words that are not in the original
        prompt.
        """
        return any(segment.is_translated for segment in self._find_segments(first, last))

    def unchanged(self, positions: Collection[int]) -> set[int]:
        """Return the positions of the given characters of the prompt in the translated text, without characters that it
        no longer contains.
        """
        if not self.segments or not positions:
            return {*positions}
        return {
            segment.first + position - segment.start
            for segment in self.segments
            if not segment.is_translated
            for position in range(segment.start, segment.end)
            if position in positions
        }

    def _find_segments(self, first: int, last: int) -> list[Segment]:
        return [segment for segment in self.segments if segment.first < last and first < segment.last]


def translate_prompt(
    dictionary: Dictionary, vocabulary: Vocabulary, prompt: str, trained: Container[str] | None = ()
) -> Translation:
    """Translate a prompt to English words of a vocabulary, with its misspelt words corrected.

    `trained` contains the words (lower case, without accents) that the LoRAs of the prompt know. They are not
    corrected, and no word is if it is None. Raises ModelError if the dictionary is damaged.
    """

    def spell(word: str) -> str | None:
        is_right = trained is None or word in trained
        return None if is_right else vocabulary.spell(word, dictionary.read_english_words())

    return dictionary.translate(
        prompt, vocabulary.knows, vocabulary.is_further_drawing, vocabulary.replaces, None if trained is None else spell
    )


@dataclass(frozen=True)
class Dictionary:
    """Dictionary file, which translates prompts in several languages into English words that a model knows. It is read
    on first use.

    The file `compounds` adds English names such as "golf club", each with the nearest name that the model draws. It is
    None for requests of earlier versions.
    """

    path: Path
    compounds: Path | None = None
    # False for requests that are older than READS_SYNONYMS.
    has_further_compounds: bool = True
    # Both are False for requests that are older than SHOWS_ALL_OBJECTS.
    has_revised_people: bool = True
    reads_joined_words: bool = True
    # False for requests that are older than READS_SENTENCES.
    reads_requests: bool = True
    # True if `PLACES` are read, and glasses of other languages are spectacles. False for requests that are older than
    # READS_RARE_THINGS.
    reads_places: bool = True

    def translate(
        self,
        prompt: str,
        is_known: Callable[[str], bool],
        is_name: Callable[[str], bool] = lambda phrase: False,
        is_replaced: Callable[[str], bool] = lambda word: False,
        spell: Spell | None = None,
    ) -> Translation:
        """Translate a prompt into English words that the model knows.

        The language that explains most of the prompt is chosen; English is preferred. `is_known` returns True for an
        English word (lower case, without accents) that the model knows. Rare English words are replaced by known ones,
        except in phrases for which `is_name` returns True, and English words that merely describe the style of the
        image are left out. Rare English words that the model replaces by itself, for which `is_replaced` returns True,
        count less if the prompt has no other English words: many are common in another language, such as "mariposa".
        With `spell`, misspelt words are read as the words that they seem to misspell. Raises ModelError if the file is
        damaged.
        """
        units = units_of(prompt, MOST_UNITS)
        name, matches, has_english = self._choose_language(prompt, units, is_known, is_name, is_replaced)
        joined = LEAST_JOINED * (name in self._joining)
        chosen = self._languages().get(name, Language())
        if joined:
            matches = _find_matches(chosen, units, is_known=is_known, joined=joined)
        corrections: tuple[Correction, ...] = ()
        if spell is not None:
            corrections = self._find_corrections(prompt, units, matches, name, is_known, is_name, spell)
        if corrections:
            matches = _match_corrected(chosen, name, units, corrections, is_name, is_known, joined)
        if not has_english and not matches:
            name, matches = self._find_joined_language(name, units, is_known)
        found, matches = matches, _drop_associated(matches)
        unused = tuple((match.start, match.end) for match in found if match not in matches)
        requests = tuple(request_spans(prompt)) if name == ENGLISH and self.reads_requests else ()
        excluded = [*EXCLUSIONS[name].finditer(prompt)] if name in EXCLUSIONS else []
        if name == ENGLISH:
            modifiers = modifier_spans(_blank_out(prompt, requests), is_known, reads_uses=self.reads_requests)
            matches = _add_removals(matches, [*requests, *modifiers])
            matches = _add_removals(matches, self._find_descriptions(prompt, units, matches, is_known, is_name))
        else:
            plain = _add_removals(matches, foreign_modifier_spans(prompt, name))
            # "Ein Bild" and "红色的画" are objects, since nothing else names one.
            matches = plain if any(match.is_object for match in plain) else matches
            matches = _add_removals(matches, [each.span() for each in excluded])
        pieces = _split_into_pieces(prompt, matches)
        # A single "rosa" is a rose in any language.
        if self._languages().get(name, Language()).adjectives_follow or len(units) == 1:
            pieces = _move_adjectives(prompt, _translate_roses(prompt, pieces))
        read = (
            each for each in corrections if any(each.start < match.end and match.start < each.end for match in matches)
        )
        return replace(
            _create_translation(prompt, pieces),
            unused=unused,
            language=name,
            exclusions=tuple(each[0] for each in excluded),
            requests=requests,
            corrections=tuple(read),
        )

    @property
    def _joining(self) -> Collection[str]:
        """Names of the languages whose joined words are split."""
        return JOINING if self.reads_joined_words else ()

    def _choose_language(
        self,
        prompt: str,
        units: Sequence[DictionaryUnit],
        is_known: Callable[[str], bool],
        is_name: Callable[[str], bool],
        is_replaced: Callable[[str], bool],
    ) -> tuple[str, list[_Match], bool]:
        """Return the name of the language that explains most of a prompt, its matches, and True if the prompt has words
        that are English. See `translate` for the functions.
        """
        languages = self._languages()
        # A word with an accent is not an English word.
        ascii_units = [unit for unit in units if prompt[unit.start : unit.end].isascii()]
        english = [unit for unit in ascii_units if unit.text in STOP_WORDS or is_known(unit.text)]
        english = [unit for unit in english if not _is_german_article(unit, units, is_known)]
        if len(units) == 1 and units[0].text in MORE_COMMON_ELSEWHERE:
            english = []
        name_weight = WORD_WEIGHT if all(is_replaced(unit.text) for unit in english) else NAME_WEIGHT
        best = sum(SMALL_WEIGHT if unit.text in STOP_WORDS else name_weight for unit in english)
        starts = {unit.start for unit in english}
        chosen, matches = ENGLISH, _find_matches(languages.get(ENGLISH, Language()), units, is_name, is_known)
        for name, language in languages.items():
            if name == ENGLISH:
                continue
            found = _find_matches(language, units)
            # A single article or preposition does not indicate a language.
            score = sum(match.weight for match in found if len(units) > 1 or match.unit_weight != SMALL_WEIGHT)
            # Articles and prepositions that are also English words, such as "van", do not indicate a language.
            if score > best and any(match.unit_weight != SMALL_WEIGHT or match.start not in starts for match in found):
                best, chosen, matches = score, name, found
        return chosen, matches, bool(english)

    def _find_joined_language(
        self, name: str, units: Sequence[DictionaryUnit], is_known: Callable[[str], bool]
    ) -> tuple[str, list[_Match]]:
        """Return the name of a language in which all words of a prompt are joined words, and their matches, or the
        language `name` without matches if there is none.
        """
        languages = self._languages()
        for each in self._joining:
            found = _find_matches(languages.get(each, Language()), units, is_known=is_known, joined=LEAST_IF_UNCERTAIN)
            if found and sum(match.count for match in found) == len(units):
                return each, found
        return name, []

    def _find_corrections(
        self,
        prompt: str,
        units: Sequence[DictionaryUnit],
        matches: Sequence[_Match],
        language: str,
        is_known: Callable[[str], bool],
        is_name: Callable[[str], bool],
        spell: Spell,
    ) -> tuple[Correction, ...]:
        """Return the corrections of the misspelt words of a prompt in a language, at most MOST_CORRECTED. The
        `matches` are the phrases that the language knows. Words for which `spell` returns None are not misspelt.
        """
        from gdm_studio.models.prompts.spelling import LEAST_LETTERS

        written = [each.span() for each in re.finditer(r"\S+", prompt) if NO_LANGUAGE.fullmatch(each[0])]
        # The tags of LoRAs that are not installed.
        written += [each.span() for each in re.finditer(r"<[^<>]*>", prompt)]
        known = [*written, *((match.start, match.end) for match in matches), *_iter_named(units, is_name)]
        others = [unit for unit in units if not any(unit.start < end and start < unit.end for start, end in known)]
        others = [unit for unit in others if unit.text not in STOP_WORDS and not is_known(unit.text)]
        spelt = {unit: near for unit in others if (near := spell(unit.text)) is not None}
        if language != ENGLISH:
            words = {prompt[unit.start : unit.end] for unit in spelt}
            near_of = self.correct(prompt, words) if words else {}
            spelt = {unit: near_of.get(prompt[unit.start : unit.end], "") for unit in spelt}
        else:
            spelt = {
                unit: len(unit.text) >= LEAST_LETTERS and self.english_name(unit.text) or near
                for unit, near in spelt.items()
            }
            # Accents belong to other languages.
            spelt = {unit: near if prompt[unit.start : unit.end].isascii() else "" for unit, near in spelt.items()}
            if _seems_foreign([unit for unit in units if unit.text not in STOP_WORDS], units, others, spelt):
                return ()
        found = (Correction(unit.start, unit.end, near) for unit, near in spelt.items() if near)
        return tuple(islice(found, MOST_CORRECTED))

    def read_english_words(self) -> frozenset[str]:
        """Return the single English words that the dictionary translates. Raises ModelError if it is damaged."""
        return _read_single_words(self.path, self._modification_time()).get(ENGLISH, frozenset())

    def read_rare_words(self) -> Mapping[str, str]:
        """Return the rare English words of the file, each with a known one. Raises ModelError if it is damaged."""
        return _read(self.path, self._modification_time()).get(ENGLISH, Language()).words

    def english_name(self, word: str) -> str:
        """Return the English name of an object that a word names in another language, or "" if it names none. Raises
        ModelError if the file is damaged.
        """
        languages = _read(self.path, self._modification_time())
        key = key_of(word)
        names = (
            language.names[key] for name, language in languages.items() if name != ENGLISH and key in language.names
        )
        return next(names, "")

    def correct(self, prompt: str, unknown: Collection[str]) -> dict[str, str]:
        """Return corrections of the unknown words of a prompt in another language than English, in lower case without
        accents. Only nouns after an article or a preposition are corrected, at most MOST_CORRECTED.

        Articles, prepositions and similar words reveal the language. Raises ModelError if the file is damaged.
        """
        from gdm_studio.models.prompts.spelling import correct_spelling

        languages = _read(self.path, self._modification_time())
        units = units_of(prompt, MOST_UNITS)
        counts = {
            name: sum(unit.text in language.small for unit in units)
            for name, language in languages.items()
            if name != ENGLISH
        }
        most = max(counts.values(), default=0)
        if most <= sum(unit.text in STOP_WORDS for unit in units):
            return {}
        likely = [name for name, count in counts.items() if count == most]
        words = _read_single_words(self.path, self._modification_time())
        found: dict[str, str] = {}
        for before, unit in zip(units, units[1:], strict=False):
            word = prompt[unit.start : unit.end]
            if word not in unknown or len(found) == MOST_CORRECTED:
                continue
            # Verbs and adjectives after an object are not corrected: they are often unknown and resemble other words.
            known = [words[name] for name in likely if languages[name].small.get(before.text, "and") != "and"]
            if len(word) >= LEAST_CORRECTED and not any(unit.text in each for each in known):
                found[word] = next(filter(None, (correct_spelling(unit.text, each) for each in known)), "")
        return {word: near for word, near in found.items() if near}

    def _find_descriptions(
        self,
        prompt: str,
        units: Sequence[DictionaryUnit],
        matches: Sequence[_Match],
        is_known: Callable[[str], bool],
        is_name: Callable[[str], bool],
    ) -> list[tuple[int, int]]:
        """Return the character ranges (start, end) of words that describe the thing before them in an English prompt.
        Words in translated phrases, and in those for which `is_name` returns True, do not.
        """
        if self.compounds is None:
            return []
        table = read_compounds(self.compounds, _modification_time_of(self.compounds))
        taken = [*((match.start, match.end) for match in matches), *_iter_named(units, is_name)]
        spans = [(unit.start, unit.end) for unit in _iter_descriptions(prompt, units, table, is_known)]
        return [(start, end) for start, end in spans if not any(start < last and first < end for first, last in taken)]

    def small_words(self, language: str) -> frozenset[str]:
        """Return the articles, conjunctions and prepositions of a language, in lower case without accents. Raises
        ModelError.
        """
        return frozenset(self._languages().get(language, Language()).small)

    def _languages(self) -> Mapping[str, Language]:
        """Return the vocabularies of all languages, with the compounds among the English names."""
        if self.compounds is None:
            return _read(self.path, self._modification_time())
        times = self._modification_time(), _modification_time_of(self.compounds)
        return _read_with_compounds(
            self.path, self.compounds, times, self.has_further_compounds, self.has_revised_people, self.reads_places
        )

    def _modification_time(self) -> int:
        return _modification_time_of(self.path)


def _iter_named(units: Sequence[DictionaryUnit], is_name: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield the ranges (start, end) of a prompt with phrases for which `is_name` returns True, the longest first."""
    at = 0
    while at < len(units):
        counts = range(min(LONGEST, len(units) - at), 0, -1)
        count = next((each for each in counts if is_name(" ".join(unit.text for unit in units[at : at + each]))), 0)
        if count:
            yield units[at].start, units[at + count - 1].end
        at += count or 1


def _iter_descriptions(
    prompt: str, units: Sequence[DictionaryUnit], compounds: Compounds, is_known: Callable[[str], bool]
) -> Iterator[DictionaryUnit]:
    """Yield the words of a prompt that describe the thing before them: a participle before a preposition ("an apple cut
    in half"), and "of" and the content of a container ("a pitcher of water").
    """
    # Marks such as commas separate things.
    is_joined = [not prompt[one.end : other.start].strip() for one, other in zip(units, units[1:], strict=False)]
    for at in range(1, len(units) - 1):
        before, unit, after = units[at - 1 : at + 2]
        if not all(is_joined[at - 1 : at + 1]):
            continue
        is_behind_thing = before.text not in STOP_WORDS | COLOUR_WORDS and is_known(before.text)
        if unit.text in compounds.participle_words and is_behind_thing and after.text in PREPOSITIONS:
            yield unit
        elif unit.text == "of" and any(form in compounds.container_words for form in forms(before.text)):
            yield unit
            yield from takewhile(lambda each: each.text not in PREPOSITIONS, _take_joined(units, is_joined, at + 1))


def _take_joined(units: Sequence[DictionaryUnit], is_joined: Sequence[bool], first: int) -> Iterator[DictionaryUnit]:
    """Yield the words of a prompt from the index `first` up to the next mark."""
    for at in range(first, len(units)):
        yield units[at]
        if at == len(is_joined) or not is_joined[at]:
            return


def _seems_foreign(
    content: Sequence[DictionaryUnit],
    units: Sequence[DictionaryUnit],
    unknown: Sequence[DictionaryUnit],
    spelt: Mapping[DictionaryUnit, str],
) -> bool:
    """Return True if a prompt that is read as English seems to be in a language without a dictionary: most of its
    words are unknown, and are neither misspelt nor existing in English. Its words must not be corrected.
    """
    strange = sum(spelt.get(unit) == "" for unit in unknown)
    is_foreign = not FOREIGN.isdisjoint(unit.text for unit in units)
    is_most = 2 * len(unknown) > len(content)
    return is_most and (is_foreign or strange >= FEW_UNKNOWN and 3 * strange > 2 * len(content))


def _match_corrected(
    language: Language,
    name: str,
    units: Sequence[DictionaryUnit],
    corrections: Sequence[Correction],
    is_name: Callable[[str], bool],
    is_known: Callable[[str], bool],
    joined: int,
) -> list[_Match]:
    """Return the phrases of a prompt that a language translates when its misspelt words are corrected. Corrected
    English words need no translation, and are phrases by themselves.
    """
    words = {each.start: each.word for each in corrections}
    read = [replace(unit, text=key_of(words[unit.start])) if unit.start in words else unit for unit in units]
    if name != ENGLISH:
        return _find_matches(language, read, is_known=is_known, joined=joined)
    matches = _find_matches(language, read, is_name, is_known)
    covered = {unit.start for match in matches for unit in units if match.start <= unit.start < match.end}
    alone = [
        _Match(each.start, each.end, each.word, 1, NAME_WEIGHT) for each in corrections if each.start not in covered
    ]
    return sorted([*matches, *alone], key=lambda match: match.start)


@dataclass(frozen=True)
class _Match:
    start: int
    end: int
    english: str
    # The number of units, and the weight of each.
    count: int
    unit_weight: int

    @property
    def weight(self) -> int:
        # A whole phrase does not match by coincidence.
        return self.count * (self.unit_weight if self.count == 1 else max(self.unit_weight, NAME_WEIGHT))

    @property
    def is_quality(self) -> bool:
        return self.english in QUALITIES

    @property
    def is_object(self) -> bool:
        return self.unit_weight in (NAME_WEIGHT, WORD_WEIGHT) and not self.is_quality


# Unchanged text of the prompt, from `start` to `end`, or a translated phrase.
_Piece = _Match | tuple[int, int]


def units_of(text: str, limit: int | None = None) -> list[DictionaryUnit]:
    """Split a string into words and single Chinese or Japanese characters, the units that are looked up in a
    dictionary. Only the first `limit` units are returned, or all if it is None.
    """
    return [DictionaryUnit(_remove_accents(found[0]), *found.span()) for found in islice(_UNIT.finditer(text), limit)]


def key_of(text: str) -> str:
    """Return the key under which a word or phrase is stored in a dictionary: its units in lower case without accents,
    separated by spaces.
    """
    return " ".join(unit.text for unit in units_of(text))


def write_dictionary(path: Path, languages: Mapping[str, Language]) -> int:
    """Compress the vocabularies of several languages, by language name, into a dictionary file. Returns the size of the
    file in bytes. Raises StorageError if it cannot be written.
    """
    return write_packed_json(path, {name: vars(each) for name, each in languages.items()})


def _modification_time_of(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise table_error(path, error) from error


@lru_cache(maxsize=4)
def _read(path: Path, modified: int) -> dict[str, Language]:
    try:
        found = read_packed_json(path, MOST)
        if len(found) > MOST_LANGUAGES:
            raise ValueError("there are too many languages")
        return {name: _add_negations_and_cups(name, from_json(Language, each)) for name, each in found.items()}
    except (OSError, lzma.LZMAError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise table_error(path, error) from error


@lru_cache(maxsize=4)
def _read_with_compounds(
    path: Path, compounds: Path, modified: tuple[int, int], has_further: bool, has_people: bool, has_places: bool
) -> dict[str, Language]:
    """Return the vocabularies of a dictionary. The names in the file `compounds` are added to the English ones, unless
    the dictionary translates the same words. `has_further` adds the names that only newer requests read, and
    `has_people` replaces words for people that the dictionary reads as other things, and `has_places` adds `PLACES`.
    """
    languages = _read(path, modified[0])
    if has_places:
        languages = {name: _add_places(name, language) for name, language in languages.items()}
    english = languages.get(ENGLISH, Language())
    table = read_compounds(compounds, modified[1])
    added = table.names | table.further_names if has_further else table.names
    names = {key: name for key, name in added.items() if key not in english.small and key not in english.words}
    words = english.words | table.people if has_people else english.words
    return languages | {ENGLISH: replace(english, names=names | english.names, words=words)}


@lru_cache(maxsize=2)
def _read_single_words(path: Path, modified: int) -> dict[str, frozenset[str]]:
    """Return the single words that name objects and qualities, for each language of a dictionary."""
    return {
        name: frozenset(key for key in (*language.names, *language.words) if " " not in key)
        for name, language in _read(path, modified).items()
    }


def _add_negations_and_cups(name: str, language: Language) -> Language:
    """Add the negations and the cups of a language to its vocabulary."""
    small = language.small | NEGATIONS.get(name, {})
    return replace(language, small=small, names=language.names | CUPS.get(name, {}))


def _add_places(name: str, language: Language) -> Language:
    """Add the prepositions of place of a language to its vocabulary, and read its glasses as spectacles."""
    if name == ENGLISH:
        return language
    tables = (
        {key: SPECTACLES if english == GLASSES else english for key, english in table.items()}
        for table in (language.names, language.words)
    )
    names, words = tables
    return replace(language, small=language.small | PLACES.get(name, {}), names=names, words=words)


def _find_matches(
    language: Language,
    units: Sequence[DictionaryUnit],
    is_name: Callable[[str], bool] = lambda phrase: False,
    is_known: Callable[[str], bool] = lambda word: False,
    joined: int = 0,
) -> list[_Match]:
    """Return the phrases of a prompt that a language can translate. At each position the longest known phrase is
    matched. Matches do not overlap, and a phrase for which `is_name` returns True is not translated. An English word
    for which `is_known` returns True is not replaced by a base form: "oranges" must not become "orang". An
    unknown word of another language is read as a noun of at least `joined` letters that ends it, unless it is 0.
    """
    found: list[_Match] = []
    at = 0
    while at < len(units):
        count = min(LONGEST, len(units) - at)
        while count:
            key = " ".join(unit.text for unit in units[at : at + count])
            if is_name(key):
                break
            first = language.small.get(units[at].text)
            if count > 1 and at and ([first] in EXCLUDING or first == RIDING and key not in language.small):
                # "Una flor sin hojas" excludes the leaves, and does not mean a leafless tree.
                count -= 1
                continue
            translation = language.find(key, only_exact=not joined and is_known(key))
            if translation is None and joined and count == 1 and not is_known(key):
                translation = language.find_joined(key, joined)
            if translation:
                english, weight = translation
                found.append(_Match(units[at].start, units[at + count - 1].end, english, count, weight))
                break
            count -= 1
        at += count or 1
    return found


def _drop_associated(matches: Sequence[_Match]) -> list[_Match]:
    """Leave out words that are only associated with drawings beside a word that names an object.

    Only words up to the first preposition are compared, since the words after it describe a place or another object: in
    "Großmutter mit Brille", the grandmother is retained.
    """
    ends = PREPOSITIONS | {"of"}
    start = next((place for place, match in enumerate(matches) if match.english.split(" ")[0] in ends), len(matches))
    if not any(match.is_object for match in matches[:start]):
        return [*matches]
    main = [match for match in matches[:start] if match.count > 1 or match.unit_weight > ASSOCIATED_WEIGHT]
    return [*main, *matches[start:]]


def _is_german_article(unit: DictionaryUnit, units: Sequence[DictionaryUnit], is_known: Callable[[str], bool]) -> bool:
    """Return True if a word is "die" before a word that is not English, and therefore not the game die."""
    if unit.text != "die":
        return False
    following = next((each.text for each in units if each.start >= unit.end), "")
    return following != "" and not (following in STOP_WORDS or is_known(following))


def _add_removals(matches: Sequence[_Match], spans: Iterable[tuple[int, int]]) -> list[_Match]:
    """Add empty translations to the matches, which remove the ranges `spans` (start, end) from the prompt. Matches that
    overlap a removed range are dropped.
    """
    removed = [_Match(start, end, "", 1, SMALL_WEIGHT) for start, end in spans]
    kept = [each for each in matches if not any(each.start < gap.end and gap.start < each.end for gap in removed)]
    return sorted([*kept, *removed], key=lambda match: match.start)


def _blank_out(prompt: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a prompt with spaces instead of the characters in some ranges (start, end)."""
    for start, end in spans:
        prompt = prompt[:start] + " " * (end - start) + prompt[end:]
    return prompt


def _split_into_pieces(prompt: str, matches: Sequence[_Match]) -> list[_Piece]:
    """Split a prompt into translated phrases and the unchanged text between them, in the order of the prompt. Unchanged
    text is represented by its range (start, end).
    """
    pieces: list[_Piece] = []
    at = 0
    for match in matches:
        pieces += [(at, match.start), match]
        at = match.end
    return [*pieces, (at, len(prompt))]


def _translate_roses(prompt: str, pieces: Sequence[_Piece]) -> list[_Piece]:
    """Translate the word for pink as the noun "rose" where no noun precedes it: after an article or a number ("dos
    rosas rojas"), and at the start of the prompt, unless "and" and a colour follow ("rose et bleu").
    """
    found = list(pieces)
    for place in range(1, len(found), 2):
        match, before, between = found[place], found[place - 2] if place > 1 else None, found[place - 1]
        assert isinstance(match, _Match) and isinstance(between, tuple)
        following = [each.english for each in found[place + 2 : place + 5 : 2] if isinstance(each, _Match)]
        is_first = before is None and not (following[:1] == ["and"] and COLOUR_WORDS.issuperset(following[1:]))
        is_noun = is_first or isinstance(before, _Match) and before.english in DETERMINERS
        if match.english == PINK and is_noun and not prompt[slice(*between)].strip():
            found[place] = replace(match, english=ROSE)
    return found


def _move_adjectives(prompt: str, pieces: Sequence[_Piece]) -> list[_Piece]:
    """Reorder the pieces of a translated prompt for English: an adjective that follows its noun, as in French, is moved
    in front of the noun.
    """
    ordered = list(pieces)
    # Phrases are at odd positions, and unchanged text at even ones.
    for place in range(1, len(ordered) - 2, 2):
        thing, between, following = ordered[place : place + 3]
        assert isinstance(thing, _Match) and isinstance(between, tuple) and isinstance(following, _Match)
        names_object = thing.unit_weight != SMALL_WEIGHT and not thing.is_quality
        if names_object and following.is_quality and not prompt[slice(*between)].strip():
            ordered[place], ordered[place + 2] = following, thing
    return ordered


def _create_translation(prompt: str, pieces: Sequence[_Piece]) -> Translation:
    text = ""
    segments = []
    for piece in pieces:
        if isinstance(piece, _Match):
            start, end = piece.start, piece.end
            is_same = prompt[start:end].casefold() == piece.english
            new = prompt[start:end] if is_same else piece.english
            # Chinese and Japanese words have no spaces between them.
            text += " " if text[-1:].isalnum() else ""
        else:
            start, end = piece
            new = prompt[start:end]
            is_same = True
            text += " " if text[-1:].isalnum() and new[:1].isalnum() else ""
        segments.append(Segment(len(text), len(text) + len(new), start, end, not is_same))
        text += new
    return Translation(text, tuple(segments))


def _remove_accents(unit: str) -> str:
    folded = unit.casefold().translate(_LIGATURES)
    if _KANA.match(folded):
        # Its marks distinguish sounds.
        return folded
    marks_off = "".join(mark for mark in unicodedata.normalize("NFD", folded) if unicodedata.category(mark) != "Mn")
    plain = unicodedata.normalize("NFC", marks_off)
    is_defined = plain.startswith(_ARABIC_ARTICLE) and len(plain) > 2 * len(_ARABIC_ARTICLE)
    return plain.removeprefix(_ARABIC_ARTICLE) if is_defined else plain
