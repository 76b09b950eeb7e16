"""Detection of a prompt's subjects and their colours: the names of known drawings among its words."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import dropwhile, groupby, pairwise, takewhile
from typing import cast

COLOUR_WORDS = frozenset(
    ("black", "blue", "brown", "golden", "gray", "green", "grey", "orange", "pink", "purple", "red")
    + ("white", "yellow")
)
# Colours that refer to the skin of people.
SKIN_COLOURS = frozenset(("black", "brown", "white"))
PREPOSITIONS = frozenset(
    ("with", "without", "for", "in", "on", "at", "by", "to", "under", "near", "from", "and", "or", "that", "who")
    + ("above", "across", "against", "around", "behind", "below", "beneath", "beside", "between", "but", "except")
    + ("after", "along", "before", "beyond", "during", "inside", "into", "onto", "out", "over", "through", "towards")
    + ("which", "whose")
)
# Words that negate the words after them: a colour ("not red"), or another object ("a cat, no dog").
NEGATION = "not"
EXCLUDING = (["no"], ["not"], ["without"])
# Verbs between a negation and the excluded object: "do not draw a cat".
REQUESTS = frozenset(("add", "create", "draw", "generate", "include", "make", "paint", "show", "use"))
# Words that are never the complete name of a drawing.
STOP_WORDS = frozenset(("a", "an", "the", "of", "i", "me", "my", "it", "is", "no")) | PREPOSITIONS
# Words of a prompt that do not name anything.
SMALL_WORDS = STOP_WORDS | frozenset(
    ("this", "that", "these", "those", "its", "his", "her", "their", "your", "our", "some", "any", "very", "so", "as")
    + ("are", "be", "being", "has", "have", "there", "s")
)
JOINING = frozenset(("and", "&", "+"))
# Marks between the parts of a list.
SLASH = "/"
SEPARATORS = frozenset((",", ";", "|", SLASH))
HYPHEN = "-"
APOSTROPHES = ("'", "’")
# Words that end in "ing" like an activity, but denote objects.
ING_NOUNS = frozenset(
    ("clothing", "crossing", "drawing", "duckling", "evening", "king", "lighting", "meeting", "morning", "painting")
    + ("ping", "pudding", "sing", "spring", "sting", "string", "thanksgiving", "writing")
)
# Members of ING_NOUNS that are also participles, if an object with a determiner follows: "a man painting a house".
ING_VERBS = frozenset(("crossing", "drawing", "lighting", "meeting", "painting", "writing"))
NUMBERS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
# Phrases for two of an object, as in "a pair of cats".
TWO_OF = (["pair", "of"], ["couple", "of"])
# Words that count the object after them. Alone, many of them are names of clocks.
NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTING = frozenset((*NUMBER_WORDS, *NUMBERS, "1", "one", "hundred"))
# Words that name drawings only if the main part of the prompt has no other name: "a cat lying down", "a lion face".
WEAK_NAMES = frozenset(
    ("again", "alone", "angry", "back", "cold", "down", "face", "fast", "happy", "head", "here", "hot", "left", "like")
    + ("look", "off", "right", "sad", "sleepy", "tired", "together")
)
# Names that say little beside another one: a "wifi symbol" shows wifi.
GENERIC_NAMES = frozenset(
    ("emoji", "field", "fields", "icon", "icons", "machine", "rolls", "set", "sign", "signs", "symbol", "symbols")
)
# Participles that always have an object, even without a determiner: "a child eating ice cream".
OBJECT_VERBS = frozenset(
    ("baking", "biting", "blowing", "breathing", "carrying", "catching", "chasing", "chewing", "cooking", "drinking")
    + ("driving", "eating", "fighting", "having", "holding", "hugging", "hunting", "kicking", "kissing", "licking")
    + ("petting", "pouring", "pulling", "pushing", "reading", "riding", "smoking", "spitting", "throwing")
    + ("watching", "wearing")
)
# Verbs before a participle ("is dancing"), or before the description of an object ("is happy").
AUXILIARIES = frozenset(("is", "are"))
RELATIVE_PRONOUNS = ("that", "which", "who")
# Words before the colour in "a frog, the blue is".
RELATIVE_WORDS = frozenset(("the", *RELATIVE_PRONOUNS))
# Words between an object and its colour: "a frog that's blue".
RELATIVE_CLAUSES = tuple(
    [pronoun, *verb] for pronoun in RELATIVE_PRONOUNS for verb in (["is"], ["are"], ["'", "s"], ["’", "s"])
)
# Verbs after which the description of an object begins: "children play football".
PLURAL_ACTIONS = frozenset(
    ("bite", "carry", "catch", "chase", "chew", "climb", "drink", "drive", "eat", "feed", "fight", "have", "hold")
    + ("hug", "hunt", "kick", "kiss", "lick", "play", "pour", "pull", "push", "read", "ride", "throw", "watch", "wear")
)
# Verbs at the end of a phrase: "birds fly over the sea". In "kids watch", the watch may be the object.
PLURAL_LONE_ACTIONS = (PLURAL_ACTIONS - {"have", "watch"}) | frozenset(
    ("bark", "bloom", "blow", "burn", "buzz", "chirp", "cook", "crawl", "crow", "cry", "dance", "dive", "dream")
    + ("erupt", "explode", "fall", "float", "fly", "gallop", "glow", "graze", "growl", "grow", "hide", "hiss", "hoot")
    + ("howl", "jump", "laugh", "launch", "listen", "melt", "meow", "moo", "pray", "purr", "quack", "relax", "rest")
    + ("ring", "rise", "roar", "run", "sail", "scream", "shine", "sing", "sink", "sit", "skate", "sleep", "smile")
    + ("snore", "stand", "swim", "talk", "travel", "wait", "walk", "wave", "work", "yawn")
)


def _to_third_person(verb: str) -> str:
    if verb == "have":
        return "has"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("ch", "sh", "ss", "zz")) else f"{verb}s"


# The same verbs after a singular: "a boy plays football", "a cat sleeps".
ACTIONS = frozenset(map(_to_third_person, PLURAL_ACTIONS))
LONE_ACTIONS = frozenset(map(_to_third_person, PLURAL_LONE_ACTIONS))
VERBS = ACTIONS | PLURAL_ACTIONS | LONE_ACTIONS | PLURAL_LONE_ACTIONS
# Objects of "playing" without a determiner, which follow it: "a bear playing guitar".
PLAYED = frozenset(
    ("accordion", "baseball", "basketball", "cards", "cello", "chess", "drum", "drums", "flute", "football", "games")
    + ("golf", "guitar", "harp", "hockey", "music", "piano", "poker", "rugby", "saxophone", "soccer", "tennis")
    + ("trumpet", "ukulele", "video", "violin", "volleyball")
)
# Words after "of" that begin the owner of an object: "the dog of my father".
OWNING = frozenset(("the", "my", "your", "his", "her", "its", "our", "their"))
# Participles with a material, and the words that begin it: "a sword made of ice".
MADE = frozenset(("built", "carved", "composed", "constructed", "formed", "made"))
OF_MATERIAL = frozenset(("of", "from", "out", "with"))
# Materials after "of", as in "a house of bricks", and nouns for an amount of one: "a slice of bread".
MATERIALS = frozenset(
    ("brick", "bricks", "bronze", "cardboard", "cheese", "chocolate", "clay", "cloth", "cotton", "crystal", "glass")
    + ("gold", "ice", "iron", "leather", "marble", "metal", "page", "paper", "plastic", "rock", "sand", "silk")
    + ("silver", "snow", "steel", "stone", "straw", "wax", "wood", "wool")
)
AMOUNTS = frozenset(
    ("bag", "ball", "bar", "block", "bottle", "bowl", "box", "bucket", "cube", "cup", "drawing", "glass", "image")
    + ("jar", "log", "mug", "photo", "picture", "piece", "pile", "plate", "pot", "roll", "sheet", "slice", "spoon")
    + ("stack", "wedge")
)
# Dishes before their ingredients: "tarta de fresa" is a cake.
DISHES = frozenset(
    ("bread", "cake", "cakes", "cookie", "cookies", "cream", "juice", "pancake", "pancakes", "pie", "pies", "pizza")
    + ("pudding", "salad", "sandwich", "shortcake", "soup", "stew", "tart")
)
# Pictures and objects that show an object, and words that begin a clause or a comparison.
MEDIA = frozenset(
    ("drawing", "icon", "image", "logo", "painting", "photo", "picture", "portrait", "poster", "sign", "sketch")
    + ("symbol", "toy", "world")
)
SUBORDINATING = frozenset(("about", "as", "like", "when", "where", "while"))
# Words that begin the object of a participle: "a monkey eating a banana".
DETERMINERS = frozenset(
    ("a", "an", "the", "his", "her", "its", "their", "my", "your", "our", "some", "this", "that", *COUNTING)
)
# Words for people.
PEOPLE = frozenset(("baby", "boy", "child", "children", "girl", "man", "men", "people", "person", "woman", "women"))
# Parts of a person or an animal, which describe the object in another part of the prompt ("girl, blue eyes").
FEATURES = frozenset(
    ("bangs", "beard", "braids", "cheeks", "ear", "ears", "eye", "eyebrows", "eyelashes", "eyes", "face", "freckles")
    + ("fur", "hair", "hairstyle", "mane", "moustache", "mustache", "nose", "paws", "ponytail", "skin", "smile")
    + ("stripes", "tail", "whiskers", "wings")
)
# Words for kinds of hair, which are also names of drawings.
HAIR = frozenset(("bald", "blond", "blonde", "curly"))
# Plural endings, each with the singular ending that replaces it.
PLURALS = (("ies", "y"), ("es", ""), ("s", ""), ("ves", "f"), ("ves", "fe"))
# Words with at most this number of letters are not treated as plurals.
SHORT = 3
ARTICLES = (["a"], ["an"], ["the"])
# Words before a name that do not change the kind of object: a "racing car" is a car, but a "hot dog" is not a dog.
ADJECTIVES = COLOUR_WORDS | frozenset(
    ("baguette", "beating", "birthday", "bullet", "cherry", "closed", "coin", "concert", "crying", "deciduous")
    + ("delivery", "desktop", "diving", "evergreen", "fountain", "glowing", "grinning", "growing")
    + ("japanese", "kick", "kissing", "lab", "laptop", "leafless", "loudly", "man", "monarch", "motor", "movie")
    + ("office", "old", "oncoming", "open", "palm", "party", "passenger", "person", "pickup", "police", "polar")
    + ("pouting", "racing", "rain", "safety", "school", "shooting", "shopping", "slightly", "small", "smiling")
    + ("sparkling", "spouting", "straight", "straw", "studio", "top", "treasure", "tropical", "video", "vintage")
    + ("weary", "woman", "womans")
)
# Drawings that are only used for their exact names, and not for other words such as "fingers". They cannot be removed
# from the table of names, which belongs to the released weights.
RUDE = frozenset(("laboratory sperm", "middle finger", "pregnancy sperm"))
# Maximum number of words in a name.
LONGEST = 6
# Places and times, which describe the object in another part of a prompt.
PLACES = frozenset(
    ("bathroom", "beach", "bedroom", "city", "cityscape", "desert", "farm", "field", "forest", "garden", "jungle")
    + ("kitchen", "lake", "landscape", "meadow", "morning", "mountain", "mountains", "night", "ocean", "park", "river")
    + ("road", "room", "school", "sea", "sky", "snow", "space", "spring", "street", "summer", "sunrise", "sunset")
    + ("underwater", "village", "water", "winter", "wood", "woods")
)
# Names of objects whose drawings have other names, as "cup" is drawn as "hot beverage". Other such names may only be
# associated with their drawings, as "magic" with sparkles.
SYNONYMS = frozenset(
    ("bag", "bike", "boat", "book", "books", "bunny", "car", "clock", "couch", "cup", "flower", "hat", "home", "kid")
    + ("kitten", "mug", "phone", "pickup", "plane", "puppy", "shoe", "shoes", "sofa", "truck", "tv", "van", "watch")
)
# Maximum number of words in the name of a drawing that is only near to the words of a prompt, and maximum number of
# names that end with these words.
LONGEST_NEAREST = 4
MOST_NEAREST = 3
# A drawing that exists in at least this number of styles counts as well known.
SEVERAL = 3
# Maximum number of objects in one image.
MOST = 4
# Number of the styles whose drawings are the least suitable for a style.
_UNSUITED_SOURCES = 2
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
        # True if `find_nearest` finds names. False for older requests.
        self._finds_nearest = False
        # Names of objects whose drawings have other names.
        self._synonyms = SYNONYMS
        # Names that are sought last.
        self._weak_names = WEAK_NAMES
        # True if names of several words and adjectives with a hyphen are read. False for older requests.
        self.reads_phrases = False
        # True if the objects of all verbs, and materials before their thing, are read. False for older requests.
        self.reads_sentences = False
        # True if rarely drawn things with an article, and single things of counted plurals, are read. False for older
        # requests.
        self._reads_rare_things = False

    def for_icons(self, sources: Mapping[int, Sequence[int]] | None = None) -> DrawingNames:
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

    def with_nearest(self) -> DrawingNames:
        """Return a copy whose `find_nearest` finds names, for newer requests."""
        found = copy.copy(self)
        found._finds_nearest = True
        return found

    def with_meanings(self, meanings: Mapping[str, str], parts: AbstractSet[str]) -> DrawingNames:
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
        found._weak_names = self._weak_names | GENERIC_NAMES
        found.reads_phrases = True
        return found

    def with_sentences(self) -> DrawingNames:
        """Return a copy that reads prompts as sentences, for newer requests: objects of any verb are drawn too ("a dog
        chasing a ball"), materials describe the thing after them ("wool sweater"), and no drawing is near to a
        participle ("a dolphin jumping").
        """
        found = copy.copy(self)
        found.reads_sentences = True
        return found

    def with_rare_things(self) -> DrawingNames:
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
        return self.reads_sentences and is_behind_thing and _is_participle(words[-1])

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

    def limited_to(self, has_drawing: Callable[[str], bool]) -> DrawingNames:
        """Return a copy that ignores the names for which, according to `has_drawing`, no training image is memorised.
        Without an image of a player, for example, a "violin player" is drawn as a violin.
        """
        return self._from_checked_names(self.styles_of, has_drawing)

    def with_drawings(self, drawings: Mapping[str, str], own: Collection[str], styles: int) -> DrawingNames:
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
    ) -> DrawingNames:
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

    def _find_meanings(self, name: str) -> dict[str, int]:
        """Return the memorised training images that a name may denote, as a mapping from the image's name to a bit set
        of its styles.
        """
        meant = self.styles_of[name]
        return {name: meant} if isinstance(meant, int) else dict(meant)

    def colours(self, words: Sequence[str], name: str) -> list[str]:
        """Return the colours that a prompt requests for the object called `name`. Colours after the first preposition
        are ignored, because they belong to secondary objects, and so are those of other objects between commas ("a
        yellow car, black background"), and those of the skin of people, which would colour their clothes too.
        """
        words = _join_colours(words)
        main = words[: self._find_secondary_start(words)]
        parts = _split_at(main, _find_separators(main))
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
        return self._remove_parts_of_first_object(self._remove_first_exclusions(_join_colours(words)))

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

    def find_name_starts(self, words: Sequence[str], at: int) -> set[int]:
        """Return the indices at which names of several words begin that contain the word at index `at`."""
        return {
            begin
            for begin in range(max(at - LONGEST + 1, 0), at + 1)
            for end in range(max(at + 1, begin + 2), min(begin + LONGEST, len(words)) + 1)
            if any(map(self._is_name, forms(" ".join(words[begin:end]))))
        }

    def _split_into_groups(self, words: Sequence[str]) -> list[list[str]]:
        """Split the words of a prompt at every "and" into groups, except within a name such as "bow and arrow". If
        there is an "and", separators such as commas separate groups too, and so they do if all parts between them are
        items of a list ("a cat, no dog, a hat").
        """
        ands = {at for at, word in enumerate(words) if word in JOINING and not self.find_name_starts(words, at)}
        groups = _split_at(words, _find_separators(words) | ands)
        # In "a cat, orange", the colour describes the cat.
        is_list = len(groups) > 2
        are_items = all(self._is_item(part) or is_list and self._is_coloured_object(part) for part in groups)
        return groups if ands or are_items else [[*words]]

    def _remove_parts_of_first_object(self, words: Sequence[str]) -> list[str]:
        """Remove the features of the object in the first part of a prompt, such as "blue eyes" in "girl, blue eyes"."""
        places = [0, *sorted(_find_separators(words)), len(words)]
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
        if [*words[:-1]] in ARTICLES and _is_participle(words[-1]):
            # "A dog, the sleeping" is the translation of "ein Hund, der schläft".
            return False
        name = " ".join(word for word in words if word not in COLOUR_WORDS)
        return begins_object(words) or any(self.is_drawn(each) and self.is_own(each) for each in forms(name))

    def is_own(self, name: str) -> bool:
        """Return True if a name and the drawing that it means denote the same object."""
        is_same = name in self._synonyms or name.rpartition(" ")[2] in self.drawing(name, None)[0].split()
        return is_same and not name.endswith("ing")

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
        first = words[: min(_find_separators(words), default=len(words))]
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
        words = _join_colours(_remove_auxiliaries(words))
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
        words = _join_colours(_remove_auxiliaries(words))
        start = self._find_secondary_start(words)
        is_only = [*words[start - 1 : start + 1]] == ["nothing", "but"]
        rest = words[start + 1 :]
        is_excluded = words[start : start + 1] in (*EXCLUDING, ["except"], ["but"])
        return rest if (is_only or not is_excluded) and not self._is_excluded(rest) else ()

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

    def _is_name(self, name: str) -> bool:
        if (meant := self.styles_of.get(name)) is None:
            return False
        return self._has_drawing(name) if isinstance(meant, int) else any(map(self._has_drawing, meant))

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
        is_behind_plural = _is_plural(words[at - 1]) and words[0] not in ("a", "an")
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
        is_finite = word in ACTIONS | LONE_ACTIONS or word in VERBS and _is_plural(words[at - 1])
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

    def _is_last_word_of_own(self, word: str) -> bool:
        """Return True if a word or its singular names a drawing whose name ends with it, as "hand" names "raised
        hand".
        """
        return any(
            self._is_name(name) and self.drawing(name, None)[0].rpartition(" ")[2] == name for name in forms(word)
        )

    def _is_lone_participle(self, words: Sequence[str], at: int) -> bool:
        """Return True if the word at index `at` is a participle at the end of a phrase, as in "a woman cooking" and
        "a ship sailing over the sea".
        """
        following = "".join(words[at + 1 : at + 2])
        is_of_person = self._is_person(words[at - 1])
        is_last = is_of_person and not following.isalnum()
        is_before_place = following in PREPOSITIONS and (is_of_person or begins_object([*words[:1]]))
        return _is_participle(words[at]) and (is_last or is_before_place)

    def _is_person(self, word: str) -> bool:
        """Return True if a word denotes a person: "woman", "teacher" with a drawing "woman teacher", or "chef", which
        drawings such as "man cook" show.
        """
        if word in PEOPLE or f"woman {word}" in self.styles_of:
            return True
        return self._is_name(word) and any(not PEOPLE.isdisjoint(each.split()) for each in self._find_meanings(word))

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

    def _is_object_name(self, word: str) -> bool:
        """Return True if a word alone, or its singular, names an object and not a colour, number or activity."""
        names = [name for name in forms(word) if self._is_name(name)]
        return bool(names) and word not in STOP_WORDS | COLOUR_WORDS | COUNTING and not self.is_activity(names[0])

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

    def drawing(self, name: str, style: int | None) -> tuple[str, bool]:
        """Return the memorised training image that a name denotes, as the image's name and a flag. The flag is True if
        the image exists in the given style.
        """
        meant = self.styles_of.get(name, 0)
        if self._sources and style is not None:
            found = self._find_icon(name, style)
            return found, bool(self._find_meanings(found).get(found, 0) >> style & 1)
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


def _find_flag_name(words: Sequence[str]) -> str:
    """Return the name of the drawing of a country's flag, for words such as "flag of the Netherlands"."""
    country = [word for word in words if word not in ("a", "flag", "of", "the")]
    return " ".join(("flag", *country)) if "flag" in words and country else ""


def _is_kind_of(each: str, names: Sequence[str]) -> bool:
    """Return True if `each` is one of `names` after an adjective that does not change the kind of object.

    "Old" before a person does change it: an old woman has drawings of her own.
    """
    adjective, _, rest = each.partition(" ")
    return adjective in ADJECTIVES and rest in names and not (adjective == "old" and rest in PEOPLE)


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


def forms(name: str) -> Iterator[str]:
    """Yield a word and, if it looks like a plural, its possible singular forms."""
    yield name
    # Most words are no plurals, and a long prompt asks for the forms of a million phrases.
    if not name.endswith("s") or len(name) <= SHORT:
        return
    for ending, one in PLURALS:
        if name.endswith(ending):
            yield name.removesuffix(ending) + one


def _remove_auxiliaries(words: Sequence[str]) -> list[str]:
    """Remove "is" and "who is" before participles, as in "a woman who is dancing"."""
    found: list[str] = []
    for word in words:
        if word.endswith("ing") and found and found[-1] in AUXILIARIES:
            found.pop()
            if found and found[-1] in RELATIVE_PRONOUNS:
                found.pop()
        found.append(word)
    return found


def _remove_relative_clauses(words: Sequence[str]) -> list[str]:
    """Remove the words between an object and its colour, as in "a frog that's blue" and, in the order of German, "a
    frog, the blue is".
    """
    found: list[str] = []
    for word in words:
        if word in COLOUR_WORDS:
            clause = next((clause for clause in RELATIVE_CLAUSES if found[-len(clause) :] == clause), [])
            del found[len(found) - len(clause) :]
        elif word in AUXILIARIES and len(found) > 2 and found[-1] in COLOUR_WORDS and found[-2] in RELATIVE_WORDS:
            del found[-3 if found[-3] == "," else -2 : -1]
            continue
        found.append(word)
    return found


def _join_colours(words: Sequence[str]) -> list[str]:
    """Remove each "and" or its sign between two colours from a prompt's words, because it does not separate two
    objects, the words between an object and its colour, and the colours that "not" excludes.
    """
    words = _remove_relative_clauses(words)
    around = zip(["", *words], words, [*words[1:], ""], strict=False)
    joining = JOINING | {SLASH}
    joined = [word for before, word, after in around if word not in joining or not {before, after} <= COLOUR_WORDS]
    found: list[str] = []
    is_excluded = False
    for word, after in zip(joined, [*joined[1:], ""], strict=False):
        is_excluded = is_excluded and word in COLOUR_WORDS or word == NEGATION and after in COLOUR_WORDS
        if not is_excluded:
            found.append(word)
    return found


def _is_participle(word: str) -> bool:
    return word.endswith("ing") and word not in ING_NOUNS


def _is_plural(word: str) -> bool:
    """Return True if a word seems to be a plural. Words for several people count as plurals, because those after a
    number have been replaced by their singular.
    """
    return word in PEOPLE or len(word) > SHORT and word.endswith("s") and not word.endswith("ss")


def _ends_exclusion(words: Sequence[str], at: int, start: int) -> bool:
    """Return True if the word at index `at` ends the excluded object that begins at `start`: "or", "but", another
    exclusion, a mark, or an article that begins another object.
    """
    is_other_article = [words[at]] in ARTICLES and at > start and words[at - 1] not in PREPOSITIONS
    return is_other_article or [words[at]] in EXCLUDING or _is_boundary(words[at])


def _is_boundary(word: str) -> bool:
    """Return True if a word or mark separates two objects of a prompt, such as "or" and a comma."""
    return word in JOINING | {"or", "but"} or not word.isalnum()


def _find_separators(words: Sequence[str]) -> set[int]:
    """Return the indices of the separators of a list, such as commas, among the words of a prompt."""
    return {at for at, word in enumerate(words) if word in SEPARATORS}


def _split_at(words: Sequence[str], indices: Collection[int]) -> list[list[str]]:
    """Split words into the groups between the given indices, and leave out the words at these indices."""
    groups = groupby(enumerate(words), lambda each: each[0] in indices)
    return [[word for _, word in group] for is_between, group in groups if not is_between]


def begins_object(words: Sequence[str]) -> bool:
    """Return True if these words begin with an article, a number or a negation, as an object of a list does."""
    return bool(words) and (words[0] in COUNTING or words[:1] in ARTICLES or words[:1] in EXCLUDING)


def _is_bit_set(meant: Mapping[str, int]) -> bool:
    return bool(meant) and all(isinstance(name, str) and isinstance(bits, int) for name, bits in meant.items())
