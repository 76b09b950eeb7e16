"""The thing that a prompt is about: the name of a drawing among its words, and whether it was drawn in a style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

COLOUR_WORDS = frozenset(
    ("black", "blue", "brown", "golden", "gray", "green", "grey", "orange", "pink", "purple", "red")
    + ("white", "yellow")
)
ASIDE = frozenset(("with", "for", "in", "on", "at", "by", "to", "under", "near", "from", "and", "or", "that", "who"))
SMALL = frozenset(("a", "an", "the", "of", "i", "me", "my", "it", "is", "no")) | ASIDE  # never a name by themselves
LONGEST = 6  # words of a name


class Names:
    """What a model's drawings are called, words with one space between, each with a bit for every style it is drawn in.

    Raises TypeError where these are anything else.
    """

    def __init__(self, styles_of: Mapping[str, int]) -> None:
        if not all(isinstance(name, str) and isinstance(bits, int) for name, bits in styles_of.items()):
            raise TypeError("names are not all text with bits for styles")
        self.styles_of = dict(styles_of)

    def subject(self, words: Sequence[str]) -> str:
        """The name that the prompt of these words is about; "" where it has none.

        That of the whole prompt, else the longest that begins before the first word that leads aside ("with", "and"),
        and of those the last one, which in English is the thing: "slice of pizza", "birthday present with a bow".
        Colours are no part of it, unless it is called so itself.
        """
        return self._among([word for word in words if word not in COLOUR_WORDS]) or self._among(words)

    def _among(self, plain: Sequence[str]) -> str:
        if (whole := " ".join(plain)) in self.styles_of:
            return whole
        aside = next((at for at, word in enumerate(plain) if at and word in ASIDE), len(plain))
        for length in range(min(LONGEST, len(plain)), 0, -1):
            for begin in range(min(aside, len(plain) - length + 1) - 1, -1, -1):
                name = " ".join(plain[begin : begin + length])
                if name in self.styles_of and name not in SMALL:
                    return name
        return ""

    def drawn(self, name: str, style: int) -> bool:
        """Whether there is a drawing of that name in the style of that number."""
        return bool(self.styles_of.get(name, 0) >> style & 1)
