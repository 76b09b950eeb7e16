"""Detection of the relations between the objects of a prompt: "a cat on a skateboard", "a boy holding a balloon".

They are read by requests with the rules `PLACES_OBJECTS` and later. Earlier ones draw only the first object of a
relation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from gdm_studio.models.prompts.object_kinds import LIVING, PART, PLAIN, UNKNOWN, WORN, ObjectKind, ObjectKinds
from gdm_studio.models.prompts.subjects import MOST, SubjectFinder
from gdm_studio.models.prompts.word_classes import (
    ARTICLES,
    AUXILIARIES,
    COLOUR_WORDS,
    DETERMINERS,
    EXCLUDING,
    FEATURES,
    HAIR,
    JOINING,
    NEGATION,
    NUMBERS,
    PEOPLE,
    PREPOSITIONS,
    RELATIVE_PRONOUNS,
    SEPARATORS,
    forms,
)


class Relation(StrEnum):
    """Place of an object relative to another one."""

    ON = "on"
    UNDER = "under"
    IN = "in"
    BESIDE = "beside"
    BEHIND = "behind"
    BEFORE = "in front of"
    ABOVE = "above"
    BETWEEN = "between"
    HOLDING = "holding"
    WEARING = "wearing"
    RIDING = "riding"
    WITH = "with"


# The phrases of each relation.
PHRASES = {
    Relation.ON: ("on", "onto", "upon", "atop", "on top of"),
    Relation.UNDER: ("under", "underneath", "below", "beneath"),
    Relation.IN: ("in", "inside", "into", "inside of"),
    Relation.BESIDE: ("next to", "beside", "near", "near to", "by", "close to", "at", "alongside"),
    Relation.BEHIND: ("behind",),
    Relation.BEFORE: ("in front of", "before"),
    Relation.ABOVE: ("above", "over"),
    Relation.BETWEEN: ("between", "in between"),
    Relation.HOLDING: ("holding", "holds", "hold", "carrying", "carries", "carry"),
    Relation.WEARING: ("wearing", "wears", "wear", "dressed in"),
    Relation.RIDING: ("riding", "rides", "ride"),
    Relation.WITH: ("with",),
}
# Verbs whose object is near the hands. They are not drawn themselves.
HANDLED = frozenset(
    ("eating", "eats", "drinking", "drinks", "playing", "plays", "reading", "reads", "having", "has", "catching")
    + ("catches", "throwing", "throws", "lifting", "lifts", "offering", "offers", "using", "uses")
)
# Verbs of position before the preposition of a relation.
POSTURES = frozenset(
    ("sitting", "sits", "standing", "stands", "lying", "lies", "laying", "resting", "perched", "perching", "hanging")
    + ("parked", "placed", "located", "inside")
)
PRONOUNS = frozenset(("him", "her", "it", "them", "himself", "herself", "itself"))
# Parts of an image or an object, which are drawings of other objects alone: "in the middle", "on the back of a horse".
PARTS_OF_PLACES = frozenset(
    ("back", "background", "bottom", "center", "centre", "corner", "distance", "edge", "end", "foreground", "front")
    + ("left", "middle", "right", "side", "top")
)
# Nouns after which "of" names no object, as in "in the style of Picasso".
MANNERS = frozenset(("form", "manner", "name", "shape", "style", "way"))
# Words that describe an image or a part of an object: "in the dark", "with bright colors", "with its mouth open".
DESCRIBING = frozenset(
    ("closed", "color", "colors", "colour", "colours", "dark", "image", "open", "photo", "photograph", "picture")
    + ("shadow", "shadows")
)
# Words before the preposition of a relation that does not hold: "a cat not on a table", "a cat isn't on a table".
NEGATIONS = ([NEGATION], ["never"], ["'", "t"], ["’", "t"])
# Relations that the subject has to each object of a list: "a man with a hat and a dog".
_SHARED_RELATIONS = frozenset((Relation.BETWEEN, Relation.WITH, Relation.HOLDING, Relation.WEARING))
# Arrangements of several equal objects: a "row of three cups".
ROW, GRID = "row", "pattern"
ARRANGEMENTS = {"row": ROW, "line": ROW, "queue": ROW, "pattern": GRID, "grid": GRID}
# Number of objects in an arrangement whose prompt does not count them.
ARRANGED = {ROW: 3, GRID: 4}
# Backgrounds by their words: times of day and weather for the sky, and surfaces for the ground.
SKIES = {
    "sky": "day", "night": "night", "nighttime": "night", "midnight": "night", "sunset": "sunset", "dusk": "sunset",
    "dawn": "sunset", "sunrise": "sunset", "space": "night", "moonlight": "night",
}  # fmt: skip
GROUNDS = {
    "sea": "sea", "ocean": "sea", "water": "sea", "lake": "sea", "meadow": "meadow", "field": "meadow",
    "grass": "meadow", "lawn": "meadow", "pasture": "meadow", "snow": "snow", "desert": "desert", "sand": "desert",
    "beach": "desert",
}  # fmt: skip
# Relations to a background.
_BACKGROUND_RELATIONS = frozenset((Relation.ON, Relation.IN, Relation.BESIDE, Relation.UNDER, Relation.ABOVE))
_MARKERS = {tuple(phrase.split()): relation for relation, phrases in PHRASES.items() for phrase in phrases} | {
    (verb,): Relation.HOLDING for verb in HANDLED
}
_LONGEST_MARKER = max(map(len, _MARKERS))


@dataclass(frozen=True)
class Link:
    """Relation of one group of objects to another one, both as indices of the objects of a scene."""

    relation: Relation
    first: tuple[int, ...]
    second: tuple[int, ...]


@dataclass(frozen=True)
class Background:
    """Plain background of a scene: names of a sky and a ground, which may be "". With `inside`, the objects are in the
    ground, as a fish is in the sea.
    """

    sky: str = ""
    ground: str = ""
    inside: bool = False


@dataclass(frozen=True)
class Arrangement:
    """Objects of a prompt with the relations between them.

    `phrases` are the words of each object, in the order of the prompt. `used` are the words of each relation, of the
    background and of "row" or "pattern". `rows` are the groups of equal objects with their arrangement, ROW or GRID.
    """

    phrases: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...] = ()
    background: Background | None = None
    rows: tuple[tuple[str, tuple[int, ...]], ...] = ()
    used: tuple[tuple[str, ...], ...] = ()

    def objects_of(self, index: int, relation: Relation) -> set[int]:
        """Return the objects of a relation whose subject is the object with this index."""
        return {at for link in self.links if link.relation is relation and index in link.first for at in link.second}


def find_arrangement(
    names: SubjectFinder, words: Sequence[str], style: int | None = None, kinds: ObjectKinds | None = None
) -> Arrangement | None:
    """Find the relations between the objects of a prompt. Returns None for a prompt without relations, or whose first
    object is unknown, which is then read as an earlier request.

    Objects that are unknown, excluded or a feature of another one ("blue eyes") are left out with their relations, and
    so are ingredients and parts of things, whose nouns have no article ("pizza with cheese"). With the `kinds` of
    objects, what people and animals are with needs none ("cat with hat").
    """
    reader = _Reader(names, style, kinds)
    segments = [*_split_at_relations(names, words)]
    if len(segments) == 1 and not any(word in ARRANGEMENTS for word in words):
        return None
    for segment in segments:
        if not reader.add(segment):
            return None
    return reader.finish()


@dataclass(frozen=True)
class _Segment:
    """Words of a prompt after the marker of a relation, which the first segment does not have."""

    relation: Relation | None
    marker: tuple[str, ...]
    words: tuple[str, ...]
    # True if the relation does not hold, as in "not on".
    is_negated: bool = False
    # True for the object of a verb that places nothing, as in "chasing a ball". The object is beside the subject.
    is_action: bool = False


def _split_at_relations(names: SubjectFinder, words: Sequence[str]) -> Iterator[_Segment]:
    """Split the words of a prompt at the relations, except within a name such as "man in tuxedo"."""
    relation: Relation | None = None
    marker: tuple[str, ...] = ()
    found: list[str] = []
    is_negated = is_action = False
    at = 0
    while at < len(words):
        length = _marker_length(names, words, at)
        begins_action = not length and names.begins_action(words, at)
        # The verb of "a man walking his dog" belongs to the name of a drawing.
        is_named = begins_action and bool(names.find_name_starts(words, at))
        if not length and not begins_action or is_named:
            found.append(words[at])
            at += 1
        if not length and not begins_action:
            continue
        before: list[str] = []
        while found and (found[-1] in POSTURES | AUXILIARIES or found[-1] in RELATIVE_PRONOUNS and before):
            before.insert(0, found.pop())
        yield _Segment(relation, marker, tuple(found), is_negated, is_action)
        is_negated = found[-1:] in NEGATIONS or found[-2:] in NEGATIONS
        is_action = begins_action
        relation = Relation.BESIDE if is_action else _MARKERS[tuple(words[at : at + length])]
        marker = () if is_action else (*before, *words[at : at + length])
        found = []
        at += 1 if begins_action and not is_named else length
    yield _Segment(relation, marker, tuple(found), is_negated, is_action)


def _marker_length(names: SubjectFinder, words: Sequence[str], at: int) -> int:
    """Return the number of words of the relation that begins at an index, or 0 if none begins there."""
    for length in range(min(_LONGEST_MARKER, len(words) - at), 0, -1):
        if at and tuple(words[at : at + length]) in _MARKERS:
            # A participle without an object describes the next word, as in "a violin playing cat".
            is_verb = words[at] not in PREPOSITIONS | {"next", "close", "underneath", "upon", "atop", "alongside"}
            is_other = is_verb and not names.begins_description(words, at)
            return 0 if is_other or names.find_name_starts(words, at) else length
    return 0


class _Reader:
    """Reader of the segments of a prompt, one after another."""

    def __init__(self, names: SubjectFinder, style: int | None, kinds: ObjectKinds | None) -> None:
        self.names = names
        self.style = style
        self.kinds = kinds
        self.phrases: list[tuple[str, ...]] = []
        self.links: list[Link] = []
        self.rows: list[tuple[str, tuple[int, ...]]] = []
        self.used: list[tuple[str, ...]] = []
        self.is_arranged = False
        self.sky = ""
        self.ground = ""
        self.inside = False
        # Subject of the relations that follow, that of the relations before, and the last group of objects.
        self.root: tuple[int, ...] = ()
        self.previous: tuple[int, ...] = ()
        self.last: tuple[int, ...] = ()

    def add(self, segment: _Segment) -> bool:
        """Read a segment. Returns False if the prompt cannot be read as a scene."""
        if segment.relation is None:
            return self._add_first(segment.words)
        if segment.is_negated:
            return True
        items = [*map(_remove_part, _split_into_items(self.names, segment.words))]
        if segment.is_action and items and self._find_role(items[0]) == PART:
            # "A man raising his hand".
            items = items[1:]
        if segment.relation in _BACKGROUND_RELATIONS and items and self._add_background(segment, items[0]):
            self._add_further(items[1:])
            return True
        is_pronoun = bool(items) and {*items[0]} <= PRONOUNS
        if is_pronoun and self.links[-1:] == [Link(Relation.BESIDE, self.root, self.previous)]:
            # "A cat on a mat and a bird above it".
            self.links[-1] = Link(segment.relation, self.root, self.previous)
            self.used.append(segment.marker)
            self._add_further(items[1:])
            return True
        if is_pronoun and len(self.phrases) > 1 and self.last != self.root:
            self.links.append(Link(segment.relation, self.last, self.root))
            self.used.append(segment.marker)
            self._add_further(items[1:])
            return True
        # "A boy holding a balloon and a man": the boy does not hold the man.
        is_list = segment.relation in _SHARED_RELATIONS
        most = next((at for at in range(1, len(items)) if not PEOPLE.isdisjoint(items[at])), len(items))
        group = [
            each
            for item in items[: most if is_list else 1]
            if self._is_object(item, segment.relation)
            for each in self._add_item(item)
        ]
        if group:
            is_worn = [at for at in group if segment.relation is Relation.WITH and self._is_worn(self.phrases[at])]
            others = tuple(at for at in group if at not in is_worn)
            by_relation = (segment.relation, others), (Relation.WEARING, tuple(is_worn))
            self.links += [Link(relation, self.root, members) for relation, members in by_relation if members]
            self.used.append(segment.marker)
            self.last = tuple(group[-1:])
        further = items[most if is_list else 1 :]
        # In "a cat on fire, bright lights", the lights describe the image.
        self._add_further(further if group else [item for item in further if item[0] in DETERMINERS])
        return True

    def _add_first(self, words: Sequence[str]) -> bool:
        group: list[int] = []
        for item in _split_into_items(self.names, words):
            if self._is_excluded(item):
                return False
            if not (self._has_drawing(item) or {*item} <= COLOUR_WORDS):
                return False
            group += self._add_item(item)
        self.root = self.last = tuple(group)
        return bool(group)

    def _add_further(self, items: Sequence[Sequence[str]]) -> None:
        """Add objects after the object of a relation, as the lion of "a king on a throne and a lion". They are the
        subjects of the relations that follow.
        """
        for item in items:
            if self._is_object(item, None):
                group = tuple(self._add_item(item))
                self.links.append(Link(Relation.BESIDE, group, self.root))
                self.previous = self.root
                self.root = self.last = group

    def _add_item(self, item: Sequence[str]) -> list[int]:
        arrangement, number, words = _parse_count(item)
        start = len(self.phrases)
        self.phrases += [tuple(words)] * number
        group = [*range(start, start + number)]
        if number > 1:
            self.rows.append((arrangement or ROW, tuple(group)))
        if arrangement:
            self.used.append(tuple(word for word in item if word in ARRANGEMENTS))
            self.is_arranged = True
        return group

    def _add_background(self, segment: _Segment, item: Sequence[str]) -> bool:
        word = item[-1]
        if word not in SKIES.keys() | GROUNDS.keys() or len(self.names.match(item, self.style).words) > 1:
            return False
        if word in SKIES:
            self.sky = SKIES[word]
        else:
            self.ground = GROUNDS[word]
            self.inside = segment.relation is Relation.IN and self.ground == "sea"
        self.used.append((*segment.marker, *item))
        return True

    def _is_object(self, item: Sequence[str], relation: Relation | None) -> bool:
        """Return True if words after a relation name an object that can be drawn, and no feature or idiom."""
        if not item or self._is_excluded(item) or item[-1] in FEATURES or not HAIR.isdisjoint(item):
            return False
        if item[-1] in PARTS_OF_PLACES | DESCRIBING or not MANNERS.isdisjoint(_find_word_before_of(item)):
            return False
        if relation is Relation.WITH and item[-1] in GROUNDS:
            return False
        # "In red letters" describes a thing, and does not place it.
        is_plural = item[-1].endswith("s") and relation is not Relation.IN
        has_determiner = item[0] in DETERMINERS
        if relation is Relation.WITH and not has_determiner:
            # "Pizza with cheese" and "a car with big wheels" name ingredients and parts, "a cat with glasses" a thing.
            name = self.names.match(item, self.style).name
            is_with_living = self._is_with_living(item)
            # "Flowers" are drawn as another flower.
            names = forms(name) if is_with_living else (name,)
            is_own = any(self.names.is_own(each) for each in names if self.names.is_drawn(each)) or self._is_worn(item)
            return (name.endswith("s") or is_with_living) and is_own and self._has_drawing(item)
        is_free = relation in (Relation.HOLDING, Relation.WEARING, Relation.RIDING, Relation.BETWEEN)
        # "On fire" and "in love" name no place.
        return (has_determiner or is_plural or is_free) and self._has_drawing(item)

    def _is_with_living(self, item: Sequence[str]) -> bool:
        """Return True if an object that the last subject is "with" is no part or ingredient of it: one of them is a
        person or an animal, and the object is no part of a body.
        """
        first, second = map(self._find_role, (self.phrases[self.root[0]], item))
        return LIVING in (first, second) and second != PART

    def _is_worn(self, item: Sequence[str]) -> bool:
        """Return True if an object that the last subject is "with" is worn by it."""
        return self._find_role(self.phrases[self.root[0]]) == LIVING and self._find_role(item) in WORN

    def _find_role(self, words: Sequence[str]) -> str:
        """Return the role of the object that words name, or "" for requests that know no kinds of objects."""
        return find_kind(self.names, self.kinds, words, self.style).role if self.kinds else PLAIN

    def _has_drawing(self, item: Sequence[str]) -> bool:
        _, _, words = _parse_count(item)
        name = self.names.match(words, self.style).name
        return bool(name) and (self.names.is_drawn(name) or self.names.is_name_with_article(item, name))

    def _is_excluded(self, item: Sequence[str]) -> bool:
        return [*item[:1]] in EXCLUDING

    def finish(self) -> Arrangement | None:
        background = Background(self.sky, self.ground, self.inside) if self.sky or self.ground else None
        is_scene = self.links or background or self.is_arranged
        if not is_scene or len(self.phrases) > MOST:
            return None
        return Arrangement(tuple(self.phrases), tuple(self.links), background, tuple(self.rows), tuple(self.used))


def find_kind(names: SubjectFinder, kinds: ObjectKinds, words: Sequence[str], style: int | None) -> ObjectKind:
    """Return the kind of the object that words name."""
    match = names.match(words, style)
    return kinds.find(" ".join(match.words), names.drawing(match.name, style)[0]) if match.name else UNKNOWN


def _split_into_items(names: SubjectFinder, words: Sequence[str]) -> Iterator[list[str]]:
    """Split the words of a segment at "and" and commas, except within a name such as "bow and arrow"."""

    def is_between(each: tuple[int, str]) -> bool:
        at, word = each
        return word in SEPARATORS or word in JOINING and not names.find_name_starts(words, at)

    for is_boundary, group in groupby(enumerate(words), is_between):
        if not is_boundary:
            yield [word for _, word in group]


def _find_word_before_of(item: Sequence[str]) -> Sequence[str]:
    """Return the word before the first "of", if there is one."""
    return item[max(item.index("of") - 1, 0) : item.index("of")] if "of" in item else ()


def _remove_part(item: Sequence[str]) -> Sequence[str]:
    """Return "an elephant" for "the back of an elephant"."""
    return item if PARTS_OF_PLACES.isdisjoint(_find_word_before_of(item)) else item[item.index("of") + 1 :] or item


def _parse_count(item: Sequence[str]) -> tuple[str, int, list[str]]:
    """Return the arrangement, the number and the words of an object: (ROW, 3, ["cups"]) for "a row of three cups"."""
    words = [*item]
    plain = words[1:] if words[:1] in ARTICLES else words
    arrangement = ""
    if len(plain) > 2 and plain[1] == "of" and plain[0] in ARRANGEMENTS:
        arrangement = ARRANGEMENTS[plain[0]]
        words = plain[2:]
    number = NUMBERS.get(words[0], 0) if words else 0
    if number:
        words = words[1:]
    return arrangement, number or ARRANGED.get(arrangement, 1), words
