"""Detection of a prompt's subjects and their colours: the names of known drawings among its words."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import dropwhile, pairwise, takewhile
from typing import Self

from gdm_studio.models.prompts.drawing_names import DrawingNames
from gdm_studio.models.prompts.word_classes import (
    ACTIONS,
    ADJECTIVES,
    AMOUNTS,
    APOSTROPHES,
    ARTICLES,
    AUXILIARIES,
    COLOUR_WORDS,
    COUNTING,
    DETERMINERS,
    DISHES,
    EXCLUDING,
    FEATURES,
    GENERIC_NAMES,
    HAIR,
    HYPHEN,
    ING_NOUNS,
    ING_VERBS,
    JOINING,
    LONE_ACTIONS,
    LONGEST,
    MADE,
    MATERIALS,
    MEDIA,
    NEGATION,
    NUMBERS,
    OBJECT_VERBS,
    OF_MATERIAL,
    OWNING,
    PLACES,
    PLAYED,
    PLURAL_ACTIONS,
    PLURAL_LONE_ACTIONS,
    PREPOSITIONS,
    REQUESTS,
    SHORT,
    SKIN_COLOURS,
    SMALL_WORDS,
    STOP_WORDS,
    SUBORDINATING,
    TWO_OF,
    VERBS,
    WEAK_NAMES,
    begins_object,
    find_separators,
    forms,
    is_participle,
    is_plural,
    join_colours,
    remove_auxiliaries,
    split_at,
)

# Maximum number of names of drawings that are equally near to the words of a prompt.
MOST_NEAREST = 3
# Maximum number of objects in one image.
MOST = 4
# A name that is the whole prompt must be drawn in at least this number of styles. Shorter names in the prompt are then
# ignored, because they would mean another object ("letter" in "letter y").
A_FEW = 2


@dataclass(frozen=True)
class Match:
    """Name of a memorised training image that occurs in a prompt, with the words of the prompt that form the name.

    If there is no such name, `name` is "" and `words` is empty.
    """

    name: str = ""
    words: tuple[str, ...] = ()


class SubjectFinder(DrawingNames):
    """Finder of the subjects of prompts, by the names of drawings among the words. Raises TypeError for invalid names.

    The copies by `with_nearest`, `with_meanings`, `with_sentences` and `with_rare_things` read more, for newer
    requests.
    """

    def __init__(
        self,
        styles_of: Mapping[str, int | Mapping[str, int]],
        has_drawing: Callable[[str], bool] = lambda drawing: True,
    ) -> None:
        super().__init__(styles_of, has_drawing)
        # True if `find_nearest` finds names. False for older requests.
        self._finds_nearest = False
        # Names that are sought last.
        self._weak_names = WEAK_NAMES
        # True if the objects of all verbs, and materials before their thing, are read. False for older requests.
        self.reads_sentences = False
        # True if rarely drawn things with an article, and single things of counted plurals, are read. False for older
        # requests.
        self._reads_rare_things = False

    def with_nearest(self) -> Self:
        """Return a copy whose `find_nearest` finds names, for newer requests."""
        found = copy.copy(self)
        found._finds_nearest = True
        return found

    def with_meanings(self, meanings: Mapping[str, str], parts: AbstractSet[str]) -> Self:
        """Return a copy whose names have other meanings, see `DrawingNames.with_meanings`. Names that say little are
        sought last.
        """
        found = super().with_meanings(meanings, parts)
        found._weak_names = self._weak_names | GENERIC_NAMES
        return found

    def with_sentences(self) -> Self:
        """Return a copy that reads prompts as sentences, for newer requests: objects of any verb are drawn too ("a dog
        chasing a ball"), materials describe the thing after them ("wool sweater"), and no drawing is near to a
        participle ("a dolphin jumping").
        """
        found = copy.copy(self)
        found.reads_sentences = True
        return found

    def with_rare_things(self) -> Self:
        """Return a copy that reads rarely drawn things in scenes ("a cat on a fence"), and "two glasses" as two of a
        glass instead of spectacles, for newer requests.
        """
        found = copy.copy(self)
        found._reads_rare_things = True
        return found

    def find_nearest(self, words: Sequence[str]) -> Match:
        """Find the memorised training image with the nearest name to a prompt that names none: one that ends with the
        last words of the prompt's main part, as "cup noodles" for "noodles", or contains its last word, as "parking
        sign" for "parking".

        The name is "" if there is none, if more than MOST_NEAREST names end with the words ("player"), for words that
        are excluded ("no noodles"), and for requests of earlier versions.
        """
        main = [*words[: self._find_secondary_start(words)]] if self._finds_nearest else []
        main = list(takewhile(lambda word: [word] not in EXCLUDING, main))
        while main and (not main[-1].isalpha() or self._is_of_unknown(main)):
            main.pop()
        if not main or main[-1] in SMALL_WORDS | COLOUR_WORDS | COUNTING or len(main[-1]) < SHORT:
            return Match()
        ending: list[str] = []
        for begin in range(max(len(main) - LONGEST, 0), len(main)):
            phrase = " ".join(main[begin:])
            ending = [name for each in (*forms(phrase), f"{phrase}s") for name in self._find_longer_names(each)]
            if main[begin] not in STOP_WORDS and 0 < len(ending) <= MOST_NEAREST:
                return Match(self._choose_best_drawn(ending), tuple(main[begin:]))
        others = [name for each in forms(main[-1]) for name in self._find_longer_names(each, is_end=False)]
        return Match(self._choose_best_drawn(others), (main[-1],)) if others and not ending else Match()

    def _is_of_unknown(self, words: Sequence[str]) -> bool:
        """Return True if the last of these words is a participle behind another thing, as in "an axolotl jumping"."""
        is_behind_thing = len(words) > 1 and words[-2] not in SMALL_WORDS | COLOUR_WORDS
        return self.reads_sentences and is_behind_thing and is_participle(words[-1])

    def colours(self, words: Sequence[str], name: str) -> list[str]:
        """Return the colours that a prompt requests for the object called `name`. Colours after the first preposition
        are ignored, because they belong to secondary objects, and so are those of other objects between commas ("a
        yellow car, black background"), and those of the skin of people, which would colour their clothes too.
        """
        words = join_colours(words)
        main = words[: self._find_secondary_start(words)]
        parts = split_at(main, find_separators(main))
        named = [part for part in parts if not {*name.split()}.isdisjoint(part)]
        is_of_person = bool(name) and self._is_person(name.split()[-1])
        counted = (COLOUR_WORDS - SKIN_COLOURS if is_of_person else COLOUR_WORDS) - {*name.split()}
        # In "a fox, red", the colour stands alone behind a comma.
        for group in (named or parts, [part for part in parts if COLOUR_WORDS.issuperset(part)]):
            if found := [word for part in group for word in part if word in counted]:
                return found
        return []

    def split_into_objects(self, words: Sequence[str], style: int | None = None) -> list[Sequence[str]]:
        """Split the words of a prompt that requests several objects, such as "a dog and a cat", into one list of words
        per object.

        Objects are separated by "and", a slash or commas, or counted ("two dogs"). The words are not split if a
        preposition precedes the last object ("a man in a hat and a coat"), nor within a name ("hammer and wrench").
        Omitted are unknown objects ("a frobnicate and a house"), excluded ones ("a cat and no dog"), and lone colours
        ("a red and a blue balloon"). There are no objects if the words only exclude objects ("no cats").
        """
        wanted = self.wanted_words(words)
        if words and not wanted:
            return []
        words = wanted
        whole = " ".join(words[1:] if [*words[:1]] in ARTICLES else words)
        split = self._split_into_groups(words)
        split = [part for part in split if not self._is_excluded(part)] or split
        things = [part for part in split if not self._is_lone_colour(part)]
        named = [(part, name) for part in things if (name := self.subject(part, style))]
        if self.reads_sentences:
            named = [*self._iter_once(named, style)]
        parts = [part for part, _ in named]
        if (
            parts
            and whole not in self.styles_of
            and all(self._is_named_well(part, name) for part, name in named)
            and not any(map((PREPOSITIONS - JOINING).intersection, split[:-1]))
            and len(parts) <= MOST
        ):
            counted = [one for part in parts for one in self._repeat_by_number(part, style)]
            return counted if len(counted) <= MOST else [*parts]
        return [words]

    def _iter_once(self, named: Sequence[tuple[list[str], str]], style: int | None) -> Iterator[tuple[list[str], str]]:
        """Yield named parts of a prompt without bare names that are other words for an object before them ("a teddy
        bear, toy"): they have the same drawing.
        """
        names_by_drawing: dict[str, set[str]] = {}
        for part, name in named:
            others = names_by_drawing.setdefault(self.drawing(name, style)[0], set())
            if begins_object(part) or others <= {name}:
                yield part, name
            others.add(name)

    def wanted_words(self, words: Sequence[str]) -> list[str]:
        """Return the words of a prompt without the objects that it excludes first, features of its main object and
        words between colours.
        """
        return self._remove_parts_of_first_object(self._remove_first_exclusions(join_colours(words)))

    def inner_hyphens(self, words: Sequence[str]) -> set[int]:
        """Return the indices of the hyphens between words that form a name without them ("hot-air balloon"), and of
        those between colours ("black-and-white"). Hyphens that belong to a name ("t-shirt") are left out.

        For newer requests, apostrophes are such hyphens too ("jack-o'-lantern").
        """
        marks = (HYPHEN, *APOSTROPHES) if self.reads_phrases else (HYPHEN,)
        plain = [word for word in words if word not in marks]
        hyphens = [at for at, word in enumerate(words) if word in marks]
        return {
            at
            for count, at in enumerate(hyphens)
            if {*words[max(at - 1, 0) : at], *words[at + 1 : at + 2]} <= COLOUR_WORDS | JOINING
            or self.find_name_starts(plain, at - count) - {at - count}
            and not self.find_name_starts(words, at) - {at}
        }

    def _split_into_groups(self, words: Sequence[str]) -> list[list[str]]:
        """Split the words of a prompt at every "and" into groups, except within a name such as "bow and arrow". If
        there is an "and", separators such as commas separate groups too, and so they do if all parts between them are
        items of a list ("a cat, no dog, a hat").
        """
        ands = {at for at, word in enumerate(words) if word in JOINING and not self.find_name_starts(words, at)}
        groups = split_at(words, find_separators(words) | ands)
        # In "a cat, orange", the colour describes the cat.
        is_list = len(groups) > 2
        are_items = all(self._is_item(part) or is_list and self._is_coloured_object(part) for part in groups)
        return groups if ands or are_items else [[*words]]

    def _remove_parts_of_first_object(self, words: Sequence[str]) -> list[str]:
        """Remove the features of the object in the first part of a prompt, such as "blue eyes" in "girl, blue eyes"."""
        places = [0, *sorted(find_separators(words)), len(words)]
        first, *others = [words[start:end] for start, end in pairwise(places)]
        if not any(map(self._is_object_name, first)) or self._is_feature(first):
            return [*words]
        found = [*first]
        for part in others:
            # Each other part begins with its separator, and its objects are joined by "and".
            ands = [0, *(at for at, word in enumerate(part) if at and word in JOINING), len(part)]
            for start, end in pairwise(ands):
                if not self._is_feature(part[start + 1 : end]):
                    found += part[start:end]
        return found

    def _is_feature(self, words: Sequence[str]) -> bool:
        """Return True if words describe only a feature of an object, as "long hair" does. A single word such as "nose"
        may be an object of a list, and "cat face" and "chicken wings" name other objects.
        """
        is_described = len(words) > 1 and [words[0]] not in ARTICLES and words[-1] in FEATURES
        is_other = any(map(self._forms_other_name, words[:-1]))
        return is_described and not is_other and not self._is_name(" ".join(words))

    def _forms_other_name(self, word: str) -> bool:
        """Return True if a word before a feature makes it another object: a name or a preposition."""
        return word in PREPOSITIONS or word not in ADJECTIVES | WEAK_NAMES | HAIR and self._is_object_name(word)

    def _remove_first_exclusions(self, words: Sequence[str]) -> list[str]:
        """Remove the excluded objects with which a prompt begins: "no cats, but" from "no cats, but a dog", and all
        words of "no cats or dogs". Words after "no" that do not name an object are retained ("no problem").
        """
        rest = [*words]
        while self._is_excluded(rest):
            start = next((at for at in range(1, len(rest)) if rest[at] not in REQUESTS), len(rest))
            end = next((at for at in range(start, len(rest)) if _ends_exclusion(rest, at, start)), len(rest))
            if not self._is_excluded_object(rest[start:end], rest[0]):
                break
            following = [*dropwhile(_is_boundary, rest[end:])]
            boundary = "".join(rest[end : end + 1])
            is_list = boundary == "or" or boundary in JOINING and not begins_object(following)
            rest = [rest[0], *following] if is_list and following else following
        return rest

    def _is_excluded_object(self, words: Sequence[str], excluding: str) -> bool:
        """Return True if words after the word `excluding` name an object. After "not", other objects than a name need
        an article: a "not amused cat" is a cat.
        """
        if excluding == NEGATION and words[:1] not in ARTICLES:
            name = " ".join(word for word in words if word not in COLOUR_WORDS | SMALL_WORDS)
            return any(map(self._is_name, forms(name)))
        return self.subject(words) != ""

    def _is_item(self, words: Sequence[str]) -> bool:
        """Return True if these words are an item of a list: an object with an article, number or negation, or only the
        name of an object, which no drawing of another object represents ("sun, moon, stars", "cat, mouse").
        """
        if [*words[:-1]] in ARTICLES and is_participle(words[-1]):
            # "A dog, the sleeping" is the translation of "ein Hund, der schläft".
            return False
        name = " ".join(word for word in words if word not in COLOUR_WORDS)
        return begins_object(words) or any(self.is_drawn(each) and self.is_own(each) for each in forms(name))

    def _is_excluded(self, words: Sequence[str]) -> bool:
        """Return True if these words begin with "not", "no" or "without". Signs such as "no entry" are objects."""
        return [*words[:1]] in EXCLUDING and 0 not in self.find_name_starts(words, 0)

    def _is_lone_colour(self, words: Sequence[str]) -> bool:
        """Return True if these words name only a colour, as the first part of "a red and a blue balloon"."""
        is_colour = all(word in COLOUR_WORDS or [word] in ARTICLES for word in words)
        return is_colour and not self._is_coloured_object(words)

    def _is_coloured_object(self, words: Sequence[str]) -> bool:
        """Return True if the last of these words is a colour that also denotes an object, as "an orange". The names of
        the drawings of such an object do not contain the colour.
        """
        name = "".join(words[-1:])
        return (
            name in COLOUR_WORDS
            and self._is_name(name)
            and not any(name in each.split() for each in self._find_meanings(name))
        )

    def _is_named_well(self, words: Sequence[str], name: str) -> bool:
        """Return True if these words, which contain `name`, certainly denote an object: a well-known one, a country's
        flag, an object after a number that is itself a name, or one with an article.
        """
        is_counted = words[0] in NUMBERS and self.is_drawn(words[0])
        return (
            self._is_known(name, None)
            or is_counted
            or name == _find_flag_name(words)
            or self.is_name_with_article(words, name)
        )

    def is_name_with_article(self, words: Sequence[str], name: str) -> bool:
        """Return True if words are an article, adjectives and the name of a drawing, which may exist in few styles ("a
        white fence").
        """
        if not self._reads_rare_things or words[:1] not in ARTICLES:
            return False
        plain = dropwhile((ADJECTIVES | COLOUR_WORDS).__contains__, words[1:])
        return name in (" ".join(words[1:]), " ".join(plain))

    def _repeat_by_number(self, words: Sequence[str], style: int | None) -> list[Sequence[str]]:
        """Return the words for an object once per copy that a number word requests: for "two dogs", the list ["dogs"]
        twice.

        They are not repeated if a single drawing shows several of the object ("two cherries", "a pair of shoes").
        """
        plain = words[1:] if words[:1] in ARTICLES else words
        is_pair = [*plain[:2]] in TWO_OF
        number = 2 if is_pair else NUMBERS.get(words[0])
        if number is None:
            return [words]
        name = self.subject(thing := plain[2:] if is_pair else words[1:], style)
        if not name:
            return [words]
        is_plural = name.endswith("s") and name in " ".join(thing) and isinstance(self.styles_of[name], int)
        is_drawn_pair = is_pair and self.drawing(name, style)[0].endswith("s")
        return [words] if is_plural or is_drawn_pair else [thing] * number

    def find_counted(self, plural: str) -> str:
        """Return the singular of a counted plural that is the name of another drawing, if one shows such a thing alone,
        or "" otherwise, as for cherries, of which each drawing shows two.
        """
        if not self._reads_rare_things or not isinstance(self.styles_of.get(plural), int):
            return ""
        singulars = (form for form in forms(plural) if form != plural and form in self.styles_of)
        return next((each for each in singulars if self.drawing(each, None)[0].split()[-1] == each), "")

    def subject(self, words: Sequence[str], style: int | None = None) -> str:
        """Return the subject of a prompt, as the name of a memorised training image, or "" if no such image matches the
        words.
        """
        return self.match(words, style).name

    def match(self, words: Sequence[str], style: int | None = None) -> Match:
        """Find the memorised training image that a prompt requests. Returns its name and the words of the prompt that
        form the name.

        The whole prompt is the name if it is drawn in at least A_FEW styles. Otherwise it is the longest name that
        begins before the first preposition ("with", "and"), and of several such names the last one, because in English
        the head noun comes last: "slice of pizza", "birthday present with a bow".

        Names drawn in the given style, or in several styles, have priority over rarely drawn names. Objects have
        priority over activities ("dog playing") that refer to drawings of other objects, and over weak names. Colours
        are ignored, unless a name contains one ("red heart"), and so are numbers beside other words ("number three").

        If nothing before the first preposition is known, the words after it are searched: "something with a cat". An
        object before the first comma has priority, if its drawing has the same name: "girl, pink hair bow".
        """
        first = words[: min(find_separators(words), default=len(words))]
        if len(first) < len(words) and not self._is_circumstance(first):
            found = self.match(first, style)
            if found.name and self.is_own(found.name):
                return found
        first_verb = Match()
        for _ in range(MOST):
            found = self._match_main(words, style)
            # "He plays at football" names the football, "he plays" a game, and "drinks on a table" the drinks.
            is_verb = ACTIONS.issuperset(found.words) and [*found.words] != [*words[:1]]
            if found.name and not is_verb:
                return found
            if not first_verb.name:
                first_verb = found
            if not (words := self._find_secondary_words(words)):
                break
        return first_verb

    def _is_circumstance(self, words: Sequence[str]) -> bool:
        """Return True if a part of a prompt describes the place or a feature of an object in another part: "in the
        forest, a fox", "forest, fox sleeping", "blonde hair, girl".
        """
        is_place = not {*words[:1]}.isdisjoint(PREPOSITIONS) or not PLACES.isdisjoint(words[-1:])
        return is_place or self._is_feature(words)

    def _match_main(self, words: Sequence[str], style: int | None) -> Match:
        """Find the memorised training image that the words before the first preposition request."""
        words = join_colours(remove_auxiliaries(words))
        plain = [word for word in words if word not in COLOUR_WORDS]
        if self.reads_sentences:
            plain = self._remove_materials(plain)
        named = words[1:] if words[:1] in ARTICLES else words
        whole = " ".join(named)
        if self._count_styles(whole) >= A_FEW and plain == words and self._is_name(whole):
            return Match(whole, tuple(named))
        if self._is_name(flag := _find_flag_name(named)):
            return Match(flag, tuple(named))

        def is_known(name: str) -> bool:
            return is_name(name) and self._is_known(name, style)

        def is_known_by_colour(name: str) -> bool:
            colours = COLOUR_WORDS.intersection(parts := name.split())
            return 0 < len(colours) < len(parts) and is_known(name)

        def is_known_object(name: str) -> bool:
            return is_known(name) and (not self.is_activity(name) or is_implied(name))

        def reordered(at: int) -> Match | None:
            # "Running man" is drawn as "man running".
            verb, noun = plain[at - 1 : at + 1]
            name = f"{noun} {verb}"
            return Match(name, (verb, noun)) if verb.endswith("ing") and is_known(name) else None

        def is_name(name: str) -> bool:
            # "Half past three" is a time.
            is_count = name in COUNTING and len(named) > 1 and "past" not in plain
            return self._is_name(name) and name not in self._weak_names and not is_count

        def is_weak_name(name: str) -> bool:
            return name in self._weak_names and self._is_name(name)

        def is_implied(name: str) -> bool:
            # A drawing called "grinning cat" also matches the prompt "cat smiling".
            others = set(plain) - {name}
            return not others.isdisjoint(self.drawing(name, style)[0].split())

        if match := next(filter(None, map(reordered, range(1, self._find_secondary_start(plain)))), None):
            return match
        passes = [
            (words, is_known_by_colour),
            (plain, is_known_object),
            (plain, is_known),
            (plain, is_name),
            (plain, is_weak_name),
        ]
        if STOP_WORDS.issuperset(plain):
            # A colour can be the object itself ("an orange"), but only if no other object is named.
            passes.append((words, self._is_name))
        found = (
            _find_longest_name(candidates, counts, self._find_secondary_start(candidates))
            for candidates, counts in passes
        )
        return next((match for match in found if match.name), Match())

    def _remove_materials(self, words: Sequence[str]) -> list[str]:
        """Remove materials before the name of a thing, unless they form a name with it: "wool" from "a wool sweater",
        but not "paper" from "a paper plane".
        """

        def is_made(thing: str) -> bool:
            return self._is_object_name(thing) or any(map(self._find_longer_names, forms(thing)))

        following = [*words[1:], ""]
        return [
            word
            for at, word in enumerate(words)
            if word not in MATERIALS or self.find_name_starts(words, at) or not is_made(following[at])
        ]

    def _find_secondary_words(self, words: Sequence[str]) -> Sequence[str]:
        """Return the words after the first preposition, or () if they exclude an object."""
        words = join_colours(remove_auxiliaries(words))
        start = self._find_secondary_start(words)
        is_only = [*words[start - 1 : start + 1]] == ["nothing", "but"]
        rest = words[start + 1 :]
        is_excluded = words[start : start + 1] in (*EXCLUDING, ["except"], ["but"])
        return rest if (is_only or not is_excluded) and not self._is_excluded(rest) else ()

    def _find_secondary_start(self, words: Sequence[str]) -> int:
        """Return the index at which the description of the main object ends, or the number of words if it does not end.
        It is the index of the first preposition or conjunction or, after an object, of the first word for which
        `begins_description` returns True.
        """
        has_object = False
        for at, word in enumerate(words):
            if at and word in PREPOSITIONS or has_object and self.begins_description(words, at):
                return at
            has_object = has_object or self._is_object_name(word)
        return len(words)

    def begins_description(self, words: Sequence[str], at: int) -> bool:
        """Return True if the word at index `at`, after an object, begins a description: "not red", "no hat", "made of
        ice", "of my father", "the moon", "riding a horse", "plays football", "sleeps", "is happy".
        """
        word = words[at]
        following = words[at + 1 : at + 2]
        if word in ("no", NEGATION):
            return word == NEGATION or at not in self.find_name_starts(words, at)
        is_behind_plural = is_plural(words[at - 1]) and words[0] not in ("a", "an")
        if following and (word in ACTIONS or word in PLURAL_ACTIONS and is_behind_plural):
            return True
        if self._is_lone_verb(words, at, is_behind_plural=is_behind_plural):
            return True
        if word in AUXILIARIES and COLOUR_WORDS.isdisjoint(words[at + 1 : at + 4]):
            return True
        if word in ("disguised", "dressed") and not {"as", "in", "like"}.isdisjoint(following):
            return True
        if [word] in ARTICLES and begins_object([*words[:1]]) and not words[at - 1].endswith("ing"):
            return self._is_object_name(words[at - 1]) or self._is_behind_verb(words, at)
        if word in MADE and not OF_MATERIAL.isdisjoint(following) or word == "of" and not OWNING.isdisjoint(following):
            return True
        if word == "of" and (words[at - 1] in DISHES or not MATERIALS.isdisjoint(following)):
            return words[at - 1] not in AMOUNTS and not self.find_name_starts(words, at)
        return self._has_object(words, at) or self._is_lone_participle(words, at)

    def begins_action(self, words: Sequence[str], at: int) -> bool:
        """Return True if the word at index `at`, after an object, is a verb whose object follows with a determiner:
        "chasing a ball", "flies his kite". False for requests that read only the verbs of relations.
        """
        word = words[at]
        if not self.reads_sentences or not at or words[at - 1] in STOP_WORDS - {"who", "that", "which"}:
            return False
        if not DETERMINERS.issuperset(words[at + 1 : at + 2]) or len(words) == at + 1:
            return False
        is_participle = word.endswith("ing") and word not in ING_NOUNS - ING_VERBS
        is_finite = word in ACTIONS | LONE_ACTIONS or word in VERBS and is_plural(words[at - 1])
        return is_participle or is_finite

    def _is_behind_verb(self, words: Sequence[str], at: int) -> bool:
        """Return True if the word at index `at` follows an object and a word that may be a verb, as the second "a" of
        "a cat frightens a mouse". The subject of a picture is the object: "a photo shows a dog".
        """
        if at < 2 or not words[at - 1].isalnum() or words[at - 1] in STOP_WORDS | SUBORDINATING:
            return False
        return self._is_object_name(words[at - 2]) and words[at - 2] not in MEDIA

    def _is_lone_verb(self, words: Sequence[str], at: int, *, is_behind_plural: bool) -> bool:
        """Return True if the word at index `at` is a verb at the end of a phrase, as in "a cat sleeps", "a dog runs
        happily" and "birds fly over the sea".

        A verb in -s follows "a" and a noun, or an object that has its own drawing: "a plane flies", "the sun shines",
        but "fruit flies" and "cold drinks".
        """
        word, following = words[at], "".join(words[at + 1 : at + 2])
        is_plural_verb = is_behind_plural and word in PLURAL_LONE_ACTIONS
        if not is_plural_verb and word not in LONE_ACTIONS:
            return False
        is_last = not following.isalnum() or following in PREPOSITIONS | WEAK_NAMES or following.endswith("ly")
        if not is_last or self.find_name_starts(words, at) - {at}:
            return False
        if is_plural_verb:
            return True
        is_singular = words[0] in ("a", "an") and "of" not in words[:at]
        if is_singular and at == 2:
            return words[1] not in ("couple", "few", "lot")
        return self._is_last_word_of_own(words[at - 1]) and (is_singular or not self._is_last_word_of_own(word))

    def _is_lone_participle(self, words: Sequence[str], at: int) -> bool:
        """Return True if the word at index `at` is a participle at the end of a phrase, as in "a woman cooking" and
        "a ship sailing over the sea".
        """
        following = "".join(words[at + 1 : at + 2])
        is_of_person = self._is_person(words[at - 1])
        is_last = is_of_person and not following.isalnum()
        is_before_place = following in PREPOSITIONS and (is_of_person or begins_object([*words[:1]]))
        return is_participle(words[at]) and (is_last or is_before_place)

    def _has_object(self, words: Sequence[str], at: int) -> bool:
        """Return True if the word at index `at` is a participle that has an object, as in "riding a skateboard" or
        "wearing sunglasses".

        Without a determiner, the object must be a plural: the cat of "a violin playing cat" is not an object.
        Participles such as "eating" always have an object. Names such as "holding hands" have none. A noun such as
        "painting" is a participle only with a determiner.
        """
        word = words[at]
        if not word.endswith("ing") or word in ING_NOUNS - ING_VERBS:
            return False
        following = next((each for each in words[at + 1 : at + 1 + LONGEST] if each not in COLOUR_WORDS), "")
        if word in OBJECT_VERBS and following and not any(map(self._is_name, forms(f"{word} {following}"))):
            return True
        if word == "playing" and following in PLAYED:
            return True
        if following in DETERMINERS or word in ING_VERBS:
            return following in DETERMINERS
        is_plural = following.endswith("s") and not following.endswith("ss") and self._is_object_name(following)
        is_noun = self._is_name(word) and not self.is_activity(word)
        return is_plural and not is_noun and not any(map(self._is_name, forms(f"{word} {following}")))


def _find_flag_name(words: Sequence[str]) -> str:
    """Return the name of the drawing of a country's flag, for words such as "flag of the Netherlands"."""
    country = [word for word in words if word not in ("a", "flag", "of", "the")]
    return " ".join(("flag", *country)) if "flag" in words and country else ""


def _find_longest_name(words: Sequence[str], counts: Callable[[str], bool], aside: int) -> Match:
    """Find the longest name in a prompt for which the function `counts` returns True and that begins before the index
    `aside`. Returns the name and its words; of several equally long names, the last one.

    A number word before another word is not a name.
    """
    if counts(whole := " ".join(words)):
        return Match(whole, tuple(words))
    for length in range(min(LONGEST, len(words)), 0, -1):
        for begin in range(min(aside, len(words) - length + 1) - 1, -1, -1):
            for name in forms(" ".join(words[begin : begin + length])):
                is_count = name in COUNTING and "".join(words[begin + 1 : begin + 2]).isalnum()
                if counts(name) and name not in STOP_WORDS and not is_count:
                    return Match(name, tuple(words[begin : begin + length]))
    return Match()


def _ends_exclusion(words: Sequence[str], at: int, start: int) -> bool:
    """Return True if the word at index `at` ends the excluded object that begins at `start`: "or", "but", another
    exclusion, a mark, or an article that begins another object.
    """
    is_other_article = [words[at]] in ARTICLES and at > start and words[at - 1] not in PREPOSITIONS
    return is_other_article or [words[at]] in EXCLUDING or _is_boundary(words[at])


def _is_boundary(word: str) -> bool:
    """Return True if a word or mark separates two objects of a prompt, such as "or" and a comma."""
    return word in JOINING | {"or", "but"} or not word.isalnum()
