"""Word list of a cascade's captions, and the conversion of prompts to word numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from gdm_studio.networks.papers.cascades.caption_transformer import EMPTY

# Plural endings, each with the singular ending that replaces it.
PLURALS = (("ies", "y"), ("es", ""), ("s", ""))
# Number words, by digit.
DIGITS = {"1": "one", "2": "two", "3": "three"}
# Longest prompt that is read, in characters.
LONGEST = 2000


@dataclass(frozen=True)
class CaptionWords:
    """Words in the training captions of a cascade (a multi-stage model), by which a prompt is converted to numbers. The
    number of a word is its index plus 1.
    """

    words: tuple[str, ...]
    # Number of words that the network reads.
    length: int

    @cached_property
    def _word_numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words, start=1)}

    def encode(self, prompt: str) -> list[int]:
        """Convert a prompt to a list of `length` word numbers. Shorter prompts are padded with EMPTY.

        Unknown words are skipped. A plural is replaced by its singular if only the singular is known.
        """
        numbers = [number for word in split(prompt) if (number := self._find_number(word)) != EMPTY]
        return (numbers + [EMPTY] * self.length)[: self.length]

    def encode_all(self, prompts: Sequence[str]) -> list[list[int]]:
        """Convert several prompts to lists of word numbers, all padded to the same length."""
        return [self.encode(prompt) for prompt in prompts]

    def _find_number(self, word: str) -> int:
        word = DIGITS.get(word, word)
        singulars = [word.removesuffix(ending) + end for ending, end in PLURALS if word.endswith(ending)]
        return next((self._word_numbers[each] for each in (word, *singulars) if each in self._word_numbers), EMPTY)


def split(text: str) -> list[str]:
    """Split a prompt into words, in lower case and without punctuation. Only its first LONGEST characters are used."""
    letters = "".join(mark if mark.isalnum() else " " for mark in text[:LONGEST].casefold())
    return letters.split()
