"""Correction of misspelt words. For newer requests it is a noisy channel: the meant word is frequent, and its
misspelling a usual one (Kernighan, Church & Gale 1990, "A spelling correction program based on a noisy channel model").
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from os.path import commonprefix

# Minimum length of a word whose spelling is corrected. Shorter words are similar by chance.
LEAST_LETTERS = 4
# Minimum length of a word in which two errors are corrected, and of a word whose letters are only in another order.
LONG, LONG_ANAGRAM = 8, 6
# Maximum length of a word whose spelling is corrected, because the time is quadratic in the length.
MOST_LETTERS = 64
# Logarithmic weights of one typing error (Damerau 1964), fitted to misspellings that people made: a missing letter,
# exchanged neighbours, a letter too many, which is usually a double one, and a wrong one, which is often a neighbour on
# the keyboard.
MISSING, EXCHANGED, DOUBLED, ADDED, NEIGHBOUR, REPLACED = 3.5, 4.0, 2.5, 1.5, 2.0, 1.0
# Number that is added to the ranks of words by frequency, so that the most frequent ones differ little.
RANK_OFFSET = 200
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Rows of the keyboard, each shifted by half a key.
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


# Unknown words occur several times in long prompts, and are read again after each key.
@lru_cache(maxsize=256)
def correct_spelling(word: str, among: frozenset[str]) -> str:
    """Return the word in the set `among`, or the plural in "-ies" of one, that differs from a possibly misspelt word by
    one typing error (Damerau 1964), or by two in a long word or in one with the same letters. Returns "" if there is no
    such word.

    Among several, the longest word is preferred, then a word with the same letters, then the more frequent English one
    if one error is enough, and then the word with the longest common prefix.
    """
    if not LEAST_LETTERS <= len(word) <= MOST_LETTERS:
        return ""
    slips = _find_slips(word)
    found = sorted(slip for slip in slips if slip in among)
    if not found:
        found = sorted(slip for slip in slips if slip.endswith("ies") and f"{slip[:-3]}y" in among)
    if not found and len(word) >= LONG_ANAGRAM:
        found = sorted(
            each
            for each in among
            if (len(word) >= LONG or sorted(each) == sorted(word)) and _has_two_errors(word, each)
        )

    ranks = rank_words() if len(found) > 1 and found[0] in slips else {}

    def likeness(slip: str) -> tuple[int, bool, int, int]:
        rarity = ranks.get(slip, len(ranks))
        return len(slip), sorted(slip) == sorted(word), -rarity, len(commonprefix([slip, word]))

    return max(found, key=likeness, default="")


def _has_two_errors(word: str, other: str) -> bool:
    """Return True if two words with the same first letter differ by at most two typing errors: letters that are
    missing, added or replaced, or neighbours that are exchanged.
    """
    if word[0] != other[:1] or abs(len(word) - len(other)) > 2 or len({*word} ^ {*other}) > 4:
        return False
    # Rows of the table of distances between the beginnings of both words.
    before, row = list[int](), list(range(len(other) + 1))
    for at, letter in enumerate(word):
        further, before, row = before, row, [at + 1]
        for place, there in enumerate(other):
            row.append(min(before[place + 1] + 1, row[place] + 1, before[place] + (letter != there)))
            if at and place and letter == other[place - 1] and there == word[at - 1]:
                row[-1] = min(row[-1], further[place - 1] + 1)
    return row[-1] <= 2


@lru_cache(maxsize=256)
def find_meant_word(word: str, read: frozenset[str], existing: frozenset[str]) -> str:
    """Return the word that a possibly misspelt word means, or "" if it resembles none: one of the set `read` by one
    error, one of the set `existing` by one error, or one of `read` by two errors in a long word or in one with the same
    letters.
    """
    if not LEAST_LETTERS <= len(word) <= MOST_LETTERS:
        return ""
    # The first two letters may be exchanged, too.
    slips = (_find_slips(word) | {word[1::-1] + word[2:]}) - {word}
    for words in (read, existing):
        # The singular of a plural in "-ies" counts as well.
        found = [slip for slip in slips if slip in words]
        found = found or [slip for slip in slips if slip.endswith("ies") and f"{slip[:-3]}y" in words]
        if found:
            return _choose_likely(word, found)
    if len(word) < LONG_ANAGRAM:
        return ""
    is_long = len(word) >= LONG
    similar = _group_by_first_letter(read).get(word[0], [])
    return _choose_likely(
        word, [each for each in similar if (is_long or sorted(each) == sorted(word)) and _has_two_errors(word, each)]
    )


def is_likely_correction(word: str, meant: str) -> bool:
    """Return True if a word is a frequent one with a typing error, or a rare one with a single error."""
    return meant in rank_words() or meant in _find_slips(word) or meant == word[1::-1] + word[2:]


@lru_cache(maxsize=8)
def _group_by_first_letter(words: frozenset[str]) -> Mapping[str, list[str]]:
    groups = defaultdict[str, list[str]](list)
    for word in words:
        groups[word[:1]].append(word)
    return groups


def _find_slips(word: str) -> set[str]:
    """Return all words that become `word` by one typing error after the first letter, which is hardly ever wrong."""
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    found = {head + tail[1:] for head, tail in cuts}
    found |= {head + tail[1::-1] + tail[2:] for head, tail in cuts}
    found |= {head + letter + rest for head, tail in cuts for letter in LETTERS for rest in (tail, tail[1:])}
    return found


def _choose_likely(word: str, candidates: Collection[str]) -> str:
    """Return the candidate that a misspelt word most likely means, or "" if there is none."""
    ranks = rank_words() if len(candidates) > 1 else {}

    def likeness(candidate: str) -> tuple[float, int, str]:
        rarity = math.log(ranks.get(candidate, len(ranks)) + RANK_OFFSET)
        return _weigh_error(word, candidate) - rarity, len(commonprefix([word, candidate])), candidate

    return max(candidates, key=likeness, default="")


def _weigh_error(word: str, meant: str) -> float:
    """Return the weight of the first typing error in a word."""
    at = len(commonprefix([word, meant]))
    if len(meant) > len(word):
        return MISSING
    if len(meant) < len(word):
        return DOUBLED if word[at] in (word[at - 1 : at], word[at + 1 : at + 2]) else ADDED
    if sorted(word) == sorted(meant):
        return EXCHANGED
    return NEIGHBOUR if meant[at : at + 1] in _find_neighbours(word[at]) else REPLACED


@cache
def _find_neighbours(key: str) -> str:
    """Return the letters around a letter on the keyboard."""
    row = next((row for row, keys in enumerate(KEYS) if key in keys), None)
    if row is None:
        return ""
    at = KEYS[row].index(key)
    above = KEYS[row - 1][at : at + 2] if row else ""
    below = KEYS[row + 1][max(at - 1, 0) : at + 1] if row + 1 < len(KEYS) else ""
    return KEYS[row][max(at - 1, 0) : at + 2].replace(key, "") + above + below


def rank_words() -> Mapping[str, int]:
    """Return the tokens of CLIP that are whole words. The more frequent ones have lower numbers."""
    from gdm_studio.networks.stable_diffusion.tokenizer import whole_words

    return whole_words()
