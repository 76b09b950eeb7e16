"""Word vectors from the embedding table of the built-in text encoder. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common.errors import ModelError
from gdm_studio.models.prompts.word_classes import SMALL_WORDS
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.networks.icons.special_tokens import FIRST_WORD

Floats = NDArray[np.float32]

# Maximum number of words in a string, and of letters in a word. Longer strings and words are truncated.
MAX_WORDS, MAX_LETTERS = 40, 40
# Maximum number of words whose vectors are cached.
CACHED = 50_000
_WORD = re.compile(r"[^\W_]+")


class WordVectors:
    """Embedding of short phrases by the mean of their words' vectors, to measure how similar two words are. Articles
    and prepositions are ignored.

    `table` is int8 (words, width) with one scale per dimension. The tokenizer splits words into pieces, each of which
    has a row in the table.
    """

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.int8], scale: Floats) -> None:
        self._tokenizer = tokenizer
        self._table = table
        self._scale = scale
        self._cached_embedding = lru_cache(CACHED)(self._embed_word)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each of the `texts`, as an array (texts, width). The vector of a phrase without
        known words is zero.
        """
        found = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for row, text in enumerate(texts):
            words = [word[:MAX_LETTERS] for word in _WORD.findall(text.casefold())[:MAX_WORDS]]
            found[row] = _normalise(_mean(self._cached_embedding(word) for word in words if word not in SMALL_WORDS))
        return found

    def _embed_word(self, word: str) -> Floats | None:
        """Return the vector of a word, the mean of the vectors of its pieces, or None if no piece is known."""
        pieces = [piece - FIRST_WORD for piece in self._tokenizer.encode(word) if piece >= FIRST_WORD]
        return _mean(self._table[piece] * self._scale for piece in pieces if piece < len(self._table))


def read_word_vectors(path: Path, tokenizer: Tokenizer) -> WordVectors:
    """Read the word vectors from the file of the built-in text encoder. Raises ModelError if they cannot be read."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            table, scale = file.get_tensor("text.table"), file.get_tensor("text.table_scale")
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The word table {path.name} cannot be read; install the program again.") from error
    return WordVectors(tokenizer, table, scale)


def _mean(vectors: Iterable[Floats | None]) -> Floats | None:
    known = [vector for vector in vectors if vector is not None]
    return np.mean(known, axis=0, dtype=np.float32) if known else None


def _normalise(vector: Floats | None) -> Floats | float:
    """Scale a vector to length 1. Returns 0 if the vector is missing or zero."""
    length = 0.0 if vector is None else float(np.linalg.norm(vector))
    return 0.0 if vector is None or not length else vector / np.float32(length)
