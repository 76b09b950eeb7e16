"""The thing that a prompt is about: the name of a drawing among its words, and whether it was drawn in a style."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

COLOUR_WORDS = frozenset(
    ("black", "blue", "brown", "golden", "gray", "green", "grey", "orange", "pink", "purple", "red")
    + ("white", "yellow")
)
ASIDE = frozenset(("with", "for", "in", "on", "at", "by", "to", "under", "near", "from", "and", "or", "that", "who"))
SMALL = frozenset(("a", "an", "the", "of", "i", "me", "my", "it", "is", "no")) | ASIDE  # never a name by themselves
JOINING = frozenset(("and", "&", "+"))
# what ends like a thing that is done, and is none
NOT_DONE = frozenset(
    ("clothing", "crossing", "drawing", "duckling", "evening", "king", "lighting", "meeting", "morning", "painting")
    + ("ping", "pudding", "sing", "spring", "sting", "string", "thanksgiving", "writing")
)
NUMBERS = {"two": 2, "three": 3, "four": 4}
PLURALS = (("ies", "y"), ("es", ""), ("s", ""))  # endings, and those of one alone
SHORT = 3  # letters of what is no plural
ARTICLES = (["a"], ["an"], ["the"])
LONGEST = 6  # words of a name
SEVERAL = 3  # styles that a drawing is well known in
MOST = 4  # things in one picture
A_FEW = 2  # of one whose name is the whole prompt: a shorter name would stand for another thing ("letter y": "letter")


class Names:
    """What a model's drawings are called, words with one space between, each with a bit for every style it is drawn in.

    A name that many drawings share ("boat") has in place of bits those that it may stand for with theirs, the likeliest
    first ("sailboat"): what they have in common is no drawing. Raises TypeError where names are anything else.
    """

    def __init__(self, styles_of: Mapping[str, int | Mapping[str, int]]) -> None:
        told = [{name: bits} if isinstance(bits, int) else bits for name, bits in styles_of.items()]
        if not all(isinstance(meant, Mapping) and _are_bits(meant) for meant in told):
            raise TypeError("names are not all text with bits for styles")
        self.styles_of = dict(styles_of)

    def colours(self, words: Sequence[str], name: str) -> list[str]:
        """The colours in which the thing of that name is asked for: those of what stands aside are not its own."""
        words = _joined(words)
        return [word for word in words[: _aside(words)] if word in COLOUR_WORDS and word not in name.split()]

    def things(self, words: Sequence[str], style: int | None = None) -> list[Sequence[str]]:
        """The words of each thing that is asked for by itself: what "and" joins, and commas beside it, and "two dogs".

        All words as they are where any of these is hardly known, where something stands aside before the last of them
        ("a man in a hat and a coat"), and where their whole is a name ("hammer and wrench").
        """
        parts = _parted(_joined(words))
        names = [self.subject(part, style) for part in parts]
        if (
            parts
            and " ".join(words) not in self.styles_of
            and all(name and self._is_known(name, None) for name in names)
            and not any(map(ASIDE.intersection, parts[:-1]))
            and len(each := [one for part in parts for one in self._counted(part, style)]) <= MOST
        ):
            return each
        return [words]

    def _counted(self, words: Sequence[str], style: int | None) -> list[Sequence[str]]:
        """One thing as often as its number says, but for what is several in one drawing ("two cherries")."""
        if (number := NUMBERS.get(words[0])) is None:
            return [words]
        name = self.subject(thing := words[1:], style)
        is_of_several = name.endswith("s") and name in " ".join(thing) and isinstance(self.styles_of[name], int)
        return [words] if not name or is_of_several else [thing] * number

    def subject(self, words: Sequence[str], style: int | None = None) -> str:
        """The name that the prompt of these words is about; "" where it has none.

        That of the whole prompt, if a few styles have it, else the longest that begins before the first word that leads
        aside ("with", "and"), and of those the last one, which in English is the thing: "slice of pizza", "birthday
        present with a bow". One that is drawn in the style of that number, or in several, comes before one that hardly
        anyone drew, and a thing before what it does ("dog playing") if that stands for drawings of other things.
        Colours are no part of it, unless it is called so itself ("red heart").
        """
        words = _joined(words)
        plain = [word for word in words if word not in COLOUR_WORDS]
        whole = " ".join(words[1:] if words[:1] in ARTICLES else words)
        if self._drawn_in(whole) >= A_FEW and plain == words:
            return whole

        def is_known(name: str) -> bool:
            return name in self.styles_of and self._is_known(name, style)

        def is_known_by_colour(name: str) -> bool:
            colours = COLOUR_WORDS.intersection(parts := name.split())
            return 0 < len(colours) < len(parts) and is_known(name)

        def is_known_thing(name: str) -> bool:
            return is_known(name) and (not self._is_done(name) or told_by(name))

        def told_by(name: str) -> bool:
            others = set(plain) - {name}  # "cat smiling" is told by a grinning cat
            return not others.isdisjoint(self.drawing(name, style)[0].split())

        ways = [(words, is_known_by_colour), (plain, is_known_thing), (plain, is_known), (plain, self._is_name)]
        if SMALL.issuperset(plain):
            ways.append((words, self._is_name))  # an orange, but no red of a thing without a name
        return next(filter(None, (_among(told, counts) for told, counts in ways)), "")

    def _is_name(self, name: str) -> bool:
        return name in self.styles_of

    def _is_done(self, name: str) -> bool:
        """Whether it is what a thing does ("playing"), and no drawing by itself, as "lightning" is."""
        meant = self.styles_of[name]
        is_one_word = name.endswith("ing") and " " not in name and name not in NOT_DONE
        return is_one_word and not isinstance(meant, int) and name not in meant

    def _is_known(self, name: str, style: int | None) -> bool:
        meant = self.styles_of[name]
        if not isinstance(meant, int) or self._drawn_in(name) >= SEVERAL:
            return True
        return style is not None and bool(meant >> style & 1)

    def _drawn_in(self, name: str) -> int:
        """In how many styles; 0 of a name that many drawings share."""
        meant = self.styles_of.get(name, 0)
        return meant.bit_count() if isinstance(meant, int) else 0

    def drawing(self, name: str, style: int | None) -> tuple[str, bool]:
        """The drawing that a name stands for, and whether it is drawn in the style of that number."""
        meant = self.styles_of.get(name, 0)
        if isinstance(meant, int):
            return name, style is not None and bool(meant >> style & 1)
        if style is not None:
            for each, bits in meant.items():
                if bits >> style & 1:
                    return each, True
        return next((each for each in meant if each != name), name), False


def _among(words: Sequence[str], counts: Callable[[str], bool]) -> str:
    """The name among these words that `subject` tells of, of those that count."""
    if counts(whole := " ".join(words)):
        return whole
    aside = _aside(words)
    for length in range(min(LONGEST, len(words)), 0, -1):
        for begin in range(min(aside, len(words) - length + 1) - 1, -1, -1):
            for name in _forms(" ".join(words[begin : begin + length])):
                if counts(name) and name not in SMALL:
                    return name
    return ""


def _forms(name: str) -> Iterator[str]:
    """The name, and if it may be of several, that of one alone."""
    yield name
    for ending, one in PLURALS:
        if name.endswith(ending) and len(name) > SHORT:
            yield name.removesuffix(ending) + one


def _joined(words: Sequence[str]) -> list[str]:
    """Without an "and" between colours, which leads nowhere aside."""
    around = zip(["", *words], words, [*words[1:], ""], strict=False)
    return [word for before, word, after in around if word != "and" or not {before, after} <= COLOUR_WORDS]


def _parted(words: Sequence[str]) -> list[list[str]]:
    """What "and" joins, and what commas do where there is an "and"."""
    if JOINING.isdisjoint(words):
        return [[*words]]
    groups = groupby(words, lambda word: word == "," or word in JOINING)
    return [[*part] for joins, part in groups if not joins]


def _aside(words: Sequence[str]) -> int:
    """The place of the first word that leads aside, or the end."""
    return next((at for at, word in enumerate(words) if at and word in ASIDE), len(words))


def _are_bits(meant: Mapping[str, int]) -> bool:
    return bool(meant) and all(isinstance(name, str) and isinstance(bits, int) for name, bits in meant.items())
