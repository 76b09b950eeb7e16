"""Table of the names of drawings that a model has memorised, with the styles in which each drawing exists."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from typing import Self, cast

from gdm_studio.models.prompts.word_classes import (
    ADJECTIVES,
    ARTICLES,
    COLOUR_WORDS,
    COUNTING,
    ING_NOUNS,
    LONGEST,
    PEOPLE,
    PREPOSITIONS,
    SHORT,
    STOP_WORDS,
    forms,
)

# Drawings that are only used for their exact names, and not for other words such as "fingers". They cannot be removed
# from the table of names, which belongs to the released weights.
RUDE = frozenset(("laboratory sperm", "middle finger", "pregnancy sperm"))
# Names of objects whose drawings have other names, as "cup" is drawn as "hot beverage". Other such names may only be
# associated with their drawings, as "magic" with sparkles.
SYNONYMS = frozenset(
    ("bag", "bike", "boat", "book", "books", "bunny", "car", "clock", "couch", "cup", "flower", "hat", "home", "kid")
    + ("kitten", "mug", "phone", "pickup", "plane", "puppy", "shoe", "shoes", "sofa", "truck", "tv", "van", "watch")
)
# Maximum number of words in the name of a drawing that is only near to the words of a prompt.
LONGEST_NEAREST = 4
# A drawing that exists in at least this number of styles counts as well known.
SEVERAL = 3
# Number of the styles whose drawings are the least suitable for a style.
_UNSUITED_SOURCES = 2


class DrawingNames:
    """Names of the training images ("drawings") that a model has memorised, with the styles in which each image exists.

    A name is one or more words separated by single spaces, and maps to a bit set of styles. A name shared by many
    drawings ("boat") maps instead to the drawings that it may mean and their styles, most likely first ("sailboat"),
    because the mean of all boats would not be a drawing. Names are ignored if `has_drawing` returns False for all
    their drawings. Raises TypeError for invalid names.
    """

    def __init__(
        self,
        styles_of: Mapping[str, int | Mapping[str, int]],
        has_drawing: Callable[[str], bool] = lambda drawing: True,
    ) -> None:
        tables = [{name: bits} if isinstance(bits, int) else bits for name, bits in styles_of.items()]
        if not all(isinstance(table, Mapping) and _is_bit_set(table) for table in tables):
            raise TypeError("names are not all text with bits for styles")
        self.styles_of = {name: _remove_rude(meant) for name, meant in styles_of.items()}
        self._has_drawing = cache(has_drawing)
        # True for the icons of a set, see `for_icons`.
        self._is_for_icons = False
        self._sources: Mapping[int, Sequence[int]] = {}
        # Names of objects whose drawings have other names.
        self._synonyms = SYNONYMS
        # True if names of several words and adjectives with a hyphen are read. False for older requests.
        self.reads_phrases = False

    def for_icons(self, sources: Mapping[int, Sequence[int]] | None = None) -> Self:
        """Return a copy that reads the names of a set's icons: each has the plainest drawing of the thing, in the set's
        style if there is one, instead of a drawing of another thing with it.

        `sources` are the styles whose drawings can be drawn in the way of a style, the most suitable first, by the
        style. With them, a drawing of the thing in one of these styles goes before one of another thing in the set's
        style.
        """
        found = copy.copy(self)
        found._is_for_icons = True
        found._sources = sources or {}
        return found

    def with_meanings(self, meanings: Mapping[str, str], parts: AbstractSet[str]) -> Self:
        """Return a copy in which the keys of `meanings` mean the drawings of other names instead of those of which they
        are keywords, for newer requests.

        A drawing of a name itself goes before them in the styles in which it exists. Meanings that this table lacks are
        ignored. The names in `parts` denote parts of things, as in "a car with big wheels".
        """
        found = copy.copy(self)
        found.styles_of = dict(self.styles_of)
        for name, other in meanings.items():
            if other in self.styles_of:
                known = self._find_meanings(name) if name in self.styles_of else {}
                own = {each: bits for each, bits in known.items() if each == name}
                others = {} if own and name == other else self._find_meanings(other)
                # The few drawings called "car" come after those of an "automobile" for "cars", as for "car".
                found.styles_of[name] = own | dict(sorted(others.items(), key=lambda item: item[0] == other))
        found._synonyms = self._synonyms | meanings.keys() - parts
        found.reads_phrases = True
        return found

    def limited_to(self, has_drawing: Callable[[str], bool]) -> Self:
        """Return a copy that ignores the names for which, according to `has_drawing`, no training image is memorised.
        Without an image of a player, for example, a "violin player" is drawn as a violin.
        """
        return self._from_checked_names(self.styles_of, has_drawing)

    def with_drawings(self, drawings: Mapping[str, str], own: Collection[str], styles: int) -> Self:
        """Return a copy with additional names, given as a mapping from each name to the name of the training image or
        silhouette that it denotes.

        A drawing in `own` exists in all of the given styles (a bit set). Other drawings must be in this table; if not,
        their names are left out.
        """
        names = dict(self.styles_of)
        for name, drawing in drawings.items():
            if name == drawing:
                names[name] = styles
            elif drawing not in own and drawing in self.styles_of:
                names[name] = self._find_meanings(drawing)
            elif drawing in own and name not in self.styles_of:
                # The words of the drawing's name were translated, and must not become the name of another drawing.
                names[name] = {drawing: styles}
        return self._from_checked_names(names, lambda drawing: drawing in own or self._has_drawing(drawing))

    @classmethod
    def _from_checked_names(
        cls, styles_of: Mapping[str, int | Mapping[str, int]], has_drawing: Callable[[str], bool]
    ) -> Self:
        """Create a table from names that were checked before."""
        found = cls({}, has_drawing)
        found.styles_of = {name: _remove_rude(meant) for name, meant in styles_of.items()}
        return found

    def is_synonym(self, name: str) -> bool:
        """Return True if a name is another word for its drawings, as "sofa" is for "couch"."""
        return name in SYNONYMS

    def may_mean(self, name: str, drawing: str) -> bool:
        """Return True if a name denotes several memorised training images, of which this is one."""
        meant = self.styles_of.get(name)
        return isinstance(meant, Mapping) and drawing in meant

    def is_own(self, name: str) -> bool:
        """Return True if a name and the drawing that it means denote the same object."""
        is_same = name in self._synonyms or name.rpartition(" ")[2] in self.drawing(name, None)[0].split()
        return is_same and not name.endswith("ing")

    def is_drawn(self, name: str) -> bool:
        """Return True if training images with this name are memorised in several styles, so that the model draws the
        object well.
        """
        return name in self.styles_of and self._is_known(name, None)

    def drawn_names(self) -> list[str]:
        """Return all names for which a training image or silhouette is memorised, and the names of these images."""
        found = dict.fromkeys(filter(self._is_name, self.styles_of))
        meant = (each for name in [*found] for each in self._find_meanings(name) if self._has_drawing(each))
        return [*(found | dict.fromkeys(meant))]

    def single_drawings(self) -> list[str]:
        """Return the names that denote exactly one memorised training image and exist in several styles. They are
        offered to the user as suggestions.
        """
        return [name for name in self.styles_of if self._count_styles(name) >= SEVERAL]

    def related(self, name: str, drawing: str) -> list[str]:
        """Return the names of further memorised training images that may represent the object `name`. The seed of an
        image selects one of them.

        They are the name preceded by an adjective, the face of an animal, and the meanings of a shared name that have a
        word in common with it or the drawing. If the drawing has other words than the name, as "hot beverage" for "mug"
        and "video game" for "game", they must share one of these words, so that neither a beer mug nor a cricket game
        replaces it. For "farmer", both a "man farmer" and a "woman farmer" may be drawn. Drawings of another colour, as
        "green apple" for "red apple", are left out.
        """
        last = name.rpartition(" ")[2]
        found = [each for each in self._names_by_last_word.get(last, ()) if _is_kind_of(each, (name, drawing))]
        if f"{name} face" in self.styles_of:
            found.append(f"{name} face")
        meant = self.styles_of.get(name, 0)
        own = {*drawing.split()}
        added = own.difference(form for word in name.split() for form in forms(word))
        if PEOPLE.issuperset(added):
            # A "woman farmer" is as suitable as a "man farmer".
            added = set()
        # "Stars" are several copies of the star, not a night with stars.
        if not isinstance(meant, int) and drawing not in forms(name):
            shared = added or {name, *name.split(), *own}
            # A "cherry blossom" is a blossom.
            found += [
                each
                for each in meant
                if shared.intersection(each.split()) and not self._is_other_object(each.rpartition(" ")[2], shared)
            ]
        colours = COLOUR_WORDS.intersection(own)
        return [
            each
            for each in dict.fromkeys(found)
            if each not in (name, drawing)
            and (not added or added.intersection(each.split()))
            and (not colours or COLOUR_WORDS.intersection(each.split()) <= colours)
        ]

    def _is_other_object(self, last: str, shared: Collection[str]) -> bool:
        """Return True if the last word of a drawing's name has its own drawing and is not one of the shared words."""
        return last not in shared and isinstance(self.styles_of.get(last), int)

    def is_activity(self, name: str) -> bool:
        """Return True if a name denotes an activity such as "playing" and is not itself the name of a training image.
        Nouns in -ing, such as "lightning", are not activities.
        """
        meant = self.styles_of[name]
        is_one_word = name.endswith("ing") and " " not in name and name not in ING_NOUNS
        return is_one_word and not isinstance(meant, int) and name not in meant

    def drawing(self, name: str, style: int | None) -> tuple[str, bool]:
        """Return the memorised training image that a name denotes, as the image's name and a flag. The flag is True if
        the image exists in the given style.
        """
        meant = self.styles_of.get(name, 0)
        if self._sources and style is not None:
            found = self._find_icon(name, style)
            # The drawing of a silhouette need not have its own name.
            meant_by = found if found in self.styles_of else name
            return found, bool(self._find_meanings(meant_by).get(found, 0) >> style & 1)
        if self._is_for_icons and style is not None and (other := self._find_other_name(name, style)):
            return other, True
        if isinstance(meant, int):
            return name, style is not None and bool(meant >> style & 1)
        drawn = {each: bits for each, bits in meant.items() if self._has_drawing(each)}
        if style is not None:
            for each, bits in drawn.items():
                if bits >> style & 1:
                    if self._is_for_icons and name in drawn and _shows_other(each, name):
                        break
                    return each, True
        if self._is_for_icons and name in drawn:
            return name, False
        return next((each for each in drawn if each != name), name), False

    def _find_icon(self, name: str, style: int) -> str:
        """Return the name of the drawing from which an icon called `name` is drawn in a style, whether or not the
        drawing exists in it.

        It is that of the thing itself, of a kind of it ("wrapped gift", "beach with umbrella") or of a button with it,
        whichever exists in the most suitable style. Things that are only associated with the name come last ("abacus"
        for "calculator").
        """
        styles = {each: bits for each, bits in self._find_meanings(name).items() if self._has_drawing(each)}

        def rank(drawing: str) -> int:
            order = self._sources[style]
            return next((at for at, each in enumerate(order) if styles[drawing] >> each & 1), len(order))

        if joined := self._find_joined_name(name, style):
            return joined
        button = f"{name} button"
        if self._is_name(button):
            styles |= {each: bits for each, bits in self._find_meanings(button).items() if self._has_drawing(each)}
        first = next((each for each in styles if each != name), "")
        head = "".join(_main_words(first)[-1:])
        is_same = name in self._synonyms or head == name or _is_spelled_alike(name, head)
        # In a style to which the thing's own drawing hardly fits, a compound such as "boxing glove" serves better.
        is_unsuited = name in styles and rank(name) >= len(self._sources[style]) - _UNSUITED_SOURCES
        is_compound = is_unsuited and name in first.split() and not _shows_other(first, name)
        kinds = [first] if is_same or is_compound else []
        kinds += [each for each in styles if each.startswith(f"{name} ") and each.endswith(" button")]
        # "Locked" shows less than "locked with key".
        plainest = first.split(" with ")[0]
        if plainest != first and styles.get(plainest, 0).bit_count() >= SEVERAL:
            kinds = [plainest]
        same = [each for each in (name, *kinds) if each in styles]
        return min(same, key=rank) if same else first or name

    def _find_joined_name(self, name: str, style: int) -> str:
        """Return the name of a drawing in a style that has the words of a drawing in other styles ("rain cloud" for
        "cloud with rain", "snow flake" for "snowflake"), or "" if there is none.
        """
        meant = self._find_meanings(name) if name in self.styles_of else {}
        first = next((each for each in meant if each != name), name)
        wanted = {_sort_letters({*first.split()} - PREPOSITIONS), _sort_letters([first])}
        for each in self._names_by_word.get(name, ()):
            is_drawn = cast(int, self.styles_of[each]) >> style & 1 and self._has_drawing(each)
            if is_drawn and _sort_letters(each.split()) in wanted and each not in meant:
                return each
        return ""

    def _find_other_name(self, name: str, style: int) -> str:
        """Return the name of a drawing in a style that has an adjective ("heavy rain") or the words of a drawing in
        other styles ("rain cloud" for "cloud with rain", "snow flake" for "snowflake"), or "" if there is none, or a
        drawing in the style has this name.
        """
        meant = self._find_meanings(name) if name in self.styles_of else {}
        if any(bits >> style & 1 and self._has_drawing(each) for each, bits in meant.items()):
            return ""
        first = next((each for each in meant if each != name), name)
        wanted = {_sort_letters({*first.split()} - PREPOSITIONS), _sort_letters([first])}
        for each in self._names_by_word.get(name, ()):
            is_drawn = cast(int, self.styles_of[each]) >> style & 1 and self._has_drawing(each)
            is_described = each.endswith(f" {name}") and ADJECTIVES.issuperset(each.split()[:-1])
            if is_drawn and (is_described or _sort_letters(each.split()) in wanted):
                return each
        return ""

    def find_name_starts(self, words: Sequence[str], at: int) -> set[int]:
        """Return the indices at which names of several words begin that contain the word at index `at`."""
        return {
            begin
            for begin in range(max(at - LONGEST + 1, 0), at + 1)
            for end in range(max(at + 1, begin + 2), min(begin + LONGEST, len(words)) + 1)
            if any(map(self._is_name, forms(" ".join(words[begin:end]))))
        }

    def _find_longer_names(self, phrase: str, *, is_end: bool = True) -> list[str]:
        """Return the names of single training images that end with a phrase or, without `is_end`, contain its last
        word anywhere.
        """
        return [
            name
            for name in self._names_by_word.get("".join(phrase.split()[-1:]), ())
            if (name.endswith(f" {phrase}") or not is_end)
            and name.count(" ") < LONGEST_NEAREST
            and self._is_name(name)
            and name not in RUDE
        ]

    def _choose_best_drawn(self, names: Sequence[str]) -> str:
        """Return the name that is drawn in the most styles and, among several, the shortest one."""
        return min(names, key=lambda name: (-self._count_styles(name), name.count(" "), name))

    def _is_object_name(self, word: str) -> bool:
        """Return True if a word alone, or its singular, names an object and not a colour, number or activity."""
        names = [name for name in forms(word) if self._is_name(name)]
        return bool(names) and word not in STOP_WORDS | COLOUR_WORDS | COUNTING and not self.is_activity(names[0])

    def _is_person(self, word: str) -> bool:
        """Return True if a word denotes a person: "woman", "teacher" with a drawing "woman teacher", or "chef", which
        drawings such as "man cook" show.
        """
        if word in PEOPLE or f"woman {word}" in self.styles_of:
            return True
        return self._is_name(word) and any(not PEOPLE.isdisjoint(each.split()) for each in self._find_meanings(word))

    def _is_last_word_of_own(self, word: str) -> bool:
        """Return True if a word or its singular names a drawing whose name ends with it, as "hand" names "raised
        hand".
        """
        return any(
            self._is_name(name) and self.drawing(name, None)[0].rpartition(" ")[2] == name for name in forms(word)
        )

    def _is_name(self, name: str) -> bool:
        if (meant := self.styles_of.get(name)) is None:
            return False
        return self._has_drawing(name) if isinstance(meant, int) else any(map(self._has_drawing, meant))

    def _is_known(self, name: str, style: int | None) -> bool:
        meant = self.styles_of[name]
        if not isinstance(meant, int) or self._count_styles(name) >= SEVERAL:
            return True
        # A "teddy bear" is no bear, although it has few drawings. "A cane" is the name of a cane.
        is_phrase = self.reads_phrases and " " in name and [name.split()[0]] not in ARTICLES
        return is_phrase or style is not None and bool(meant >> style & 1)

    def _count_styles(self, name: str) -> int:
        """Return the number of styles in which a training image of this name is memorised, or 0 if the name may denote
        several images.
        """
        meant = self.styles_of.get(name, 0)
        return meant.bit_count() if isinstance(meant, int) else 0

    def _find_meanings(self, name: str) -> dict[str, int]:
        """Return the memorised training images that a name may denote, as a mapping from the image's name to a bit set
        of its styles.
        """
        meant = self.styles_of[name]
        return {name: meant} if isinstance(meant, int) else dict(meant)

    @cached_property
    def _names_by_last_word(self) -> dict[str, list[str]]:
        """Mapping from a last word to the names of several words that end with it. Only names of a single memorised
        training image are included.
        """
        found: dict[str, list[str]] = {}
        for each, meant in self.styles_of.items():
            if isinstance(meant, int) and " " in each:
                found.setdefault(each.rpartition(" ")[2], []).append(each)
        return found

    @cached_property
    def _names_by_word(self) -> dict[str, list[str]]:
        """Mapping from each word to the longer names with it of a single memorised training image."""
        found: dict[str, list[str]] = {}
        for each, meant in self.styles_of.items():
            for word in {*each.split()} if isinstance(meant, int) and " " in each else ():
                found.setdefault(word, []).append(each)
        return found


def _sort_letters(words: Collection[str]) -> str:
    """Return the letters of words in alphabetical order, which are those of the words in another order or joined."""
    return "".join(sorted("".join(words)))


def _is_spelled_alike(short: str, word: str) -> bool:
    """Return True if a word is another one with letters left out, as "burger" and "donut" are for "hamburger" and
    "doughnut".
    """
    letters = iter(word)
    return len(short) > SHORT and all(letter in letters for letter in short)


def _main_words(drawing: str) -> list[str]:
    """Return the words of a drawing's name before its first preposition."""
    words = drawing.split()
    start = next((at for at, word in enumerate(words) if word in PREPOSITIONS), len(words))
    return words[:start]


def _shows_other(drawing: str, name: str) -> bool:
    """Return True if a drawing shows another thing, to which the one called `name` is added: "leaf fluttering in wind",
    but neither "beach with umbrella" nor "crescent moon" for "beach" and "moon".
    """
    words = drawing.split()
    start = next((at for at, word in enumerate(words) if word in PREPOSITIONS), len(words))
    return name in words[start:] and name not in words[:start]


def _remove_rude(meant: int | Mapping[str, int]) -> int | Mapping[str, int]:
    """Remove rude drawings from the drawings that a name may denote, unless there is no other."""
    if isinstance(meant, int) or RUDE.isdisjoint(meant) or RUDE.issuperset(meant):
        return meant
    return {drawing: styles for drawing, styles in meant.items() if drawing not in RUDE}


def _is_kind_of(each: str, names: Sequence[str]) -> bool:
    """Return True if `each` is one of `names` after an adjective that does not change the kind of object.

    "Old" before a person does change it: an old woman has drawings of her own.
    """
    adjective, _, rest = each.partition(" ")
    return adjective in ADJECTIVES and rest in names and not (adjective == "old" and rest in PEOPLE)


def _is_bit_set(meant: Mapping[str, int]) -> bool:
    return bool(meant) and all(isinstance(name, str) and isinstance(bits, int) for name, bits in meant.items())
