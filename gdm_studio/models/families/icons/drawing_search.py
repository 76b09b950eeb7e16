"""Index of a model's memorised training images ("drawings"), and a search for drawings whose name resembles a word.
Imports no torch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors import safe_open

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons.suggestions import Suggestions
from gdm_studio.models.families.icons.word_vectors import Floats, WordVectors
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS, forms
from gdm_studio.models.prompts.word_tokenizer import Subject, Tokenizer, words_of
from gdm_studio.networks.icons.special_tokens import PADDING

# Maximum number of nearest drawings.
MOST = 3
# Minimum cosine similarity of a word and the name of a drawing. Below it, most drawings are unrelated to the word.
LEAST_SIMILARITY = 0.37
# Names that can be suggested: plain words, without signs and buttons, which slightly resemble everything.
_SUGGESTIBLE = re.compile(r"(?!.*\b(?:button|sign|symbol|skin)\b)[a-z]{3,}(?: [a-z]+){0,2}")


class DrawingIndex:
    """Index of the memorised training images ("drawings") from which the built-in model can start an image.

    Without such a drawing, the image of an object starts from the same draft as the image of an empty prompt, and
    becomes a blob with nearly every seed.
    """

    def __init__(
        self,
        rows: Iterable[Sequence[int]],
        tokenizer: Tokenizer,
        load_vectors: Callable[[], WordVectors],
        load_suggestions: Callable[[], Suggestions] = Suggestions,
        further: Mapping[str, str] | None = None,
    ) -> None:
        """Create an index of memorised training images. `rows` contains the token ids of their styles and names, and
        `further` the object names that silhouettes (one-colour drawings) add, with the name of the drawing of each.

        `load_vectors` and `load_suggestions` are called at the first search. If one of them raises ModelError, its
        table is not used.
        """
        # Token ids of the styles in which each name is drawn.
        self._styles_of: dict[tuple[int, ...], set[int]] = {}
        for style, *name in rows:
            self._styles_of.setdefault(_without_padding(name), set()).add(style)
        self._tokenizer = tokenizer
        self._load_vectors = load_vectors
        self._load_suggestions = load_suggestions
        self._added_drawings = further or {}

    def has(self, subject: Subject) -> bool:
        """Return True if the model has a memorised training image or silhouette of this object, from which its image
        can start.
        """
        return subject.drawing in self._added_drawings or self.has_name(subject.row[1:])

    def has_name(self, ids: Sequence[int]) -> bool:
        """Return True if the index contains a memorised training image whose name consists of the given token ids."""
        return _without_padding(ids) in self._styles_of

    def is_silhouette(self, subject: Subject) -> bool:
        """Return True if the image of this object starts from a silhouette, a drawing in one colour."""
        return self._added_drawings.get(subject.drawing) == subject.drawing

    def find_style(self, subject: Subject, styles: Iterable[str]) -> str:
        """Return the first of the given styles in which a training image of this object is memorised, or ""."""
        drawn = self._styles_of.get(_without_padding(subject.row[1:]), ())
        return next((style for style in styles if self._tokenizer.styles.get(style) in drawn), "")

    def nearest(self, text: str) -> tuple[str, ...]:
        """Return the names of up to `MOST` memorised training images whose subject is similar in meaning to the words
        in `text`, the most similar first.

        Drawings suggested for one of the words come before drawings whose names have similar word vectors.
        """
        words = words_of(text)
        names = [name for word in words for name in self._find_suggested(word) if self._is_suggestible(name)]
        return tuple(dict.fromkeys([*names, *self._find_similar(words)]))[:MOST]

    def _find_suggested(self, word: str) -> tuple[str, ...]:
        """Return the names of the memorised training images that the table of suggestions lists for a noun. The noun
        may be in the plural.
        """
        return next(filter(None, map(self._suggestions.find, forms(word))), ())

    def _find_similar(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the names of the memorised training images whose word vectors are most similar to those of the given
        words.

        Words that the table of word vectors splits into pieces are ignored, because pieces say little about a word.
        """
        known = " ".join(word for word in words if word in self._whole_words)
        if not known or (vectors := self._vectors) is None:
            return ()
        names, table = self._suggestible_names
        similarities = table @ vectors.embed([known])[0]
        best = np.argsort(-similarities, kind="stable")[:MOST]
        return tuple(names[place] for place in best if similarities[place] >= LEAST_SIMILARITY)

    @cached_property
    def _vectors(self) -> WordVectors | None:
        with suppress(ModelError):
            return self._load_vectors()
        return None

    @cached_property
    def _suggestions(self) -> Suggestions:
        with suppress(ModelError):
            return self._load_suggestions()
        return Suggestions()

    @cached_property
    def _whole_words(self) -> frozenset[str]:
        """Words, except colours, that are single tokens of the vocabulary. Only for these does a word vector describe
        the whole word.
        """
        return frozenset(self._tokenizer.vocab) - COLOUR_WORDS

    def offered_names(self) -> list[str]:
        """Return the names of all memorised training images that may be suggested to the user."""
        return [name for name in self._tokenizer.names.single_drawings() if self._is_suggestible(name)]

    @cached_property
    def _suggestible_names(self) -> tuple[list[str], Floats]:
        """Names of the memorised training images that may be suggested to the user, and the word vectors of these
        names.
        """
        assert self._vectors is not None
        names = self.offered_names()
        return names, self._vectors.embed(names)

    def _is_suggestible(self, name: str) -> bool:
        is_plain = _SUGGESTIBLE.fullmatch(name) is not None
        return is_plain and _without_padding(self._tokenizer.encode(name)[1:]) in self._styles_of


def read_rows(files: Iterable[Path]) -> list[list[int]]:
    """Read the styles and names of the memorised training images, as one row of token ids for each, from the files that
    contain them.

    Raises OSError, SafetensorError or ValueError for a damaged file.
    """
    found: list[list[int]] = []
    for path in files:
        with safe_open(path, "np") as file:
            rows = file.get_tensor("rows")
        if rows.ndim != 2:
            raise ValueError(f"names of shape {rows.shape}")
        found += rows.tolist()
    return found


def _without_padding(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(each for each in ids if each != PADDING)
